"""Google's refusals of an API key, told as what they are."""

from collections.abc import Awaitable
from typing import Final

from providers.errors import BadAnswer, RateLimited, Unauthorized
from providers.http import Answer
from providers.text import EMPTY

QUOTA_WAIT_S: Final = 900.0
"""Google says no time; quotas are by the minute and by the day."""

_BAD_KEY: Final = "api key not valid"
_QUOTA_WORDS: Final = ("quota", "ratelimitexceeded", "rate limit", "dailylimitexceeded")


async def with_quota_told(asking: Awaitable[Answer]) -> Answer:
    """An answer; Google's "quota exceeded" (403) and "not a valid key" (400) told as what they are.

    Raises:
        RateLimited: The key's quota is used up.
        Unauthorized: The key is none.
        ProviderError: As `Api` says.
    """
    try:
        return await asking
    except (Unauthorized, BadAnswer) as error:
        said = (error.detail or EMPTY).text.casefold()
        if _BAD_KEY in said:
            raise Unauthorized(
                error.system,
                error.operation,
                "the API key is not valid",
                advice="make a new one and restrict it to the two APIs",
                detail=error.detail,
            ) from None
        if not any(word in said for word in _QUOTA_WORDS):
            raise
        raise RateLimited(
            error.system,
            error.operation,
            "the key's quota is used up",
            retry_after_s=QUOTA_WAIT_S,
            advice="it goes on by itself; see the key's quotas in the Google Cloud console",
            detail=error.detail,
        ) from None
