"""Tells on the command line how an action goes on, line by line."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from actions.door_state import DoorState
from actions.running import Running
from actions.verbs import Outcome
from actions.watch import Watched

_BEGINS_S: Final = 5.0
"""Where there is anything that should recover, it is followed by then."""


class Following:
    """One action.

    Args:
        request: Its id.
        tell: Says one line.
    """

    def __init__(self, request: str, tell: Callable[[str], None]) -> None:
        self.newest: Running | None = None
        self.over = asyncio.Event()
        self._request = request
        self._tell = tell
        self._lines = 0
        self._watched = ""
        self._watching = asyncio.Event()
        self._verdict = asyncio.Event()

    def look(self, state: DoorState) -> None:
        """Take in how everything stands."""
        for one in state.running:
            if one.id == self._request:
                self._take(one)

    async def watched(self, stopped: asyncio.Event) -> None:
        """Wait for the verdict on what should recover, if anything is followed."""
        if self.newest is None or self.newest.outcome is not Outcome.DONE:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_BEGINS_S):
                await self._watching.wait()
        if self._watching.is_set():
            await first(self._verdict, stopped)

    def _take(self, running: Running) -> None:
        self.newest = running
        for line in running.log[self._lines :]:
            self._tell(f"{line.at.at:%H:%M:%S} {line.words}")
        self._lines = len(running.log)
        if running.over:
            self.over.set()
        if running.watch is not None:
            self._watch(running.watch)

    def _watch(self, watch: Watched) -> None:
        self._watching.set()
        state = "watched" if watch.verdict is None else watch.verdict.value
        told = f"{state}: {watch.words}"
        if told != self._watched:
            self._watched = told
            self._tell(told)
        if watch.verdict is not None:
            self._verdict.set()


async def first(
    over: asyncio.Event, stopped: asyncio.Event, ending: asyncio.Task[None] | None = None
) -> bool:
    """Wait for the end of something or of the program; whether it was the former."""
    waiting = [asyncio.create_task(one.wait()) for one in (over, stopped)]
    try:
        every = {*waiting, ending} if ending is not None else {*waiting}
        await asyncio.wait(every, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    return over.is_set()
