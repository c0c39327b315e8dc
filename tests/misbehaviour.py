"""What servers do to us: each misbehaviour with the kind of error and the words it must become."""

from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from tests.servers import Script, Talk, answer, endless, sending

SHORT_S = 0.3
"""The deadline for those that would take for ever."""


def deadline_s(name: str) -> float:
    """What a case may take: little where the deadline is what ends it, else plenty."""
    return SHORT_S if MISBEHAVIOURS[name][1] is TimedOut else 20.0


HTML = b"<!DOCTYPE html><html><head><title>Sign in to Hotel WiFi</title></head></html>"


async def _silent(talk: Talk) -> None:
    await talk.hang()


async def _reset(talk: Talk) -> None:
    talk.reset()


async def _reset_in_body(talk: Talk) -> None:
    await talk.send(answer(b'{"a": ', length=100))
    talk.reset()


async def _drip_headers(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\n")
    await talk.drip(b"X-Slow: " + b"a" * 500)


async def _drip_body(talk: Talk) -> None:
    await talk.send(answer(b"", length=500))
    await talk.drip(b" " * 500)


async def _drip_chunks(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await talk.drip(b"1\r\n \r\n" * 200)


async def _silent_body(talk: Talk) -> None:
    await talk.send(answer(b"{", length=500))
    await talk.hang()


async def _endless_headers(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await talk.send(b"X-More: " + b"a" * 4_000 + b"\r\n")


async def _endless_continues(talk: Talk) -> None:
    while True:
        await talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 200)


async def _crumbs(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await talk.send(b"1\r\n \r\n" * 2_000)


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

MISBEHAVIOURS: dict[str, tuple[Script, type[ProviderError], str]] = {
    # Connections.
    "closed at once": (sending(), Unreachable, "closed without an answer"),
    "reset": (_reset, Unreachable, "reset by the other side"),
    "reset in the body": (_reset_in_body, Unreachable, "reset by the other side"),
    "hung": (_silent, TimedOut, "within 0.3 s, while waiting for the first byte"),
    "header drip": (_drip_headers, TimedOut, "while its headers were coming"),
    "body drip": (_drip_body, TimedOut, "while its body was coming"),
    "chunk drip": (_drip_chunks, TimedOut, "while its body was coming"),
    "body that stops": (_silent_body, TimedOut, "while its body was coming"),
    # Framing.
    "half a body": (sending(answer(b'{"a":', length=99)), BadAnswer, "cut: the connection closed"),
    "half a chunk": (sending(_CHUNKED, b"ff\r\n{"), BadAnswer, "cut: the connection closed"),
    "no last chunk": (sending(_CHUNKED, b"2\r\n{}\r\n"), BadAnswer, "cut: the connection closed"),
    "bad chunk size": (sending(_CHUNKED, b"zz\r\n{}\r\n"), BadAnswer, "framing of the body"),
    "negative chunk": (sending(_CHUNKED, b"-2\r\n{}\r\n"), BadAnswer, "framing of the body"),
    "bad chunk end": (sending(_CHUNKED, b"2\r\n{}XX0\r\n\r\n"), BadAnswer, "framing of the body"),
    "huge chunk size": (sending(_CHUNKED, b"f" * 30 + b"\r\n"), BadAnswer, "framing|cut"),
    "two lengths": (
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        BadAnswer,
        "content length",
    ),
    "length of words": (sending(answer(b"{}", length="two")), BadAnswer, "content length"),
    "negative length": (sending(answer(b"{}", length="-2")), BadAnswer, "content length"),
    "10 GB claimed": (sending(answer(b"{", length=10**10)), TooLarge, r"9 GiB long, more than 5 M"),
    "a length of 400 digits": (
        sending(answer(b"{", length="9" * 400)),
        BadAnswer,
        "content length",
    ),
    "endless body": (endless, TooLarge, "went past 5 MiB"),
    "crumbs": (_crumbs, TooLarge, "crumbs"),
    # Headers.
    "not HTTP": (sending(b"SSH-2.0-OpenSSH_9.2\r\n"), BadAnswer, "does not speak HTTP"),
    "an SMTP greeting": (sending(b"220 mx ESMTP\r\n\r\n"), BadAnswer, "does not speak HTTP"),
    "binary": (sending(bytes(range(256)) * 4), BadAnswer, "does not speak HTTP"),
    "half a status line": (sending(b"HTTP/1.1 20"), BadAnswer, "cut: the connection closed"),
    "half the headers": (sending(b"HTTP/1.1 200 OK\r\nX: "), BadAnswer, "cut: the connection"),
    "endless headers": (_endless_headers, TooLarge, "headers are longer than 100 kB"),
    "endless early hints": (_endless_continues, TooLarge, "interim answers"),
    "one huge header": (
        sending(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000),
        TooLarge,
        "headers are longer than 100 kB",
    ),
    "a NUL in a header": (sending(answer(headers=["X: a\0b"])), BadAnswer, "rules of HTTP"),
    "a header without name": (sending(answer(headers=[": x"])), BadAnswer, "rules of HTTP"),
    "a blank before the colon": (sending(answer(headers=["X : y"])), BadAnswer, "rules of HTTP"),
    "status 99": (sending(b"HTTP/1.1 99 Odd\r\n\r\n"), BadAnswer, "."),
    "status 999": (sending(answer(status="999 Odd")), ServerFailed, "."),
    "101": (sending(b"HTTP/1.1 101 Up\r\nUpgrade: x\r\n\r\n"), BadAnswer, "."),
    # Compression we did not ask for.
    "broken gzip": (
        sending(answer(b"\x1f\x8b\x08nonsense", headers=["Content-Encoding: gzip"])),
        BadAnswer,
        "gzip compression is broken",
    ),
    "gzip that is none": (
        sending(answer(b"{}", headers=["Content-Encoding: gzip"])),
        BadAnswer,
        "gzip compression is broken",
    ),
    "brotli": (
        sending(answer(b"{}", headers=["Content-Encoding: br"])),
        BadAnswer,
        "compressed in a way we did not ask for",
    ),
    "gzip on gzip": (
        sending(answer(b"{}", headers=["Content-Encoding: gzip, gzip"])),
        BadAnswer,
        "compressed in a way we did not ask for",
    ),
    # Bodies.
    "captive portal": (sending(answer(HTML, kind="text/html")), BadAnswer, "HTML instead of JSON"),
    "HTML called JSON": (sending(answer(HTML)), BadAnswer, "HTML instead of JSON"),
    "no body": (sending(answer(b"")), BadAnswer, "an empty body instead of JSON"),
    "plain words": (sending(answer(b"OK")), BadAnswer, r"not JSON \(line 1, column 1\)"),
    "JSON cut": (sending(answer(b'{"a": [1, 2')), BadAnswer, "ends in the middle"),
    "two JSON values": (sending(answer(b"{} {}")), BadAnswer, "not JSON"),
    "not UTF-8": (sending(answer(b'{"a": "\xff\xfe"}')), BadAnswer, "not text in UTF-8"),
    "deep JSON": (sending(answer(b"[" * 90_000 + b"]" * 90_000)), TooLarge, "64 levels deep"),
    "deeper than ours": (sending(answer(b"[" * 65 + b"]" * 65)), TooLarge, "64 levels deep"),
    "deep objects": (sending(answer(b'{"a":' * 500 + b"1" + b"}" * 500)), TooLarge, "64 levels"),
    "5,000 digits": (sending(answer(b'{"a": ' + b"7" * 5_000 + b"}")), BadAnswer, "too long to"),
    "a million empty lists": (
        sending(answer(b"[" + b"[]," * 1_000_000 + b"[]]")),
        TooLarge,
        "more than 200,000 values",
    ),
    # Statuses.
    "401": (sending(answer(status="401 No")), Unauthorized, "refused .HTTP 401"),
    "402": (sending(answer(status="402 Pay")), Unauthorized, "plan"),
    "403": (sending(answer(status="403 No")), Unauthorized, "may not do this"),
    "404": (sending(answer(status="404 No")), NotFound, "hidden from this credential"),
    "407": (sending(answer(status="407 Proxy")), BadAnswer, "proxy"),
    "409": (sending(answer(status="409 Conflict")), BadAnswer, "conflict"),
    "410": (sending(answer(status="410 Gone")), NotFound, "for good"),
    "422": (sending(answer(status="422 No")), BadAnswer, "not accepted"),
    "418": (sending(answer(status="418 Teapot")), BadAnswer, "HTTP 418"),
    "429": (sending(answer(status="429 Slow")), RateLimited, "wait 60 s"),
    "500": (sending(answer(status="500 Oh")), ServerFailed, "HTTP 500"),
    "503 page": (
        sending(answer(HTML, status="503 Oh", kind="text/html")),
        ServerFailed,
        "HTTP 503, an HTML page.*Sign in to Hotel WiFi",
    ),
    "502 binary": (sending(answer(bytes(range(256)), status="502 Bad")), ServerFailed, "HTTP 502"),
    "304 unasked": (sending(b"HTTP/1.1 304 Same\r\n\r\n"), BadAnswer, "HTTP 304"),
    "redirect": (
        sending(answer(status="302 Found", headers=["Location: http://127.0.0.1:1/"])),
        BadAnswer,
        "redirects to .*, which is not followed",
    ),
}
