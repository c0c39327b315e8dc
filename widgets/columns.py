"""Where the columns of a list stand: pure arithmetic, worked out once for a width.

Widths come from the worst text a column may hold, so nothing moves when a value changes; only the
columns that grow take what room is left.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from widgets.cells import Align

NARROWEST: Final = 8
"""Columns a growing column keeps when there is no room; the line is cut behind it."""


class Column(Struct, frozen=True, kw_only=True):
    """One column of a list."""

    key: str
    """Names the column for sorting."""

    width: int
    """Columns of the terminal; for a growing column what it takes at least."""

    title: str = ""
    align: Align = "left"
    grows: bool = False
    most: int = 0
    """What a growing column takes at most, so that the others get the rest; 0: no limit."""

    gap: int = 1
    """Blanks after it."""


class Arrangement(Struct, frozen=True, kw_only=True):
    """The columns laid out for one width, side by side in one or more lanes.

    Args:
        spans: Start and width of each column within its lane.
        lane_width: Width of one lane without the gap behind it.
        lane_gap: Blanks between two lanes.
        lanes: How many lists of the same columns stand side by side.
    """

    spans: tuple[tuple[int, int], ...]
    lane_width: int
    lane_gap: int
    lanes: int

    def lines(self, count: int) -> int:
        """Lines needed for `count` rows."""
        return -(-count // self.lanes)

    def place(self, index: int, count: int) -> tuple[int, int]:
        """Lane and line of a row: the first lane is filled from the top, then the next."""
        return divmod(index, max(self.lines(count), 1))

    def on_line(self, line: int, count: int) -> Iterator[tuple[int, int]]:
        """The lane and row index of everything that stands on one line."""
        lines = self.lines(count)
        for lane in range(self.lanes):
            index = lane * lines + line
            if line < lines and index < count:
                yield lane, index

    def at(self, column: int, line: int, count: int) -> int | None:
        """Index of the row under a cell of the terminal; None where there is none."""
        lane = min(column // (self.lane_width + self.lane_gap), self.lanes - 1)
        return next((index for at, index in self.on_line(line, count) if at == lane), None)

    def lane_start(self, lane: int) -> int:
        """First column of a lane."""
        return lane * (self.lane_width + self.lane_gap)


def arrange(
    columns: Sequence[Column], width: int, *, lanes: int = 1, lane_gap: int = 2
) -> Arrangement:
    """Lay the columns out for `width` columns of the terminal."""
    lane_width = max((width - lane_gap * (lanes - 1)) // lanes, 1)
    gaps = sum(column.gap for column in columns[:-1])
    fixed = sum(column.width for column in columns if not column.grows)
    room = max(lane_width - fixed - gaps, 0)
    spans: list[tuple[int, int]] = []
    start = 0
    for column, share in zip(columns, _shares(columns, room), strict=True):
        taken = max(share, min(column.width, NARROWEST)) if column.grows else column.width
        spans.append((start, taken))
        start += taken + column.gap
    return Arrangement(spans=tuple(spans), lane_width=lane_width, lane_gap=lane_gap, lanes=lanes)


def _shares(columns: Sequence[Column], room: int) -> Iterator[int]:
    """What each growing column gets: as much as the others, but no more than it may have."""
    growing = [column for column in columns if column.grows]
    limited = sum(column.most for column in growing if 0 < column.most < room // len(growing))
    others = sum(not 0 < column.most < room // len(growing) for column in growing)
    each = (room - limited) // max(others, 1)
    for column in columns:
        small = 0 < column.most < room // max(len(growing), 1)
        yield (column.most if small else each) if column.grows else 0
