"""Acknowledging and snoozing from any screen that is about rows."""

from monitor.care_entries import EntryKind
from monitor.care_orders import CareOrder
from monitor.snapshot import AlertView, WorkspaceView
from providers.clock import Moment
from tui.engine_link import EngineLink, asked
from tui.screens.layout import PaneId
from tui.screens.subjects import Subject
from widgets.care_fields import said_line
from widgets.cells import Cell, Line
from widgets.glyphs import Glyphs

NO_ALERT = "there is no alert to speak of here"


def alert_about(view: WorkspaceView, subject: Subject | None) -> AlertView | None:
    """The alert that a row is about, the first of several; None when there is none now."""
    if subject is None:
        return None
    if isinstance(subject.thing, AlertView):
        return next((one for one in view.alerts if one.key == subject.thing.key), None)
    if subject.pane is PaneId.KPIS:
        return next((one for one in view.alerts if one.kpi == subject.key), None)
    about = (one for one in view.alerts if one.source in subject.sources and not one.kpi)
    return next(about, None) if subject.pane in {PaneId.ENDPOINTS, PaneId.CHART} else None


def said_of(view: WorkspaceView, subject: Subject, now: Moment, glyphs: Glyphs) -> Line:
    """Who is at the alert of a row, or how soon somebody must be, for a title; may be empty."""
    alert = alert_about(view, subject)
    said = () if alert is None else said_line(alert, now, glyphs)
    return (Cell("   "), *said) if said else ()


def order_of(
    view: WorkspaceView, alert: AlertView, kind: EntryKind, lasts_s: float, note: str
) -> CareOrder:
    """What is said of an alert of a workspace."""
    name = view.spec.name
    return CareOrder(workspace=name, key=alert.key, kind=kind, lasts_s=lasts_s, note=note)


async def say(engine: EngineLink, order: CareOrder) -> tuple[bool, str]:
    """Have the engine write it down; whether it did, and what to tell."""
    answer = await asked(engine, lambda calls: calls.care(order))
    if answer is None:
        return False, "the engine does not answer: it may not have been noted, look at the alert"
    return answer.done, answer.words
