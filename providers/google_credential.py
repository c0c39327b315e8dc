"""What a Google secret holds: a refresh token, or the key of a service account.

Both are the JSON files that Google's own tools write: `authorized_user` (gcloud's application
default credentials, or the same four fields by hand) and `service_account` (a downloaded key).
"""

import json
from typing import Final

from msgspec import Struct

from providers.errors import Unauthorized
from providers.secret_value import Secret

SYSTEM: Final = "Google"
_READ: Final = "read the credential"
_ADVICE: Final = (
    'the secret is one JSON object: {"type": "authorized_user", "client_id", "client_secret", '
    '"refresh_token"}, or the key file of a service account; out of a command on one line'
)


class RefreshToken(Struct, frozen=True, kw_only=True):
    """A person's consent, given to an OAuth client of ours."""

    client_id: str
    client_secret: Secret
    refresh_token: Secret


class ServiceAccount(Struct, frozen=True, kw_only=True):
    """An account of a program; sees the calendars that were shared with it."""

    email: str
    key_id: str
    private_key: Secret
    """PEM."""

    subject: str = ""
    """Whom it acts for, where the domain's administrator allowed that; `subject` in the JSON, by
    hand."""


GoogleCredential = RefreshToken | ServiceAccount


def parse_credential(secret: Secret) -> GoogleCredential:
    """Take the parts out of the secret; each of them is known to `redact` from then on.

    Raises:
        Unauthorized: It is not such a JSON object. What it holds is not quoted.
    """
    try:
        value = json.loads(secret.reveal())
    except (ValueError, RecursionError):
        raise Unauthorized(SYSTEM, _READ, "the secret is not JSON", advice=_ADVICE) from None
    if not isinstance(value, dict):
        raise Unauthorized(SYSTEM, _READ, "the secret is not a JSON object", advice=_ADVICE)
    texts = {name: part for name, part in value.items() if isinstance(part, str)}
    kind = texts.get("type", "authorized_user")
    if kind == "service_account":
        return ServiceAccount(
            email=_part(texts, "client_email"),
            key_id=texts.get("private_key_id", ""),
            private_key=Secret(_part(texts, "private_key")),
            subject=texts.get("subject", ""),
        )
    if kind != "authorized_user":
        reason = "the secret is neither an authorized_user nor a service_account"
        raise Unauthorized(SYSTEM, _READ, reason, advice=_ADVICE)
    return RefreshToken(
        client_id=_part(texts, "client_id"),
        client_secret=Secret(_part(texts, "client_secret")),
        refresh_token=Secret(_part(texts, "refresh_token")),
    )


def _part(texts: dict[str, str], name: str) -> str:
    found = texts.get(name, "")
    if not found:
        raise Unauthorized(SYSTEM, _READ, f"the secret has no {name}", advice=_ADVICE)
    return found
