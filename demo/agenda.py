"""What will happen later in the demo world, done when somebody next looks.

Vendors answer "accepted" and change over time. Nothing here needs a timer for that: every answer
first settles what has become due, in order, each at its own instant. So the world costs nothing
while nobody asks, and a test moves it by moving its clock.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from providers.clock import Clock


class Agenda:
    """Changes that become due, for all services of one world.

    Args:
        clock: Whose time it is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._settling_at: datetime | None = None

    @property
    def now(self) -> datetime:
        """The present; while a change is being made, the instant it was due."""
        return self._settling_at or self._clock.now().at

    def after(self, delay_s: float, change: Callable[[], None]) -> None:
        """Make `change` `delay_s` seconds from now."""
        due = self.now + timedelta(seconds=delay_s)
        heapq.heappush(self._due, (due, next(self._order), change))

    def settle(self) -> datetime:
        """Make every change that is due, the earliest first, and say what time it is."""
        present = self._clock.now().at
        if self._settling_at is not None:
            return self._settling_at
        try:
            while self._due and self._due[0][0] <= present:
                self._settling_at, _, change = heapq.heappop(self._due)
                change()
        finally:
            self._settling_at = None
        return present
