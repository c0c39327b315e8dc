"""An event loop in which an hour takes no time: whenever all wait, its clock jumps to the next.

With sockets both ends have to be in this loop. Then all wait only when every byte that was sent has
arrived and was read, and no thread has anything to do: however slow the machine is, a clock of this
kind stands still as long as anybody is at work.
"""

import asyncio
import contextlib
import fcntl
import selectors
import struct
import termios
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, Final, TypeVar

from monitor.errands import Errands
from providers.clock import Moment
from tests.fakes import START

T = TypeVar("T")

_ARRIVES_S: Final = 0.002
"""How long the end of a connection may be on its way, which no count of bytes tells."""


class _Jumping(selectors.SelectSelector):
    """Waits for nobody: so it is for what lives in memory, and not for sockets or threads."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits, and nobody for a time"
        self.passed_s += max(timeout, 0.0)
        return super().select(0)


class _Looking(_Jumping):
    """Waits, in the time of the world, for what is on its way."""

    elsewhere = 0
    """How many threads are at work for the loop."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = self._real(0)
        while not found and timeout != 0:
            quiet = self._is_quiet()
            found = self._real(_ARRIVES_S)
            if quiet and not found:
                return super().select(timeout)
        return found

    def _real(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        return selectors.SelectSelector.select(self, timeout)

    def _is_quiet(self) -> bool:
        return not self.elsewhere and not any(map(_is_sending, self.get_map().values()))


def _is_sending(key: selectors.SelectorKey) -> bool:
    """Whether it connects, or what it sent has not arrived so far."""
    if key.events & selectors.EVENT_WRITE:
        return True
    try:
        left = fcntl.ioctl(key.fd, termios.TIOCOUTQ, struct.pack("i", 0))
    except OSError:
        return False  # It listens.
    return bool(struct.unpack("i", left)[0])


class LoopClock:
    """The clock of such a loop."""

    def __init__(self, waits: _Jumping) -> None:
        self._waits = waits

    def now(self) -> Moment:
        passed_s = self._waits.passed_s
        return Moment(at=START + timedelta(seconds=passed_s), tick_s=passed_s)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @contextlib.contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Stands still meanwhile, for a thread is at work."""
        assert isinstance(self._waits, _Looking)
        self._waits.elsewhere += 1
        try:
            yield
        finally:
            self._waits.elsewhere -= 1


class AwaitedErrands(Errands):
    """Errands for which such a clock stands still."""

    def __init__(self, name: str, clock: LoopClock) -> None:
        super().__init__(name)
        self._clock = clock

    async def run(self, errand: Callable[[], T]) -> T:
        with self._clock.elsewhere():
            return await super().run(errand)


def _unknown(*_work: object) -> None:
    raise AssertionError("a thread that the clock does not know of")


class _Loop(asyncio.SelectorEventLoop):
    run_in_executor: Any = staticmethod(_unknown)

    def __init__(self, waits: _Jumping) -> None:
        super().__init__(waits)
        self._waits = waits
        # Else the loop would jump over its own timers by what a float can not tell apart.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._waits.passed_s


def warped(story: Callable[[LoopClock], Awaitable[T]]) -> T:
    """What comes of a story that is told in such a loop, in memory alone."""
    return _told(story, _Jumping())


def warped_with_sockets(story: Callable[[LoopClock], Awaitable[T]]) -> T:
    """What comes of a story whose sockets have both ends in such a loop."""
    return _told(story, _Looking())


def _told(story: Callable[[LoopClock], Awaitable[T]], waits: _Jumping) -> T:
    with asyncio.Runner(loop_factory=lambda: _Loop(waits)) as runner:

        async def told() -> T:
            return await story(LoopClock(waits))

        return runner.run(told())
