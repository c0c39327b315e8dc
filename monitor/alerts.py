"""Alerts: what fires or is about to, made of the verdicts of everything; pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from monitor import certificates
from monitor.bands import limit_words
from monitor.sessions import age_s
from monitor.snapshot import AlertView, DatabaseView, EndpointCell, EndpointRow, KpiView, QueryRow
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase
from monitor.words import duration_words, number_words, span_words
from monitor.workspace import EndpointRowSpec, WorkspaceSpec
from providers.clock import Moment

_SHOWN = frozenset({Phase.PENDING, Phase.FIRING, Phase.RECOVERING})


def alerts_of(
    spec: WorkspaceSpec,
    rows: Sequence[EndpointRow],
    kpis: Sequence[KpiView],
    databases: Sequence[DatabaseView],
    now: Moment,
    others: Iterable[AlertView] = (),
) -> tuple[AlertView, ...]:
    """All alerts of a workspace: worst first, production first, firing before pending, then oldest.

    Keys do not depend on the order or on how bad an alert is. `others` are made elsewhere.
    """
    found = [
        *others,
        *_endpoint_alerts(rows, now),
        *_certificate_alerts(rows, now),
        *(alert for view in kpis if (alert := _kpi_alert(spec, view, now)) is not None),
        *(alert for view in databases for alert in _database_alerts(spec, view, now)),
    ]
    production = {one.name for one in spec.environments if one.production}

    def urgency(alert: AlertView) -> tuple[int, bool, bool, float, str]:
        return (
            -alert.level,
            alert.environment not in production,
            alert.phase is Phase.PENDING,
            alert.since.tick_s,
            alert.key,
        )

    return tuple(sorted(found, key=urgency))


def _endpoint_alerts(rows: Iterable[EndpointRow], now: Moment) -> Iterable[AlertView]:
    for row in rows:
        for environment, cell in row.cells.items():
            verdict = cell.verdict
            unseen = verdict.phase is Phase.UNKNOWN and verdict.level is Level.CRITICAL
            if verdict.phase not in _SHOWN and not unseen:
                continue
            check = row.spec.checks[environment]
            yield AlertView(
                key=f"check/{cell.source}",
                title=f"{row.spec.title} {_state_words(cell)}",
                level=verdict.level,
                phase=verdict.phase,
                severity=check.severity,
                environment=environment,
                since=verdict.onset or verdict.since or now,
                why=verdict.why,
                elapsed_s=0.0 if verdict.onset is None else verdict.onset.age_s(now),
                required_s=0.0,
                failures=verdict.failures,
                runbook=check.runbook,
                source=cell.source,
            )


def _state_words(cell: EndpointCell) -> str:
    if cell.state in {EndpointState.STALE, EndpointState.UNKNOWN}:
        return f"down, now {cell.state.value}"
    if cell.state is EndpointState.CHECKING:
        return "down when last seen"
    return str(cell.state.value)


def _certificate_alerts(rows: Iterable[EndpointRow], now: Moment) -> Iterable[AlertView]:
    """One alert for each host and environment, however many checks meet its certificate."""
    told: set[tuple[str, str]] = set()
    for row in rows:
        for environment, cell in row.cells.items():
            certificate = None if cell.probe is None else cell.probe.certificate
            if certificate is None or cell.certificate_level < Level.WARNING:
                continue
            host = "" if cell.probe is None else urlsplit(cell.probe.url).netloc
            if (environment, host) in told:
                continue
            told.add((environment, host))
            yield AlertView(
                key=f"certificate/{environment}/{host}",
                title=f"{row.spec.title} certificate",
                level=cell.certificate_level,
                phase=Phase.FIRING,
                severity="",
                environment=environment,
                since=_entered(row.spec, environment, cell, now),
                why=certificates.words(certificate, now.at),
                elapsed_s=0.0,
                required_s=0.0,
                failures=0,
                runbook=row.spec.checks[environment].runbook,
                source=cell.source,
            )


def _entered(spec: EndpointRowSpec, environment: str, cell: EndpointCell, now: Moment) -> Moment:
    """When the days left went below the limit; for an untrusted one, when it was met."""
    check = spec.checks[environment]
    certificate = None if cell.probe is None else cell.probe.certificate
    if certificate is None or not certificate.trusted or cell.certificate_days is None:
        return cell.at or now
    limit = (
        check.certificate_critical_days
        if cell.certificate_level is Level.CRITICAL
        else check.certificate_warning_days
    )
    at = certificate.not_after - timedelta(days=limit)
    passed_s = max(0.0, (now.at - at).total_seconds())
    return Moment(at=min(at, now.at), tick_s=now.tick_s - passed_s)


def _kpi_alert(spec: WorkspaceSpec, view: KpiView, now: Moment) -> AlertView | None:
    verdict, band = view.verdict, view.verdict.band
    unseen = verdict.phase is Phase.UNKNOWN and verdict.level >= Level.WARNING
    if band is None or (verdict.phase not in _SHOWN and not unseen):
        return None
    return AlertView(
        key=f"kpi/{spec.name}/{view.spec.key}",
        title=f"{view.spec.title} {limit_words(band, view.spec.unit)}",
        level=verdict.level,
        phase=verdict.phase,
        severity=band.severity,
        environment=view.spec.environment,
        since=verdict.onset or verdict.since or now,
        why=verdict.why,
        elapsed_s=verdict.elapsed_s,
        required_s=verdict.required_s,
        failures=verdict.failures,
        runbook=band.runbook,
        source=view.spec.series[0].source if view.spec.series else None,
        kpi=view.spec.key,
    )


def _database_alerts(spec: WorkspaceSpec, view: DatabaseView, now: Moment) -> Iterable[AlertView]:
    """One for each root that keeps others waiting, and one for all queries that are merely long."""
    if view.at is None:
        return
    blocking = [row for row in view.rows if row.depth == 0 and row.waiters]
    for row in blocking:
        if row.level >= Level.WARNING:
            waiting = f"{row.waiters} session{'s' if row.waiters > 1 else ''}"
            yield _query_alert(
                view,
                now,
                key=f"blocking/{view.spec.source}/{row.session.key}",
                title=f"{view.spec.title} pid {row.session.pid} blocks {waiting}",
                level=row.level,
                why=f"{row.session.state.value} for {duration_words(age_s(row.session))}",
                oldest_s=age_s(row.session),
            )
    long = [row for row in view.rows if _is_long(view, row)]
    if long:
        oldest_s = max(age_s(row.session) or 0.0 for row in long)
        count = "1 query" if len(long) == 1 else f"{len(long)} queries"
        yield _query_alert(
            view,
            now,
            key=f"long/{view.spec.source}",
            title=f"{view.spec.title} {count} over {span_words(view.spec.long_query_s)}",
            level=Level.WARNING,
            why=f"the oldest for {duration_words(oldest_s)}",
            oldest_s=oldest_s - view.spec.long_query_s,
        )


def _is_long(view: DatabaseView, row: QueryRow) -> bool:
    age = age_s(row.session)
    return row.level >= Level.WARNING and age is not None and age >= view.spec.long_query_s


def _query_alert(
    view: DatabaseView,
    now: Moment,
    *,
    key: str,
    title: str,
    level: Level,
    why: str,
    oldest_s: float | None,
) -> AlertView:
    seen = view.at or now
    since_s = oldest_s or 0.0
    return AlertView(
        key=key,
        title=title,
        level=level,
        phase=Phase.FIRING,
        severity="",
        environment=view.spec.environment,
        since=Moment(at=seen.at - timedelta(seconds=since_s), tick_s=seen.tick_s - since_s),
        why=why,
        elapsed_s=0.0,
        required_s=0.0,
        failures=0,
        runbook="A:84",
        source=view.spec.source,
    )


def worst_words(
    spec: WorkspaceSpec, alerts: Sequence[AlertView], rows: Sequence[EndpointRow]
) -> tuple[str, Moment | None]:
    """The worst thing in a few words with its begin: `API production 503`.

    An alert comes first; without one the endpoint that is slow, else the first unknown one.
    """
    cells = {cell.source: (row, env, cell) for row in rows for env, cell in row.cells.items()}
    if alerts:
        alert = alerts[0]
        found = cells.get(alert.source) if alert.source is not None and not alert.kpi else None
        if found is None or not alert.key.startswith("check/"):
            return f"{alert.title} {alert.environment}".strip(), alert.since
        return _cell_words(spec, *found), alert.since
    poor = [one for one in cells.values() if one[2].verdict.level > Level.OK]
    poor = [one for one in poor if one[2].state is not EndpointState.CHECKING]
    if not poor:
        return "", None
    worst = max(poor, key=lambda one: one[2].verdict.level)
    return _cell_words(spec, *worst), worst[2].verdict.since


def _cell_words(spec: WorkspaceSpec, row: EndpointRow, environment: str, cell: EndpointCell) -> str:
    service = next((one.title for one in spec.services if one.name == row.spec.service), "")
    if cell.state in {EndpointState.STALE, EndpointState.UNKNOWN}:
        said = cell.state.value
    elif cell.state is EndpointState.SLOW and cell.probe is not None:
        said = f"slow, {number_words(cell.probe.phases.total_ms, 'ms')}"
    elif cell.probe is None or cell.probe.status is None:
        said = "no answer"
    elif cell.probe.status_expected:
        said = cell.state.value
    else:
        said = str(cell.probe.status)
    return f"{service or row.spec.title} {environment} {said}"
