"""What a person says about an action for the audit: what they found, or why they agree."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from msgspec import Struct
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
_AROUND: Final = 6
"""Lines of frame, field, buttons and what is missing."""


class Saying(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    title: str
    lines: Callable[[int], Sequence[Line]]
    """What is known, for so many columns; all of it has to be seen."""

    label: str
    hint: str
    """What to type, in the empty field."""

    button: str
    missing: str


class SayDialog(GatedDialog[str | None]):
    """Asks for words; nothing outside is touched by it.

    Args:
        saying: What they are about.
    """

    DEFAULT_CSS = """
    SayDialog > Vertical { border: heavy $qd-warning; width: 88; }
    SayDialog Page { height: 4; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Cancel", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("pagedown", "read(1)", "Read on", show=False, priority=True),
        Binding("pageup", "read(-1)", "Read back", show=False, priority=True),
    ]

    def __init__(self, saying: Saying) -> None:
        super().__init__()
        self._saying = saying
        self._page = Page(scrolls=False)
        self._words = Input(
            placeholder=saying.hint, select_on_focus=False, max_length=LONGEST_REASON, id="words"
        )
        self._words.cursor_blink = False
        self._said = SaidLine()
        self._button = Press(saying.button, Tone.WARNING, id="say")
        self._width = self._read_to = 0
        """How far the lines were in view, at this width."""

    def compose(self) -> ComposeResult:
        """What is known, the field, the buttons."""
        with Vertical() as frame:
            frame.border_title = Content(f" {self._saying.title} ")
            frame.border_subtitle = Content("pgdn reads on · tab next field · esc close")
            yield self._page
            with Horizontal():
                yield Static(Content(self._saying.label.ljust(9)))
                yield self._words
            yield self._said
            with Horizontal():
                yield Press("Cancel", id="cancel")
                yield self._button

    def on_mount(self) -> None:
        """Typing goes to the field."""
        self._draw()
        self._words.focus()

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
        if not self._button.disabled:
            self._button.focus()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """A button."""
        event.stop()
        self.dismiss(self._words.value.strip() if event.press is self._button else None)

    def action_close(self) -> None:
        """Say nothing."""
        self.dismiss(None)

    def action_read(self, pages: int) -> None:
        """Look further down, or up again."""
        self._page.action_scroll_pages(pages)
        self._draw()

    def dropped(self) -> None:
        """A key did not count."""
        self._said.say((Cell(f"not taken: {self.why_dropped}", Tone.WARNING),))

    def _draw(self) -> None:
        width, height = self.app.size
        inner = max(min(width - 4, _INNER), 1)
        known = self._saying.lines(inner)
        lines = [piece for line in known for piece in (wrapped(line, inner) if line else ((),))]
        room = max(height - _AROUND, 1)
        self._page.show(tuple(lines))
        self._page.styles.height = min(len(lines), room)
        if inner != self._width:
            self._width, self._read_to = inner, 0
        self._read_to = max(self._read_to, self._page.top + room)
        missing = self._missing(len(lines))
        self._button.disabled = bool(missing)
        self._said.say((Cell(missing, Tone.WARNING),) if missing else ())

    def _missing(self, lines: int) -> str:
        if self._read_to < lines:
            return f"read on with pgdn: {self._read_to} of {lines} lines"
        return "" if self._words.value.strip() else self._saying.missing
