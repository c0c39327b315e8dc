"""From stored buckets to the points of a chart; pure."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from monitor.history_blocks import Bucket, regroup
from monitor.statistics import percentile

GAP_FACTOR: Final = 2.5
"""Readings further apart than this many usual distances have a gap between them."""


class Point(Struct, frozen=True, kw_only=True):
    """One step of a chart."""

    at: datetime
    """Start of the step, UTC."""

    value: float | None
    """Average of the readings in it; None is a gap and never joined by a line."""

    minimum: float | None
    maximum: float | None


def points(
    buckets: Sequence[Bucket], start_ms: int, end_ms: int, step_ms: int
) -> tuple[Point, ...]:
    """Steps from `start_ms` (on the grid of `step_ms`) up to and with that of `end_ms`.

    A step without readings is a gap, unless it only lies between two readings that are no
    further apart than usual; such a step is left out.
    """
    steps = {one.at_ms: one for one in regroup(buckets, step_ms)}
    times = sorted(one.at_ms for one in buckets)
    reach_ms = _usual_ms(buckets, times) * GAP_FACTOR
    first_ms = start_ms // step_ms * step_ms
    found: list[Point] = []
    last_ms: int | None = None
    upcoming = iter([*times, None])
    next_ms = next(upcoming)
    for at_ms in range(first_ms, end_ms + 1, step_ms):
        while next_ms is not None and next_ms < at_ms + step_ms:
            last_ms, next_ms = next_ms, next(upcoming)
        one = steps.get(at_ms)
        if one is not None:
            found.append(_point(one))
        elif last_ms is None or (next_ms or end_ms) - last_ms > reach_ms:
            found.append(Point(at=_at(at_ms), value=None, minimum=None, maximum=None))
    return tuple(found)


def _usual_ms(buckets: Sequence[Bucket], times: Sequence[int]) -> float:
    if len(times) < 2:
        return 0.0
    distances = sorted(after - before for before, after in itertools.pairwise(times))
    return max(percentile(distances, 50), buckets[-1].width_ms)


def _point(one: Bucket) -> Point:
    if not one.count:
        return Point(at=_at(one.at_ms), value=None, minimum=None, maximum=None)
    return Point(
        at=_at(one.at_ms),
        value=one.total / one.count,
        minimum=one.minimum,
        maximum=one.maximum,
    )


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
