"""A request and the head of its answer, as a connection of any version takes and gives them."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from msgspec import Struct

RawHeader = tuple[bytes, bytes]


class Outgoing(Struct, frozen=True, kw_only=True):
    """A request as it goes out. Its headers may hold a credential: it is never printed."""

    method: str
    scheme: str
    host: str
    port: int
    target: bytes
    headers: Sequence[RawHeader]
    body: bytes

    def __repr__(self) -> str:
        return f"Outgoing({self.method})"


class Head(Struct, frozen=True, kw_only=True):
    """What stands above the body of an answer."""

    status: int
    http_version: str
    """Such as `HTTP/1.1`."""

    headers: Sequence[RawHeader]


class Connection(Protocol):
    """One connection to one origin; takes one request at a time."""

    async def send(self, request: Outgoing) -> Head:
        """Send a request and read the head of its answer."""
        ...

    def body(self) -> AsyncIterator[bytes]:
        """The body of the answer, piece by piece; to be read to its end."""
        ...

    async def finish(self) -> bool:
        """Be done with the answer, read or not; says whether nothing came after it."""
        ...

    def reusable(self) -> bool:
        """Whether another request may be sent over it now."""
        ...

    async def aclose(self) -> None:
        """Close at once."""
        ...
