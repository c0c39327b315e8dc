"""What a KPI was at each time of the past: the statistic that is judged, over kept history; pure.

A chart of a ratio must show the ratio, not one of the two counters it is made of. Recent history is
single readings, older history is sums over minutes or hours: a window shorter than those can not be
told apart any more, and what is shown then is the statistic over one of them (`window_shown_s`).
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from monitor.budget import month_of
from monitor.history_blocks import Bucket
from monitor.history_steps import Point, points
from monitor.past_windows import sliding
from monitor.workspace import KpiSpec, SeriesRef, Statistic

Buckets = Mapping[SeriesRef, Sequence[Bucket]]
"""What is kept of each series, oldest first."""


class Span(Struct, frozen=True, kw_only=True):
    """Which past is asked for, in milliseconds since 1970 (UTC)."""

    start_ms: int
    """On the grid of `step_ms`."""

    end_ms: int
    step_ms: int
    """Of the points that come out."""

    grain_ms: int
    """Width of the sums the older part is kept in; 0 where it is single readings."""

    most_looks: int = 0
    """A window longer than the grain is looked at less often than it could be; 0: never less."""

    @property
    def finest_ms(self) -> int:
        """What can be told apart."""
        return min(self.step_ms, self.grain_ms) if self.grain_ms else self.step_ms

    def look_ms(self, window_s: float) -> int:
        """The statistic is worked out this often; several looks make the lowest and the highest.

        No look is further from the next than the window is long: so nothing is overlooked.
        """
        if not self.most_looks:
            return self.finest_ms
        looks = (self.end_ms - self.start_ms) // self.finest_ms
        wanted = -(-looks // self.most_looks)
        covered = int(window_s * 1000) // self.finest_ms
        return self.finest_ms * max(1, min(wanted, covered, self.step_ms // self.finest_ms))


def window_shown_s(spec: KpiSpec, span: Span) -> float:
    """How long a time each look really stands for: the KPI's window, or what is left of it."""
    return max(spec.window_s, span.finest_ms / 1000)


def past(spec: KpiSpec, kept: Buckets, span: Span) -> tuple[Point, ...]:
    """The KPI at each step, with the lowest and the highest of the looks in it.

    Args:
        spec: The KPI.
        kept: Of each of its series, reaching back one window before the start.
        span: The time and its grain.
    """
    parts = [kept.get(ref, ()) for ref in spec.series]
    if spec.statistic is Statistic.LAST:
        inside = sorted(_of(parts, span), key=lambda one: one.at_ms)
        plain = points(inside, span.start_ms, span.end_ms, span.step_ms)
        return tuple(_scaled(point, spec.scale) for point in plain)
    looks = _looks(spec, parts, [kept.get(ref, ()) for ref in spec.denominator], span)
    return tuple(_steps(looks, spec.scale, span))


def _of(parts: Iterable[Sequence[Bucket]], span: Span) -> Iterator[Bucket]:
    return (one for part in parts for one in part if span.start_ms <= one.at_ms <= span.end_ms)


def _scaled(point: Point, scale: float) -> Point:
    if point.value is None or point.minimum is None or point.maximum is None:
        return point
    ends = sorted((point.minimum * scale, point.maximum * scale))
    return Point(at=point.at, value=point.value * scale, minimum=ends[0], maximum=ends[1])


def _looks(
    spec: KpiSpec,
    parts: Sequence[Sequence[Bucket]],
    wholes: Sequence[Sequence[Bucket]],
    span: Span,
) -> Iterator[tuple[int, float | None]]:
    """Time in milliseconds and number of each look."""
    look_ms = span.look_ms(spec.window_s)
    at = range(span.start_ms + look_ms, span.end_ms + look_ms, look_ms)
    times = [min(one, span.end_ms) for one in at]
    starts = _starts(spec, times, int(window_shown_s(spec, span) * 1000))
    part = list(sliding(spec.statistic, parts, times, starts))
    if spec.statistic is not Statistic.RATIO:
        return zip(times, part, strict=True)
    whole = sliding(spec.statistic, wholes, times, starts)
    return zip(times, map(_share(spec.minimum_attempts), part, whole), strict=True)


def _starts(spec: KpiSpec, times: Sequence[int], window_ms: int) -> list[int]:
    """Where the window of each look begins: as long before, or with the month of the calendar."""
    if not spec.calendar_month:
        return [at_ms - window_ms for at_ms in times]
    return [month_start_ms(spec, at_ms) for at_ms in times]


def month_start_ms(spec: KpiSpec, at_ms: int) -> int:
    """When the month began that a time falls into, in the KPI's time zone."""
    begun, _ = month_of(datetime.fromtimestamp(at_ms / 1000, UTC), spec.zone)
    return round(begun.timestamp() * 1000)


def _share(least: float) -> Callable[[float | None, float | None], float | None]:
    def share(part: float | None, whole: float | None) -> float | None:
        if part is None or whole is None or whole <= 0 or whole < least:
            return None
        return part / whole * 100

    return share


def _steps(looks: Iterable[tuple[int, float | None]], scale: float, span: Span) -> Iterator[Point]:
    for step, group in itertools.groupby(
        looks, key=lambda look: (look[0] - 1 - span.start_ms) // span.step_ms
    ):
        numbers = [value * scale for _, value in group if value is not None]
        numbers = [value for value in numbers if math.isfinite(value)]
        yield Point(
            at=datetime.fromtimestamp((span.start_ms + step * span.step_ms) / 1000, UTC),
            value=math.fsum(numbers) / len(numbers) if numbers else None,
            minimum=min(numbers, default=None),
            maximum=max(numbers, default=None),
        )
