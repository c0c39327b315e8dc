"""Alerts: what fires or is about to, made of the verdicts of everything; pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from monitor import certificates
from monitor.kpi_alerts import is_calm, kpi_alerts
from monitor.query_alerts import query_alerts
from monitor.snapshot import AlertView, DatabaseView, EndpointCell, EndpointRow, KpiView
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase, Verdict
from monitor.workspace import EndpointRowSpec, WorkspaceSpec
from providers.clock import Moment
from providers.probe_readings import ProbeReading
from providers.readings import Trouble

_SHOWN = frozenset({Phase.PENDING, Phase.FIRING, Phase.RECOVERING, Phase.FLAPPING})

_BROKEN_BODY: Final = {
    Trouble.TIMED_OUT: "body timed out",
    Trouble.UNREACHABLE: "body broke off",
    Trouble.BAD_ANSWER: "unreadable body",
}
"""What is wrong with an answer of the right status, unless it is what it says."""

_NO_ANSWER: Final = {
    Trouble.TIMED_OUT: "timed out",
    Trouble.UNREACHABLE: "not reached",
    Trouble.BAD_ANSWER: "garbled answer",
}
"""Why there is no status, in two words; for all else there was `no answer`."""


def alerts_of(
    spec: WorkspaceSpec,
    rows: Sequence[EndpointRow],
    kpis: Sequence[KpiView],
    databases: Sequence[DatabaseView],
    now: Moment,
    others: Iterable[AlertView] = (),
) -> tuple[AlertView, ...]:
    """All alerts of a workspace, in no order; `monitor.alert_passes` finishes them.

    Keys do not depend on how bad an alert is. `others` are made elsewhere.
    """
    return (
        *others,
        *_endpoint_alerts(rows, now),
        *_certificate_alerts(rows, now),
        *(alert for view in kpis if not is_calm(view) for alert in kpi_alerts(spec, view, now)),
        *(alert for view in databases for alert in query_alerts(view, now)),
    )


def _endpoint_alerts(rows: Iterable[EndpointRow], now: Moment) -> Iterable[AlertView]:
    for row in rows:
        for environment, cell in row.cells.items():
            verdict = cell.verdict
            if verdict.phase is Phase.OK:
                continue
            unseen = verdict.phase is Phase.UNKNOWN and verdict.level is Level.CRITICAL
            if verdict.phase not in _SHOWN and not unseen:
                continue
            check = row.spec.checks[environment]
            yield AlertView(
                key=f"check/{cell.source}",
                title=f"{row.spec.title} {_state_words(cell)}",
                subject=row.spec.title,
                fact=_cell_fact(cell),
                needed=check.failures_to_fire,
                level=verdict.level,
                phase=verdict.phase,
                severity=check.severity,
                environment=environment,
                since=verdict.onset or verdict.since or now,
                onset=verdict.onset,
                fired=verdict.fired,
                changes=verdict.changes,
                checks=verdict.checks,
                why=verdict.why,
                elapsed_s=_elapsed_s(verdict, now),
                required_s=verdict.required_s,
                failures=verdict.failures,
                detection=cell.detection,
                runbook=check.runbook,
                source=cell.source,
                service=row.spec.service,
            )


def _elapsed_s(verdict: Verdict, now: Moment) -> float:
    """Of what it waits for, where it waits for a time; else since its onset."""
    if verdict.required_s:
        return verdict.elapsed_s
    return 0.0 if verdict.onset is None else verdict.onset.age_s(now)


def _state_words(cell: EndpointCell) -> str:
    if cell.state in {EndpointState.STALE, EndpointState.UNKNOWN}:
        return f"down, now {cell.state.value}"
    if cell.state is EndpointState.CHECKING:
        return "down when last seen"
    return str(cell.state.value)


def _cell_fact(cell: EndpointCell) -> str:
    """What is wrong in a word or two: `503`, `not ready 503`, `no answer`."""
    probe = cell.probe
    if cell.state in {EndpointState.STALE, EndpointState.UNKNOWN, EndpointState.CHECKING}:
        return "down when last seen"
    if probe is None:
        return str(cell.state.value)
    if cell.verdict.phase is Phase.RECOVERING:
        return "answers again"
    if cell.verdict.phase is Phase.FLAPPING and not cell.verdict.failures:
        return "answers now"
    if probe.status is None:
        trouble = None if probe.failure is None else probe.failure.trouble
        return _NO_ANSWER.get(trouble, "no answer") if trouble is not None else "no answer"
    status = str(probe.status)
    if probe.status_expected:
        status = f"{status}, {_wrong_body(probe)}"
    return f"not ready {status}" if cell.state is EndpointState.NOT_READY else status


def _wrong_body(probe: ProbeReading) -> str:
    said = not all(each.passed for each in probe.assertions)
    if said or probe.failure is None:
        return "wrong answer"
    return _BROKEN_BODY.get(probe.failure.trouble, "wrong answer")


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
                subject=row.spec.title,
                fact=certificates.words(certificate, now.at),
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
                service=row.spec.service,
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
