"""An event loop in which an hour takes no time: whenever all wait, its clock jumps to the next."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from providers.clock import Moment
from tests.fakes import START

T = TypeVar("T")


class _Jumping(selectors.SelectSelector):
    """Waits for nobody: so it is for what lives in memory, and not for sockets or threads."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits, and nobody for a time"
        self.passed_s += max(timeout, 0.0)
        return super().select(0)


class LoopClock:
    """The clock of such a loop."""

    def __init__(self, waits: _Jumping) -> None:
        self._waits = waits

    def now(self) -> Moment:
        passed_s = self._waits.passed_s
        return Moment(at=START + timedelta(seconds=passed_s), tick_s=passed_s)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, waits: _Jumping) -> None:
        super().__init__(waits)
        self._waits = waits
        # Else the loop would jump over its own timers by what a float can not tell apart.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._waits.passed_s


def warped(story: Callable[[LoopClock], Awaitable[T]]) -> T:
    """What comes of a story that is told in such a loop."""
    waits = _Jumping()
    with asyncio.Runner(loop_factory=lambda: _Loop(waits)) as runner:

        async def told() -> T:
            return await story(LoopClock(waits))

        return runner.run(told())
