"""Where one source stands between two reads, and how a read ended."""

import asyncio
from typing import Final

from msgspec import Struct, field

from monitor.failures import failure_of, hung, timed_out
from providers.base import Source, SourceSpec
from providers.clock import Moment
from providers.harvest import Harvest
from providers.probe_readings import ProbeReading
from providers.readings import Failure

GRACE_S: Final = 1.0
"""Seconds past its time-out that a source has to end by its own deadline before it is stopped."""

BRISK_S: Final = 2.0
"""What is read more often than this is never kept waiting, or its next read would begin late."""

ABANDON_S: Final = 2.0
"""Seconds after being stopped that a read has to end before it counts as hung."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How one read of one source ended."""

    spec: SourceSpec
    harvest: Harvest | None
    failure: Failure | None
    """Set exactly when there is no harvest."""

    at: Moment
    took_ms: float
    by_hand: bool


class Turn(Struct, eq=False):
    """One source and its place in the poller's order; changed by the poller alone."""

    source: Source
    due_s: float
    task: asyncio.Task[object] | None = None
    started: Moment | None = None
    stopped_s: float | None = None
    """Tick at which the read under way was told to stop."""

    told_hung: bool = False
    by_hand: bool = False
    failures: int = 0
    again_s: float | None = None
    """What the last harvest asked for; see `Harvest.again_s`."""

    wait_until_s: float = 0.0
    heard: bool = False
    """Whether something was ever told of it."""

    asked_by_hand_s: float = field(default=float("-inf"))

    @property
    def spec(self) -> SourceSpec:
        """Of its source."""
        return self.source.spec

    @property
    def begun_s(self) -> float:
        """Tick at which the last read began; 0 before the first."""
        return 0.0 if self.started is None else self.started.tick_s

    @property
    def next_event_s(self) -> float:
        """Tick at which a read under way has to be looked at."""
        if self.stopped_s is None:
            return self.begun_s + self.spec.timeout_s + GRACE_S
        return float("inf") if self.told_hung else self.stopped_s + ABANDON_S

    def overdue(self, now: Moment) -> Outcome | None:
        """Stop the read under way if it is past its deadline; tell of one that does not stop."""
        if self.task is None or now.tick_s < self.next_event_s:
            return None
        if self.stopped_s is None:
            self.task.cancel()
            self.stopped_s = now.tick_s
            self.again_s = None
            return self.outcome(now, failure=timed_out(self.spec))
        self.told_hung = True
        return self.outcome(now, failure=hung(self.spec, now.tick_s - self.begun_s))

    def presses(self, task: asyncio.Task[object]) -> bool:
        """Whether what a read brought is to be taken in at once, and not with that of others.

        First answers and those asked for by hand are shown at once, and silence makes us look at
        our own network; all else is published at a full second anyway.
        """
        awaited = self.by_hand or not self.heard or self.spec.interval_s < BRISK_S
        if awaited or self.stopped_s is not None or task.cancelled() or task.exception():
            return True
        result = task.result()
        payload = result.payload if isinstance(result, Harvest) else None
        return isinstance(payload, ProbeReading) and payload.status is None

    def ended(
        self, task: asyncio.Task[object], now: Moment
    ) -> tuple[Outcome, BaseException | None]:
        """What a finished read brought."""
        error: BaseException | None
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        self.again_s = None
        if error is None:
            result = task.result()
            if isinstance(result, Harvest):
                self.again_s = result.again_s
                return self.outcome(now, harvest=result), None
            error = TypeError("a read brought no harvest")
        return self.outcome(now, failure=failure_of(self.spec, error)), error

    def outcome(
        self, now: Moment, *, harvest: Harvest | None = None, failure: Failure | None = None
    ) -> Outcome:
        """An outcome of the read under way."""
        self.heard = True
        took_ms = 0.0 if self.started is None else max(0.0, (now.tick_s - self.begun_s) * 1000)
        return Outcome(
            spec=self.spec,
            harvest=harvest,
            failure=failure,
            at=now,
            took_ms=took_ms,
            by_hand=self.by_hand,
        )


async def read(source: Source) -> object:
    """The source's own read, started inside a task so that even a wrong signature stays there."""
    return await source.read()


async def close(turns: list[Turn], patience_s: float) -> None:
    """Stop reads and close sources, waiting at most `patience_s` for each of the two."""
    reads: list[asyncio.Future[object]] = [turn.task for turn in turns if turn.task is not None]
    for task in reads:
        task.cancel()
    await _settle(reads, patience_s)
    await _settle([asyncio.ensure_future(_closed(turn.source)) for turn in turns], patience_s)


async def _closed(source: Source) -> object:
    await source.aclose()
    return None


async def _settle(futures: list[asyncio.Future[object]], patience_s: float) -> None:
    """Wait for them a while, then stop them; asyncio must not print their errors on the screen."""
    if not futures:
        return
    done, slow = await asyncio.wait(futures, timeout=patience_s)
    for future in slow:
        future.cancel()
    for future in done:
        forget_error(future)


def forget_error(future: asyncio.Future[object]) -> None:
    """Take note of how it ended, or asyncio would print an error over the screen later."""
    if not future.cancelled():
        future.exception()
