"""Google's token endpoint: refresh tokens and signed assertions in, access tokens out."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.vendors.google_state import READING, SCOPE, TOKEN_S, WRITING, GoogleCalendars

_JWT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_REVOKED: Final = "Token has been expired or revoked."


class _Refused(Exception):
    """The grant is not good.

    Args:
        code: OAuth's word.
        message: Google's sentence.
        status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class TokenEndpoint:
    """Gives out the access tokens of `state`.

    Args:
        state: Who may have some.
    """

    def __init__(self, state: GoogleCalendars) -> None:
        self._state = state
        self.given = 0
        """How many were given out."""

    async def answer(self, request: Request) -> Response:
        """One request for a token."""
        self._state.agenda.settle()
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        try:
            scopes = self._granted(form, str(request.url))
        except _Refused as refused:
            said = {"error": refused.code, "error_description": str(refused)}
            return JSONResponse(said, refused.status)
        self.given += 1
        body = {
            "access_token": self._state.give(scopes),
            "expires_in": TOKEN_S,
            "scope": " ".join(sorted(f"{SCOPE}{each}" for each in scopes)),
            "token_type": "Bearer",
        }
        return JSONResponse(body, headers={"cache-control": "no-store"})

    def _granted(self, form: Mapping[str, str], url: str) -> frozenset[str]:
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(form)
        if form.get("grant_type") == _JWT:
            return self._asserted(form.get("assertion", ""), url)
        raise _Refused("unsupported_grant_type", "Invalid grant_type")

    def _refreshed(self, form: Mapping[str, str]) -> frozenset[str]:
        client = self._state.clients.get(form.get("refresh_token", ""))
        if client is None:
            raise _Refused("invalid_grant", _REVOKED)
        if (form.get("client_id"), form.get("client_secret")) != (client.id, client.secret):
            raise _Refused("invalid_client", "The OAuth client was not found.", 401)
        return client.scopes

    def _asserted(self, assertion: str, url: str) -> frozenset[str]:
        claims = self._verified(assertion)
        now_s = self._state.agenda.now.timestamp()
        issued_s, ends_s = claims.get("iat", 0), claims.get("exp", 0)
        if not isinstance(issued_s, int) or not isinstance(ends_s, int):
            raise _Refused("invalid_grant", "Invalid JWT: iat and exp must be numbers.")
        if ends_s - issued_s > 3_600 or not issued_s - 300 <= now_s <= ends_s:
            raise _Refused("invalid_grant", "Invalid JWT: Token must be a short-lived token.")
        if claims.get("aud") != url:
            raise _Refused("invalid_grant", "Invalid JWT: Failed audience check.")
        scopes = frozenset(
            each.removeprefix(SCOPE) for each in str(claims.get("scope", "")).split()
        )
        if not scopes or not scopes <= READING | WRITING:
            raise _Refused("invalid_scope", "Bad Request")
        return scopes

    def _verified(self, assertion: str) -> dict[str, object]:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        signed, _, signature = assertion.rpartition(".")
        head, _, body = signed.partition(".")
        try:
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            machine = self._state.machines[claims["iss"]]
            key = load_pem_public_key(machine.public_pem.encode())
            if not isinstance(key, rsa.RSAPublicKey) or header.get("alg") != "RS256":
                raise _Refused("invalid_grant", "Invalid JWT Signature.")
            key.verify(_decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise _Refused("invalid_grant", "Invalid JWT Signature.") from error
        except InvalidSignature as error:
            raise _Refused("invalid_grant", "Invalid JWT Signature.") from error
        return dict(claims)


def _decoded(raw: str) -> bytes:
    return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
