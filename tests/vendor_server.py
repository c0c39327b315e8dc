"""A vendor on loopback: a real HTTP server that answers as it is told, and misbehaves on request.

It speaks HTTP/1.1 by hand, since half a body, a claimed length of 10 GB or a reset in the middle
of the head is what no web framework will send.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    """Percent-decoded."""

    raw_path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    """Lower-case names."""

    def value(self, name: str) -> str | None:
        return dict(self.query).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
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


@dataclass(slots=True)
class VendorServer:
    """What was asked so far, and how it is answered."""

    answer: Answering
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._open.add(writer)
        try:
            while (asked := await _request(reader)) is not None:
                self.asked.append(asked)
                reply = self.answer(asked)
                if not isinstance(reply, Reply):
                    reply = await reply
                if not await self._send(writer, reply):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> bool:
        """Whether the connection may be used again."""
        if reply.reset:
            _reset(writer)
            return False
        if reply.silent:
            await writer.wait_closed()
            return False
        length = len(reply.body) if reply.claimed_length is None else reply.claimed_length
        head = [f"HTTP/1.1 {reply.status} Status", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in reply.headers]
        body = reply.body[:1] if reply.drip else reply.body
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        if reply.drip:
            await writer.wait_closed()
        return length == len(body)

    async def hang_up(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    headers = dict(_header(line) for line in lines if line)
    parts = urlsplit(target)
    return Asked(
        method=method,
        path=unquote(parts.path),
        raw_path=parts.path,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
    )


def _header(line: str) -> tuple[str, str]:
    name, _colon, value = line.partition(":")
    return name.strip().lower(), value.strip()


@asynccontextmanager
async def vendor_server(answer: Answering) -> AsyncIterator[VendorServer]:
    """A server that lives as long as the block, on a free port of loopback."""
    vendor = VendorServer(answer=answer)
    server = await asyncio.start_server(vendor.serve, "127.0.0.1", 0)
    vendor.port = server.sockets[0].getsockname()[1]
    try:
        yield vendor
    finally:
        server.close()
        await vendor.hang_up()
        await server.wait_closed()


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
