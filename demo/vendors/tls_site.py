"""A port of loopback that shows certificates: one authority, a certificate for each host."""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from demo.intake import StreamIntake
from demo.kept_port import LOOPBACK

AUTHORITY: Final = "Demo Authority R1"
_SINCE: Final = timedelta(days=60)


class TlsSite:
    """Shakes hands by the name that is asked for, and says nothing after that.

    Args:
        hosts: How long the certificate of each host still holds.
        folder: Where keys and certificates are written; ours alone.
        now: When it is.
        protocols: What it speaks, the best first.
    """

    def __init__(
        self,
        hosts: Mapping[str, timedelta],
        folder: Path,
        now: datetime,
        protocols: tuple[str, ...] = ("h2", "http/1.1"),
    ) -> None:
        self._protocols = list(protocols)
        self.port = 0
        self.ca_file = folder / "demo-authority.pem"
        """What has to be trusted."""

        authority_key = generate_private_key(SECP256R1())
        authority = _certificate(AUTHORITY, authority_key, None, now, timedelta(days=3650))
        self.ca_file.write_bytes(authority.public_bytes(Encoding.PEM))
        self._contexts = {
            host: self._context(host, left, folder, now, (authority, authority_key))
            for host, left in hosts.items()
        }
        chosen = next(iter(self._contexts.values()))
        chosen.sni_callback = self._by_name
        self._intake = StreamIntake(_silent, tls=chosen, handshake_s=5.0)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://{LOOPBACK}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether connections are taken."""
        return self._intake.is_open

    async def open(self) -> str:
        """Listen; later on the same port again."""
        if not self.is_open:
            self.port = self._intake.open(LOOPBACK, self.port)
        return self.url

    async def refuse(self) -> None:
        """Close the port; it stays ours."""
        await self._intake.close(keep=True)

    async def close(self) -> None:
        """Stop for good."""
        await self._intake.close()

    def _by_name(
        self, tls: "ssl.SSLSocket | ssl.SSLObject", name: str, _context: ssl.SSLContext
    ) -> None:
        found = self._contexts.get(name or "")
        if found is not None:
            tls.context = found

    def _context(
        self,
        host: str,
        left: timedelta,
        folder: Path,
        now: datetime,
        authority: tuple[x509.Certificate, EllipticCurvePrivateKey],
    ) -> ssl.SSLContext:
        key = generate_private_key(SECP256R1())
        certificate = _certificate(host, key, authority, now, left)
        path = folder / f"{host}.pem"
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.set_alpn_protocols(self._protocols)
        return context


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        await reader.read()
    writer.transport.abort()


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    authority: tuple[x509.Certificate, EllipticCurvePrivateKey] | None,
    now: datetime,
    left: timedelta,
) -> x509.Certificate:
    """A certificate of an authority, or without one the authority's own."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = key if authority is None else authority[1]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if authority is None else authority[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, now + left) - _SINCE)
        .not_valid_after(now + left)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if authority is not None:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(alternative, critical=False)
    return builder.sign(signer, hashes.SHA256())
