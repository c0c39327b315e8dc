"""The newest lines of every log, bounded, and what of them a person asked to see; pure."""

from bisect import insort
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from providers.log_readings import LogLevel, LogLine, LogsReading
from providers.readings import SourceId
from providers.text import Foreign

MOST_LINES: Final = 5_000
"""Lines kept of one workspace."""

LONGEST_LINE: Final = 4_096
"""Signs kept of one line."""

_MOST_WORDS: Final = 512
"""Origins, methods and paths that are kept once for all lines; strangers choose the paths."""

RANKS: Final = {
    LogLevel.DEBUG: 0,
    LogLevel.UNKNOWN: 1,
    LogLevel.INFO: 1,
    LogLevel.WARNING: 2,
    LogLevel.ERROR: 3,
}


class LoggedLine(Struct, frozen=True, kw_only=True):
    """One line and whose it is."""

    source: SourceId
    line: LogLine

    @property
    def key(self) -> str:
        """Names it among all lines."""
        return f"{self.source}#{self.line.id}"


class LogBuffer:
    """The newest lines of the logs of one workspace, in the order of their times.

    A line that comes twice is kept once; one that is older than all of a full buffer is dropped.
    """

    def __init__(self, most: int = MOST_LINES) -> None:
        self._most = most
        self._lines: list[LoggedLine] = []
        self._known: dict[SourceId, set[str]] = {}
        self._words: dict[Foreign, Foreign] = {}
        self.gaps: dict[SourceId, datetime] = {}
        """Sources that left lines out, and the time of the first line after that."""

    def take(self, source: SourceId, reading: LogsReading) -> None:
        """Take in what one read brought."""
        if reading.gap and reading.lines:
            self.gaps[source] = reading.lines[0].at
        known = self._known.setdefault(source, set())
        for line in reading.lines:
            if line.id not in known:
                known.add(line.id)
                insort(self._lines, LoggedLine(source=source, line=self._lean(line)), key=_time)
        for dropped in self._lines[: -self._most]:
            self._known[dropped.source].discard(dropped.line.id)
        del self._lines[: -self._most]

    def _lean(self, line: LogLine) -> LogLine:
        """The line with words that many lines share, kept once for all of them."""
        if len(self._words) > _MOST_WORDS:
            self._words.clear()
        shared = self._words.setdefault
        return replace(
            line,
            origin=shared(line.origin, line.origin),
            method=shared(line.method, line.method),
            path=shared(line.path, line.path),
        )

    @property
    def lines(self) -> tuple[LoggedLine, ...]:
        """All of them, oldest first."""
        return tuple(self._lines)


def _time(logged: LoggedLine) -> datetime:
    return logged.line.at


class LogFilter(Struct, frozen=True, kw_only=True):
    """What a person asked to see."""

    words: tuple[str, ...] = ()
    """All must stand in the line; in lower case."""

    without: tuple[str, ...] = ()
    """None may stand in it."""

    level: LogLevel | None = None
    """At least as bad as this."""

    path: str = ""
    status: str = ""
    """`503`, or `5xx` for a hundred of them."""

    origin: str = ""

    def passes(self, logged: LoggedLine) -> bool:
        """Whether the line is shown."""
        line = logged.line
        return (
            (self.level is None or RANKS[line.level] >= RANKS[self.level])
            and self.path in line.path.text.casefold()
            and self._status(line.status)
            and self.origin in f"{logged.source} {line.origin.text}".casefold()
            and self._words(line)
        )

    def _status(self, status: int | None) -> bool:
        wanted = self.status
        if not wanted:
            return True
        return status is not None and str(status).startswith(wanted.removesuffix("xx"))

    def _words(self, line: LogLine) -> bool:
        if not (self.words or self.without):
            return True
        text = f"{line.text.text} {line.path.text} {line.method.text}".casefold()
        has_all = all(word in text for word in self.words)
        return has_all and not any(word in text for word in self.without)


def parse_filter(typed: str) -> tuple[LogFilter, str]:
    """What was typed: words, `-word`, `level:`, `path:`, `status:`, `from:`.

    Returns:
        The filter, and what in it was not understood; empty when all was.
    """
    words: list[str] = []
    without: list[str] = []
    named: dict[str, str] = {}
    problem = ""
    for part in typed.casefold().split():
        key, colon, value = part.partition(":")
        if colon and key in {"level", "path", "status", "from"}:
            named[key] = value
        elif part.startswith("-") and len(part) > 1:
            without.append(part[1:])
        else:
            words.append(part)
    level, problem = _level(named.get("level", ""))
    status = named.get("status", "")
    if status and not (status.removesuffix("xx").isdecimal() and len(status) <= 3):
        problem, status = f"status:{status} is no status such as 503 or 5xx", ""
    parsed = LogFilter(
        words=tuple(words),
        without=tuple(without),
        level=level,
        path=named.get("path", ""),
        status=status,
        origin=named.get("from", ""),
    )
    return parsed, problem


def _level(word: str) -> tuple[LogLevel | None, str]:
    if not word:
        return None, ""
    for level in LogLevel:
        if level.value.startswith(word) and level is not LogLevel.UNKNOWN:
            return level, ""
    return None, f"level:{word} is none of debug, info, warning, error"


def chosen(lines: Iterable[LoggedLine], wanted: LogFilter) -> tuple[LoggedLine, ...]:
    """The lines that pass, in their order."""
    return tuple(logged for logged in lines if wanted.passes(logged))
