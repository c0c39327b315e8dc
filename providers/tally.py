"""How many requests of ours went out lately, by the second and bounded."""

from collections import deque
from typing import Final

from providers.clock import Clock

SPAN_S: Final = 3_600
"""Seconds that are remembered: one number each."""


class Tally:
    """Requests of one client.

    Args:
        clock: Tells when.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: deque[list[int]] = deque(maxlen=SPAN_S)

    def note(self) -> None:
        """One more went out."""
        second = int(self._clock.now().tick_s)
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1][1] += 1
        else:
            self._seconds.append([second, 1])

    def within(self, span_s: float) -> int:
        """How many went out in the last `span_s` seconds, at most `SPAN_S`."""
        since = self._clock.now().tick_s - span_s
        return sum(count for second, count in self._seconds if second > since)
