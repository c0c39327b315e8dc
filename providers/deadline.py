"""A time limit on what a coroutine waits for, for what is done again and again.

`asyncio.timeout` does the same with two coroutines and an enumeration around it. Between two polls
the processor forgets such code, and what is forgotten costs ten times what it costs in a loop.
"""

import asyncio
from types import TracebackType
from typing import Self


class Deadline:
    """Cancels the task inside once the time is up, and makes that a TimeoutError.

    Use it once, in a plain `with`; a cancellation by anybody else goes through.

    Args:
        limit_s: Seconds from the `with` on; none left means at the next wait.
    """

    __slots__ = ("_asked_before", "_handle", "_limit_s", "_task", "at_s", "expired")

    _asked_before: int
    _handle: asyncio.TimerHandle
    _task: asyncio.Task[object]

    at_s: float
    """The loop's time at which it is over; from the `with` on."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self.expired = False
        """Whether the time was up."""

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline is for a task")
        self._task, self._asked_before = task, task.cancelling()
        self.at_s = loop.time() + self._limit_s
        self._handle = loop.call_at(self.at_s, self._expire)
        return self

    def _expire(self) -> None:
        self.expired = True
        self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._handle.cancel()
        if not self.expired:
            return
        ours_alone = self._task.uncancel() <= self._asked_before
        if ours_alone and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error
