"""A snapshot as JSON for scripts: stable names, UTC times with Z, seconds as numbers.

Names are only ever added within one `version`; a missing number is null with its reason.
"""

from collections.abc import Iterable
from typing import Final

from monitor.kpi_shown import shown
from monitor.snapshot import (
    Counts,
    DatabaseView,
    DeployView,
    EndpointCell,
    EndpointRow,
    KpiView,
    PaneStatus,
    Snapshot,
    SourceView,
    VendorView,
    WorkspaceView,
)
from monitor.verdicts import Verdict
from providers.clock import Moment
from providers.probe_readings import Phases
from providers.readings import Failure
from tui.status_alerts import alert_json
from tui.status_kpis import kpi_json
from tui.status_systems import system_json
from tui.status_trend import trend_json
from tui.status_values import Json, moment_text, rounded, time_text

VERSION: Final = 1
"""Raised when a name changes its meaning or goes away."""


def status_document(snapshot: Snapshot, worst: str, exit_code: int) -> dict[str, Json]:
    """Everything the snapshot knows.

    Args:
        snapshot: What was seen.
        worst: The worst level in one word.
        exit_code: What the process will leave with.
    """
    return {
        "version": VERSION,
        "at": time_text(snapshot.at.at),
        "level": worst,
        "exit_code": exit_code,
        "offline": snapshot.offline_reason or None,
        "workspaces": {
            name: _workspace(view, snapshot.at) for name, view in snapshot.workspaces.items()
        },
        "sources": [_source(view, snapshot.at) for view in snapshot.sources.values()],
    }


def _workspace(view: WorkspaceView, now: Moment) -> dict[str, Json]:
    return {
        "title": view.spec.title,
        "level": view.level.word,
        "worst": view.worst or None,
        "worst_since": moment_text(view.worst_since),
        "counts": _counts(view.counts),
        "notices": list(view.notices),
        "maintenance": [
            {
                "title": span.window.title,
                "from": time_text(span.begins),
                "to": time_text(span.ends),
                "operator": span.window.operator or None,
            }
            for span in view.maintenance
        ],
        "alerts": [alert_json(alert, now) for alert in view.alerts],
        "endpoints": [cell for row in view.endpoints for cell in _endpoint_cells(row, now)],
        "kpis": [_kpi(kpi) for kpi in view.kpis],
        "databases": [_database(database, now) for database in view.databases],
        "deploys": [_deploy(deploy) for deploy in view.deploys],
        "vendors": [_vendor(vendor, now) for vendor in view.vendors],
        "systems": [system_json(system, now) for system in view.systems],
        "panes": {
            "alerts": _pane(view.alerts_status),
            "endpoints": _pane(view.endpoints_status),
            "kpis": _pane(view.kpis_status),
            "queries": _pane(view.queries_status),
            "deploys": _pane(view.deploys_status),
            "vendors": _pane(view.vendors_status),
        },
    }


def _counts(counts: Counts) -> Json:
    return {
        "critical": counts.critical,
        "warning": counts.warning,
        "ok": counts.ok,
        "unknown": counts.unknown,
        "stale": counts.stale,
        "maintenance": counts.maintenance,
    }


def _pane(status: PaneStatus) -> Json:
    return {
        "state": status.state.value,
        "message": status.message or None,
        "advice": status.advice or None,
        "age_s": rounded(status.age_s),
    }


def _endpoint_cells(row: EndpointRow, now: Moment) -> Iterable[Json]:
    for environment, cell in row.cells.items():
        yield {
            "key": row.spec.key,
            "title": row.spec.title,
            "service": row.spec.service,
            "environment": environment,
            **_cell(cell, now),
            "drift": {"=": "same", "≠": "different"}.get(row.drift.value, "unknown"),
        }


def _cell(cell: EndpointCell, now: Moment) -> dict[str, Json]:
    probe = cell.probe
    return {
        "source": cell.source,
        "state": cell.state.value,
        **_verdict(cell.verdict),
        "url": probe.url if probe else None,
        "status": probe.status if probe else None,
        "latency_ms": rounded(probe.phases.total_ms) if probe and probe.status else None,
        "phases": _phases(probe.phases) if probe else None,
        "failure": _failure(probe.failure) if probe else None,
        "version": cell.version or None,
        "certificate_days": rounded(cell.certificate_days),
        "uptime_24h_percent": cell.uptime_24h_percent,
        "observed_at": moment_text(cell.at),
        "age_s": rounded(cell.at.age_s(now)) if cell.at else None,
    }


