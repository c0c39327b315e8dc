"""The driver's connection with the two safeguards it lacks against a server that means harm."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import asyncpg

from providers.errors import TooLarge
from providers.postgres.failures import NotTheProtocol
from providers.postgres.target import SYSTEM

MOST_BYTES: Final = 4 * 1024 * 1024
"""What one look may bring; an honest one of two hundred sessions is a quarter of it."""


class Meter(asyncio.Protocol):
    """Counts what a server sends, and hangs up when it is too much.

    Row limits bind only a server that keeps to them; the driver itself gathers without end.
    """

    def __init__(self, inner: asyncio.Protocol, transport: asyncio.Transport) -> None:
        self._inner = inner
        self._transport = transport
        self._received = 0

    @property
    def overflowed(self) -> bool:
        """Whether the limit was passed since the last `reset`."""
        return self._received > MOST_BYTES

    def reset(self) -> None:
        """Begin to count anew."""
        self._received = 0

    def data_received(self, data: bytes) -> None:
        """Pass on what came, unless it is too much by now."""
        self._received += len(data)
        if self.overflowed:
            self._transport.abort()
        else:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass it on."""
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Pass it on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._inner.resume_writing()


class Driver(asyncpg.Connection):  # type: ignore[misc]  # the driver comes without types
    """A connection of the driver that is metered, and that does not forget its socket."""

    __slots__ = ("meter",)

    def __init__(self, protocol: Any, transport: asyncio.Transport, *rest: Any) -> None:
        try:
            super().__init__(protocol, transport, *rest)
        except BaseException:
            # A server that gives no version: the driver would leave the socket open.
            transport.abort()
            raise
        self.meter = Meter(protocol, transport)
        transport.set_protocol(self.meter)


@contextmanager
def stumbling_told(driver: Driver | None = None) -> Iterator[None]:
    """Whatever the driver stumbles over in a strange server's answer is one kind of error.

    Raises:
        NotTheProtocol: The driver was confused.
        TooLarge: The meter of `driver` hung up.
    """
    try:
        yield
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError) as error:
        raise NotTheProtocol(type(error).__name__) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        if driver is not None and driver.meter.overflowed:
            limit = f"{MOST_BYTES // 2**20} MiB"
            raise TooLarge(
                SYSTEM,
                "look at the server",
                f"the answer went past {limit} and was not read to its end",
                advice="check that host and port are those of your own server",
            ) from None
        raise
