"""Databases for actions in tests: a real one, and a line to it that is cut where a test says."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from msgspec import Struct, field

from demo.intake import StreamIntake
from tests.postgres_fixtures import People

BIG = 1 << 16


class Line(Struct):
    """A connection through us to a server: counts messages of the client, and cuts on demand.

    `cut_before` N: the client's Nth message never reaches the server. `cut_after` N: it does, and
    none of the answers to it reach the client.
    """

    server: int
    port: int = 0
    cut_before: int = 0
    cut_after: int = 0
    trigger: bytes = b""
    """Once a statement with this in it was parsed, on any connection, the next message of the kind
    `lost_kind` arrives and its answer is lost; with `swallowed` it does not even arrive."""

    lost_kind: bytes = b"E"
    swallowed: bool = False
    seen: list[str] = field(default_factory=list)
    """Kinds of the client's messages on the first connection that had any: Q, P, B, E, S …"""

    cut: asyncio.Event = field(default_factory=asyncio.Event)
    before: Callable[[int], Awaitable[None]] | None = None
    """Awaited before each message of the first connection is passed on."""

    silent: bool = False
    """A line that is cut stays open, and nothing is heard on it any more."""

    refused: bool = False
    """Take no more connections, as a server that is gone."""

    _connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        if self.refused:
            writer.close()
            return
        first = self._connections == 1
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.server)
        down = asyncio.ensure_future(_pipe(up_reader, writer))
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._client(reader, up_writer, down, count=first)
        finally:
            down.cancel()
            await asyncio.gather(down, return_exceptions=True)
            for each in (writer, up_writer):
                each.close()

    async def _client(
        self,
        reader: asyncio.StreamReader,
        up: asyncio.StreamWriter,
        down: "asyncio.Task[None]",
        *,
        count: bool,
    ) -> None:
        (length,) = struct.unpack("!i", head := await reader.readexactly(4))
        up.write(head + await reader.readexactly(length - 4))
        number, triggered = 0, False
        while True:
            kind = await reader.readexactly(1)
            (length,) = struct.unpack("!i", head := await reader.readexactly(4))
            body = await reader.readexactly(length - 4)
            triggered = triggered or (kind == b"P" and bool(self.trigger) and self.trigger in body)
            hit = triggered and kind == self.lost_kind
            if count:
                number += 1
                self.seen.append(kind.decode() + (_words(body) if kind == b"Q" else ""))
                if self.before is not None:
                    await self.before(number)
            if (count and number == self.cut_before) or (hit and self.swallowed):
                await self._cut(reader)
                return
            if (count and number == self.cut_after) or hit:
                # Nothing comes back from here on; the server takes what we pass on.
                down.cancel()
                up.write(kind + head + body)
                if kind not in b"SQ":
                    up.write(b"S" + struct.pack("!i", 4))
                await up.drain()
                await self._cut(reader)
                return
            up.write(kind + head + body)
            await up.drain()

    async def _cut(self, reader: asyncio.StreamReader) -> None:
        self.cut.set()
        while self.silent and await reader.read(BIG):
            pass


def _words(body: bytes) -> str:
    return f" {body.rstrip(bytes(1)).decode('utf-8', 'replace')[:40]}"


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(BIG):
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def line_to(server: int, **how: Any) -> AsyncIterator[Line]:
    """The line, on a port of its own."""
    line = Line(server=server, **how)
    intake = StreamIntake(line.serve)
    line.port = intake.open("127.0.0.1")
    try:
        yield line
    finally:
        await intake.close()


async def fresh_database(people: People, name: str) -> asyncpg.Connection:
    """A database of the test's own, made once and emptied each time; a superuser in it."""
    admin = await people.connect("admin")
    if not await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
        await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    return await people.connect("admin", database=name)
