"""Acknowledge or snooze an alert: a note, and for how long."""

from typing import ClassVar, Final

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from monitor.alert_view import AlertView
from monitor.care_entries import LONGEST_NOTE, EntryKind
from monitor.care_orders import DEFAULT_ACKNOWLEDGEMENT_S, DEFAULT_SNOOZE_S
from monitor.words import span_words
from providers.clock import Moment
from tui.dialogs.chooser import ChoiceList
from tui.dialogs.dialog import Dialog
from tui.screens.page import Page
from widgets.care_fields import care_sentences
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.grid import Grid
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


class CareChoice(Struct, frozen=True, kw_only=True):
    """What was chosen."""

    kind: EntryKind
    lasts_s: float
    note: str


class CareDialog(Dialog[CareChoice | None]):
    """Asks for a note and a time; enter does it, escape does nothing.

    Args:
        kind: Acknowledge or snooze.
        alert: What it is about.
        now: For how long it has been so, and until when it would hold.
    """

    DEFAULT_CSS = """
    CareDialog { align: center middle; background: $qd-background 40%; }
    CareDialog > Vertical {
        width: 82; max-width: 100%; max-height: 100%; height: auto;
        border: round $qd-accent; background: $qd-background; padding: 0 1;
    }
    CareDialog Input { border: none; height: 1; padding: 0; background: $qd-panel; }
    CareDialog Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="back"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(self, kind: EntryKind, alert: AlertView, now: Moment) -> None:
        super().__init__()
        self._kind = kind
        self._alert = alert
        self._now = now
        self._said = Page(scrolls=False)
        columns = (Column(key="span", width=12), Column(key="words", width=20, grows=True))
        self._times = ChoiceList(columns, header=False)

    def compose(self) -> ComposeResult:
        """What is known, the note, the times, what it means."""
        rows, said = self._rows(), self._lines()
        with Vertical() as frame:
            frame.border_title = Content(f"{_TITLES[self._kind]}  {self._alert.brief}")
            frame.border_subtitle = Content("↑ ↓ how long · enter do it · esc close")
            self._said.styles.height = len(said)
            yield self._said
            field = Input(
                placeholder="note for the others, such as: looking",
                select_on_focus=False,
                max_length=LONGEST_NOTE,
            )
            field.cursor_blink = False
            yield field
            self._times.styles.height = len(rows)
            yield self._times

    def on_mount(self) -> None:
        """Fill it; typing goes to the note, the arrows to the times."""
        self._said.show(self._lines())
        self._times.set_rows(self._rows())
        self._times.move_to(str(_USUAL[self._kind]))
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what stands under the cursor."""
        event.stop()
        self._take(self._times.cursor_key)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Do what was clicked twice."""
        event.stop()
        self._take(event.key)

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Nobody outside asks where the cursor is."""
        event.stop()

    def action_move(self, by: int) -> None:
        """Choose another time."""
        self._times.action_cursor(by)

    def action_close(self) -> None:
        """Say nothing."""
        self.dismiss(None)

    def _take(self, key: str | None) -> None:
        if key is None:
            return
        note = self.query_one(Input).value
        if key == _TAKE_BACK:
            self.dismiss(CareChoice(kind=EntryKind.TAKEN_BACK, lasts_s=0.0, note=note))
        else:
            self.dismiss(CareChoice(kind=self._kind, lasts_s=float(key), note=note))

    def _rows(self) -> tuple[Row, ...]:
        rows = [
            Row(key=str(span), cells=(Cell(f"for {span_words(span)}"), Cell("", Tone.MUTED)))
            for span in _SPANS[self._kind]
        ]
        if self._alert.care is not None:
            words = Cell("nobody is at it, and it is not snoozed", Tone.MUTED)
            rows.append(Row(key=_TAKE_BACK, cells=(Cell(_TAKE_BACK), words)))
        return tuple(rows)

    def _lines(self) -> tuple[Line, ...]:
        known = [(Cell(words),) for words in care_sentences(self._alert, self._now)]
        meant = [(Cell(words, Tone.MUTED),) for words in _WORDS[self._kind]]
        return (*known, *meant)
