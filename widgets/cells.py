"""The smallest things drawn: cells of text with a tone, and lines of them.

Values without colours or a terminal; `widgets/paint.py` turns them into strips. Text in a cell is
only ever drawn as segments, never read as markup (promise P14).
"""

import enum
from collections.abc import Iterable
from itertools import groupby
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import force_setattr
from rich.cells import cell_len, set_cell_size

from providers.text import Foreign

ELLIPSIS: Final = "…"

_MOST_SIGNS: Final = 8
"""Characters that may stand in one column: a letter and its marks, of which text keeps four."""

Align = Literal["left", "right", "centre"]


class Tone(enum.Enum):
    """What a piece of text means to the eye; a theme decides the colour."""

    # Styles are looked up by it, several times a cell and frame; an enum's own hash is Python.
    __hash__ = object.__hash__

    NORMAL = "foreground"
    MUTED = "muted"
    """What may be overlooked: history, units, hashes, hints."""
    TITLE = "title"
    ACCENT = "accent"
    """Links, keys and shortcuts; the one hue that is no state."""
    BORDER = "border"
    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Cell(Struct, frozen=True):
    """A piece of text with one look.

    A tab, a newline or any other character that is no sign becomes a blank, so that one cell
    can never take more than its line.
    """

    text: str
    tone: Tone = Tone.NORMAL
    bold: bool = False
    reverse: bool = False
    """Filled with its tone, for the very few things that must be seen from afar."""

    def __post_init__(self) -> None:
        if not self.text.isprintable():
            flat = "".join(sign if sign.isprintable() else " " for sign in self.text)
            force_setattr(self, "text", flat)

    @property
    def width(self) -> int:
        """Columns of the terminal it takes; a wide character takes two."""
        text = self.text
        # Asked for several times a cell and frame; no sign that can be printed is without a width.
        return len(text) if text.isascii() else cell_len(text)


Line = tuple[Cell, ...]
"""Cells side by side, without gaps."""

BLANK: Final = Cell("")


def said(words: Foreign, tone: Tone = Tone.NORMAL, *, bold: bool = False) -> Cell:
    """Somebody else's words on one line."""
    return Cell(words.line(), tone, bold)


def as_line(content: Cell | Line) -> Line:
    """One cell is a line as well."""
    return (content,) if isinstance(content, Cell) else content


def line_width(line: Iterable[Cell]) -> int:
    """Columns that the cells take together."""
    texts = [cell.text for cell in line]
    return sum([len(text) if text.isascii() else cell_len(text) for text in texts])


def plain(line: Iterable[Cell]) -> str:
    """The characters of a line, for filters, copying and tests."""
    return "".join(cell.text for cell in line)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, with an ellipsis when something is missing."""
    return text if cell_len(text) <= width else _shorten(text, width)


def fit(text: str, width: int, align: Align = "left") -> str:
    """`text` in exactly `width` columns, cut or padded."""
    shown = cut(text, width)
    room = max(width - cell_len(shown), 0)
    if align == "right":
        return " " * room + shown
    if align == "centre":
        return " " * (room // 2) + shown + " " * (room - room // 2)
    return shown + " " * room


def cut_line(line: Line, width: int) -> Line:
    """The line in at most `width` columns; the cell that does not fit ends in an ellipsis."""
    kept: list[Cell] = []
    room = width
    for position, cell in enumerate(line):
        if cell.width > room or (cell.width == room and line_width(line[position + 1 :])):
            return (*kept, _with_text(cell, _shorten(cell.text, room)))
        kept.append(cell)
        room -= cell.width
    return tuple(kept)


def fit_line(line: Line, width: int, align: Align = "left") -> Line:
    """The line in exactly `width` columns, cut or padded."""
    shown, room = line, width - line_width(line)
    if room < 0:
        shown = cut_line(line, width)
        room = width - line_width(shown)
    if not room:
        return shown
    if align == "right":
        return (Cell(" " * room), *shown)
    if align == "centre":
        return (Cell(" " * (room // 2)), *shown, Cell(" " * (room - room // 2)))
    return (*shown, Cell(" " * room))


def _with_text(cell: Cell, text: str) -> Cell:
    return Cell(text, cell.tone, cell.bold, cell.reverse)


def _shorten(text: str, width: int) -> str:
    """At most `width` columns that end in an ellipsis, even if the text would just fit."""
    if width <= 0:
        return ""
    # set_cell_size looks at every letter; past a few marks a column nothing can be seen.
    seen = text[: width * _MOST_SIGNS]
    # It fills the half of a wide character it had to drop with a blank.
    return set_cell_size(seen, width - 1).rstrip() + ELLIPSIS


def join(parts: Iterable[Line], separator: Cell) -> Line:
    """Lines after each other with a separator between those that are not empty."""
    joined: list[Cell] = []
    for part in parts:
        if not part:
            continue
        if joined:
            joined.append(separator)
        joined.extend(part)
    return tuple(joined)


def merged(signs: Iterable[tuple[str, Tone]]) -> Line:
    """Signs side by side, neighbours of one tone as one cell."""
    return tuple(
        Cell("".join(text for text, _ in group), tone)
        for tone, group in groupby(signs, key=lambda sign: sign[1])
    )
