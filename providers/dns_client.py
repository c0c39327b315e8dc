"""Questions to name servers, over UDP and TCP, with every way to fail told apart (RFC 1035).

The messages are read and written by `providers.dns_message`.
"""

import asyncio
import contextlib
import enum
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from providers.dns_message import (
    NO_ERROR,
    NO_NAME,
    REFUSED,
    SERVER_FAILED,
    Reply,
    canonical,
    question,
    read_reply,
)

RESOLV_CONF: Final = Path("/etc/resolv.conf")
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
    """`A`, `AAAA`, `CNAME`, `TXT` or `NS`."""

    outcome: DnsOutcome
    values: tuple[str, ...] = ()
    """As text; names without the last dot, in lower case; a TXT record's strings joined."""

    chain: tuple[str, ...] = ()
    """The aliases that were followed, the last one first found."""

    server: str = ""
    """Who said so."""


_OF_RCODE: Final = {
    NO_NAME: DnsOutcome.NO_NAME,
    SERVER_FAILED: DnsOutcome.SERVER_FAILED,
    REFUSED: DnsOutcome.REFUSED,
}


class _Question(Struct, frozen=True, kw_only=True):
    """A question and how its answer is known."""

    id: int
    name: str
    kind: str
    wire: bytes

    def read(self, wire: bytes) -> Reply:
        """The reply.

        Raises:
            ValueError: It can not be read, or answers another question.
        """
        reply = read_reply(wire)
        if not reply.answers(self.id, self.name, self.kind):
            raise ValueError("an answer to another question")
        return reply


def _question(name: str, kind: str) -> _Question:
    # An id nobody can guess, for whoever would like to answer in the server's place.
    number = int.from_bytes(os.urandom(2), "big")
    wire = question(number, name, kind)
    return _Question(id=number, name=canonical(name), kind=kind, wire=wire)


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
            asked = _question(name, kind)
        except ValueError:
            return DnsAnswer(name=name, kind=kind, outcome=DnsOutcome.NO_NAME)
        answer = DnsAnswer(name=name, kind=kind, outcome=DnsOutcome.UNREACHABLE)
        for server in self._given or await asyncio.to_thread(system_servers):
            answer = await self._asked(asked, server, name, kind)
            if answer.outcome.final:
                break
        return answer

    async def _asked(self, asked: _Question, server: Server, name: str, kind: str) -> DnsAnswer:
        shown = f"{server[0]}:{server[1]}"
        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await _exchanged(asked, server, self._timeout_s / TRIES)
        except TimeoutError:
            outcome = DnsOutcome.TIMED_OUT
        except OSError:
            outcome = DnsOutcome.UNREACHABLE
        except ValueError:
            outcome = DnsOutcome.BAD_ANSWER
        else:
            return _answer(reply, asked, name, shown)
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


def _answer(reply: Reply, asked: _Question, name: str, server: str) -> DnsAnswer:
    """A reply as ours; aliases are followed as far as it holds them."""
    if reply.rcode != NO_ERROR:
        outcome = _OF_RCODE.get(reply.rcode, DnsOutcome.BAD_ANSWER)
        return DnsAnswer(name=name, kind=asked.kind, outcome=outcome, server=server)
    owner, chain = asked.name, list[str]()
    aliases = {
        each.owner: each.text
        for each in reply.records
        if each.kind == "CNAME" and asked.kind != "CNAME"
    }
    while owner in aliases and len(chain) < MOST_CHAIN:
        owner = aliases[owner]
        chain.append(owner)
    values = {
        each.text for each in reply.records if each.kind == asked.kind and each.owner == owner
    }
    return DnsAnswer(
        name=name,
        kind=asked.kind,
        outcome=DnsOutcome.FOUND if values else DnsOutcome.NO_RECORD,
        values=tuple(sorted(values)[:MOST_VALUES]),
        chain=tuple(chain),
        server=server,
    )


class _Waiting(asyncio.DatagramProtocol):
    """Takes datagrams until one is the answer; whatever else comes is nobody's."""

    def __init__(self, asked: _Question) -> None:
        self._asked = asked
        self.answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.answer.done():
            return
        with contextlib.suppress(ValueError):
            self.answer.set_result(self._asked.read(data))

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.answer.cancel()


async def _exchanged(asked: _Question, server: Server, patience_s: float) -> Reply:
    reply = await _by_datagram(asked, server, patience_s)
    return await _by_stream(asked, server) if reply.truncated else reply


async def _by_datagram(asked: _Question, server: Server, patience_s: float) -> Reply:
    """A datagram may be lost: it is sent again before it is given up."""
    loop = asyncio.get_running_loop()
    transport, waiting = await loop.create_datagram_endpoint(
        lambda: _Waiting(asked), remote_addr=server
    )
    try:
        for _ in range(TRIES):
            transport.sendto(asked.wire)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    return await asyncio.shield(waiting.answer)
        raise TimeoutError
    finally:
        transport.close()


async def _by_stream(asked: _Question, server: Server) -> Reply:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(len(asked.wire).to_bytes(2, "big") + asked.wire)
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = asked.read(await reader.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise ValueError("the answer was cut") from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if reply.truncated:
        raise ValueError("the answer was cut")
    return reply
