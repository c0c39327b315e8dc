"""HTTP/1.1 over one connection, read and written by h11.

httpcore does the same with locks, traces and pools around it: 40 ms more to import, which the first
picture waits for, and a millisecond more a check. It is left to carry HTTP/2.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import h11

from providers.http_message import Head, Outgoing
from providers.http_network import SocketStream
from providers.http_wire import Wire

LARGEST_HEAD: Final = 100 * 1024
"""Bytes of the headers of an answer; more are refused."""

_READ_BYTES: Final = 65_536

_Event = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]


class OneConnection:
    """One connection that speaks HTTP/1.1.

    Args:
        stream: Connected, and trusted where TLS is asked for.
        keep_s: How long it may be idle.
    """

    def __init__(self, stream: SocketStream, keep_s: float) -> None:
        self._stream = stream
        self._keep_s = keep_s
        self._state = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        self._idle_since_s: float | None = None
        self._ended = False

    @property
    def _wire(self) -> Wire:
        """Of the exchange under way."""
        return self._stream.wire

    async def send(self, request: Outgoing) -> Head:
        """Send a request and read the head of its answer.

        Raises:
            OSError: The connection broke.
            PastLimit: More came than is taken.
            h11.ProtocolError: The request can not be sent so, or the answer breaks the rules.
        """
        self._idle_since_s, self._ended = None, False
        out = b"".join(self._written(request))
        # A server may answer and close before it has read everything: what it says is read then.
        with suppress(OSError):
            await self._stream.write(out)
        while not isinstance(event := await self._next(), h11.Response):
            if isinstance(event, h11.InformationalResponse):
                self._wire.interim()
        version = f"HTTP/{event.http_version.decode('ascii', 'replace')}"
        return Head(status=event.status_code, http_version=version, headers=list(event.headers))

    def _written(self, request: Outgoing) -> list[bytes]:
        asked = h11.Request(
            method=request.method, target=request.target, headers=list(request.headers)
        )
        events = [asked, h11.Data(data=request.body)] if request.body else [asked]
        return [self._state.send(event) or b"" for event in (*events, h11.EndOfMessage())]

    async def _next(self) -> _Event:
        while (event := self._state.next_event()) is h11.NEED_DATA:
            data = await self._stream.read(_READ_BYTES)
            if not data and self._state.their_state is h11.SEND_RESPONSE:
                # h11 would say the same in the words of its own states.
                raise h11.RemoteProtocolError("disconnected before the answer was complete")
            self._state.receive_data(data)
        return event

    async def body(self) -> AsyncIterator[bytes]:
        """The body of the answer, piece by piece.

        Raises:
            OSError: The connection broke.
            PastLimit: More came than is taken, or it comes in crumbs.
            h11.RemoteProtocolError: It breaks off, or breaks the rules.
        """
        while isinstance(event := await self._next(), h11.Data):
            self._wire.piece(len(event.data))
            yield bytes(event.data)
        self._ended = True

    async def finish(self) -> bool:
        """Be done with the answer; says whether it was read to its end and nothing came after.

        The connection is kept open for another request only then: what came after would be taken
        for the answer to it.
        """
        clean = self._ended and not self._state.trailing_data[0]
        done = self._state.our_state is h11.DONE and self._state.their_state is h11.DONE
        if clean and done:
            self._state.start_next_cycle()
            self._idle_since_s = self._wire.now_s()
        else:
            await self.aclose()
        return clean

    def reusable(self) -> bool:
        """Whether it is idle, not for too long, and the other side has said nothing meanwhile."""
        since_s = self._idle_since_s
        if since_s is None or self._wire.now_s() - since_s > self._keep_s:
            return False
        return not self._stream.readable

    async def aclose(self) -> None:
        """Close at once."""
        self._idle_since_s = None
        await self._stream.aclose()
