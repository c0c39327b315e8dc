"""What every dialog is: a screen over a dimmed wall."""

from functools import lru_cache
from typing import TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.terminal_paint import shown_lines
from tui.terminal_quirks import CalmScreen
from widgets.glyphs import glyphs_of, to_ascii
from widgets.plain import filtered

T = TypeVar("T")


class Dialog(CalmScreen[T], ModalScreen[T]):
    """A dialog, whose ground costs next to nothing.

    Textual 8.2.8 mixes the colours of every piece of the wall anew for each frame of the dialog.
    """

    _answered: bool = False

    def on_mount(self) -> None:
        """Frame it in ASCII where nothing else can be drawn; also called for every dialog's own."""
        if not glyphs_of(self.app).ascii:
            return
        for frame in self.query(Vertical):
            _, colour = frame.styles.border_top
            frame.styles.border = ("ascii", colour)
            title, hints = frame.border_title, frame.border_subtitle
            frame.border_title = Content(to_ascii(str(title or "")))
            frame.border_subtitle = Content(to_ascii(str(hints or "")))

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with an answer; of several, as from keys in one burst, the first one counts."""
        if self._answered:
            return AwaitComplete()
        self._answered = True
        return super().dismiss(result)

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is behind it, dimmed; each style is mixed once.

        Textual 8.2.8 strings all pieces of all lines together, and cuts them into lines again.
        """
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else 0
        color, base = self.styles.background, self.visual_style.rich_style
        if not place or color.a == 1:
            return super().render_lines(crop)
        behind = stack[place - 1]
        lines = shown_lines(behind._compositor, crop.line_range)  # noqa: SLF001  # as in 8.2.8
        first, past = crop.column_span
        strips = [
            Strip([Segment(text, _mixed(own, color, base)) for text, own, _ in lines[y]])
            .adjust_cell_length(self.outer_size.width, base)
            .crop(first, past)
            for y in crop.line_range
        ]
        return filtered(self, strips)


@lru_cache(maxsize=512)
def _mixed(style: Style | None, color: Color, base: Style) -> Style:
    found = next(iter(BackgroundScreen.process_segments([Segment("", style)], color)))
    return base + found.style
