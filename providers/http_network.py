"""The network beneath httpcore: plain sockets on the loop, watched from the first look-up on.

httpcore lets its network be replaced, and two promises need it: the time of the name look-up has to
be known apart from the connect, and nothing may be read ahead, or bytes that came after an answer
would hide in a buffer where the connection can not see them.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore

from providers.http_resolve import RESOLVER, SocketAddress, literal
from providers.http_wire import Stage, Wire

READ_BYTES: Final = 16_384
"""Taken from a socket at once: one TLS record, and a short stretch of work on the loop."""

HEAD_START_S: Final = 0.25
"""What an address has before the next one is tried beside it (RFC 8305, section 5)."""

MOST_ADDRESSES: Final = 6


class WatchedNetwork(httpcore.AsyncNetworkBackend):
    """Makes connections and tells `wire` about them.

    Args:
        wire: The record of the exchange under way; replaced before each one.
        away_only: Refuse to connect to this machine, and to link-local addresses, where clouds
            keep their credentials: for places that a stranger named.
    """

    def __init__(self, wire: Wire, *, away_only: bool = False) -> None:
        self.wire = wire
        self._away_only = away_only

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look the name up and connect to the first address that answers; no proxy, ever."""
        wire = self.wire
        wire.stage = Stage.NAME
        began_s = wire.now_s()
        found = await RESOLVER.look_up(host, port)
        found_s = wire.now_s()
        wire.dns_s = None if literal(host) else found_s - began_s
        if self._away_only:
            found = [where for where in found if not _at_home(where)]
            if not found:
                raise OSError("it leads to this machine, where a redirect is not followed")
        wire.stage = Stage.CONNECT
        connected = await connect_any(found)
        wire.connect_s = wire.now_s() - found_s
        return SocketStream(connected, self)


def _at_home(where: SocketAddress) -> bool:
    address = ipaddress.ip_address(str(where[1][0]).partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_loopback or inner.is_link_local or inner.is_unspecified)


async def connect_any(found: list[SocketAddress]) -> socket.socket:
    """A non-blocking socket connected to the first of the addresses that takes it.

    Raises:
        OSError: None did; the error of the first address.
    """
    attempts: list[asyncio.Task[socket.socket]] = []
    winner: asyncio.Task[socket.socket] | None = None
    try:
        for where in found[:MOST_ADDRESSES]:
            attempts.append(asyncio.create_task(_connect(where)))
            winner = await _first(attempts, HEAD_START_S)
            if winner:
                return winner.result()
        winner = await _first(attempts, None)
        if winner:
            return winner.result()
        raise _first_error(attempts)
    finally:
        _abandon(task for task in attempts if task is not winner)


async def _first(
    attempts: list[asyncio.Task[socket.socket]], wait_s: float | None
) -> asyncio.Task[socket.socket] | None:
    """The first attempt that succeeded; None when all failed, or `wait_s` passed."""
    limit = asyncio.timeout(wait_s)
    with contextlib.suppress(TimeoutError):
        async with limit:
            while True:
                good = [task for task in attempts if task.done() and not task.exception()]
                if good:
                    return good[0]
                pending = [task for task in attempts if not task.done()]
                if not pending:
                    return None
                await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    return None


def _first_error(attempts: list[asyncio.Task[socket.socket]]) -> BaseException:
    errors = [task.exception() for task in attempts]
    return next((error for error in errors if error), OSError("the name has no address"))


def _abandon(attempts: Iterable[asyncio.Task[socket.socket]]) -> None:
    """End attempts that lost the race, and close what they may have won meanwhile."""
    for task in attempts:
        if not task.cancel() and not task.cancelled() and not task.exception():
            task.result().close()


