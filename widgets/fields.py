"""Columns as values: where a column stands, what it shows of a thing, and what it is sorted by."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from widgets.cells import Cell, Line, as_line, plain
from widgets.columns import Column
from widgets.listing import Row, Sortable

T = TypeVar("T")


class Field(Struct, Generic[T], frozen=True, kw_only=True):
    """One column of a list of `T`."""

    column: Column
    draw: Callable[[T], Cell | Line]
    rank: Callable[[T], Sortable] | None = None
    """What the column is sorted by; None: by its text."""


def columns_of(fields: Iterable[Field[T]]) -> tuple[Column, ...]:
    """The columns alone."""
    return tuple(field.column for field in fields)


class RowMaker:
    """Makes rows, and makes only those anew whose thing has changed."""

    def __init__(self) -> None:
        self._context: object = None
        self._made: dict[str, tuple[object, Row]] = {}

    def rows(
        self,
        things: Iterable[T],
        fields: Sequence[Field[T]],
        key: Callable[[T], str],
        context: object,
        ages: Callable[[T], object] | None = None,
    ) -> tuple[Row, ...]:
        """A row for each thing.

        Args:
            things: In the order of the rows.
            fields: The columns.
            key: Names a thing.
            context: All else the columns draw from; with another one every row is made anew.
            ages: How old a thing is, as its row says it; None: its row says nothing of that.
        """
        if context != self._context:
            self._made, self._context = {}, context
        made: dict[str, tuple[object, Row]] = {}
        for thing in things:
            name = key(thing)
            drawn_from = (thing, None if ages is None else ages(thing))
            known = self._made.get(name)
            if known is None or known[0] != drawn_from:
                known = (drawn_from, row_of(thing, fields, name))
            made[name] = known
        self._made = made
        return tuple(row for _, row in made.values())


def row_of(thing: T, fields: Sequence[Field[T]], key: str) -> Row:
    """The row of one thing."""
    cells = tuple(field.draw(thing) for field in fields)
    order = tuple(
        field.rank(thing) if field.rank is not None else plain(as_line(cell)).casefold()
        for field, cell in zip(fields, cells, strict=True)
    )
    return Row(key=key, cells=cells, order=order)


def rows_of(
    things: Iterable[T], fields: Sequence[Field[T]], key: Callable[[T], str]
) -> tuple[Row, ...]:
    """A row for each thing."""
    return tuple(row_of(thing, fields, key(thing)) for thing in things)
