"""Follows one link that an answer names, without the credential and to no place of ours.

GitHub answers the question for a job's log with a link to a store of another company, good for a
minute and signed. It is the one redirect that is followed.
"""

from collections.abc import Callable
from typing import Final

from providers.clock import Clock
from providers.errors import BadAnswer
from providers.http_address import Address, parse_address
from providers.http_answers import joined
from providers.http_exchange import Call, Line, Reply
from providers.http_status import refusal
from providers.http_stream import Tail, Taken
from providers.http_wire import WIRE_SLACK, Wire

MOVED: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = (
    ("Accept", "text/plain, */*;q=0.5"),
    ("User-Agent", "quarterdeck"),
    ("Connection", "close"),
)


async def follow(
    system: str,
    operation: str,
    reply: Reply,
    base: Address,
    tail: Tail,
    *,
    clock: Clock,
    deadline_s: float,
) -> Taken:
    """Read what a redirect leads to, as lines.

    Args:
        system: For the errors.
        operation: For the errors.
        reply: The redirect itself.
        base: Who sent it; only one here may lead here, or do without TLS.
        tail: How much is taken.
        clock: Tells times.
        deadline_s: For everything but the body.

    Raises:
        ProviderError: It leads nowhere we go, or nothing is there.
    """
    address = _elsewhere(reply.header("location"), base, lambda why: _bad(system, operation, why))
    call = _call(system, operation, address, tail, deadline_s)
    line = Line(address, clock, away_only=not base.origin.loopback)
    found = await line.ask(call, Wire(clock, tail.most_bytes * 2 + WIRE_SLACK))
    if found.taken is not None:
        return found.taken
    told = joined(found.headers)
    raise refusal(system, operation, found.status, found.body, told, None, anonymous=True)


def _call(system: str, operation: str, address: Address, tail: Tail, deadline_s: float) -> Call:
    return Call(
        system=system,
        operation=operation,
        method="GET",
        address=address,
        headers=_HEADERS,
        deadline_s=deadline_s + tail.patience_s,
        body_limit_bytes=tail.most_bytes,
        tail=tail,
    )


def _elsewhere(location: str, base: Address, refuse: Callable[[str], BadAnswer]) -> Address:
    try:
        address = parse_address(location)
    except ValueError:
        raise refuse("it leads to no address of ours") from None
    if address.origin.scheme != "https" and not base.origin.loopback:
        raise refuse("it leads to a place without TLS")
    return address


def _bad(system: str, operation: str, why: str) -> BadAnswer:
    return BadAnswer(system, operation, why, advice="open it in the browser")
