"""One HTTP exchange, guarded: the one way out for vendor clients and endpoint checks alike.

What httpx offers above this level is what may not happen here: redirects that carry credentials
along, cookies, proxies and trust stores from the environment, bodies decoded without a limit. So
h11 is used directly for HTTP/1.1, httpcore for HTTP/2, and httpx itself only to read addresses.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.clock import Clock
from providers.deadline import Deadline
from providers.errors import BadAnswer, TimedOut, TooLarge, Unreachable
from providers.http_address import Address
from providers.http_advice import AFTER_STAGE, TOO_LONG_FOR_AN_API
from providers.http_body import Inflater, size_words
from providers.http_message import Connection, Outgoing, RawHeader
from providers.http_network import WatchedNetwork
from providers.http_one import OneConnection
from providers.http_stream import Tail, Taken, refuse_coding, take_lines
from providers.http_wire import Wire
from providers.http_words import BROKEN, explained, untrusted
from providers.tls import shared_context
from providers.tls_certificate import read_untrusted

# Their records hold whole addresses with the query, and header values.
for _name in ("httpcore", "httpx", "hpack", "h2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

Header = tuple[str, str]
USER_AGENT: Final = "quarterdeck"

SENDABLE: Final = re.compile(r"[!-~]+(?:[ \t]+[!-~]+)*")
"""What the value of a header may be (RFC 9110, 5.5), without the bytes beyond ASCII."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Call(Struct, frozen=True, kw_only=True):
    """One request, ready to be sent. Its headers may hold a credential: it is never printed."""

    system: str
    """For errors: the system in the operator's words."""

    operation: str
    """For errors: what is being done."""

    method: str
    address: Address
    headers: Sequence[Header]
    deadline_s: float
    """For everything, from the look-up of the name to the last byte of the body."""

    body_limit_bytes: int
    """Most bytes of the body after decoding."""

    too_long_advice: str = TOO_LONG_FOR_AN_API
    """For errors: what to do about a body that is longer."""

    body: bytes = b""
    """Sent along; may hold a credential."""

    tail: Tail | None = None
    """Take a successful answer as lines, so far and no further."""

    def __repr__(self) -> str:
        return f"Call({self.method} {self.address.shown})"


class Reply(Struct, frozen=True, kw_only=True):
    """A whole answer of any status."""

    status: int
    headers: Sequence[Header]
    """Names in lower case, values as text of Latin-1, in the order they came."""

    body: bytes
    """Decoded; empty when the answer was taken as lines."""

    taken: Taken | None = None
    """What came of an answer that was taken as lines."""

    def header(self, name: str) -> str:
        """The first value of a header; empty without one."""
        return next((value for key, value in self.headers if key == name), "")


