"""How a number goes from day to day and week to week, and when it will be full; pure.

The slope is that of Theil and Sen: the median of the slopes between all pairs of days. A single day
that is far off (a backup, an outage, an import) does not bend it, where least squares would follow
it; and with at most 30 days the 435 pairs cost nothing. A direction is only told when most pairs
agree on it: a line through noise has a slope as well, and "900 days to full" would be made of it.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.history_blocks import Bucket
from monitor.history_steps import Point
from monitor.past import Buckets, Span, past
from monitor.words import number_words, span_words
from monitor.workspace import KpiSpec, SeriesRef, Statistic

NEEDED_DAYS: Final = 7
"""Whole days (UTC) with numbers before a trend is told."""

FITTED_DAYS: Final = 30
"""The slope is that of so many days at most: last quarter's growth is not this month's."""

LOOK_BACK_DAYS: Final = 35

FARTHEST_DAYS: Final = 365.0
"""A month of growth does not tell the day of what is further off than a year."""

_WEEK: Final = 7
_LEAST_OF_A_WEEK: Final = 4
_AGREED: Final = 0.3
"""Pairs that rise must outnumber those that fall by this share of all, or the other way round."""

_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_WHOLE_DAY_HOURS: Final = 18
"""What is added up over a day needs most of its hours; a level is known from any of them."""

_ADDED_UP: Final = frozenset({Statistic.COUNT, Statistic.SUM, Statistic.INCREASE})


class Trend(Struct, frozen=True, kw_only=True):
    """What can be told of a KPI's last weeks."""

    days: int
    """Whole days with a number, of those that were fitted."""

    reason: str = ""
    """Why there is no trend; empty when there is one."""

    per_day: float | None = None
    """Growth a day in the KPI's unit; None without a clear direction."""

    this_week: float | None = None
    """Average of the last seven whole days."""

    last_week: float | None = None
    latest: float | None = None
    full_at: float | None = None
    days_to_full: float | None = None
    """None where no limit is known, or it does not grow."""


NOTHING_KNOWN: Final = Trend(days=0, reason="no history can be read")


def trend_of(spec: KpiSpec, kept: Buckets, now_ms: int) -> Trend:
    """The trend of a KPI.

    Args:
        spec: The KPI; what it is full at, if anything, is said there.
        kept: Of each of its series since `LOOK_BACK_DAYS` before today, in hours or finer.
        now_ms: Milliseconds since 1970 (UTC); the day it falls into is not over, and left out.
    """
    today_ms = now_ms // _DAY_MS * _DAY_MS
    daily = daily_values(spec, kept, today_ms)
    return fitted(daily, full_at=spec.full_at, latest=_latest(spec, kept, daily))


