"""One thread that does short things to files, one after the other, while a loop goes on."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from monitor.contained import Contained

T = TypeVar("T")


class Errands:
    """Begins with the first errand; a disk that hangs does not keep the program from ending."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, errand: Callable[[], T]) -> T:
        """What the errand gives, or raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            found: list[T] = []
            with Contained() as contained:
                found.append(errand())
            # The loop may have ended meanwhile, and nobody waits any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, future, found, contained.error)

        self.send(work)
        return await future

    def send(self, errand: Callable[[], None]) -> None:
        """Have something done that does not raise; nobody waits for it."""
        self._queue.put(errand)
        if self._thread is None:
            self._thread = threading.Thread(target=self._main, name=self._name, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread once it has done what it was sent for."""
        if self._thread is not None:
            self._queue.put(None)

    def _main(self) -> None:
        while (errand := self._queue.get()) is not None:
            errand()


def _settle(future: "asyncio.Future[T]", found: list[T], error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(found[0])
