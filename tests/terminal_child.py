"""The program at the far end of a pseudo-terminal: begun anew, or forked from one that stands by.

What a start is, is for `test_whole_starts`; all else takes the one that has been imported already.
It is a session of its own on its own terminal all the same, with its own environment and its end.
"""

import contextlib
import fcntl
import os
import select
import socket
import sys
import termios
from collections.abc import Mapping
from io import TextIOWrapper
from typing import Any, Final, Protocol

from tests.standing_by import become, given, orders, parent

_MODULE: Final = "tests.terminal_child"
_FIRST_OF_FILES: Final = 3
_MOST_FILES: Final = 64
_IMPORTED: Final = ("app", "door", "launch", "run", "screens", "wire_", "wiring")


class Child(Protocol):
    """A program, as its terminal knows it."""

    pid: int

    def ended(self, *, wait: bool = False) -> int | None:
        """Its exit code, minus the number of the signal for one; None while it runs."""


class Started:
    """A new interpreter, as a child of this process."""

    def __init__(self, slave: int, arguments: tuple[str, ...], env: Mapping[str, str]) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                take_terminal(slave)
                os.execve(sys.executable, (sys.executable, *arguments), env)  # noqa: S606 - our own program
            finally:
                os._exit(127)

    def ended(self, *, wait: bool = False) -> int | None:
        pid, status = os.waitpid(self.pid, 0 if wait else os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None


class Forked:
    """One that was forked; who waits for it in our place tells its number, then its end."""

    def __init__(self, slave: int, module: str, line: list[str], env: Mapping[str, str]) -> None:
        self._told, theirs = os.pipe()
        try:
            by = parent(_MODULE)
            with by.turn:
                by.give((module, line, dict(env)), (slave, theirs))
        finally:
            os.close(theirs)
        self.pid = int(os.read(self._told, 20))

    def ended(self, *, wait: bool = False) -> int | None:
        if not select.select([self._told], [], [], None if wait else 0)[0]:
            return None
        status = int(os.read(self._told, 20))
        os.close(self._told)
        return os.waitstatus_to_exitcode(status)


def take_terminal(slave: int) -> None:
    """Lead a session whose terminal this is, with no other file open."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(slave, number)
    os.closerange(_FIRST_OF_FILES, _MOST_FILES)


def _reap() -> None:
    """Those who have waited for a program, and are over themselves."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(channel: socket.socket) -> None:
    """Fork for each order; become the program there."""
    for order, files in orders(channel, _IMPORTED):
        _reap()
        if os.fork() == 0:
            channel.close()
            _wait_for(order, *files)
            return
        for one in files:
            os.close(one)


def _wait_for(order: list[Any], slave: int, told: int) -> None:
    """Begin the program, tell its number, and how it ended; in the program, be it."""
    pid = os.fork()
    if pid == 0:
        take_terminal(slave)
        for stream in (sys.stdout, sys.stderr):
            assert isinstance(stream, TextIOWrapper)
            stream.reconfigure(line_buffering=True)
        become(*order)
        return
    os.close(slave)
    os.write(told, b"%-20d" % pid)
    os.write(told, b"%-20d" % os.waitpid(pid, 0)[1])
    os._exit(0)


if __name__ == "__main__":
    with given() as own:
        main(own)
