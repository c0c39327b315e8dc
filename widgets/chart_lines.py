"""A chart as lines of cells: braille line, limits, deploy marks, gaps, and a time axis. Pure."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from monitor.words import minute_words
from widgets.braille import bridged, columns_of, draw
from widgets.cells import Cell, Line, Tone, cut, fit, fit_line, merged
from widgets.looks import limit_words

LABELS: Final = 7
"""Columns of the value axis on the left, with the blank after it."""

FAR_OFF: Final = 2.0
"""A limit so many times above the largest value would flatten the line, and is left out."""

HEADROOM: Final = 1.1
_TICKS: Final = 22
"""Columns from one time on the axis to the next, at least."""

_LIMIT, _MARK, _FOOT, _PAUSE = "╌", "┆", "▴", "░"

Signs = list[tuple[str, Tone]]


class Mark(Struct, frozen=True, kw_only=True):
    """A moment worth seeing on a chart, such as a deploy."""

    at: datetime
    label: str


class ChartLimit(Struct, frozen=True, kw_only=True):
    """A line across a chart."""

    at: float
    tone: Tone = Tone.CRITICAL


class ChartData(Struct, frozen=True, kw_only=True):
    """One metric over one window of time."""

    title: str
    unit: str
    window_s: float
    until: datetime
    """The right edge."""

    points: tuple[tuple[datetime, float | None], ...]
    """Oldest first; None is a check without a number."""

    interval_s: float
    """Usual time between two points; longer than 2.5 of them is a gap."""

    subtitle: str = ""
    """Dim, after the title: environment, metric and window."""

    limits: tuple[ChartLimit, ...] = ()
    marks: tuple[Mark, ...] = ()
    zone: tzinfo = UTC
    """Of the times below."""

    pauses: tuple[tuple[datetime, datetime], ...] = ()
    """Times in which nobody looked."""


class _Field(Struct, frozen=True, kw_only=True):
    """Where things stand on one drawing."""

    data: ChartData
    width: int
    """Cells of the plot, without the value axis."""

    height: int
    """Lines of the plot, without the time axis."""

    top: float
    """The value at the upper edge."""

    end: datetime
    """The right edge, moved on in whole dots only, so that the line does not shiver."""

    def place(self, at: datetime) -> float:
        """Where a moment stands: 0 on the left edge, 1 on the right."""
        return 1.0 - (self.end - at).total_seconds() / self.data.window_s

    def cell(self, at: datetime) -> int | None:
        """The column of a moment; None outside the window."""
        share = self.place(at)
        return min(int(share * self.width), self.width - 1) if 0.0 <= share <= 1.0 else None

    def line(self, value: float) -> int:
        """The line of a value, counted from the top."""
        dots = self.height * 4
        return (dots - 1 - round(value / self.top * (dots - 1))) // 4


def chart_lines(data: ChartData, width: int, height: int) -> tuple[Line, ...]:
    """The chart as exactly `height` lines of exactly `width` columns."""
    room = width - LABELS
    if room < 2 or height < 3:
        return tuple((Cell(" " * width),) for _ in range(height))
    if blank := blank_words(data):
        words = fit_line((Cell(blank, Tone.MUTED),), width, "centre")
        empty = (Cell(" " * width),)
        return tuple(words if y == (height - 1) // 2 else empty for y in range(height))
    field = _field(data, room, height - 1)
    values = columns_of([(field.place(at), value) for at, value in data.points], room * 2)
    reach = max(int(data.interval_s * 2.5 / (data.window_s / (room * 2))), 1)
    drawn = draw(bridged(values, reach), field.height, 0.0, field.top)
    labels = _labels(field)
    body = tuple(
        (Cell(fit(labels.get(y, ""), LABELS - 1, "right") + " ", Tone.MUTED), *line)
        for y, line in enumerate(_plot(field, drawn))
    )
    return (*body, (Cell(" " * LABELS), *_time_axis(field)))


def blank_words(data: ChartData) -> str:
    """What stands in place of a chart that would be an empty axis; empty when there is a line."""
    start = data.until - timedelta(seconds=data.window_s)
    inside = [value for at, value in data.points if start <= at <= data.until]
    if any(value is not None and math.isfinite(value) for value in inside):
        return ""
    return "no numbers in this window" if inside else "no history yet"


def _field(data: ChartData, width: int, height: int) -> _Field:
    numbers = [value for _, value in data.points if value is not None and math.isfinite(value)]
    largest = max(numbers, default=0.0)
    near = [limit.at for limit in data.limits if 0 < limit.at <= largest * FAR_OFF]
    step_s = data.window_s / (width * 2)
    past_s = data.until.timestamp() % step_s
    return _Field(
        data=data,
        width=width,
        height=height,
        top=_top(max([largest, *near]), data.unit),
        end=data.until + timedelta(seconds=step_s - past_s),
    )


def _top(largest: float, unit: str) -> float:
    """Where the axis ends: a little above, but a share of the whole ends at the whole."""
    top = _rounded_up(largest * HEADROOM)
    return min(top, 100.0) if unit == "%" and largest <= 100 else top


def _rounded_up(value: float) -> float:
    """The next even number, for an axis that reads well and seldom changes; 1 for nothing at all.

    In steps of a fifth up to 5, then of a half: 1.4, 2.2, 7.5, and so for 140 or 75.
    """
    if value <= 0 or not math.isfinite(value):
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    lead = value / size
    steps_of_one = 5 if lead <= 5 else 2
    # Rounded first, or 2.2000000000000003 would become 2.4.
    return math.ceil(round(lead * steps_of_one, 6)) / steps_of_one * size


def _shown_limits(field: _Field) -> dict[int, ChartLimit]:
    """The limits that are in sight, by line."""
    limits = field.data.limits
    return {field.line(limit.at): limit for limit in limits if 0 <= limit.at <= field.top}


def _labels(field: _Field) -> dict[int, str]:
    """Words of the value axis, by line: the top, the limits, and zero."""
    unit = field.data.unit
    labels = {0: limit_words(field.top, unit), field.height - 1: "0"}
    for line, limit in _shown_limits(field).items():
        labels[line] = limit_words(limit.at, unit)
    return labels


def _plot(field: _Field, drawn: Sequence[str]) -> list[Line]:
    """The lines of the plot: the braille, and beneath it marks, limits and pauses."""
    limits = _shown_limits(field)
    marks = [field.cell(mark.at) for mark in field.data.marks]
    behind: Signs = [(" ", Tone.NORMAL)] * field.width
    across: Signs = [(_LIMIT, Tone.MUTED)] * field.width
    for column in marks:
        if column is not None:
            behind[column] = across[column] = (_MARK, Tone.ACCENT)
    lines: list[Line] = []
    for y, line in enumerate(drawn):
        above = next((limits[at].tone for at in sorted(limits) if y <= at), Tone.NORMAL)
        under = across if y in limits else behind
        signs = [
            back if sign == " " else (sign, above) for sign, back in zip(line, under, strict=True)
        ]
        if y == field.height - 1:
            for column in _paused(field):
                signs[column] = (_PAUSE, Tone.MUTED)
        lines.append(merged(signs))
    return lines


def _paused(field: _Field) -> set[int]:
    columns: set[int] = set()
    for begin, end in field.data.pauses:
        first = max(int(field.place(begin) * field.width), 0)
        last = min(int(field.place(end) * field.width), field.width - 1)
        columns.update(range(first, last + 1))
    return columns


def _time_axis(field: _Field) -> Line:
    """Deploys at their place, and times where there is room between them."""
    signs: Signs = [(" ", Tone.NORMAL)] * field.width
    for mark in field.data.marks:
        column = field.cell(mark.at)
        if column is not None:
            _write(signs, column, cut(f"{_FOOT}{mark.label}", 12), Tone.ACCENT)
    count = max(min(field.width // _TICKS, 4), 1)
    start = field.end - timedelta(seconds=field.data.window_s)
    for tick in range(count):
        share = tick / count
        at = start + timedelta(seconds=field.data.window_s * share)
        _write(signs, int(share * field.width), minute_words(at, field.data.zone), Tone.MUTED)
    return merged(signs)


def _write(signs: Signs, column: int, words: str, tone: Tone) -> None:
    """Write words from a column on, moved left to fit, if nothing stands there."""
    begin = max(min(column, len(signs) - len(words)), 0)
    around: Sequence[tuple[str, Tone]] = signs[max(begin - 1, 0) : begin + len(words) + 1]
    if len(words) <= len(signs) and all(sign == " " for sign, _ in around):
        signs[begin : begin + len(words)] = [(sign, tone) for sign in words]
