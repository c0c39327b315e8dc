"""Connecting to the first of several addresses that answers (RFC 8305)."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable
from typing import Final

from providers.http_resolve import SocketAddress

HEAD_START_S: Final = 0.25
"""What an address has before the next one is tried beside it (RFC 8305, section 5)."""

MOST_ADDRESSES: Final = 6


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
