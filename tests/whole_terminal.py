"""The real program in a pseudo-terminal: a home of its own, and what its bytes may be."""

import contextlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.terminal_rig import Terminal

_SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])"
)
_OWN = re.compile(
    rb"\x1b(?:\[[\d;]*m|\[\d+;\d+H|\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026"
    rb"|2048)[hl]|\[\?(?:2026|2048)\$p|\[>25u|\[<u|\]22;[a-z]+\x07|\\"
    rb"|\[2[23];0t|\]2;(?:(?:Quarterdeck |offline |\d+! )"
    rb"(?:[ -~]|\xc2[\xa0-\xbf]|[\xc3-\xf4][\x80-\xbf]+)*)?\x07)"
)
"""What the program itself may send: colours, places, the modes of a screen, the pointer's shape,
and a title of its own."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_USED = {"\r", "\n"}
LATE_S = 40.0
"""When what has not come does not come any more, on the busiest of machines."""

MOST_MARKS = 4
"""Combining marks in a row; more would climb over the lines above."""


def strangers(raw: bytes) -> Counter[str]:
    """Everything in the program's output that a terminal would act on and that is not its own."""
    found = Counter(
        repr(sequence)[:60] for sequence in _SEQUENCE.findall(raw) if not _OWN.fullmatch(sequence)
    )
    text = _SEQUENCE.sub(b"", raw).decode("utf-8", "surrogateescape")
    found.update(
        f"U+{ord(sign):04X}"
        for sign in text
        if unicodedata.category(sign) in _INVISIBLE and sign not in _USED
    )
    if re.search(rf"[\u0300-\u036f]{{{MOST_MARKS + 1}}}", text):
        found["combining marks"] += 1
    return found


class Home:
    """A home folder for one user of the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state" / "quarterdeck"
        self.environment = {
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def log(self) -> list[dict[str, object]]:
        """The log, a line each."""
        lines = (self.state / "log.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def errors(self) -> list[dict[str, object]]:
        """What the program logged as an error of its own."""
        return [line for line in self.log() if line["level"] in {"error", "critical"}]

    def everything(self) -> bytes:
        """All that was written to disk."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return b"\n".join(path.read_bytes() for path in files)


@contextlib.contextmanager
def wall(
    home: Home,
    *arguments: str,
    size: tuple[int, int] = (160, 48),
    environment: dict[str, str] | None = None,
    anew: bool = False,
) -> Iterator[Terminal]:
    """The program in a terminal; gone when the `with` ends, however that is."""
    terminal = Terminal(
        "-m", "tui", *arguments,
        size=size, environment=home.environment | (environment or {}), anew=anew,
    )  # fmt: skip
    try:
        yield terminal
    finally:
        terminal.close()


def shown(terminal: Terminal, text: str, seconds: float = LATE_S) -> None:
    """Wait for a text on the screen."""
    assert terminal.pump(seconds, terminal.shows(text)), f"no {text!r} in:\n{terminal.text()}"


def gone(terminal: Terminal, text: str, seconds: float = LATE_S) -> None:
    """Wait until a text is no longer on the screen."""
    away = terminal.pump(seconds, lambda: not terminal.shows(text)())
    assert away, f"still {text!r} in:\n{terminal.text()}"


def click(terminal: Terminal, text: str) -> None:
    """Press and release the mouse on a text of the screen."""
    for row, line in enumerate(terminal.screen.display, 1):
        if text in line:
            # A wide sign takes two places of the screen and one of the text.
            column = line.index(text) + 3
            terminal.send(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
            return
    raise AssertionError(f"no {text!r} in:\n{terminal.text()}")
