"""Google's access tokens for actions: as `providers.google_token`, and allowed to change events."""

from typing import Final

from providers.clock import Clock
from providers.google_token import SCOPES, Tokens, token_base
from providers.secrets import SecretGetter

EVENTS: Final = "https://www.googleapis.com/auth/calendar.events"
WRITING: Final = (*SCOPES, EVENTS)
"""What a service account asks for; a refresh token has what its owner consented to."""


def tokens(secret: SecretGetter, url: str, clock: Clock, ca_file: str | None) -> Tokens:
    """The tokens of an account whose API is at `url`; asks nobody yet."""
    return Tokens(secret, token_base(url), clock, ca_file, WRITING)
