"""Stripe's objects as values, and its words for how they stand (vendor-apis.md, 6).

Of customers nothing is kept: no name, no address, no card.
"""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.system_readings import Condition
from providers.text import Foreign

SYSTEM: Final = "Stripe"


class Outcome(enum.Enum):
    """What became of one attempt to pay, and whose doing it was."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    DECLINED = "declined by the bank"
    BLOCKED = "blocked by fraud rules"
    ERROR = "API or processing error"
    FAILED = "failed"
    """Stripe does not say why."""
    UNKNOWN = "unknown"

    @property
    def failed(self) -> bool:
        """Whether no money came of it."""
        return self in _FAILED


_FAILED: Final = frozenset({Outcome.DECLINED, Outcome.BLOCKED, Outcome.ERROR, Outcome.FAILED})

CHARGES: Final = {
    "succeeded": Outcome.SUCCEEDED,
    "pending": Outcome.PENDING,
    "failed": Outcome.FAILED,
}
"""By the status of a charge."""

BY_OUTCOME: Final = {
    "issuer_declined": Outcome.DECLINED,
    "blocked": Outcome.BLOCKED,
    "invalid": Outcome.ERROR,
}
"""By `outcome.type` of a failed charge."""

OURS: Final = frozenset({"processing_error", "api_error", "rate_limit", "lock_timeout"})
"""Failure codes that no bank is to blame for, whatever the outcome's type says."""

REFUNDS: Final = {
    "pending": Condition.NOTABLE,
    "requires_action": Condition.NOTABLE,
    "succeeded": Condition.FINE,
    "failed": Condition.BROKEN,
    "canceled": Condition.NOTABLE,
}
DISPUTES: Final = {
    "warning_needs_response": Condition.DEGRADED,
    "warning_under_review": Condition.NOTABLE,
    "warning_closed": Condition.FINE,
    "needs_response": Condition.DEGRADED,
    "under_review": Condition.NOTABLE,
    "won": Condition.FINE,
    "lost": Condition.FINE,
    "prevented": Condition.FINE,
    "appeal_needs_response": Condition.DEGRADED,
    "appeal_under_review": Condition.NOTABLE,
}
NEEDS_RESPONSE: Final = frozenset({n for n in DISPUTES if n.endswith("needs_response")})
CLOSED_DISPUTES: Final = frozenset({"warning_closed", "won", "lost", "prevented"})
WEBHOOKS: Final = {"enabled": Condition.FINE, "disabled": Condition.BROKEN}
INTENTS: Final = frozenset(
    {
        *("requires_payment_method", "requires_confirmation", "requires_action", "processing"),
        *("requires_capture", "canceled", "succeeded"),
    }
)


class Charge(Struct, frozen=True, kw_only=True):
    """One attempt to pay."""

    id: str
    outcome: Outcome
    status: str
    code: str
    """Why it failed, in Stripe's word; empty for one that did not."""

    amount: int
    kept: int
    """What was captured less what was paid back."""

    currency: str
    at: datetime
    payment: str
    """The payment intent, or the charge itself without one: what a person searches for."""

    refunded: int = 0
    """What was paid back so far."""

    disputed: bool = False


class Intent(Struct, frozen=True, kw_only=True):
    """One payment, however many attempts it takes."""

    id: str
    status: str
    amount: int
    currency: str
    at: datetime
    error_type: str
    """Type of the last error, such as `card_error` or `api_error`; may be empty."""

    error_code: str

    @property
    def broke(self) -> bool:
        """Whether its last error was the API's or the integration's, not the card's."""
        return self.error_type not in {"", "card_error"} or self.error_code in OURS


class StripeEvent(Struct, frozen=True, kw_only=True):
    """Something that Stripe told, or tries to tell, the webhooks."""

    id: str
    type: str
    at: datetime
    pending: int
    """Webhook endpoints that did not take it yet."""

    about: str
    """Identity of the object it is about."""


class Webhook(Struct, frozen=True, kw_only=True):
    """Where Stripe sends events to."""

    id: str
    status: str
    where: Foreign
    """Its address without the query, which may hold a secret."""

    events: tuple[str, ...]
    version: str


class Refund(Struct, frozen=True, kw_only=True):
    """Money on its way back."""

    id: str
    status: str
    amount: int
    currency: str
    at: datetime
    reason: str
    failure: str
    payment: str


class Dispute(Struct, frozen=True, kw_only=True):
    """A payer who wants the money back through the bank."""

    id: str
    status: str
    amount: int
    currency: str
    at: datetime
    reason: str
    due: datetime | None
    payment: str

    @property
    def open(self) -> bool:
        """Whether anybody still has something to do."""
        return self.status not in CLOSED_DISPUTES


class Balance(Struct, frozen=True, kw_only=True):
    """What is there, and whether it is real money."""

    live: bool
    available: Mapping[str, int]
    pending: Mapping[str, int]
