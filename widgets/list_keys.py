"""What keys, mouse and focus do to a list; how it is drawn stands in `widgets/grid.py`."""

from abc import abstractmethod
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from widgets.plain import Plain
from widgets.window import Window

_WHEEL_LINES: Final = 3


class ListKeys(Plain, can_focus=True):
    """A widget with a cursor over the rows of a window.

    Args:
        window: What is in view.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "cursor(-1)", "Up", show=False, id="list.up"),
        Binding("right", "lane(1)", "Right", show=False, id="list.right"),
        Binding("left", "lane(-1)", "Left", show=False, id="list.left"),
        Binding("home,g", "edge(-1)", "First", show=False, id="list.first"),
        Binding("end,G", "edge(1)", "Last", show=False, id="list.last"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="list.half_down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="list.half_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("enter", "select", "Open", show=False, id="list.open"),
    ]

    def __init__(
        self,
        window: Window,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._window = window

    @abstractmethod
    def _change(self, *, cursor: str | None = None, top: int | None = None) -> None:
        """Take over what was set in the window and paint what differs."""

    @abstractmethod
    def _open(self, key: str) -> None:
        """Tell that the user opened a thing."""

    @abstractmethod
    def _sort_at(self, x: int) -> None:
        """Sort by the column whose title was clicked."""

    def action_cursor(self, by: int) -> None:
        """Move the cursor by rows."""
        self._change(cursor=self._window.neighbour(by))

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages or parts of them."""
        self.action_cursor(round(max(self._window.body_height, 2) * pages))

    def action_edge(self, end: int) -> None:
        """Go to the first row (-1) or the last one (1)."""
        self.action_cursor(end * len(self._window.rows))

    def action_lane(self, by: int) -> None:
        """Go to the row beside, where lists stand side by side."""
        if self._window.lanes > 1:
            self.action_cursor(by * self._window.arrangement.lines(len(self._window.rows)))

    def action_select(self) -> None:
        """Open the thing under the cursor."""
        if self._window.cursor is not None:
            self._open(self._window.cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; a second click opens it, one on a title sorts by it."""
        place = event.get_content_offset(self)
        if place is None:
            return
        if place.y < self._window.header:
            self._sort_at(place.x)
            return
        row = self._window.row_at(place.x, place.y)
        if row is not None:
            self._change(cursor=row.key)
            if event.chain > 1:
                self.action_select()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look further down; the cursor stays where it is."""
        event.stop()
        self._change(top=self._window.top + _WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look further up; the cursor stays where it is."""
        event.stop()
        self._change(top=self._window.top - _WHEEL_LINES)

    def on_focus(self, event: events.Focus) -> None:
        """Show the cursor."""
        event.prevent_default()
        self._take_focus(events.DescendantFocus(self), focused=True)

    def on_blur(self, event: events.Blur) -> None:
        """Hide the cursor: a pane without the focus is quiet."""
        event.prevent_default()
        self._take_focus(events.DescendantBlur(self), focused=False)

    def _take_focus(self, told: Message, *, focused: bool) -> None:
        """What Textual 8.2.8 does, but paint only the cursor: it paints 6 kB for a tab key."""
        self.has_focus = focused
        if self.parent is not None:
            self.parent.post_message(told)
        self._show_cursor(shown=focused)

    def _show_cursor(self, *, shown: bool) -> None:
        self._window.focused = shown
        if (region := self._window.cursor_region()) is not None:
            self.refresh(region)
        self._change()
