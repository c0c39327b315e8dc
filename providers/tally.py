"""How many requests of ours went out lately, by the second and bounded."""

from array import array
from bisect import bisect_right
from typing import Final

from providers.clock import Clock

SPAN_S: Final = 3_600
"""Seconds that are remembered: two numbers each."""


class Tally:
    """Requests of one client.

    Args:
        clock: Tells when.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Objects of their own for each second would be 100 bytes instead of 16, for every client.
        self._seconds = array("q")
        self._counts = array("L")

    def note(self) -> None:
        """One more went out."""
        second = int(self._clock.now().tick_s)
        if self._seconds and self._seconds[-1] == second:
            self._counts[-1] += 1
            return
        self._seconds.append(second)
        self._counts.append(1)
        left = bisect_right(self._seconds, second - SPAN_S)
        del self._seconds[:left], self._counts[:left]

    def within(self, span_s: float) -> int:
        """How many went out in the last `span_s` seconds, at most `SPAN_S`."""
        since = self._clock.now().tick_s - span_s
        return sum(self._counts[bisect_right(self._seconds, since) :])
