"""Snapshots to draw: the incident of the design's mock-ups, a calm wall, and every other look."""

import functools

from msgspec.structs import replace

from monitor.snapshot import Counts, PaneState, PaneStatus, Snapshot, SourceView, WorkspaceView
from monitor.states import Drift, EndpointState, Freshness
from monitor.verdicts import Level, Phase, Verdict
from monitor.workspace import (
    ContactSpec,
    EnvironmentSpec,
    LinkSpec,
    SeveritySpec,
    WorkspaceSpec,
)
from providers.base import SourceKind, SourceSpec
from providers.probe_readings import Role
from providers.readings import Failure, SourceId, Trouble
from providers.vendor_readings import VendorState
from tests.values_common import LIVE, PROD, STG, ago, source
from tests.values_common import NOW as NOW  # named here for those who draw a snapshot
from tests.values_database import DATABASE, database, incident_database
from tests.values_endpoints import (
    ROWS,
    calm_rows,
    each_state,
    endpoint_cell,
    incident_rows,
    row_spec,
)
from tests.values_kpis import KPI_SPECS, calm_kpis, incident_kpis, kpi
from tests.values_lists import (
    incident_alerts,
    incident_deploys,
    incident_timeline,
    incident_vendors,
    service,
    vendor,
)


def workspace_spec() -> WorkspaceSpec:
    return WorkspaceSpec(
        name="lma",
        title="LMA",
        environments=(
            EnvironmentSpec(name=PROD, label="PROD", production=True),
            EnvironmentSpec(name=STG, label="STG", production=False),
        ),
        services=(service("api", "API"), service("web", "Customer Web")),
        rows=tuple(row_spec(*each) for each in ROWS),
        kpis=KPI_SPECS,
        databases=(DATABASE,),
        deploy_sources=(SourceId("lma/production/deploys/api"),),
        vendor_sources=(SourceId("lma/-/status/vercel"),),
        severities=(SeveritySpec(label="SEV1", title="Complete outage", response_s=900),),
        contacts=(ContactSpec(role="On call", name="dana", reach=(("slack", "#incidents"),)),),
        links=(LinkSpec(title="Status page", url="https://status.lma.com"),),
    )


@functools.cache
def incident() -> WorkspaceView:
    """The incident of the mock-ups: a bad deploy, a full pool, one query that blocks others."""
    return WorkspaceView(
        spec=workspace_spec(),
        level=Level.CRITICAL,
        counts=Counts(critical=2, warning=4, ok=21, stale=1),
        worst="API production 503",
        worst_since=ago(280),
        alerts=incident_alerts(),
        alerts_status=LIVE,
        endpoints=incident_rows(),
        endpoints_status=LIVE,
        kpis=incident_kpis(),
        kpis_status=LIVE,
        databases=(incident_database(),),
        queries_status=LIVE,
        deploys=incident_deploys(),
        deploys_status=LIVE,
        vendors=incident_vendors(),
        vendors_status=LIVE,
        timeline=incident_timeline(),
    )


@functools.cache
def calm() -> WorkspaceView:
    """Nothing needs anybody."""
    quiet = PaneStatus(state=PaneState.EMPTY_AND_FINE, message="no alerts")
    no_query = PaneStatus(state=PaneState.EMPTY_AND_FINE, message="no query over 5m")
    return replace(
        incident(),
        level=Level.OK,
        counts=Counts(ok=28),
        worst="",
        worst_since=None,
        alerts=(),
        alerts_status=quiet,
        endpoints=calm_rows(),
        kpis=calm_kpis(),
        databases=(database(()),),
        queries_status=no_query,
        deploys=incident_deploys()[1:],
        vendors=tuple(vendor(each.name) for each in incident_vendors()),
        timeline=incident_timeline()[-1:],
    )


def states() -> WorkspaceView:
    """All endpoint states in one picture."""
    return replace(incident(), endpoints=each_state())


