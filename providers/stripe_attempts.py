"""Payments of the last hour as rows: those that failed, and the last that went well. Pure."""

from typing import Final

from providers.errors import ProviderError
from providers.parts import blindness
from providers.stripe_mapping import amount_words, dashboard
from providers.stripe_pages import Listed
from providers.stripe_values import Charge, Outcome
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

MOST_RECORDS: Final = 30
MOST_RECENT: Final = 10
"""Payments that went well: what is paid back is mostly one of the last, or known by its id."""

_OF_FAILURE: Final = {
    Outcome.DECLINED: Condition.NOTABLE,
    Outcome.BLOCKED: Condition.NOTABLE,
    Outcome.ERROR: Condition.DEGRADED,
    Outcome.FAILED: Condition.DEGRADED,
    Outcome.UNKNOWN: Condition.UNKNOWN,
}


def failures_section(charges: Listed[Charge] | ProviderError, live: bool | None) -> Section:
    """Attempts of which no money came."""
    key, title = "failures", "Failed payments, 1 h"
    if isinstance(charges, ProviderError):
        return Section(key=key, title=title, blind=blindness(charges))
    failed = [each for each in charges.items if each.outcome in _OF_FAILURE]
    records = tuple(_failure(each, live) for each in failed[:MOST_RECORDS])
    return Section(
        key=key,
        title=title,
        records=records,
        empty="no payment failed in the last hour",
        more=len(failed) - len(records),
    )


def _failure(charge: Charge, live: bool | None) -> Record:
    return Record(
        id=charge.id,
        title=amount_words(charge.amount, charge.currency),
        condition=_OF_FAILURE[charge.outcome],
        state=Foreign(charge.code or charge.status),
        at=charge.at,
        details=(("why", Foreign(charge.outcome.value)), ("payment", Foreign(charge.payment))),
        url=dashboard(live, "payments", charge.payment),
    )


def recent_section(charges: Listed[Charge] | ProviderError, live: bool | None) -> Section:
    """Those that went well, the last ones."""
    key, title = "recent", "Payments that went well, 1 h"
    if isinstance(charges, ProviderError):
        return Section(key=key, title=title, blind=blindness(charges))
    good = [each for each in charges.items if each.outcome is Outcome.SUCCEEDED]
    records = tuple(
        Record(
            id=each.id,
            title=amount_words(each.amount, each.currency),
            condition=Condition.NOTABLE if each.disputed else Condition.FINE,
            state=Foreign(_after(each)),
            at=each.at,
            details=(
                ("left", amount_words(max(0, each.kept), each.currency)),
                ("payment", Foreign(each.payment)),
            ),
            url=dashboard(live, "payments", each.payment),
        )
        for each in good[:MOST_RECENT]
    )
    more = len(good) - len(records)
    return Section(key=key, title=title, records=records, empty="none in the last hour", more=more)


def _after(charge: Charge) -> str:
    """What became of a payment that went well."""
    if charge.disputed:
        return "disputed"
    if not charge.refunded:
        return "succeeded"
    return "paid back in part" if charge.kept > 0 else "paid back"
