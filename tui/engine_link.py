"""What the screen knows of the engine: its newest snapshot, its failure, and a way to ask it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from monitor.care_orders import CareAnswer, CareOrder
from monitor.events import Event
from monitor.logs import LoggedLine
from monitor.maintenance_orders import MaintenanceOrder
from monitor.snapshot import Snapshot
from monitor.workspace import KpiSpec, SeriesRef
from providers.base import Source
from providers.readings import SourceId

if TYPE_CHECKING:
    from monitor.trend import Trend

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

    @property
    def minimum(self) -> float | None:
        """The lowest of the step."""
        ...

    @property
    def maximum(self) -> float | None:
        """The highest of the step."""
        ...


class SeriesKeeper(Protocol):
    """What a detail screen asks of the history."""

    async def series(
        self, ref: SeriesRef, since_s: float, step_s: float
    ) -> tuple[HistoryPoint, ...]:
        """The last `since_s` seconds of one metric in steps of `step_s`, oldest first."""
        ...

    async def past(self, spec: KpiSpec, since_s: float, step_s: float) -> tuple[HistoryPoint, ...]:
        """A KPI over the last `since_s` seconds, as it is judged."""
        ...

    async def trend(self, spec: KpiSpec) -> "Trend":
        """How a KPI went from day to day."""
        ...

    async def episodes(self, alert: str, since: datetime) -> tuple[Event, ...]:
        """When an alert began and cleared, newest first; by its key."""
        ...

    async def events(self, since: datetime, most: int = 400) -> tuple[Event, ...]:
        """Events since a time, newest first."""
        ...


class NoticeTests(Protocol):
    """The part of whoever tells people that the screen may call."""

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        """Send a message that is marked as a test; what became of it, in words."""
        ...


class EngineCalls(Protocol):
    """The part of the engine that the screen may call, on the engine's own loop."""

    @property
    def history(self) -> SeriesKeeper:
        """Where the past is kept."""
        ...

    def look_at(self, ids: Collection[SourceId]) -> None:
        """Read these at their own pace: a screen shows them; the ones before are left again."""
        ...

    def logs(self, workspace: str) -> tuple[LoggedLine, ...]:
        """The newest log lines of a workspace, oldest first."""
        ...

    def source(self, name: SourceId) -> Source | None:
        """One source, for what is asked of it once; None when there is no such."""
        ...

    @property
    def notices(self) -> NoticeTests:
        """Who tells people."""
        ...

    @property
    def door(self) -> object | None:
        """The door for actions, for `tui.door_link` alone; None until it is open."""
        ...

    async def care(self, order: CareOrder | MaintenanceOrder) -> CareAnswer:
        """Acknowledge or snooze an alert, or take that back."""
        ...

    def refresh(self, ids: Collection[SourceId] | None = None) -> None:
        """Read these sources now; None means all."""
        ...


ANSWER_S: Final = 5.0
"""How long a screen waits for an answer of the engine before it does without."""


async def asked(
    engine: "EngineLink",
    call: Callable[[EngineCalls], Awaitable[T]],
    patience_s: float = ANSWER_S,
) -> T | None:
    """What the engine answers; None when it can not say now.

    Whatever goes wrong over there costs a chart or a list, never the screen.
    """
    try:
        future = engine.submit(call, 0.0)
    except RuntimeError:
        return None
    answer = asyncio.wrap_future(future)
    await asyncio.wait({answer}, timeout=patience_s)
    if not answer.done() or answer.cancelled() or answer.exception() is not None:
        answer.cancel()
        return None
    return answer.result()


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

    @property
    def door(self) -> object | None:
        """The door for actions, for `tui.door_link` alone; None until it is open."""
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