def loading() -> WorkspaceView:
    """Just started: the layout is final, nothing has answered."""
    waiting = PaneStatus(state=PaneState.LOADING)
    rows = tuple(
        replace(
            row,
            drift=Drift.UNKNOWN,
            cells={
                name: endpoint_cell(
                    name, row.spec.key, Role.DEEP, state=EndpointState.CHECKING, checked=False,
                    history_ms=(), uptime=None,
                )
                for name in (PROD, STG)
            },
        )
        for row in calm_rows()
    )  # fmt: skip
    unknown = Verdict(level=Level.UNKNOWN, phase=Phase.UNKNOWN, why="no data yet")
    empty = replace(database(()), reading=None, at=None, status=waiting)
    return replace(
        _blank(waiting),
        endpoints=rows,
        kpis=tuple(
            replace(kpi(spec, None, unknown, (None,) * 12, "no data yet"), at=None)
            for spec in KPI_SPECS
        ),
        databases=(empty,),
        vendors=tuple(
            replace(vendor(each.name, VendorState.UNKNOWN), freshness=Freshness.LOADING, at=None,
                    reading=None)
            for each in incident_vendors()
        ),
    )  # fmt: skip


def not_configured() -> WorkspaceView:
    """A workspace with nothing in it."""

    def missing(what: str, key: str) -> PaneStatus:
        return PaneStatus(
            state=PaneState.NOT_CONFIGURED,
            message=f"no {what} configured",
            advice=f"add workspaces.lma.{key} to config.yaml\nquarterdeck doctor tells how",
        )

    empty = _blank(PaneStatus(state=PaneState.EMPTY_AND_FINE, message="no alerts"))
    return replace(
        empty,
        endpoints_status=missing("endpoints", "services"),
        kpis_status=missing("KPIs", "kpis"),
        queries_status=missing("database", "databases"),
        deploys_status=missing("deploys", "services.*.deploys"),
        vendors_status=missing("status pages", "status_pages"),
    )


def failed() -> WorkspaceView:
    """Sources refuse us; the last good data is still there."""
    status = PaneStatus(
        state=PaneState.FAILED,
        message="401 token rejected",
        advice="quarterdeck secret set render",
        age_s=192,
    )
    return replace(
        incident(), deploys_status=status, queries_status=replace(status, message="timed out")
    )


def stale() -> WorkspaceView:
    """Everything is older than it should be."""
    status = PaneStatus(state=PaneState.STALE, age_s=192)
    return replace(
        incident(),
        endpoints_status=status,
        kpis_status=status,
        queries_status=status,
        deploys_status=status,
        vendors_status=status,
    )


def _blank(status: PaneStatus) -> WorkspaceView:
    return replace(
        incident(),
        level=Level.UNKNOWN,
        counts=Counts(),
        worst="",
        worst_since=None,
        alerts=(),
        alerts_status=status,
        endpoints=(),
        endpoints_status=status,
        kpis=(),
        kpis_status=status,
        databases=(),
        queries_status=status,
        deploys=(),
        deploys_status=status,
        vendors=(),
        vendors_status=status,
        timeline=(),
    )


def source_view(
    name: SourceId, kind: SourceKind, interval_s: float = 15, age_s: float = 3
) -> SourceView:
    return SourceView(
        spec=SourceSpec(
            id=name,
            workspace="lma",
            environment=PROD,
            kind=kind,
            title=str(name),
            system="HTTP",
            interval_s=interval_s,
            timeout_s=5,
        ),
        freshness=Freshness.LIVE,
        last_success=ago(age_s),
        failure=None,
        failing_since=None,
        failures=0,
        reading=False,
        due_s=NOW.tick_s + 12,
        took_ms=120,
    )


def snapshot(view: WorkspaceView | None = None, *, sequence: int = 1) -> Snapshot:
    """A snapshot with one workspace: the incident, unless told otherwise."""
    name = source(PROD, "api-health")
    shown = view or incident()
    return Snapshot(
        at=ago(1),
        sequence=sequence,
        workspaces={shown.spec.name: shown},
        sources={name: source_view(name, SourceKind.ENDPOINT)},
    )


def offline() -> Snapshot:
    """Our own network is down."""
    return replace(snapshot(), offline_since=ago(95), offline_reason="no connection to 1.1.1.1:443")


def broken_config() -> Snapshot:
    """An edited configuration is broken, the old one is still in use."""
    return replace(snapshot(), config_problem="config.yaml:12:5: unknown setting `intervall`")


TOKEN_REJECTED = Failure(
    trouble=Trouble.UNAUTHORIZED, sentence="401 token rejected", advice="quarterdeck secret set"
)
