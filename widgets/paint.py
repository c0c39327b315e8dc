"""Tones become colours here: the palette of the active theme, and lines painted with it.

Strips are built from segments, so nothing in a text is read as markup. Muted text carries the dim
attribute where the theme has no colours of its own to blend (ANSI themes).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct, field
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip

from widgets.cells import Cell, Line, Tone, fit_line
from widgets.glyphs import to_ascii
from widgets.theming import colours_of


class Palette(Struct):
    """The styles of one theme.

    Args:
        colours: Foreground of every tone.
        background: What the wall is painted on.
        cursor: Background of the line under the cursor.
        ansi: The terminal's own sixteen colours: dim and reverse carry the hierarchy.
        ascii: Draw nothing outside ASCII.
    """

    colours: dict[Tone, Color]
    background: Color
    cursor: Color
    ansi: bool
    ascii: bool
    _styles: dict[tuple[Tone, bool, bool, bool, bool], Style] = field(default_factory=dict)
    _made: dict[Style, Style] = field(default_factory=dict)

    def style(self, cell: Cell, *, faded: bool = False, chosen: bool = False) -> Style:
        """How a cell is drawn; `faded` on old data, `chosen` under the cursor.

        Cells that look the same have the same object.
        """
        key = (cell.tone, cell.bold, cell.reverse, faded, chosen)
        style = self._styles.get(key)
        if style is None:
            made = self._make(*key)
            style = self._styles[key] = self._made.setdefault(made, made)
        return style

    def ground(self, *, chosen: bool = False) -> Style:
        """The empty background."""
        return self.style(Cell(""), chosen=chosen)

    def _make(self, tone: Tone, bold: bool, reverse: bool, faded: bool, chosen: bool) -> Style:
        shown = Tone.MUTED if faded and tone in _FADES else tone
        if self.ansi:
            return self._make_ansi(shown, bold=bold, reverse=reverse, faded=faded, chosen=chosen)
        ink, ground = self.colours[shown], self.cursor if chosen else self.background
        if faded and shown in _SIGNALS:
            ink = self.background.blend(ink, _FADED_SHARE)
        if reverse:
            ink, ground = self.background, ink
        return Style(color=ink.rich_color, bgcolor=ground.rich_color, bold=bold)

    def _make_ansi(
        self, tone: Tone, *, bold: bool, reverse: bool, faded: bool, chosen: bool
    ) -> Style:
        """Without colours to blend, dim and reverse say it; the cursor is one plain bar."""
        dim = not chosen and (tone in _DIM or faded)
        return Style(
            color=self.colours[Tone.NORMAL if chosen else tone].rich_color,
            bgcolor=self.background.rich_color,
            bold=bold and not dim,
            dim=dim,
            reverse=reverse or chosen,
        )


_FADES: Final = frozenset({Tone.NORMAL, Tone.TITLE, Tone.ACCENT, Tone.OK})
_SIGNALS: Final = frozenset({Tone.WARNING, Tone.CRITICAL, Tone.UNKNOWN})
_FADED_SHARE: Final = 0.6
"""How much of an alarm's colour is left on old data: it was bad, and may not be any more."""

_DIM: Final = frozenset({Tone.MUTED, Tone.BORDER})


def palette_of(app: App[Any], *, ascii_only: bool = False) -> Palette:
    """The palette of the app's active theme; the same object as long as the colours are."""
    named = colours_of(app.current_theme)
    if app.no_color and not app.native_ansi_color:
        named = _colourless(named)
    return _build(tuple(named.items()), app.native_ansi_color, ascii_only)


def _colourless(named: dict[str, str]) -> dict[str, str]:
    """Alarms as bright as titles: Textual's greys would make red darker than calm text."""
    bright = dict.fromkeys(("warning", "critical"), named["title"])
    return named | bright | dict.fromkeys(("accent", "ok"), named["foreground"])


@lru_cache(maxsize=16)
def _build(named: tuple[tuple[str, str], ...], ansi: bool, ascii_only: bool) -> Palette:
    colours = {name: Color.parse(colour) for name, colour in named}
    return Palette(
        colours={tone: colours[tone.value] for tone in Tone},
        background=colours["background"],
        cursor=colours["cursor"],
        ansi=ansi,
        ascii=ascii_only,
    )


def segments(
    line: Iterable[Cell], palette: Palette, *, faded: bool = False, chosen: bool = False
) -> list[Segment]:
    """The cells as segments, each with its style; those of one style side by side are one."""
    painted: list[Segment] = []
    texts: list[str] = []
    last: Style | None = None
    for cell in line:
        if not cell.text:
            continue
        style = palette.style(cell, faded=faded, chosen=chosen)
        if texts and style is not last:
            painted.append(Segment("".join(texts), last))
            texts.clear()
        last = style
        texts.append(to_ascii(cell.text) if palette.ascii else cell.text)
    if texts:
        painted.append(Segment("".join(texts), last))
    return painted


def paint(
    line: Line, width: int, palette: Palette, *, faded: bool = False, chosen: bool = False
) -> Strip:
    """A line as a strip of exactly `width` columns."""
    fitted = fit_line(line, width)
    return Strip(segments(fitted, palette, faded=faded, chosen=chosen), width)
