"""What a counter grew by in a sliding window, kept up to date instead of computed anew."""

import bisect
import itertools
import math
from collections import deque

from monitor.statistics import increase


class Increments:
    """The increases of one counter within a sliding time.

    An increase is known to have happened between two readings; it counts from the second of them
    on. Readings further apart than the window say nothing about it: what grew between them may
    be older than it.

    Args:
        window_s: Its length; an increase exactly that old has left.
    """

    def __init__(self, window_s: float) -> None:
        self.window_s = window_s
        self._readings: list[tuple[float, float]] = []
        """Those inside, and the one before them that the first increase is measured from."""

        self._grown: deque[tuple[float, float]] = deque()

    def add(self, at_s: float, value: float | None) -> None:
        """Take a reading in; one that comes late is sorted in, at a cost."""
        if value is None or not math.isfinite(value):
            return
        reading = (at_s, value)
        if not self._readings or reading >= self._readings[-1]:
            self._grow(self._readings[-1] if self._readings else None, reading)
            self._readings.append(reading)
            return
        bisect.insort(self._readings, reading)
        self._grown.clear()
        for before, after in itertools.pairwise(self._readings):
            self._grow(before, after)

    def advance(self, now_s: float) -> float | None:
        """Let go of what has left the window; the time of the newest increase that did."""
        edge_s, left = now_s - self.window_s, None
        while self._grown and self._grown[0][0] <= edge_s:
            left = self._grown.popleft()[0]
        outside = bisect.bisect_right(self._readings, (edge_s, math.inf))
        if outside > 1:
            del self._readings[: outside - 1]
        return left

    @property
    def total(self) -> float | None:
        """What it grew by; None when no two readings tell."""
        if not self._grown:
            return None
        try:
            return math.fsum(grown for _, grown in self._grown)
        except OverflowError:
            return math.inf

    @property
    def since_s(self) -> float | None:
        """When the oldest reading was made; None without any."""
        return self._readings[0][0] if self._readings else None

    def _grow(self, before: tuple[float, float] | None, after: tuple[float, float]) -> None:
        if before is not None and after[0] - before[0] <= self.window_s:
            self._grown.append((after[0], increase(before[1], after[1])))
