"""Sliding windows over history that goes by: one pass, each bucket taken and dropped once; pure."""

import itertools
import math
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from monitor.history_blocks import Bucket
from monitor.history_steps import GAP_FACTOR
from monitor.statistics import increase, percentile
from monitor.workspace import Statistic

_PERCENTILES: Final = {Statistic.P50: 50.0, Statistic.P95: 95.0}
_COUNTERS: Final = frozenset({Statistic.RATE, Statistic.INCREASE})
_SHARED: Final = frozenset({Statistic.AVERAGE, Statistic.UPTIME})
_NONZERO: Final = frozenset({Statistic.COUNT, Statistic.UPTIME})


def sliding(
    kind: Statistic,
    parts: Sequence[Sequence[Bucket]],
    times: Sequence[int],
    starts: Sequence[int],
) -> Iterator[float | None]:
    """The statistic over the window that ends at each time; None where nothing is fresh.

    Args:
        kind: Which one.
        parts: Of each series what is kept of it, oldest first.
        times: The end of each window, included; ascending.
        starts: The start of each, not included; ascending.
    """
    filled = [[one for one in part if one.count] for part in parts]
    pooled = _pooled(filled)
    ends = [one.at_ms + one.width_ms for one in pooled]
    made = _window(kind, filled, pooled)
    reach_ms = _reach_ms(ends, times)
    first = last = 0
    for at_ms, start_ms in zip(times, starts, strict=True):
        last = bisect_right(ends, at_ms, last)
        first = bisect_right(ends, start_ms, first)
        made.move(first, last)
        fresh = last > 0 and at_ms - ends[last - 1] <= reach_ms
        yield made.number(start_ms, at_ms) if fresh and first < last else None


def _pooled(parts: Sequence[Sequence[Bucket]]) -> Sequence[Bucket]:
    if len(parts) == 1:
        return parts[0]
    return sorted(itertools.chain.from_iterable(parts), key=_end_ms)


def _window(
    kind: Statistic, parts: Sequence[Sequence[Bucket]], pooled: Sequence[Bucket]
) -> "_Window":
    if kind in _COUNTERS:
        return _CounterWindow(kind, [_Counter(part) for part in parts if part])
    return _WINDOWS.get(kind, _Sums)(kind, pooled)


def _end_ms(one: Bucket) -> int:
    return one.at_ms + one.width_ms


def _reach_ms(ends: Sequence[int], times: Sequence[int]) -> float:
    """A number may be this old; after that there is a gap."""
    look_ms = times[1] - times[0] if len(times) > 1 else 0
    distances = [after - before for before, after in itertools.pairwise(ends)]
    return max(median(distances) if distances else 0.0, look_ms / 2) * GAP_FACTOR


class _Window(ABC):
    """What a window over the past holds while it moves on."""

    def __init__(self, kind: Statistic) -> None:
        self.kind = kind

    @abstractmethod
    def move(self, first: int, last: int) -> None:
        """Hold the buckets from `first` up to before `last`; neither ever goes back."""

    @abstractmethod
    def number(self, start_ms: int, end_ms: int) -> float | None:
        """The statistic of what it holds now."""


class _Stepping(_Window):
    """Buckets that come and go in order, by their place in the list of all of them."""

    def __init__(self, kind: Statistic, buckets: Sequence[Bucket]) -> None:
        super().__init__(kind)
        self.buckets = buckets
        self.first = self.last = 0

    def move(self, first: int, last: int) -> None:
        """Take what comes and drop what goes, each once."""
        for place in range(self.last, last):
            self.take(place)
        for place in range(self.first, first):
            self.drop(place)
        self.first, self.last = first, last

    @abstractmethod
    def take(self, place: int) -> None: ...

    @abstractmethod
    def drop(self, place: int) -> None: ...


class _Sums(_Window):
    """Averages, sums and counts, from sums that run along."""

    def __init__(self, kind: Statistic, buckets: Sequence[Bucket]) -> None:
        super().__init__(kind)
        self.first = self.last = 0
        # Differences of running sums: no rounding worth seeing, for a chart.
        self._totals = _running([one.total for one in buckets])
        self._counts = _running([one.count for one in buckets]) if kind in _SHARED else []
        self._nonzero = _running([one.nonzero for one in buckets]) if kind in _NONZERO else []

    def move(self, first: int, last: int) -> None:
        self.first, self.last = first, last

    def number(self, start_ms: int, end_ms: int) -> float | None:
        del start_ms, end_ms
        match self.kind:
            case Statistic.COUNT:
                return float(self._grown(self._nonzero))
            case Statistic.UPTIME:
                return self._grown(self._nonzero) / self._grown(self._counts) * 100
            case Statistic.AVERAGE:
                return self._grown(self._totals) / self._grown(self._counts)
            case _:
                return self._grown(self._totals)

    def _grown(self, running: Sequence[float]) -> float:
        return running[self.last] - running[self.first]


