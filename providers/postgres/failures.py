"""What went wrong with a database, in words: one of our errors for whatever the driver raises.

The driver's own texts are never passed on: those of its parsers quote pieces of a DSN. What the
server said goes along as foreign text with known secrets taken out. Every reason says something,
for the driver's time-outs and lost connections say nothing (promise P26).
"""

import errno
import os
import re
import socket
import ssl
from typing import Final

import asyncpg
from msgspec import Struct

from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from providers.postgres.target import SYSTEM, Target
from providers.secrets import redact
from providers.text import Foreign


class NotTheProtocol(Exception):
    """The driver stumbled over an answer that no PostgreSQL server gives."""


DRIVER_ERRORS: Final = (
    NotTheProtocol,
    OSError,
    EOFError,
    ValueError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Everything the driver was seen to raise; `TimeoutError` and `ssl.SSLError` are `OSError`s."""

_SLOTS_ADVICE = (
    "end sessions that idle, lower the pools of the services, or raise the limit; "
    "the pane goes on trying"
)
_POOLER_ADVICE = "set pooler: transaction for this database"


class _Words(Struct, frozen=True, kw_only=True):
    kind: type[ProviderError]
    reason: str
    advice: str = ""


_BY_STATE: Final = {
    "53300": _Words(
        kind=ServerFailed, reason="too many connections: no slot is free", advice=_SLOTS_ADVICE
    ),
    "28P01": _Words(
        kind=Unauthorized,
        reason="the password was refused",
        advice="check the secret of this database, and the role's name",
    ),
    "28000": _Words(
        kind=Unauthorized,
        reason="this role may not connect from here",
        advice="check pg_hba.conf, the role's LOGIN right, and whether the server wants TLS",
    ),
    "3D000": _Words(
        kind=NotFound,
        reason="there is no such database",
        advice="check `database` in the configuration",
    ),
    "57P03": _Words(
        kind=ServerFailed,
        reason="the server takes no connections now: starting, stopping or recovering",
        advice="wait; the pane recovers by itself",
    ),
    "57P01": _Words(kind=Unreachable, reason="the server ended the connection"),
    "57P02": _Words(kind=Unreachable, reason="the server crashed and ended the connection"),
    "57P05": _Words(kind=Unreachable, reason="the server ended the connection for idling"),
    "57014": _Words(
        kind=TimedOut,
        reason="the server stopped our query at its time limit",
        advice="the server is busy; the pane goes on trying",
    ),
    "55P03": _Words(
        kind=TimedOut,
        reason="a lock was not free within our time limit",
        advice="look for a session that locks system tables",
    ),
    "42501": _Words(
        kind=Unauthorized,
        reason="this role may not read what the pane needs",
        advice="GRANT pg_monitor to the role",
    ),
    "26000": _Words(
        kind=ServerFailed,
        reason="a pooler in transaction mode lost our statement",
        advice=_POOLER_ADVICE,
    ),
    "42P05": _Words(
        kind=ServerFailed,
        reason="a pooler in transaction mode mixed up our statement",
        advice=_POOLER_ADVICE,
    ),
}

_BY_TEXT: Final = (
    # Poolers have no codes of their own for these (Supavisor, PgBouncer).
    (
        "tenant or user not found",
        _Words(
            kind=Unauthorized,
            reason="the pooler does not know this project or user",
            advice="the user of Supabase's pooler is postgres.PROJECT_REF; a paused project "
            "answers the same: resume it in the dashboard",
        ),
    ),
    (
        "max client connections reached",
        _Words(
            kind=ServerFailed,
            reason="too many connections: the pooler takes no more clients",
            advice=_SLOTS_ADVICE,
        ),
    ),
    (
        "no more connections allowed",
        _Words(
            kind=ServerFailed,
            reason="too many connections: the pooler takes no more clients",
            advice=_SLOTS_ADVICE,
        ),
    ),
    (
        "unsupported startup parameter",
        _Words(
            kind=Unauthorized,
            reason="the pooler refuses settings at the start of a connection",
            advice=_POOLER_ADVICE,
        ),
    ),
)

_BY_ERRNO: Final = {
    errno.ECONNREFUSED: "connection refused: nothing listens there",
    errno.ECONNRESET: "the connection was reset by the other side",
    errno.EPIPE: "the connection was closed by the other side",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the network",
    errno.ETIMEDOUT: "no answer to our connection request",
    errno.ENOENT: "no socket of a server in that folder",
    errno.EACCES: "we may not open the server's socket",
    errno.EMFILE: "our own process has too many files open",
}


def translated(
    error: BaseException, *, operation: str, target: Target | None, limit_s: float
) -> ProviderError:
    """The error of ours for one of `DRIVER_ERRORS`.

    Args:
        error: What the driver raised.
        operation: What was being done.
        target: Whom we talked to, for advice; None while its secrets were still looked up.
        limit_s: The time limit of the whole read.
    """
    words, detail = _words(error, target, limit_s)
    said = Foreign(redact(detail)) if detail else None
    return words.kind(SYSTEM, operation, words.reason, advice=words.advice, detail=said)


def _words(error: BaseException, target: Target | None, limit_s: float) -> tuple[_Words, str]:
    place = target.place if target is not None else "the source of its secret"
    if isinstance(error, asyncpg.PostgresError):
        return _server_said(error)
    if isinstance(error, TimeoutError) and error.errno is None:
        return _Words(
            kind=TimedOut,
            reason=f"no answer from {place} within {limit_s:g} s",
            advice="the server hangs or is out of reach; the pane goes on trying",
        ), ""
    if isinstance(error, ssl.SSLError):
        return _tls_failed(error)
    if isinstance(error, socket.gaierror):
        return _no_name(error, target.host if target is not None else ""), ""
    if isinstance(error, OSError):
        return _system_said(error, place), ""
    if isinstance(error, UnicodeError) and not isinstance(error, UnicodeDecodeError):
        return _Words(
            kind=Unreachable,
            reason="the host name is none that can exist",
            advice="check `host` in the configuration",
        ), ""
    return _driver_said(error), ""


def _server_said(error: asyncpg.PostgresError) -> tuple[_Words, str]:
    if isinstance(error.__cause__, asyncpg.PostgresError):
        # The server's last words before it closed the connection.
        return _server_said(error.__cause__)
    message = str(getattr(error, "message", None) or "")
    state = str(getattr(error, "sqlstate", None) or "")
    lowered = message.lower()
    for text, words in _BY_TEXT:
        if text in lowered:
            return words, message
    if isinstance(error, asyncpg.ConnectionDoesNotExistError):
        return _Words(kind=Unreachable, reason="the connection was lost"), ""
    words = _BY_STATE.get(state) or _by_class(state)
    return words, message


def _by_class(state: str) -> _Words:
    if state.startswith("08"):
        return _Words(kind=Unreachable, reason="the server broke off the connection")
    if state.startswith("28"):
        return _BY_STATE["28000"]
    if state.startswith("42"):
        return _Words(
            kind=BadAnswer,
            reason="the server does not know what we ask for",
            advice="PostgreSQL 12 or later is needed",
        )
    code = f" {state}" if re.fullmatch(r"[0-9A-Z]{5}", state) else ""
    return _Words(kind=ServerFailed, reason=f"the server reports error{code}")


def _tls_failed(error: ssl.SSLError) -> tuple[_Words, str]:
    # Made by OpenSSL they say more than when somebody else raises them.
    if isinstance(error, ssl.SSLCertVerificationError):
        return _Words(
            kind=Unreachable,
            reason="the server's certificate is not trusted; no password was sent",
            advice="give the CA's certificate as ca_file (Supabase: Project Settings, Database, "
            "SSL Configuration), and the name that stands in the certificate as host",
        ), str(getattr(error, "verify_message", None) or "")
    return _Words(
        kind=Unreachable,
        reason="TLS could not be agreed upon; no password was sent",
        advice="check ca_file, and that the server speaks TLS 1.2 or later",
    ), str(getattr(error, "reason", None) or "")


def _no_name(error: socket.gaierror, host: str) -> _Words:
    if error.errno == socket.EAI_AGAIN:
        return _Words(kind=Unreachable, reason="the name service does not answer")
    advice = "check `host` in the configuration"
    if host.endswith(".supabase.co"):
        advice = "direct Supabase hosts have IPv6 only: use the pooler's host, or the IPv4 add-on"
    return _Words(kind=Unreachable, reason="no such host name", advice=advice)


def _system_said(error: OSError, place: str) -> _Words:
    text = str(error)
    if "rejected SSL upgrade" in text:
        return _Words(
            kind=Unreachable,
            reason="the server offers no TLS; no password was sent",
            advice="turn on ssl at the server; tls: disable is for loopback and Unix sockets",
        )
    if "during SSL exchange" in text:
        return _Words(kind=Unreachable, reason="the server refused before TLS began")
    number = error.errno or _errno_within(text)
    reason = _BY_ERRNO.get(number or 0) or (os.strerror(number).lower() if number else "")
    advice = f"check that a server listens at {place}" if number else ""
    return _Words(
        kind=Unreachable, reason=reason or "the server closed the connection", advice=advice
    )


def _errno_within(text: str) -> int | None:
    # With several addresses asyncio raises one OSError without a number and all the texts in it.
    found = re.search(r"\[Errno (\d{1,4})\]", text)
    return int(found[1]) if found else None


def _driver_said(error: BaseException) -> _Words:
    if isinstance(error, asyncpg.InterfaceError):
        return _Words(kind=Unreachable, reason="the connection was lost")
    return _Words(
        kind=BadAnswer,
        reason="what came back is not PostgreSQL's protocol",
        advice="check host and port: another service may listen there",
    )
