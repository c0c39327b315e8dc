"""Resend's objects as values, and its words for how they stand (vendor-apis.md, 7).

Bodies of e-mails are never asked for; recipients are masked where they enter.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.system_readings import Condition
from providers.text import Foreign

SYSTEM: Final = "Resend"

EMAILS: Final = {
    "queued": Condition.FINE,
    "scheduled": Condition.FINE,
    "sent": Condition.FINE,
    "delivered": Condition.FINE,
    "opened": Condition.FINE,
    "clicked": Condition.FINE,
    "canceled": Condition.NOTABLE,
    "suppressed": Condition.NOTABLE,
    "delivery_delayed": Condition.DEGRADED,
    "bounced": Condition.DEGRADED,
    "complained": Condition.DEGRADED,
    "failed": Condition.BROKEN,
}
"""By `last_event`."""

DOMAINS: Final = {
    "verified": Condition.FINE,
    "pending": Condition.NOTABLE,
    "not_started": Condition.NOTABLE,
    "partially_verified": Condition.DEGRADED,
    "partially_failed": Condition.DEGRADED,
    "failed": Condition.BROKEN,
}
RECORDS: Final = {
    "verified": Condition.FINE,
    "pending": Condition.NOTABLE,
    "not_started": Condition.NOTABLE,
    "temporary_failure": Condition.DEGRADED,
    "failed": Condition.BROKEN,
}
"""By the status of a DNS record as Resend sees it."""

BROADCASTS: Final = {
    "draft": Condition.FINE,
    "scheduled": Condition.FINE,
    "queued": Condition.NOTABLE,
    "sending": Condition.NOTABLE,
    "sent": Condition.FINE,
    "canceled": Condition.NOTABLE,
    "failed": Condition.BROKEN,
}
"""Resend's file names no states of a broadcast; these stand on its pages."""

SUPPRESSIONS: Final = {
    "bounce": Condition.NOTABLE,
    "complaint": Condition.NOTABLE,
    "manual": Condition.FINE,
}
"""By origin."""


class Email(Struct, frozen=True, kw_only=True):
    """One e-mail that the product sent."""

    id: str
    to: Foreign
    """Masked."""

    subject: Foreign
    """Addresses in it masked."""

    sender: Foreign
    state: str
    at: datetime | None


class Counts(Struct, frozen=True, kw_only=True):
    """What became of the e-mails of a span; None for what Resend did not count."""

    sent: float | None
    delivered: float | None
    bounced: float | None
    complained: float | None
    failed: float | None
    suppressed: float | None
    delayed: float | None

    @property
    def settled(self) -> float | None:
        """Those whose end is known: what is still on its way would make the share look bad."""
        if self.delivered is None or self.bounced is None:
            return None
        return self.delivered + self.bounced + (self.failed or 0.0)

    @property
    def delivery_percent(self) -> float | None:
        """Delivered of settled; None when nothing has settled."""
        settled = self.settled
        return 100.0 * self.delivered / settled if settled and self.delivered is not None else None

    def share_percent(self, count: float | None) -> float | None:
        """A count of what was sent; None when nothing was."""
        return 100.0 * count / self.sent if self.sent and count is not None else None


class DnsRecord(Struct, frozen=True, kw_only=True):
    """A DNS record that a domain needs."""

    purpose: str
    """`SPF`, `DKIM`, …"""

    type: str
    name: Foreign
    status: str


class Domain(Struct, frozen=True, kw_only=True):
    """A domain that is sent from."""

    id: str
    name: Foreign
    status: str
    region: str
    records: tuple[DnsRecord, ...] = ()


class Suppression(Struct, frozen=True, kw_only=True):
    """An address that Resend sends nothing to any more."""

    id: str
    to: Foreign
    """Masked."""

    origin: str
    at: datetime | None


class Broadcast(Struct, frozen=True, kw_only=True):
    """One message to many."""

    id: str
    name: Foreign
    status: str
    at: datetime | None
    """When it was sent, else when it will be, else when it was made."""


class Call(Struct, frozen=True, kw_only=True):
    """A request that the product, or we, made to Resend."""

    id: str
    method: str
    endpoint: str
    status: int
    at: datetime | None


BroadcastCounts = Mapping[str, Counts]
"""By the broadcast's identity."""
