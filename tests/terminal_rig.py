"""A terminal to run the program in: answers questions, can stall or hang up, knows its modes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.terminal_child import Child, Forked, Started
from tests.terminal_screen import TextScreen

ROOT = Path(__file__).parent.parent
_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_KITTY_ON, _KITTY_OFF = re.compile(rb"\x1b\[>\d+u"), re.compile(rb"\x1b\[<u")
_USUAL = {7, 25}
"""Modes that are on in a terminal nobody has touched."""


_OF_A_HOME = ("HOME", "TMPDIR", "XDG_")
"""Beginnings of what may differ for a program that has been imported already."""


def _begun(
    slave: int,
    arguments: tuple[str, ...],
    env: dict[str, str],
    special: dict[str, str],
    *,
    anew: bool,
) -> Child:
    """A module on a usual terminal is forked, all else is a new interpreter."""
    usual = arguments[0] == "-m" and all(name.startswith(_OF_A_HOME) for name in special)
    if usual and not anew:
        return Forked(slave, arguments[1], list(arguments[2:]), env)
    return Started(slave, arguments, env)


class Terminal:
    """One program in one pseudo-terminal of its own session."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (120, 36),
        answers: bool = True,
        environment: dict[str, str] | None = None,
        anew: bool = False,
    ) -> None:
        self.answers = answers
        self.reading = True
        self.raw = b""
        self.questions = self._owed = 0
        self._drawn: tuple[int, list[str]] = (-1, [])
        self.screen = TextScreen(*size)
        env = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS", "LINES"}}
        env |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        env |= environment or {}
        self.master, slave = pty.openpty()
        self.slave = slave
        self.resize(*size)
        self.before = termios.tcgetattr(slave)
        self._child = _begun(
            slave, arguments, env, {} if environment is None else environment, anew=anew
        )
        self.pid = self._child.pid
        self.status: int | None = None

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def send(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def pump(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Read for so long, or until something holds; answers questions while it reads."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if until is not None and until():
                return True
            if not self.reading or self.master < 0:
                time.sleep(min(left, 0.02))
            elif select.select([self.master], [], [], min(left, 0.02))[0]:
                self._read()
            if self.ended:
                self._drain()
                return until is None or until()
        return until is not None and until()

    def settle(self, quiet_s: float = 0.4, within_s: float = 6) -> None:
        """Read until nothing has come for a while: the drawing is through."""
        end = time.monotonic() + within_s
        size = -1
        while size != len(self.raw) and time.monotonic() < end:
            size = len(self.raw)
            self.pump(quiet_s)

    def _read(self) -> bool:
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += data
        self.screen.feed(data)
        found = data.count(b"\x1b[?2026$p")
        self.questions += found
        if self.answers:
            os.write(self.master, b"\x1b[?2026;2$y" * found)
        else:
            self._owed += found
        return bool(data)

    def catch_up(self) -> None:
        """From now on it answers, and what it was asked before as well: a line that was slow."""
        self.answers = True
        os.write(self.master, b"\x1b[?2026;2$y" * self._owed)
        self._owed = 0

    def _drain(self) -> None:
        while self.reading and self.master >= 0 and select.select([self.master], [], [], 0)[0]:
            if not self._read():
                return

    def shows(self, text: str) -> Callable[[], bool]:
        return lambda: any(text in line for line in self._display())

    def text(self) -> str:
        return "\n".join(self._display())

    def _display(self) -> list[str]:
        """The lines of the screen, put together anew only after something came."""
        if self._drawn[0] != len(self.raw):
            self._drawn = (len(self.raw), self.screen.display)
        return self._drawn[1]

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def stopped(self) -> bool:
        """Whether the program sleeps until it is continued."""
        return psutil.Process(self.pid).status() == psutil.STATUS_STOPPED

    def hang_up(self) -> None:
        """Close both ends that are ours: the kernel tells the session."""
        os.close(self.slave)
        os.close(self.master)
        self.slave = self.master = -1

    @property
    def ended(self) -> bool:
        if self.status is None:
            self.status = self._child.ended()
        return self.status is not None

    def wait(self, seconds: float) -> float:
        """Wait for the end; how long it took. Fails when it did not come."""
        start = time.monotonic()
        while not self.ended and time.monotonic() - start < seconds:
            self.pump(0.02)
        took = time.monotonic() - start
        assert self.ended, f"still running after {seconds} s:\n{self.text()}"
        self._drain()
        return took

    def modes_left(self) -> set[int]:
        """Modes of the terminal that are not as they were."""
        on = set(_USUAL)
        for numbers, what in _MODE.findall(self.raw):
            for number in map(int, numbers.split(b";")):
                (on.add if what == b"h" else on.discard)(number)
        kitty = len(_KITTY_ON.findall(self.raw)) > len(_KITTY_OFF.findall(self.raw))
        return (on ^ _USUAL) | ({-1} if kitty else set())

    def line_discipline_kept(self) -> bool:
        return termios.tcgetattr(self.slave) == self.before

    def close(self) -> None:
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            self.status = self._child.ended(wait=True)
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)
