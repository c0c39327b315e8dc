"""A snapshot as plain text: for pipes, mails and terminals that cannot show the wall."""

from collections.abc import Iterator
from typing import Final

from monitor.snapshot import (
    DatabaseView,
    EndpointCell,
    EndpointRow,
    PaneState,
    PaneStatus,
    Snapshot,
    WorkspaceView,
)
from monitor.states import EndpointState
from monitor.verdicts import Level
from monitor.words import date_words, duration_words, number_words, short_duration
from providers.clock import Moment
from providers.vendor_readings import VendorState
from tui.status_alerts import MARKS, alert_line
from tui.status_kpis import kpi_lines
from tui.status_systems import system_lines

_DEPLOYS_SHOWN: Final = 8
_QUERY_WIDTH: Final = 70


def status_lines(snapshot: Snapshot) -> Iterator[str]:
    """The whole status, worst things first in each workspace."""
    yield f"quarterdeck status at {date_words(snapshot.at.at)}"
    if snapshot.offline_reason:
        yield f"OFFLINE: {snapshot.offline_reason}; nothing is judged until the network is back"
    for view in snapshot.workspaces.values():
        yield ""
        yield from _workspace(view, snapshot.at)


def _workspace(view: WorkspaceView, now: Moment) -> Iterator[str]:
    counts = view.counts
    yield (
        f"{MARKS[view.level].strip()}  {view.spec.title}: {counts.critical} critical, "
        f"{counts.warning} warning, {counts.ok} ok, {counts.unknown} unknown, {counts.stale} stale"
        + (f", {counts.maintenance} in maintenance" if counts.maintenance else "")
        + (f"; worst: {view.worst}" if view.worst else "")
    )
    yield from (f"  {span.words}" for span in view.maintenance)
    yield from (f"  notice: {notice}" for notice in view.notices)
    yield from _section("Alerts", view.alerts_status, (alert_line(a, now) for a in view.alerts))
    yield from _section("Endpoints", view.endpoints_status, _endpoints(view))
    yield from _section(
        "KPIs", view.kpis_status, (line for kpi in view.kpis for line in kpi_lines(kpi))
    )
    yield from _section("Long-running queries", view.queries_status, _queries(view))
    yield from _section("Deploys", view.deploys_status, _deploys(view, now))
    yield from _section("Vendors", view.vendors_status, _vendors(view))
    if view.systems:
        yield "  Systems"
        yield from (f"    {line}" for line in system_lines(view, MARKS))


def _section(title: str, status: PaneStatus, lines: Iterator[str]) -> Iterator[str]:
    """A heading and its lines; a section without lines says why it has none."""
    yield f"  {title}"
    drawn = False
    for line in lines:
        drawn = True
        yield f"    {line.rstrip()}"
    advice = f" ({'; '.join(status.advice.splitlines())})" if status.advice else ""
    if not drawn or status.state in {PaneState.FAILED, PaneState.STALE}:
        yield f"    {status.state.value}: {status.message or 'nothing to show'}{advice}"
    elif status.state is PaneState.LIVE and status.message:
        yield f"    not all of it: {status.message}{advice}"


def _endpoints(view: WorkspaceView) -> Iterator[str]:
    for row in view.endpoints:
        for environment, cell in row.cells.items():
            yield _endpoint(row, environment, cell)


def _endpoint(row: EndpointRow, environment: str, cell: EndpointCell) -> str:
    level = Level.CRITICAL if cell.state is EndpointState.DOWN else cell.verdict.level
    probe = cell.probe
    status = str(probe.status) if probe and probe.status is not None else "—"
    took = number_words(probe.phases.total_ms, "ms") if probe and probe.status else "—"
    why = f"  {cell.verdict.why}" if cell.verdict.why else ""
    return (
        f"{MARKS[level]} {row.spec.title:22} {environment:11} {cell.state.value:10} "
        f"{status:>3} {took:>8}{why}"
    )


def _queries(view: WorkspaceView) -> Iterator[str]:
    for database in view.databases:
        yield from (f"note {line}" for line in _privileges(database))
        for row in database.rows:
            session = row.session
            age = duration_words(session.query_age_s)
            wait = session.wait.line(20) or "CPU"
            yield (
                f"{MARKS[row.level]} {session.pid:>7} {age:>7} {session.application.line(16):16} "
                f"{session.state.value:19} {wait:20} {session.query.line(_QUERY_WIDTH)}"
            )


def _privileges(database: DatabaseView) -> tuple[str, ...]:
    return database.reading.missing_privileges if database.reading else ()


def _deploys(view: WorkspaceView, now: Moment) -> Iterator[str]:
    for deploy in view.deploys[:_DEPLOYS_SHOWN]:
        known = deploy.deploy
        age = (now.at - deploy.at).total_seconds() if deploy.at else None
        state = "live" if deploy.live else known.state.value
        yield (
            f"{short_duration(age)}  {known.environment:11} {known.target:16} "
            f"{known.commit.line(80)[:7]:7}  {state:9} {known.author.line(14):14} "
            f"{known.message.line(80)}"
        )


def _vendors(view: WorkspaceView) -> Iterator[str]:
    for vendor in view.vendors:
        said = vendor.reading.description.line(80) if vendor.reading else ""
        words = vendor.failure.sentence if vendor.failure else said
        level = Level.OK if vendor.state is VendorState.OPERATIONAL else Level.WARNING
        if vendor.state is VendorState.UNKNOWN:
            level = Level.UNKNOWN
        yield f"{MARKS[level]} {vendor.name:14} {vendor.state.value:14} {words}"
