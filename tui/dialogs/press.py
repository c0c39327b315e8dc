"""A button of one line, pressed by enter while it has the focus, or by a click."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from widgets.cells import Cell, Tone
from widgets.one_line import OneLine


def safe_word(title: str) -> str:
    """What the button is called that does nothing; beside "Cancel the build" it can not be that."""
    return "Do nothing" if title.startswith("Cancel") else "Cancel"


class Press(OneLine, can_focus=True):
    """A word in brackets.

    Args:
        words: What it does.
        tone: Its colour.
        id: Names it in its dialog.
    """

    DEFAULT_CSS = """
    Press { width: auto; height: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Press", show=False)]

    class Pressed(Message):
        """Somebody pressed it."""

        def __init__(self, press: "Press") -> None:
            super().__init__()
            self.press = press

    def __init__(self, words: str, tone: Tone = Tone.NORMAL, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._tone = tone
        self._words = words
        self.name_it(words)

    def name_it(self, words: str) -> None:
        """Other words."""
        self._words = Cell(words).text
        self.styles.width = Cell(self._words).width + 4
        if self.is_mounted:
            self.draw()

    def draw(self) -> None:
        """Filled while it has the focus, dim while it can not be pressed."""
        tone = Tone.MUTED if self.disabled else self._tone
        ready = not self.disabled
        cell = Cell(f"[ {self._words} ]", tone, bold=ready, reverse=self.has_focus and ready)
        self.set_line((cell,))

    def watch_has_focus(self, focused: bool) -> None:
        """The focus came or went."""
        super().watch_has_focus(focused)
        self.draw()

    def watch_disabled(self, disabled: bool) -> None:
        """It can be pressed now, or no more."""
        super().watch_disabled(disabled)
        self.draw()

    def action_press(self) -> None:
        """Press it."""
        if not self.disabled:
            self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """Press it."""
        self.action_press()
