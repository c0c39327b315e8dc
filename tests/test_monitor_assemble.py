"""What a workspace looks like: alerts, counts, panes, strip, timeline."""

import random
from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor.events import EventKind
from monitor.snapshot import PaneState, WorkspaceView
from monitor.states import Freshness
from monitor.timeline import Timeline
from monitor.turns import Outcome
from monitor.verdicts import Level, Phase
from monitor.workspace import (
    CheckSpec,
    DatabaseSpec,
    EndpointRowSpec,
    EnvironmentSpec,
    ServiceSpec,
    WorkspaceSpec,
)
from monitor.world import World
from providers.base import SourceKind, SourceSpec
from providers.clock import Moment
from providers.database_readings import DatabaseReading, SessionReading, SessionState
from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.harvest import Harvest, Payload
from providers.probe_readings import Certificate, ProbeReading, Role
from providers.readings import Failure, SourceId, Trouble
from providers.text import EMPTY, Foreign
from providers.vendor_readings import VendorIncident, VendorReading, VendorState
from tests.fakes import START as DAY
from tests.fakes import probe, source_spec

PROD, STAGE = SourceId("lma/production/api/health"), SourceId("lma/staging/api/health")
DATABASE = SourceId("lma/production/db/main")
DEPLOYS = SourceId("lma/production/deploys/api")
VENDOR = SourceId("lma/-/status/render")

KINDS = {
    PROD: SourceKind.ENDPOINT,
    STAGE: SourceKind.ENDPOINT,
    DATABASE: SourceKind.DATABASE,
    DEPLOYS: SourceKind.DEPLOYS,
    VENDOR: SourceKind.VENDOR_STATUS,
}


def check(source: SourceId) -> CheckSpec:
    return CheckSpec(source=source, role=Role.DEEP, slow_ms=500, severity="SEV1", runbook="B:141")


SPEC = WorkspaceSpec(
    name="lma",
    title="LMA",
    environments=(
        EnvironmentSpec(name="staging", label="STG", production=False),
        EnvironmentSpec(name="production", label="PROD", production=True),
    ),
    services=(ServiceSpec(name="api", title="API", deploys={"production": DEPLOYS}),),
    rows=(
        EndpointRowSpec(
            key="health",
            title="API /health",
            service="api",
            checks={"staging": check(STAGE), "production": check(PROD)},
        ),
    ),
    kpis=(),
    databases=(
        DatabaseSpec(source=DATABASE, title="Database", environment="production", severity="SEV1"),
    ),
    deploy_sources=(DEPLOYS,),
    vendor_sources=(VENDOR,),
)


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=100 + seconds)


class Scene:
    """A workspace that is told what its sources brought home."""

    def __init__(self, spec: WorkspaceSpec = SPEC) -> None:
        specs = [source_spec(key, kind=kind) for key, kind in KINDS.items()]
        self.specs: Mapping[SourceId, SourceSpec] = {one.id: one for one in specs}
        self.world = World([spec], specs, at(0))
        self.timeline = Timeline()
        self.now_s = 0.0

    def bring(self, source: SourceId, payload: Payload) -> None:
        now = at(self.now_s)
        self._take(source, Harvest(payload=payload, at=now), None)

    def fail(self, source: SourceId, sentence: str, trouble: Trouble = Trouble.UNREACHABLE) -> None:
        self._take(source, None, Failure(trouble=trouble, sentence=sentence, advice="look"))

    def _take(self, source: SourceId, harvest: Harvest | None, failure: Failure | None) -> None:
        self.world.take(
            Outcome(
                spec=self.specs[source],
                harvest=harvest,
                failure=failure,
                at=at(self.now_s),
                took_ms=1.0,
                by_hand=False,
            )
        )

    def view(self) -> WorkspaceView:
        now = at(self.now_s)
        track = self.world.workspaces["lma"]
        view = track.view(now, self.timeline.of("lma"), offline=False)
        self.timeline.observe(view, now)
        return replace(view, timeline=self.timeline.of("lma"))

    def all_well(self) -> None:
        for source in (PROD, STAGE):
            self.bring(source, probe())
        self.bring(DATABASE, database())
        self.bring(DEPLOYS, DeploysReading(deploys=()))
        self.bring(VENDOR, vendor(VendorState.OPERATIONAL))


