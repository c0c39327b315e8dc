"""Fakes shared by the suite, written by hand against the protocols."""

import asyncio
from datetime import UTC, datetime, timedelta

from providers.clock import Moment

START = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: datetime = START) -> None:
        self._at = start
        self._tick_s = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> Moment:
        return Moment(at=self._at, tick_s=self._tick_s)

    @property
    def sleeping(self) -> int:
        """How many are waiting for time to pass."""
        return sum(not sleeper.done() for _, sleeper in self._sleepers)

    def advance(self, seconds: float) -> None:
        """Let time pass by both clocks, and wake whoever slept long enough."""
        self._at += timedelta(seconds=seconds)
        self._tick_s += seconds
        for due_s, sleeper in self._sleepers:
            if due_s <= self._tick_s and not sleeper.done():
                sleeper.set_result(None)
        self._sleepers = [entry for entry in self._sleepers if not entry[1].done()]

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._tick_s + seconds, sleeper))
        await sleeper
