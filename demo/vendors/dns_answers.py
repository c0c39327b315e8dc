"""What the resolver says, by dnspython."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from demo.faults import FaultKind, Faults
from demo.vendors.dns import SERVICE, Zone

_TTL_S: Final = 60
_MOST_ALIASES: Final = 8
_LONGEST_BYTES: Final = 65_535

_RCODES: Final = {
    FaultKind.NOT_FOUND: dns.rcode.NXDOMAIN,
    FaultKind.UNAVAILABLE: dns.rcode.SERVFAIL,
    FaultKind.SERVER_ERROR_HTML: dns.rcode.SERVFAIL,
    FaultKind.FORBIDDEN: dns.rcode.REFUSED,
    FaultKind.UNAUTHORIZED: dns.rcode.REFUSED,
}
_SILENT: Final = frozenset({FaultKind.HANG, FaultKind.DRIP, FaultKind.RESET})


def answered(
    wire: bytes, most_bytes: int, zone: Zone, faults: Faults, asked: list[tuple[str, str]]
) -> bytes | None:
    """The answer to one question; None when there is to be none.

    Args:
        wire: The question.
        most_bytes: How long the answer may be, unless the question says that it may be longer.
        zone: What there is.
        faults: What is wrong.
        asked: Gets the name and the type.
    """
    with contextlib.suppress(dns.exception.DNSException, ValueError):
        question = dns.message.from_wire(wire)
        if question.question:
            return _answered(question, max(most_bytes, question.payload), zone, faults, asked)
    return None


def _answered(
    question: dns.message.Message,
    most_bytes: int,
    zone: Zone,
    faults: Faults,
    asked: list[tuple[str, str]],
) -> bytes | None:
    name = question.question[0].name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.question[0].rdtype)
    asked.append((name, kind))
    fault = faults.strike(SERVICE, name)
    if fault is not None and fault.kind in _SILENT:
        return None
    reply = dns.message.make_response(question, recursion_available=True)
    rcode = _RCODES.get(fault.kind) if fault is not None else None
    if rcode is not None:
        reply.set_rcode(rcode)
    else:
        _fill(reply, name, kind, zone)
    encoded = reply.to_wire(max_size=_LONGEST_BYTES)
    if len(encoded) <= most_bytes:
        return encoded
    short = dns.message.make_response(question, recursion_available=True)
    short.flags |= dns.flags.TC
    return short.to_wire()


def _fill(reply: dns.message.Message, name: str, kind: str, zone: Zone) -> None:
    for owner, records in _followed(name, kind, zone):
        found = records.get(kind) or ()
        alias = () if kind == "CNAME" else records.get("CNAME") or ()
        for each, texts in ((kind, found), ("CNAME", alias)):
            if texts:
                reply.answer.append(dns.rrset.from_text(f"{owner}.", _TTL_S, "IN", each, *texts))
    if name not in zone:
        reply.set_rcode(dns.rcode.NXDOMAIN)


def _followed(
    name: str, kind: str, zone: Zone
) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """A name and those that it is an alias of."""
    for _ in range(_MOST_ALIASES):
        records = zone.get(name, {})
        yield name, records
        aliases = records.get("CNAME")
        if kind == "CNAME" or not aliases:
            return
        name = aliases[0].rstrip(".").lower()
