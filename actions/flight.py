"""One action after its intent is on the disk: sent once, then read back until it is settled.

| what sending gave | outcome |
| --- | --- |
| an error before anything left this machine; the other side refused it (4xx) | failed |
| it was taken, and reading back says so within the verb's time | done, or failed |
| … and it is seen under way for longer, such as a build | followed for up to an hour |
| … and it is not settled within that time | unknown |
| no answer in time; broken off; 5xx; an answer that is none; a bug of ours | unknown: read back |
| … and reading back finds it within a minute of sending | done, or failed |
| … and it does not | unknown, with where to look |

Nothing is ever sent a second time.
"""

import asyncio

from msgspec import Struct

from actions.bugs import log_bug
from actions.failures import error_words, is_certain
from actions.limits import Limits, News
from actions.plan import Plan
from actions.reading_back import ReadBack
from actions.running import Phase
from actions.verbs import Outcome, Sent, Settled, State, Verb
from monitor.contained import Contained
from monitor.words import span_words
from providers.clock import Clock, Moment


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
            words = error_words(error)
            more = "" if "nothing was" in words else "; nothing was changed"
            return Landed(outcome=Outcome.FAILED, words=f"{words}{more}")
        lost = f"sent, and what became of it is not known: {error_words(error)}"
        self._news(Phase.RECONCILING, lost)
        found = await self._read_back(began, self._limits.reconciled_s)
        return self._landed(found, lost)

    async def _send(self) -> Exception | None:
        with Contained() as contained:
            async with asyncio.timeout(self._limits.told_s):
                self.sent = await self._verb.send(self._plan, self._key)
        log_bug(f"{self._plan.verb}: sending", contained.error)
        return contained.error

    async def _followed(self) -> Landed:
        taken = self._clock.now()
        found = await self._read_back(taken, self._verb.settle_s)
        lasted = span_words(taken.age_s(self._clock.now()))
        return self._landed(found, f"taken, and not settled after {lasted}")

    async def _read_back(self, since: Moment, within_s: float) -> Settled:
        reading = ReadBack(self._verb, self._plan, self.sent, self._clock, self._limits, self._news)
        return await reading.until(since, within_s)

    def _landed(self, found: Settled, otherwise: str) -> Landed:
        if found.state is State.DONE:
            return Landed(outcome=Outcome.DONE, words=found.words, sent=self.sent, left=found.left)
        if found.state is State.FAILED:
            return Landed(outcome=Outcome.FAILED, words=found.words, sent=self.sent)
        words = unknown_words(self._plan, otherwise, found)
        return Landed(outcome=Outcome.UNKNOWN, words=words, sent=self.sent)


def unknown_words(plan: Plan, otherwise: str, found: Settled | None) -> str:
    """Why the outcome stays unknown, and where to look."""
    read = f"; last read: {found.words}" if found is not None and found.words else ""
    look = f"; look at {plan.look_at}" if plan.look_at else ""
    return f"{otherwise}{read}{look}. It is not sent again"
