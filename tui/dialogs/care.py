"""Acknowledge or snooze an alert: a note, and for how long."""

from typing import Final

from monitor.alert_view import AlertView
from monitor.care_entries import EntryKind
from monitor.care_orders import DEFAULT_ACKNOWLEDGEMENT_S, DEFAULT_SNOOZE_S
from providers.clock import Moment
from tui.dialogs.span_form import SpanChoice, SpanForm, span_rows
from widgets.care_fields import care_sentences
from widgets.cells import Cell, Line, Tone
from widgets.listing import Row

_HOUR: Final = 3_600.0
_TAKE_BACK: Final = "take back"

_SPANS: Final = {
    EntryKind.ACKNOWLEDGED: (_HOUR, 4 * _HOUR, 8 * _HOUR, 24 * _HOUR, 72 * _HOUR, 168 * _HOUR),
    EntryKind.SNOOZED: (900.0, 1_800.0, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 24 * _HOUR),
}
_USUAL: Final = {
    EntryKind.ACKNOWLEDGED: DEFAULT_ACKNOWLEDGEMENT_S,
    EntryKind.SNOOZED: DEFAULT_SNOOZE_S,
}
_TITLES: Final = {EntryKind.ACKNOWLEDGED: "Acknowledge", EntryKind.SNOOZED: "Snooze"}
_WORDS: Final = {
    EntryKind.ACKNOWLEDGED: (
        "You are at it: the response clock stops. Ends when it clears or gets worse.",
        "Other operators here see it. PagerDuty is not told, nothing outside changes.",
    ),
    EntryKind.SNOOZED: (
        "Nobody is at it: it goes to the end, its clock runs on. It is back when the",
        "time is up or it gets worse. PagerDuty is not told, nothing outside changes.",
    ),
}


class CareDialog(SpanForm):
    """Asks for a note and a time, or takes back what was said before.

    Args:
        kind: Acknowledge or snooze.
        alert: What it is about.
        now: For how long it has been so, and until when it would hold.
    """

    def __init__(self, kind: EntryKind, alert: AlertView, now: Moment) -> None:
        super().__init__(
            title=f"{_TITLES[kind]}  {alert.brief}",
            deed="do it",
            note="note for the others, such as: looking",
            lines=_lines(kind, alert, now),
            rows=_rows(kind, alert),
            usual=str(_USUAL[kind]),
        )


def care_of(kind: EntryKind, choice: SpanChoice) -> tuple[EntryKind, float]:
    """What was chosen in the dialog of a kind, and for how many seconds."""
    if choice.key == _TAKE_BACK:
        return EntryKind.TAKEN_BACK, 0.0
    return kind, choice.lasts_s


def _rows(kind: EntryKind, alert: AlertView) -> tuple[Row, ...]:
    rows = span_rows(_SPANS[kind])
    if alert.care is None:
        return rows
    words = Cell("nobody is at it, and it is not snoozed", Tone.MUTED)
    return (*rows, Row(key=_TAKE_BACK, cells=(Cell(_TAKE_BACK), words)))


def _lines(kind: EntryKind, alert: AlertView, now: Moment) -> tuple[Line, ...]:
    known = [(Cell(words),) for words in care_sentences(alert, now)]
    meant = [(Cell(words, Tone.MUTED),) for words in _WORDS[kind]]
    return (*known, *meant)
