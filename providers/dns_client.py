"""Questions to name servers, over UDP and TCP, with every way to fail told apart (RFC 1035).

dnspython reads and writes the messages; the sockets are ours, because its own would bring a second
HTTP stack into the process and are not bounded the way everything else here is.
"""

import asyncio
import contextlib
import enum
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
from msgspec import Struct

RESOLV_CONF: Final = Path("/etc/resolv.conf")
PAYLOAD_BYTES: Final = 1232
"""What fits a datagram anywhere (DNS flag day 2020); longer answers come over TCP."""

TRIES: Final = 2
MOST_VALUES: Final = 64
MOST_CHAIN: Final = 16
_PORT: Final = 53

Server = tuple[str, int]
"""Address and port of a name server."""


class DnsOutcome(enum.Enum):
    """How a question ended."""

    FOUND = "found"
    NO_RECORD = "no such record"
    """The name is there, and has nothing of this type."""
    NO_NAME = "no such name"
    """NXDOMAIN: nobody on the internet can find it."""
    SERVER_FAILED = "server failed"
    """SERVFAIL: the domain's own servers do not answer, or DNSSEC is broken."""
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad answer"

    @property
    def final(self) -> bool:
        """Whether the domain itself was heard, and no other server needs to be asked."""
        return self in {DnsOutcome.FOUND, DnsOutcome.NO_RECORD, DnsOutcome.NO_NAME}

    @property
    def silent(self) -> bool:
        """Whether nothing at all was learned about the name."""
        return self in {DnsOutcome.TIMED_OUT, DnsOutcome.UNREACHABLE, DnsOutcome.REFUSED}


class DnsAnswer(Struct, frozen=True, kw_only=True):
    """What a name server said of one name and one type."""

    name: str
    kind: str
    """`A`, `AAAA`, `CNAME`, `TXT`, `NS`, `SOA`, `MX`."""

    outcome: DnsOutcome
    values: tuple[str, ...] = ()
    """As text; names without the last dot, in lower case; a TXT record's strings joined."""

    chain: tuple[str, ...] = ()
    """The aliases that were followed, the last one first found."""

    server: str = ""
    """Who said so."""


_OF_RCODE: Final = {
    dns.rcode.NXDOMAIN: DnsOutcome.NO_NAME,
    dns.rcode.SERVFAIL: DnsOutcome.SERVER_FAILED,
    dns.rcode.REFUSED: DnsOutcome.REFUSED,
}


class NameServers:
    """Some resolvers, asked one after the other until one knows.

    Args:
        servers: Address and port each; empty: those of the system.
        timeout_s: For one server, both tries together.
    """

    def __init__(self, servers: Sequence[Server], *, timeout_s: float = 3.0) -> None:
        self._given = tuple(servers)
        self._timeout_s = timeout_s

    async def ask(self, name: str, kind: str) -> DnsAnswer:
        """Ask for one type of one name; never raises for what a server or the network does."""
        try:
            question = dns.message.make_query(
                name, kind, use_edns=0, payload=PAYLOAD_BYTES, want_dnssec=False
            )
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return DnsAnswer(name=name, kind=kind, outcome=DnsOutcome.NO_NAME)
        answer = DnsAnswer(name=name, kind=kind, outcome=DnsOutcome.UNREACHABLE)
        for server in self._given or await asyncio.to_thread(system_servers):
            answer = await self._asked(question, server, name, kind)
            if answer.outcome.final:
                break
        return answer

    async def _asked(
        self, question: dns.message.QueryMessage, server: Server, name: str, kind: str
    ) -> DnsAnswer:
        shown = f"{server[0]}:{server[1]}"
        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await _exchanged(question, server, self._timeout_s / TRIES)
        except TimeoutError:
            outcome = DnsOutcome.TIMED_OUT
        except OSError:
            outcome = DnsOutcome.UNREACHABLE
        except (dns.exception.DNSException, ValueError, LookupError):
            outcome = DnsOutcome.BAD_ANSWER
        else:
            return read_reply(reply, name, kind, shown)
        return DnsAnswer(name=name, kind=kind, outcome=outcome, server=shown)


