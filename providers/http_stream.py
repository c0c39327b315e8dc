"""Reads an answer that may never end: line by line, within bounds of time, lines and bytes.

A stream of logs has no end of its own, so stopping is no failure here: what came until then is the
answer, and why it was stopped is told with it. Only plain bytes are taken. Nothing is inflated, so
a few bytes can not become many.
"""

import asyncio
import enum
from collections.abc import AsyncIterable
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.http_advice import MALFORMED
from providers.http_words import BROKEN

MOST_LINES: Final = 500
MOST_BYTES: Final = 512 * 1024
LONGEST_LINE_BYTES: Final = 32 * 1024


class Cut(enum.Enum):
    """Why no more was read."""

    ENDED = "the other side ended it"
    TIME = "its time was over"
    LINES = "there were too many lines"
    BYTES = "there were too many bytes"
    BROKEN = "the connection broke"

    @property
    def by_limit(self) -> bool:
        """Whether more was there to be read at once."""
        return self in {Cut.LINES, Cut.BYTES}


class Tail(Struct, frozen=True, kw_only=True):
    """How much of an endless answer is taken."""

    patience_s: float
    """From its first byte on."""

    most_lines: int = MOST_LINES
    most_bytes: int = MOST_BYTES
    longest_line_bytes: int = LONGEST_LINE_BYTES
    """A longer line is left out."""


class Taken(Struct, frozen=True, kw_only=True):
    """What came."""

    lines: tuple[bytes, ...] = ()
    """Without their ends; blank ones, which keep connections open, are left out."""

    cut: Cut = Cut.ENDED
    too_long: int = 0
    """Lines left out for their length."""


class LineCutter:
    """Makes lines of pieces, and says when it has enough.

    Args:
        tail: How much is enough.
    """

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._lines: list[bytes] = []
        self._rest = b""
        self._skipping = False
        self._size = 0
        self._too_long = 0
        self.cut = Cut.ENDED

    @property
    def any(self) -> bool:
        """Whether there is a line."""
        return bool(self._lines)

    def feed(self, piece: bytes) -> bool:
        """Take a piece; True once there is enough."""
        room = self._tail.most_bytes - self._size
        self._size += len(piece)
        *ended, self._rest = (self._rest + piece[: max(0, room)]).split(b"\n")
        for line in ended:
            self._keep(line)
            if len(self._lines) >= self._tail.most_lines:
                self.cut = Cut.LINES
                return True
        if len(self._rest) > self._tail.longest_line_bytes:
            self._rest, self._skipping = b"", True
        if self._size > self._tail.most_bytes:
            self.cut = Cut.BYTES
        return self.cut is Cut.BYTES

    def _keep(self, line: bytes) -> None:
        if self._skipping or len(line) > self._tail.longest_line_bytes:
            self._skipping = False
            self._too_long += 1
        elif line.strip():
            self._lines.append(line.removesuffix(b"\r"))

    def taken(self) -> Taken:
        """What came; a line without an end counts when the other side ended the answer."""
        if self.cut is Cut.ENDED and (self._rest or self._skipping):
            self._keep(self._rest)
            self._rest = b""
        return Taken(lines=tuple(self._lines), cut=self.cut, too_long=self._too_long)


async def take_lines(stream: AsyncIterable[bytes], tail: Tail) -> Taken:
    """Read lines until there are enough, the time is over or the stream ends.

    Raises:
        Exception: As the stream does when it breaks before a line came.
    """
    cutter = LineCutter(tail)
    limit = asyncio.timeout(tail.patience_s)
    try:
        async with limit:
            async for piece in stream:
                if cutter.feed(piece):
                    break
    except TimeoutError:
        if not limit.expired():
            raise
        cutter.cut = Cut.TIME
    except BROKEN:
        if not cutter.any:
            raise
        cutter.cut = Cut.BROKEN
    return cutter.taken()


def refuse_coding(system: str, operation: str, coding: str) -> None:
    """Refuse a stream that is compressed.

    Raises:
        BadAnswer: It is; none was asked for.
    """
    if coding.strip().lower() not in {"", "identity"}:
        reason = "its stream is compressed, which was not asked for"
        raise BadAnswer(system, operation, reason, advice=MALFORMED)
