"""A terminal to run a program in: a pseudo-terminal, a screen, answers to its questions."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psutil
import pyte
from msgspec import Struct

QUESTION = re.compile(rb"\x1b\[\?(\d+)\$p|\x1b\[(0?c)|\x1b\[>(0?q)|\x1b\[(6n)|\x1b\[\?(u)")
UNREAD = re.compile(
    r"\x1b\[[<=>?][0-9;:]*[ -/]*[@-~]|\x1b\[[0-9;:]*[ -/]+[@-~]|\x1bP.*?\x1b\\", re.DOTALL
)
TAIL = re.compile(r"\x1b(?:\[[0-9;:<=>? -/]*|[P\]][^\x07\x1b]*)?\Z", re.DOTALL)
MODE = re.compile(r"\x1b\[\?([0-9;]+)([hl])")
_NOT_PASSED_ON = {"NO_COLOR", "LINES", "COLUMNS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
WATCHED = {
    "1049": "alternate screen",
    "1000": "mouse",
    "1003": "mouse motion",
    "1006": "SGR mouse",
    "2004": "bracketed paste",
    "1004": "focus events",
    "2048": "in-band resize",
}


class Usage(Struct, frozen=True):
    """What a process and its children have used so far."""

    cpu_s: float
    rss_mb: float
    pss_mb: float
    threads: int


@dataclass
class Terminal:
    """One program in one pseudo-terminal."""

    argv: Sequence[str]
    columns: int = 160
    lines: int = 48
    env: Mapping[str, str] = field(default_factory=dict)
    rate: float | None = None
    """Bytes a second that it reads, as over a bad link; None: as fast as it can."""

    def __post_init__(self) -> None:
        self.screen = pyte.Screen(self.columns, self.lines)
        self.stream = pyte.Stream(self.screen)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.modes: dict[str, bool] = {}
        self.held = ""
        self.tail = b""
        self.bytes_read = 0
        self.shown = list(self.screen.display)
        self.arrived = 0.0
        self.credit, self.counted = 0.0, time.perf_counter()
        self.ended = False
        self.code: int | None = None
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self._become_program()

    def _become_program(self) -> None:
        clean = {k: v for k, v in os.environ.items() if k not in _NOT_PASSED_ON}
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", self.lines, self.columns, 0, 0))
        fixed = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        try:
            os.execvpe(self.argv[0], list(self.argv), {**clean, **fixed, **self.env})
        finally:
            os._exit(127)

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self.fd, keys)

    def read(self, timeout_s: float) -> bool:
        """Take in what comes within `timeout_s`; True when the screen's cells changed."""
        if self.ended or not select.select([self.fd], [], [], timeout_s)[0]:
            return False
        try:
            data = os.read(self.fd, self._allowed())
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.arrived = time.perf_counter()
        self.bytes_read += len(data)
        self._answer(data)
        return self._draw(self.decoder.decode(data))

    def _allowed(self) -> int:
        """How much may be read now; waits for the first byte of it."""
        if self.rate is None:
            return 65536
        now = time.perf_counter()
        self.credit = min(self.credit + (now - self.counted) * self.rate, self.rate / 10)
        self.counted = now
        if self.credit < 64:
            time.sleep((64 - self.credit) / self.rate)
            return self._allowed()
        self.credit -= 64
        return 64

    def _draw(self, text: str) -> bool:
        text = self.held + text
        self.held = ""
        for modes, switch in MODE.findall(text):
            self.modes.update(dict.fromkeys(modes.split(";"), switch == "h"))
        cut = TAIL.search(text)
        if cut and len(text) - cut.start() < 4096:
            text, self.held = text[: cut.start()], text[cut.start() :]
        self.stream.feed(UNREAD.sub("", text))
        return self._changed()

    def _changed(self) -> bool:
        """Whether a cell changed its sign or look; the lines that were written are compared."""
        changed = False
        for y in self.screen.dirty:
            row = self.screen.buffer[y]
            now = "".join(f"{row[x].data}{row[x].fg}{row[x].bg}" for x in range(self.columns))
            if y < len(self.shown) and now != self.shown[y]:
                self.shown[y], changed = now, True
        self.screen.dirty.clear()
        return changed

    def _answer(self, data: bytes) -> None:
        """Answer as a modern terminal does, at most once a question."""
        buffer = self.tail + data
        end = 0
        for question in QUESTION.finditer(buffer):
            end = question.end()
            mode, attributes, version, cursor, keyboard = question.groups()
            if mode is not None:
                known = mode in {b"2026", b"2048"}
                self.send(b"\x1b[?" + mode + (b";2$y" if known else b";0$y"))
            elif attributes:
                self.send(b"\x1b[?62;22c")
            elif version:
                self.send(b"\x1bP>|bench\x1b\\")
            elif cursor:
                self.send(b"\x1b[1;1R")
            elif keyboard:
                self.send(b"\x1b[?0u")
        self.tail = buffer[max(end, len(buffer) - 16) :]

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, seen: Callable[[str], bool], timeout_s: float) -> float | None:
        """Seconds since the start when the screen first satisfied `seen`; None: it never did."""
        limit = time.perf_counter() + timeout_s
        while time.perf_counter() < limit and not self.ended:
            if self.read(0.05) and seen(self.text):
                return self.arrived - self.began
        return None

    def settle(self, quiet_s: float, timeout_s: float) -> float | None:
        """Seconds until the last change before `quiet_s` without one; None when nothing changed.

        Bytes that change no cell, such as the first of a frame over a slow link, end nothing.
        """
        start = time.perf_counter()
        last: float | None = None
        while not self.ended:
            wait_s = timeout_s if last is None else min(last + quiet_s, timeout_s)
            left_s = start + wait_s - time.perf_counter()
            if self.read(max(left_s, 0.0)):
                last = self.arrived - start
            elif left_s <= 0:
                break
        return last

    def drain(self, seconds: float) -> None:
        """Go on reading for so long."""
        limit = time.perf_counter() + seconds
        while (left := limit - time.perf_counter()) > 0 and not self.ended:
            self.read(min(left, 0.2))

    def usage(self) -> Usage:
        """What the program alone has used; children (a demo database) are not its cost."""
        process = psutil.Process(self.pid)
        times, memory = process.cpu_times(), process.memory_full_info()
        return Usage(
            cpu_s=times.user + times.system,
            rss_mb=memory.rss / 2**20,
            pss_mb=memory.pss / 2**20,
            threads=process.num_threads(),
        )

    def alive(self) -> bool:
        """Whether the program is still there."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is None

    def wait_end(self, timeout_s: float) -> float | None:
        """Seconds until the program ended; None when it did not."""
        start = time.perf_counter()
        while time.perf_counter() - start < timeout_s:
            self.read(0.01)
            if not self.alive():
                took = time.perf_counter() - start
                while self.read(0.05):
                    pass
                return took
        return None

    def left_on(self) -> list[str]:
        """Terminal modes that the program switched on and left so."""
        on = [name for mode, name in WATCHED.items() if self.modes.get(mode)]
        return on + (["cursor hidden"] if self.modes.get("25") is False else [])

    def close(self) -> None:
        """End the program if it has not ended, and give the terminal back."""
        if self.alive():
            os.kill(self.pid, signal.SIGTERM)
            if self.wait_end(5.0) is None:
                os.kill(self.pid, signal.SIGKILL)
                self.wait_end(2.0)
        os.close(self.fd)
