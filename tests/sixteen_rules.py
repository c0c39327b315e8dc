"""The example's watch over LocalLoop on a clock that a test moves: the 16 rules of runbook A."""

import asyncio
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from monitor.alert_view import AlertView
from monitor.snapshot import KpiView, WorkspaceView
from monitor.turns import Outcome
from monitor.workspace import KpiSpec, SeriesRef, Statistic, WorkspaceSpec
from monitor.world import World
from providers.base import SourceSpec
from providers.clock import Moment
from providers.harvest import Harvest
from providers.readings import Failure, Reading, SourceId, Trouble
from tests.fakes import ManualClock, probe
from tui.config.load import parse
from tui.config.model import Config
from tui.wire_clients import clients
from tui.wire_specs import workspace_specs
from tui.wiring import asked

WORKSPACE = "localloop"
EXAMPLE = Path(__file__).parents[1] / "config.example.yaml"

Number = float | Mapping[str, float]
"""What a KPI is to stand at; by group where it has any."""


@cache
def example() -> Config:
    return parse(EXAMPLE.read_bytes(), EXAMPLE.name).config


@cache
def watched() -> WorkspaceSpec:
    return next(spec for spec in workspace_specs(example()) if spec.name == WORKSPACE)


@cache
def timings() -> tuple[SourceSpec, ...]:
    """How often the sources that the wiring builds are read."""

    async def built() -> tuple[SourceSpec, ...]:
        clock = ManualClock()
        shared = clients(example(), clock)
        sources = asked(example(), clock, WORKSPACE, shared)
        for source in sources:
            await source.aclose()
        await shared.aclose()
        return tuple(source.spec for source in sources)

    return asyncio.run(built())


@cache
def kpi_spec(key: str) -> KpiSpec:
    return next(spec for spec in watched().kpis if spec.key == key)


class Course:
    """LocalLoop as the example watches it, from reading to reading.

    Time passes only where a test says so, and whatever a source is not said to tell is silent.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self._specs = {spec.id: spec for spec in timings()}
        self._world = World([watched()], timings(), self.clock.now())
        self._seen: tuple[Moment, WorkspaceView] | None = None

    @property
    def now(self) -> Moment:
        return self.clock.now()

    @property
    def view(self) -> WorkspaceView:
        """The workspace now; looked at once between one reading and the next."""
        now = self.now
        if self._seen is None or self._seen[0] != now:
            self._seen = (now, self._world.workspaces[WORKSPACE].view(now, (), offline=False))
        return self._seen[1]

    def every_s(self, source: SourceId) -> float:
        """Seconds from one reading of a source to the next."""
        return self._specs[source].interval_s

    def number(self, key: str, value: Number) -> KpiView:
        """The next reading of a KPI's source, at which the KPI by itself would stand at `value`."""
        return self._tell(key, _told(kpi_spec(key), value))

    def attempts(self, key: str, part: float, whole: float) -> KpiView:
        """The next reading of a ratio."""
        (of_part,), (of_whole,) = kpi_spec(key).series, kpi_spec(key).denominator
        return self._tell(key, [(of_part, "", part), (of_whole, "", whole)])

    def _tell(self, key: str, told: list[tuple[SeriesRef, str, float]]) -> KpiView:
        for source in dict.fromkeys(ref.source for ref, _, _ in told):
            readings = [
                Reading(
                    source=source, metric=ref.metric, value=raw, unit="", at=self.now, group=group
                )
                for ref, group, raw in told
                if ref.source == source
            ]
            self._take(source, Harvest(payload=probe(), numbers=tuple(readings), at=self.now))
        return self.kpi(key)

    def answer(self, source: SourceId, status: int) -> None:
        """The next answer of an endpoint."""
        self._take(source, Harvest(payload=probe(status), at=self.now))

    def refuse(self, source: SourceId) -> None:
        """No connection was to be had."""
        failure = Failure(trouble=Trouble.UNREACHABLE, sentence="Database: connect: refused")
        self._take(source, None, failure)

    def _take(
        self, source: SourceId, harvest: Harvest | None, failure: Failure | None = None
    ) -> None:
        outcome = Outcome(
            spec=self._specs[source],
            harvest=harvest,
            failure=failure,
            at=self.now,
            took_ms=20.0,
            by_hand=False,
        )
        self._world.take(outcome)
        self._seen = None

    def kpi(self, key: str) -> KpiView:
        return next(kpi for kpi in self.view.kpis if kpi.spec.key == key)

    def alert(self, key: str) -> AlertView | None:
        """The alert of this key, if there is one."""
        return next((one for one in self.view.alerts if one.key == key), None)


def _told(spec: KpiSpec, value: Number) -> list[tuple[SeriesRef, str, float]]:
    if isinstance(value, Mapping):
        (ref,) = spec.series
        worst = max(value.values(), default=0.0)
        return [(ref, "", worst), *((ref, group, each) for group, each in value.items())]
    if spec.statistic is Statistic.RATIO:
        (part,), (whole,) = spec.series, spec.denominator
        # A thousand attempts at each reading: a tenth of a percent is one of them.
        return [(part, "", value * 10), (whole, "", 1_000.0)]
    (ref,) = spec.series
    return [(ref, "", value / spec.scale)]
