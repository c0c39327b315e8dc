"""How many attempts to pay there were and what became of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.numbers import Number, percent
from providers.stripe_pages import Listed
from providers.stripe_values import Charge, Outcome
from providers.system_readings import Condition

FEW: Final = 5
"""So many failures in a row of all attempts are no coincidence."""


class Tally(Struct, frozen=True, kw_only=True):
    """Attempts to pay, by what became of them."""

    succeeded: int
    pending: int
    declined: int
    blocked: int
    errors: int
    failed: int
    """All that failed, whatever the reason."""

    unknown: int
    """In a state that we have no word for: then nothing can be counted."""

    @property
    def attempts(self) -> int:
        """Those that ended; what is under way counts neither way (Stripe: failed / all)."""
        return self.succeeded + self.failed

    @property
    def failures_percent(self) -> float | None:
        """Of those that ended; None when there were none, or when it is not known of some."""
        return None if self.unknown else percent(self.failed, self.attempts)

    @property
    def doubt(self) -> str:
        """Why these counts are none; empty when they are."""
        return f"{self.unknown} charges in a state that we have no word for" if self.unknown else ""

    @property
    def condition(self) -> Condition:
        """Broken when none of at least `FEW` attempts succeeded; else a KPI's limits judge."""
        if self.unknown:
            return Condition.UNKNOWN
        if self.failed >= FEW and not self.succeeded:
            return Condition.BROKEN
        return Condition.NOTABLE if self.errors or self.failed else Condition.FINE

    @property
    def words(self) -> str:
        """Such as `37 attempts, 2 failed: 2 declined`."""
        if self.unknown:
            return self.doubt
        if not self.attempts:
            return "no attempt" if not self.pending else f"{self.pending} under way"
        kinds = (
            (self.declined, "declined by banks"),
            (self.blocked, "blocked as fraud"),
            (self.errors, "by API or processing errors"),
        )
        why = ", ".join(f"{count} {word}" for count, word in kinds if count)
        said = f"{self.attempts} attempts, {self.failed} failed"
        return f"{said}: {why}" if why else said


def tally(charges: Iterable[Charge], since: datetime | None = None) -> Tally:
    """Count charges, those since an instant where one is given."""
    counts = Counter(each.outcome for each in charges if since is None or each.at >= since)
    return Tally(
        succeeded=counts[Outcome.SUCCEEDED],
        pending=counts[Outcome.PENDING],
        declined=counts[Outcome.DECLINED],
        blocked=counts[Outcome.BLOCKED],
        errors=counts[Outcome.ERROR],
        failed=sum(count for outcome, count in counts.items() if outcome.failed),
        unknown=counts[Outcome.UNKNOWN],
    )


def tally_numbers(counted: Tally, charges: Listed[Charge], window: str) -> list[Number]:
    """Counts and share; of a list that was cut a count would be a wrong number, a share is not.

    What could not be read may have been what failed, so without it there is neither.
    """
    reason = charges.notice or counted.doubt
    known = charges.whole and not counted.doubt
    counts = (
        (f"payment_attempts_{window}", counted.attempts),
        (f"payments_failed_{window}", counted.failed),
        (f"payments_declined_{window}", counted.declined),
        (f"payments_errors_{window}", counted.errors),
    )
    numbers = [
        Number(metric=name, value=count if known else None, reason=reason) for name, count in counts
    ]
    share = Number(
        metric=f"payment_failures_percent_{window}",
        value=None if charges.unread else counted.failures_percent,
        unit="%",
        reason=charges.unread or counted.doubt or "no attempt in that time",
    )
    return [*numbers, share]


TALLY_METRICS: Final = (
    "payment_attempts",
    "payments_failed",
    "payments_declined",
    "payments_errors",
    "payment_failures_percent",
)
