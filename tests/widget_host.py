"""A small app around widgets, and what it shows as text."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.waiting import until
from themes.loader import load_themes
from widgets.columns import Column
from widgets.glyphs import UNICODE, Glyphs
from widgets.grid import Grid
from widgets.theming import register


class Host(App[None]):
    """Shows widgets one under the other."""

    def __init__(self, *shown: Widget, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.shown = shown
        self.glyphs = glyphs
        self.told: list[str] = []
        register(self, load_themes().specs)
        self.theme = "quarterdeck"

    def compose(self) -> ComposeResult:
        yield from self.shown

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        self.told.append(f"highlighted {event.key}")

    def on_grid_selected(self, event: Grid.Selected) -> None:
        self.told.append(f"selected {event.key}")


class WatchedGrid(Grid):
    """A grid that remembers what it asked to have painted, and whether it asked for a layout."""

    whole: ClassVar[Region] = Region(-1, -1, 0, 0)
    """Stands for "all of it"."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.regions: list[Region] = []
        self.layouts = 0
        super().__init__(columns)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        self.regions += regions or (self.whole,)
        self.layouts += layout
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def forget(self) -> None:
        """Start counting anew."""
        self.regions.clear()
        self.layouts = 0


def strips(widget: Widget) -> list[Strip]:
    """What the widget draws, line by line, without its children."""
    return [widget.render_line(y) for y in range(widget.size.height)]


def lines(widget: Widget) -> list[str]:
    """The same as text."""
    return [strip.text for strip in strips(widget)]


async def resized(pilot: Pilot[Any], width: int, height: int) -> None:
    """Another size of the terminal, which the screen hears of by a timer (textual 8.2.8)."""
    await pilot.resize_terminal(width, height)
    await until(lambda: pilot.app.screen._compositor.size == (width, height))
    await pilot.pause()


def screen(app: App[None]) -> list[str]:
    """The whole screen as text."""
    drawn: Iterable[Strip] = app.screen._compositor.render_strips()
    return [strip.text for strip in drawn]