def database(*sessions: SessionReading, **more: object) -> DatabaseReading:
    return DatabaseReading(
        sessions=sessions,
        sessions_left_out=0,
        connections=None,
        server_version="18",
        in_recovery=False,
        **more,  # type: ignore[arg-type]
    )


def session(pid: int, age_s: float, blocked_by: tuple[int, ...] = ()) -> SessionReading:
    return SessionReading(
        pid=pid,
        backend_start=DAY,
        database=EMPTY,
        user=EMPTY,
        application=EMPTY,
        client=EMPTY,
        state=SessionState.ACTIVE if blocked_by else SessionState.IDLE_IN_TRANSACTION,
        wait=EMPTY,
        query=EMPTY,
        query_id=None,
        query_age_s=age_s,
        transaction_age_s=age_s,
        state_age_s=age_s,
        blocked_by=blocked_by,
    )


def vendor(state: VendorState, *incidents: VendorIncident) -> VendorReading:
    return VendorReading(vendor="Render", state=state, description=EMPTY, incidents=incidents)


def deploy(identity: str, state: DeployState, seconds_ago: float = 60) -> DeployReading:
    when = DAY - timedelta(seconds=seconds_ago)
    return DeployReading(
        vendor="Render",
        id=identity,
        target="api",
        environment="production",
        state=state,
        vendor_state=EMPTY,
        commit=Foreign("7d20b5e" + "0" * 33),
        message=EMPTY,
        author=Foreign("maria"),
        trigger=EMPTY,
        created_at=when,
        live_at=when if state is DeployState.LIVE else None,
    )


def test_a_healthy_wall_is_all_green_and_quiet() -> None:
    scene = Scene()
    scene.all_well()
    view = scene.view()
    assert (view.level, view.worst, view.alerts) == (Level.OK, "", ())
    assert (view.counts.ok, view.counts.unknown) == (4, 0)
    assert view.alerts_status.state is PaneState.EMPTY_AND_FINE
    assert view.alerts_status.message == "no alerts"
    assert view.queries_status.message == "no query over 5m"
    assert view.deploys_status.state is PaneState.EMPTY_AND_FINE
    assert view.vendors_status.state is PaneState.LIVE
    assert view.kpis_status.state is PaneState.NOT_CONFIGURED
    assert view.timeline == ()


def test_production_comes_before_staging_and_firing_before_pending() -> None:
    scene = Scene()
    scene.all_well()
    for _ in range(3):
        scene.now_s += 10
        scene.bring(STAGE, probe(503))
        scene.bring(PROD, probe(503))
    view = scene.view()
    assert [(one.environment, one.phase) for one in view.alerts] == [
        ("production", Phase.FIRING),
        ("staging", Phase.FIRING),
    ]
    assert view.worst == "API production 503"
    assert view.worst_since == at(10)
    assert view.alerts[0].severity == "SEV1"
    assert view.alerts[0].runbook == "B:141"
    assert (view.level, view.counts.critical) == (Level.CRITICAL, 2)


def test_slow_is_a_warning_in_words_without_an_alert() -> None:
    scene = Scene()
    scene.all_well()
    scene.now_s = 10
    scene.bring(PROD, probe(total_ms=911))
    view = scene.view()
    assert (view.level, view.alerts) == (Level.WARNING, ())
    assert view.worst == "API production slow, 911 ms"


