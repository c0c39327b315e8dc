"""The windows that one number is made of, and the number: of a KPI, or of one group of it."""

from collections.abc import Iterable
from typing import Final

from monitor.increments import Increments
from monitor.statistics import (
    NEEDS_TWO,
    NO_DATA,
    Figure,
    figure,
    increased,
    last,
    percentile,
    ratio,
)
from monitor.windows import Slice, Window
from monitor.workspace import KpiSpec, SeriesRef, Statistic

PERCENTILES: Final = {Statistic.P50: 50.0, Statistic.P95: 95.0}


class Pool:
    """Readings of all metrics of a KPI within its window, pooled.

    Args:
        spec: The KPI.
    """

    def __init__(self, spec: KpiSpec) -> None:
        self._spec = spec
        self._parts = {ref: self._window() for ref in spec.series}
        self._wholes = {ref: self._window() for ref in spec.denominator}
        counted = spec.series if spec.statistic is Statistic.INCREASE else ()
        self._grown = {ref: Increments(spec.window_s) for ref in counted}
        kinds = (self._parts, self._wholes, self._grown)
        self._takers = {
            ref: tuple(windows[ref] for windows in kinds if ref in windows) for ref in self.refs
        }
        sides = ((False, self._parts), (True, self._wholes))
        self.roles = {
            ref: tuple(side for side, windows in sides if ref in windows) for ref in self.refs
        }
        """What a metric is to it: False for the part, True for the whole; one can be both."""

    @property
    def refs(self) -> tuple[SeriesRef, ...]:
        """The metrics it is made of."""
        return tuple({**self._parts, **self._wholes})

    def add(self, ref: SeriesRef, at_s: float, value: float | None) -> None:
        """Take one reading in."""
        for taker in self._takers[ref]:
            taker.add(at_s, value)

    def preload(self, ref: SeriesRef, slices: Iterable[Slice]) -> None:
        """Take in what history knows, oldest first, before any new reading."""
        for one in slices:
            for windows in (self._parts, self._wholes):
                if ref in windows:
                    windows[ref].preload(one)
            if ref in self._grown and one.count == 1:
                self._grown[ref].add(one.start_s, one.total)

    def advance(self, now_s: float) -> float | None:
        """Let go of what has left the window.

        Returns:
            When the newest of it left; None when nothing did.
        """
        if self._grown:
            for window in self._parts.values():
                window.advance(now_s)
        counted = self._grown.values() if self._grown else self._parts.values()
        left = [one.advance(now_s) for one in (*counted, *self._wholes.values())]
        newest = max((one for one in left if one is not None), default=None)
        return None if newest is None else newest + self._spec.window_s

    @property
    def since_s(self) -> float | None:
        """When the oldest reading inside was made; None without any."""
        oldest = [at for part in self._parts.values() if (at := part.since_s) is not None]
        return min(oldest, default=None)

    def newest_of(self, ref: SeriesRef) -> float | None:
        """When the newest reading of a metric was made that is still inside."""
        for windows in (self._parts, self._wholes):
            if ref in windows and (newest := windows[ref].newest) is not None:
                return newest[0]
        return None

    def figure(self) -> Figure:
        """The number as it is judged, or why there is none."""
        found = self._statistic()
        return found if found.value is None else figure(found.value * self._spec.scale)

    def _statistic(self) -> Figure:
        kind, parts = self._spec.statistic, list(self._parts.values())
        match kind:
            case Statistic.RATIO:
                wholes = _total(self._wholes.values())
                return ratio(_total(parts), wholes, self._spec.minimum_attempts)
            case Statistic.LAST:
                return last(newest for part in parts if (newest := part.newest) is not None)
            case Statistic.RATE:
                rates = [rate for part in parts if (rate := part.rate_per_s) is not None]
                return figure(sum(rates)) if rates else NEEDS_TWO
            case Statistic.INCREASE:
                return increased(one.total for one in self._grown.values())
            case _:
                count = sum(part.count for part in parts)
                return _pooled(kind, parts, count) if count else NO_DATA

    def _window(self) -> Window:
        return Window(
            self._spec.window_s,
            ordered=self._spec.statistic in PERCENTILES,
            counter=self._spec.statistic is Statistic.RATE,
        )


def _pooled(kind: Statistic, parts: list[Window], count: int) -> Figure:
    match kind:
        case Statistic.AVERAGE:
            return figure(sum(part.total for part in parts) / count)
        case Statistic.MAXIMUM:
            return figure(max(part.maximum for part in parts))
        case Statistic.MINIMUM:
            return figure(min(part.minimum for part in parts))
        case Statistic.COUNT:
            return figure(float(sum(part.nonzero for part in parts)))
        case Statistic.SUM:
            return figure(sum(part.total for part in parts))
        case _:
            ordered = (
                parts[0].ordered()
                if len(parts) == 1
                else sorted(value for part in parts for value in part.ordered())
            )
            return figure(percentile(ordered, PERCENTILES[kind]))


def _total(windows: Iterable[Window]) -> float | None:
    known = [window for window in windows if window.count]
    return sum(window.total for window in known) if known else None
