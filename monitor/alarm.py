"""Wakes a waiting loop at an instant, without setting the same alarm over and over."""

import asyncio
from typing import Final

from providers.clock import Clock

SAME_S: Final = 0.001
"""Two instants that are no farther apart are one."""


class Alarm:
    """Sets an event when a clock reaches an instant; what woke the loop before leaves it set.

    Args:
        clock: Sleeps until then.
        wake: Set when the time has come.
    """

    def __init__(self, clock: Clock, wake: asyncio.Event) -> None:
        self._clock = clock
        self._wake = wake
        self._sleeper: asyncio.Future[None] | None = None
        self._tick_s = 0.0

    def set(self, tick_s: float, seconds: float) -> None:
        """Ring at this tick, which is so many seconds from now, and at no other."""
        asleep = self._sleeper is not None and not self._sleeper.done()
        if asleep and abs(self._tick_s - tick_s) < SAME_S:
            return
        self.stop()
        self._sleeper = asyncio.ensure_future(self._clock.sleep(seconds))
        self._sleeper.add_done_callback(self._slept)
        self._tick_s = tick_s

    def stop(self) -> None:
        """Do not ring."""
        if self._sleeper is not None:
            self._sleeper.cancel()

    def _slept(self, sleeper: asyncio.Future[None]) -> None:
        if not sleeper.cancelled():
            self._wake.set()
