"""One form: what it means, a note, and for how long."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from monitor.care_entries import LONGEST_NOTE
from monitor.words import span_words
from tui.dialogs.chooser import ChoiceList
from tui.dialogs.dialog import Dialog
from tui.screens.page import Page
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.grid import Grid
from widgets.listing import Row


class SpanChoice(Struct, frozen=True, kw_only=True):
    """What was chosen: the key of a row, and the note."""

    key: str
    note: str

    @property
    def lasts_s(self) -> float:
        """Of a row made by `span_rows`."""
        return float(self.key)


class SpanForm(Dialog[SpanChoice | None]):
    """Asks for a note and a time; enter does it, escape does nothing.

    Args:
        title: What is done, and to what.
        deed: What enter does, for the hints: `start it`.
        note: What may be noted, shown while nothing is.
        lines: What it means.
        rows: To choose from, as `span_rows`.
        usual: Key of the row that is chosen first.
    """

    DEFAULT_CSS = """
    SpanForm { align: center middle; background: $qd-background 40%; }
    SpanForm > Vertical {
        width: 82; max-width: 100%; max-height: 100%; height: auto;
        border: round $qd-accent; background: $qd-background; padding: 0 1;
    }
    SpanForm Input { border: none; height: 1; padding: 0; background: $qd-panel; }
    SpanForm Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="back"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(
        self,
        *,
        title: str,
        deed: str,
        note: str,
        lines: Sequence[Line],
        rows: Sequence[Row],
        usual: str,
    ) -> None:
        super().__init__()
        self._title = title
        self._deed = deed
        self._note = note
        self._lines = tuple(lines)
        self._rows = tuple(rows)
        self._usual = usual
        self._said = Page(scrolls=False)
        columns = (Column(key="span", width=12), Column(key="words", width=20, grows=True))
        self._times = ChoiceList(columns, header=False)

    def compose(self) -> ComposeResult:
        """What it means, the note, the times."""
        with Vertical() as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = Content(f"↑ ↓ how long · enter {self._deed} · esc close")
            self._said.styles.height = len(self._lines)
            yield self._said
            field = Input(placeholder=self._note, select_on_focus=False, max_length=LONGEST_NOTE)
            field.cursor_blink = False
            yield field
            self._times.styles.height = len(self._rows)
            yield self._times

    def on_mount(self) -> None:
        """Fill it; typing goes to the note, the arrows to the times."""
        self._said.show(self._lines)
        self._times.set_rows(self._rows)
        self._times.move_to(self._usual)
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
        """Change nothing."""
        self.dismiss(None)

    def _take(self, key: str | None) -> None:
        if key is not None:
            self.dismiss(SpanChoice(key=key, note=self.query_one(Input).value))


def span_rows(spans_s: Sequence[float]) -> tuple[Row, ...]:
    """A row a span, in seconds; its key is the span."""
    return tuple(
        Row(key=str(span), cells=(Cell(f"for {span_words(span)}"), Cell("", Tone.MUTED)))
        for span in spans_s
    )
