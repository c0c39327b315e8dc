"""A process that has imported the program, stands by, and forks for each order it is given.

To import itself costs the program half a second of processor time, which is most of what a start
does. Who gives the orders, and what a fork of it is to be, is for `forked_program` (a command) and
`terminal_child` (the far end of a pseudo-terminal).
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
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
_LONGEST: Final = 1 << 17
_FILES: Final = 2


class Parent:
    """The process that forks, as those see it who give it work.

    Args:
        module: Stands by there, by `python -m`.
    """

    def __init__(self, module: str) -> None:
        self.turn = threading.Lock()
        """Held while an order is given, and while its answer is waited for where there is one."""

        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno())],
                cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def give(self, order: object, files: Sequence[int]) -> None:
        """Have it fork; two open files go with it."""
        socket.send_fds(self.channel, [json.dumps(order).encode()], files)

    def end(self) -> None:
        """No more work; whoever still runs in its session is killed."""
        parent.cache_clear()
        self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@functools.cache
def parent(module: str) -> Parent:
    """The one of this process, begun when it is first asked for."""
    made = Parent(module)
    atexit.register(made.end)
    return made


def orders(
    channel: socket.socket, imported: tuple[str, ...]
) -> Iterator[tuple[list[Any], list[int]]]:
    """In that process: what is to be done with which files, until nobody is left to ask for it.

    Args:
        channel: The other end of `Parent.channel`.
        imported: Beginnings of the modules of `tui`; what they need is imported with them.
    """
    _import(imported)
    gc.freeze()
    while True:
        order, files, _, _ = socket.recv_fds(channel, _LONGEST, _FILES)
        if not order:
            return
        yield json.loads(order), files


def _import(beginnings: tuple[str, ...]) -> None:
    """These modules of `tui`, and what is imported only once it is known what is configured."""
    import providers
    import tui
    import tui.config

    wanted = [
        module.name
        for module in pkgutil.iter_modules(tui.__path__, "tui.")
        if module.name.removeprefix("tui.").startswith(beginnings)
    ]
    for package in (tui.config, providers):
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        wanted += [module.name for module in found]
    for name in wanted:
        importlib.import_module(name)


def become(module: str, line: Sequence[str], environment: Mapping[str, str]) -> None:
    """In a fork: be the program from here on; it ends this process as it would its own."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [module, *line]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def given() -> socket.socket:
    """In that process: its end of the channel."""
    return socket.socket(fileno=int(sys.argv[1]))
