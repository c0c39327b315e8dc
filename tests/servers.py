"""Servers on loopback that behave as badly as servers can, and a CA for those that speak TLS.

Raw sockets, because no HTTP library would send what these have to send.
"""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import Struct, field

from demo.intake import StreamIntake

MIB = 1024 * 1024


class Talk:
    """One connection, from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.number = 0
        """The first request of this connection is 0."""

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def drip(self, data: bytes, every_s: float = 0.02) -> None:
        """One byte at a time, until the other side has gone."""
        for index in range(len(data)):
            await self.send(data[index : index + 1])
            if await self.gone(every_s):
                return

    async def gone(self, within_s: float) -> bool:
        """Whether the other side closed within the time."""
        try:
            async with asyncio.timeout(within_s):
                return not await self.reader.read(1)
        except TimeoutError:
            return False

    async def hang(self) -> None:
        """Say nothing until the other side has gone."""
        while await self.reader.read(65_536):
            pass

    def reset(self) -> None:
        """Break the connection so that the other side is told of it."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Talk], Awaitable[None]]


class Server(Struct):
    """A server under way, and what it was asked."""

    host: str
    port: int
    scheme: str
    requests: list[bytes] = field(default_factory=list)
    """The heads of all requests, as they came."""

    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first request."""

    def url(self, path: str = "") -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{path}"


@contextlib.asynccontextmanager
async def serving(
    script: Script,
    *,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    read_head: bool = True,
    keep: bool = False,
) -> AsyncIterator[Server]:
    """Serve `script` for each request; with `keep` again and again on one connection."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        talk = Talk(reader, writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    if read_head:
                        server.requests.append(await reader.readuntil(b"\r\n\r\n"))
                        server.asked.set()
                    await script(talk)
                    talk.number += 1
                    if not keep:
                        break
        finally:
            writer.close()

    intake = StreamIntake(connected, tls=tls)
    server = Server(host=host, port=intake.open(host), scheme="https" if tls else "http")
    try:
        yield server
    finally:
        await intake.close()


def answer(
    body: bytes = b"{}",
    *,
    status: str = "200 OK",
    headers: Sequence[str] = (),
    length: int | str | None = None,
    kind: str = "application/json",
) -> bytes:
    """A whole answer; `length` may lie."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def sending(*parts: bytes) -> Script:
    """A server that always sends the same and then closes."""

    async def script(talk: Talk) -> None:
        await talk.send(*parts)

    return script


async def endless(talk: Talk) -> None:
    """A body without end."""
    await talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await talk.send(b"x" * 65_536)


def gzip_bomb(size_mib: int) -> bytes:
    """Some thousand bytes a MiB that inflate to zeros; made in no time from one repeated piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
    return head + piece * size_mib + b"\x03\x00" + bytes(8)


class Authority:
    """A certificate authority for one test run."""

    def __init__(self, name: str = "Quarterdeck test CA") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.certificate = _certificate(
            self.name, self.name, self.key, self.key, hosts=(), ends=_days(3650), authority=True
        )

    def ca_file(self, folder: Path) -> str:
        path = folder / "ca.pem"
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return str(path)

    def server(
        self,
        folder: Path,
        *hosts: str,
        ends: dt.datetime | None = None,
        self_signed: bool = False,
        protocols: Sequence[str] = (),
    ) -> ssl.SSLContext:
        """A server's context with a certificate for `hosts`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(hosts[0])
        certificate = _certificate(
            subject,
            subject if self_signed else self.name,
            key,
            key if self_signed else self.key,
            hosts=hosts,
            ends=ends or _days(30),
        )
        path = folder / f"{hosts[0]}-{certificate.serial_number}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context


def _days(days: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    hosts: Sequence[str],
    ends: dt.datetime,
    authority: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - dt.timedelta(days=3700))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
