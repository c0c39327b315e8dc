"""32 terminals, sizes and locales, each of which the screen is left in as it was found (P28).

Usage: python -m tests.odd_terminals

Each is begun anew twice: left by its key, and by a hang-up. Some of them run with every suite, in
`test_terminal_program`; all of them take a minute and more processor time than a suite has.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
from msgspec import Struct

from tests.terminal_rig import Terminal

USUAL: Final = (90, 30)
GONE_S: Final = 2.0
"""What a hang-up may take."""

MODES: Final = (25, 1000, 1002, 1004, 1006, 1049, 2004)
"""Cursor, three of the mouse, focus, alternate screen and paste: what a screen switches."""


class Odd(Struct, frozen=True, kw_only=True):
    """One terminal."""

    name: str
    size: tuple[int, int] = USUAL
    environment: dict[str, str] = {}


_SIZES: Final = (
    (0, 0), (1, 1), (2, 2), (10, 3), (20, 5), (40, 12), (60, 16), (80, 24),
    (81, 25), (100, 30), (120, 36), (132, 43), (160, 48), (250, 80), (500, 100),
)  # fmt: skip
_TERMS: Final = (
    "", "dumb", "nonsense", "ansi", "vt100", "linux", "xterm", "xterm-kitty", "screen",
    "screen-256color", "tmux-256color", "rxvt", "alacritty",
)  # fmt: skip
_PLAIN: Final = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

TERMINALS: Final = (
    *(Odd(name=f"{size[0]}x{size[1]}", size=size) for size in _SIZES),
    *(Odd(name=f"TERM={term}", environment={"TERM": term}) for term in _TERMS),
    Odd(name="locale C", environment={**_PLAIN, "LANG": "C", "LC_ALL": "C"}),
    Odd(name="locale that is not there", environment={**_PLAIN, "LC_ALL": "xx_XX.ISO-8859-1"}),
    Odd(name="no HOME", environment={"HOME": "/nowhere", "XDG_STATE_HOME": "", "USER": ""}),
    Odd(name="NO_COLOR", environment={"NO_COLOR": "1", "COLORTERM": "truecolor"}),
)


def opened(odd: Odd, counter: Path, *, anew: bool = True) -> Terminal:
    """The screen in such a terminal, as soon as its first picture was drawn."""
    terminal = Terminal(
        "-m", "tests.terminal_program", str(counter), "",
        size=(max(odd.size[0], 1), max(odd.size[1], 1)), environment=odd.environment, anew=anew,
    )  # fmt: skip
    if not any(odd.size):
        terminal.resize(0, 0)
    assert terminal.pump(20, lambda: terminal.questions > 1), terminal.raw[-500:]
    assert all(b"\x1b[?%dh" % mode in terminal.raw for mode in MODES if mode != 25)
    assert b"\x1b[?25l" in terminal.raw
    return terminal


def wrong(terminal: Terminal, status: int) -> list[str]:
    """What is not as it was."""
    found = [f"mode {mode} is left on" for mode in terminal.modes_left()]
    if terminal.status != status:
        found.append(f"exit status {terminal.status}")
    if not terminal.line_discipline_kept():
        found.append("line discipline changed")
    return found


def _left_by_key(odd: Odd, counter: Path) -> list[str]:
    terminal = opened(odd, counter)
    try:
        terminal.send("q")
        terminal.wait(20)
        return wrong(terminal, 0)
    finally:
        terminal.close()


def _hung_up(odd: Odd, counter: Path) -> tuple[list[str], float]:
    terminal = opened(odd, counter)
    try:
        whole = psutil.Process(terminal.pid)
        family = [whole, *whole.children(recursive=True)]
        began = time.monotonic()
        terminal.hang_up()
        terminal.wait(20)
        took_s = time.monotonic() - began
        _, left = psutil.wait_procs(family, timeout=0)
        found = [f"{len(left)} processes are left"] if left else []
        return found + ([f"gone after {took_s:.1f} s"] if took_s > GONE_S else []), took_s
    finally:
        terminal.close()


def _tried(folder: Path) -> Iterator[tuple[str, list[str], float]]:
    for odd in TERMINALS:
        counter = folder / f"{len(odd.name)}{odd.name.replace('/', '-')}"
        found = _left_by_key(odd, counter)
        more, took_s = _hung_up(odd, counter)
        yield odd.name, found + more, took_s


def main() -> int:
    """Try them all, and tell."""
    with tempfile.TemporaryDirectory() as folder:
        bad, slowest_s = 0, 0.0
        for name, found, took_s in _tried(Path(folder)):
            bad += bool(found)
            slowest_s = max(slowest_s, took_s)
            print(f"{name:28} gone {took_s:4.2f} s after a hang-up  {'; '.join(found) or 'ok'}")
    well = len(TERMINALS) - bad
    print(f"{well} of {len(TERMINALS)}; after a hang-up gone within {slowest_s:.2f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
