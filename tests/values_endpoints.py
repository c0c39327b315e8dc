"""Made-up endpoints: calm, in the incident, and in each of their eight states."""

from msgspec.structs import replace

from monitor.snapshot import EndpointCell, EndpointRow
from monitor.states import Drift, EndpointState
from monitor.verdicts import Level, Phase, Verdict
from monitor.workspace import (
    CheckSpec,
    EndpointRowSpec,
)
from providers.probe_readings import Phases, ProbeReading, Role
from providers.readings import Failure
from providers.text import Foreign
from tests.values_common import PROD, STG, ago, at, fine, firing, source, wave

ROWS = (
    ("web", "Customer Web", Role.SITE),
    ("merchant", "Merchant Admin", Role.SITE),
    ("admin", "Super Admin", Role.SITE),
    ("api-health", "API /health", Role.DEEP),
    ("api-live", "API /health/live", Role.LIVENESS),
    ("api-ready", "API /health/ready", Role.READINESS),
    ("api-metrics", "API /health/metrics", Role.METRICS),
)


CALM = (0, 3, 1, -2, 4, 2, 0, -3, 1, 5)
STORM_MS = (60, 62, 58, 61, 64, 2140, 900, 870, 600, 910, 2120, 860, 1180, 64, 1490, 880, 70, 610,
            640, 2140)  # fmt: skip
READY_MS = (58, 60, 61, 57, 63, 1490, 2130, 2140, 890, 860, 2110, 66, 1800, 900, 70, 1480, 1810,
            1490, 880, 1980)  # fmt: skip
METRICS_MS = (410, 420, 180, 170, 190, 200, 420, 1810, 2120, 1500, 900, 1790, 430, 880, 160, 890,
              2130, 870, 410, 911)  # fmt: skip


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
        history_ms=history_ms if history_ms is not None else wave(latency_ms, CALM),
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


def calm_rows() -> tuple[EndpointRow, ...]:
    figures = ((142, 188), (167, 201), (151, 179), (61, 96), (38, 36), (44, 71), (183, 190))
    rows: list[EndpointRow] = []
    for (key, title, role), (prod, stg) in zip(ROWS, figures, strict=True):
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
                              history_ms=wave(stg, CALM, 14)),
                Drift.SAME if site else Drift.UNKNOWN,
            )
        )  # fmt: skip
    return tuple(rows)


def incident_rows() -> tuple[EndpointRow, ...]:
    web, merchant, admin, health, live, ready, metrics = calm_rows()
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


FLAPS = Verdict(
    level=Level.CRITICAL,
    phase=Phase.FLAPPING,
    why="9 changes in the last 21 checks, now good, before answers 503",
    since=ago(120),
    onset=ago(300),
    fired=ago(300),
    changes=9,
    checks=21,
)
"""Of a check that was down in between."""


def each_state() -> tuple[EndpointRow, ...]:
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
            verdict=FLAPS if state is EndpointState.FLAPPING else None,
        )  # fmt: skip
        rows.append(endpoint_row(key, f"Is {state.value}", Role.DEEP, cell, None, Drift.UNKNOWN))
    return tuple(rows)
