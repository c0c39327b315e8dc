"""Carries faults out, in front of a service that knows nothing of them."""

import functools
import json
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from demo.distort import distort, distorts
from demo.faults import Fault, FaultKind, Faults
from demo.serve import reset
from providers.clock import Clock

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ErrorBody = Callable[[int, str, str, Mapping[str, object]], bytes]
"""Makes the vendor's own error body: status, code, message, more members."""

BOMB_BYTES: Final = 1 << 30
_BOMB_BLOCK: Final = 1 << 20
_ENDLESS_BLOCK: Final = b" " * 65_536
_HUGE: Final = 10_000_000_000
_DRIP_S: Final = 0.4
_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>%s</title></head>"
    b"<body><h1>%s</h1><p>This page was not what you asked for.</p></body></html>"
)
_STATUSES: Final = {
    FaultKind.UNAUTHORIZED: (401, "unauthorized", "Bad credentials"),
    FaultKind.FORBIDDEN: (403, "forbidden", "Not authorized"),
    FaultKind.NOT_FOUND: (404, "not_found", "Not found"),
    FaultKind.RATE_LIMITED: (429, "rate_limited", "Rate limit exceeded"),
    FaultKind.UNAVAILABLE: (503, "unavailable", "Service unavailable"),
}


def plain_error(_status: int, code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """The error body of a service without a shape of its own."""
    return json.dumps({"error": code, "message": message, **extra}).encode()


class Misbehave:
    """An ASGI app that answers for another one, unless a fault strikes.

    Args:
        app: The service itself.
        service: Its name, by which faults are switched.
        faults: What is wrong now.
        clock: Whose time passes.
        trap: Where `redirect-elsewhere` leads by default.
        error_body: The service's own error shape.
    """

    def __init__(
        self,
        app: "ASGIApp",
        service: str,
        faults: Faults,
        clock: Clock,
        *,
        trap: Callable[[], str] = lambda: "http://localhost:9/",
        error_body: ErrorBody = plain_error,
    ) -> None:
        self._app = app
        self._service = service
        self._faults = faults
        self._clock = clock
        self._trap = trap
        self._error_body = error_body

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        fault = self._faults.strike(self._service, scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif distorts(fault.kind):
            await self._bend(fault, scope, receive, send)
        elif fault.kind in _STATUSES:
            await self._refuse(fault, send)
        elif fault.kind in _ACTING:
            await self._app(scope, receive, _nowhere)
            await _ACTING[fault.kind](scope, receive, send, self._clock)
        elif fault.kind in _RAW:
            await _RAW[fault.kind](scope, receive, send, self._clock)
        elif fault.kind is FaultKind.REDIRECT_ELSEWHERE:
            where = fault.location or self._trap()
            await _answer(send, 307, b"", {"location": where})
        else:
            await self._clock.sleep(fault.seconds)
            await self._app(scope, receive, send)

    async def _refuse(self, fault: Fault, send: "Send") -> None:
        status, code, message = _STATUSES[fault.kind]
        headers = {"content-type": "application/json"}
        if fault.kind is FaultKind.RATE_LIMITED:
            headers["retry-after"] = str(round(fault.seconds))
        await _answer(send, status, self._error_body(status, code, message, {}), headers)

    async def _bend(self, fault: Fault, scope: "Scope", receive: "Receive", send: "Send") -> None:
        started: list[Message] = []
        body = bytearray()

        async def gather(message: "Message") -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                if _streams(message):
                    await send(message)
            elif _streams(started[0]):
                await send({**message, "body": _bent_lines(message, fault.kind)})
            else:
                body.extend(message.get("body", b""))

        await self._app(_unconditional(scope), receive, gather)
        if _streams(started[0]):
            return
        bent = distort(bytes(body), fault.kind)
        kept = [
            (name, value)
            for name, value in started[0]["headers"]
            if name.lower() not in {b"content-length", b"etag"}
        ]
        length = (b"content-length", str(len(bent)).encode())
        await send({**started[0], "headers": [*kept, length]})
        await send({"type": "http.response.body", "body": bent})


def _streams(start: "Message") -> bool:
    """Whether an answer goes on for ever: it is bent line by line, as it comes."""
    return (b"content-type", b"application/stream+json") in start["headers"]


def _bent_lines(message: "Message", kind: FaultKind) -> bytes:
    lines = message.get("body", b"").splitlines()
    return b"".join(distort(line, kind) + b"\n" for line in lines)


def _unconditional(scope: "Scope") -> "Scope":
    """The request as from one who has seen nothing yet: "not modified" leaves nothing to bend."""
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"if-none-match"]
    return {**scope, "headers": headers}


async def _answer(
    send: "Send", status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> None:
    named = {"content-length": str(len(body)), **(headers or {})}
    await _start(send, status, named)
    await send({"type": "http.response.body", "body": body})


async def _start(send: "Send", status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _more(send: "Send", body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _gone(scope: "Scope") -> bool:
    return bool(scope["state"]["transport"].is_closing())


async def _until_gone(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang(_scope: "Scope", receive: "Receive", _send: "Send", _clock: Clock) -> None:
    await _until_gone(receive)


async def _drip(scope: "Scope", _receive: "Receive", send: "Send", clock: Clock) -> None:
    await _start(send, 200, {"content-type": "application/json"})
    await _more(send, b"[")
    while not _gone(scope):
        await clock.sleep(_DRIP_S)
        await _more(send, b" ")


async def _cut(scope: "Scope", receive: "Receive", _send: "Send", _clock: Clock) -> None:
    reset(scope["state"]["transport"])
    await _until_gone(receive)


async def _half(scope: "Scope", receive: "Receive", send: "Send", _clock: Clock) -> None:
    whole = b'{"status": "ok", "items": [1, 2, 3, 4, 5, 6, 7, 8, 9]}'
    headers = {"content-type": "application/json", "content-length": str(len(whole))}
    await _start(send, 200, headers)
    await _more(send, whole[: len(whole) // 2])
    scope["state"]["transport"].close()
    await _until_gone(receive)


async def _huge(_scope: "Scope", receive: "Receive", send: "Send", _clock: Clock) -> None:
    headers = {"content-type": "application/json", "content-length": str(_HUGE)}
    await _start(send, 200, headers)
    await _more(send, b'{"status": "')
    await _until_gone(receive)


async def _endless(scope: "Scope", _receive: "Receive", send: "Send", clock: Clock) -> None:
    await _start(send, 200, {"content-type": "application/json"})
    await _more(send, b"[1")
    while not _gone(scope):
        await _more(send, _ENDLESS_BLOCK)
        await clock.sleep(0.001)


async def _bomb(scope: "Scope", _receive: "Receive", send: "Send", clock: Clock) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    await _start(send, 200, headers)
    await _more(send, _GZIP_HEAD)
    checksum = 0
    for _ in range(BOMB_BYTES // _BOMB_BLOCK):
        if _gone(scope):
            return
        checksum = zlib.crc32(_zeros(), checksum)
        await _more(send, _squeezed())
        await clock.sleep(0)
    end = zlib.compressobj(wbits=-zlib.MAX_WBITS).flush()
    tail = struct.pack("<II", checksum, BOMB_BYTES & 0xFFFFFFFF)
    await send({"type": "http.response.body", "body": end + tail})


_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@functools.cache
def _zeros() -> bytes:
    return bytes(_BOMB_BLOCK)


@functools.cache
def _squeezed() -> bytes:
    # A full flush ends on a byte and forgets the past: the same block may follow itself.
    squeezer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return squeezer.compress(_zeros()) + squeezer.flush(zlib.Z_FULL_FLUSH)


async def _html(_scope: "Scope", _receive: "Receive", send: "Send", _clock: Clock) -> None:
    page = _PAGE % (b"Sign in", b"Sign in to the network")
    await _answer(send, 200, page, {"content-type": "text/html; charset=utf-8"})


async def _broken(_scope: "Scope", _receive: "Receive", send: "Send", _clock: Clock) -> None:
    page = _PAGE % (b"500", b"Internal Server Error")
    await _answer(send, 500, page, {"content-type": "text/html; charset=utf-8"})


async def _empty(_scope: "Scope", _receive: "Receive", send: "Send", _clock: Clock) -> None:
    await _answer(send, 200, b"", {"content-type": "application/json"})


async def _nowhere(_message: "Message") -> None:
    """Takes the answer that nobody gets."""


_Raw = Callable[["Scope", "Receive", "Send", Clock], Awaitable[None]]

_ACTING: Final[Mapping[FaultKind, _Raw]] = {
    FaultKind.SERVER_ERROR_AFTER: _broken,
    FaultKind.LOST_ANSWER: _cut,
}

_RAW: Final[Mapping[FaultKind, _Raw]] = {
    FaultKind.HANG: _hang,
    FaultKind.DRIP: _drip,
    FaultKind.RESET: _cut,
    FaultKind.HALF_BODY: _half,
    FaultKind.HUGE_CLAIM: _huge,
    FaultKind.ENDLESS: _endless,
    FaultKind.GZIP_BOMB: _bomb,
    FaultKind.HTML: _html,
    FaultKind.SERVER_ERROR_HTML: _broken,
    FaultKind.EMPTY: _empty,
}
