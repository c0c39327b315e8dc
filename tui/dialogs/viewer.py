"""Text to read and close: help, messages, a runbook's place, an address."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from tui.dialogs.dialog import Dialog
from tui.screens.page import Page
from widgets.cells import Line, line_width

_FRAME_LINES: Final = 2
_FRAME_COLUMNS: Final = 4
_NARROWEST: Final = 40


class Viewer(Dialog[None]):
    """A page in a frame.

    Args:
        title: In the frame.
        lines: What it says.
    """

    DEFAULT_CSS = """
    Viewer { align: center middle; background: $qd-background 40%; }
    Viewer > Vertical {
        max-width: 100%; max-height: 100%;
        border: round $qd-accent; background: $qd-background; padding: 0 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="back"),
        Binding("q,question_mark,f1,enter", "close", "Close", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """A page as large as what it says."""
        widest = max((line_width(line) for line in self._lines), default=0)
        with Vertical() as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = Content("↑ ↓ scroll · esc close")
            frame.styles.width = max(widest, len(self._title), _NARROWEST) + _FRAME_COLUMNS
            frame.styles.height = max(len(self._lines), 1) + _FRAME_LINES
            yield Page()

    def on_mount(self) -> None:
        """Show it."""
        page = self.query_one(Page)
        page.show(self._lines)
        page.focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)
