"""When an event loop has nothing left to do, its threads included."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final
from weakref import WeakKeyDictionary

_TURNS: Final = 2_000
"""After so many somebody goes on for ever, and the test will say what it misses."""

_THREAD_S: Final = 0.5
"""A thread that takes longer is one that waits for the test."""


class Threads(ThreadPoolExecutor):
    """What `asyncio.to_thread` works with, and who is busy in it.

    Args:
        loop: The loop that hands work to them.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop: Any = loop
        self._busy: set[Future[Any]] = set()

    def submit(self, call: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future = super().submit(call, *given, **named)
        self._busy.add(future)
        future.add_done_callback(self._busy.discard)
        return future

    async def nothing_left(self) -> None:
        """Come back when all who are left wait: for a key, a time, or what comes from outside."""
        await self._turn()
        while busy := [asyncio.wrap_future(one) for one in tuple(self._busy)]:
            done, late = await asyncio.wait(busy, timeout=_THREAD_S)
            for one in done:
                # Whoever asked the thread is told; here nobody is.
                if not one.cancelled():
                    one.exception()
            await self._turn()
            if late:
                return

    async def _turn(self) -> None:
        """Let the loop go round until nobody is left who could go on at once."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
            if not self._loop._ready:
                return


_BY_LOOP: WeakKeyDictionary[asyncio.AbstractEventLoop, Threads] = WeakKeyDictionary()


def threads_of(loop: asyncio.AbstractEventLoop) -> Threads:
    """The threads of a loop, counted from now on."""
    if loop not in _BY_LOOP:
        _BY_LOOP[loop] = Threads(loop)
        loop.set_default_executor(_BY_LOOP[loop])
    return _BY_LOOP[loop]
