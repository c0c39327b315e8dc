"""Stays with a script to its end, whatever becomes of the program that began it.

A program of its own with nothing but the standard library, run as `python -I -S keeper.py FOLDER`;
what to run comes on its standard input, as JSON. It leaves the terminal and the session of whoever
started it, and comes back at once with

| exit code | meaning |
| --- | --- |
| 0 | the script runs; `FOLDER/state.json` says as which process |
| 3 | it can not be started; `state.json` says why |

From then on `FOLDER/output` grows by a line for each of the script's (known secrets masked), and
when the script has ended `state.json` says how. Once its time is up the script and all that it
started are asked to end, and killed a little later.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

STATE: Final = "state.json"
OUTPUT: Final = "output"
OLDER: Final = "output.older"
LONGEST_LINE: Final = 4_000
LARGEST_BYTES: Final = 1_048_576
"""Of `output`; then it becomes `output.older`, and what was older is gone."""

UNSTARTABLE: Final = 3
_LOOK_S: Final = 0.2
_GRACE_S: Final = 5.0
"""From asking a script to end until it is killed."""

_AFTERWARDS_S: Final = 0.5
_PIECE: Final = 65_536


def _now_s() -> float:
    return time.monotonic()  # noqa: TID251 - a program of its own, which imports nothing of ours


def _started(pid: int) -> str:
    """When a process began, in ticks since boot; empty where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


class Keeper:
    """One script.

    Args:
        folder: Its record.
        given: What to run: `argv`, `folder`, `environment`, `timeout_s`, `secrets`,
            `mask`, and `began_s`, which is only written down.
    """

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        self._folder = folder
        self._given = given
        self._secrets = sorted(given["secrets"], key=len, reverse=True)
        self._began_s = _now_s()
        self._stop = False
        self._rest = b""
        self._written = 0
        self._end = "exited"
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> bool:
        """Start it; False when it can not be."""
        given = self._given
        try:
            self._process = subprocess.Popen(  # noqa: S603 - what the operator's own file names
                given["argv"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=given["folder"],
                env=given["environment"],
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            number = error.errno if isinstance(error, OSError) else None
            why = os.strerror(number).lower() if number else "bad argument"
            self._state(phase="unstartable", why=why)
            return False
        self._state(phase="running", pid=self._process.pid, started=_started(self._process.pid))
        return True

    def stop(self, *_: object) -> None:
        """Somebody asks this program to end: the script is not left alone."""
        self._stop = True

    def work(self) -> None:
        """Listen to it until it has ended."""
        process = self._process
        if process is None or process.stdout is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            self._listen(selector, process)
        self._kill(signal.SIGKILL)
        status = process.wait()
        self._put([self._rest])
        killed = self._end != "exited"
        self._state(
            phase="ended",
            end="signalled" if status < 0 and not killed else self._end,
            code=status if status >= 0 and not killed else None,
            signal=-status if status < 0 else None,
            duration_s=round(_now_s() - self._began_s, 1),
        )

    def _listen(self, selector: selectors.BaseSelector, process: "subprocess.Popen[bytes]") -> None:
        gone_s: float | None = None
        asked_s: float | None = None
        while True:
            open_ = self._heard(selector, process)
            now_s = _now_s()
            if process.poll() is not None:
                gone_s = now_s if gone_s is None else gone_s
                # A child of its may hold the pipe for ever.
                if not open_ or now_s - gone_s > _AFTERWARDS_S:
                    return
            elif asked_s is not None:
                if now_s - asked_s > _GRACE_S:
                    self._kill(signal.SIGKILL)
            elif self._stop or now_s - self._began_s > self._given["timeout_s"]:
                self._end = "stopped" if self._stop else "timed out"
                asked_s = now_s
                self._kill(signal.SIGTERM)

    def _heard(self, selector: selectors.BaseSelector, process: "subprocess.Popen[bytes]") -> bool:
        if not selector.get_map():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_S)
            return False
        for key, _ in selector.select(_LOOK_S):
            piece = os.read(key.fd, _PIECE)
            self._take(piece)
            if not piece:
                selector.unregister(key.fileobj)
        return bool(selector.get_map())

    def _take(self, piece: bytes) -> None:
        whole = (self._rest + piece).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = whole.split(b"\n")
        # A secret shall not be cut in two before it is looked for: only absurd lines are.
        if len(self._rest) > _PIECE:
            lines, self._rest = [*lines, self._rest], b""
        self._put(lines)

    def _put(self, lines: list[bytes]) -> None:
        """Write lines down, each as one line whatever is in it."""
        made = b"".join(self._line(line) for line in lines if line.strip())
        path = self._folder / OUTPUT
        with contextlib.suppress(OSError):
            if self._written and self._written + len(made) > LARGEST_BYTES:
                path.replace(self._folder / OLDER)
                self._written = 0
            with path.open("ab") as file:
                file.write(made)
            self._written += len(made)

    def _line(self, raw: bytes) -> bytes:
        text = raw.decode("utf-8", "replace")
        for secret in self._secrets:
            text = text.replace(secret, self._given["mask"])
        after_s = round(_now_s() - self._began_s, 1)
        return (json.dumps([after_s, text[:LONGEST_LINE]]) + "\n").encode()

    def _kill(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _state(self, **fields: object) -> None:
        """Put down how it stands, whole or not at all."""
        ours = {"keeper": os.getpid(), "keeper_started": _started(os.getpid())}
        known = {"began_s": self._given["began_s"], **ours, **fields}
        beside = self._folder / f".{STATE}"
        with contextlib.suppress(OSError), beside.open("w", encoding="utf-8") as file:
            json.dump(known, file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            beside.replace(self._folder / STATE)


def main(folder: Path) -> int:
    """Begin the script in a process of its own, and say whether it began."""
    os.umask(0o077)
    given = json.load(sys.stdin)
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return 0 if os.read(reader, 1) == b"1" else UNSTARTABLE
    os.close(reader)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keeper = Keeper(folder, given)
    signal.signal(signal.SIGTERM, keeper.stop)
    begun = keeper.begin()
    os.write(writer, b"1" if begun else b"0")
    os.close(writer)
    if begun:
        keeper.work()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