def _running(numbers: Sequence[float]) -> list[float]:
    return list(itertools.accumulate(numbers, initial=0.0))


class _Extremes(_Stepping):
    """The largest or the smallest: only those that can still become it are kept."""

    def __init__(self, kind: Statistic, buckets: Sequence[Bucket]) -> None:
        super().__init__(kind, buckets)
        self._kept: deque[int] = deque()
        self._sign = 1.0 if kind is Statistic.MAXIMUM else -1.0

    def _of(self, place: int) -> float:
        one = self.buckets[place]
        return self._sign * (one.maximum if self._sign > 0 else one.minimum)

    def take(self, place: int) -> None:
        while self._kept and self._of(self._kept[-1]) <= self._of(place):
            self._kept.pop()
        self._kept.append(place)

    def drop(self, place: int) -> None:
        if self._kept and self._kept[0] == place:
            self._kept.popleft()

    def number(self, start_ms: int, end_ms: int) -> float | None:
        del start_ms, end_ms
        return self._sign * self._of(self._kept[0]) if self._kept else None


class _Ordered(_Stepping):
    """Percentiles; of sums only the average of each is known."""

    def __init__(self, kind: Statistic, buckets: Sequence[Bucket]) -> None:
        super().__init__(kind, buckets)
        self._ordered: list[float] = []

    def _of(self, place: int) -> float:
        one = self.buckets[place]
        return one.total / one.count

    def take(self, place: int) -> None:
        insort(self._ordered, self._of(place))

    def drop(self, place: int) -> None:
        del self._ordered[bisect_left(self._ordered, self._of(place))]

    def number(self, start_ms: int, end_ms: int) -> float | None:
        del start_ms, end_ms
        return percentile(self._ordered, _PERCENTILES[self.kind]) if self._ordered else None


class _Counter:
    """How far one counter had come at each of its readings; one that starts anew goes on."""

    def __init__(self, buckets: Sequence[Bucket]) -> None:
        levels = [one.total / one.count for one in buckets]
        steps = (increase(before, after) for before, after in itertools.pairwise(levels))
        self.grown = list(itertools.accumulate(steps, initial=0.0))
        # Of a sum the average is known, which a counter had in its middle.
        self.times = array("d", (one.at_ms + one.width_ms / 2 for one in buckets))

    def between(
        self, start_ms: float, end_ms: float, *, from_before: bool
    ) -> tuple[float, float] | None:
        """Growth and milliseconds up to the last reading inside.

        From the first inside; from the last before, if asked for or if there is only one inside,
        unless that is older than the window is long.
        """
        first = bisect_left(self.times, math.nextafter(start_ms, math.inf))
        last = bisect_left(self.times, math.nextafter(end_ms, math.inf)) - 1
        near = 0 < first <= last and self.times[first] - self.times[first - 1] <= end_ms - start_ms
        if near and (from_before or first == last):
            first -= 1
        if last <= first:
            return None
        return self.grown[last] - self.grown[first], self.times[last] - self.times[first]


class _CounterWindow(_Window):
    """Growth of counters, a second or as it is."""

    def __init__(self, kind: Statistic, counters: Sequence[_Counter]) -> None:
        super().__init__(kind)
        self._counters = counters

    def move(self, first: int, last: int) -> None:
        """They find their places themselves."""

    def number(self, start_ms: int, end_ms: int) -> float | None:
        whole = self.kind is Statistic.INCREASE
        found = [one.between(start_ms, end_ms, from_before=whole) for one in self._counters]
        grown = [one for one in found if one is not None and one[1] > 0]
        if not grown:
            return None
        if self.kind is Statistic.RATE:
            return math.fsum(growth / took_ms * 1000 for growth, took_ms in grown)
        return math.fsum(growth for growth, _ in grown)


_WINDOWS: Final[Mapping[Statistic, Callable[[Statistic, Sequence[Bucket]], _Window]]] = {
    Statistic.MAXIMUM: _Extremes,
    Statistic.MINIMUM: _Extremes,
    Statistic.P50: _Ordered,
    Statistic.P95: _Ordered,
}
