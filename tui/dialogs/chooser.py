"""One question with several answers: workspaces, themes, the palette, contacts."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tui.dialogs.dialog import Dialog
from tui.messages import Choice
from widgets.blank import Blank, BlankKind
from widgets.cells import Cell, Tone
from widgets.columns import Column
from widgets.grid import Grid
from widgets.listing import Row

_FRAME_LINES: Final = 4
"""Border and input around the list."""

_NOTHING: Final = Blank(kind=BlankKind.FINE, lines=("nothing of that name",))


class ChoiceList(Grid, can_focus=False):
    """A list whose cursor is always seen, because the keys are typed into the field above it."""

    def on_mount(self) -> None:
        """Show the cursor without the focus."""
        self._show_cursor(shown=True)


class Chooser(Dialog[str | None]):
    """A list to choose from, narrowed down by typing; gives the key, or None when closed.

    Args:
        title: In the frame.
        choices: What there is.
        current: Key under the cursor at first.
        on_highlight: Called with each key the cursor comes to, for a preview.
    """

    DEFAULT_CSS = """
    Chooser { align: center middle; background: $qd-background 40%; }
    Chooser > Vertical {
        width: 76; max-width: 100%; max-height: 100%;
        border: round $qd-accent; background: $qd-background; padding: 0 1;
    }
    Chooser Input { border: none; height: 1; padding: 0; background: transparent; }
    Chooser Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="back"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "move(8)", "Page down", show=False),
        Binding("pageup", "move(-8)", "Page up", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        current: str = "",
        on_highlight: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._current = current
        self._on_highlight = on_highlight
        self._live = False
        notes = max((len(choice.note) for choice in choices), default=0)
        self._columns = (
            Column(key="label", width=20, grows=True),
            Column(key="note", width=min(notes, 40), align="right"),
        )

    def compose(self) -> ComposeResult:
        """An input over a list."""
        with Vertical() as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = Content("enter choose · esc close")
            frame.styles.height = min(max(len(self._choices), 1), 30) + _FRAME_LINES - 1
            field = Input(placeholder="type to narrow down", select_on_focus=False)
            field.cursor_blink = False
            yield field
            yield ChoiceList(self._columns, header=False)

    def on_mount(self) -> None:
        """Fill the list; the typing goes to the input, the arrows to the list."""
        grid = self.query_one(ChoiceList)
        grid.set_blank(_NOTHING)
        grid.set_rows([_row(choice) for choice in self._choices])
        grid.move_to(self._current)
        self.call_after_refresh(self._go_live)
        self.query_one(Input).focus()

    def _go_live(self) -> None:
        self._live = True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list down."""
        event.stop()
        self.query_one(ChoiceList).filter_by(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is under the cursor."""
        event.stop()
        self._take(self.query_one(ChoiceList).cursor_key)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Take what was clicked twice."""
        event.stop()
        self._take(event.key)

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Preview."""
        event.stop()
        # Filling the list moves the cursor as well, and that is nobody's wish for a preview.
        if self._live and self._on_highlight is not None and event.key is not None:
            self._on_highlight(event.key)

    def action_move(self, by: int) -> None:
        """Move the cursor of the list."""
        self.query_one(ChoiceList).action_cursor(by)

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _take(self, key: str | None) -> None:
        if key is not None:
            self.dismiss(key)


def _row(choice: Choice) -> Row:
    return Row(key=choice.key, cells=(Cell(choice.label), Cell(choice.note, Tone.MUTED)))
