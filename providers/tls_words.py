"""Why a TLS handshake failed, in words an operator can act on."""

import ssl
from typing import Final

from providers.http_advice import BROKEN_OFF, TLS_UNKNOWN
from providers.probe_readings import Certificate

EXPIRED: Final = 10

_VERIFY_WORDS: Final = {
    9: ("certificate not valid yet", "check both clocks"),
    10: ("certificate expired", "renew the certificate"),
    18: ("self-signed certificate", "give its CA with ca_file if it is meant to be"),
    19: ("self-signed certificate in the chain", "give the CA with ca_file"),
    20: ("certificate of an unknown CA", "give a private CA with ca_file"),
    21: ("incomplete certificate chain", "the server should send its intermediate certificate"),
    23: ("certificate revoked", "the server needs a new one"),
    62: ("certificate is for another host", "check the host name"),
    64: ("certificate is for another address", "check the address"),
}
"""X509_V_ERR_… of OpenSSL's x509_vfy.h, as far as people meet them."""

_REASON_WORDS: Final = {
    "WRONG_VERSION_NUMBER": ("not a TLS server", "is it plain http on this port?"),
    "HTTP_REQUEST": ("not a TLS server", "is it plain http on this port?"),
    "UNSUPPORTED_PROTOCOL": ("protocol too old", "the server needs TLS 1.2 or later"),
    "TLSV1_ALERT_PROTOCOL_VERSION": ("protocol too old", "the server needs TLS 1.2 or later"),
    "WRONG_SSL_VERSION": ("protocol too old", "the server needs TLS 1.2 or later"),
    "SSLV3_ALERT_HANDSHAKE_FAILURE": ("no cipher in common", "the server offers none we accept"),
    "NO_CIPHERS_AVAILABLE": ("no cipher in common", "the server offers none we accept"),
    "DH_KEY_TOO_SMALL": ("the server's key is too short", "the server needs a longer one"),
    "EE_KEY_TOO_SMALL": ("the server's key is too short", "the server needs a longer one"),
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": (
        "it asks for a client certificate",
        "none is ever sent: check it where it asks for none",
    ),
    "TLSV1_UNRECOGNIZED_NAME": ("the server does not know this host name", "check the host name"),
    "TLSV1_ALERT_INTERNAL_ERROR": (
        "the server reports an error of its own",
        "look at its logs, or those of the proxy before it",
    ),
    "UNEXPECTED_EOF_WHILE_READING": ("closed during the handshake", BROKEN_OFF),
    "RECORD_LAYER_FAILURE": ("not a TLS server", "is it plain http on this port?"),
}


def tls_reason(error: ssl.SSLError, host: str, shown: Certificate | None) -> tuple[str, str]:
    """Reason and advice for a failure of TLS, safe to draw.

    Args:
        error: What the handshake raised.
        host: Whom we wanted to reach.
        shown: The certificate that was refused, where it could be read.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error, host, shown)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "TLS: closed during the handshake", BROKEN_OFF
    known = _REASON_WORDS.get(error.reason or "")
    if known:
        return f"TLS: {known[0]}", known[1]
    named = (error.reason or type(error).__name__).lower().replace("_", " ")
    return f"TLS: {named}", TLS_UNKNOWN


def _untrusted(
    error: ssl.SSLCertVerificationError, host: str, shown: Certificate | None
) -> tuple[str, str]:
    # The system's own verifiers (macOS) give no code of OpenSSL.
    code = getattr(error, "verify_code", 0)
    words, advice = _VERIFY_WORDS.get(code, ("certificate not trusted", TLS_UNKNOWN))
    if code in {62, 64}:
        names = shown.subject.line(80) if shown else "another host"
        words = f"certificate is for {names}, not for {host}"
    elif shown is not None and code == EXPIRED:
        words = f"{words} on {shown.not_after:%Y-%m-%d}"
    elif shown is not None:
        words = f"{words} (issued by {shown.issuer.line(60)}, ends {shown.not_after:%Y-%m-%d})"
    return f"TLS: {words}", advice
