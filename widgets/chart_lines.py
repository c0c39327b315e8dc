"""A chart as lines of cells: braille line, limits, deploy marks, gaps, and a time axis. Pure."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from widgets.braille import bridged, columns_of, draw, draw_spans
from widgets.cells import Cell, Line, Tone, fit, fit_line, merged
from widgets.chart_marks import Cluster, Mark, Signs, clusters, legend, mark_signs
from widgets.looks import limit_words
from widgets.time_ticks import ticks

LABELS: Final = 7
"""Columns of the value axis on the left, with the blank after it."""

FAR_OFF: Final = 2.0
"""A limit so many times above the largest value would flatten the line, and is left out."""

HEADROOM: Final = 1.1
_TICKS: Final = 22
"""Columns from one time on the axis to the next, at least."""

_LIMIT, _MARK, _PAUSE = "╌", "┆", "░"


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

    ranges: tuple[tuple[datetime, float, float], ...] = ()
    """The lowest and the highest of what one point stands for, where they are kept."""

    low: float = 0.0
    """The value at the lower edge: what stands between 99 and 100 is flat on an axis from 0."""

    note: str = ""
    """What else is to be known of it, for the legend."""

    detailed: bool = False
    """With lines of their own for labels of marks and for the legend."""


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
        share = (value - self.data.low) / (self.top - self.data.low)
        return (dots - 1 - round(share * (dots - 1))) // 4


def chart_lines(data: ChartData, width: int, height: int) -> tuple[Line, ...]:
    """The chart as exactly `height` lines of exactly `width` columns."""
    room = width - LABELS
    if room < 2 or height < 3:
        return tuple((Cell(" " * width),) for _ in range(height))
    if blank := blank_words(data):
        words = fit_line((Cell(blank, Tone.MUTED),), width, "centre")
        empty = (Cell(" " * width),)
        return tuple(words if y == (height - 1) // 2 else empty for y in range(height))
    below = 3 if data.detailed and height > 6 else 1
    field = _field(data, room, height - below)
    values = columns_of([(field.place(at), value) for at, value in data.points], room * 2)
    reach = max(int(data.interval_s * 2.5 / (data.window_s / (room * 2))), 1)
    drawn = draw(bridged(values, reach), field.height, data.low, field.top)
    labels = _labels(field)
    body = tuple(
        (Cell(fit(labels.get(y, ""), LABELS - 1, "right") + " ", Tone.MUTED), *line)
        for y, line in enumerate(_plot(field, drawn))
    )
    return (*body, *_foot(field, detailed=below > 1))


def blank_words(data: ChartData) -> str:
    """What stands in place of a chart that would be an empty axis; empty when there is a line."""
    start = data.until - timedelta(seconds=data.window_s)
    inside = [value for at, value in data.points if start <= at <= data.until]
    if any(value is not None and math.isfinite(value) for value in inside):
        return ""
    return "no numbers in this window" if inside else "no history yet"


def _field(data: ChartData, width: int, height: int) -> _Field:
    numbers = [value for _, value in data.points if value is not None and math.isfinite(value)]
    highest = [high for _, _, high in data.ranges if math.isfinite(high)]
    largest = max([*numbers, *highest], default=0.0)
    near = [limit.at for limit in data.limits if 0 < limit.at <= largest * FAR_OFF]
    step_s = data.window_s / (width * 2)
    past_s = data.until.timestamp() % step_s
    top = _top(max([largest, *near]), data.unit)
    return _Field(
        data=data,
        width=width,
        height=height,
        top=top if top > data.low else data.low + 1.0,
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
    low = field.data.low
    return {field.line(limit.at): limit for limit in limits if low <= limit.at <= field.top}


def _labels(field: _Field) -> dict[int, str]:
    """Words of the value axis, by line: both ends and the limits."""
    unit, low = field.data.unit, field.data.low
    lowest = _value_words(low, unit) if low else "0"
    labels = {0: _value_words(field.top, unit), field.height - 1: lowest}
    for line, limit in _shown_limits(field).items():
        labels[line] = _value_words(limit.at, unit)
    return labels


def _value_words(value: float, unit: str) -> str:
    """A value of the axis; `7.5 GiB` has room only without its blank, and is never cut."""
    words = limit_words(value, unit)
    return words if len(words) < LABELS else words.replace(" ", "")


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
    spans = _spans(field)
    for y, line in enumerate(drawn):
        above = next((limits[at].tone for at in sorted(limits) if y <= at), Tone.NORMAL)
        faint = Tone.MUTED if above is Tone.NORMAL else above
        signs = list(across if y in limits else behind)
        for column, (sign, span) in enumerate(zip(line, spans[y], strict=True)):
            if sign != " ":
                signs[column] = (sign, above)
            elif span != " ":
                signs[column] = (span, faint)
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


def _spans(field: _Field) -> list[str]:
    """The lowest and highest of each column."""
    ends: list[tuple[float, float] | None] = [None] * field.width
    for at, low, high in field.data.ranges:
        column = field.cell(at)
        if column is not None and math.isfinite(low) and math.isfinite(high):
            held = ends[column]
            ends[column] = (low, high) if held is None else (min(held[0], low), max(held[1], high))
    return draw_spans(ends, field.height, field.data.low, field.top)


def _foot(field: _Field, *, detailed: bool) -> tuple[Line, ...]:
    """What stands below the plot: labels of marks, times, and what the signs mean."""
    placed = [(column, mark) for mark in field.data.marks
              if (column := field.cell(mark.at)) is not None]  # fmt: skip
    marked = clusters(placed, field.width)
    margin = Cell(" " * LABELS)
    if not detailed:
        return ((margin, *_time_axis(field, marked)),)
    words = legend(
        (mark.kind for _, mark in placed), ranges=bool(field.data.ranges), note=field.data.note
    )
    return (
        (margin, *merged(mark_signs(marked, field.width))),
        (margin, *_time_axis(field, ())),
        (margin, *fit_line(words, field.width)),
    )


def _time_axis(field: _Field, marked: Sequence[Cluster]) -> Line:
    """Deploys at their place, and times where there is room between them."""
    signs = mark_signs(marked, field.width)
    data = field.data
    for at, words in ticks(field.end, data.window_s, data.zone, max(field.width // _TICKS, 1)):
        column = field.cell(at)
        if column is not None:
            _write(signs, column, words, Tone.MUTED)
    return merged(signs)


def _write(signs: Signs, column: int, words: str, tone: Tone) -> None:
    """Write words from a column on, moved left to fit, if nothing stands there."""
    begin = max(min(column, len(signs) - len(words)), 0)
    around: Sequence[tuple[str, Tone]] = signs[max(begin - 1, 0) : begin + len(words) + 1]
    if len(words) <= len(signs) and all(sign == " " for sign, _ in around):
        signs[begin : begin + len(words)] = [(sign, tone) for sign in words]
