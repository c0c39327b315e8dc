"""A resolver on loopback that knows a few domains, over UDP and TCP, in the real wire format."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from demo.faults import Faults
from demo.intake import StreamIntake
from demo.kept_port import LOOPBACK

if TYPE_CHECKING:
    from asyncio import BaseTransport

SERVICE: Final = "dns"
Zone = Mapping[str, Mapping[str, Sequence[str]]]
"""Records by name and type, in the text of zone files."""

_DATAGRAM_BYTES: Final = 512
_MOST_BYTES: Final = 65_535
_TRIES: Final = 20
_AGAIN_S: Final = 0.1


class DnsServer:
    """Answers for a zone; whatever is not in it does not exist.

    Args:
        zone: What it knows; may change while it answers.
        faults: What is wrong with it; paths of faults are names.
    """

    def __init__(self, zone: Zone, faults: Faults | None = None) -> None:
        self._zone = zone
        self._faults = faults or Faults()
        self._datagrams: BaseTransport | None = None
        self._streams = StreamIntake(self._stream)
        self.asked: list[tuple[str, str]] = []
        """Name and type of each question, the newest last."""
        self.port = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"dns://{LOOPBACK}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether questions are taken."""
        return self._streams.is_open

    async def open(self) -> str:
        """Listen on one port for both; later on the same one again."""
        if self.is_open:
            return self.url
        for left in range(_TRIES, 0, -1):
            port = self._streams.open(LOOPBACK, self.port)
            try:
                self._datagrams, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Datagrams(self), local_addr=(LOOPBACK, port)
                )
            except OSError:
                # Somebody has that port for datagrams: another one, or the same a little later.
                await self._streams.close(keep=bool(self.port))
                if left == 1:
                    raise
                await asyncio.sleep(_AGAIN_S if self.port else 0.0)
            else:
                self.port = port
                break
        return self.url

    async def refuse(self) -> None:
        """Close the port; for streams it stays ours."""
        await self._streams.close(keep=True)
        if self._datagrams is not None:
            self._datagrams.close()
            self._datagrams = None
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Stop for good."""
        await self.refuse()
        await self._streams.close()

    def answer(self, wire: bytes, most_bytes: int) -> bytes | None:
        """The answer to one question; None when there is to be none.

        Args:
            wire: The question.
            most_bytes: How long the answer may be, unless the question says that it may be longer.
        """
        # With the first question: a world in which nobody asks is up sooner without dnspython.
        from demo.vendors.dns_answers import answered

        return answered(wire, most_bytes, self._zone, self._faults, self.asked)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            length = int.from_bytes(await reader.readexactly(2), "big")
            answer = self.answer(await reader.readexactly(length), _MOST_BYTES)
            if answer is not None:
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: "BaseTransport") -> None:
        # Python 3.11's own transport is none by its class.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        answer = self._server.answer(data, _DATAGRAM_BYTES)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)
