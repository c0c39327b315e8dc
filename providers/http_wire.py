"""What one exchange saw of its connection: times, bytes, and how far it came."""

import enum
import ssl
from typing import Final

from providers.clock import Clock
from providers.probe_readings import Certificate, Phases

WIRE_SLACK: Final = 256 * 1024
"""Bytes allowed besides the body: headers (100 kB at most, h11's own limit) and framing."""

FEWEST_PIECES: Final = 2_000
BYTES_A_PIECE: Final = 256
"""A body of many bytes may come in more pieces, at this many bytes each; a piece costs 40 µs."""

BREATHE_FROM: Final = 64 * 1024
"""Bytes after which each read lets the loop go round once."""

MOST_INTERIM: Final = 10
"""Answers of the kind 1xx before the real one."""

HTTP_SIGN: Final = b"HTTP/"
"""How every answer of HTTP/1 begins."""


class Stage(enum.Enum):
    """How far an exchange came, in words that finish "no answer in time …"."""

    WAITING = "while waiting for its turn"
    NAME = "while its name was looked up"
    CONNECT = "while connecting"
    TLS = "during the TLS handshake"
    HEADERS = "while waiting for the first byte"
    MORE_HEADERS = "while its headers were coming"
    BODY = "while its body was coming"


class PastLimit(Exception):
    """The other side sent more than we are willing to take; the message says what."""


class Http2Broken(Exception):
    """What came over HTTP/2 breaks its rules, or an answer was taken back."""


class Wire:
    """The record of one exchange, filled in as it goes, readable also after it failed.

    Args:
        clock: Tells the times.
        limit_bytes: Most bytes taken from the connection.
    """

    def __init__(self, clock: Clock, limit_bytes: int) -> None:
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._began_s: float | None = None
        self._sent_s: float | None = None
        self._first_byte_s: float | None = None
        self._headers_s: float | None = None
        self._ended_s: float | None = None
        self._pieces = 0
        self._interim = 0
        self.stage = Stage.WAITING
        self.dns_s: float | None = None
        self.connect_s: float | None = None
        self.tls_s: float | None = None
        self.received_bytes = 0
        self.start = b""
        """The first bytes that came, enough to see whether they are HTTP/1."""

        self.body_bytes = 0
        """How much of the body came, before it is decoded; over HTTP/2 this is not counted."""

        self.clean = False
        """Nothing came after the answer that a next one could be mistaken for."""

        self.status: int | None = None
        self.http_version = ""
        self.multiplexed = False
        """HTTP/2 is spoken."""

        self.reused = False
        """The connection had served before."""

        self.tls: ssl.SSLObject | None = None
        """Of a connection that was made and trusted in this exchange."""

        self.untrusted: Certificate | None = None
        """What the other side showed when its certificate was refused."""

    def now_s(self) -> float:
        """Seconds of a clock that never goes back."""
        return self._clock.now().tick_s

    def begin(self) -> None:
        """The connection may be made, or used: from here on the other side is waited for."""
        self._began_s = self.now_s()

    def sent(self) -> None:
        """Part of the request has left."""
        self._sent_s = self.now_s()
        if self._first_byte_s is None:
            self.stage = Stage.HEADERS

    def got(self, data: bytes, *, multiplexed: bool) -> None:
        """Bytes came from the connection.

        Raises:
            PastLimit: They were too many.
        """
        if self._first_byte_s is None and self._sent_s is not None:
            self._first_byte_s = self.now_s()
            self.stage = Stage.MORE_HEADERS
        if len(self.start) < len(HTTP_SIGN):
            self.start += data[: len(HTTP_SIGN)]
        self.received_bytes += len(data)
        if self.received_bytes > self._limit_bytes:
            raise PastLimit(f"more than {self._limit_bytes // 1024} KiB came")
        self.multiplexed = multiplexed

    @property
    def has_sent(self) -> bool:
        """Whether any of the request has left this machine."""
        return self._sent_s is not None

    async def breathe(self) -> None:
        """Let others have their turn, and the deadline its say, while much is coming.

        A socket that always has bytes never suspends its reader.
        """
        if self.received_bytes > BREATHE_FROM:
            await self._clock.sleep(0)

    def answered(self, status: int, http_version: str) -> None:
        """The headers are complete."""
        self.status = status
        self.http_version = http_version
        self._headers_s = self.now_s()
        self.stage = Stage.BODY

    def interim(self) -> None:
        """An answer came that is none yet.

        Raises:
            PastLimit: Such answers are all that comes.
        """
        self._interim += 1
        if self._interim > MOST_INTERIM:
            raise PastLimit(f"more than {MOST_INTERIM} interim answers came, and no other")

    def piece(self, size_bytes: int) -> None:
        """A piece of the body came.

        Raises:
            PastLimit: The body comes in pieces so small that only harm explains them.
        """
        self._pieces += 1
        self.body_bytes += size_bytes
        if self._pieces > FEWEST_PIECES + self.body_bytes // BYTES_A_PIECE:
            raise PastLimit(f"its body comes in crumbs ({self._pieces} pieces)")

    def ended(self, *, clean: bool) -> None:
        """The body is complete, and `clean` says whether it was all that came."""
        self._ended_s = self.now_s()
        self.clean = clean

    def phases(self) -> Phases:
        """Where the time went so far; a phase that was not finished is None."""
        body_ms = _between_ms(self._first_byte_s, self._ended_s)
        return Phases(
            dns_ms=_ms(self.dns_s),
            connect_ms=_ms(self.connect_s),
            tls_ms=_ms(self.tls_s),
            first_byte_ms=_between_ms(self._sent_s, self._first_byte_s),
            body_ms=body_ms,
            total_ms=_between_ms(self._began_s, self._ended_s or self.now_s()) or 0.0,
        )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _between_ms(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else (end_s - start_s) * 1000
