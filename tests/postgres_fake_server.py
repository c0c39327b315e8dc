"""Servers on loopback that are no PostgreSQL, or a bad one."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from msgspec import Struct, field

from demo.intake import StreamIntake

Behaviour = Callable[["Visit"], Awaitable[None]]
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class Visit(Struct):
    """One connection, and all that its client said."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: bytearray = field(default_factory=bytearray)

    async def hear(self) -> bytes:
        piece = await self.reader.read(65536)
        self.heard.extend(piece)
        return piece

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear_until_silence(self) -> None:
        while await self.hear():
            pass


class FakeServer(Struct):
    port: int
    visits: list[Visit] = field(default_factory=list)

    @property
    def heard(self) -> bytes:
        return b"".join(bytes(visit.heard) for visit in self.visits)


@asynccontextmanager
async def fake_server(behaviour: Behaviour) -> AsyncIterator[FakeServer]:
    server = FakeServer(port=0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = Visit(reader, writer)
        server.visits.append(visit)
        try:
            with suppress(OSError):
                await behaviour(visit)
        finally:
            writer.close()

    intake = StreamIntake(serve)
    server.port = intake.open()
    try:
        yield server
    finally:
        await intake.close()


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


ASK_CLEARTEXT = message(b"R", struct.pack("!i", 3))
AUTHENTICATED = message(b"R", struct.pack("!i", 0))
READY = message(b"Z", b"I")
VERSION = message(b"S", b"server_version\0" + b"18.4\0")


def error(state: str, text: str) -> bytes:
    fields = f"SFATAL\0VFATAL\0C{state}\0M{text}\0\0"
    return message(b"E", fields.encode())


async def silent(visit: Visit) -> None:
    """Takes the connection and everything said, and answers nothing."""
    await visit.hear_until_silence()


async def refuses_tls_and_asks_for_the_password(visit: Visit) -> None:
    await visit.hear()
    await visit.say(b"N")
    await visit.hear()
    await visit.say(ASK_CLEARTEXT)
    await visit.hear_until_silence()


async def asks_for_the_password_at_once(visit: Visit) -> None:
    await visit.hear()
    await visit.say(ASK_CLEARTEXT)
    await visit.hear_until_silence()


async def speaks_http(visit: Visit) -> None:
    await visit.hear()
    await visit.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


async def hangs_up(visit: Visit) -> None:
    await visit.hear()


def fails_with(state: str, text: str) -> Behaviour:
    """Refuses every connection with these words."""

    async def behaviour(visit: Visit) -> None:
        await visit.hear()
        await visit.say(error(state, text))

    return behaviour


def logs_in_and_says(answer: bytes, greeting: bytes = VERSION) -> Behaviour:
    """Lets everybody in, and answers every message with the same bytes."""

    async def behaviour(visit: Visit) -> None:
        await visit.hear()
        await visit.say(AUTHENTICATED + greeting + READY)
        while await visit.hear():
            await visit.say(answer)

    return behaviour


def speaks_tls(context: ssl.SSLContext) -> Behaviour:
    """Takes TLS with this certificate, then asks for the password in clear."""

    async def behaviour(visit: Visit) -> None:
        await visit.hear()
        await visit.say(b"S")
        await visit.writer.start_tls(context)
        await visit.hear()
        await visit.say(ASK_CLEARTEXT)
        await visit.hear_until_silence()

    return behaviour


def relays_over_tls(context: ssl.SSLContext, port: int) -> Behaviour:
    """TLS in front of a real server, whose build has none."""

    async def behaviour(visit: Visit) -> None:
        await visit.reader.readexactly(len(SSL_REQUEST))
        await visit.say(b"S")
        await visit.writer.start_tls(context)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pipe(visit.reader, writer), pipe(reader, visit.writer))
        finally:
            writer.close()

    return behaviour


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.close()


async def cheats_at_scram(visit: Visit) -> None:
    """Goes through the motions without knowing the password."""
    await visit.hear()
    await visit.say(message(b"R", struct.pack("!i", 10) + b"SCRAM-SHA-256\0\0"))
    await visit.hear()
    await visit.say(message(b"R", struct.pack("!i", 11) + b"r=someone-elses,s=c2FsdA==,i=1"))
    await visit.say(message(b"R", struct.pack("!i", 12) + b"v=c2ln"))
    await visit.say(AUTHENTICATED + VERSION + READY)
    await visit.hear_until_silence()
