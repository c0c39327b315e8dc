"""Snapshots to draw: the incident of the design's mock-ups, a calm wall, and every other look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.snapshot import (
    AlertView,
    Counts,
    DatabaseView,
    DeployView,
    Drift,
    EndpointCell,
    EndpointRow,
    EndpointState,
    Event,
    EventKind,
    Freshness,
    KpiView,
    PaneState,
    PaneStatus,
    QueryRow,
    Snapshot,
    SourceView,
    VendorView,
    WorkspaceView,
)
from monitor.verdicts import Band, BandName, Comparison, Level, Phase, Verdict
from monitor.workspace import (
    CheckSpec,
    ContactSpec,
    DatabaseSpec,
    EndpointRowSpec,
    EnvironmentSpec,
    KpiSpec,
    LinkSpec,
    SeriesRef,
    ServiceSpec,
    SeveritySpec,
    Statistic,
    WorkspaceSpec,
)
from providers.base import SourceKind, SourceSpec
from providers.clock import Moment
from providers.readings import (
    ConnectionCounts,
    DatabaseReading,
    DeployReading,
    DeployState,
    Failure,
    Phases,
    ProbeReading,
    Role,
    SessionReading,
    SessionState,
    SourceId,
    Trouble,
    VendorReading,
    VendorState,
)
from providers.text import Foreign

NOW = Moment(at=datetime(2025, 1, 31, 16, 32, 49, tzinfo=UTC), tick_s=10_000.0)
PROD, STG = "production", "staging"
LIVE = PaneStatus(state=PaneState.LIVE)


def ago(seconds: float) -> Moment:
    """The moment so long before `NOW`."""
    return Moment(at=NOW.at - timedelta(seconds=seconds), tick_s=NOW.tick_s - seconds)


def at(seconds: float) -> datetime:
    """Wall time so long before `NOW`."""
    return ago(seconds).at


def fine(why: str = "") -> Verdict:
    return Verdict(level=Level.OK, phase=Phase.OK, why=why)


def firing(level: Level, why: str, since_s: float, failures: int = 0) -> Verdict:
    return Verdict(level=level, phase=Phase.FIRING, why=why, since=ago(since_s), failures=failures)


def pending(why: str, elapsed_s: float, required_s: float, band: Band | None = None) -> Verdict:
    return Verdict(
        level=Level.WARNING,
        phase=Phase.PENDING,
        why=why,
        since=ago(elapsed_s),
        elapsed_s=elapsed_s,
        required_s=required_s,
        band=band,
    )


_ROWS = (
    ("web", "Customer Web", Role.SITE),
    ("merchant", "Merchant Admin", Role.SITE),
    ("admin", "Super Admin", Role.SITE),
    ("api-health", "API /health", Role.DEEP),
    ("api-live", "API /health/live", Role.LIVENESS),
    ("api-ready", "API /health/ready", Role.READINESS),
    ("api-metrics", "API /health/metrics", Role.METRICS),
)


def _wave(base: float, swing: Sequence[int], count: int = 20) -> tuple[float | None, ...]:
    return tuple(base * (1 + swing[step % len(swing)] / 100) for step in range(count))


CALM = (0, 3, 1, -2, 4, 2, 0, -3, 1, 5)
STORM_MS = (60, 62, 58, 61, 64, 2140, 900, 870, 600, 910, 2120, 860, 1180, 64, 1490, 880, 70, 610,
            640, 2140)  # fmt: skip
READY_MS = (58, 60, 61, 57, 63, 1490, 2130, 2140, 890, 860, 2110, 66, 1800, 900, 70, 1480, 1810,
            1490, 880, 1980)  # fmt: skip
METRICS_MS = (410, 420, 180, 170, 190, 200, 420, 1810, 2120, 1500, 900, 1790, 430, 880, 160, 890,
              2130, 870, 410, 911)  # fmt: skip


def source(environment: str, row: str) -> SourceId:
    return SourceId(f"lma/{environment}/{row}")


def probe(
    role: Role, url: str, status: int | None, latency_ms: float, failure: Failure | None = None
) -> ProbeReading:
    return ProbeReading(
        role=role,
        url=url,
        method="GET",
        status=status,
        status_expected=status == 200,
        failure=failure,
        phases=Phases(
            dns_ms=2,
            connect_ms=11,
            tls_ms=24,
            first_byte_ms=latency_ms - 39,
            body_ms=2,
            total_ms=latency_ms,
        ),
        version=Foreign("7d20b5e"),
        http_version="HTTP/1.1",
        body=Foreign('{"status": "error", "checks": {"database": "timeout acquiring connection"}}'),
    )


def endpoint_cell(
    environment: str,
    row: str,
    role: Role,
    *,
    state: EndpointState = EndpointState.OK,
    status: int | None = 200,
    latency_ms: float = 100.0,
    history_ms: tuple[float | None, ...] | None = None,
    version: str = "",
    uptime: float | None = 100.0,
    days: float | None = None,
    days_level: Level = Level.OK,
    changed_s: float | None = None,
    change: str = "",
    age_s: float = 3.0,
    verdict: Verdict | None = None,
    failure: Failure | None = None,
    checked: bool = True,
) -> EndpointCell:
    host = "api" if row.startswith("api") else row
    url = f"https://{host}{'-staging' if environment == STG else ''}.lma.com/{row}"
    return EndpointCell(
        source=source(environment, row),
        state=state,
        verdict=verdict or fine(),
        probe=probe(role, url, status, latency_ms, failure) if checked else None,
        at=ago(age_s) if checked else None,
        history_ms=history_ms if history_ms is not None else _wave(latency_ms, CALM),
        uptime_24h_percent=uptime,
        certificate_days=days,
        certificate_level=days_level,
        version=version,
        changed_at=None if changed_s is None else at(changed_s),
        change=change,
    )


def row_spec(key: str, title: str, role: Role) -> EndpointRowSpec:
    return EndpointRowSpec(
        key=key,
        title=title,
        service="api" if key.startswith("api") else key,
        checks={
            name: CheckSpec(source=source(name, key), role=role, slow_ms=2000)
            for name in (PROD, STG)
        },
    )


def endpoint_row(
    key: str, title: str, role: Role, prod: EndpointCell, stg: EndpointCell | None, drift: Drift
) -> EndpointRow:
    cells = {PROD: prod} if stg is None else {PROD: prod, STG: stg}
    return EndpointRow(spec=row_spec(key, title, role), cells=cells, drift=drift)


def _calm_rows() -> tuple[EndpointRow, ...]:
    figures = ((142, 188), (167, 201), (151, 179), (61, 96), (38, 36), (44, 71), (183, 190))
    rows: list[EndpointRow] = []
    for (key, title, role), (prod, stg) in zip(_ROWS, figures, strict=True):
        site = role is Role.SITE or key == "api-health"
        version = ("51b9a02" if key == "api-health" else "a1f3c9e") if site else ""
        rows.append(
            endpoint_row(
                key,
                title,
                role,
                endpoint_cell(
                    PROD, key, role, latency_ms=prod, version=version,
                    days=61 if site else None,
                    changed_s=1860 if role is Role.SITE else None,
                    change="deploy" if role is Role.SITE else "",
                ),
                endpoint_cell(STG, key, role, latency_ms=stg, version=version,
                              history_ms=_wave(stg, CALM, 14)),
                Drift.SAME if site else Drift.UNKNOWN,
            )
        )  # fmt: skip
    return tuple(rows)


def _incident_rows() -> tuple[EndpointRow, ...]:
    web, merchant, admin, health, live, ready, metrics = _calm_rows()
    down = "ok → down"
    return (
        _staging_version(web, "9be0d44"),
        _staging_version(merchant, "9be0d44"),
        admin,
        replace(
            health,
            drift=Drift.DIFFERENT,
            cells={
                PROD: endpoint_cell(
                    PROD, "api-health", Role.DEEP, state=EndpointState.DOWN, status=503,
                    latency_ms=2140, history_ms=STORM_MS, version="7d20b5e", uptime=99.41,
                    days=9, days_level=Level.WARNING, changed_s=280, change=down,
                    verdict=firing(Level.CRITICAL, "503 instead of 200, 19 in a row", 280, 19),
                ),
                STG: replace(health.cells[STG], version="c44e1f0"),
            },
        ),
        live,
        replace(
            ready,
            cells={
                PROD: endpoint_cell(
                    PROD, "api-ready", Role.READINESS, state=EndpointState.DOWN, status=503,
                    latency_ms=1980, history_ms=READY_MS, uptime=99.44, changed_s=276, change=down,
                    verdict=firing(Level.CRITICAL, "503 instead of 200, 18 in a row", 276, 18),
                ),
                STG: ready.cells[STG],
            },
        ),
        replace(
            metrics,
            cells={
                PROD: endpoint_cell(
                    PROD, "api-metrics", Role.METRICS, state=EndpointState.SLOW, latency_ms=911,
                    history_ms=METRICS_MS, uptime=99.90, changed_s=230, change="ok → slow",
                    verdict=firing(Level.WARNING, "911 ms > 500 ms", 230),
                ),
                STG: endpoint_cell(
                    STG, "api-metrics", Role.METRICS, state=EndpointState.STALE, latency_ms=190,
                    age_s=192, uptime=None,
                ),
            },
        ),
    )  # fmt: skip


def _staging_version(row: EndpointRow, version: str) -> EndpointRow:
    staging = replace(row.cells[STG], version=version)
    return replace(row, cells={PROD: row.cells[PROD], STG: staging}, drift=Drift.DIFFERENT)


def eight_states() -> tuple[EndpointRow, ...]:
    """One row for every state an endpoint can be in."""
    rows = []
    for state in EndpointState:
        key = state.name.lower()
        answered = state is not EndpointState.CHECKING
        bad = state in {EndpointState.NOT_READY, EndpointState.FAILING, EndpointState.DOWN}
        cell = endpoint_cell(
            PROD, key, Role.DEEP, state=state, status=503 if bad else 200, latency_ms=420,
            checked=answered, history_ms=None if answered else (), uptime=None,
            age_s=400 if state in {EndpointState.UNKNOWN, EndpointState.STALE} else 3,
        )  # fmt: skip
        rows.append(endpoint_row(key, f"Is {state.value}", Role.DEEP, cell, None, Drift.UNKNOWN))
    return tuple(rows)


def band(
    name: BandName, limit: float, for_s: float = 0, comparison: Comparison = Comparison.ABOVE
) -> Band:
    return Band(name=name, comparison=comparison, limit=limit, for_s=for_s, runbook="A:275")


def kpi_spec(
    key: str,
    title: str,
    unit: str,
    bands: tuple[Band, ...],
    span: tuple[float, float] | None = None,
) -> KpiSpec:
    return KpiSpec(
        key=key,
        title=title,
        environment=PROD,
        unit=unit,
        series=(SeriesRef(source=source(PROD, "api-metrics"), metric=key),),
        statistic=Statistic.AVERAGE,
        window_s=300,
        bands=bands,
        span=span,
        runbook="A:253",
    )


def kpi(
    spec: KpiSpec,
    value: float | None,
    verdict: Verdict | None = None,
    history: Sequence[float | None] = (),
    reason: str = "",
) -> KpiView:
    return KpiView(
        spec=spec,
        value=value,
        reason=reason,
        verdict=verdict or fine(),
        history=tuple(history) or _wave(value or 1, _RIPPLE if spec.unit == "%" else _SWING, 12),
        at=ago(3) if value is not None else None,
    )


_SWING = (-40, 10, 30, -30, -20, 35, -25, 0, 10)
_RIPPLE = (-1, 0, 1, -2, 0, 1, -1, 0, 0)
_W, _C = BandName.WARNING, BandName.CRITICAL
_BELOW = Comparison.BELOW
_ERRORS = kpi_spec("errors", "Error rate", "%", (band(_W, 2, 900), band(_C, 5, 300)), (0, 6))
_P95 = kpi_spec("p95", "P95 response", "ms", (band(_W, 5000, 900), band(_C, 10000, 300)))
_UPTIME = kpi_spec("uptime", "Uptime 30d", "%",
                   (band(BandName.TARGET, 99.9, 0, _BELOW),),
                   (99, 100))  # fmt: skip
_QUERY = kpi_spec("query", "DB query avg", "ms", (band(_W, 200, 900), band(_C, 500, 300)), (0, 600))
_CONNECTIONS = kpi_spec("connections", "DB connections", "%",
                        (band(_W, 80, 1800), band(_C, 95, 300)), (0, 100))  # fmt: skip
_MEMORY = kpi_spec("memory", "Memory", "%", (band(_W, 90, 1800), band(_C, 95, 300)), (0, 100))
_MAIL = kpi_spec("mail", "Email delivery", "%",
                 (band(_W, 95, 3600, _BELOW), band(_C, 90, 3600, _BELOW)), (88, 100))  # fmt: skip
_PAYMENTS = kpi_spec("payments", "Payment fails", "%", (band(_W, 5, 3600), band(_C, 8, 600)))
KPI_SPECS = (_ERRORS, _P95, _UPTIME, _QUERY, _CONNECTIONS, _MEMORY, _MAIL, _PAYMENTS)


def incident_kpis() -> tuple[KpiView, ...]:
    return (
        kpi(_ERRORS, 2.4, pending("2.4 % > 2 %", 372, 900, _ERRORS.bands[0])),
        kpi(_P95, 2140),
        kpi(_UPTIME, 99.97),
        kpi(_QUERY, 212, pending("212 ms > 200 ms", 480, 900, _QUERY.bands[0])),
        kpi(_CONNECTIONS, 97, pending("97 % > 80 %", 300, 1800, _CONNECTIONS.bands[0])),
        kpi(_MEMORY, 71),
        kpi(_MAIL, 99.1),
        kpi(_PAYMENTS, 0.4),
    )


def calm_kpis() -> tuple[KpiView, ...]:
    values = (0.2, 184.0, 99.97, 31.0, 63.0, 58.0, 99.4, 0.4)
    return tuple(kpi(spec, value) for spec, value in zip(KPI_SPECS, values, strict=True))


_DATABASE = DatabaseSpec(source=source(PROD, "db/main"), title="Database", environment=PROD)


def session(
    pid: int,
    application: str,
    query: str,
    age_s: float,
    *,
    state: SessionState = SessionState.ACTIVE,
    wait: str = "",
    blocked_by: tuple[int, ...] = (),
) -> SessionReading:
    return SessionReading(
        pid=pid,
        backend_start=at(age_s + 60),
        database=Foreign("lma"),
        user=Foreign("lma_api"),
        application=Foreign(application),
        client=Foreign("10.0.3.14"),
        state=state,
        wait=Foreign(wait),
        query=Foreign(query),
        query_id=None,
        query_age_s=age_s,
        transaction_age_s=age_s,
        state_age_s=age_s,
        blocked_by=blocked_by,
    )


def database(sessions: Sequence[tuple[SessionReading, Level, int, int]]) -> DatabaseView:
    reading = DatabaseReading(
        sessions=tuple(each[0] for each in sessions),
        sessions_left_out=0,
        connections=ConnectionCounts(used=58, available=60, maximum=63),
        server_version="15.18",
        in_recovery=False,
    )
    empty = PaneStatus(state=PaneState.EMPTY_AND_FINE, message="no query over 5m")
    return DatabaseView(
        spec=_DATABASE,
        status=LIVE if sessions else empty,
        reading=reading,
        at=ago(2),
        rows=tuple(
            QueryRow(session=each, level=level, depth=depth, waiters=waiters)
            for each, level, depth, waiters in sessions
        ),
    )


def incident_database() -> DatabaseView:
    c, w = Level.CRITICAL, Level.WARNING
    lock_tx, lock_tuple = "Lock:transactionid", "Lock:tuple"
    idle = SessionState.IDLE_IN_TRANSACTION
    return database(
        (
            (session(15136, "billing-worker", "UPDATE orders SET status = 'settled' WHERE id = $1",
                     724, state=idle, wait="Client:ClientRead"), c, 0, 2),
            (session(15137, "lma-api", "UPDATE orders SET total = $2 WHERE id = $1 RETURNING *",
                     521, wait=lock_tx, blocked_by=(15136,)), c, 1, 1),
            (session(15142, "lma-api", "UPDATE orders\n   SET note = $2\n WHERE id = $1",
                     520, wait=lock_tuple, blocked_by=(15137,)), c, 2, 0),
            (session(15149, "report-cron", "SELECT count(*) FROM orders o JOIN items i ON "
                     "i.order_id = o.id GROUP BY o.merchant_id", 378, wait="IO:DataFileRead"),
             w, 0, 0),
            (session(15188, "metabase", "SELECT date_trunc('day', created_at), sum(total) FROM "
                     "payments GROUP BY 1", 302), w, 0, 0),
        )
    )  # fmt: skip


def service(name: str, title: str) -> ServiceSpec:
    return ServiceSpec(name=name, title=title)


def deploy(
    number: int,
    environment: str,
    name: str,
    commit: str,
    state: DeployState,
    author: str,
    message: str,
    age_s: float,
    *,
    title: str = "",
    onset: str = "",
) -> DeployView:
    return DeployView(
        deploy=DeployReading(
            vendor="Render" if name == "api" else "Vercel",
            id=f"dep-{number}",
            target=name,
            environment=environment,
            state=state,
            vendor_state=Foreign(state.value),
            commit=Foreign(commit + "0" * 33),
            message=Foreign(message),
            author=Foreign(author),
            trigger=Foreign("push"),
            created_at=at(age_s + 90),
            live_at=at(age_s),
        ),
        source=source(environment, f"deploys/{name}"),
        service=service(name, title or name),
        live=state is DeployState.LIVE,
        at=at(age_s),
        onset=onset,
    )


def incident_deploys() -> tuple[DeployView, ...]:
    live, copy = DeployState.LIVE, "checkout copy"
    return (
        deploy(1, PROD, "api", "7d20b5e", live, "maria", "pool: raise max to 40", 320,
               title="API", onset="onset −40s"),
        deploy(2, PROD, "web", "a1f3c9e", live, "deniz", copy, 1860, title="Customer Web"),
        deploy(3, PROD, "merchant", "a1f3c9e", live, "deniz", copy, 1870, title="Merchant Admin"),
        deploy(4, PROD, "admin", "a1f3c9e", live, "deniz", copy, 1880, title="Super Admin"),
        deploy(5, STG, "api", "c44e1f0", live, "maria", "pool: raise max to 40", 3700, title="API"),
        deploy(6, PROD, "api", "51b9a02", DeployState.PREVIOUS, "ivan", "refund webhook retry",
               10_900, title="API"),
        deploy(7, STG, "web", "9be0d44", DeployState.FAILED, "deniz", "tailwind bump", 18_100,
               title="Customer Web"),
    )  # fmt: skip


def alert(
    key: str,
    title: str,
    why: str,
    *,
    level: Level = Level.WARNING,
    phase: Phase = Phase.FIRING,
    severity: str = "SEV2",
    environment: str = PROD,
    since_s: float = 60,
    required_s: float = 0,
    failures: int = 0,
    runbook: str = "A:275",
) -> AlertView:
    return AlertView(
        key=key,
        title=title,
        level=level,
        phase=phase,
        severity=severity,
        environment=environment,
        since=ago(since_s),
        why=why,
        elapsed_s=since_s,
        required_s=required_s,
        failures=failures,
        runbook=runbook,
        source=source(environment, key),
    )


def incident_alerts() -> tuple[AlertView, ...]:
    return (
        alert("api-health", "API /health", "503 ×19", level=Level.CRITICAL, severity="SEV1",
              since_s=280, failures=19, runbook="B:141"),
        alert("db-connect", "DB connect", "4 failures in 5m", level=Level.CRITICAL,
              severity="SEV1", since_s=238, failures=4, runbook="B:160"),
        alert("errors", "Error rate", "2.4 % > 2 %", phase=Phase.PENDING, since_s=372,
              required_s=900, runbook="A:292"),
        alert("query", "DB query avg", "212 ms > 200 ms", phase=Phase.PENDING, severity="SEV3",
              since_s=480, required_s=900, runbook=""),
    )  # fmt: skip


def event(
    seconds: float, kind: EventKind, level: Level, text: str, key: str, environment: str = PROD
) -> Event:
    return Event(
        at=at(seconds), kind=kind, level=level, text=text, environment=environment, key=key
    )


def incident_timeline() -> tuple[Event, ...]:
    alert_, ok, w, c = EventKind.ALERT, Level.OK, Level.WARNING, Level.CRITICAL
    return (
        event(109, EventKind.VENDOR, w, "Supabase status: pooler latency", "e1", ""),
        event(189, EventKind.OPERATOR, ok, "dana acked API /health", "e2", ""),
        event(238, alert_, c, "DB connect failures 4/5m", "e3"),
        event(280, alert_, c, "API /health 503", "e4"),
        event(320, EventKind.DEPLOY, ok, "deploy 7d20b5e live (maria)", "e5"),
        event(372, alert_, w, "Error rate > 2 %", "e6"),
        event(724, alert_, w, "pid 15136 idle in tx", "e7"),
        event(1969, EventKind.OPERATOR, ok, "shift start: dana from ivan", "e8", ""),
    )


def vendor(
    name: str,
    state: VendorState = VendorState.OPERATIONAL,
    description: str = "",
    *,
    updated_s: float = 40,
    freshness: Freshness = Freshness.LIVE,
) -> VendorView:
    return VendorView(
        name=name,
        source=SourceId(f"lma/-/status/{name.lower()}"),
        state=state,
        freshness=freshness,
        reading=VendorReading(
            vendor=name,
            state=state,
            description=Foreign(description),
            updated_at=at(updated_s),
        ),
        failure=None,
        at=ago(40),
    )


def incident_vendors() -> tuple[VendorView, ...]:
    names = ("Vercel", "Render", "Supabase", "Stripe", "Resend", "GitHub", "Sentry", "PagerDuty",
             "Google")  # fmt: skip
    return tuple(
        vendor(name, VendorState.DEGRADED, "pooler latency", updated_s=120)
        if name == "Supabase"
        else vendor(name)
        for name in names
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
        rows=tuple(row_spec(*each) for each in _ROWS),
        kpis=KPI_SPECS,
        databases=(_DATABASE,),
        deploy_sources=(SourceId("lma/production/deploys/api"),),
        vendor_sources=(SourceId("lma/-/status/vercel"),),
        severities=(SeveritySpec(label="SEV1", title="Complete outage", response_s=900),),
        contacts=(ContactSpec(role="On call", name="dana", reach=(("slack", "#incidents"),)),),
        links=(LinkSpec(title="Status page", url="https://status.lma.com"),),
    )


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
        endpoints=_incident_rows(),
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
        endpoints=_calm_rows(),
        kpis=calm_kpis(),
        databases=(database(()),),
        queries_status=no_query,
        deploys=incident_deploys()[1:],
        vendors=tuple(vendor(each.name) for each in incident_vendors()),
        timeline=incident_timeline()[-1:],
    )


def states() -> WorkspaceView:
    """All eight endpoint states in one picture."""
    return replace(incident(), endpoints=eight_states())


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
        for row in _calm_rows()
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
        next_read_s=12,
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