async def _connect(where: SocketAddress) -> socket.socket:
    family, address = where
    connecting = socket.socket(family, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting


class SocketStream(httpcore.AsyncNetworkStream):
    """A connected socket, plain or with TLS on top, that reads nothing before it is asked to."""

    def __init__(
        self, connected: socket.socket, network: WatchedNetwork, tls: "TlsLayer | None" = None
    ) -> None:
        self._socket = connected
        self._network = network
        self._tls = tls

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at most `READ_BYTES`; empty at the end."""
        most = min(max_bytes, READ_BYTES)
        await self._network.wire.breathe()
        try:
            data = await self._read(most)
        except ssl.SSLError as error:
            raise httpcore.ReadError("TLS") from error
        except OSError as error:
            raise httpcore.ReadError("socket") from error
        multiplexed = self._tls is not None and self._tls.multiplexed
        self._network.wire.got(data, multiplexed=multiplexed)
        return data

    async def _read(self, most: int) -> bytes:
        if self._tls is not None:
            return await self._tls.read(most)
        return await asyncio.get_running_loop().sock_recv(self._socket, most)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        if not buffer:
            return
        try:
            if self._tls is not None:
                await self._tls.write(buffer)
            else:
                await asyncio.get_running_loop().sock_sendall(self._socket, buffer)
        except OSError as error:
            raise httpcore.WriteError("socket") from error
        self._network.wire.sent()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Put TLS on top and verify the other side.

        Raises:
            ConnectError: The handshake failed; the cause is the `ssl.SSLError` or `OSError`.
        """
        wire = self._network.wire
        wire.stage = Stage.TLS
        began_s = wire.now_s()
        try:
            tls = TlsLayer(self._socket, ssl_context, server_hostname)
            await tls.handshake()
        except OSError as error:
            self._socket.close()
            raise httpcore.ConnectError("TLS") from error
        except BaseException:
            self._socket.close()
            raise
        wire.tls_s = wire.now_s() - began_s
        wire.tls = tls.object
        return SocketStream(self._socket, self._network, tls)

    async def aclose(self) -> None:
        """Close at once, without a farewell that could hang."""
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for: `ssl_object`, `socket`, `is_readable`, `server_addr`."""
        if info == "ssl_object":
            return self._tls.object if self._tls is not None else None
        if info == "is_readable":
            return self._readable()
        if info == "socket":
            return self._socket
        if info == "server_addr":
            return self._socket.getpeername()
        return None

    def _readable(self) -> bool:
        """Whether an idle connection has bytes, or its end, that nobody asked for."""
        if self._tls is not None and self._tls.holds_bytes:
            return True
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True


class TlsLayer:
    """TLS over a non-blocking socket through memory buffers.

    asyncio's own TLS keeps 330 kB for each connection; this keeps what is in flight.
    """

    def __init__(
        self, connected: socket.socket, context: ssl.SSLContext, hostname: str | None
    ) -> None:
        self._socket = connected
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)

    @property
    def multiplexed(self) -> bool:
        """Whether HTTP/2 was agreed on: it frames its answers, nothing is left over."""
        return self.object.selected_alpn_protocol() == "h2"

    @property
    def holds_bytes(self) -> bool:
        """Whether bytes came that nobody has asked for."""
        return bool(self._incoming.pending or self.object.pending())

    async def handshake(self) -> None:
        """Agree on keys and verify the certificate.

        Raises:
            OSError: `ssl.SSLError`, or the connection broke.
        """
        while True:
            try:
                self.object.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except ssl.SSLError:
                await self._farewell()
                raise
            else:
                await self._flush()
                return

    async def read(self, most: int) -> bytes:
        """Decrypted bytes, at most `most`; empty at the end."""
        while True:
            try:
                return self.object.read(most)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def write(self, buffer: bytes) -> None:
        """Encrypt and send all of `buffer`."""
        view = memoryview(buffer)
        while view:
            written = self.object.write(view)
            view = view[written:]
            await self._flush()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await asyncio.get_running_loop().sock_sendall(self._socket, self._outgoing.read())

    async def _fill(self) -> None:
        data = await asyncio.get_running_loop().sock_recv(self._socket, READ_BYTES)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _farewell(self) -> None:
        """Tell the other side why, if it still listens."""
        with contextlib.suppress(OSError):
            await self._flush()
