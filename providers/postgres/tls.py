"""TLS to a database: verified unless the configuration says otherwise in so many words."""

import ssl
import sys
from pathlib import Path

from providers.postgres.options import TlsMode
from providers.tls import CA_FILES

_ALPN = ["postgresql"]
"""PostgreSQL 17 and later refuse a client that offers anything else."""


def tls_context(mode: TlsMode, ca_file: str | None) -> ssl.SSLContext:
    """A context for one of the modes but `disable`. Reads certificates: call it in a thread.

    Args:
        mode: `verify-full` checks certificate and name, `verify-ca` the certificate alone,
            `require` neither.
        ca_file: Trusted in place of the system's certificates.

    Raises:
        OSError: The file can not be read, or holds no certificate (`ssl.SSLError`).
    """
    context = _context(ca_file) if mode != "require" else _plain()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(_ALPN)
    if mode != "verify-full":
        context.check_hostname = False
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return context


def _plain() -> ssl.SSLContext:
    # Not ssl.create_default_context: that one writes session keys to SSLKEYLOGFILE.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _context(ca_file: str | None) -> ssl.SSLContext:
    if ca_file is None and sys.platform == "darwin":
        import truststore

        keychain: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return keychain
    context = _plain()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
        return context
    for candidate in (ssl.get_default_verify_paths().openssl_cafile, *CA_FILES):
        if Path(candidate).is_file():
            context.load_verify_locations(cafile=candidate)
            break
    return context
