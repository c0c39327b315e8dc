"""TERM, HUP and INT become an orderly end, and the end becomes a certain one (promise P28)."""

import os
import select
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

from monitor.contained import Contained

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

BOUND_S: Final = 1.4
"""Seconds from a signal until the screen counts as stuck."""

LATE_S: Final = 0.2
"""Seconds the engine is given then to write down what it has to; a hang-up is over within two."""


class SignalWatch:
    """Watches for the signals that end the program, from before the screen opens.

    A Python handler runs between two steps of the main thread; a main thread that is stuck runs
    it, but not what it asks for. So a second thread hears of each signal through a pipe, and
    when the bound is over ends the process itself.

    Args:
        last_resort: Puts the terminal back without waiting for anybody; called in the second
            thread just before the process ends with 128 + the signal.
        bound_s: How long an orderly end may take.
    """

    def __init__(self, last_resort: Callable[[], object], *, bound_s: float = BOUND_S) -> None:
        self._last_resort = last_resort
        self._bound_s = bound_s
        self._pipe = os.pipe()
        self._over = os.pipe()
        self._before: dict[signal.Signals, signal._HANDLER] = {}
        self._thread = threading.Thread(target=self._watch, name="last-resort", daemon=True)
        self.on_signal: Callable[[int], None] | None = None
        """Begins the orderly end; called in the main thread. None: nothing is open yet."""

        self.on_late: Callable[[], None] | None = None
        """The orderly end takes too long, so the engine is ended from the second thread, in which
        this is called; must not block."""

        self.more_s: Callable[[], float] | None = None
        """How much longer the end may take by then: an action that is under way is not cut off.
        Asked in the second thread."""

        self.received: int | None = None
        """The first signal that came."""

    def install(self) -> None:
        """Begin to watch; only from the main thread."""
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._handle)
        self._thread.start()

    def remove(self) -> None:
        """Stop watching: what follows is no business of the screen's."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.write(self._over[1], b"x")
        self._thread.join()
        for fd in (*self._pipe, *self._over):
            os.close(fd)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.received is None:
            self.received = number
            os.write(self._pipe[1], bytes([number]))
        if self.on_signal is None:
            raise SystemExit(128 + number)
        self.on_signal(number)

    def _watch(self) -> None:
        ready = select.select([self._pipe[0], self._over[0]], [], [])[0]
        if self._over[0] in ready:
            return
        number = os.read(self._pipe[0], 1)[0]
        if select.select([self._over[0]], [], [], self._bound_s)[0]:
            return
        with Contained():
            if self.on_late is not None:
                self.on_late()
        if select.select([self._over[0]], [], [], max(self._more_s(), LATE_S))[0]:
            return
        self._last_resort()
        os._exit(128 + number)  # the only way out of a process whose main thread is stuck

    def _more_s(self) -> float:
        asked: list[float] = []
        with Contained():
            asked.append(0.0 if self.more_s is None else self.more_s())
        return asked[0] if asked else 0.0
