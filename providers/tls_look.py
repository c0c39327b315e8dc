"""One TLS handshake with a server, to see what it shows: certificate, trust, versions."""

import asyncio
import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.http_address import Origin
from providers.http_connect import connect_any
from providers.http_resolve import SocketAddress
from providers.http_tls_layer import TlsLayer
from providers.probe_readings import Certificate
from providers.tls import shared_context
from providers.tls_certificate import read_untrusted, trusted_certificate
from providers.tls_words import tls_reason

_HTTP_NAMES: Final = {"h2": "HTTP/2", "http/1.1": "HTTP/1.1", None: "HTTP/1.1"}


class TlsView(Struct, frozen=True, kw_only=True):
    """What a server showed."""

    certificate: Certificate | None = None
    """The first of its chain, trusted or not; None when it showed none."""

    trusted: bool = False
    """Whether the whole chain leads to an authority that is trusted here, for this very name."""

    http: str = ""
    """What it would rather speak: `HTTP/2` or `HTTP/1.1`; empty without a handshake."""

    tls: str = ""
    """`TLSv1.3`; empty without a handshake."""

    problem: str = ""
    """Why there is no trusted connection; empty when there is one."""

    advice: str = ""


async def look(
    host: str, port: int, addresses: Sequence[str], *, ca_file: str | None, within_s: float
) -> TlsView:
    """Shake hands once and hang up; nothing is asked. Never raises for what a server does.

    Args:
        host: For SNI and for the certificate.
        port: Where it listens.
        addresses: IP addresses it was found at; no name is looked up here.
        ca_file: Trust these authorities and no other; None: the machine's.
        within_s: For all of it.
    """
    at = [_where(each, port) for each in addresses]
    try:
        async with asyncio.timeout(within_s):
            return await _shaken(host, port, at, ca_file, within_s)
    except TimeoutError:
        return TlsView(problem=f"no handshake within {within_s:g} s", advice="is the port open?")
    except OSError as error:
        # asyncio writes the address into the text of some of them.
        words = os.strerror(error.errno).lower() if error.errno else type(error).__name__
        return TlsView(problem=f"no connection: {words}", advice="is the port open?")


async def _shaken(
    host: str, port: int, at: list[SocketAddress], ca_file: str | None, within_s: float
) -> TlsView:
    context = await shared_context(ca_file, http2=True)
    connected = await connect_any(at)
    with connected:
        tls = TlsLayer(connected, context, host)
        try:
            await tls.handshake()
        except ssl.SSLError as error:
            refused = error
        else:
            return _seen(tls.object)
    shown = None
    if isinstance(refused, ssl.SSLCertVerificationError):
        origin = Origin(scheme="https", host=host, port=port)
        shown = await read_untrusted(origin, within_s / 2, at)
    reason, advice = tls_reason(refused, host, shown)
    return TlsView(certificate=shown, problem=reason, advice=advice)


def _seen(tls: ssl.SSLObject) -> TlsView:
    return TlsView(
        certificate=trusted_certificate(tls),
        trusted=True,
        http=_HTTP_NAMES.get(tls.selected_alpn_protocol(), ""),
        tls=tls.version() or "",
    )


def _where(address: str, port: int) -> SocketAddress:
    six = ipaddress.ip_address(address).version == 6
    family = socket.AF_INET6 if six else socket.AF_INET
    return int(family), ((address, port, 0, 0) if six else (address, port))
