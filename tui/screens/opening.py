"""Which screen shows the details of a row."""

from textual.screen import Screen

from monitor.snapshot import AlertView, WorkspaceView
from tui.screens.layout import PaneId
from tui.screens.subjects import Subject, subject_of, subjects

_ABOUT = (PaneId.ENDPOINTS, PaneId.QUERIES, PaneId.DEPLOYS, PaneId.VENDORS)
"""Where the thing behind an alert is looked for."""


def screen_for(subject: Subject, view: WorkspaceView) -> Screen[None]:
    """A screen with the details; each module is loaded when it is first asked for."""
    if isinstance(subject.thing, AlertView):
        from tui.screens.alert import AlertScreen

        return AlertScreen(subject)
    return screen_behind(subject, view)


def screen_behind(subject: Subject, view: WorkspaceView) -> Screen[None]:
    """As `screen_for`, but of an alert what it is about."""
    subject = behind(subject, view)
    if subject.pane in {PaneId.ENDPOINTS, PaneId.CHART}:
        from tui.screens.endpoint import EndpointScreen

        return EndpointScreen(subject)
    if subject.pane is PaneId.QUERIES:
        from tui.screens.query import QueryScreen

        return QueryScreen(subject)
    if subject.pane is PaneId.DEPLOYS:
        from tui.screens.deploy import DeployScreen

        return DeployScreen(subject)
    if subject.pane is PaneId.KPIS:
        from tui.screens.kpi import KpiScreen

        return KpiScreen(subject)
    from tui.screens.source import SourceScreen

    return SourceScreen(subject)


def behind(subject: Subject, view: WorkspaceView) -> Subject:
    """What an alert is about: its KPI or the row of its source; anything else is about itself."""
    alert = subject.thing
    if not isinstance(alert, AlertView):
        return subject
    if alert.kpi and (kpi := subject_of(view, PaneId.KPIS, alert.kpi)) is not None:
        return kpi
    for pane in _ABOUT:
        for other in subjects(view, pane):
            if alert.source in other.sources:
                return other
    return subject
