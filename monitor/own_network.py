"""Is it them, or are we offline? Asked before anybody is blamed (promise P25)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from monitor.turns import Outcome
from monitor.witnesses import Witnesses, doubtful
from providers.clock import Clock, Moment

Check = Callable[[], Awaitable[str | None]]
"""None: we are online; else why not, in words."""

TRUST_S: Final = 2.0
"""A good answer of the check is believed this long."""

AGAIN_S: Final = 5.0
"""While offline the check is repeated this often."""

PATIENCE_S: Final = 10.0
"""A check that takes longer than this says that we are offline."""


class OwnNetwork:
    """Holds doubtful outcomes back until it is known whether our own network is up.

    An outcome is doubtful when nothing came back at all; an answer of any kind came over the
    network and is never doubted. We are offline when the check says so and next to no source
    answers; while the check alone says so, all is judged. See `monitor.witnesses`.

    Args:
        check: None when there is none: then nothing is doubted.
        clock: The time.
        wake: Called when a check has ended.
    """

    def __init__(self, check: Check | None, clock: Clock, wake: Callable[[], None]) -> None:
        self._check = check
        self._clock = clock
        self._wake = wake
        self._task: asyncio.Future[str | None] | None = None
        self._begun: Moment | None = None
        self._good_at: Moment | None = None
        self._asked_at: Moment | None = None
        self._held: list[Outcome] = []
        self._witnesses = Witnesses()
        self.offline_since: Moment | None = None
        self.reason = ""
        self.problem = ""
        """Set when the check itself is broken; endpoints are judged without it then."""

        self.note = ""
        """Set while only the targets of the check do not answer; all is judged then."""

    def sift(self, outcomes: list[Outcome], now: Moment) -> list[Outcome]:
        """The outcomes that can be judged now; doubtful ones come later, or never if offline."""
        if self._check is None:
            return outcomes
        self._witnesses.hear(outcomes, now)
        ready = [one for one in outcomes if not doubtful(one)]
        self._held += [one for one in outcomes if doubtful(one)]
        self._settle(now)
        ready += self._release(now)
        self._ask(now)
        return ready

    async def aclose(self) -> None:
        """Stop a check that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.2)

    async def settled(self) -> None:
        """Wait for the check under way, at most `PATIENCE_S` of real time."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=PATIENCE_S)

    @property
    def next_event_s(self) -> float:
        """Tick at which to look again even if nothing happens."""
        if self._check is None:
            return float("inf")
        if self._task is not None and self._begun is not None:
            return self._begun.tick_s + PATIENCE_S
        if self._suspects and self._asked_at is not None:
            return self._asked_at.tick_s + AGAIN_S
        return float("inf")

    @property
    def _suspects(self) -> bool:
        """Whether the last check found no target: it is made again until one is there."""
        return self.offline_since is not None or bool(self.note)

    def _release(self, now: Moment) -> list[Outcome]:
        if self.offline_since is not None:
            self._held.clear()
            return []
        trusted = self._good_at is not None and now.tick_s - self._good_at.tick_s <= TRUST_S
        if not self._held or not (trusted or self.problem):
            return []
        held, self._held = self._held, []
        return held

    def _ask(self, now: Moment) -> None:
        if self._check is None or self._task is not None:
            return
        again = (
            self._suspects
            and self._asked_at is not None
            and now.tick_s - self._asked_at.tick_s >= AGAIN_S
        )
        if not self._held and not again:
            return
        self._begun = self._asked_at = now
        self._task = asyncio.ensure_future(_awaited(self._check))
        self._task.add_done_callback(lambda _: self._wake())

    def _settle(self, now: Moment) -> None:
        """Take in what the check said, if it ended."""
        task, begun = self._task, self._begun
        if task is None or begun is None:
            return
        if not task.done():
            if now.tick_s - begun.tick_s < PATIENCE_S:
                return
            task.cancel()
            self._task = None
            self._no_target(f"no answer to our own check within {PATIENCE_S:g} s", now)
            return
        self._task = None
        self.note = ""
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        self.problem = ""
        if error is not None:
            self.problem = f"bug in the check of our own network: {type(error).__name__}"
            self.offline_since = None
        elif (reason := task.result()) is None:
            self._good_at = now
            self.offline_since = None
            self.reason = ""
            self._witnesses.forget()
        else:
            self._no_target(reason, now)

    def _no_target(self, reason: str, now: Moment) -> None:
        if self._witnesses.accuse_us(now):
            self._go_offline(reason, now)
            return
        self.reason = ""
        self.offline_since = None
        self._good_at = now
        self.note = f"{reason}; sources do, so all is judged: see settings.connectivity.targets"

    def _go_offline(self, reason: str, now: Moment) -> None:
        self.reason = reason or "our own network does not answer"
        self._good_at = None
        self.note = ""
        self.offline_since = self.offline_since or now


async def _awaited(check: Check) -> str | None:
    return await check()
