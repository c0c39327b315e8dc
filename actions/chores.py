"""Tasks beside the actions themselves: a bug in one of them is logged, and stops nothing else."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from actions.audit import AuditTrouble
from monitor.contained import Contained

_LOG = logging.getLogger("quarterdeck.actions")


class Chores:
    """Used in the engine's loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = False

    def begin(self, work: Callable[[], Coroutine[object, object, object]], name: str) -> None:
        """Have something done; once it is over, nothing is begun any more."""
        if self._over:
            return

        async def contained() -> None:
            with Contained() as kept:
                await work()
            # That the audit can not be read is told where it is followed.
            if kept.error is not None and not isinstance(kept.error, AuditTrouble):
                _LOG.error("%s: not looked at", name, exc_info=kept.error)

        task = asyncio.create_task(contained(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Stop all of it."""
        self._over = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