def daily_values(spec: KpiSpec, kept: Buckets, today_ms: int) -> list[float | None]:
    """The KPI over each whole day before today, oldest first; None for a day not known."""
    start_ms = today_ms - LOOK_BACK_DAYS * _DAY_MS
    by_day = replace(spec, window_s=_DAY_MS / 1000, calendar_month=False)
    whole = {ref: [one for one in part if one.at_ms < today_ms] for ref, part in kept.items()}
    # A step is a day and looked at once, at its end.
    span = Span(start_ms=start_ms, end_ms=today_ms, step_ms=_DAY_MS, grain_ms=0)
    least = _WHOLE_DAY_HOURS if spec.statistic in _ADDED_UP else 1
    hours = _hours_by_day([one for ref in spec.series for one in whole.get(ref, ())])
    found: list[float | None] = [None] * LOOK_BACK_DAYS
    for point in past(by_day, whole, span):
        day = _day_of(point, start_ms)
        if 0 <= day < LOOK_BACK_DAYS and hours.get(start_ms // _DAY_MS + day, 0) >= least:
            found[day] = point.value
    return found


def _day_of(point: Point, start_ms: int) -> int:
    return (round(point.at.timestamp() * 1000) - start_ms) // _DAY_MS


def _hours_by_day(buckets: Sequence[Bucket]) -> dict[int, int]:
    hours = {one.at_ms // _HOUR_MS for one in buckets if one.count}
    counted: dict[int, int] = {}
    for hour in hours:
        counted[hour // 24] = counted.get(hour // 24, 0) + 1
    return counted


def _latest(spec: KpiSpec, kept: Buckets, daily: Sequence[float | None]) -> float | None:
    """The newest level; of what is added up or shared out, the last whole day's."""
    known = [value for value in daily if value is not None]
    if spec.statistic not in {Statistic.LAST, Statistic.AVERAGE} or len(spec.series) != 1:
        return known[-1] if known else None
    newest = _newest(kept, spec.series[0])
    return (known[-1] if known else None) if newest is None else newest * spec.scale


def _newest(kept: Buckets, ref: SeriesRef) -> float | None:
    filled = [one for one in kept.get(ref, ()) if one.count]
    return filled[-1].total / filled[-1].count if filled else None


def fitted(
    daily: Sequence[float | None], *, full_at: float | None = None, latest: float | None = None
) -> Trend:
    """The trend of daily values.

    Args:
        daily: Oldest first; None for a day without a number.
        full_at: The value at which there is no more room, if there is such a one.
        latest: The value now.
    """
    numbers = [
        (float(day), value)
        for day, value in enumerate(daily[-FITTED_DAYS:])
        if value is not None and math.isfinite(value)
    ]
    known = len(numbers)
    if known < NEEDED_DAYS:
        reason = f"needs {NEEDED_DAYS} days, has {known}"
        return Trend(days=known, reason=reason, latest=latest, full_at=full_at)
    per_day = slope(numbers)
    return Trend(
        days=known,
        per_day=per_day,
        this_week=_average(daily[-_WEEK:]),
        last_week=_average(daily[-2 * _WEEK : -_WEEK]),
        latest=latest,
        full_at=full_at,
        days_to_full=_days_to_full(per_day, latest, full_at),
    )


def slope(numbers: Sequence[tuple[float, float]]) -> float | None:
    """The median slope over all pairs (Theil and Sen); None when they do not agree on a direction.

    Args:
        numbers: Day and value; days differ.
    """
    slopes = [
        (after[1] - before[1]) / (after[0] - before[0])
        for before, after in combinations(numbers, 2)
        if after[0] != before[0]
    ]
    slopes = [one for one in slopes if math.isfinite(one)]
    if not slopes:
        return None
    rising, falling = sum(one > 0 for one in slopes), sum(one < 0 for one in slopes)
    if 2 * (rising + falling) < len(slopes):
        return 0.0
    return median(slopes) if abs(rising - falling) > _AGREED * len(slopes) else None


def _average(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return math.fsum(known) / len(known) if len(known) >= _LEAST_OF_A_WEEK else None


def _days_to_full(
    per_day: float | None, latest: float | None, full_at: float | None
) -> float | None:
    if full_at is None or latest is None:
        return None
    if latest >= full_at:
        return 0.0
    if per_day is None or per_day <= 0:
        return None
    days = (full_at - latest) / per_day
    return days if math.isfinite(days) else None


def trend_words(trend: Trend, unit: str) -> tuple[str, ...]:
    """The trend in sentences, the one that asks for something first.

    Args:
        trend: What is known.
        unit: Of the KPI.
    """
    if trend.reason:
        return (trend.reason,)
    return tuple(
        words
        for words in (_full_words(trend, unit), _slope_words(trend, unit), _weeks(trend, unit))
        if words
    )


def _full_words(trend: Trend, unit: str) -> str:
    if trend.full_at is None or trend.latest is None:
        return ""
    if trend.days_to_full == 0:
        return f"full: {number_words(trend.latest, unit)} of {number_words(trend.full_at, unit)}"
    room = f"{number_words(trend.latest, unit)} of {number_words(trend.full_at, unit)} used"
    if trend.days_to_full is None or trend.per_day is None:
        return f"{room}, not growing" if trend.per_day is not None else room
    if trend.days_to_full > FARTHEST_DAYS:
        return f"{room}, more than a year to full"
    days = max(1, int(trend.days_to_full))
    left = "1 day" if days == 1 else f"{days} days"
    return f"{left} to full at {_growth(trend.per_day, unit)} a day ({room})"


def _slope_words(trend: Trend, unit: str) -> str:
    over = f"over {span_words(trend.days * 86_400.0)}"
    if trend.per_day is None:
        return f"no clear direction {over}"
    if trend.per_day == 0:
        return f"unchanged {over}"
    word = "grows" if trend.per_day > 0 else "falls"
    return f"{word} by {_growth(abs(trend.per_day), unit)} a day {over}"


def _growth(per_day: float, unit: str) -> str:
    """A difference of percentages is in points."""
    if unit == "%":
        return f"{number_words(per_day, '')} points"
    return number_words(per_day, unit)


def _weeks(trend: Trend, unit: str) -> str:
    if trend.this_week is None or trend.last_week is None:
        return ""
    now, before = number_words(trend.this_week, unit), number_words(trend.last_week, unit)
    return f"this week {now}, last week {before}{_change(trend.this_week, trend.last_week, unit)}"


def _change(now: float, before: float, unit: str) -> str:
    if unit == "%" or before <= 0:
        return ""
    share = (now - before) / before * 100
    return f" ({share:+.0f} %)" if math.isfinite(share) and abs(share) < 100_000 else ""
