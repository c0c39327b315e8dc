"""What every dialog is: a screen over a dimmed wall."""

from functools import lru_cache
from typing import TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.css.styles import RulesMap
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.visual import RenderOptions, Visual

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
    """A screen mixed with a colour; Textual 8.2.8 asks what it draws for this before all else."""

    def visualize(self) -> "DimmedLines":
        """It, as lines."""
        return DimmedLines(self.screen, self.color)


class DimmedLines(Visual):
    """A screen mixed with a colour, line by line; each style is mixed once.

    Textual 8.2.8 strings all pieces of the screen together, and cuts them into lines again.
    """

    def __init__(self, screen: Screen[object], color: Color) -> None:
        self._screen = screen
        self._color = color

    def render_strips(
        self, width: int, height: int | None, style: VisualStyle, options: RenderOptions
    ) -> list[Strip]:
        """As `Visual.render_strips`."""
        del options
        base, color = style.rich_style, self._color
        lines = self._screen._compositor.render_strips()  # noqa: SLF001  # no public way in 8.2.8
        return [
            Strip(
                [Segment(text, _mixed(own, color, base)) for text, own, _ in line],
                line.cell_length,
            ).crop(0, width)
            for line in lines[:height]
        ]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """As `Visual.get_optimal_width`."""
        del rules, container_width
        return self._screen.size.width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """As `Visual.get_height`."""
        del rules, width
        return self._screen.size.height


@lru_cache(maxsize=512)
def _mixed(style: Style | None, color: Color, base: Style) -> Style:
    found = next(iter(BackgroundScreen.process_segments([Segment("", style)], color)))
    return base + found.style
