"""The driver's connection with the safeguards it lacks against a server that means harm.

asyncpg 0.32 gathers whatever a server sends without end, lets its parser's errors end in a
traceback on standard error, and brings the whole process down when a message has a negative length
or asks for credentials out of order. It has no seam for a protocol of one's own, so `Guarded`
takes the place of the class that it would make.
"""

import asyncio
import ssl
import struct
from typing import Any, Final

import asyncpg
import asyncpg.protocol
from asyncpg.pgproto.pgproto import BufferError as DriverBufferError

from providers.errors import TooLarge
from providers.postgres.failures import NotTheProtocol
from providers.postgres.framing import Framing
from providers.postgres.target import SYSTEM

MOST_BYTES: Final = 4 * 1024 * 1024
"""What one look may bring; an honest one of two hundred sessions is a quarter of it."""

_AT_ONCE: Final = 64 * 1024
"""Bytes to ask the system for at once. asyncio asks for 256 KiB, which malloc maps anew for every
read and then gives back: a tenth of what a look costs."""

_SAID: Final = (
    b"SFATAL\0VFATAL\0C28000\0"
    b"Mit asked for the password in clear, and with tls: require nobody knows whose server it is;"
    b" no password was sent\0\0"
)
_REFUSED: Final = b"E" + struct.pack("!i", 4 + len(_SAID)) + _SAID

_STUMBLES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    DriverBufferError,
)
"""What the driver's parser raises for messages that break the protocol."""


class Guarded(asyncpg.protocol.Protocol):  # type: ignore[misc]  # the driver comes without types
    """The driver's protocol behind a gate that counts, checks the framing, and keeps quiet."""

    def __init__(self, *made: Any) -> None:
        super().__init__(*made)
        self._line: asyncio.Transport | None = None
        self._framing = Framing()
        self._received = 0
        self._heard: list[bytes] | None = None

    @property
    def overflowed(self) -> bool:
        """Whether more came than allowed since the last `begin_look`."""
        return self._received > MOST_BYTES

    def begin_look(self) -> None:
        """Begin to count anew."""
        self._received = 0
        self._heard = None

    def listen(self) -> None:
        """Keep what the server says from here on, until `heard` takes it."""
        self._heard = []

    def heard(self) -> bytes:
        """What the server said since `listen`; it is not kept any longer."""
        heard, self._heard = self._heard, None
        return b"".join(heard or ())

    def connection_made(self, transport: Any) -> None:
        """Keep the transport, which is what can be hung up."""
        self._line = transport
        if hasattr(transport, "max_size"):
            transport.max_size = _AT_ONCE
        super().connection_made(transport)

    def data_received(self, data: Any) -> None:
        """Pass on what came; hang up when it is too much, out of order, or not understood."""
        self._received += len(data)
        if self.overflowed or not self._framing.permits(data):
            self._hang_up()
            return
        if self._framing.wants_password and self._to_nobody_known:
            # The driver would send it; instead it hears a refusal in the server's own words.
            data = _REFUSED
        if self._heard is not None:
            self._heard.append(data)
        try:
            super().data_received(data)
        except (*_STUMBLES, ValueError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            # Left to itself, asyncio would write the traceback over the screen.
            self._hang_up()

    @property
    def _to_nobody_known(self) -> bool:
        """Whether this line is encrypted, and nobody looked at whose certificate it is."""
        tls = self._line.get_extra_info("ssl_object") if self._line is not None else None
        return tls is not None and tls.context.verify_mode == ssl.CERT_NONE

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.abort()


asyncpg.protocol.Protocol = Guarded


class Driver(asyncpg.Connection):  # type: ignore[misc]  # the driver comes without types
    """A connection of the driver that knows its guard, and does not forget its socket."""

    __slots__ = ("guard",)

    def __init__(self, protocol: Any, transport: asyncio.Transport, *rest: Any) -> None:
        try:
            super().__init__(protocol, transport, *rest)
        except BaseException:
            # A server that gives no version: the driver would leave the socket open.
            transport.abort()
            raise
        self.guard: Guarded = protocol

    def __del__(self) -> None:
        # Half made, it would complain on standard error, over the screen.
        if hasattr(self, "guard"):
            super().__del__()


class StumblingTold:
    """Whatever the driver stumbles over in a strange server's answer is one kind of error.

    A class, as a generator costs more than what is inside, and each look comes by.

    Args:
        driver: Whose guard may have hung up because of the amount.

    Raises:
        NotTheProtocol: The driver was confused.
        TooLarge: The guard of `driver` hung up because of the amount.
    """

    __slots__ = ("_driver",)

    def __init__(self, driver: Driver | None = None) -> None:
        self._driver = driver

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        if isinstance(error, _STUMBLES):
            raise NotTheProtocol(type(error).__name__) from error
        if type(error) is Exception:
            # What its SCRAM raises when a server's nonce or signature is wrong.
            raise NotTheProtocol("credentials") from error
        if isinstance(error, Exception) and self._driver is not None:
            self._raise_if_too_much(self._driver)

    def _raise_if_too_much(self, driver: Driver) -> None:
        if driver.guard.overflowed:
            limit = f"{MOST_BYTES // 2**20} MiB"
            raise TooLarge(
                SYSTEM,
                "look at the server",
                f"the answer went past {limit} and was not read to its end",
                advice="check that host and port are those of your own server",
            ) from None
