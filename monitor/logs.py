"""The newest lines of every log, bounded, and what of them a person asked to see; pure."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from msgspec import Struct

from monitor.log_pack import NAME_AT, LinePacker
from monitor.log_shelf import Shelf
from providers.log_readings import LogLevel, LogLine, LogsReading
from providers.readings import SourceId

MOST_LINES: Final = 5_000
"""Lines kept of one workspace."""

MOST_BYTES: Final = 2 * 1024 * 1024
"""Bytes they may take, packed: room for that many of 400 letters."""

RANKS: Final = {
    LogLevel.DEBUG: 0,
    LogLevel.UNKNOWN: 1,
    LogLevel.INFO: 1,
    LogLevel.WARNING: 2,
    LogLevel.ERROR: 3,
}


class LoggedLine(Struct, frozen=True, kw_only=True, weakref=True):
    """One line and whose it is."""

    source: SourceId
    line: LogLine

    @property
    def key(self) -> str:
        """Names it among all lines."""
        return f"{self.source}#{self.line.id}"


class LogBuffer:
    """The newest lines of the logs of one workspace, in the order of their times.

    A line that comes twice, with the same time, is kept once; one that is older than all of a full
    buffer is dropped. The oldest leave together with those they are folded with.

    Args:
        most: Lines kept.
        most_bytes: What they may take: a flood of long lines leaves room for fewer.
    """

    def __init__(self, most: int = MOST_LINES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._packer = LinePacker()
        self._times = array("d")
        self._packed = Shelf()
        # Unpacked only for as long as somebody has them on a screen.
        self._shown: WeakValueDictionary[bytes, LoggedLine] = WeakValueDictionary()
        self.gaps: dict[SourceId, datetime] = {}
        """Sources that left lines out, and the time of the first line after that."""

    def take(self, source: SourceId, reading: LogsReading) -> None:
        """Take in what one read brought."""
        if reading.gap and reading.lines:
            self.gaps[source] = reading.lines[0].at
        for line in reading.lines:
            self._put_in(source, line)
        self._packed.fold()
        self._drop()

    def _put_in(self, source: SourceId, line: LogLine) -> None:
        at_s = line.at.timestamp()
        first, place = bisect_left(self._times, at_s), bisect_right(self._times, at_s)
        if not place and len(self._times) >= self._most:
            return
        name = self._packer.name(source, line.id)
        if any(old.startswith(name, NAME_AT) for old in self._packed.between(first, place)):
            return
        packed = self._packer.pack(source, line)
        self._times.insert(place, at_s)
        self._packed.insert(place, packed)

    def _drop(self) -> None:
        """Drop the oldest of what is too much."""
        while len(self._packed) > self._most or self._packed.size_bytes > self._most_bytes:
            del self._times[: self._packed.drop()]

    @property
    def size_bytes(self) -> int:
        """What the lines take while nobody has them on a screen."""
        return self._packed.size_bytes

    @property
    def lines(self) -> tuple[LoggedLine, ...]:
        """All of them, oldest first; the same objects again while somebody holds them."""
        return tuple(map(self._unpacked, self._packed))

    def _unpacked(self, packed: bytes) -> LoggedLine:
        logged = self._shown.get(packed)
        if logged is None:
            source, line = self._packer.unpack(packed)
            logged = self._shown[packed] = LoggedLine(source=source, line=line)
        return logged


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
    """Part of a source's name or of who wrote it; one of several, by commas."""

    def passes(self, logged: LoggedLine) -> bool:
        """Whether the line is shown."""
        line = logged.line
        return (
            (self.level is None or RANKS[line.level] >= RANKS[self.level])
            and self.path in line.path.text.casefold()
            and self._status(line.status)
            and self._origin(logged)
            and self._words(line)
        )

    def _origin(self, logged: LoggedLine) -> bool:
        if not self.origin:
            return True
        name = f"{logged.source} {logged.line.origin.text}".casefold()
        return any(one in name for one in self.origin.split(",") if one)

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
