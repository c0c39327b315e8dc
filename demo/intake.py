"""A listening socket that knows each of its connections from its taking to its end.

asyncio's own server forgets a connection whose port is closed between its taking and its
beginning (Python 3.11), and leaves open whatever has begun: nobody closes those ever.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from demo.kept_port import LOOPBACK, KeptPort

RUDE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER that makes a close a reset."""
_BACKLOG: Final = 100
_HANDSHAKE_S: Final = 60.0

Begin = Callable[[], asyncio.BaseProtocol]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Intake:
    """Takes connections on one port, until it is closed together with all of them.

    Args:
        begin: Makes the protocol of one connection.
        tls: Whether it speaks TLS.
        handshake_s: How long a client may take to shake hands.
    """

    def __init__(
        self, begin: Begin, *, tls: ssl.SSLContext | None = None, handshake_s: float = _HANDSHAKE_S
    ) -> None:
        self._begin = begin
        self._tls: dict[str, Any] = {} if tls is None else _tls(tls, handshake_s)
        self._listening: socket.socket | None = None
        self._kept: KeptPort | None = None
        self._taken: dict[socket.socket, asyncio.Task[asyncio.BaseTransport | None]] = {}

    @property
    def is_open(self) -> bool:
        """Whether connections are taken."""
        return self._listening is not None

    def open(self, host: str = LOOPBACK, port: int = 0) -> int:
        """Listen, on any free port when it is 0; gives the port."""
        self._free()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        listening.setblocking(False)
        asyncio.get_running_loop().add_reader(listening, self._take, listening)
        self._listening = listening
        return int(listening.getsockname()[1])

    async def refuse(self, *, keep: bool = False) -> None:
        """Close the port; every connection that was taken has begun then.

        Args:
            keep: It stays ours, to be opened again.
        """
        if not keep:
            self._free()
        if self._listening is None:
            return
        listening, self._listening = self._listening, None
        asyncio.get_running_loop().remove_reader(listening)
        host, port, *_ = listening.getsockname()
        listening.close()
        if keep:
            # Somebody may have been quicker, in these few microseconds.
            with contextlib.suppress(OSError):
                self._kept = KeptPort(port, host)
        if not self._tls:
            await asyncio.gather(*self._taken.values())

    def _free(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.free()

    async def close(self, *, rudely: bool = False, keep: bool = False) -> None:
        """Close the port and every connection; none is left afterwards.

        Args:
            rudely: The other sides see "connection reset by peer".
            keep: As for `refuse`.
        """
        await self.refuse(keep=keep)
        taken, self._taken = self._taken, {}
        for connection, beginning in taken.items():
            with contextlib.suppress(OSError):
                if rudely:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RUDE)
                if not beginning.done():
                    # Ends the shaking of hands, in whatever state it is.
                    connection.shutdown(socket.SHUT_RDWR)
        for transport in await asyncio.gather(*taken.values()):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        while any(_is_open(each) for each in taken):  # noqa: ASYNC110 - a socket's end has no event
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    def _take(self, listening: socket.socket) -> None:
        self._taken = {each: task for each, task in self._taken.items() if _is_open(each)}
        for _ in range(_BACKLOG):
            try:
                connection, _ = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            # asyncio does so only where it made the listening socket itself; else each answer in
            # two pieces waits 40 ms for the client's word that it has the first.
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._taken[connection] = asyncio.create_task(self._begun(connection))

    async def _begun(self, connection: socket.socket) -> asyncio.BaseTransport | None:
        """The connection's transport; None when the handshake failed."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            begun: tuple[asyncio.BaseTransport, asyncio.BaseProtocol]
            begun = await loop.connect_accepted_socket(self._begin, connection, **self._tls)
            return begun[0]
        return None


class StreamIntake(Intake):
    """An intake that gives each connection to a coroutine, which ends with it at the latest.

    Args:
        talk: What is said on one connection; closes its writer.
        tls: Whether it speaks TLS.
        handshake_s: How long a client may take to shake hands.
    """

    def __init__(
        self, talk: Talk, *, tls: ssl.SSLContext | None = None, handshake_s: float = _HANDSHAKE_S
    ) -> None:
        super().__init__(self._stream, tls=tls, handshake_s=handshake_s)
        self._talk = talk
        self._talks: set[asyncio.Task[None]] = set()

    async def close(self, *, rudely: bool = False, keep: bool = False) -> None:
        """Close the port and every connection, and end what is said on them."""
        await self.refuse(keep=keep)
        await _ended(self._talks)
        await super().close(rudely=rudely, keep=keep)
        # A handshake may have come to its end while it was waited for.
        await _ended(self._talks)

    def _stream(self) -> asyncio.BaseProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(), self._begin_talk)

    def _begin_talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)


async def _ended(tasks: set[asyncio.Task[None]]) -> None:
    ending: list[Awaitable[None]] = list(tasks)
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


def _is_open(connection: socket.socket) -> bool:
    return connection.fileno() != -1


def _tls(context: ssl.SSLContext, handshake_s: float) -> dict[str, Any]:
    return {"ssl": context, "ssl_handshake_timeout": handshake_s}
