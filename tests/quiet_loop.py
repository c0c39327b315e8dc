"""When an event loop has nothing left to do, its threads included."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

_TURNS: Final = 2_000
"""After so many somebody goes on for ever, and the test will say what it misses."""

_THREAD_S: Final = 0.5
"""A thread that takes longer is one that waits for the test."""


class Threads(ThreadPoolExecutor):
    """What `asyncio.to_thread` works with, and who is busy in it."""

    def __init__(self) -> None:
        super().__init__()
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
        loop: Any = asyncio.get_running_loop()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
            if not loop._ready:
                return


def threads_of(loop: Any) -> Threads:
    """The threads of a loop, counted from now on.

    The loop alone keeps them: they know the app that began them, which a table of ours would keep
    with all that it has drawn.
    """
    known = loop._default_executor
    if isinstance(known, Threads):
        return known
    threads = Threads()
    loop.set_default_executor(threads)
    return threads