def system_servers() -> tuple[Server, ...]:
    """The resolvers this machine uses; loopback when none is written down."""
    try:
        lines = RESOLV_CONF.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    words = [line.split() for line in lines[:1000]]
    named = [each[1] for each in words if len(each) > 1 and each[0] == "nameserver"]
    return tuple((address, _PORT) for address in named[:3]) or (("127.0.0.1", _PORT),)


def read_reply(reply: dns.message.Message, name: str, kind: str, server: str) -> DnsAnswer:
    """A decoded answer as ours; aliases are followed as far as the answer holds them."""
    if reply.rcode() != dns.rcode.NOERROR:
        outcome = _OF_RCODE.get(reply.rcode(), DnsOutcome.BAD_ANSWER)
        return DnsAnswer(name=name, kind=kind, outcome=outcome, server=server)
    wanted = dns.rdatatype.from_text(kind)
    owner = dns.name.from_text(name)
    chain: list[str] = []
    aliases: dict[dns.name.Name, dns.name.Name] = {
        rrset.name: target
        for rrset in reply.answer
        if rrset.rdtype == dns.rdatatype.CNAME and wanted != dns.rdatatype.CNAME
        for target in (getattr(record, "target", None) for record in rrset)
        if isinstance(target, dns.name.Name)
    }
    while owner in aliases and len(chain) < MOST_CHAIN:
        owner = aliases[owner]
        chain.append(_name(owner))
    values = [
        _text(record)
        for rrset in reply.answer
        if rrset.rdtype == wanted and rrset.name == owner
        for record in rrset
    ]
    return DnsAnswer(
        name=name,
        kind=kind,
        outcome=DnsOutcome.FOUND if values else DnsOutcome.NO_RECORD,
        values=tuple(sorted(values)[:MOST_VALUES]),
        chain=tuple(chain),
        server=server,
    )


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _text(record: object) -> str:
    strings = getattr(record, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    for attribute in ("target", "exchange", "mname"):
        found = getattr(record, attribute, None)
        if found is not None:
            return _name(found)
    return str(record)


class _Waiting(asyncio.DatagramProtocol):
    """Takes datagrams until one is the answer; whatever else comes is nobody's."""

    def __init__(self, question: dns.message.QueryMessage) -> None:
        self._question = question
        self.answer: asyncio.Future[dns.message.Message] = (
            asyncio.get_running_loop().create_future()
        )

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.answer.done():
            return
        with contextlib.suppress(dns.exception.DNSException, ValueError, LookupError):
            reply = dns.message.from_wire(data, ignore_trailing=True, raise_on_truncation=False)
            if self._question.is_response(reply):
                self.answer.set_result(reply)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.answer.cancel()


async def _exchanged(
    question: dns.message.QueryMessage, server: Server, patience_s: float
) -> dns.message.Message:
    reply = await _by_datagram(question, server, patience_s)
    if reply.flags & dns.flags.TC:
        reply = await _by_stream(question, server)
    return reply


async def _by_datagram(
    question: dns.message.QueryMessage, server: Server, patience_s: float
) -> dns.message.Message:
    """A datagram may be lost: it is sent again before it is given up."""
    loop = asyncio.get_running_loop()
    transport, waiting = await loop.create_datagram_endpoint(
        lambda: _Waiting(question), remote_addr=server
    )
    try:
        for _ in range(TRIES):
            transport.sendto(question.to_wire())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    return await asyncio.shield(waiting.answer)
        raise TimeoutError
    finally:
        transport.close()


async def _by_stream(question: dns.message.QueryMessage, server: Server) -> dns.message.Message:
    reader, writer = await asyncio.open_connection(*server)
    try:
        wire = question.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = dns.message.from_wire(await reader.readexactly(length), ignore_trailing=True)
    except asyncio.IncompleteReadError as error:
        raise ValueError("the answer was cut") from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if not question.is_response(reply):
        raise ValueError("an answer to another question")
    return reply
