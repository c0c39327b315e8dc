"""The one place that reads a clock: everybody else is handed a `Clock`."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct


class Moment(Struct, frozen=True, kw_only=True, order=True):
    """An instant by both clocks of the machine.

    Neither is to be trusted alone: the wall clock jumps when somebody sets it, and a monotonic
    clock may stand still while a laptop sleeps (promise P22).
    """

    at: datetime
    """Wall time, always in UTC."""

    tick_s: float
    """Seconds of a clock that never goes back; means nothing outside this process."""

    def age_s(self, now: "Moment") -> float:
        """Seconds from this moment to `now`, by whichever clock saw more of them pass."""
        by_wall = (now.at - self.at).total_seconds()
        return max(by_wall, now.tick_s - self.tick_s, 0.0)


class Clock(Protocol):
    """What is asked for the time, so that tests can hold it still."""

    def now(self) -> Moment:
        """The present by both clocks."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The machine's own clocks."""

    # Linux can count the time asleep as well; elsewhere the wall clock has to notice it.
    _CLOCK_ID: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def now(self) -> Moment:
        """The present by the wall clock and by the time since boot."""
        return Moment(at=datetime.now(UTC), tick_s=time.clock_gettime(self._CLOCK_ID))

    async def sleep(self, seconds: float) -> None:
        """Wait without holding up anybody else."""
        await asyncio.sleep(seconds)
