"""What every dialog is: a screen over a dimmed wall."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

from tui.terminal_quirks import CalmScreen
from widgets.glyphs import glyphs_of, to_ascii

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

    def render(self) -> RenderableType:
        """The wall behind it, dimmed."""
        ground = super().render()
        if isinstance(ground, BackgroundScreen):
            return _Dimmed(ground.screen, ground.color)
        return ground


class _Dimmed(BackgroundScreen):
    """A screen mixed with a colour; each style is mixed once."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        """The pieces in their mixed styles."""
        for text, style, control in segments:
            yield Segment(text, style if control else _mixed(style, color), control)


@lru_cache(maxsize=512)
def _mixed(style: Style | None, color: Color) -> Style | None:
    found = next(iter(BackgroundScreen.process_segments([Segment("", style)], color)))
    return found.style
