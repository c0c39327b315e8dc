"""The groups of errors that the demo's products have, on any day and after the bad deploy."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from demo import ids


def sentry_id(*parts: object) -> str:
    """A number of ten digits."""
    return str(ids.github("sentry", *parts))


class SentryIssue(Struct, frozen=True, kw_only=True):
    """One group of errors."""

    id: str
    short_id: str
    title: str
    culprit: str
    project: str
    first_seen: datetime
    level: str = "error"
    per_minute: float = 0.0
    """On any day."""

    share: float = 0.0
    """Of the errors that the bad deploy brings, from 0 to 1."""

    users: int = 0
    status: str = "unresolved"
    substatus: str | None = "ongoing"
    first_release: str = ""
    in_next_release: bool = False
    """Resolved, and events of the running release leave it so."""

    changed_at: datetime | None = None
    """When somebody last set its status."""


class _Sample(Struct, frozen=True, kw_only=True):
    """What is always the same of an issue."""

    project: str
    number: str
    title: str
    culprit: str
    level: str = "error"
    per_minute: float = 0.0
    share: float = 0.0
    users: int = 5
    days: float = 0.0

    def issue(self, now: datetime, release: str, substatus: str) -> SentryIssue:
        """The issue, as old as it is."""
        return SentryIssue(
            id=sentry_id(self.project, self.number),
            short_id=f"{self.project.upper()}-{self.number}",
            title=self.title,
            culprit=self.culprit,
            project=self.project,
            level=self.level,
            per_minute=self.per_minute,
            share=self.share,
            users=self.users,
            first_seen=now - timedelta(days=self.days),
            substatus=substatus,
            first_release=release,
        )


_USUAL: Final = (
    _Sample(
        project="lma-api",
        number="3K",
        title="StripeCardError: Your card was declined.",
        culprit="POST /v1/payments/intents",
        level="warning",
        per_minute=2.6,
        users=214,
        days=200,
    ),
    _Sample(
        project="lma-api",
        number="7Q",
        title="UniqueViolation: duplicate key orders_idempotency_key",
        culprit="POST /v1/orders",
        per_minute=1.3,
        users=61,
        days=41,
    ),
    _Sample(
        project="lma-web",
        number="5T",
        title="TypeError: undefined is not an object (item.price)",
        culprit="Cart.total",
        per_minute=1.1,
        users=87,
        days=9.2,
    ),
    _Sample(
        project="lma-web",
        number="5V",
        title="AbortError: the user aborted a request",
        culprit="search.fetch",
        level="info",
        per_minute=0.9,
        users=140,
        days=120,
    ),
    _Sample(
        project="lma-api",
        number="82",
        title="JsonWebTokenError: jwt expired",
        culprit="auth.verify",
        level="warning",
        per_minute=0.6,
        users=33,
        days=75,
    ),
)
_BAD: Final = (
    _Sample(
        project="lma-api",
        number="8F",
        title="Error: timed out after 2000 ms waiting for a connection",
        culprit="pool.acquire",
        share=0.85,
    ),
    _Sample(
        project="lma-web",
        number="61",
        title="FetchError: 503 Service Unavailable /v1/orders",
        culprit="checkout.submit",
        level="fatal",
        share=0.15,
    ),
)


def usual_issues(now: datetime) -> tuple[SentryIssue, ...]:
    """What comes on any day."""
    return tuple(one.issue(now, f"{one.project}@3c4d0f9", "ongoing") for one in _USUAL)


def issues_of_the_bad_deploy(now: datetime, release: str) -> tuple[SentryIssue, ...]:
    """What is new with it, first seen now."""
    return tuple(one.issue(now, release, "new") for one in _BAD)
