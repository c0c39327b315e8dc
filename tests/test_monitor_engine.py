"""The engine as a whole, on a clock that stands still until told."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.engine import Engine
from monitor.events import Event, EventKind
from monitor.history import History
from monitor.snapshot import EndpointCell, PaneState, Snapshot, WorkspaceView
from monitor.states import EndpointState, Freshness
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.witnesses import is_our_own
from monitor.workspace import (
    CheckSpec,
    DatabaseSpec,
    EndpointRowSpec,
    EnvironmentSpec,
    KpiSpec,
    SeriesRef,
    ServiceSpec,
    Statistic,
    WorkspaceSpec,
)
from providers.base import SourceKind
from providers.errors import Unauthorized, Unreachable
from providers.harvest import Harvest
from providers.probe_readings import ProbeReading, Role
from providers.readings import Failure, SourceId, Trouble
from tests.fakes import START as DAY
from tests.fakes import ManualClock, ScriptedSource, forever, probe, settle, source_spec

HEALTH = "lma/production/api/health"
OTHER = "lma/production/web/site"
DATABASE = "lma/production/db/main"

SILENT = replace(
    probe(None), failure=Failure(trouble=Trouble.UNREACHABLE, sentence="API: GET: refused")
)


def check(name: str, role: Role = Role.DEEP) -> CheckSpec:
    return CheckSpec(source=SourceId(name), role=role, slow_ms=2_000, severity="SEV1")


def row(name: str, title: str, service: str, role: Role = Role.DEEP) -> EndpointRowSpec:
    return EndpointRowSpec(
        key=title, title=title, service=service, checks={"production": check(name, role)}
    )


def kpi(metric: str = "errors", *bands: Band, source: str = HEALTH, **more: object) -> KpiSpec:
    return KpiSpec(
        key=metric,
        title=metric.capitalize(),
        environment="production",
        unit="%",
        series=(SeriesRef(source=SourceId(source), metric=metric),),
        statistic=more.pop("statistic", Statistic.LAST),  # type: ignore[arg-type]
        window_s=300,
        bands=bands,
        **more,  # type: ignore[arg-type]
    )


ERRORS = kpi(
    "errors",
    Band(name=BandName.TARGET, comparison=Comparison.ABOVE, limit=0.5),
    Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=5, for_s=300, severity="SEV1"),
)

LMA = WorkspaceSpec(
    name="lma",
    title="LMA",
    environments=(EnvironmentSpec(name="production", label="PROD", production=True),),
    services=(ServiceSpec(name="api", title="API"), ServiceSpec(name="web", title="Web")),
    rows=(row(HEALTH, "API /health", "api"), row(OTHER, "Site", "web")),
    kpis=(ERRORS,),
    databases=(),
    deploy_sources=(),
    vendor_sources=(),
)


class Rig:
    """An engine that runs, and all that it published."""

    def __init__(self, engine: Engine, clock: ManualClock) -> None:
        self.engine = engine
        self.clock = clock
        self.published: list[Snapshot] = []
        engine.on_snapshot = self.published.append

    @property
    def view(self) -> WorkspaceView:
        return self.engine.latest.workspaces["lma"]

    def cell(self, index: int = 0) -> EndpointCell:
        return self.view.endpoints[index].cells["production"]

    async def recalled(self) -> None:
        """Wait until what history knows has arrived."""
        for _ in range(60):
            await self.engine.history.flush()
            await settle()

    async def run(self, seconds: float) -> None:
        await self.clock.run(seconds)


Check = Callable[[], Awaitable[str | None]]


@asynccontextmanager
async def running(
    clock: ManualClock,
    sources: Sequence[ScriptedSource],
    spec: WorkspaceSpec = LMA,
    path: Path | None = None,
    connectivity: Check | None = None,
) -> AsyncIterator[Rig]:
    history = History.open(path, clock)
    engine = Engine([spec], sources, history, clock, connectivity, random.Random(3))
    rig = Rig(engine, clock)
    task = asyncio.create_task(engine.run())
    try:
        await rig.recalled()
        yield rig
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def source(clock: ManualClock, name: str, *steps: object, **spec: object) -> ScriptedSource:
    return ScriptedSource(source_spec(name, **spec), clock, steps)  # type: ignore[arg-type]


async def test_before_the_first_answer_everything_loads_and_nothing_is_green() -> None:
    clock = ManualClock()
    engine = Engine([LMA], [source(clock, HEALTH)], History.open(None, clock), clock)
    view = engine.latest.workspaces["lma"]
    assert view.level is Level.UNKNOWN
    assert view.endpoints[0].cells["production"].state is EndpointState.CHECKING
    assert view.endpoints_status.state is PaneState.LOADING
    assert view.queries_status.state is PaneState.NOT_CONFIGURED
    assert view.counts.ok == 0
    await engine.aclose()


async def test_first_answers_are_published_at_once_later_ones_once_a_second() -> None:
    clock = ManualClock()
    async with running(clock, [source(clock, HEALTH), source(clock, OTHER)]) as rig:
        await rig.run(0.11)
        assert rig.cell().state is EndpointState.OK
        assert rig.view.level is Level.UNKNOWN, "the KPI has no number"
        count = len(rig.published)
        await rig.run(60)
        assert len(rig.published) - count <= 61
        sequences = [one.sequence for one in rig.published]
        assert sequences == sorted(set(sequences))


async def test_while_all_is_well_news_come_every_other_second_and_trouble_is_followed() -> None:
    clock = ManualClock()
    api = source(clock, HEALTH, *[probe()] * 4, probe(503))
    async with running(clock, [api, source(clock, OTHER)]) as rig:
        await rig.run(2)
        count = len(rig.published)
        await rig.run(20)
        assert 9 <= len(rig.published) - count <= 12
        while len(api.reads) < 5:
            await rig.run(0.1)
        await rig.run(1.3)
        assert rig.cell().state is EndpointState.FAILING
        count = len(rig.published)
        await rig.run(20)
        assert len(rig.published) - count >= 19
        while rig.cell().state is not EndpointState.DOWN:
            await rig.run(1)
        await rig.run(2)
        count = len(rig.published)
        await rig.run(20)
        assert 9 <= len(rig.published) - count <= 12, "it merely fires on"


async def test_the_third_failed_check_fires_and_two_good_ones_clear() -> None:
    clock = ManualClock()
    steps = [probe()] * 3 + [probe(503)] * 4 + [probe()]
    api = source(clock, HEALTH, *steps)
    async with running(clock, [api, source(clock, OTHER)]) as rig:
        seen: dict[int, tuple[EndpointState, Level]] = {}
        for _ in range(200):
            await rig.run(0.5)
            seen[len(api.reads)] = (rig.cell().state, rig.cell().verdict.level)
            if len(api.reads) == 6:
                assert rig.view.worst == "API production 503"
        assert seen[3] == (EndpointState.OK, Level.OK)
        assert seen[4] == seen[5] == (EndpointState.FAILING, Level.WARNING)
        assert seen[6] == seen[7] == seen[8] == (EndpointState.DOWN, Level.CRITICAL)
        assert seen[9] == (EndpointState.OK, Level.OK)
        kinds = [one.kind for one in rig.view.timeline]
        assert kinds == [EventKind.CLEARED, EventKind.ALERT]
        assert rig.view.timeline[1].at == api.reads[3].at, "the alert began with the first failure"
        assert rig.cell().change == "down → ok"


async def test_a_kpi_past_its_limit_is_pending_until_its_time_is_up() -> None:
    clock = ManualClock()
    api = source(clock, HEALTH, {"errors": 0.2}, {"errors": 6.0})
    async with running(clock, [api, source(clock, OTHER)]) as rig:
        await rig.run(1)
        assert rig.view.kpis[0].value == 0.2
        fired_s = None
        for _ in range(700):
            await rig.run(0.5)
            verdict = rig.view.kpis[0].verdict
            if verdict.phase is Phase.FIRING:
                fired_s = verdict.elapsed_s
                break
            assert verdict.level in {Level.OK, Level.WARNING}
        assert fired_s is not None
        since = rig.view.kpis[0].verdict.onset
        assert since is not None
        assert 300 <= fired_s <= 312
        (alert,) = rig.view.alerts
        assert (alert.level, alert.severity, alert.kpi) == (Level.CRITICAL, "SEV1", "errors")
        assert alert.why == "6.0 % > 5 %"


async def test_what_goes_stale_is_marked_within_a_second_and_then_unknown() -> None:
    clock = ManualClock()
    broken = Unauthorized("HTTP", "GET", "the secret is missing", advice="set it")
    api = source(clock, HEALTH, {"errors": 0.1}, broken)
    async with running(clock, [api, source(clock, OTHER)]) as rig:
        await rig.run(1)
        answered = api.reads[0]
        states: dict[int, EndpointState] = {}
        levels: dict[int, Level] = {}
        for _ in range(60):
            await rig.run(1)
            age = int(answered.age_s(clock.now()))
            states[age], levels[age] = rig.cell().state, rig.cell().verdict.level
        assert states[24] is EndpointState.OK
        assert states[26] is EndpointState.STALE
        assert states[49] is EndpointState.STALE
        assert states[52] is EndpointState.UNKNOWN
        assert levels[26] is levels[52] is Level.UNKNOWN
        assert rig.view.kpis[0].value is None
        assert "no data for" in rig.view.kpis[0].reason
        assert "secret is missing" in rig.cell().verdict.why
        assert any(one.kind is EventKind.SOURCE for one in rig.view.timeline)


async def test_a_suspend_leaves_nothing_green() -> None:
    clock = ManualClock()
    sources = [source(clock, HEALTH, {"errors": 0.1}, forever), source(clock, OTHER)]
    async with running(clock, sources) as rig:
        await rig.run(9)
        assert rig.cell().state is EndpointState.OK
        clock.advance(8 * 3_600)
        await rig.run(0.2)
        assert rig.cell().state is EndpointState.UNKNOWN
        assert rig.view.kpis[0].verdict.level is Level.UNKNOWN
        await rig.run(8)
        assert rig.cell(1).state is EndpointState.OK


async def test_a_hung_endpoint_is_down_and_the_others_keep_their_pace() -> None:
    clock = ManualClock()
    other = source(clock, OTHER)
    async with running(clock, [source(clock, HEALTH, forever), other]) as rig:
        await rig.run(60)
        assert rig.cell().state is EndpointState.DOWN
        assert "no answer within 5 s" in rig.cell().verdict.why
        assert rig.cell().history_ms[-1] is None
        assert all(8 <= gap <= 12 for gap in other.gaps_s)


async def test_a_bug_in_one_source_is_words_in_its_pane() -> None:
    clock = ManualClock()
    spec = replace(
        LMA,
        databases=(DatabaseSpec(source=SourceId(DATABASE), title="DB", environment="production"),),
    )
    database = source(clock, DATABASE, ZeroDivisionError(), kind=SourceKind.DATABASE)
    async with running(clock, [source(clock, HEALTH), database], spec) as rig:
        await rig.run(30)
        status = rig.view.databases[0].status
        assert status.state is PaneState.FAILED
        assert "ZeroDivisionError" in status.message
        assert status.advice
        assert rig.cell().state is EndpointState.OK


async def test_connection_failures_of_a_database_are_counted() -> None:
    clock = ManualClock()
    failures = kpi(
        "connect_failed",
        Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=3),
        source=DATABASE,
        statistic=Statistic.COUNT,
    )
    spec = replace(LMA, kpis=(failures,))
    refused = Unreachable("PostgreSQL", "look", "connection refused")
    database = source(clock, DATABASE, refused, kind=SourceKind.DATABASE, interval_s=5.0)
    async with running(clock, [database], spec) as rig:
        values: dict[int, tuple[float | None, Level]] = {}
        for _ in range(90):
            await rig.run(0.5)
            view = rig.view.kpis[0]
            values[len(database.reads)] = (view.value, view.verdict.level)
        assert [values[3], values[4]] == [(3, Level.OK), (4, Level.CRITICAL)]


async def test_a_restart_neither_forgets_a_firing_alert_nor_fires_twice(tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    bad: dict[str, float | None] = {"errors": 9.0, "latency_ms": 100.0, "up": 0.0}

    async def down() -> Harvest:
        return api.harvest(probe(503), bad)

    api = source(clock, HEALTH, down)
    async with running(clock, [api], path=path) as rig:
        await rig.run(330)
        before = rig.view
        assert {one.phase for one in before.alerts} == {Phase.FIRING}
        assert len(before.alerts) == 2
    clock.advance(20)
    api = source(clock, HEALTH, down)
    async with running(clock, [api], path=path) as rig:
        await rig.run(0.05)
        await rig.run(30)
        after = rig.view
        assert [one.key for one in after.alerts] == [one.key for one in before.alerts]
        assert [one.since.at for one in after.alerts] == [one.since.at for one in before.alerts]
        assert {one.phase for one in after.alerts} == {Phase.FIRING}
        alerts = [one for one in after.timeline if one.kind is EventKind.ALERT]
        assert len(alerts) == 2
        assert rig.cell().uptime_24h_percent == 0
        assert len(rig.cell().history_ms) > 30


async def test_a_database_that_is_down_over_a_restart_is_told_once(tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    place = DatabaseSpec(source=SourceId(DATABASE), title="DB", environment="production")
    spec = replace(LMA, databases=(place,), kpis=(), rows=())
    told = []
    for _ in range(2):
        refused = Unreachable("PostgreSQL", "look", "connection refused")
        database = source(clock, DATABASE, refused, kind=SourceKind.DATABASE)
        async with running(clock, [database], spec, path=path) as rig:
            await rig.run(45)
            (alert,) = rig.view.alerts
            told.append((alert.phase, alert.since.at, alert.failures))
            kinds = [one.kind for one in rig.view.timeline]
            assert kinds.count(EventKind.ALERT) == 1
    assert told[0][:2] == told[1][:2] == (Phase.FIRING, DAY)
    assert told[1][2] > told[0][2]


async def test_pending_time_survives_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    async with running(clock, [source(clock, HEALTH, {"errors": 9.0})], path=path) as rig:
        await rig.run(200)
        assert rig.view.kpis[0].verdict.phase is Phase.PENDING
    async with running(clock, [source(clock, HEALTH, {"errors": 9.0})], path=path) as rig:
        await rig.run(2)
        assert 185 <= rig.view.kpis[0].verdict.elapsed_s <= 210
        await rig.run(115)
        assert rig.view.kpis[0].verdict.phase is Phase.FIRING


class Network:
    """Our own network, as a check of it sees it."""

    def __init__(self) -> None:
        self.answer: str | Exception | None = None
        self.asked = 0

    async def check(self) -> str | None:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_our_own_network_down_is_one_banner_and_blames_nobody() -> None:
    clock = ManualClock()
    network = Network()
    sources = [source(clock, name, probe(), SILENT) for name in (HEALTH, OTHER)]
    async with running(clock, sources, connectivity=network.check) as rig:
        await rig.run(5)
        assert network.asked == 0
        network.answer = "no route to any of 2 targets"
        await rig.run(100)
        snapshot = rig.engine.latest
        assert snapshot.offline_since is not None
        assert snapshot.offline_reason == "no route to any of 2 targets"
        assert rig.view.alerts == ()
        assert [rig.cell(i).state for i in (0, 1)] == [EndpointState.UNKNOWN] * 2
        assert [rig.cell(i).verdict.level for i in (0, 1)] == [Level.UNKNOWN] * 2

        network.answer = None
        reads = len(sources[0].reads)
        for one in sources:
            one.steps = [probe()]
        await rig.run(12)
        assert rig.engine.latest.offline_since is None
        assert len(sources[0].reads) > reads
        assert rig.cell().state is EndpointState.OK


async def test_online_an_endpoint_without_answer_is_blamed() -> None:
    clock = ManualClock()
    network = Network()
    async with running(clock, [source(clock, HEALTH, SILENT)], connectivity=network.check) as rig:
        await rig.run(35)
        assert rig.cell().state is EndpointState.DOWN
        assert network.asked >= 3


async def test_a_bug_in_the_check_of_our_network_is_told_and_endpoints_are_judged() -> None:
    clock = ManualClock()
    network = Network()
    network.answer = KeyError("x")
    async with running(clock, [source(clock, HEALTH, SILENT)], connectivity=network.check) as rig:
        await rig.run(35)
        assert rig.cell().state is EndpointState.DOWN
        assert any("KeyError" in line for line in rig.engine.latest.notices)


async def test_an_answer_of_any_status_is_judged_even_offline() -> None:
    clock = ManualClock()
    network = Network()
    network.answer = "no route"
    silent = [source(clock, f"lma/production/s{number}/x", SILENT) for number in range(4)]
    sources = [source(clock, HEALTH, probe(503)), source(clock, OTHER, SILENT), *silent]
    async with running(clock, sources, connectivity=network.check) as rig:
        await rig.run(35)
        assert rig.engine.latest.offline_since is not None
        assert rig.cell().state is EndpointState.DOWN
        assert rig.cell(1).state is not EndpointState.DOWN


async def test_targets_that_alone_do_not_answer_are_noted_and_all_is_judged() -> None:
    clock = ManualClock()
    network = Network()
    network.answer = "none of 2 targets answers"
    sources = [source(clock, HEALTH, probe()), source(clock, OTHER, SILENT)]
    async with running(clock, sources, connectivity=network.check) as rig:
        await rig.run(60)
        snapshot = rig.engine.latest
        assert snapshot.offline_since is None
        assert snapshot.offline_reason == ""
        assert rig.cell(1).state is EndpointState.DOWN
        assert [line for line in snapshot.notices if "none of 2 targets" in line]

        # Now it is our own: what answered stops, and what was blamed is blamed no more for it.
        sources[0].steps = [SILENT]
        await rig.run(100)
        snapshot = rig.engine.latest
        assert snapshot.offline_since is not None
        assert snapshot.notices == ()

        network.answer = None
        sources[0].steps = [probe()]
        await rig.run(12)
        assert rig.engine.latest.offline_since is None
        assert rig.engine.latest.notices == ()


@pytest.mark.parametrize(
    ("answering", "silent", "ours"),
    [(0, 0, True), (0, 1, True), (1, 4, True), (1, 3, False), (2, 8, True), (9, 36, True),
     (10, 36, False), (1, 0, False), (1, 1, False), (40, 1, False)],
)  # fmt: skip
def test_silent_targets_are_our_own_trouble_when_next_to_nobody_answers(
    answering: int, silent: int, *, ours: bool
) -> None:
    assert is_our_own(answering, silent) is ours


async def test_refresh_by_hand_reads_now_and_publishes_soon() -> None:
    clock = ManualClock()
    api = source(clock, HEALTH)
    async with running(clock, [api]) as rig:
        await rig.run(3)
        reads, sequence = len(api.reads), rig.engine.latest.sequence
        rig.engine.refresh([SourceId(HEALTH)])
        await rig.run(0.15)
        assert len(api.reads) == reads + 1
        assert rig.engine.latest.sequence > sequence


async def test_a_changed_configuration_keeps_what_stayed_and_closes_what_went() -> None:
    clock = ManualClock()
    api, other = source(clock, HEALTH, probe(503)), source(clock, OTHER)
    async with running(clock, [api, other]) as rig:
        await rig.run(30)
        assert rig.cell().state is EndpointState.DOWN
        onset = rig.cell().verdict.onset
        spec = replace(LMA, rows=LMA.rows[:1], kpis=(replace(ERRORS, window_s=600),))
        rebuilt = source(clock, HEALTH, probe(503))
        changing = asyncio.create_task(rig.engine.replace([spec], [rebuilt]))
        await rig.recalled()
        await rig.run(0.5)
        await changing
        assert (api.closed, other.closed) == (1, 1)
        assert rig.cell().state is EndpointState.DOWN
        assert rig.cell().verdict.onset == onset
        assert len(rig.view.endpoints) == 1
        await rig.run(15)
        assert len(rebuilt.reads) >= 2


async def test_events_of_operators_are_on_the_timeline_and_kept(tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    said = Event(at=clock.now().at, kind=EventKind.OPERATOR, level=Level.OK, text="dana: on shift")
    async with running(clock, [source(clock, HEALTH)], path=path) as rig:
        rig.engine.note(said)
        await rig.run(0.2)
        assert [one.text for one in rig.view.timeline] == ["dana: on shift"]
    async with running(clock, [source(clock, HEALTH)], path=path) as rig:
        await rig.run(1)
        assert [one.text for one in rig.view.timeline] == ["dana: on shift"]


async def once(
    clock: ManualClock,
    sources: Sequence[ScriptedSource],
    spec: WorkspaceSpec = LMA,
    connectivity: Check | None = None,
    path: Path | None = None,
) -> Snapshot:
    engine = Engine([spec], sources, History.open(path, clock), clock, connectivity)
    passing = asyncio.create_task(engine.once())
    for _ in range(60):
        await engine.history.flush()
        await settle()
    await clock.run(10)
    snapshot = await passing
    await engine.aclose()
    return snapshot


async def test_one_pass_reads_each_source_once_and_calls_a_failed_answer_down() -> None:
    clock = ManualClock()
    sources = [source(clock, HEALTH, probe(503)), source(clock, OTHER, {"errors": 1.0})]
    snapshot = await once(clock, sources)
    view = snapshot.workspaces["lma"]
    assert [len(one.reads) for one in sources] == [1, 1]
    assert view.endpoints[0].cells["production"].state is EndpointState.DOWN
    assert view.endpoints[1].cells["production"].state is EndpointState.OK
    assert view.level is Level.CRITICAL
    assert [one.closed for one in sources] == [1, 1]


async def test_one_pass_calls_a_breach_without_a_known_duration_pending() -> None:
    clock = ManualClock()
    snapshot = await once(clock, [source(clock, HEALTH, {"errors": 9.0})])
    verdict = snapshot.workspaces["lma"].kpis[0].verdict
    assert (verdict.phase, verdict.level) == (Phase.PENDING, Level.WARNING)


async def test_one_pass_waits_no_longer_than_the_time_out_of_a_hung_source() -> None:
    clock = ManualClock()
    snapshot = await once(clock, [source(clock, HEALTH, forever), source(clock, OTHER)])
    view = snapshot.workspaces["lma"]
    assert view.endpoints[0].cells["production"].state is EndpointState.DOWN
    assert view.endpoints[1].cells["production"].state is EndpointState.OK
    assert snapshot.at.at - clock.now().at < timedelta(seconds=10)


async def test_one_pass_reads_at_most_twenty_at_a_time() -> None:
    clock = ManualClock()
    most = 0

    async def slow() -> Harvest:
        nonlocal most
        most = max(most, sum(one.under_way for one in sources))
        await clock.sleep(1)
        return sources[0].harvest(probe())

    sources = [source(clock, f"lma/production/s{i}/x", slow) for i in range(50)]
    await once(clock, sources)
    assert most == 20
    assert [len(one.reads) for one in sources] == [1] * 50


async def test_one_pass_offline_says_so_and_blames_nobody() -> None:
    clock = ManualClock()
    network = Network()
    network.answer = "no route"
    snapshot = await once(clock, [source(clock, HEALTH, SILENT)], connectivity=network.check)
    cell = snapshot.workspaces["lma"].endpoints[0].cells["production"]
    assert snapshot.offline_reason == "no route"
    assert cell.state is EndpointState.UNKNOWN
    assert "offline" in cell.verdict.why


async def test_one_pass_is_not_unknown_for_a_rate_alone() -> None:
    clock = ManualClock()
    rate = kpi("requests", *ERRORS.bands, statistic=Statistic.RATE)
    spec = replace(LMA, kpis=(rate,), rows=LMA.rows[:1])
    snapshot = await once(clock, [source(clock, HEALTH, {"requests": 5.0})], spec)
    view = snapshot.workspaces["lma"]
    assert view.kpis[0].verdict.level is Level.UNKNOWN
    assert view.level is Level.OK
    assert view.notices == ("not judged in a single pass: Requests",)


async def test_liveness_well_and_readiness_not_is_a_state_of_its_own() -> None:
    clock = ManualClock()
    live, ready = "lma/production/api/live", "lma/production/api/ready"
    spec = replace(
        LMA,
        rows=(
            row(live, "API live", "api", Role.LIVENESS),
            row(ready, "API ready", "api", Role.READINESS),
        ),
        kpis=(),
    )
    sources = [source(clock, live), source(clock, ready, probe(503, role=Role.READINESS))]
    async with running(clock, sources, spec) as rig:
        await rig.run(35)
        assert rig.cell(0).state is EndpointState.OK
        assert rig.cell(1).state is EndpointState.NOT_READY
        assert rig.view.alerts[0].title == "API ready not ready"


async def test_sources_tell_how_they_are_doing() -> None:
    clock = ManualClock()
    async with running(clock, [source(clock, HEALTH), source(clock, OTHER, forever)]) as rig:
        await rig.run(1.5)
        well, hung = (rig.engine.latest.sources[SourceId(one)] for one in (HEALTH, OTHER))
        assert (well.freshness, well.reading, well.failures) == (Freshness.LIVE, False, 0)
        assert well.due_s is not None
        assert 7 < well.due_s - clock.now().tick_s < 11
        assert (hung.freshness, hung.reading, hung.due_s) == (Freshness.LOADING, True, None)


def test_the_probe_of_the_fakes_is_what_it_says() -> None:
    assert isinstance(probe(), ProbeReading)
    assert probe(503).status_expected is False


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), None])
async def test_no_number_is_never_green(bad: float | None) -> None:
    clock = ManualClock()
    async with running(clock, [source(clock, HEALTH, {"errors": bad})]) as rig:
        await rig.run(2)
        view = rig.view.kpis[0]
        assert view.value is None
        assert view.verdict.level is Level.UNKNOWN
        assert view.reason
