"""What a row of the wall is about: what to open, read again, copy and look up. Pure."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from monitor.snapshot import (
    AlertView,
    DatabaseView,
    DeployView,
    EndpointCell,
    EndpointRow,
    KpiView,
    QueryRow,
    SourceView,
    VendorView,
    WorkspaceView,
)
from monitor.workspace import WorkspaceSpec
from providers.database_readings import SessionReading
from providers.readings import SourceId
from tui.screens.layout import PaneId
from widgets.queries import row_key

Thing = AlertView | DeployView | EndpointRow | KpiView | QueryRow | SourceView | VendorView
"""What stands behind a row."""


class Subject(Struct, frozen=True, kw_only=True):
    """A row of the wall and everything a key may ask of it."""

    pane: PaneId
    key: str
    title: str
    thing: Thing
    sources: tuple[SourceId, ...] = ()
    """What to read again."""

    url: str = ""
    """The page about it; https only, empty when there is none."""

    runbook: str = ""
    """Where the runbook speaks of it, such as `A:275`."""

    copy: str = ""
    """What to copy when it is more than the row shows, such as a whole statement."""


def subject_of(view: WorkspaceView, pane: PaneId, key: str | None) -> Subject | None:
    """The subject of a row; None when the row is gone or has none."""
    return next((subject for subject in subjects(view, pane) if subject.key == key), None)


def subjects(view: WorkspaceView, pane: PaneId) -> Iterator[Subject]:
    """Every row of a pane as a subject."""
    finder = _FINDERS.get(pane)
    return iter(()) if finder is None else finder(view)


def pane_sources(view: WorkspaceView, pane: PaneId) -> tuple[SourceId, ...]:
    """Every source that a pane shows, each once."""
    if pane is PaneId.DEPLOYS:
        return view.spec.deploy_sources
    if pane is PaneId.VENDORS:
        return view.spec.vendor_sources
    finder = _FINDERS.get(PaneId.ENDPOINTS if pane is PaneId.CHART else pane)
    if pane is PaneId.QUERIES:
        return tuple(database.spec.source for database in view.databases)
    found = (source for subject in finder(view) for source in subject.sources) if finder else ()
    return tuple(dict.fromkeys(found))


def https(url: str) -> str:
    """The address if it is safe to show, copy and open: https, visible ASCII, no credentials."""
    sound = (
        url.startswith("https://")
        and len(url) <= _LONGEST_URL
        and all("!" <= sign <= "~" for sign in url)
        and "@" not in url.removeprefix("https://").split("/", 1)[0]
    )
    return url if sound else ""


_LONGEST_URL: Final = 2_000


def shown_environment(row: EndpointRow, spec: WorkspaceSpec, wanted: str = "") -> str:
    """The environment that a row is about: the wanted one, else production, else any it is in."""
    if wanted:
        return wanted
    for environment in sorted(spec.environments, key=lambda each: not each.production):
        if environment.name in row.cells:
            return environment.name
    return next(iter(row.cells), "")


def shown_cell(row: EndpointRow, spec: WorkspaceSpec) -> EndpointCell | None:
    """The cell that a row is first of all about."""
    return row.cells.get(shown_environment(row, spec))


def _alerts(view: WorkspaceView) -> Iterator[Subject]:
    for alert in view.alerts:
        yield Subject(
            pane=PaneId.ALERTS,
            key=alert.key,
            title=alert.title,
            thing=alert,
            sources=(alert.source,) if alert.source else (),
            runbook=alert.runbook,
        )


def _deploys(view: WorkspaceView) -> Iterator[Subject]:
    for each in view.deploys:
        service = each.service.title if each.service else each.deploy.target
        yield Subject(
            pane=PaneId.DEPLOYS,
            key=each.key,
            title=f"deploy of {service} to {each.deploy.environment}",
            thing=each,
            sources=(each.source,),
            url=https(each.deploy.url),
        )


def _endpoints(view: WorkspaceView) -> Iterator[Subject]:
    for row in view.endpoints:
        cell = shown_cell(row, view.spec)
        probe = cell.probe if cell else None
        check = next(iter(row.spec.checks.values()), None)
        yield Subject(
            pane=PaneId.ENDPOINTS,
            key=row.spec.key,
            title=row.spec.title,
            thing=row,
            sources=tuple(each.source for each in row.cells.values()),
            url=https(probe.url) if probe else "",
            runbook=check.runbook if check else "",
        )


def _kpis(view: WorkspaceView) -> Iterator[Subject]:
    for kpi in view.kpis:
        band = kpi.verdict.band
        runbook = (band.runbook if band else "") or kpi.spec.runbook
        yield Subject(
            pane=PaneId.KPIS,
            key=kpi.spec.key,
            title=kpi.spec.title,
            thing=kpi,
            sources=tuple(dict.fromkeys(ref.source for ref in kpi.spec.series)),
            runbook=runbook or next((b.runbook for b in kpi.spec.bands if b.runbook), ""),
        )


def _queries(view: WorkspaceView) -> Iterator[Subject]:
    for database, row in sessions(view):
        yield Subject(
            pane=PaneId.QUERIES,
            key=row_key(database, row.session.key),
            title=f"pid {row.session.pid}",
            thing=row,
            sources=(database.spec.source,),
            copy=statement_of(row.session),
        )


def statement_of(session: SessionReading) -> str:
    """The statement to copy; one that was cut says so where it ends."""
    cut = f"\n-- {session.cut_words}" if session.cut_words else ""
    return f"{session.query.text}{cut}"


def sessions(view: WorkspaceView) -> Iterator[tuple[DatabaseView, QueryRow]]:
    """Every session shown, with its database."""
    for database in view.databases:
        for row in database.rows:
            yield database, row


def _vendors(view: WorkspaceView) -> Iterator[Subject]:
    for vendor in view.vendors:
        incidents = vendor.reading.incidents if vendor.reading else ()
        yield Subject(
            pane=PaneId.VENDORS,
            key=str(vendor.source),
            title=vendor.name,
            thing=vendor,
            sources=(vendor.source,),
            url=next((https(each.url) for each in incidents if https(each.url)), ""),
        )


_FINDERS: Final = {
    PaneId.ALERTS: _alerts,
    PaneId.DEPLOYS: _deploys,
    PaneId.ENDPOINTS: _endpoints,
    PaneId.KPIS: _kpis,
    PaneId.QUERIES: _queries,
    PaneId.VENDORS: _vendors,
}
