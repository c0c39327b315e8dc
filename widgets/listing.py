"""Which rows a list shows and in what order: pure, and knows nothing of a screen."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from widgets.cells import Cell, Line, as_line, plain

Sortable = float | str | None

_WITHOUT: Final = "-!"
"""Before a word that must not stand in a row."""


class Row(Struct, frozen=True, kw_only=True):
    """One thing in a list."""

    key: str
    """The same thing has the same key for as long as it lives."""

    cells: tuple[Cell | Line, ...]
    """One for each column."""

    faded: bool = False
    """Old data: drawn dim as a whole."""

    folded: bool = False
    """Not shown unless somebody looks for a text: it stands under another row that is closed."""

    heading: bool = False
    """A title between the others, on which nothing can be done: the cursor begins below it."""

    order: tuple[Sortable, ...] = ()
    """What each column is sorted by; empty: by its text. None comes last."""

    def as_faded(self) -> "Row":
        """The same row as old data."""
        return replace(self, faded=True)

    def text(self) -> str:
        """The characters of the row, for filters and copying."""
        return " ".join(plain(as_line(cell)) for cell in self.cells)

    def sorts_by(self, column: int) -> Sortable:
        """The value that the column is sorted by."""
        if column < len(self.order):
            return self.order[column]
        return plain(as_line(self.cells[column])).casefold() if column < len(self.cells) else None


class Listing(Struct):
    """All rows of a list, and what the user asked to see of them."""

    rows: tuple[Row, ...] = ()
    """In the order they were given: by urgency."""

    needle: str = ""
    """Only rows with every word of this in their text are shown, and none of those with a word
    that has a minus or an exclamation mark before it; upper and lower case are the same."""

    sort_column: int | None = None
    """None keeps the given order."""

    reverse: bool = False
    held: bool = False
    """Known rows keep their places, new ones go to the end, until this is let go."""

    _shown: tuple[str, ...] = field(default=())

    def shown(self) -> tuple[Row, ...]:
        """The rows to draw, in order."""
        wanted = self.needle.casefold().split()
        rows = [
            row
            for row in self.rows
            if (_passes(row.text().casefold(), wanted) if wanted else not row.folded)
        ]
        if self.sort_column is not None:
            rows = ordered(rows, self.sort_column, reverse=self.reverse)
        if self.held:
            rows = _in_places(rows, self._shown)
        self._shown = tuple(row.key for row in rows)
        return tuple(rows)


def _passes(text: str, words: Sequence[str]) -> bool:
    return all(
        word[1:] not in text if word[0] in _WITHOUT and len(word) > 1 else word in text
        for word in words
    )


def ordered(rows: Sequence[Row], column: int, *, reverse: bool) -> list[Row]:
    """The rows by one column; numbers before words, rows without a value last either way."""
    valued = [row for row in rows if row.sorts_by(column) is not None]
    empty = [row for row in rows if row.sorts_by(column) is None]
    return [*sorted(valued, key=lambda row: _rank(row.sorts_by(column)), reverse=reverse), *empty]


def _rank(value: Sortable) -> tuple[int, float, str]:
    if isinstance(value, str) or value is None:
        return (1, 0.0, value or "")
    return (0, value, "")


def _in_places(rows: Sequence[Row], places: Sequence[str]) -> list[Row]:
    place = {key: number for number, key in enumerate(places)}
    return sorted(rows, key=lambda row: place.get(row.key, len(place)))
