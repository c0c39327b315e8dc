"""One action after its intent is on the disk: sent once, then read back until it is settled.

| what sending gave | outcome |
| --- | --- |
| an error before anything left this machine; the other side refused it (4xx) | failed |
| it was taken, and reading back says so within the verb's time | done, or failed |
| it was taken, and is not settled within that time | unknown |
| no answer in time; broken off; 5xx; an answer that is none; a bug of ours | unknown: read back |
| … and reading back finds it within a minute of sending | done, or failed |
| … and it does not | unknown, with where to look |

Nothing is ever sent a second time.
"""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from actions.bugs import log_bug
from actions.failures import error_words, is_certain
from actions.plan import Plan
from actions.running import Phase
from actions.verbs import RECONCILED_S, TOLD_S, Outcome, Sent, Settled, State, Verb
from monitor.contained import Contained
from providers.clock import Clock, Moment

News = Callable[[Phase, str], None]
"""Told how far it has come, in words."""


class Limits(Struct, frozen=True, kw_only=True):
    """How long is waited for what."""

    pin_s: float = 20.0
    told_s: float = TOLD_S
    reconciled_s: float = RECONCILED_S
    poll_s: float = 2.0
    """Between two looks at how far it has come."""

    look_s: float = 10.0
    """One look."""

    watch_s: float = 1.0
    """Between two looks at what should recover; snapshots come once a second."""

    audit_s: float = 3.0
    """Between two looks whether somebody else wrote to the audit."""


class Landed(Struct, frozen=True, kw_only=True):
    """What became of it."""

    outcome: Outcome
    words: str
    sent: Sent | None = None
    left: bool = True
    """As `Settled.left`."""


class Flight:
    """Carries one confirmed plan out.

    Args:
        verb: Sends and reads back.
        plan: What was confirmed.
        key: The idempotency key.
        clock: The time.
        limits: How long is waited.
        news: Told how far it has come.
    """

    def __init__(
        self, verb: Verb, plan: Plan, key: str, clock: Clock, limits: Limits, news: News
    ) -> None:
        self._verb = verb
        self._plan = plan
        self._key = key
        self._clock = clock
        self._limits = limits
        self._news = news
        self.sent: Sent | None = None

    async def run(self) -> Landed:
        """Send it and follow it."""
        began = self._clock.now()
        self._news(Phase.SENDING, "sent once, no answer yet")
        error = await self._send()
        if error is None:
            words = (self.sent.words if self.sent else "") or "taken"
            self._news(Phase.FOLLOWING, words)
            return await self._followed()
        if is_certain(error):
            return Landed(outcome=Outcome.FAILED, words=error_words(error))
        lost = f"sent, and what became of it is not known: {error_words(error)}"
        self._news(Phase.RECONCILING, lost)
        found = await read_back(
            self._verb, self._plan, None, self._clock, self._limits, began,
            self._limits.reconciled_s,
        )  # fmt: skip
        return self._landed(found, lost)

    async def _send(self) -> Exception | None:
        with Contained() as contained:
            async with asyncio.timeout(self._limits.told_s):
                self.sent = await self._verb.send(self._plan, self._key)
        log_bug(f"{self._plan.verb}: sending", contained.error)
        return contained.error

    async def _followed(self) -> Landed:
        taken = self._clock.now()
        found = await read_back(
            self._verb, self._plan, self.sent, self._clock, self._limits, taken,
            self._verb.settle_s, lambda words: self._news(Phase.FOLLOWING, words),
        )  # fmt: skip
        return self._landed(found, f"taken, and not settled after {self._verb.settle_s:.0f} s")

    def _landed(self, found: Settled | None, otherwise: str) -> Landed:
        if found is not None and found.state is State.DONE:
            return Landed(outcome=Outcome.DONE, words=found.words, sent=self.sent, left=found.left)
        if found is not None and found.state is State.FAILED:
            return Landed(outcome=Outcome.FAILED, words=found.words, sent=self.sent)
        words = unknown_words(self._plan, otherwise, found)
        return Landed(outcome=Outcome.UNKNOWN, words=words, sent=self.sent)


async def read_back(
    verb: Verb,
    plan: Plan,
    sent: Sent | None,
    clock: Clock,
    limits: Limits,
    since: Moment,
    within_s: float,
    told: Callable[[str], None] | None = None,
) -> Settled | None:
    """Look again and again how far it has come, until it is settled or the time is over.

    `told` hears how far it has come whenever that has changed, such as a script's last line.

    Returns:
        What was last read; None when it could never be read.
    """
    found: Settled | None = None
    last = trouble = ""
    while True:
        with Contained() as contained:
            async with asyncio.timeout(limits.look_s):
                found = await verb.settled(plan, sent)
        if contained.error is not None:
            before, trouble = trouble, f"it can not be read back: {error_words(contained.error)}"
            if trouble != before:
                log_bug(f"{plan.verb}: reading back", contained.error)
            found = Settled(state=State.UNKNOWN, words=trouble)
        if found is not None and found.state in {State.DONE, State.FAILED}:
            return found
        if since.age_s(clock.now()) >= within_s:
            return found
        if told is not None and found is not None and found.words != last:
            last = found.words
            told(last)
        await clock.sleep(limits.poll_s)


def unknown_words(plan: Plan, otherwise: str, found: Settled | None) -> str:
    """Why the outcome stays unknown, and where to look."""
    read = f"; last read: {found.words}" if found is not None and found.words else ""
    look = f"; look at {plan.look_at}" if plan.look_at else ""
    return f"{otherwise}{read}{look}. It is not sent again"
