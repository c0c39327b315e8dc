"""One rule pass: 1,000 checks and 200 KPIs with a day of history (budget: 100 ms, aim 30 ms).

Every KPI gets a new reading and every check a new answer before each pass, so that nothing is
left to a cache. Prints CPU time, which does not move with the machine's mood.
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.budgets import Row
from monitor.timeline import Timeline
from monitor.turns import Outcome
from monitor.verdicts import Band, BandName, Comparison
from monitor.workspace import (
    CheckSpec,
    EndpointRowSpec,
    EnvironmentSpec,
    KpiSpec,
    SeriesRef,
    ServiceSpec,
    Statistic,
    WorkspaceSpec,
)
from monitor.world import World
from providers.base import SourceKind, SourceSpec
from providers.clock import Moment
from providers.harvest import Harvest
from providers.probe_readings import Phases, ProbeReading, Role
from providers.readings import Reading, SourceId

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY_S = 86_400.0
KINDS = (
    Statistic.AVERAGE,
    Statistic.P95,
    Statistic.MAXIMUM,
    Statistic.COUNT,
    Statistic.RATE,
    Statistic.RATIO,
)


def moment(seconds: float) -> Moment:
    return Moment(at=START + timedelta(seconds=seconds), tick_s=seconds)


def source_id(index: int) -> SourceId:
    return SourceId(f"big/production/s{index}/health")


def workspace(checks: int, rules: int) -> WorkspaceSpec:
    rows = tuple(
        EndpointRowSpec(
            key=f"s{index}",
            title=f"Service {index}",
            service=f"s{index}",
            checks={
                "production": CheckSpec(source=source_id(index), role=Role.DEEP, slow_ms=500.0)
            },
        )
        for index in range(checks)
    )
    return WorkspaceSpec(
        name="big",
        title="Big",
        environments=(EnvironmentSpec(name="production", label="PROD", production=True),),
        services=(ServiceSpec(name="s0", title="Service 0"),),
        rows=rows,
        kpis=tuple(kpi(index) for index in range(rules)),
        databases=(),
        deploy_sources=(),
        vendor_sources=(),
    )


def kpi(index: int) -> KpiSpec:
    kind = KINDS[index % len(KINDS)]
    ref = SeriesRef(source=source_id(index), metric="errors")
    whole = (SeriesRef(source=source_id(index), metric="requests"),)
    bands = tuple(
        Band(name=name, comparison=Comparison.ABOVE, limit=limit, for_s=300)
        for name, limit in ((BandName.TARGET, 1), (BandName.WARNING, 2), (BandName.CRITICAL, 5))
    )
    return KpiSpec(
        key=f"k{index}",
        title=f"KPI {index}",
        environment="production",
        unit="%",
        series=(ref,),
        statistic=kind,
        window_s=DAY_S,
        bands=bands,
        denominator=whole if kind is Statistic.RATIO else (),
    )


def outcome(spec: SourceSpec, at: Moment, rng: random.Random, *, numbers: bool) -> Outcome:
    errors, requests = rng.random() * 10, 100.0
    readings = (
        Reading(source=spec.id, metric="errors", value=errors, unit="count", at=at),
        Reading(source=spec.id, metric="requests", value=requests, unit="count", at=at),
    )
    payload = ProbeReading(
        role=Role.DEEP,
        url="http://loopback/",
        method="GET",
        status=200 if rng.random() > 0.02 else 503,
        status_expected=True,
        failure=None,
        phases=Phases(total_ms=rng.random() * 600),
    )
    harvest = Harvest(payload=payload, numbers=readings if numbers else (), at=at)
    return Outcome(spec=spec, harvest=harvest, failure=None, at=at, took_ms=5.0, by_hand=False)


def filled(specs: list[SourceSpec], rules: int, every_s: float, rng: random.Random) -> World:
    """A world with a day of readings of the first `rules` sources."""
    world = World([workspace(len(specs), rules)], specs, moment(0))
    now = 0.0
    while now < DAY_S:
        now += every_s
        at = moment(now)
        for spec in specs[:rules]:
            world.take(outcome(spec, at, rng, numbers=True))
        if int(now) % 3_600 < every_s:
            world.workspaces["big"].view(at, (), offline=False)
    return world


def one_pass(
    world: World, timeline: Timeline, outcomes: list[Outcome], at: Moment
) -> tuple[float, float]:
    """Judge one answer of every source: milliseconds of CPU for taking in, and for all of it."""
    begun = time.process_time()
    for one in outcomes:
        world.take(one)
    taken = time.process_time()
    view = world.workspaces["big"].view(at, timeline.of("big"), offline=False)
    timeline.observe(view, at)
    return (taken - begun) * 1000, (time.process_time() - begun) * 1000


def source_spec(index: int, every_s: float) -> SourceSpec:
    return SourceSpec(
        id=source_id(index),
        workspace="big",
        environment="production",
        kind=SourceKind.ENDPOINT,
        title=f"Service {index}",
        system="HTTP",
        interval_s=every_s,
        timeout_s=5.0,
    )


def measure(checks: int, rules: int, every_s: float, passes: int) -> list[tuple[float, float]]:
    """Milliseconds of CPU of each pass: for taking in, and for all of it."""
    rng = random.Random(1)
    specs = [source_spec(index, every_s) for index in range(checks)]
    world, timeline = filled(specs, rules, every_s, rng), Timeline()
    took = []
    for turn in range(1, passes + 1):
        at = moment(DAY_S + turn * every_s)
        outcomes = [
            outcome(spec, at, rng, numbers=index < rules) for index, spec in enumerate(specs)
        ]
        took.append(one_pass(world, timeline, outcomes, at))
    return took


def rows(checks: int = 1_000, rules: int = 200, every_s: float = 15.0) -> Iterator[Row]:
    """For the report: everything is new in each pass."""
    took = measure(checks, rules, every_s, 20)
    label = f"rule pass, {checks:,} checks, {rules} rules, a day"
    yield Row(f"{label}: taking in, ms", statistics.median(each[0] for each in took))
    yield Row(f"{label}: all, ms", statistics.median(each[1] for each in took), 100.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=1_000)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--every", type=float, default=15.0, help="seconds between readings")
    given = parser.parse_args()
    for row in rows(given.checks, given.rules, given.every):
        print(row.text())


if __name__ == "__main__":
    main()
