"""What an operator wants to say about an alert, as an entry, as words and as an event; pure."""

from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.care_entries import (
    LONGEST_ACKNOWLEDGEMENT,
    LONGEST_NOTE,
    LONGEST_SNOOZE,
    CareEntry,
    EntryKind,
)
from monitor.events import Event, EventKind
from monitor.verdicts import Level
from monitor.words import span_words
from providers.clock import Moment
from providers.text import Foreign

DEFAULT_ACKNOWLEDGEMENT_S: Final = 4 * 3_600.0
DEFAULT_SNOOZE_S: Final = 3_600.0

_LONGEST: Final = {
    EntryKind.ACKNOWLEDGED: LONGEST_ACKNOWLEDGEMENT,
    EntryKind.SNOOZED: LONGEST_SNOOZE,
}
DID: Final = {
    EntryKind.ACKNOWLEDGED: "acknowledged",
    EntryKind.SNOOZED: "snoozed",
    EntryKind.TAKEN_BACK: "took back what was said of",
}


class CareOrder(Struct, frozen=True, kw_only=True):
    """What an operator wants to say about an alert."""

    workspace: str
    key: str
    kind: EntryKind
    """Acknowledged, snoozed or taken back."""

    lasts_s: float = 0.0
    """How long it holds; not for what is taken back."""

    note: str = ""


class CareAnswer(Struct, frozen=True, kw_only=True):
    """What became of an order."""

    done: bool
    words: str
    """For the operator; also when it was done, such as that nobody else can see it."""

    shared: bool = True
    """False when it could not be written, and holds for this program alone."""


def completed(entry: CareEntry, order: CareOrder, alert: AlertView) -> CareEntry:
    """A new entry with all that the order says of the alert."""
    longest = _LONGEST.get(order.kind)
    lasts = timedelta(seconds=order.lasts_s)
    return replace(
        entry,
        onset=alert.began,
        until=None if longest is None else entry.at + min(lasts, longest),
        level=alert.level,
        subject=Foreign(_about(alert)).line(120),
        note=Foreign(order.note).line(LONGEST_NOTE),
    )


def _about(alert: AlertView) -> str:
    """What it is about, told apart from others of the same database or the same KPI."""
    name = alert.subject if alert.kpi or alert.key.startswith("check/") else alert.title
    return f"{name or alert.title} {alert.group}".rstrip()


def said_words(entry: CareEntry) -> str:
    """What was done, for whoever did it."""
    if entry.until is None:
        return f"taken back: {entry.subject}"
    lasts = span_words((entry.until - entry.at).total_seconds())
    return f"{DID[entry.kind]} for {lasts}: {entry.subject}"


def event_of(entry: CareEntry, workspace: str) -> Event:
    """The entry on the timeline."""
    note = f": {entry.note}" if entry.note else ""
    text = f"{entry.short_operator} {DID[entry.kind]} {entry.subject}{note}"
    until = "" if entry.until is None else f" (until {entry.until:%H:%M}Z)"
    return Event(
        at=entry.at,
        kind=EventKind.OPERATOR,
        level=Level.OK,
        text=text,
        detail=f"{text}{until}",
        key=f"care/{entry.id}",
        workspace=workspace,
    )


def skipped_event(workspace: str, lines: int, now: Moment) -> Event:
    """Lines of the journal that say nothing, told once."""
    count = "1 line" if lines == 1 else f"{lines} lines"
    return Event(
        at=now.at,
        kind=EventKind.SOURCE,
        level=Level.UNKNOWN,
        text=f"{count} in the journal of acknowledgements left out: no entry",
        key=f"care/skipped/{workspace}/{lines}/{now.at:%Y-%m-%d}",
        workspace=workspace,
    )
