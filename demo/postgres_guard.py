"""Stops a demo server whose owner went away without stopping it.

Run as a program with the postmaster's pid and the server's private folder; waits on standard
input. The line `goodbye` means that all is in order; the end of input without it means that the
owner is dead. Standard library only, and started without site packages, so that it costs little.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

_STEPS = ((signal.SIGQUIT, 3.0), (signal.SIGKILL, 2.0))


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _still_ours(pid: int, folder: str) -> bool:
    """Whether that pid is still the server of this folder and not somebody who got its number."""
    try:
        with open(os.path.join(folder, "data", "postmaster.pid")) as pidfile:  # noqa: PTH118,PTH123 - one import less
            written = pidfile.readline().strip()
    except OSError:
        return False
    return written == str(pid) and _is_there(pid)


def _stop(pid: int, folder: str) -> None:
    for number, patience_s in _STEPS:
        if not _still_ours(pid, folder):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, number)
        deadline = time.monotonic() + patience_s
        while _still_ours(pid, folder) and time.monotonic() < deadline:
            time.sleep(0.05)


def main() -> None:
    """Wait for the owner's goodbye, or for its death."""
    pid, folder = int(sys.argv[1]), sys.argv[2]
    if sys.stdin.buffer.read().endswith(b"goodbye\n"):
        return
    _stop(pid, folder)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
