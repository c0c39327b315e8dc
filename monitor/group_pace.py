"""When the next group of reads may begin."""

from collections import deque
from collections.abc import Iterable
from typing import Final

GROUP_GAP_S: Final = 0.02
"""Pause between two groups."""


class GroupPace:
    """Keeps groups apart: by the usual pause, and in the beginning by longer ones if asked to."""

    def __init__(self) -> None:
        self._leads_s: deque[float] = deque()
        self._next_s = float("-inf")

    def lead(self, leads_s: Iterable[float]) -> None:
        """Set how long the next group is ahead of the second, the second of the third, …."""
        self._leads_s.extend(leads_s)

    def go_on(self, now_s: float) -> None:
        """Keep groups no longer apart than ever."""
        self._leads_s.clear()
        self._next_s = min(self._next_s, now_s + GROUP_GAP_S)

    def began(self, now_s: float) -> None:
        """A whole group has begun, and the next has to leave it its time."""
        self._next_s = now_s + (self._leads_s.popleft() if self._leads_s else GROUP_GAP_S)

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next group may begin; 0 or less when it may."""
        return self._next_s - now_s
