"""What one exchange saw of its connection: times, bytes, and how far it came."""

import enum
import ssl
from typing import Final

import h11

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


class Wire:
    """The record of one exchange, filled in as it goes, readable also after it failed.

    Args:
        clock: Tells the times.
        method: Of the request; the framing of its answer depends on it.
        limit_bytes: Most bytes taken from the connection.
    """

    def __init__(self, clock: Clock, method: str, limit_bytes: int) -> None:
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._began_s: float | None = None
        self._sent_s: float | None = None
        self._first_byte_s: float | None = None
        self._headers_s: float | None = None
        self._ended_s: float | None = None
        self._reader = _Reader(method)
        self.stage = Stage.WAITING
        self.dns_s: float | None = None
        self.connect_s: float | None = None
        self.tls_s: float | None = None
        self.received_bytes = 0
        self.start = b""
        """The first bytes that came, enough to see whether they are HTTP/1."""

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
            PastLimit: They were too many, or the body comes in crumbs.
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
        if not multiplexed:
            self._reader.feed(data)

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

    def ended(self) -> None:
        """The body is complete."""
        self._ended_s = self.now_s()

    @property
    def clean(self) -> bool:
        """Whether nothing came after the answer that a next one could be mistaken for."""
        return self.multiplexed or self._reader.clean

    @property
    def body_bytes(self) -> int:
        """How much of the body came, before it is decoded; over HTTP/2 this is not counted."""
        return self._reader.body_bytes

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


class _Reader:
    """Reads along with the same parser as the connection, to see where the answer ends.

    Bytes beyond the end would be taken for the answer of the next request. The connection keeps
    them out of sight, so the answer is parsed here a second time (70 µs) for what is left over.
    """

    def __init__(self, method: str) -> None:
        self._parser = h11.Connection(our_role=h11.CLIENT)
        self._parser.send(h11.Request(method=method, target="/", headers=[("Host", "-")]))
        self._parser.send(h11.EndOfMessage())
        self._pieces = 0
        self._interim = 0
        self.body_bytes = 0
        self._ended = False
        self._broken = False

    def feed(self, data: bytes) -> None:
        """Take what came.

        Raises:
            PastLimit: The body comes in pieces so small that only harm explains them.
        """
        if self._broken:
            return
        if self._ended:
            self._broken = bool(data)
            return
        try:
            self._parser.receive_data(data)
            self._drain()
        except h11.RemoteProtocolError:
            self._broken = True

    def _drain(self) -> None:
        while (event := self._parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Data):
                self._count(len(event.data))
            elif isinstance(event, h11.InformationalResponse):
                self._interim += 1
                if self._interim > MOST_INTERIM:
                    raise PastLimit(f"more than {MOST_INTERIM} interim answers came, and no other")
            elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                self._ended = True
                return

    def _count(self, size: int) -> None:
        self._pieces += 1
        self.body_bytes += size
        if self._pieces > FEWEST_PIECES + self.body_bytes // BYTES_A_PIECE:
            raise PastLimit(f"its body comes in crumbs ({self._pieces} pieces)")

    @property
    def clean(self) -> bool:
        return self._ended and not self._broken and not self._parser.trailing_data[0]


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _between_ms(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else (end_s - start_s) * 1000
