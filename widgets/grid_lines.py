"""The lines of a list as cells: a row in its columns, and the titles above them."""

from collections.abc import Sequence

from widgets.cells import Cell, Line, Tone, as_line, fit, fit_line
from widgets.columns import Arrangement, Column
from widgets.listing import Row


def row_line(row: Row, columns: Sequence[Column], layout: Arrangement) -> Line:
    """A row, each cell in its column."""
    cells: list[Cell] = []
    position = 0
    for column, (start, width), content in zip(columns, layout.spans, row.cells, strict=False):
        cells.append(Cell(" " * (start - position)))
        cells.extend(fit_line(as_line(content), width, column.align))
        position = start + width
    return fit_line(tuple(cells), layout.lane_width)


def header_line(
    columns: Sequence[Column], layout: Arrangement, sorted_by: int | None, *, reverse: bool
) -> Line:
    """The titles of the columns; the one that is sorted by carries a mark."""
    cells: list[Cell] = []
    position = 0
    for lane in range(layout.lanes):
        for number, column in enumerate(columns):
            if not column.title and number != sorted_by:
                continue
            start, width = layout.spans[number]
            at = layout.lane_start(lane) + start
            mark = (" ▴" if reverse else " ▾") if number == sorted_by else ""
            if column.align == "left":
                width = _room(columns, layout, number)
            cells.append(Cell(" " * (at - position)))
            cells.append(Cell(fit(column.title + mark, width, column.align), Tone.MUTED))
            position = at + width
    return tuple(cells)


def _room(columns: Sequence[Column], layout: Arrangement, number: int) -> int:
    """A title may reach over columns without one, up to the next title."""
    start, width = layout.spans[number]
    for (begin, _), column in zip(layout.spans[number + 1 :], columns[number + 1 :], strict=True):
        if column.title:
            return max(begin - start - 1, width)
    return max(layout.lane_width - start, width)
