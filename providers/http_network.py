"""The network beneath HTTP: plain sockets on the loop, watched from the first look-up on.

Two promises need sockets of our own: the time of the name look-up has to be known apart from the
connect, and nothing may be read ahead, or bytes that came after an answer would hide in a buffer
where the connection can not see them.
"""

import asyncio
import ipaddress
import socket
import ssl
from typing import Any

from providers.http_connect import connect_any
from providers.http_resolve import RESOLVER, SocketAddress, literal
from providers.http_tls_layer import READ_BYTES, TlsLayer
from providers.http_wire import Stage, Wire


class WatchedNetwork:
    """Makes connections and tells `wire` about them.

    Args:
        wire: The record of the exchange under way; replaced before each one.
        away_only: Refuse to connect to this machine, and to link-local addresses, where clouds
            keep their credentials: for places that a stranger named.
    """

    def __init__(self, wire: Wire, *, away_only: bool = False) -> None:
        self.wire = wire
        self._away_only = away_only

    async def connect(self, host: str, port: int) -> "SocketStream":
        """Look the name up and connect to the first address that answers; no proxy, ever.

        Raises:
            OSError: The name is not known, or nothing answers.
        """
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


class SocketStream:
    """A connected socket, plain or with TLS on top, that reads nothing before it is asked to.

    Has the methods that httpcore asks of a network stream, for the sake of HTTP/2.
    """

    def __init__(
        self, connected: socket.socket, network: WatchedNetwork, tls: TlsLayer | None = None
    ) -> None:
        self._socket = connected
        self._network = network
        self._tls = tls

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at most `READ_BYTES`; empty at the end.

        Raises:
            OSError: The connection broke.
            PastLimit: More came than is taken.
        """
        await self._network.wire.breathe()
        data = await self._read(min(max_bytes, READ_BYTES))
        self._network.wire.got(data, multiplexed=self.multiplexed)
        return data

    @property
    def wire(self) -> Wire:
        """The record of the exchange under way."""
        return self._network.wire

    @property
    def multiplexed(self) -> bool:
        """Whether HTTP/2 was agreed on."""
        return self._tls is not None and self._tls.multiplexed

    async def _read(self, most: int) -> bytes:
        if self._tls is not None:
            return await self._tls.read(most)
        return await asyncio.get_running_loop().sock_recv(self._socket, most)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`.

        Raises:
            OSError: The connection broke.
        """
        if not buffer:
            return
        if self._tls is not None:
            await self._tls.write(buffer)
        else:
            await asyncio.get_running_loop().sock_sendall(self._socket, buffer)
        self._network.wire.sent()

    async def with_tls(self, context: ssl.SSLContext, host: str) -> "SocketStream":
        """The same with TLS on top, after the other side was verified.

        Raises:
            OSError: `ssl.SSLError`, or the connection broke; it is closed then.
        """
        wire = self._network.wire
        wire.stage = Stage.TLS
        began_s = wire.now_s()
        try:
            tls = TlsLayer(self._socket, context, host)
            await tls.handshake()
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
        """What httpcore asks an idle connection for: `is_readable`; of all else nothing."""
        return self.readable if info == "is_readable" else None

    @property
    def readable(self) -> bool:
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
