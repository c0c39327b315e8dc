"""What is wrong with a configuration file, as values: where, what, and what was perhaps meant."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from providers.text import Foreign
from tui.config.literals import masked

MOST: Final = 300
"""Problems kept of one file; nobody reads more."""

Path = tuple[str | int, ...]
"""Keys and positions from the top of the file to a setting."""


class Place(Struct, frozen=True, kw_only=True, order=True):
    """Where something stands in the file; both count from 1, columns in characters."""

    line: int
    column: int


START: Final = Place(line=1, column=1)

_BREAK: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, and so for its parsers."""


class Lines:
    """The lines of a text, to find the place of a position in it."""

    def __init__(self, text: str) -> None:
        self._begins = [0, *(match.end() for match in _BREAK.finditer(text))]

    def place(self, offset: int) -> Place:
        """Line and column of a position."""
        line = bisect_right(self._begins, offset)
        return Place(line=line, column=offset - self._begins[line - 1] + 1)


class Finding(Struct, frozen=True, kw_only=True):
    """A problem before its place in the file is known."""

    path: Path
    reason: str
    suggestion: str = ""
    at_key: bool = False
    """Whether the key is to blame and not what it holds."""

    about: tuple[Path, ...] = ()
    """What the setting refers to: where that is itself broken, this finding is only an echo."""

    def echoes(self, cut: Path) -> bool:
        """Whether this only repeats that what stood at `cut` could not be used."""
        return any(_related(each, cut) for each in self.about) or _within(cut, self.path)


def _related(one: Path, other: Path) -> bool:
    return _within(one, other) or _within(other, one)


def _within(path: Path, outer: Path) -> bool:
    return path[: len(outer)] == outer


class Problem(Struct, frozen=True, kw_only=True):
    """One problem of the file; its text is safe to draw and holds no values of the file."""

    file: str
    line: int
    column: int
    path: str
    """Dotted, such as `workspaces.lma.kpis.errors.bands`; empty for the file as a whole."""

    reason: str
    suggestion: str = ""
    """What was perhaps meant; empty when nothing is near."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        subject = f" {self.path}:" if self.path else ""
        meant = f" — did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{where}:{subject} {self.reason}{meant}"


class ConfigError(Exception):
    """A configuration that cannot be used.

    Args:
        problems: All that is wrong, in the order of the file; never empty.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def problem(file: str, place: Place, finding: Finding) -> Problem:
    """A finding at its place, with every text made safe to draw and cleaned of tokens."""
    return Problem(
        file=Foreign(file).line(400),
        line=place.line,
        column=place.column,
        path=dotted(finding.path),
        reason=_safe(finding.reason),
        suggestion=_safe(finding.suggestion),
    )


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order of the file; past `MOST` only a word that there are more."""
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column))
    if len(ordered) <= MOST:
        return tuple(ordered)
    last = ordered[MOST]
    rest = Problem(
        file=last.file,
        line=last.line,
        column=last.column,
        path="",
        reason="and more problems from here on",
    )
    return (*ordered[:MOST], rest)


def dotted(path: Path) -> str:
    """A path as people write it: `accounts.main.kind`, `kpis.errors.from[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{_safe(part)}" if text else _safe(part)
    return text


def _safe(text: str) -> str:
    return Foreign(masked(text)).line(300)