class Line:
    """At most one connection to one origin.

    A pool would walk all its connections for each request; one connection for each endpoint stays
    flat from 10 to 1,000 of them. A connection is kept only after an answer that ended where it
    said it would, because bytes beyond that would be read as the answer to the next request.

    Args:
        address: Any address of the origin.
        clock: Tells the phases.
        ca_file: Trust this CA and no other; None: the system's.
        http2: Offer HTTP/2.
        keep_s: How long an idle connection is kept; 0: each exchange has its own.
        away_only: Never connect to this machine: the address was named by a stranger.
    """

    def __init__(
        self,
        address: Address,
        clock: Clock,
        *,
        ca_file: str | None = None,
        http2: bool = False,
        keep_s: float = 0.0,
        away_only: bool = False,
    ) -> None:
        self._origin = address.origin
        self._ca_file = ca_file
        self._http2 = http2
        self._keep_s = keep_s
        self._network = WatchedNetwork(Wire(clock, 0), away_only=away_only)
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()

    async def ask(self, call: Call, wire: Wire) -> Reply:
        """Send one request and read its whole answer.

        Args:
            call: The request, to this origin.
            wire: Filled in on the way, also when the exchange fails.

        Raises:
            TimedOut: The deadline passed; the reason says how far the exchange came.
            Unreachable: No connection, or none that is trusted, or it broke.
            BadAnswer: What came breaks the rules of HTTP.
            TooLarge: More came than the limits allow.
        """
        limit = Deadline(call.deadline_s)
        try:
            with limit:
                async with self._turn:
                    return await self._ask(call, wire)
        except TimeoutError as error:
            if not limit.expired:
                raise
            raise late(call.system, call.operation, call.deadline_s, wire) from error

    async def _ask(self, call: Call, wire: Wire) -> Reply:
        try:
            reply = await self._exchange(call, wire)
        except BROKEN as error:
            await self.close()
            if untrusted(error):
                within_s = call.deadline_s / 4
                wire.untrusted = await read_untrusted(self._origin, within_s)
            raise explained(error, call.system, call.operation, call.address, wire) from error
        except BaseException:
            await self.close()
            raise
        if not self._keep_s or not wire.clean:
            await self.close()
        return reply

    async def _exchange(self, call: Call, wire: Wire) -> Reply:
        if call.address.origin != self._origin:
            raise ValueError("a line leads to one origin")
        self._network.wire = wire
        request = _request(call)
        connection = await self._kept(wire) or await self._made(call, request, wire)
        head = await connection.send(request)
        try:
            wire.answered(head.status, head.http_version)
            headers = _headers(head.headers)
            taken = await _lines(call, connection, head.status, headers)
            body = b"" if taken is not None else await _body(call, connection, headers)
        finally:
            clean = await connection.finish()
        wire.ended(clean=clean)
        return Reply(status=head.status, headers=headers, body=body, taken=taken)

    async def _kept(self, wire: Wire) -> Connection | None:
        """The connection of the exchange before, if it may serve again."""
        if self._connection is not None and self._connection.reusable():
            wire.reused = True
            wire.begin()
            return self._connection
        await self.close()
        return None

    async def _made(self, call: Call, request: Outgoing, wire: Wire) -> Connection:
        context = await self._context(call)
        wire.begin()
        stream = await self._network.connect(self._origin.host, self._origin.port)
        if context is not None:
            stream = await stream.with_tls(context, self._origin.host)
        if stream.multiplexed:
            from providers.http_two import TwoConnection

            self._connection = TwoConnection(stream, request, self._keep_s)
        else:
            self._connection = OneConnection(stream, self._keep_s)
        return self._connection

    async def _context(self, call: Call) -> ssl.SSLContext | None:
        if self._origin.scheme != "https":
            return None
        try:
            return await shared_context(self._ca_file, http2=self._http2)
        except OSError as error:
            why = (
                "no certificate in PEM in it" if isinstance(error, ssl.SSLError) else error.strerror
            )
            reason = f"the CA file {self._ca_file} can not be used: {why}"
            advice = "check ca_file in the configuration"
            raise Unreachable(call.system, call.operation, reason, advice=advice) from error

    async def close(self) -> None:
        """Close the connection, if there is one; never raises, never waits."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.aclose()


def late(system: str, operation: str, deadline_s: float, wire: Wire) -> TimedOut:
    """The error for a deadline that passed, with how far the exchange came."""
    reason = f"no complete answer within {deadline_s:.3g} s, {wire.stage.value}"
    return TimedOut(system, operation, reason, advice=AFTER_STAGE[wire.stage])


def _request(call: Call) -> Outgoing:
    origin = call.address.origin
    host = str(origin).partition("://")[2]
    sent = [("Host", host), ("Accept-Encoding", "identity"), *call.headers]
    for name, value in sent:
        if not _TOKEN.fullmatch(name) or (value and not SENDABLE.fullmatch(value)):
            reason = f"the header {name[:60]!r} holds characters that HTTP can not carry"
            advice = "check headers in the configuration"
            raise BadAnswer(call.system, call.operation, reason, advice=advice)
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in sent]
    if call.body or call.method not in {"GET", "HEAD"}:
        headers.append((b"Content-Length", str(len(call.body)).encode("ascii")))
    return Outgoing(
        method=call.method,
        scheme=origin.scheme,
        host=origin.host,
        port=origin.port,
        target=call.address.target,
        headers=headers,
        body=call.body,
    )


def _headers(raw: Sequence[RawHeader]) -> tuple[Header, ...]:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)


def _values(headers: Sequence[Header], wanted: str) -> str:
    return ", ".join(value for name, value in headers if name == wanted)


async def _lines(
    call: Call, connection: Connection, status: int, headers: Sequence[Header]
) -> Taken | None:
    """The lines of a successful answer; None when it is to be read whole."""
    if call.tail is None or not 200 <= status < 300:
        return None
    refuse_coding(call.system, call.operation, _values(headers, "content-encoding"))
    return await take_lines(connection.body(), call.tail)


async def _body(call: Call, connection: Connection, headers: Sequence[Header]) -> bytes:
    if call.method == "HEAD":
        return b"".join([piece async for piece in connection.body()])
    claimed = _values(headers, "content-length")
    if claimed.isdecimal() and int(claimed[:20]) > call.body_limit_bytes:
        raise TooLarge(
            call.system,
            call.operation,
            f"its body is said to be {size_words(int(claimed[:20]))} long,"
            f" more than {size_words(call.body_limit_bytes)}",
            advice=call.too_long_advice,
        )
    coding = _values(headers, "content-encoding")
    inflater = Inflater(
        call.system,
        call.operation,
        coding,
        call.body_limit_bytes,
        too_long_advice=call.too_long_advice,
    )
    try:
        async for piece in connection.body():
            inflater.feed(piece)
        return inflater.whole()
    finally:
        inflater.let_go()
