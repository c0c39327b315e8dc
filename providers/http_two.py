"""HTTP/2 over one connection, by httpcore; imported when a server has agreed to it."""

import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import cast

import httpcore

from providers.http_message import Head, Outgoing
from providers.http_network import SocketStream
from providers.http_wire import Http2Broken


@contextlib.contextmanager
def _in_our_terms() -> Iterator[None]:
    try:
        yield
    except (httpcore.ProtocolError, httpcore.ConnectionNotAvailable) as error:
        raise Http2Broken(str(error)) from error


class TwoConnection:
    """One connection that speaks HTTP/2.

    Args:
        stream: Connected and trusted.
        request: The first; later ones go to the same origin.
        keep_s: How long it may be idle.
    """

    def __init__(self, stream: SocketStream, request: Outgoing, keep_s: float) -> None:
        origin = httpcore.Origin(request.scheme.encode(), request.host.encode(), request.port)
        # It has every method of a network stream that an HTTP/2 connection uses.
        network = cast("httpcore.AsyncNetworkStream", stream)
        self._connection = httpcore.AsyncHTTP2Connection(origin, network, keep_s)
        self._response: httpcore.Response | None = None

    async def send(self, request: Outgoing) -> Head:
        """Send a request and read the head of its answer.

        Raises:
            OSError: The connection broke.
            PastLimit: More came than is taken.
            Http2Broken: The answer breaks the rules, or was taken back.
        """
        url = httpcore.URL(
            scheme=request.scheme, host=request.host, port=request.port, target=request.target
        )
        asked = httpcore.Request(
            request.method, url, headers=list(request.headers), content=request.body or None
        )
        with _in_our_terms():
            response = await self._connection.handle_async_request(asked)
        self._response = response
        return Head(status=response.status, http_version="HTTP/2", headers=response.headers)

    async def body(self) -> AsyncIterator[bytes]:
        """The body of the answer, piece by piece.

        Raises:
            OSError: The connection broke.
            PastLimit: More came than is taken.
            Http2Broken: It breaks the rules, or was taken back.
        """
        stream = self._response.stream if self._response is not None else None
        if isinstance(stream, AsyncIterable):
            with _in_our_terms():
                async for piece in stream:
                    yield piece

    async def finish(self) -> bool:
        """Be done with the answer; frames tell whose bytes are whose, so nothing is left over."""
        response, self._response = self._response, None
        if response is not None:
            await response.aclose()
        return True

    def reusable(self) -> bool:
        """Whether another request may be sent over it now."""
        return self._connection.is_available() and not self._connection.has_expired()

    async def aclose(self) -> None:
        """Close at once."""
        await self._connection.aclose()
