"""Brings the screen to look at its engine: at the engine's news, and when none come."""

import asyncio
import contextvars
from collections.abc import Callable

from monitor.contained import Contained


class Later:
    """Does one thing a while after it was last asked to, without a task that waits for it.

    Args:
        act: What to do, on the loop of whoever called `begin`.
        failed: Told the exception of a bug in it.
    """

    def __init__(self, act: Callable[[], object], failed: Callable[[Exception], object]) -> None:
        self._act = act
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = contextvars.Context()
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Take the caller's loop and context: widgets ask the context which app they belong to."""
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()

    @property
    def pending(self) -> bool:
        """Whether it is still to act."""
        return self._next is not None

    def act_in(self, seconds: float) -> None:
        """Act after so long, instead of when it was said last."""
        self._forget()
        if self._loop is not None:
            self._next = self._loop.call_later(seconds, self._run, context=self._context)

    def end(self) -> None:
        """Act no more."""
        self._loop = None
        self._forget()

    def _forget(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _run(self) -> None:
        self._forget()
        if self._loop is None:
            return
        with Contained() as contained:
            self._act()
        if contained.error is not None:
            self._failed(contained.error)


class Heartbeat(Later):
    """Wakes the screen once for each piece of news instead of once for that and once for a timer.

    Args:
        look: Looks at the engine; runs on the screen's loop.
        failed: Told the exception of a bug in it.
    """

    _awake = False

    def news(self, _news: object) -> None:
        """From any thread: look soon; more news before that are seen by the same look."""
        loop = self._loop
        if self._awake or loop is None:
            return
        self._awake = True
        try:
            loop.call_soon_threadsafe(self._run, context=self._context)
        except RuntimeError:
            self._awake = False  # the screen's loop has ended; the engine need not know

    def _run(self) -> None:
        self._awake = False
        super()._run()
