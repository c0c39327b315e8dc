"""The program in a process of its own, forked from one that has imported it already.

What a start is, and that each command can be the first thing that is imported, is for those who
start it anew (`test_cli`, `test_whole_starts`, and one test of each command).
"""

import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Final

from tests.standing_by import ROOT, Parent, become, given, orders, parent

Done = subprocess.CompletedProcess[str]
_MODULE: Final = "tests.forked_program"
_IMPORTED: Final = ("commands_", "wire_", "headless", "wiring")
_ANSWER: Final = 20


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
    order = (arguments, dict(environment))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = _answer(parent(_MODULE), order, (out.fileno(), err.fileno()), timeout_s)
        out.seek(0)
        err.seek(0)
        return Done(["quarterdeck", *arguments], code, out.read().decode(), err.read().decode())


def _answer(by: Parent, order: object, files: tuple[int, int], timeout_s: float) -> int:
    """The exit code, once it has ended; one thing at a time."""
    with by.turn:
        by.give(order, files)
        if not select.select([by.channel], [], [], timeout_s)[0]:
            by.end()
            raise TimeoutError(f"{order} did not end within {timeout_s:g} s")
        return int(by.channel.recv(_ANSWER))


def main(channel: socket.socket) -> None:
    """Fork for each order and tell how that ended; become the program there."""
    for (arguments, environment), files in orders(channel, _IMPORTED):
        pid = os.fork()
        if pid == 0:
            channel.close()
            for number, one in enumerate(files, 1):
                os.dup2(one, number)
                os.close(one)
            become("tui", arguments, environment)
            return
        for one in files:
            os.close(one)
        _, status = os.waitpid(pid, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


if __name__ == "__main__":
    with given() as own:
        main(own)
