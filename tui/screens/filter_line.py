"""The line in which a filter is typed, in the place of the footer."""

from textual import events
from textual.message import Message
from textual.widgets import Input


class FilterLine(Input):
    """Narrows a list down while it is typed; enter keeps it, escape clears it."""

    DEFAULT_CSS = """
    FilterLine, FilterLine:focus {
        display: none; position: absolute; width: 100%; height: 1;
        border: none; padding: 0 1; background: $qd-panel; color: $qd-foreground;
    }
    FilterLine.-open { display: block; }
    """

    class Closed(Message):
        """The typing is over; what was typed is kept unless it was given up."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self) -> None:
        words = "filter: words to look for, -word without it · enter keep · esc clear"
        super().__init__(placeholder=words, classes="-filter")
        self.cursor_blink = False

    def open_with(self, value: str) -> None:
        """Begin to type."""
        self.value = value
        self.add_class("-open")
        # At once, so that what is typed on goes here and not to the wall.
        self.screen.set_focus(self)

    def close(self, value: str) -> None:
        """End typing."""
        self.remove_class("-open")
        self.post_message(self.Closed(value))

    def on_key(self, event: events.Key) -> None:
        """Escape gives the filter up; it does not go on to the wall."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close("")

    def on_blur(self) -> None:
        """A click elsewhere keeps what was typed."""
        if self.has_class("-open"):
            self.close(self.value)
