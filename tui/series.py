"""The past of some metrics, asked of the engine without holding up the screen's loop."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from monitor.workspace import SeriesRef
from providers.clock import Moment
from tui.engine_link import EngineCalls, EngineLink, HistoryPoint, asked

WINDOWS: Final = (
    (300.0, "5m"),
    (900.0, "15m"),
    (3_600.0, "1h"),
    (21_600.0, "6h"),
    (86_400.0, "24h"),
    (604_800.0, "7d"),
    (2_592_000.0, "30d"),
)
"""Seconds and name of each window of a chart."""

USUAL: Final = 2
"""Place of the window that a chart begins with."""

_POINTS: Final = 180
"""Points of one chart: two for each column of a wide one."""

_RANGED_FROM_S: Final = 60.0
"""What is averaged over so long has its lowest and highest drawn."""

_FILLED: Final = 0.95
"""A window filled that far makes room for the next one."""


def step_s(window_s: float) -> float:
    """Seconds of one point of a chart over so many seconds."""
    return max(window_s / _POINTS, 5.0)


def fitting_window(points: Sequence[HistoryPoint], place: int, now: Moment) -> int:
    """Place of the shortest window that has room for all these points, up to the usual one.

    So that a chart is not nearly empty in a fresh session. It never becomes shorter again than
    `place`, unless that is the usual one: points of a short window do not tell of longer ones.

    Args:
        points: Over the window at `place`.
        place: The window they were read for.
        now: The right edge.
    """
    seen = [point.at for point in points if point.value is not None]
    if not seen or place > USUAL:
        return place
    reach_s = (now.at - min(seen)).total_seconds()
    spans = enumerate(WINDOWS[: USUAL + 1])
    fits = next((i for i, (window_s, _) in spans if reach_s <= window_s * _FILLED), USUAL)
    return fits if place == USUAL else max(fits, place)


def usual_gap_s(points: Sequence[HistoryPoint], least_s: float) -> float:
    """Seconds from one point with a number to the next, as it mostly is; at least `least_s`."""
    seen = [point.at for point in points if point.value is not None]
    gaps = sorted((after - before).total_seconds() for before, after in pairwise(seen))
    return max(gaps[len(gaps) // 2] if gaps else 0.0, least_s)


def ranges_of(
    points: Sequence[HistoryPoint], window_s: float, scale: float = 1.0
) -> tuple[tuple[datetime, float, float], ...]:
    """The lowest and the highest of each point, where one stands for a minute or more.

    A spike in an hour is not averaged away so. Of a shorter step they would be noise.
    """
    if step_s(window_s) < _RANGED_FROM_S:
        return ()
    return tuple(
        (point.at, point.minimum * scale, point.maximum * scale)
        for point in points
        if point.minimum is not None
        and point.maximum is not None
        and point.minimum != point.maximum
    )


async def series_of(
    calls: EngineCalls, refs: Collection[SeriesRef], since_s: float, step: float
) -> Mapping[SeriesRef, tuple[HistoryPoint, ...]]:
    """Each series over the last `since_s` seconds, in the engine's loop."""
    return {ref: await calls.history.series(ref, since_s, step) for ref in refs}


async def read_series(
    engine: EngineLink, refs: Collection[SeriesRef], since_s: float, step: float
) -> Mapping[SeriesRef, tuple[HistoryPoint, ...]] | None:
    """Each series over the last `since_s` seconds; None when the engine can not say now."""
    return await asked(engine, lambda calls: series_of(calls, refs, since_s, step))
