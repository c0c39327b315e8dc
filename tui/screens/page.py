"""Lines to read: a scrolling page of cells, drawn line by line, for details and dialogs."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip

from widgets.cells import Line
from widgets.glyphs import glyphs_of
from widgets.paint import Palette, paint, palette_of
from widgets.plain import Plain

_WHEEL_LINES: Final = 3


class Page(Plain, can_focus=True):
    """Lines that are scrolled and never folded here; only lines that changed are painted again.

    Args:
        scrolls: Whether it takes the focus and the keys.
    """

    DEFAULT_CSS = """
    Page { width: 1fr; height: 1fr; background: transparent; }
    """

    # The same ids as in a list, so that one entry under `keys:` moves both.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_lines(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "scroll_lines(-1)", "Up", show=False, id="list.up"),
        Binding("home,g", "scroll_lines(-1000000)", "Top", show=False, id="list.first"),
        Binding("end,G", "scroll_lines(1000000)", "Bottom", show=False, id="list.last"),
        Binding("ctrl+d", "scroll_pages(0.5)", "Half down", show=False, id="list.half_down"),
        Binding("ctrl+u", "scroll_pages(-0.5)", "Half up", show=False, id="list.half_up"),
        Binding("pagedown", "scroll_pages(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup", "scroll_pages(-1)", "Page up", show=False, id="list.page_up"),
    ]

    def __init__(self, *, scrolls: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.can_focus = scrolls
        self._lines: tuple[Line, ...] = ()
        self._top = 0
        self._palette: Palette | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows, all of it."""
        return self._lines

    @property
    def top(self) -> int:
        """First line in view."""
        return self._top

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines, at the place where the reader is."""
        before, self._lines = self._lines, tuple(lines)
        top, self._top = self._top, self._kept(self._top)
        if top != self._top:
            self.refresh()
            return
        changed = [
            Region(0, y, self.size.width, 1)
            for y in range(self.size.height)
            if _at(before, top + y) != _at(self._lines, top + y)
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        palette = self._colours()
        line = _at(self._lines, self._top + y)
        if line is None:
            return Strip.blank(self.outer_size.width, palette.ground())
        return paint(line, self.outer_size.width, palette)

    def action_scroll_lines(self, by: int) -> None:
        """Scroll by lines."""
        top = self._kept(self._top + by)
        if top != self._top:
            self._top = top
            self.refresh()

    def action_scroll_pages(self, pages: float) -> None:
        """Scroll by pages or parts of them."""
        self.action_scroll_lines(round(max(self.size.height, 2) * pages))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look further down."""
        event.stop()
        self.action_scroll_lines(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look further up."""
        event.stop()
        self.action_scroll_lines(-_WHEEL_LINES)

    def on_resize(self) -> None:
        """Keep the last line at the foot."""
        self._top = self._kept(self._top)
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme may be another one."""
        super().notify_style_update()
        self._palette = None

    def _kept(self, top: int) -> int:
        return max(0, min(top, len(self._lines) - max(self.size.height, 1)))

    def _colours(self) -> Palette:
        if self._palette is None:
            self._palette = palette_of(self.app, ascii_only=glyphs_of(self.app).ascii)
        return self._palette


def _at(lines: Sequence[Line], index: int) -> Line | None:
    return lines[index] if 0 <= index < len(lines) else None
