"""Long lines folded into several that can be read to the end. Pure."""

from collections.abc import Iterator
from itertools import groupby, islice, takewhile
from typing import Final, NamedTuple

from rich.cells import cell_len

from widgets.cells import Cell, Line, line_width

HANG: Final = 4
"""Columns by which what goes on stands further in than where its line began."""

_LEAST: Final = 8
"""Columns below which nothing is folded: a terminal so narrow shows no page."""


class _Sign(NamedTuple):
    text: str
    cell: Cell
    """Where it comes from: its looks."""


def wrapped(line: Line, width: int, hang_at: int | None = None) -> Iterator[Line]:
    """The line in pieces of at most `width` columns, broken after a blank where there is one.

    Args:
        line: What is folded.
        width: Of the page.
        hang_at: Column where what goes on begins; None: `HANG` further in than the line did.
    """
    if width < _LEAST or line_width(line) <= width:
        yield line
        return
    signs = [_Sign(sign, cell) for cell in line for sign in cell.text]
    inside = next((at for at, sign in enumerate(signs) if sign.text != " "), 0)
    column = inside + HANG if hang_at is None else hang_at
    hang = Cell(" " * min(column, width // 2))
    start, lead = 0, Cell("")
    while start < len(signs):
        end = _end(signs, start, width - lead.width)
        yield (lead, *_cells(islice(signs, start, end)))
        start, lead = _after_blanks(signs, end), hang


def _end(signs: list[_Sign], start: int, room: int) -> int:
    """Where a piece ends: all that fits, or as far as its last blank.

    A word that no line has room for begins where it stands, such as an address behind its method.
    """
    whole, end, blank, seen = room, start, 0, False
    while end < len(signs) and (room := room - cell_len(signs[end].text)) >= 0:
        if signs[end].text != " ":
            seen = True
        elif seen:
            blank = end + 1
        end += 1
    if end == len(signs) or signs[end].text == " ":
        return end
    if blank and _word_width(signs, blank) <= whole:
        return blank
    return max(end, start + 1)


def _word_width(signs: list[_Sign], start: int) -> int:
    """Columns of the word that begins there."""
    word = takewhile(lambda sign: sign.text != " ", islice(signs, start, None))
    return sum(cell_len(sign.text) for sign in word)


def _after_blanks(signs: list[_Sign], start: int) -> int:
    """Where the next piece begins: blanks for which a full line had no room stand nowhere."""
    while start < len(signs) and signs[start].text == " ":
        start += 1
    return start


def _cells(signs: Iterator[_Sign]) -> Iterator[Cell]:
    for (tone, bold), group in groupby(signs, key=lambda sign: (sign.cell.tone, sign.cell.bold)):
        yield Cell("".join(sign.text for sign in group), tone, bold)
