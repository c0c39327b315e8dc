"""Reads back what became of an action, until that is settled or its time is over.

| what is read | then |
| --- | --- |
| it is over | settled |
| it is seen under way, such as a build that takes twenty minutes | followed for up to an hour |
| nothing of it so far | looked for until the time is over |
| it can not be read, or tells neither, for half a minute | told as unknown, and looked for on |

No look begins that could not end within the time, and none is longer than what is left of it.
"""

import asyncio
from typing import Final

from actions.bugs import log_bug
from actions.failures import error_words
from actions.limits import Limits, News
from actions.plan import Plan
from actions.running import Phase
from actions.verbs import FOLLOWED_S, Sent, Settled, State, Verb
from monitor.contained import Contained
from providers.clock import Clock, Moment

_SLOWER: Final = 0.02
_SLOWEST_S: Final = 10.0
"""What goes on for long is looked at less often: vendors count requests."""

_OVER: Final = frozenset({State.DONE, State.FAILED})


class ReadBack:
    """Of one action; changes nothing.

    Args:
        verb: Reads.
        plan: What was sent.
        sent: What the other side answered; None: the answer was lost.
        clock: The time.
        limits: How long is waited for what.
        news: Told how far it has come whenever that has changed, such as a script's last line.
    """

    def __init__(
        self,
        verb: Verb,
        plan: Plan,
        sent: Sent | None,
        clock: Clock,
        limits: Limits,
        news: News = lambda _phase, _words: None,
    ) -> None:
        self._verb = verb
        self._plan = plan
        self._sent = sent
        self._clock = clock
        self._limits = limits
        self._news = news
        self._told = (Phase.RECONCILING if sent is None else Phase.FOLLOWING, "")
        self._trouble = ""
        self._taken = sent is not None
        """The other side has it: it said so, or it was seen there."""

        self._read_at = clock.now()
        """When it was last read, and told something."""

    async def until(self, since: Moment, within_s: float) -> Settled:
        """Look again and again; what was last read, settled or not.

        Args:
            since: When the time began.
            within_s: How long it is; longer once it is seen under way.
        """
        while True:
            left_s = within_s - since.age_s(self._clock.now())
            found = await self.once(left_s if left_s > 0 else self._limits.look_s)
            if found.state in _OVER:
                return found
            if found.state is State.UNDER_WAY:
                within_s = max(within_s, self._verb.settle_s, FOLLOWED_S)
            age_s = since.age_s(self._clock.now())
            pause_s = max(self._limits.poll_s, min(age_s * _SLOWER, _SLOWEST_S))
            if age_s + pause_s >= within_s:
                return found
            self._tell(found, pause_s)
            await self._clock.sleep(pause_s)

    async def once(self, within_s: float) -> Settled:
        """One look; one that did not work is unknown, in words."""
        found = Settled(state=State.UNKNOWN, words="")
        with Contained() as contained:
            async with asyncio.timeout(min(self._limits.look_s, within_s)):
                found = await self._verb.settled(self._plan, self._sent)
        if contained.error is None:
            self._took(found)
            return found
        before, self._trouble = self._trouble, error_words(contained.error)
        if self._trouble != before:
            log_bug(f"{self._plan.verb}: reading back", contained.error)
        return Settled(state=State.UNKNOWN, words=f"it can not be read back: {self._trouble}")

    def _took(self, found: Settled) -> None:
        if found.state is not State.UNKNOWN:
            self._read_at = self._clock.now()
        self._taken = self._taken or found.state is State.UNDER_WAY

    def _tell(self, found: Settled, pause_s: float) -> None:
        # Once more could be too late to say that nobody knows (promise P5).
        next_s = self._read_at.age_s(self._clock.now()) + pause_s + self._limits.look_s
        lost = not self._taken or (found.state is State.UNKNOWN and next_s >= self._limits.told_s)
        told = (Phase.RECONCILING if lost else Phase.FOLLOWING, found.words)
        if told != self._told and (found.words or not lost):
            self._told = told
            look = f"; look at {self._plan.look_at}" if lost and self._plan.look_at else ""
            self._news(told[0], f"{found.words}{look}")
