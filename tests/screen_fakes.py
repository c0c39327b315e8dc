"""An engine for screens: publishes what a test gives it, and runs what it is asked."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from monitor.care_orders import CareAnswer, CareOrder
from monitor.events import Event
from monitor.logs import LoggedLine
from monitor.maintenance_orders import MaintenanceOrder
from monitor.snapshot import Snapshot
from monitor.trend import NOTHING_KNOWN, Trend
from monitor.workspace import KpiSpec, SeriesRef
from providers.base import Source
from providers.clock import Moment
from providers.readings import SourceId
from tests.values_common import NOW
from tui.engine_link import EngineCalls

T = TypeVar("T")


class ScreenClock:
    """Stands still until a test moves it."""

    def __init__(self, start: Moment = NOW) -> None:
        self.moment = start

    def now(self) -> Moment:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)
        await asyncio.sleep(0)

    def forward(self, seconds: float) -> None:
        self.moment = Moment(
            at=self.moment.at + timedelta(seconds=seconds), tick_s=self.moment.tick_s + seconds
        )


class FakePoint(Struct, frozen=True, kw_only=True):
    at: datetime
    value: float | None
    minimum: float | None = None
    maximum: float | None = None


class FakeHistory(Struct):
    """A series that begins at `base` and climbs, or whatever a test puts in."""

    points: tuple[FakePoint, ...] | None = None
    asked: list[tuple[SeriesRef, float, float]] = field(default_factory=list)
    base: float = 180.0
    told: tuple[Event, ...] = ()
    trended: Trend = NOTHING_KNOWN

    async def past(self, spec: KpiSpec, since_s: float, step_s: float) -> tuple[FakePoint, ...]:
        return await self.series(spec.series[0], since_s, step_s)

    async def trend(self, spec: KpiSpec) -> Trend:
        del spec
        return self.trended

    async def episodes(self, alert: str, since: datetime) -> tuple[Event, ...]:
        return tuple(
            one for one in self.told if one.key.startswith(f"alert/{alert}@") and one.at >= since
        )

    async def events(self, since: datetime, most: int = 400) -> tuple[Event, ...]:
        return tuple(one for one in self.told if one.at >= since)[:most]

    async def series(self, ref: SeriesRef, since_s: float, step_s: float) -> tuple[FakePoint, ...]:
        self.asked.append((ref, since_s, step_s))
        if self.points is not None:
            return self.points
        count = max(int(since_s // step_s), 1)
        start = NOW.at - timedelta(seconds=since_s)
        return tuple(
            FakePoint(
                at=start + timedelta(seconds=step_s * index),
                value=None if index % 50 == 7 else self.base + (index * 37) % 90,
            )
            for index in range(count)
        )


class FakeNotices(Struct):
    """Notes who tested which channel."""

    tested: list[tuple[str, str, str]] = field(default_factory=list)
    says: str = "test sent to incidents"

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        self.tested.append((workspace, channel, operator))
        return self.says


class FakeEngine:
    """Both sides of the link: what the screen holds, and what its calls are run against."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.latest = snapshot
        self.failure: BaseException | None = None
        self.on_snapshot: Callable[[Snapshot], None] | None = None
        self.on_failure: Callable[[BaseException], None] | None = None
        self.history = FakeHistory()
        self.refreshed: list[Collection[SourceId] | None] = []
        self.looked_at: list[frozenset[SourceId]] = []
        self.lines: dict[str, tuple[LoggedLine, ...]] = {}
        self.sources: dict[SourceId, Source] = {}
        self.ordered: list[CareOrder] = []
        self.maintained: list[MaintenanceOrder] = []
        self.started = self.stopped = 0
        self.running = True
        self.notices = FakeNotices()
        self.door: object | None = None

    def start(self) -> None:
        self.started += 1

    def stop(self, timeout_s: float) -> bool:
        del timeout_s
        self.stopped += 1
        return True

    def refresh(self, ids: Collection[SourceId] | None = None) -> None:
        self.refreshed.append(ids)

    def look_at(self, ids: Collection[SourceId]) -> None:
        self.looked_at.append(frozenset(ids))

    async def care(self, order: CareOrder | MaintenanceOrder) -> CareAnswer:
        if isinstance(order, MaintenanceOrder):
            self.maintained.append(order)
            return CareAnswer(done=True, words="maintenance")
        self.ordered.append(order)
        return CareAnswer(done=True, words=f"{order.kind.value}: {order.key}")

    def logs(self, workspace: str) -> tuple[LoggedLine, ...]:
        return self.lines.get(workspace, ())

    def source(self, name: SourceId) -> Source | None:
        return self.sources.get(name)

    def submit(
        self, call: Callable[[EngineCalls], Awaitable[T]], build_timeout_s: float = 10.0
    ) -> Future[T]:
        del build_timeout_s
        if not self.running:
            raise RuntimeError("the engine is not running")
        future: Future[T] = Future()

        async def run() -> T:
            return await call(self)

        def work() -> None:
            with asyncio.Runner() as runner:
                try:
                    future.set_result(runner.run(run()))
                except (RuntimeError, ValueError) as error:
                    future.set_exception(error)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return future

    def publish(self, snapshot: Snapshot) -> None:
        """As the engine's thread does."""
        self.latest = snapshot
        if self.on_snapshot is not None:
            self.on_snapshot(snapshot)

    def fail(self, error: BaseException) -> None:
        """As when a bug ends the engine's thread."""
        self.failure = error
        if self.on_failure is not None:
            self.on_failure(error)

    def publish_at(self, moment: Moment) -> None:
        """The same world, seen now."""
        if self.latest is not None:
            newer = replace(self.latest, at=moment, sequence=self.latest.sequence + 1)
            self.publish(newer)
