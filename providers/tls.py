"""TLS contexts that verify, one for each trust anchor and process."""

import asyncio
import ssl
import sys
import threading
from pathlib import Path
from typing import Final

CA_FILES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where Linux systems keep the certificates they trust (truststore knows the same places)."""

_contexts: dict[tuple[str | None, int, bool], ssl.SSLContext] = {}
_making = threading.Lock()


async def shared_context(ca_file: str | None = None, *, http2: bool = False) -> ssl.SSLContext:
    """The context for the system's trust store, or for the certificates of `ca_file` alone.

    Made once, in a thread: reading a trust store takes 25 ms. A file that changed is read again.

    Raises:
        OSError: `ca_file` can not be read, or holds no certificate (`ssl.SSLError`).
    """
    known = _contexts.get((ca_file, 0, http2))
    if known is not None:
        return known
    return await asyncio.to_thread(_context, ca_file, http2)


def _context(ca_file: str | None, http2: bool) -> ssl.SSLContext:
    changed = Path(ca_file).stat().st_mtime_ns if ca_file is not None else 0
    key = (ca_file, changed, http2)
    with _making:
        if key not in _contexts:
            _contexts[key] = _make(ca_file, http2)
        return _contexts[key]


def _make(ca_file: str | None, http2: bool) -> ssl.SSLContext:
    context = _trusting_system() if ca_file is None else _verifying()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    context.set_alpn_protocols(["h2", "http/1.1"] if http2 else ["http/1.1"])
    return context


def _verifying() -> ssl.SSLContext:
    # Not ssl.create_default_context: that one writes session keys to SSLKEYLOGFILE.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _trusting_system() -> ssl.SSLContext:
    if sys.platform == "darwin":
        import truststore

        system: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        system.minimum_version = ssl.TLSVersion.TLSv1_2
        return system
    # On Linux truststore reads the trust store anew for each connection and obeys SSL_CERT_FILE:
    # 25 ms on the loop each time, and a stranger's variable deciding whom to trust.
    context = _verifying()
    context.load_verify_locations(cafile=_system_ca_file())
    return context


def _system_ca_file() -> str:
    for candidate in (ssl.get_default_verify_paths().openssl_cafile, *CA_FILES):
        if Path(candidate).is_file():
            return candidate
    import certifi

    return certifi.where()
