"""A last word before a signal ends the process: what we made is removed first."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

_ENDS: Final = (signal.SIGTERM, signal.SIGHUP)


class Farewell:
    """Calls `last` when a signal is about to end the process, and then lets it.

    Only where nobody else handles that signal: a program that does has its own way to stop us.

    Args:
        last: What to do; a second or two at most.
    """

    def __init__(self, last: Callable[[], None]) -> None:
        self._last = last

    def arm(self) -> None:
        """Begin to listen; without effect outside the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _ENDS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._end)

    def disarm(self) -> None:
        """Leave the signals as they were found."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _ENDS:
            if signal.getsignal(number) == self._end:
                signal.signal(number, signal.SIG_DFL)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self._last()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