def _phases(phases: Phases) -> Json:
    return {
        "dns_ms": rounded(phases.dns_ms),
        "connect_ms": rounded(phases.connect_ms),
        "tls_ms": rounded(phases.tls_ms),
        "first_byte_ms": rounded(phases.first_byte_ms),
        "body_ms": rounded(phases.body_ms),
        "total_ms": rounded(phases.total_ms),
    }


def _kpi(kpi: KpiView) -> Json:
    return {
        "key": kpi.spec.key,
        "title": kpi.spec.title,
        "environment": kpi.spec.environment or None,
        "value": kpi.value,
        "reason": kpi.reason or None,
        "unit": kpi.spec.unit,
        **_verdict(shown(kpi)),
        "missed_target": kpi.missed_target,
        **kpi_json(kpi),
        "no_data": None if kpi.no_data is None else _verdict(kpi.no_data),
        "runbook": kpi.spec.runbook or None,
        "observed_at": moment_text(kpi.at),
        "trend": None if kpi.trend is None else trend_json(kpi.trend, kpi.spec.unit),
    }


def _verdict(verdict: Verdict) -> dict[str, Json]:
    return {
        "level": verdict.level.word,
        "phase": verdict.phase.value,
        "why": verdict.why or None,
        "since": moment_text(verdict.since),
        "fired": moment_text(verdict.fired),
    }


def _database(view: DatabaseView, now: Moment) -> Json:
    reading = view.reading
    connections = reading.connections if reading else None
    return {
        "title": view.spec.title,
        "environment": view.spec.environment,
        "source": view.spec.source,
        "pane": _pane(view.status),
        "server_version": reading.server_version if reading else None,
        "size_bytes": reading.size_bytes if reading else None,
        "cache_hit_percent": reading.cache_hit_percent if reading else None,
        "transactions_per_s": reading.transactions_per_s if reading else None,
        "connections_used": connections.used if connections else None,
        "connections_available": connections.available if connections else None,
        "missing_privileges": list(reading.missing_privileges) if reading else [],
        "sessions": [
            {
                "pid": row.session.pid,
                "backend_start": time_text(row.session.backend_start),
                "level": row.level.word,
                "application": row.session.application.text,
                "user": row.session.user.text,
                "state": row.session.state.value,
                "wait": row.session.wait.text or None,
                "query_age_s": rounded(row.session.query_age_s),
                "transaction_age_s": rounded(row.session.transaction_age_s),
                "blocked_by": list(row.session.blocked_by),
                "waiters": row.waiters,
                "query": row.session.query.line(1000),
            }
            for row in view.rows
        ],
        "age_s": rounded(view.at.age_s(now)) if view.at else None,
    }


def _deploy(view: DeployView) -> Json:
    deploy = view.deploy
    return {
        "vendor": deploy.vendor,
        "id": deploy.id,
        "target": deploy.target,
        "environment": deploy.environment or None,
        "state": deploy.state.value,
        "live": view.live,
        "commit": deploy.commit.text or None,
        "message": deploy.message.line(200) or None,
        "author": deploy.author.line(80) or None,
        "branch": deploy.branch.line(120) or None,
        "created_at": time_text(deploy.created_at),
        "live_at": time_text(deploy.live_at),
        "url": deploy.url or None,
    }


def _vendor(view: VendorView, now: Moment) -> Json:
    reading = view.reading
    return {
        "name": view.name,
        "source": view.source,
        "state": view.state.value,
        "freshness": view.freshness.value,
        "description": reading.description.line(200) if reading else None,
        "incidents": [incident.title.line(200) for incident in reading.incidents]
        if reading
        else [],
        "failure": _failure(view.failure),
        "age_s": rounded(view.at.age_s(now)) if view.at else None,
    }


def _source(view: SourceView, now: Moment) -> Json:
    return {
        "id": view.spec.id,
        "title": view.spec.title,
        "system": view.spec.system,
        "environment": view.spec.environment or None,
        "freshness": view.freshness.value,
        "last_success": moment_text(view.last_success),
        "age_s": rounded(view.last_success.age_s(now)) if view.last_success else None,
        "failure": _failure(view.failure),
        "failures": view.failures,
        "interval_s": view.spec.interval_s,
        "took_ms": rounded(view.took_ms),
    }


def _failure(failure: Failure | None) -> Json:
    if failure is None:
        return None
    return {
        "trouble": failure.trouble.value,
        "sentence": failure.sentence,
        "advice": failure.advice or None,
    }
