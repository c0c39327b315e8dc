"""What went wrong below HTTP, in words: no failure without a cause (promise P26)."""

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Final

import h11

from providers.errors import BadAnswer, ProviderError, TooLarge, Unreachable
from providers.http_address import Address
from providers.http_advice import (
    BROKEN_OFF,
    CUT,
    HTTP2,
    MALFORMED,
    OF_ERRNO,
    OURS,
    PAST_LIMIT,
    UNANSWERED,
)
from providers.http_wire import HTTP_SIGN, Http2Broken, PastLimit, Wire
from providers.tls_words import tls_reason

BROKEN: Final[tuple[type[Exception], ...]] = (
    h11.ProtocolError,
    Http2Broken,
    OSError,
    # UnicodeError (IDNA), and what parsers of numbers raise.
    ValueError,
    ExceptionGroup,
    PastLimit,
)
"""Everything an exchange is known to raise besides cancellation."""

_ERRNO_WORDS: Final = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by the other side",
    errno.ECONNABORTED: "connection aborted",
    errno.EPIPE: "connection closed while the request was sent",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to its network",
    errno.ENETDOWN: "our network is down",
    errno.EHOSTDOWN: "the host is down",
    errno.ETIMEDOUT: "no answer to the attempt to connect",
    errno.EADDRNOTAVAIL: "no address of ours to connect from",
    errno.EACCES: "connecting is not permitted here",
    errno.EPERM: "connecting is not permitted here",
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files on this machine",
}


def explained(
    error: BaseException, system: str, operation: str, address: Address, wire: Wire
) -> ProviderError:
    """The error of our tree for whatever ended an exchange."""
    for cause in _causes(error):
        if isinstance(cause, PastLimit):
            return TooLarge(system, operation, str(cause), advice=PAST_LIMIT)
        if isinstance(cause, ssl.SSLError):
            reason, advice = tls_reason(cause, address.origin.host, wire.untrusted)
            return Unreachable(system, operation, reason, advice=advice)
        if isinstance(cause, OSError):
            reason, advice = _socket_reason(cause, address)
            return Unreachable(system, operation, reason, advice=advice)
    return _protocol_trouble(error, system, operation, wire)


def untrusted(error: BaseException) -> bool:
    """Whether the other side showed a certificate, and it was refused."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and the first leaf of groups; at most a few."""
    current: BaseException | None = error
    for _ in range(8):
        if current is None:
            return
        yield current
        if isinstance(current, BaseExceptionGroup):
            current = current.exceptions[0]
        else:
            current = current.__cause__ or current.__context__


def _socket_reason(error: OSError, address: Address) -> tuple[str, str]:
    host = address.origin.host
    if isinstance(error, socket.gaierror):
        return _name_reason(error, host)
    if error.errno is None:
        return (str(error), OURS) if str(error) else ("the connection broke", BROKEN_OFF)
    words = _ERRNO_WORDS.get(error.errno)
    if words is None:
        words = f"the connection broke ({errno.errorcode.get(error.errno, error.errno)})"
    if error.errno == errno.ECONNREFUSED:
        return words, f"is anything listening at {address.origin}?"
    return words, OF_ERRNO.get(error.errno, BROKEN_OFF)


def _name_reason(error: socket.gaierror, host: str) -> tuple[str, str]:
    if error.errno in {socket.EAI_AGAIN, socket.EAI_FAIL}:
        return f"the name server gave no answer for {host}", "check the network and resolver"
    if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
        return f"DNS name not found: {host}", "check the spelling, the VPN and the resolver"
    return f"the name {host} could not be looked up ({error.errno})", "check the resolver"


def _protocol_trouble(
    error: BaseException, system: str, operation: str, wire: Wire
) -> ProviderError:
    text = str(error)
    if isinstance(error, Http2Broken):
        reason = "the answer breaks the rules of HTTP/2, or was taken back"
        return BadAnswer(system, operation, reason, advice=HTTP2)
    if isinstance(error, h11.RemoteProtocolError):
        return _broken_protocol(text, system, operation, wire)
    if isinstance(error, h11.LocalProtocolError):
        # Its text may quote a header of ours.
        reason = "the request could not be put into words of HTTP"
        return BadAnswer(system, operation, reason, advice="check its headers and its address")
    if isinstance(error, UnicodeError):
        reason = "the host name is not one that DNS can look up"
        return Unreachable(system, operation, reason, advice="check the spelling")
    if isinstance(error, ValueError):
        return BadAnswer(system, operation, "the answer could not be read", advice=MALFORMED)
    reason = f"the connection broke ({type(error).__name__})"
    return Unreachable(system, operation, reason, advice=BROKEN_OFF)


def _broken_protocol(text: str, system: str, operation: str, wire: Wire) -> ProviderError:
    low = text.lower()
    if not wire.start:
        reason = "the connection was closed without an answer"
        return Unreachable(system, operation, reason, advice=UNANSWERED)
    if "receive buffer too long" in low:
        reason = "its headers are longer than 100 kB"
        return TooLarge(system, operation, reason, advice=PAST_LIMIT)
    if wire.status is None and not wire.start.startswith(HTTP_SIGN):
        reason = "what answers does not speak HTTP"
        return BadAnswer(system, operation, reason, advice="check scheme and port")
    if any(sign in low for sign in ("closed connection", "incomplete", "disconnected")):
        reason = f"the answer was cut: the connection closed {_how_far(wire)}"
        return BadAnswer(system, operation, reason, advice=CUT)
    reason = f"its headers break the rules of HTTP ({_rule(low)})"
    if wire.status is not None:
        reason = "the framing of the body is broken (chunks or length)"
    return BadAnswer(system, operation, reason, advice=MALFORMED)


def _how_far(wire: Wire) -> str:
    if wire.status is None:
        return "in the middle of its headers"
    count = wire.body_bytes
    return f"after {count:,} byte{'' if count == 1 else 's'} of its body"


def _rule(low: str) -> str:
    for sign, rule in (
        ("content-length", "content length"),
        ("transfer-encoding", "transfer encoding"),
        ("header line", "illegal characters"),
        ("header", "a header"),
    ):
        if sign in low:
            return rule
    return "framing"
