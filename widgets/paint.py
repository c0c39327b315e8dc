"""Tones become colours here: the palette of the active theme, and lines painted with it.

Strips are built from segments, so nothing in a text is read as markup. Muted text carries the dim
attribute where the theme has no colours of its own to blend (ANSI themes).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip

from widgets.cells import Cell, Line, Tone, fit_line
from widgets.glyphs import to_ascii

_VARIABLES: Final = {
    Tone.NORMAL: ("qd-foreground", "foreground"),
    Tone.MUTED: ("qd-muted", "foreground"),
    Tone.TITLE: ("qd-title", "foreground"),
    Tone.ACCENT: ("qd-accent", "accent"),
    Tone.BORDER: ("qd-border", "foreground"),
    Tone.OK: ("qd-ok", "success"),
    Tone.WARNING: ("qd-warning", "warning"),
    Tone.CRITICAL: ("qd-critical", "error"),
    Tone.UNKNOWN: ("qd-unknown", "foreground"),
}
"""The theme variable of each tone, and the one of Textual's own that stands in for it."""

_BLENDED: Final = {Tone.MUTED: 0.55, Tone.BORDER: 0.30, Tone.UNKNOWN: 0.75}
"""How much of the foreground is left where a foreign theme has no variable for the tone."""


@dataclass(slots=True)
class Palette:
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

    def style(self, cell: Cell, *, faded: bool = False, chosen: bool = False) -> Style:
        """How a cell is drawn; `faded` on old data, `chosen` under the cursor."""
        key = (cell.tone, cell.bold, cell.reverse, faded, chosen)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._make(*key)
        return style

    def ground(self, *, chosen: bool = False) -> Style:
        """The empty background."""
        return self.style(Cell(""), chosen=chosen)

    def _make(self, tone: Tone, bold: bool, reverse: bool, faded: bool, chosen: bool) -> Style:
        shown = Tone.MUTED if faded and tone in _FADES else tone
        ink, ground = self.colours[shown], self.cursor if chosen else self.background
        dim = self.ansi and not chosen and (shown in _DIM or (faded and not bold))
        if self.ansi:
            return Style(
                color=ink.rich_color,
                bgcolor=self.background.rich_color,
                bold=bold and not dim,
                dim=dim,
                reverse=reverse or chosen,
            )
        if reverse:
            ink, ground = self.background, ink
        return Style(color=ink.rich_color, bgcolor=ground.rich_color, bold=bold)


_FADES: Final = frozenset({Tone.NORMAL, Tone.TITLE, Tone.ACCENT, Tone.OK})
_DIM: Final = frozenset({Tone.MUTED, Tone.BORDER})


def palette_of(app: App[Any], *, ascii_only: bool = False) -> Palette:
    """The palette of the app's active theme; the same object as long as the theme is the same."""
    named = app.theme_variables
    chosen = tuple(_variable(named, tone) for tone in Tone)
    blended = tuple(_VARIABLES[tone][0] in named for tone in Tone)
    background = named.get("qd-background") or named.get("background", "#000000")
    cursor = named.get("qd-cursor") or named.get("boost", "#303030")
    return _build(chosen, blended, background, cursor, app.native_ansi_color, ascii_only)


def _variable(named: dict[str, str], tone: Tone) -> str:
    own, stand_in = _VARIABLES[tone]
    return named.get(own) or named.get(stand_in, "#c0c0c0")


@lru_cache(maxsize=16)
def _build(
    chosen: tuple[str, ...],
    own: tuple[bool, ...],
    background: str,
    cursor: str,
    ansi: bool,
    ascii_only: bool,
) -> Palette:
    ground = Color.parse(background)
    colours: dict[Tone, Color] = {}
    for tone, name, is_own in zip(Tone, chosen, own, strict=True):
        colour = Color.parse(name)
        if not is_own and not ansi and tone in _BLENDED:
            colour = ground.blend(colour, _BLENDED[tone])
        colours[tone] = colour
    beneath = Color.parse(cursor)
    return Palette(
        colours=colours,
        background=ground,
        cursor=beneath if ansi else ground + beneath,
        ansi=ansi,
        ascii=ascii_only,
    )


def segments(
    line: Iterable[Cell], palette: Palette, *, faded: bool = False, chosen: bool = False
) -> list[Segment]:
    """The cells as segments, each with its style."""
    painted: list[Segment] = []
    for cell in line:
        if cell.text:
            text = to_ascii(cell.text) if palette.ascii else cell.text
            painted.append(Segment(text, palette.style(cell, faded=faded, chosen=chosen)))
    return painted


def paint(
    line: Line, width: int, palette: Palette, *, faded: bool = False, chosen: bool = False
) -> Strip:
    """A line as a strip of exactly `width` columns."""
    fitted = fit_line(line, width)
    return Strip(segments(fitted, palette, faded=faded, chosen=chosen), width).simplify()
