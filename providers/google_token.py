"""Google's access tokens: bought with a refresh token or a signed assertion, kept while they last.

The token endpoint is Google's own, or the origin of the account's `base_url` where that is not
Google's. The `token_uri` that a key file holds is not used: a file that was tampered with must not
choose who gets the credential.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from providers.clock import Clock, Moment
from providers.errors import BadAnswer, Unauthorized
from providers.fields import Fields
from providers.google_credential import (
    SYSTEM,
    GoogleCredential,
    RefreshToken,
    ServiceAccount,
    parse_credential,
)
from providers.http import Api
from providers.http_address import parse_address
from providers.secret_value import Secret
from providers.secrets import SecretGetter

GOOGLE_API: Final = "https://www.googleapis.com"
GOOGLE_TOKENS: Final = "https://oauth2.googleapis.com"
PATH: Final = "/token"

SCOPES: Final = (
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
    "https://www.googleapis.com/auth/calendar.events.readonly",
)
"""What a service account asks for; a refresh token has what its owner consented to."""

GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE_S: Final = 3_600
"""The longest that Google takes in an assertion."""

EARLY_S: Final = 120.0
"""A token is renewed so long before its end, so that none ends on the way."""

LONGEST_TOKEN: Final = 16_384

_OPERATION: Final = "refresh token"
_NO_LONGER_GOOD: Final = (
    "consent anew, or make a new key; refresh tokens of an app in testing end after 7 days, and "
    "a clock that is wrong by minutes spoils an assertion"
)
_REFUSED: Final = frozenset(
    {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied"}
)
"""Words of RFC 6749, 5.2, that speak of the credential."""


class Token(Struct, frozen=True, kw_only=True):
    """What was bought."""

    secret: Secret
    at: Moment
    lasts_s: float
    scopes: tuple[str, ...]
    """What it may do, as Google says; empty where it does not."""

    def left_s(self, now: Moment) -> float:
        """Seconds until it ends."""
        return max(0.0, self.lasts_s - self.at.age_s(now))


class Tokens:
    """Gives an access token that is still good; a `SecretGetter`.

    Args:
        secret: The JSON of a refresh token or of a service account.
        url: Base address of the token endpoint.
        clock: The time.
        ca_file: Trust this CA and no other.
        scopes: What a service account asks for.
    """

    def __init__(
        self,
        secret: SecretGetter,
        url: str,
        clock: Clock,
        ca_file: str | None = None,
        scopes: Sequence[str] = SCOPES,
    ) -> None:
        self._secret = secret
        self._url = url
        self._clock = clock
        self._scopes = tuple(scopes)
        self._api = Api(system=SYSTEM, base_url=url, clock=clock, ca_file=ca_file)
        self._lock = asyncio.Lock()
        self._kept: Token | None = None

    async def __call__(self) -> Secret:
        """The access token itself."""
        return (await self.fresh()).secret

    async def fresh(self) -> Token:
        """The token in use, or a new one when that ends soon; callers at once share one.

        Raises:
            Unauthorized: The credential cannot be had, or Google no longer takes it.
            ProviderError: The token endpoint did not answer as it should.
        """
        async with self._lock:
            if self._kept is None or self._kept.left_s(self._clock.now()) <= EARLY_S:
                self._kept = await self._bought()
            return self._kept

    def forget(self) -> None:
        """Buy a new one next time: the API refused this one."""
        self._kept = None

    async def owner(self) -> GoogleCredential:
        """What the secret holds.

        Raises:
            Unauthorized: It cannot be had, or holds something else.
        """
        return parse_credential(await self._secret())

    def _see_that_nobody_listens(self) -> None:
        """What buys a token goes in the body: nothing else would keep it off a plain line."""
        if not parse_address(self._url).origin.private_to_us:
            raise Unauthorized(
                SYSTEM,
                _OPERATION,
                "a credential is not sent over plain http",
                advice="use https in the account's base_url",
            )

    async def _bought(self) -> Token:
        self._see_that_nobody_listens()
        form = await self._form(await self.owner())
        try:
            answer = await self._api.query(_OPERATION, PATH, form=form)
        except (BadAnswer, Unauthorized) as error:
            if isinstance(error, BadAnswer) and error.code not in _REFUSED:
                raise
            raise Unauthorized(
                SYSTEM,
                _OPERATION,
                f"the credential buys no access token ({error.code or 'refused'})",
                advice=_NO_LONGER_GOOD,
                detail=error.detail,
            ) from error
        fields = Fields(answer.value, SYSTEM, _OPERATION)
        return Token(
            secret=Secret(_sendable(fields)),
            at=answer.at,
            lasts_s=min(max(float(fields.integer("expires_in")), 0.0), 24 * 3_600.0),
            scopes=_scopes(fields),
        )

    async def _form(self, credential: GoogleCredential) -> Sequence[tuple[str, str]]:
        if isinstance(credential, RefreshToken):
            return (
                ("grant_type", "refresh_token"),
                ("client_id", credential.client_id),
                ("client_secret", credential.client_secret.reveal()),
                ("refresh_token", credential.refresh_token.reveal()),
            )
        issued_s = int(self._clock.now().at.timestamp())
        # Reading a key and signing take milliseconds, the first import some fifty.
        signed = await asyncio.to_thread(
            assertion, credential, f"{self._url}{PATH}", issued_s, self._scopes
        )
        return (("grant_type", GRANT), ("assertion", signed.reveal()))


def tokens(secret: SecretGetter, url: str, clock: Clock, ca_file: str | None) -> Tokens:
    """The tokens of an account whose API is at `url`; asks nobody yet."""
    return Tokens(secret, token_base(url), clock, ca_file)


def token_base(url: str) -> str:
    """Where tokens for the API at `url` are made."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return GOOGLE_TOKENS if origin == GOOGLE_API else origin


