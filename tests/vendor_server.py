"""A vendor on loopback: answers whole JSON values as it is told, and misbehaves on request."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from demo.kept_port import KeptPort
from tests.servers import Talk, serving


class Asked(Struct, frozen=True, kw_only=True):
    """One request as it arrived."""

    method: str
    path: str
    """Percent-decoded."""

    raw_path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    """Lower-case names."""

    body: bytes = b""

    def value(self, name: str) -> str | None:
        return dict(self.query).get(name)


class Reply(Struct, frozen=True, kw_only=True):
    """What to send back, and how badly."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    claimed_length: int | None = None
    """Content-Length to claim; None: the true one."""

    drip: bool = False
    """One byte of the body, then nothing for ever."""

    silent: bool = False
    """No answer at all, the connection stays open."""

    reset: bool = False
    """The connection is reset instead of an answer."""


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    named = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Reply(
        status=status,
        body=json.dumps(value).encode(),
        headers=(("Content-Type", "application/json"), *named),
    )


def html_reply(status: int = 200) -> Reply:
    page = b"<!doctype html><html><title>Sign in</title><body>captive</body></html>"
    return Reply(status=status, body=page, headers=(("Content-Type", "text/html"),))


Answering = Callable[[Asked], Reply | Awaitable[Reply]]


class VendorServer(Struct):
    """What was asked so far, and where."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@asynccontextmanager
async def vendor_server(answer: Answering) -> AsyncIterator[VendorServer]:
    """A server that lives as long as the block, on a free port of loopback."""
    vendor = VendorServer()

    async def script(talk: Talk) -> None:
        asked = _request(await talk.reader.readuntil(b"\r\n\r\n"))
        length = int(asked.headers.get("content-length", "0"))
        asked = replace(asked, body=await talk.reader.readexactly(length))
        vendor.asked.append(asked)
        reply = answer(asked)
        await _send(talk, reply if isinstance(reply, Reply) else await reply)

    async with serving(script, read_head=False) as server:
        vendor.url = server.url()
        yield vendor


async def _send(talk: Talk, reply: Reply) -> None:
    if reply.reset:
        talk.reset()
        return
    if reply.silent:
        await talk.hang()
        return
    length = len(reply.body) if reply.claimed_length is None else reply.claimed_length
    head = [f"HTTP/1.1 {reply.status} Status", f"Content-Length: {length}"]
    head += [f"{name}: {value}" for name, value in reply.headers]
    body = reply.body[:1] if reply.drip else reply.body
    await talk.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    if reply.drip:
        await talk.hang()


def _request(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    parts = urlsplit(target)
    return Asked(
        method=method,
        path=unquote(parts.path),
        raw_path=parts.path,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers=dict(_header(line) for line in lines if line),
    )


def _header(line: str) -> tuple[str, str]:
    name, _colon, value = line.partition(":")
    return name.strip().lower(), value.strip()


def dead_port() -> int:
    """A port of loopback on which nobody listens, nor will while the tests run."""
    kept = KeptPort()
    _DEAD.append(kept)
    return kept.port


_DEAD: Final[list[KeptPort]] = []
