"""Somebody looked at what nobody knew: what they found, for the audit."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.dialogs.gated import GatedDialog
from tui.dialogs.guard_form import LONGEST_REASON
from tui.dialogs.press import Press
from tui.dialogs.said_line import SaidLine
from tui.screens.page import Page
from tui.screens.wrapping import wrapped
from widgets.cells import Cell, Line, Tone

_INNER: Final = 84
_MOST_LINES: Final = 8
_MEANT: Final = "Look there first. What you found is written down, and it is not shown any more."


class SettleDialog(GatedDialog[str | None]):
    """Asks what was found; nothing outside is touched by it.

    Args:
        lines: What is known of the action.
    """

    DEFAULT_CSS = """
    SettleDialog > Vertical { border: heavy $qd-warning; width: 88; }
    SettleDialog Page { height: 4; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Cancel", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = (*lines, (Cell(_MEANT, Tone.MUTED),))
        self._page = Page(scrolls=False)
        self._found = Input(
            placeholder="what you found, and where",
            select_on_focus=False,
            max_length=LONGEST_REASON,
            id="found",
        )
        self._found.cursor_blink = False
        self._said = SaidLine()
        self._settle = Press("It is settled", Tone.WARNING, id="settle")

    def compose(self) -> ComposeResult:
        """What is known, the field, the buttons."""
        with Vertical() as frame:
            frame.border_title = Content(" Outcome not known ")
            frame.border_subtitle = Content("tab next field · esc close")
            yield self._page
            with Horizontal():
                yield Static(Content("Found    "))
                yield self._found
            yield self._said
            with Horizontal():
                yield Press("Cancel", id="cancel")
                yield self._settle

    def on_mount(self) -> None:
        """Typing goes to what was found."""
        self._draw()
        self._found.focus()

    def on_resize(self) -> None:
        """It is wrapped for its width."""
        self._draw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Something was typed: is it enough?"""
        event.stop()
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the button."""
        event.stop()
        if not self._settle.disabled:
            self._settle.focus()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """A button."""
        event.stop()
        self.dismiss(self._found.value.strip() if event.press is self._settle else None)

    def action_close(self) -> None:
        """Settle nothing."""
        self.dismiss(None)

    def dropped(self) -> None:
        """A key did not count."""
        self._said.say((Cell("not taken: too early, too fast or pasted", Tone.WARNING),))

    def _draw(self) -> None:
        width, height = self.app.size
        inner = max(min(width - 4, _INNER), 1)
        lines = [
            piece for line in self._lines for piece in (wrapped(line, inner) if line else ((),))
        ]
        room = max(min(_MOST_LINES, height - 6), 1)
        self._page.show(tuple(lines[:room]))
        self._page.styles.height = min(len(lines), room)
        empty = not self._found.value.strip()
        self._settle.disabled = empty
        self._said.say((Cell("what was found is missing", Tone.WARNING),) if empty else ())
