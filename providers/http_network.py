"""The network beneath httpcore: plain sockets on the loop, watched from the first look-up on.

httpcore lets its network be replaced, and two promises need it: the time of the name look-up has to
be known apart from the connect, and nothing may be read ahead, or bytes that came after an answer
would hide in a buffer where the connection can not see them.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any

from providers.http_connect import connect_any
from providers.http_libraries import httpcore
from providers.http_resolve import RESOLVER, SocketAddress, literal
from providers.http_tls_layer import READ_BYTES, TlsLayer
from providers.http_wire import Stage, Wire


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


class SocketStream(httpcore.AsyncNetworkStream):
    """A connected socket, plain or with TLS on top, that reads nothing before it is asked to."""

    def __init__(
        self, connected: socket.socket, network: WatchedNetwork, tls: TlsLayer | None = None
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
