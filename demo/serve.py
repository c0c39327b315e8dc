"""ASGI apps on loopback ports, inside the running event loop.

uvicorn's own `Server` wakes ten times a second and takes over the signal handlers; twenty of them
would cost more than everything they serve. Here its HTTP protocol is put behind plain asyncio
connections: nothing runs while nobody asks, and a port can be closed and opened again.
"""

import asyncio
import contextlib
import functools
import logging
import socket
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from demo.intake import RUDE, Intake
from demo.kept_port import LOOPBACK
from providers.clock import Clock, SystemClock

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from uvicorn import Config

_KEEP_ALIVE_S: Final = 3600
_GRACE_S: Final = 0.5

logging.getLogger("uvicorn").addHandler(logging.NullHandler())
logging.getLogger("uvicorn").propagate = False


class _Dated:
    """Adds the Date header, and hands the connection to those who want to break it."""

    def __init__(self, app: "ASGIApp", clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def dated(message: "Message") -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._clock.now().at, usegmt=True)
                message["headers"] = [(b"date", date.encode()), *message.get("headers", [])]
            await send(message)

        await self._app(scope, receive, dated)


@functools.cache
def _protocol_class() -> type[asyncio.Protocol]:
    """HTTP as uvicorn speaks it; imported here because a dashboard without demo never needs it."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Exposed(H11Protocol):
        """Lets the app reach its own connection, to cut it as no ASGI message can."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {"transport": transport}

    return Exposed


def _load(app: "ASGIApp") -> "Config":
    from uvicorn import Config

    config = Config(
        app,
        http=_protocol_class(),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )
    config.load()
    return config


class Port(Protocol):
    """Something on a port of loopback that can be closed and opened again."""

    @property
    def url(self) -> str:
        """Where it answers."""
        ...

    async def open(self) -> str:
        """Listen; the first time on any free port, later on the same one again."""
        ...

    async def refuse(self) -> None:
        """Close the port and every connection."""
        ...

    async def close(self) -> None:
        """Stop for good."""
        ...


class Listener:
    """One app on one loopback port.

    Args:
        app: What answers.
        clock: Whose time the answers carry.
    """

    def __init__(self, app: "ASGIApp", clock: Clock) -> None:
        from uvicorn.server import ServerState

        self._config = _load(_Dated(app, clock))
        self._state: ServerState = ServerState()
        self._intake = Intake(self._protocol)
        self.port = 0

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether connections are taken."""
        return self._intake.is_open

    async def open(self) -> str:
        """Listen; the first time on any free port, later on the same one again."""
        if not self.is_open:
            self.port = self._intake.open(LOOPBACK, self.port)
        return self.url

    def _protocol(self) -> asyncio.Protocol:
        factory: Any = self._config.http_protocol_class
        protocol: asyncio.Protocol = factory(
            config=self._config, server_state=self._state, app_state={}, _loop=None
        )
        return protocol

    async def refuse(self) -> None:
        """Close the port and every connection, so that new ones are refused."""
        await self._intake.close(rudely=True, keep=True)

    async def close(self) -> None:
        """Stop for good: no connection and no task is left."""
        await self._intake.close()
        tasks = list(self._state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def reset(transport: Any) -> None:
    """End a connection the rude way: the other side sees "connection reset by peer"."""
    endpoint = transport.get_extra_info("socket")
    if endpoint is not None and not transport.is_closing():
        with contextlib.suppress(OSError):
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RUDE)
    transport.abort()


@contextlib.asynccontextmanager
async def served(app: "ASGIApp", clock: Clock | None = None) -> AsyncIterator[str]:
    """Serve one app for the length of a `with`; gives its address."""
    listener = Listener(app, clock or SystemClock())
    await listener.open()
    try:
        yield listener.url
    finally:
        await listener.close()
