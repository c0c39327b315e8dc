"""A line chart in braille: two by four dots in every cell. Pure, and fast enough for every second.

A missing value breaks the line; nothing is ever joined across a gap.
"""

import math
from collections.abc import Sequence
from typing import Final

_DOTS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot, by column and row within a cell."""

_EMPTY: Final = 0x2800


class Canvas:
    """A field of dots, `width` x `height` cells; the origin is the lower left dot."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(width, 0)
        self.height = max(height, 0)
        self.across = self.width * 2
        self.up = self.height * 4
        self._cells = [bytearray(self.width) for _ in range(self.height)]

    def upright(self, x: int, low: int, high: int) -> None:
        """Set the dots of one column from `low` to `high`; what lies outside is left out."""
        if not 0 <= x < self.across:
            return
        bits, cell = _DOTS[x & 1], x >> 1
        for y in range(max(low, 0), min(high, self.up - 1) + 1):
            from_top = self.up - 1 - y
            self._cells[from_top >> 2][cell] |= bits[from_top & 3]

    def lines(self) -> list[str]:
        """The cells as text, top first; an empty cell is a blank, so that other signs show."""
        return ["".join(chr(_EMPTY + dots) if dots else " " for dots in row) for row in self._cells]


def columns_of(points: Sequence[tuple[float, float | None]], across: int) -> list[float | None]:
    """The largest value that falls into each of `across` columns; None where there is none.

    Args:
        points: Place from 0 to 1 and value, in any order.
        across: How many columns.
    """
    columns: list[float | None] = [None] * max(across, 0)
    for place, value in points:
        if value is None or not math.isfinite(value) or not 0.0 <= place <= 1.0:
            continue
        column = min(int(place * across), across - 1)
        if column >= 0:
            held = columns[column]
            columns[column] = value if held is None else max(held, value)
    return columns


def bridged(columns: Sequence[float | None], reach: int) -> list[float | None]:
    """Short holes between two values are filled by the straight line, longer ones stay gaps.

    Args:
        columns: One value for each column of dots.
        reach: The widest hole that only means "slower than the columns"; wider ones are gaps.
    """
    filled = list(columns)
    last: int | None = None
    for place, value in enumerate(columns):
        if value is None:
            continue
        if last is not None and 1 < place - last <= reach + 1:
            start = columns[last] or 0.0
            step = (value - start) / (place - last)
            for hole in range(last + 1, place):
                filled[hole] = start + step * (hole - last)
        last = place
    return filled


def draw(columns: Sequence[float | None], height: int, low: float, high: float) -> list[str]:
    """A line through the values of each column of dots, as `height` lines of text.

    Args:
        columns: Two for each cell of width; None is a gap.
        height: Lines of text.
        low: The value at the lower edge.
        high: The value at the upper edge.
    """
    canvas = Canvas((len(columns) + 1) // 2, height)
    span = high - low
    if span <= 0 or not math.isfinite(span) or canvas.up == 0:
        return canvas.lines()
    before: int | None = None
    for x, value in enumerate(columns):
        if value is None or not math.isfinite(value):
            before = None
            continue
        share = max(0.0, min((value - low) / span, 1.0))
        y = round(share * (canvas.up - 1))
        if before is None or abs(y - before) <= 1:
            canvas.upright(x, y, y)
        else:
            canvas.upright(x, min(y, before + 1), max(y, before - 1))
        before = y
    return canvas.lines()


def draw_spans(
    spans: Sequence[tuple[float, float] | None], height: int, low: float, high: float
) -> list[str]:
    """From the lowest to the highest of each cell, in its left dots alone: no line looks so.

    Args:
        spans: One for each cell of width; None where there is none.
        height: Lines of text.
        low: The value at the lower edge.
        high: The value at the upper edge.
    """
    canvas = Canvas(len(spans), height)
    span = high - low
    if span <= 0 or not math.isfinite(span) or canvas.up == 0:
        return canvas.lines()
    for cell, ends in enumerate(spans):
        if ends is not None:
            bottom, top = (max(0.0, min((end - low) / span, 1.0)) for end in ends)
            canvas.upright(2 * cell, round(bottom * (canvas.up - 1)), round(top * (canvas.up - 1)))
    return canvas.lines()