def test_a_certificate_that_runs_out_alerts_once_a_host() -> None:
    scene = Scene()
    scene.all_well()
    certificate = Certificate(
        subject=Foreign("x"), issuer=Foreign("y"), not_after=DAY + timedelta(days=9), trusted=True
    )
    scene.now_s = 10
    for source in (PROD, STAGE):
        scene.bring(source, probe(certificate=certificate))
    view = scene.view()
    assert [(one.title, one.level, one.why) for one in view.alerts] == [
        ("API /health certificate", Level.WARNING, "certificate ends in 9 days"),
        ("API /health certificate", Level.WARNING, "certificate ends in 9 days"),
    ]
    assert view.alerts[0].environment == "production"
    assert view.alerts[0].since.at == DAY - timedelta(days=12)
    assert view.level is Level.WARNING


def test_who_blocks_others_is_an_alert_and_so_are_long_queries_together() -> None:
    scene = Scene()
    scene.all_well()
    scene.bring(DATABASE, database(session(1, 400), session(2, 390, (1,)), session(3, 20, (2,))))
    view = scene.view()
    assert [(one.title, one.level) for one in view.alerts] == [
        ("Database pid 1 blocks 2 sessions", Level.CRITICAL),
        ("Database 2 queries over 5m", Level.WARNING),
    ]
    assert view.alerts[0].since.at == DAY - timedelta(seconds=400)
    assert view.queries_status.state is PaneState.LIVE
    assert view.counts.critical == 1


def test_a_failed_source_names_itself_and_keeps_its_last_rows_while_they_are_stale() -> None:
    scene = Scene()
    scene.all_well()
    scene.bring(DATABASE, database(session(1, 400)))
    scene.now_s = 30
    scene.fail(DATABASE, "PostgreSQL: connect: connection refused")
    view = scene.view()
    assert view.queries_status.state is PaneState.STALE
    assert "connection refused" in view.queries_status.message
    assert view.queries_status.age_s == 30
    assert len(view.databases[0].rows) == 1
    assert view.counts.stale >= 1
    scene.now_s = 60
    view = scene.view()
    assert view.queries_status.state is PaneState.FAILED
    assert view.queries_status.advice == "look"
    assert view.databases[0].rows == ()
    assert view.level is not Level.OK


def test_a_database_that_does_not_answer_fires_on_the_third_failure() -> None:
    scene = Scene()
    scene.all_well()
    seen = []
    for step in range(3):
        scene.now_s = 10.0 * (step + 1)
        scene.fail(DATABASE, "PostgreSQL: connect: refused")
        (alert,) = scene.view().alerts
        seen.append((alert.level, alert.phase))
    assert seen == [(Level.WARNING, Phase.PENDING)] * 2 + [(Level.CRITICAL, Phase.FIRING)]
    view = scene.view()
    assert (alert.title, alert.since) == ("Database unreachable", at(10))
    assert alert.severity == "SEV1"
    assert view.worst == "Database production does not answer"
    assert (view.level, view.counts.critical) == (Level.CRITICAL, 1)
    scene.bring(DATABASE, database())
    assert scene.view().alerts == ()


def test_a_refused_password_is_our_trouble_and_no_outage() -> None:
    scene = Scene()
    scene.all_well()
    for _ in range(4):
        scene.fail(DATABASE, "PostgreSQL: connect: password refused", Trouble.UNAUTHORIZED)
    view = scene.view()
    assert view.alerts == ()
    assert "password refused" in view.queries_status.message


def test_one_of_several_sources_failing_is_named_and_the_pane_lives() -> None:
    other = SourceId("lma/staging/deploys/api")
    kinds = {**KINDS, other: SourceKind.DEPLOYS}
    scene = Scene()
    scene.specs = {key: source_spec(key, kind=kind) for key, kind in kinds.items()}
    spec = replace(SPEC, deploy_sources=(DEPLOYS, other))
    scene.world = World([spec], scene.specs.values(), at(0))
    scene.all_well()
    scene.fail(other, "GitHub: list runs: 401", Trouble.UNAUTHORIZED)
    view = scene.view()
    assert view.deploys_status.state is PaneState.LIVE
    assert view.deploys_status.message == "GitHub: list runs: 401"


