"""Sliding windows that are kept up to date instead of computed anew.

A day of readings costs as little as five minutes of them: readings lie in small chunks with
their sums, whole chunks leave at once, and only the oldest chunk is added up again. Nothing is
ever subtracted, so no rounding error can pile up.
"""

import math
from array import array
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from monitor.statistics import increase

CHUNK: Final = 64
"""Readings in a chunk."""

EXACT_WINDOW_S: Final = 86_400.0
"""Longer windows keep no single readings but sums over 1/1440 of their length each.

Their edge is as fuzzy as one such slice, and their percentiles are those of the slices' averages.
"""

SLICES: Final = 1_440


class Slice(Struct, frozen=True, kw_only=True):
    """Readings that were already added up, such as a minute from history."""

    start_s: float
    end_s: float
    count: int
    total: float
    nonzero: int
    minimum: float
    maximum: float


class _Chunk:
    """Neighbouring readings with what is asked of them."""

    __slots__ = (
        "count",
        "end_s",
        "maximum",
        "minimum",
        "nonzero",
        "start_s",
        "times",
        "total",
        "values",
    )

    def __init__(self, start_s: float) -> None:
        self.start_s = start_s
        self.end_s = start_s
        self.times = array("d")
        self.values = array("d")
        self.clear()

    def clear(self) -> None:
        self.count = 0
        self.total = 0.0
        self.nonzero = 0
        self.minimum = math.inf
        self.maximum = -math.inf

    def absorb(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.nonzero += value != 0
        if value < self.minimum:
            self.minimum = value
        if value > self.maximum:
            self.maximum = value

    def keep(self, at_s: float, value: float) -> None:
        self.times.append(at_s)
        self.values.append(value)
        self.end_s = at_s
        self.absorb(value)

    def pairs(self) -> list[tuple[float, float]]:
        return list(zip(self.times, self.values, strict=True))

    def drop_until(self, edge_s: float) -> "tuple[array[float], float | None]":
        """Forget readings at or before the edge; returns their values and the newest's time."""
        cut = bisect_left(self.times, math.nextafter(edge_s, math.inf))
        gone, newest = self.values[:cut], self.times[cut - 1] if cut else None
        if cut:
            del self.times[:cut]
            del self.values[:cut]
            self.count = len(self.values)
            self.total = _sum(self.values)
            self.nonzero = self.count - self.values.count(0.0)
            self.minimum = min(self.values, default=math.inf)
            self.maximum = max(self.values, default=-math.inf)
        return gone, newest


def _sum(values: Iterable[float]) -> float:
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return math.inf


class Window:
    """The readings of one metric within a sliding time.

    Args:
        window_s: Its length; a reading exactly that old has left.
        ordered: Whether percentiles will be asked for.
        counter: Whether the rate of a counter will be asked for.
    """

    def __init__(self, window_s: float, *, ordered: bool = False, counter: bool = False) -> None:
        self.window_s = window_s
        self._slice_s = window_s / SLICES if window_s > EXACT_WINDOW_S else 0.0
        self._ordered = array("d") if ordered and not self._slice_s else None
        self._is_counter = counter
        self._chunks: deque[_Chunk] = deque()
        self._growth: deque[tuple[float, float]] = deque()
        self._counter: float | None = None
        self._newest: tuple[float, float | None] | None = None

    def add(self, at_s: float, value: float | None) -> None:
        """Take a reading in; one older than the newest is sorted in, at a cost."""
        if value is not None and not math.isfinite(value):
            value = None
        late = self._newest is not None and at_s < self._newest[0]
        twin = self._newest is not None and at_s == self._newest[0]
        if not late:
            known = self._newest[1] if self._newest is not None and twin else None
            both = [one for one in (known, value) if one is not None]
            self._newest = (at_s, max(both, default=None))
        if value is not None and (late or (twin and self._is_counter)):
            self._insert(at_s, value)
        elif value is not None:
            self._append(at_s, value)

    def preload(self, one: Slice) -> None:
        """Take in what history knows, oldest first and before any new reading.

        A slice of one reading is that reading; a longer one only has its sums.
        """
        if one.count == 1:
            self.add(one.start_s, one.total)
            return
        chunk = _Chunk(one.start_s)
        chunk.end_s = one.end_s
        chunk.count, chunk.total, chunk.nonzero = one.count, one.total, one.nonzero
        chunk.minimum, chunk.maximum = one.minimum, one.maximum
        self._chunks.append(chunk)

    def advance(self, now_s: float) -> float | None:
        """Let go of what has left the window; the time of the newest reading that did."""
        edge_s, left = now_s - self.window_s, None
        while self._chunks and self._chunks[0].end_s <= edge_s:
            left = self._chunks[0].end_s
            self._forget(self._chunks.popleft().values)
        if self._chunks and self._chunks[0].start_s <= edge_s and self._chunks[0].times:
            gone, newest = self._chunks[0].drop_until(edge_s)
            self._forget(gone)
            left = left if newest is None else newest
            if self._chunks[0].times:
                self._chunks[0].start_s = self._chunks[0].times[0]
        while self._growth and self._growth[0][0] <= edge_s:
            self._growth.popleft()
        if self._newest is not None and self._newest[0] <= edge_s:
            self._newest = None
        return left

    @property
    def since_s(self) -> float | None:
        """When the oldest reading inside was made; None when there is none."""
        return self._chunks[0].start_s if self._chunks else None

    @property
    def count(self) -> int:
        """How many numbers are inside."""
        return sum(chunk.count for chunk in self._chunks)

    @property
    def total(self) -> float:
        """Their sum; infinite when it leaves the range of numbers."""
        return _sum(chunk.total for chunk in self._chunks)

    @property
    def nonzero(self) -> int:
        """How many are not 0."""
        return sum(chunk.nonzero for chunk in self._chunks)

    @property
    def minimum(self) -> float:
        """The smallest; infinite when empty."""
        return min((chunk.minimum for chunk in self._chunks), default=math.inf)

    @property
    def maximum(self) -> float:
        """The largest; minus infinity when empty."""
        return max((chunk.maximum for chunk in self._chunks), default=-math.inf)

    @property
    def newest(self) -> tuple[float, float | None] | None:
        """Time and value of the newest reading, a missing number included."""
        return self._newest

    @property
    def rate_per_s(self) -> float | None:
        """Increase of a counter per second over the readings inside; None for fewer than two."""
        if len(self._growth) < 2:
            return None
        (first_s, first), (last_s, last) = self._growth[0], self._growth[-1]
        return None if last_s <= first_s else (last - first) / (last_s - first_s)

    def ordered(self) -> Sequence[float]:
        """The values in ascending order; for a long window the averages of its slices."""
        if self._ordered is not None:
            return self._ordered
        return sorted(chunk.total / chunk.count for chunk in self._chunks if chunk.count)

    def _append(self, at_s: float, value: float) -> None:
        chunk = self._chunks[-1] if self._chunks else None
        if self._slice_s:
            if chunk is None or at_s >= chunk.start_s + self._slice_s:
                chunk = _Chunk(at_s)
                self._chunks.append(chunk)
            chunk.end_s = max(chunk.end_s, at_s)
            chunk.absorb(value)
        else:
            if chunk is None or len(chunk.times) >= CHUNK or (chunk.count and not chunk.times):
                chunk = _Chunk(at_s)
                self._chunks.append(chunk)
            chunk.keep(at_s, value)
        if self._ordered is not None:
            insort(self._ordered, value)
        if self._is_counter:
            self._grow(at_s, value)

    def _grow(self, at_s: float, value: float) -> None:
        """Carry a counter on that never falls: its differences are the increases."""
        carried = self._growth[-1][1] if self._growth else 0.0
        if self._counter is not None and self._growth:
            carried += increase(self._counter, value)
        self._counter = value
        crowded = len(self._growth) > 1 and at_s - self._growth[-2][0] < self._slice_s
        if crowded:
            self._growth.pop()
        self._growth.append((at_s, carried))

    def _insert(self, at_s: float, value: float) -> None:
        """Sort a late reading in by building the window anew; a sum of a slice just takes it."""
        if self._slice_s and self._chunks:
            min(self._chunks, key=lambda one: abs(one.start_s - at_s)).absorb(value)
            return
        slices = [chunk for chunk in self._chunks if not chunk.times]
        pairs = [pair for chunk in self._chunks for pair in chunk.pairs()]
        self._chunks = deque(slices)
        self._growth.clear()
        self._counter = None
        if self._ordered is not None:
            self._ordered = array("d")
        for time_s, number in sorted([*pairs, (at_s, value)]):
            self._append(time_s, number)

    def _forget(self, gone: "array[float]") -> None:
        if self._ordered is None:
            return
        for value in gone:
            del self._ordered[bisect_left(self._ordered, value)]
