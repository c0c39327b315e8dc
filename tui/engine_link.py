"""What the screen knows of the engine: its newest snapshot, its failure, and a way to ask it."""

from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol, TypeVar

from monitor.snapshot import Snapshot
from monitor.workspace import SeriesRef
from providers.readings import SourceId

T = TypeVar("T")


class HistoryPoint(Protocol):
    """One step of a series, as `monitor.history.Point` is."""

    @property
    def at(self) -> datetime:
        """Start of the step, in UTC."""
        ...

    @property
    def value(self) -> float | None:
        """Mean over the step; None where there is no data."""
        ...


class SeriesKeeper(Protocol):
    """What a detail screen asks of the history."""

    async def series(
        self, ref: SeriesRef, since_s: float, step_s: float
    ) -> tuple[HistoryPoint, ...]:
        """The last `since_s` seconds of one metric in steps of `step_s`, oldest first."""
        ...


class EngineCalls(Protocol):
    """The part of the engine that the screen may call, on the engine's own loop."""

    @property
    def history(self) -> SeriesKeeper:
        """Where the past is kept."""
        ...

    def refresh(self, ids: Collection[SourceId] | None = None) -> None:
        """Read these sources now; None means all."""
        ...


class EngineLink(Protocol):
    """The engine's thread as seen from the screen; `monitor.thread.EngineThread` is one.

    Nothing here may block the screen but `stop`, which is called from a thread.
    """

    on_snapshot: Callable[[Snapshot], None] | None
    """Called in the engine's thread after each publish."""

    on_failure: Callable[[BaseException], None] | None
    """Called in the engine's thread, once, when a bug has ended the engine."""

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot; None before the first."""
        ...

    @property
    def failure(self) -> BaseException | None:
        """Why the engine ended by itself; None while it runs."""
        ...

    def start(self) -> None:
        """Begin polling."""
        ...

    def submit(
        self, call: Callable[[EngineCalls], Awaitable[T]], build_timeout_s: float = 10.0
    ) -> Future[T]:
        """Run `call` on the engine's loop; the screen waits 0 s for an engine still in the making.

        Raises:
            RuntimeError: The engine is not running, or not yet.
        """
        ...

    def stop(self, timeout_s: float) -> bool:
        """End polling; False when it did not end in time. Blocks."""
        ...
