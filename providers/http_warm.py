"""The first request pays 70 to 95 ms of lazy imports; this pays them beforehand, in a thread."""

import asyncio
import socket

import anyio.lowlevel

from providers.tls import shared_context


async def warm_up() -> None:
    """Load what the first request would load on the loop, and the system's trust store."""
    await asyncio.to_thread(_import_lazy)
    await shared_context()


def _import_lazy() -> None:
    # The codec for host names, and the backend that httpcore's locks are made of.
    "localhost".encode("idna")
    socket.getaddrinfo("127.0.0.1", 80)
    anyio.run(anyio.lowlevel.checkpoint)
