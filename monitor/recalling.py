"""Judgement waits for what history knows, and not for long."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from providers.clock import Moment

RECALL_S: Final = 3.0
"""Judgement waits at most this long; reading does not wait at all."""


class Recalling:
    """The recall of one engine, from its start until it is over or given up."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._began_s = 0.0

    @property
    def under_way(self) -> bool:
        """Whether judgement has not begun for its sake."""
        return self._task is not None

    def begin(
        self, recall: Coroutine[Any, Any, None], now: Moment, then: Callable[[], None]
    ) -> None:
        """Recall in a task of the running loop.

        Args:
            recall: Does it.
            now: The instant.
            then: Called when it is over.
        """
        self._began_s = now.tick_s
        self._task = asyncio.get_running_loop().create_task(recall, name="recall")
        self._task.add_done_callback(lambda _: then())

    def waits(self, now: Moment) -> bool:
        """Whether judgement still waits; gives it up when it takes too long."""
        task = self._task
        if task is None:
            return False
        if not task.done() and now.tick_s - self._began_s < RECALL_S:
            return True
        self._task = None
        if task.done():
            # A bug in there is the engine's own, and ends it.
            task.result()
        else:
            task.cancel()
        return False

    def stop(self) -> None:
        """Give it up."""
        if self._task is not None:
            self._task.cancel()
