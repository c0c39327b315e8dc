"""The program in a process of its own, forked from one that has imported it already.

To import itself costs the program 0.4 s of processor time, which is most of what a command does.
What a start is, and that each command can be the first thing that is imported, is for those who
start it anew (`test_cli`, `test_whole_starts`, and one test of each command).
"""

import atexit
import contextlib
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
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

ROOT: Final = Path(__file__).parent.parent
Done = subprocess.CompletedProcess[str]
_LONGEST: Final = 1 << 17
_IMPORTED: Final = ("commands_", "wire_", "headless", "wiring")
"""Beginnings of the modules of a command; what they need is imported with them."""


def started(*arguments: str, environment: Mapping[str, str], timeout_s: float = 60.0) -> Done:
    """`python -m tui`, as a new process of a new interpreter."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout_s,
    )  # fmt: skip


def forked(*arguments: str, environment: Mapping[str, str], timeout_s: float = 60.0) -> Done:
    """The same without the importing: a process of its own, with nothing on its standard input.

    Raises:
        TimeoutError: It did not end; it has been killed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = _parent().run(arguments, environment, (out, err), timeout_s)
        out.seek(0)
        err.seek(0)
        return Done(["quarterdeck", *arguments], code, out.read().decode(), err.read().decode())


class _Parent:
    """The one that forks, as those see it who give it work; one thing at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forked_program", str(theirs.fileno())],
                cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def run(
        self,
        arguments: tuple[str, ...],
        environment: Mapping[str, str],
        files: tuple[BinaryIO, BinaryIO],
        timeout_s: float,
    ) -> int:
        order = json.dumps([arguments, dict(environment)]).encode()
        with self._lock:
            socket.send_fds(self._channel, [order], [one.fileno() for one in files])
            if not select.select([self._channel], [], [], timeout_s)[0]:
                self.end()
                raise TimeoutError(f"{' '.join(arguments)} did not end within {timeout_s:g} s")
            return int(self._channel.recv(_LONGEST))

    def end(self) -> None:
        """No more work; whoever still runs is killed."""
        _parent.cache_clear()
        self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@functools.cache
def _parent() -> _Parent:
    made = _Parent()
    atexit.register(made.end)
    return made


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
        pid = os.fork()
        if pid == 0:
            channel.close()
            arguments, environment = json.loads(order)
            _become(arguments, environment, files)
            return
        for one in files:
            os.close(one)
        _, status = os.waitpid(pid, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(arguments: list[str], environment: dict[str, str], files: list[int]) -> None:
    """Be the program from here on; it ends this process as it would its own."""
    for number, one in enumerate(files, 1):
        os.dup2(one, number)
        os.close(one)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["quarterdeck", *arguments]
    runpy.run_module("tui", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        main(given)
