"""What a Supabase key says of itself: the old kind is a signed token with an end.

Nothing is checked here, and nothing of the key but its role and its end is ever handed on.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from providers.secrets import SecretGetter
from providers.system_readings import Condition, Record
from providers.text import Foreign
from providers.vendor import clock_words

LONGEST: Final = 4_096
_ADMIN: Final = "service_role"


class Claims(Struct, frozen=True, kw_only=True):
    """Of a key that is a token."""

    role: Foreign
    ends_at: datetime | None

    def days_left(self, now: datetime) -> float | None:
        """Until it ends, below zero when it has; None for one without an end."""
        return None if self.ends_at is None else (self.ends_at - now).total_seconds() / 86_400


def claims_of(key: str) -> Claims | None:
    """What a key of the old kind claims; None for one of the new kind, which claims nothing."""
    parts = key.split(".")
    if len(parts) != 3 or len(key) > LONGEST:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(f"{parts[1]}=="))
        ends_at = datetime.fromtimestamp(told["exp"], UTC) if told.get("exp") else None
        return Claims(role=Foreign(str(told.get("role", ""))[:60]), ends_at=ends_at)
    except (ValueError, TypeError, AttributeError, OverflowError, OSError, RecursionError):
        return None


async def claims_behind(key: SecretGetter | None) -> Claims | None:
    """The same of a secret.

    Raises:
        ProviderError: The secret can not be had.
    """
    return None if key is None else claims_of((await key()).reveal())


def key_record(claims: Claims, now: datetime) -> Record:
    """The key as a row: over is over, and any role but the admin's opens nothing here."""
    ended = claims.ends_at is not None and claims.ends_at <= now
    wrong = claims.role.text != _ADMIN
    until = "without an end" if claims.ends_at is None else f"until {clock_words(claims.ends_at)}"
    return Record(
        id="key",
        title=Foreign("the key in use"),
        condition=Condition.BROKEN if ended or wrong else Condition.FINE,
        state=Foreign(f"ended {until[6:]}" if ended else until),
        at=claims.ends_at,
        details=(("role", claims.role),),
    )
