"""Output to the terminal that never makes the screen's loop wait.

Textual's own writer holds 30 writes and then blocks the event loop, for as long as a hung SSH
session lasts (measured: 30 s and more). This one takes everything at once; whoever draws asks
`backed_up` first and draws nothing while the terminal is behind.
"""

import contextlib
import os
import select
import threading
from collections.abc import Callable
from typing import Final

from tui.terminal_modes import open_beside

MOST_PENDING: Final = 65_536
"""Bytes waiting for the terminal at which drawing stops."""

_CHUNK: Final = 16_384
_CHUNK_BLOCKING: Final = 256
"""What a terminal that polls as writable takes without blocking."""

_LOOK_S: Final = 0.2


class TerminalWriter:
    """One thread that hands bytes to the terminal as fast as it takes them.

    Args:
        fd: The terminal.
        encoding: Of the terminal; signs outside it become `?`.
        on_drained: Called in the writer's thread whenever nothing is waiting any more.
        on_lost: Called in the writer's thread, once, when the terminal is gone.
    """

    def __init__(
        self,
        fd: int,
        *,
        encoding: str,
        on_drained: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._encoding = encoding
        self._on_drained = on_drained
        self._on_lost = on_lost
        beside = open_beside(fd)
        self._fd = os.dup(fd) if beside is None else beside
        self._chunk = _CHUNK_BLOCKING if beside is None else _CHUNK
        self._pending = bytearray()
        self._changed = threading.Condition()
        self._closing = False
        self._lost = False
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    @property
    def pending_bytes(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return len(self._pending)

    @property
    def backed_up(self) -> bool:
        """Whether the terminal is so far behind that nothing more should be drawn."""
        return len(self._pending) > MOST_PENDING

    def write(self, text: str) -> None:
        """Queue `text`; returns at once, from any thread."""
        data = text.encode(self._encoding, "replace")
        with self._changed:
            if not self._lost and not self._closing:
                self._pending += data
                self._changed.notify_all()

    def close(self, wait_s: float) -> bool:
        """Wait at most `wait_s` for the rest to go out, then end.

        Returns:
            Whether the terminal took everything.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            drained = self._changed.wait_for(lambda: not self._pending, wait_s)
            self._pending.clear()
            self._changed.notify_all()
        self._thread.join(_LOOK_S * 2)
        return drained and not self._lost

    def _run(self) -> None:
        try:
            while self._await_work():
                self._push()
        finally:
            with contextlib.suppress(OSError):
                os.close(self._fd)

    def _await_work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closing)
            return bool(self._pending) and not self._lost

    def _push(self) -> None:
        try:
            if not select.select([], [self._fd], [], _LOOK_S)[1]:
                return
            with self._changed:
                chunk = bytes(self._pending[: self._chunk])
            written = os.write(self._fd, chunk)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            self._give_up()
            return
        with self._changed:
            del self._pending[:written]
            drained = not self._pending
            self._changed.notify_all()
        if drained:
            self._on_drained()

    def _give_up(self) -> None:
        with self._changed:
            self._lost = True
            self._pending.clear()
            self._changed.notify_all()
        self._on_lost()
