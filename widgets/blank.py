"""What a pane shows while it has no rows: three looks that can not be mistaken for each other.

A dim word while the first answer is awaited, one quiet line when there is nothing to worry about,
and a hatched field with what to add when nothing is configured.
"""

import enum

from msgspec import Struct

from widgets.cells import Cell, Line, Tone, cut, fit_line, line_width
from widgets.glyphs import Glyphs


class BlankKind(enum.Enum):
    """Why there are no rows."""

    LOADING = "loading"
    FINE = "fine"
    NOT_CONFIGURED = "not configured"
    FAILED = "failed"


class Blank(Struct, frozen=True, kw_only=True):
    """An empty pane in words."""

    kind: BlankKind
    lines: tuple[str, ...]
    """The first says what is so, the others what to do about it."""


def unmatched(needle: str) -> Blank | None:
    """What stands where a filter hides every row; None without one."""
    if not needle:
        return None
    return Blank(kind=BlankKind.FINE, lines=("no row passes the filter", "esc shows all"))


def blank_line(blank: Blank, y: int, width: int, height: int, glyphs: Glyphs) -> Line:
    """One line of an empty pane of the given size."""
    if blank.kind is BlankKind.LOADING:
        words = f"{glyphs.loading} {blank.lines[0]}" if y == 0 and blank.lines else ""
        return fit_line((Cell(words, Tone.MUTED),), width)
    shown = blank.lines[: max(height, 0)]
    number = y - (height - len(shown)) // 2
    words = cut(shown[number], max(width - 4, 0)) if 0 <= number < len(shown) else ""
    return _around(blank, number, words, width, glyphs)


def _around(blank: Blank, number: int, words: str, width: int, glyphs: Glyphs) -> Line:
    """The words in the middle of their line, on hatching where nothing is configured."""
    if blank.kind is not BlankKind.NOT_CONFIGURED:
        tone = Tone.UNKNOWN if blank.kind is BlankKind.FAILED and number == 0 else Tone.MUTED
        return fit_line((Cell(words, tone),), width, "centre")
    if not words:
        return (Cell(glyphs.hatch * width, Tone.BORDER),)
    label = Cell(f"  {words}  ", Tone.NORMAL if number == 0 else Tone.MUTED)
    side = max((width - line_width((label,))) // 2, 0)
    rest = max(width - side - line_width((label,)), 0)
    return (
        Cell(glyphs.hatch * side, Tone.BORDER),
        label,
        Cell(glyphs.hatch * rest, Tone.BORDER),
    )
