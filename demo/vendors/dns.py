"""A resolver on loopback that knows a few domains, over UDP and TCP, in the real wire format."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from demo.faults import FaultKind, Faults
from demo.intake import LOOPBACK, StreamIntake

if TYPE_CHECKING:
    from asyncio import BaseTransport

SERVICE: Final = "dns"
Zone = Mapping[str, Mapping[str, Sequence[str]]]
"""Records by name and type, in the text of zone files."""

MOST_BYTES: Final = 65_535
_TTL_S: Final = 60
_TRIES: Final = 20
_MOST_ALIASES: Final = 8

_RCODES: Final = {
    FaultKind.NOT_FOUND: dns.rcode.NXDOMAIN,
    FaultKind.UNAVAILABLE: dns.rcode.SERVFAIL,
    FaultKind.SERVER_ERROR_HTML: dns.rcode.SERVFAIL,
    FaultKind.FORBIDDEN: dns.rcode.REFUSED,
    FaultKind.UNAUTHORIZED: dns.rcode.REFUSED,
}
_SILENT: Final = frozenset({FaultKind.HANG, FaultKind.DRIP, FaultKind.RESET})


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
                # Somebody has that port for datagrams: another one then.
                await self._streams.close()
                if left == 1:
                    raise
            else:
                self.port = port
                break
        return self.url

    async def refuse(self) -> None:
        """Close the port."""
        await self._streams.close()
        if self._datagrams is not None:
            self._datagrams.close()
            self._datagrams = None
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Stop for good."""
        await self.refuse()

    def answer(self, wire: bytes, most_bytes: int) -> bytes | None:
        """The answer to one question; None when there is to be none."""
        with contextlib.suppress(dns.exception.DNSException, ValueError):
            question = dns.message.from_wire(wire)
            if question.question:
                return self._answered(question, most_bytes)
        return None

    def _answered(self, question: dns.message.Message, most_bytes: int) -> bytes | None:
        asked = question.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        fault = self._faults.strike(SERVICE, name)
        if fault is not None and fault.kind in _SILENT:
            return None
        reply = dns.message.make_response(question, recursion_available=True)
        rcode = _RCODES.get(fault.kind) if fault is not None else None
        if rcode is not None:
            reply.set_rcode(rcode)
        else:
            self._fill(reply, name, kind)
        encoded = reply.to_wire(max_size=MOST_BYTES)
        if len(encoded) <= most_bytes:
            return encoded
        short = dns.message.make_response(question, recursion_available=True)
        short.flags |= dns.flags.TC
        return short.to_wire()

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        for owner, records in self._followed(name, kind):
            found = records.get(kind) or ()
            alias = () if kind == "CNAME" else records.get("CNAME") or ()
            for each, texts in ((kind, found), ("CNAME", alias)):
                if texts:
                    reply.answer.append(
                        dns.rrset.from_text(f"{owner}.", _TTL_S, "IN", each, *texts)
                    )
        if name not in self._zone:
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _followed(self, name: str, kind: str) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
        """A name and those that it is an alias of."""
        for _ in range(_MOST_ALIASES):
            records = self._zone.get(name, {})
            yield name, records
            aliases = records.get("CNAME")
            if kind == "CNAME" or not aliases:
                return
            name = aliases[0].rstrip(".").lower()

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            length = int.from_bytes(await reader.readexactly(2), "big")
            answer = self.answer(await reader.readexactly(length), MOST_BYTES)
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
        most = 512
        with contextlib.suppress(dns.exception.DNSException, ValueError):
            most = max(most, dns.message.from_wire(data).payload)
        answer = self._server.answer(data, most)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)
