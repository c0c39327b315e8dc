"""What the statistics of a KPI mean, over plain tuples; pure.

`monitor.windows` computes the same figures step by step; tests hold the two against each other.

A window is half open: a reading that is exactly as old as the window has left it. Readings
without a number are left out, except by `LAST`, for which a missing newest reading is no data.
"""

import itertools
import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from monitor.workspace import Statistic

Series = Sequence[tuple[float, float | None]]
"""Readings of one metric of one source: (time in seconds, number or None)."""


class Figure(Struct, frozen=True, kw_only=True):
    """A computed number, or why there is none."""

    value: float | None
    reason: str = ""


def figure(value: float) -> Figure:
    """A figure of a number; what is not finite is no data."""
    if math.isfinite(value):
        return Figure(value=value)
    return Figure(value=None, reason="not a finite number")


NO_DATA = Figure(value=None, reason="no data in the window")
NEEDS_TWO = Figure(value=None, reason="needs a second reading")


def statistic(
    kind: Statistic,
    series: Sequence[Series],
    now_s: float,
    window_s: float,
    denominator: Sequence[Series] = (),
    minimum_attempts: float = 0.0,
) -> Figure:
    """One statistic over the readings of a window, all series pooled.

    Args:
        kind: Which one.
        series: One entry for each metric of each source; the order within an entry is free.
        now_s: The end of the window, included.
        window_s: Its length.
        denominator: For `RATIO`.
        minimum_attempts: A ratio over fewer is no data.
    """
    if kind is Statistic.INCREASE:
        grown = [_increase(_numbers(one), now_s, window_s) for one in series]
        return increased(grown)
    inside = [_inside(one, now_s, window_s) for one in series]
    if kind is Statistic.RATIO:
        attempts = [_inside(one, now_s, window_s) for one in denominator]
        return ratio(
            _sum_of(inside),
            _sum_of(attempts),
            minimum_attempts,
        )
    if kind is Statistic.RATE:
        return rate([_numbers(one) for one in inside])
    if kind is Statistic.LAST:
        return last([reading for one in inside for reading in one])
    return over_values(kind, [value for one in inside for _, value in _numbers(one)])


def over_values(kind: Statistic, values: Sequence[float]) -> Figure:
    """The statistics that need neither times nor a denominator."""
    if not values:
        return NO_DATA
    match kind:
        case Statistic.AVERAGE:
            return figure(_mean(values))
        case Statistic.P50:
            return figure(percentile(sorted(values), 50))
        case Statistic.P95:
            return figure(percentile(sorted(values), 95))
        case Statistic.MAXIMUM:
            return figure(max(values))
        case Statistic.MINIMUM:
            return figure(min(values))
        case Statistic.COUNT:
            return figure(float(sum(1 for value in values if value)))
        case Statistic.SUM:
            return figure(_total(values))
        case _:
            raise ValueError(f"{kind} is not a statistic over values alone")


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value with at least `percent` % at or below it.

    Always a value that was observed, and never lower for a worse set; no interpolation.

    Args:
        ordered: Ascending, not empty.
        percent: Above 0, at most 100.
    """
    rank = math.ceil(len(ordered) * percent / 100 - 1e-9)
    return ordered[max(0, rank - 1)]


def ratio(part: float | None, whole: float | None, minimum_attempts: float) -> Figure:
    """`part` of `whole` in percent; 0 of 0, and too few attempts, are no data and not 0 %."""
    if whole is None:
        return NO_DATA
    if whole <= 0:
        return Figure(value=None, reason="no attempts in the window")
    if whole < minimum_attempts:
        reason = f"judged from {minimum_attempts:g} attempts on, {whole:g} so far"
        return Figure(value=None, reason=reason)
    if part is None:
        return Figure(value=None, reason="attempts, but no count of what went wrong")
    # Multiplied first: 7 of 100 are 7 %, and not a hair more, which would be past `above: 7`.
    return figure(part * 100 / whole)


def rate(series: Sequence[Sequence[tuple[float, float]]]) -> Figure:
    """Increase of counters per second, summed over the series.

    A counter that falls has started anew from zero: what it shows then is all new.
    """
    rates = [one for one in map(_rate, series) if one is not None]
    return figure(math.fsum(rates)) if rates else NEEDS_TWO


def increased(grown: Iterable[float | None]) -> Figure:
    """What several counters grew by together; those that tell nothing are left out."""
    known = [one for one in grown if one is not None]
    return figure(_total(known)) if known else NEEDS_TWO


def last(readings: Iterable[tuple[float, float | None]]) -> Figure:
    """The newest reading; of several at the same instant the largest, and a number before None."""
    newest = max(
        readings,
        key=lambda one: (one[0], one[1] is not None, one[1] if one[1] is not None else 0.0),
        default=None,
    )
    if newest is None:
        return NO_DATA
    return NO_DATA if newest[1] is None else figure(newest[1])


def increase(previous: float, value: float) -> float:
    """What a counter grew by from one reading to the next."""
    return value - previous if value >= previous else max(value, 0.0)


def _increase(
    readings: Sequence[tuple[float, float]], now_s: float, window_s: float
) -> float | None:
    """Increases found inside the window, each between two readings not further apart than it."""
    pairs = itertools.pairwise(sorted(one for one in readings if one[0] <= now_s))
    grown = [
        increase(before[1], after[1])
        for before, after in pairs
        if after[0] > now_s - window_s and after[0] - before[0] <= window_s
    ]
    return _total(grown) if grown else None


def _rate(readings: Sequence[tuple[float, float]]) -> float | None:
    ordered = sorted(readings)
    if len(ordered) < 2 or ordered[-1][0] <= ordered[0][0]:
        return None
    pairs = itertools.pairwise(ordered)
    grown = math.fsum(increase(before[1], after[1]) for before, after in pairs)
    return grown / (ordered[-1][0] - ordered[0][0])


def _mean(values: Sequence[float]) -> float:
    """The average; of values so large that their sum overflows, by averaging the shares."""
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        return math.fsum(value / len(values) for value in values)


def _inside(series: Series, now_s: float, window_s: float) -> list[tuple[float, float | None]]:
    return [one for one in series if now_s - window_s < one[0] <= now_s]


def _numbers(series: Series) -> list[tuple[float, float]]:
    return [(at, value) for at, value in series if value is not None and math.isfinite(value)]


def _sum_of(series: Sequence[Series]) -> float | None:
    values = [value for one in series for _, value in _numbers(one)]
    return _total(values) if values else None


def _total(values: Iterable[float]) -> float:
    """Their sum; infinite when it leaves the range of numbers."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return math.inf
