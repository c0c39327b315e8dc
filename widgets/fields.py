"""Columns as values: where a column stands, what it shows of a thing, and what it is sorted by."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from widgets.cells import Cell, Line
from widgets.columns import Column
from widgets.listing import Row, Sortable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[T]):
    """One column of a list of `T`."""

    column: Column
    draw: Callable[[T], Cell | Line]
    rank: Callable[[T], Sortable] | None = None
    """What the column is sorted by; None: by its text."""


def columns_of(fields: Iterable[Field[T]]) -> tuple[Column, ...]:
    """The columns alone."""
    return tuple(field.column for field in fields)


def rows_of(
    things: Iterable[T], fields: Sequence[Field[T]], key: Callable[[T], str]
) -> tuple[Row, ...]:
    """A row for each thing."""
    return tuple(
        Row(
            key=key(thing),
            cells=(cells := tuple(field.draw(thing) for field in fields)),
            order=tuple(
                field.rank(thing) if field.rank is not None else _text(cell)
                for field, cell in zip(fields, cells, strict=True)
            ),
        )
        for thing in things
    )


def _text(cell: Cell | Line) -> str:
    parts = (cell,) if isinstance(cell, Cell) else cell
    return "".join(part.text for part in parts).casefold()
