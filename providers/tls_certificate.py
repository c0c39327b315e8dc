"""Certificates as values: of trusted connections, and of refused ones for their dates."""

import asyncio
import re
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from providers.http_address import Origin
from providers.http_connect import connect_any
from providers.http_resolve import RESOLVER, SocketAddress
from providers.http_tls_layer import TlsLayer
from providers.probe_readings import Certificate
from providers.secret_value import redact
from providers.text import Foreign

if TYPE_CHECKING:
    from cryptography import x509

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME: Final = re.compile(r"(\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT", re.ASCII)

LONGEST_READ_S: Final = 2.0
LONGEST_NAME: Final = 120


def trusted_certificate(tls: ssl.SSLObject) -> Certificate | None:
    """The certificate of a verified connection; None where the system's verifier hides it."""
    fields = tls.getpeercert()
    if not fields:
        return None
    ends = fields.get("notAfter")
    not_after = certificate_time(ends) if isinstance(ends, str) else None
    if not_after is None:
        return None
    return Certificate(
        subject=_foreign(_names(fields.get("subject")) or _names_of_hosts(fields)),
        issuer=_foreign(_names(fields.get("issuer"))),
        not_after=not_after,
        trusted=True,
    )


def certificate_time(text: str) -> datetime | None:
    """A time as OpenSSL prints it, such as `Jan  5 09:34:43 2028 GMT`; None where it is none.

    The standard library's reader of it loads calendars and a locale: 3 ms before the first answer
    can be shown.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    month, day, hour, minute, second, year = found.groups()
    try:
        moment = datetime(
            int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), tzinfo=UTC
        )
        # A leap second belongs to the next minute.
        return moment + timedelta(seconds=int(second))
    except (ValueError, OverflowError):
        return None


def _names(pairs: object) -> str:
    """Organisation and common name out of what `getpeercert` makes of a name."""
    found: dict[str, str] = {}
    for relative in pairs if isinstance(pairs, tuple) else ():
        for key, value in relative:
            found.setdefault(str(key), str(value))
    wanted = (found.get("organizationName"), found.get("commonName"))
    return ", ".join(value for value in wanted if value)


def _names_of_hosts(fields: object) -> str:
    hosts = fields.get("subjectAltName", ()) if isinstance(fields, dict) else ()
    return ", ".join(str(value) for _, value in hosts[:4])


def _foreign(text: str) -> Foreign:
    return Foreign(Foreign(redact(text[: LONGEST_NAME * 4])).line(LONGEST_NAME))


async def read_untrusted(
    origin: Origin, within_s: float, at: list[SocketAddress] | None = None
) -> Certificate | None:
    """The certificate of a server that was just refused, to tell its names and dates.

    A second handshake that verifies nothing and sends nothing: the connection is closed as soon
    as the certificate is there. None when that does not work either.

    Args:
        origin: Who was refused.
        within_s: How long it may take.
        at: Its addresses, where they are known already.
    """
    try:
        async with asyncio.timeout(min(within_s, LONGEST_READ_S)):
            encoded = await _encoded(origin, at)
            # The parser is loaded on first use, 40 ms.
            return await asyncio.to_thread(parsed, encoded) if encoded else None
    except (OSError, ValueError):
        return None


async def _encoded(origin: Origin, at: list[SocketAddress] | None) -> bytes | None:
    found = at if at is not None else await RESOLVER.look_up(origin.host, origin.port)
    connected = await connect_any(found)
    with connected:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        tls = TlsLayer(connected, context, origin.host)
        await tls.handshake()
        return tls.object.getpeercert(binary_form=True)


def parsed(encoded: bytes) -> Certificate | None:
    """An unverified certificate in DER; None when it is none that can be read."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(encoded)
        return Certificate(
            subject=_foreign(_hosts(certificate) or _common_name(certificate.subject)),
            issuer=_foreign(_common_name(certificate.issuer)),
            not_after=certificate.not_valid_after_utc,
            trusted=False,
        )
    except (ValueError, TypeError, UserWarning, x509.InvalidVersion):
        # Certificates are made by strangers too: the parser warns of some and chokes on others.
        return None


def _hosts(certificate: "x509.Certificate") -> str:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ""
    return ", ".join(str(name.value) for name in list(names)[:4])


def _common_name(name: "x509.Name") -> str:
    from cryptography.x509.oid import NameOID

    wanted = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    return ", ".join(str(part.value) for oid in wanted for part in name.get_attributes_for_oid(oid))
