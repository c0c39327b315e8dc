"""Fakes shared by the suite, written by hand against the protocols."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from providers.base import SourceKind, SourceSpec
from providers.clock import Clock, Moment
from providers.harvest import Harvest
from providers.probe_readings import Phases, ProbeReading, Role
from providers.readings import Reading, SourceId

START = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: datetime = START) -> None:
        self._at = start
        self._tick_s = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._lain_down = asyncio.Event()

    def now(self) -> Moment:
        return Moment(at=self._at, tick_s=self._tick_s)

    @property
    def sleeping(self) -> int:
        """How many are waiting for time to pass."""
        return sum(not sleeper.done() for _, sleeper in self._sleepers)

    async def until_asleep(self) -> None:
        """Come back once somebody waits for time to pass."""
        while not self.sleeping:
            self._lain_down.clear()
            await self._lain_down.wait()

    @property
    def next_due_s(self) -> float:
        """Tick at which the first of them is to wake; infinite when nobody sleeps."""
        return min((due for due, one in self._sleepers if not one.done()), default=math.inf)

    def advance(self, seconds: float) -> None:
        """Let time pass by both clocks, and wake whoever slept long enough."""
        self._at += timedelta(seconds=seconds)
        self._tick_s += seconds
        for due_s, sleeper in self._sleepers:
            if due_s <= self._tick_s and not sleeper.done():
                sleeper.set_result(None)
        self._sleepers = [entry for entry in self._sleepers if not entry[1].done()]

    def set_wall(self, seconds: float) -> None:
        """Set the wall clock forward (or back), as an administrator does."""
        self._at += timedelta(seconds=seconds)

    async def run(self, seconds: float) -> None:
        """Let time pass from wake-up to wake-up, as a program that is awake sees it."""
        end_s = self._tick_s + seconds
        await settle()
        while True:
            due_s = self.next_due_s
            if due_s >= end_s:
                break
            self.advance(max(0.0, due_s - self._tick_s))
            await settle()
        self.advance(end_s - self._tick_s)
        await settle()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._tick_s + seconds, sleeper))
        self._lain_down.set()
        await sleeper


async def settle(rounds: int = 12) -> None:
    """Let everybody who can run do so, without time passing."""
    for _ in range(rounds):
        await asyncio.sleep(0)


def source_spec(
    name: str = "lma/production/api/health",
    *,
    kind: SourceKind = SourceKind.ENDPOINT,
    interval_s: float = 10.0,
    timeout_s: float = 5.0,
    unseen_interval_s: float = 0.0,
) -> SourceSpec:
    """A source of the workspace and environment that its name says."""
    workspace, environment, *rest = name.split("/")
    return SourceSpec(
        id=SourceId(name),
        workspace=workspace,
        environment="" if environment == "-" else environment,
        kind=kind,
        title=" ".join(rest),
        system="HTTP" if kind is SourceKind.ENDPOINT else "PostgreSQL",
        interval_s=interval_s,
        timeout_s=timeout_s,
        unseen_interval_s=unseen_interval_s,
    )


def probe(
    status: int | None = 200, *, total_ms: float = 100.0, role: Role = Role.DEEP, **more: object
) -> ProbeReading:
    """An answer of an endpoint; a status below 300 is the expected one."""
    return ProbeReading(
        role=role,
        url="http://loopback/health",
        method="GET",
        status=status,
        status_expected=status is not None and status < 300,
        failure=None,
        phases=Phases(total_ms=total_ms),
        **more,  # type: ignore[arg-type]
    )


Step = Callable[[], Awaitable[Harvest]]


class ScriptedSource:
    """A source that does at each read what its script says; the last step is repeated.

    A step is an exception to raise, a reading to bring home, numbers by name beside a good
    probe, or a coroutine function to run.
    """

    def __init__(
        self,
        spec: SourceSpec,
        clock: Clock,
        steps: Iterable[Exception | ProbeReading | dict[str, float | None] | Step] = (),
    ) -> None:
        self._spec = spec
        self._clock = clock
        self.steps = list(steps) or [probe()]
        self.reads: list[Moment] = []
        self.under_way = 0
        self.most_under_way = 0
        self.closed = 0

    @property
    def spec(self) -> SourceSpec:
        return self._spec

    @property
    def gaps_s(self) -> list[float]:
        """Seconds from each read to the next."""
        return [b.tick_s - a.tick_s for a, b in zip(self.reads, self.reads[1:], strict=False)]

    async def read(self) -> Harvest:
        self.reads.append(self._clock.now())
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            return await self._step(self.steps[min(len(self.reads), len(self.steps)) - 1])
        finally:
            self.under_way -= 1

    async def _step(
        self, step: Exception | ProbeReading | dict[str, float | None] | Step
    ) -> Harvest:
        if isinstance(step, Exception):
            raise step
        if isinstance(step, ProbeReading):
            return self.harvest(step)
        if isinstance(step, dict):
            return self.harvest(probe(), step)
        return await step()

    def harvest(
        self, payload: ProbeReading, numbers: dict[str, float | None] | None = None
    ) -> Harvest:
        at = self._clock.now()
        readings = tuple(
            Reading.of(self._spec.id, name, value, "", at)
            for name, value in (numbers or {}).items()
        )
        return Harvest(payload=payload, numbers=readings, at=at)

    async def aclose(self) -> None:
        self.closed += 1


async def forever() -> Harvest:
    """A read that never ends by itself."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError("unreachable")


class Stubborn:
    """A read that swallows every cancellation until it is let go."""

    def __init__(self, harvest: Callable[[], Harvest]) -> None:
        self._harvest = harvest
        self.let_go = asyncio.Event()
        self.cancelled = 0

    async def __call__(self) -> Harvest:
        while not self.let_go.is_set():
            try:
                await self.let_go.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
        return self._harvest()
