"""TLS on a non-blocking socket, kept small, and verified by the context it is given."""

import asyncio
import contextlib
import socket
import ssl
from typing import Final

from providers.http_resolve import plain

READ_BYTES: Final = 16_384
"""Taken from a socket at once: one TLS record, and a short stretch of work on the loop."""


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
        self.object = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_hostname=None if hostname is None else plain(hostname),
        )

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
