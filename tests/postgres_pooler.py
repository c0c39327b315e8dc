"""A transaction pooler in front of a real server: few server connections, many clients.

After each transaction a client gives its server connection back and may get another one next
time, whatever was set or prepared there; settings at the start are refused, as PgBouncer does.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct, field

from tests.postgres_fake_server import (
    AUTHENTICATED,
    READY,
    VERSION,
    Visit,
    error,
    fake_server,
    message,
)

ALLOWED = {b"user", b"database", b"client_encoding"}
GREETING = (
    AUTHENTICATED
    + VERSION
    + message(b"S", b"client_encoding\0UTF8\0")
    + message(b"K", struct.pack("!ii", 1, 2))
    + READY
)


GOODBYE = message(b"X", b"")


class Backend(Struct):
    """One server connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int, user: str) -> "Backend":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        words = f"user\0{user}\0database\0postgres\0client_encoding\0UTF8\0\0".encode()
        writer.write(struct.pack("!ii", len(words) + 8, 196608) + words)
        backend = cls(reader, writer)
        while (said := await backend.message())[:1] != b"Z":
            if said[:1] == b"E" or (said[:1] == b"R" and said != AUTHENTICATED):
                await backend.close()
                raise ConnectionRefusedError("the server does not trust the pooler yet")
        return backend

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    async def message(self) -> bytes:
        head = await self.reader.readexactly(5)
        (length,) = struct.unpack("!i", head[1:])
        return head + await self.reader.readexactly(length - 4)


class Pooler(Struct):
    port: int = 0
    backends: list[Backend] = field(default_factory=list)
    free: asyncio.Queue[Backend] = field(default_factory=asyncio.Queue)
    lent: int = 0
    """How many times a server connection was lent out."""

    async def serve(self, visit: Visit) -> None:
        (length,) = struct.unpack("!i", await visit.reader.readexactly(4))
        words = (await visit.reader.readexactly(length - 4))[4:].rstrip(b"\0").split(b"\0")
        strange = set(words[0::2]) - ALLOWED
        if strange:
            text = f"unsupported startup parameter: {strange.pop().decode()}"
            await visit.say(error("08P01", text))
            return
        await visit.say(GREETING)
        while (piece := await visit.hear()) not in {b"", GOODBYE}:
            await self._one_transaction(visit, piece)

    async def _one_transaction(self, visit: Visit, piece: bytes) -> None:
        backend = await self.free.get()
        self.lent += 1
        backend.writer.write(piece)
        upstream = asyncio.ensure_future(self._upstream(visit, backend))
        try:
            while True:
                said = await backend.message()
                if said == READY:
                    break
                await visit.say(said)
        finally:
            upstream.cancel()
            await asyncio.gather(upstream, return_exceptions=True)
            self.free.put_nowait(backend)
        await visit.say(READY)

    async def _upstream(self, visit: Visit, backend: Backend) -> None:
        while piece := await visit.hear():
            backend.writer.write(piece)


@asynccontextmanager
async def pooler_in_front_of(port: int, user: str, size: int) -> AsyncIterator[Pooler]:
    pooler = Pooler()
    for _ in range(size):
        backend = await Backend.open(port, user)
        pooler.backends.append(backend)
        pooler.free.put_nowait(backend)
    try:
        async with fake_server(pooler.serve) as server:
            pooler.port = server.port
            yield pooler
    finally:
        for backend in pooler.backends:
            await backend.close()