def test_a_deploy_that_goes_live_and_one_that_fails_are_on_the_timeline_once() -> None:
    scene = Scene()
    scene.all_well()
    reading = DeploysReading(
        deploys=(deploy("b", DeployState.FAILED), deploy("a", DeployState.LIVE, 300)),
        live_id="a",
        notices=("auto-assignment is off",),
    )
    for _ in range(3):
        scene.bring(DEPLOYS, reading)
        view = scene.view()
    assert [(one.kind, one.text) for one in view.timeline] == [
        (EventKind.DEPLOY, "API 7d20b5e failed, maria"),
        (EventKind.DEPLOY, "API 7d20b5e live, maria"),
    ]
    assert view.notices == ("API production: auto-assignment is off",)
    assert view.endpoints[0].cells["production"].version == "7d20b5e"
    assert view.endpoints[0].cells["production"].change == "deploy"


def test_a_vendor_is_context_and_never_makes_the_wall_worse() -> None:
    scene = Scene()
    scene.all_well()
    incident = VendorIncident(
        id="i1", title=Foreign("pooler [/red] latency"), state=EMPTY, impact=EMPTY, began_at=DAY
    )
    scene.bring(VENDOR, vendor(VendorState.MAJOR_OUTAGE, incident))
    view = scene.view()
    assert view.level is Level.OK
    assert view.vendors[0].state is VendorState.MAJOR_OUTAGE
    assert [one.text for one in view.timeline] == ["Render: pooler [/red] latency"]
    scene.now_s = 51
    stale = scene.view().vendors[0]
    assert (stale.freshness, stale.state) == (Freshness.UNKNOWN, VendorState.UNKNOWN)


def test_missing_privileges_are_told_once() -> None:
    scene = Scene()
    scene.all_well()
    scene.bring(DATABASE, database(missing_privileges=("GRANT pg_monitor TO q",) * 2))
    assert scene.view().notices == ("GRANT pg_monitor TO q",)


def test_nothing_configured_says_what_to_add() -> None:
    empty = WorkspaceSpec(
        name="lma",
        title="LMA",
        environments=(),
        services=(),
        rows=(),
        kpis=(),
        databases=(),
        deploy_sources=(),
        vendor_sources=(),
    )
    view = Scene(empty).view()
    statuses = [
        view.alerts_status,
        view.endpoints_status,
        view.kpis_status,
        view.queries_status,
        view.deploys_status,
        view.vendors_status,
    ]
    assert {one.state for one in statuses} == {PaneState.NOT_CONFIGURED}
    assert all(one.message and one.advice for one in statuses)


def test_a_bug_while_judging_is_the_failure_of_that_source() -> None:
    scene = Scene()
    scene.all_well()
    odd = replace(probe(), phases=None)
    scene.now_s = 10
    scene.bring(PROD, odd)
    scene.bring(STAGE, probe())
    track = scene.world.sources[PROD]
    assert track.failure is not None
    assert track.failure.trouble is Trouble.BUG
    assert "AttributeError" in track.failure.sentence


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_outcomes_at_one_instant_does_not_matter(seed: int) -> None:
    def scene(order: list[int]) -> WorkspaceView:
        one = Scene()
        one.all_well()
        for step in range(4):
            one.now_s += 10
            brought: list[tuple[SourceId, ProbeReading | DatabaseReading]] = [
                (PROD, probe(503 if step else 200)),
                (STAGE, probe(total_ms=900)),
                (DATABASE, database(session(1, 400))),
            ]
            for index in order:
                one.bring(*brought[index])
        return one.view()

    order = [0, 1, 2]
    random.Random(seed).shuffle(order)
    assert scene(order).alerts == scene([0, 1, 2]).alerts
    assert scene(order).counts == scene([0, 1, 2]).counts
