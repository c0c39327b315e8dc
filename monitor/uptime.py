"""The share of good checks over the last 24 hours, in five-minute slices."""

from collections import deque
from typing import Final

SPAN_S: Final = 86_400.0
SLICE_S: Final = 300.0


class Uptime:
    """Counts good and bad checks; its oldest five minutes leave in one piece."""

    __slots__ = ("_bad", "_good", "_slices")

    def __init__(self) -> None:
        self._slices: deque[tuple[float, int, int]] = deque()
        self._good = 0
        self._bad = 0

    def add(self, at_s: float, *, good: int = 0, bad: int = 0) -> None:
        """Count checks made at a tick; what comes late is counted in the newest slice."""
        self._good += good
        self._bad += bad
        if self._slices and at_s < self._slices[-1][0] + SLICE_S:
            start_s, was_good, was_bad = self._slices[-1]
            self._slices[-1] = (start_s, was_good + good, was_bad + bad)
        else:
            self._slices.append((at_s, good, bad))

    def reaches_s(self, now_s: float) -> float:
        """How far back the oldest check lies that is counted."""
        return max(now_s - self._slices[0][0], 0.0) if self._slices else 0.0

    def percent(self, now_s: float) -> float | None:
        """Good checks of all, in percent; None when none was made."""
        while self._slices and self._slices[0][0] <= now_s - SPAN_S:
            _, good, bad = self._slices.popleft()
            self._good -= good
            self._bad -= bad
        total = self._good + self._bad
        return None if not total else 100.0 * self._good / total