async def fresh_token(api: Api) -> Token | None:
    """Make sure that a client has a token, so that a failure to buy one is told as what it is.

    None where the client's credential is not bought.

    Raises:
        ProviderError: As `Tokens.fresh`.
    """
    credential = api.credential
    return await credential.fresh() if isinstance(credential, Tokens) else None


def forget_token(api: Api) -> None:
    """Let the token of a client go, after the API refused it."""
    if isinstance(api.credential, Tokens):
        api.credential.forget()


def assertion(
    account: ServiceAccount, audience: str, issued_s: int, scopes: Sequence[str]
) -> Secret:
    """A signed request for a token (RFC 7523), as Google's "server to server" page describes it.

    Raises:
        Unauthorized: The key is none.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(account.private_key.reveal().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        reason = "the private_key of the service account is no RSA key in PEM"
        raise Unauthorized(SYSTEM, _OPERATION, reason, advice="download the key anew")
    head = {"alg": "RS256", "typ": "JWT", **({"kid": account.key_id} if account.key_id else {})}
    claims = {
        "iss": account.email,
        "scope": " ".join(scopes),
        "aud": audience,
        "iat": issued_s,
        "exp": issued_s + LIFE_S,
        **({"sub": account.subject} if account.subject else {}),
    }
    unsigned = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(claims).encode())}"
    signature = key.sign(unsigned.encode(), padding.PKCS1v15(), hashes.SHA256())
    return Secret(f"{unsigned}.{_encoded(signature)}")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _sendable(fields: Fields) -> str:
    """The access token; longer than any word, and never part of an error."""
    token = fields.raw("access_token")
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        raise BadAnswer(SYSTEM, _OPERATION, "$.access_token: not a token")
    return token


def _scopes(fields: Fields) -> tuple[str, ...]:
    said = fields.optional_text("scope")
    return tuple(said.line(4_096).split()) if said else ()
