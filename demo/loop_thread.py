"""An event loop in a thread of its own, for a world that must not wait for anybody's loop."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

_END_S: Final = 5.0


class LoopThread:
    """A thread that runs an event loop from `start` to `stop`.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: asyncio.Event | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is there."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def inside(self) -> bool:
        """Whether the caller is in that thread."""
        return threading.current_thread() is self._thread

    def start(self) -> None:
        """Begin; returns when the loop runs."""
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(ready)), name=self._name, daemon=True
        )
        self._thread.start()
        ready.wait()

    async def _live(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        ready.set()
        await self._end.wait()

    def submit(self, task: Coroutine[Any, Any, Result]) -> "concurrent.futures.Future[Result]":
        """Run a coroutine in that loop.

        Raises:
            RuntimeError: The thread is not running.
        """
        if self._loop is None or not self.running:
            task.close()
            raise RuntimeError(f"{self._name} is not running")
        return asyncio.run_coroutine_threadsafe(task, self._loop)

    def stop(self) -> None:
        """End the loop, cancel what is left in it, and wait for the thread."""
        if self._loop is not None and self._end is not None and self.running:
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None:
            self._thread.join(_END_S)
        self._thread = None
