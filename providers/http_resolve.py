"""Names to addresses, off the loop, bounded, and never in the way of quitting."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import Final

MOST_LOOKUPS: Final = 64
"""Look-ups under way at once; each is a thread that the system's resolver may hold for long."""

SocketAddress = tuple[int, tuple[object, ...]]
"""Address family and what `connect` takes."""


def literal(host: str) -> bool:
    """Whether `host` is an address already."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def plain(host: str) -> str | bytes:
    """A host name for functions that put a text through the codec for names in other scripts.

    Loading that codec takes 8 ms, and a name that is ASCII already needs none.
    """
    return host.encode("ascii") if host.isascii() else host


class Resolver:
    """Looks names up with the system's resolver, each in a daemon thread of its own.

    The loop's own executor would do, had it not six threads on a small machine: a dead name server
    holds each for half a minute, and a leaving interpreter waits for them. Whoever asks for a name
    that is being looked up already waits for the same answer.

    Args:
        ask: Blocks until the addresses are there; raises OSError or ValueError.
    """

    def __init__(self, ask: Callable[[str, int], list[SocketAddress]] | None = None) -> None:
        self._ask = ask or ask_system
        self._under_way: dict[tuple[str, int], asyncio.Future[list[SocketAddress]]] = {}

    async def look_up(self, host: str, port: int) -> list[SocketAddress]:
        """All TCP addresses of a host, families alternating.

        Raises:
            OSError: The name is not known (`socket.gaierror`), or too many look-ups hang.
        """
        known = _known(host, port)
        if known is not None:
            return [known]
        key = (host, port)
        future = self._under_way.get(key)
        if future is None or future.get_loop() is not asyncio.get_running_loop():
            future = self._start(key)
        return await asyncio.shield(future)

    def _start(self, key: tuple[str, int]) -> "asyncio.Future[list[SocketAddress]]":
        if len(self._under_way) >= MOST_LOOKUPS:
            raise OSError(f"{MOST_LOOKUPS} name look-ups hang already")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[SocketAddress]] = loop.create_future()
        # Nobody may be left to hear of a failure that comes after the deadline.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._under_way[key] = future
        threading.Thread(
            target=self._work, args=(loop, future, key), name="quarterdeck-dns", daemon=True
        ).start()
        return future

    def _work(
        self,
        loop: asyncio.AbstractEventLoop,
        future: "asyncio.Future[list[SocketAddress]]",
        key: tuple[str, int],
    ) -> None:
        found: list[SocketAddress] | Exception
        try:
            found = self._ask(*key)
        except (OSError, ValueError) as error:
            found = error
        try:
            loop.call_soon_threadsafe(self._finish, future, key, found)
        except RuntimeError:
            # The loop was closed while the name server kept us waiting.
            self._under_way.pop(key, None)

    def _finish(
        self,
        future: "asyncio.Future[list[SocketAddress]]",
        key: tuple[str, int],
        found: list[SocketAddress] | Exception,
    ) -> None:
        if self._under_way.get(key) is future:
            del self._under_way[key]
        if future.done():
            return
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found)


def _known(host: str, port: int) -> SocketAddress | None:
    """What an address leads to: itself, and no thread has to ask; None for a name.

    One with a zone is for the system: only that knows the number of an interface.
    """
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return None
    if version == 4:
        return socket.AF_INET, (host, port)
    return None if "%" in host else (socket.AF_INET6, (host, port, 0, 0))


def ask_system(host: str, port: int) -> list[SocketAddress]:
    """The TCP addresses of a host by the system's resolver, families alternating.

    Raises:
        OSError: `socket.gaierror` when the name is not known.
        UnicodeError: It is none that DNS can carry.
    """
    rows = socket.getaddrinfo(plain(host), port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return _alternating([(int(family), where) for family, _, _, _, where in rows])


def _alternating(found: list[SocketAddress]) -> list[SocketAddress]:
    """The first family first, then one of each in turn (RFC 8305, section 4)."""
    if not found:
        return []
    first = [each for each in found if each[0] == found[0][0]]
    second = [each for each in found if each[0] != found[0][0]]
    mixed: list[SocketAddress] = []
    for index in range(max(len(first), len(second))):
        mixed.extend(first[index : index + 1])
        mixed.extend(second[index : index + 1])
    return mixed


RESOLVER: Final = Resolver()
"""One for the process, so that a stuck name is asked for once."""
