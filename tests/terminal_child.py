"""The program at the far end of a pseudo-terminal: begun anew, or forked from one that stands by.

To begin it anew costs half a second of processor time, most of it for what it imports. What a
start is, is for `test_whole_starts`; all else takes the one that has been imported already. It
is a session of its own on its own terminal all the same, with its own environment and its end.
"""

import atexit
import contextlib
import fcntl
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Final, Protocol

ROOT: Final = Path(__file__).parent.parent
_LONGEST: Final = 1 << 17
_FIRST_OF_FILES: Final = 3
_MOST_FILES: Final = 64
_IMPORTED: Final = ("app", "door", "launch", "run", "screens", "wire_", "wiring")
"""Beginnings of the modules of a wall; what they need is imported with them."""


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
            _parent().begin((module, line, dict(env)), (slave, theirs))
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


class _Parent:
    """The process that forks, as those see it who give it work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.terminal_child", str(theirs.fileno())],
                cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def begin(
        self, order: tuple[str, list[str], Mapping[str, str]], files: tuple[int, int]
    ) -> None:
        with self._lock:
            socket.send_fds(self._channel, [json.dumps(order).encode()], files)

    def end(self) -> None:
        self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@functools.cache
def _parent() -> _Parent:
    made = _Parent()
    atexit.register(made.end)
    return made


def _reap() -> None:
    """Those who have waited for a program, and are over themselves."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(channel: socket.socket) -> None:
    """Fork for each order, until nobody is left who could give one; become the program there."""
    import tui

    for module in pkgutil.iter_modules(tui.__path__, "tui."):
        if module.name.removeprefix("tui.").startswith(_IMPORTED):
            importlib.import_module(module.name)
    gc.freeze()
    while True:
        order, files, _, _ = socket.recv_fds(channel, _LONGEST, 2)
        if not order:
            return
        _reap()
        if os.fork() == 0:
            channel.close()
            _wait_for(json.loads(order), *files)
            return
        for one in files:
            os.close(one)


def _wait_for(order: tuple[str, list[str], dict[str, str]], slave: int, told: int) -> None:
    """Begin the program, tell its number, and how it ended; in the program, be it."""
    pid = os.fork()
    if pid == 0:
        take_terminal(slave)
        _become(*order)
        return
    os.close(slave)
    os.write(told, b"%-20d" % pid)
    os.write(told, b"%-20d" % os.waitpid(pid, 0)[1])
    os._exit(0)


def _become(module: str, line: list[str], environment: dict[str, str]) -> None:
    """Be the program from here on; it ends this process as it would its own."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, TextIOWrapper)
        stream.reconfigure(line_buffering=True)
    sys.argv = [module, *line]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        main(given)
