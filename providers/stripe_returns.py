"""Refunds and disputes as a reading. Pure."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.money import sums, sums_words
from providers.numbers import Number, number_of
from providers.parts import blindness, worst
from providers.stripe_mapping import amount_words
from providers.stripe_pages import Listed
from providers.stripe_payments import MOST_RECORDS
from providers.stripe_values import (
    DISPUTES,
    NEEDS_RESPONSE,
    REFUNDS,
    SYSTEM,
    Dispute,
    Refund,
)
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.vendor import clock_words

SOON: Final = timedelta(days=3)
"""So long before its end an answer to a dispute is urgent."""


class Returns(Struct, frozen=True, kw_only=True):
    """What was read, each part or why it was not."""

    disputes: Listed[Dispute] | ProviderError
    refunds: Listed[Refund] | ProviderError
    now: datetime


METRICS: Final = (
    "disputes_open",
    "disputes_needing_response",
    "refunds_24h",
    "refunds_failed_24h",
)


def return_numbers(found: Returns) -> list[Number]:
    """The numbers of `METRICS`."""
    cut = "more than could be read"
    return [
        number_of(
            "disputes_open",
            found.disputes,
            lambda list_: sum(each.open for each in list_.items) if list_.whole else None,
            reason=cut,
        ),
        number_of(
            "disputes_needing_response",
            found.disputes,
            lambda list_: len(_waiting(list_)) if list_.whole else None,
            reason=cut,
        ),
        number_of(
            "refunds_24h",
            found.refunds,
            lambda list_: len(list_.items) if list_.whole else None,
            reason=cut,
        ),
        number_of(
            "refunds_failed_24h",
            found.refunds,
            lambda list_: len(_failed(list_)) if list_.whole else None,
            reason=cut,
        ),
    ]


def returns_reading(found: Returns) -> SystemReading:
    """The reading; degraded when a refund failed or a dispute waits for an answer."""
    lists = (found.disputes, found.refunds)
    told = (each.notice for each in lists if not isinstance(each, ProviderError))
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found),
        summary=Foreign(f"{_refund_words(found)}; {_dispute_words(found)}"),
        sections=(_disputes(found), _refunds(found)),
        notices=tuple(notice for notice in told if notice),
    )


def _waiting(disputes: Listed[Dispute]) -> list[Dispute]:
    return [each for each in disputes.items if each.status in NEEDS_RESPONSE]


def _failed(refunds: Listed[Refund]) -> list[Refund]:
    return [each for each in refunds.items if each.status == "failed"]


def _condition(found: Returns) -> Condition:
    conditions = [Condition.UNKNOWN for each in (found.disputes, found.refunds) if _blind(each)]
    if not isinstance(found.disputes, ProviderError):
        conditions += [_of_dispute(each, found.now) for each in found.disputes.items]
    if not isinstance(found.refunds, ProviderError):
        conditions += [Condition.DEGRADED] if _failed(found.refunds) else []
        if any(each.status not in REFUNDS for each in found.refunds.items):
            conditions.append(Condition.UNKNOWN)
    # Money that goes back is no outage, however urgent the answer is.
    found_worst = worst(conditions)
    return Condition.DEGRADED if found_worst is Condition.BROKEN else found_worst


def _blind(outcome: object) -> bool:
    return isinstance(outcome, ProviderError)


def _of_dispute(dispute: Dispute, now: datetime) -> Condition:
    urgent = dispute.due is not None and dispute.due - now < SOON
    if dispute.status in NEEDS_RESPONSE:
        return Condition.BROKEN if urgent else Condition.DEGRADED
    return DISPUTES.get(dispute.status, Condition.UNKNOWN)


def _refund_words(found: Returns) -> str:
    if isinstance(found.refunds, ProviderError):
        return "refunds not readable"
    items = found.refunds.items
    if not items:
        return "no refund in 24 h"
    amounts = sums_words(sums((each.currency, each.amount) for each in items))
    failed = len(_failed(found.refunds))
    said = f"{len(items)} refund{'' if len(items) == 1 else 's'} in 24 h, {amounts}"
    return f"{said}, {failed} FAILED" if failed else said


def _dispute_words(found: Returns) -> str:
    if isinstance(found.disputes, ProviderError):
        return "disputes not readable"
    still = sum(each.open for each in found.disputes.items)
    waiting = len(_waiting(found.disputes))
    if not still:
        return "no open dispute"
    return f"{still} open dispute{'' if still == 1 else 's'}, {waiting} to answer"


def _disputes(found: Returns) -> Section:
    key, title = "disputes", "Disputes, 90 d"
    if isinstance(found.disputes, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.disputes))
    far = datetime.max.replace(tzinfo=found.now.tzinfo)
    ordered = sorted(found.disputes.items, key=lambda each: (not each.open, each.due or far))
    records = tuple(
        Record(
            id=each.id,
            title=amount_words(each.amount, each.currency),
            condition=_of_dispute(each, found.now),
            state=Foreign(each.status),
            at=each.at,
            details=(
                ("reason", Foreign(each.reason)),
                ("answer by", Foreign(clock_words(each.due) if each.due else "")),
                ("payment", Foreign(each.payment)),
            ),
        )
        for each in ordered[:MOST_RECORDS]
    )
    more = len(ordered) - len(records)
    return Section(key=key, title=title, records=records, empty="no dispute in 90 d", more=more)


def _refunds(found: Returns) -> Section:
    key, title = "refunds", "Refunds, 24 h"
    if isinstance(found.refunds, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.refunds))
    first_failed = sorted(found.refunds.items, key=lambda each: each.status != "failed")
    records = tuple(
        Record(
            id=each.id,
            title=amount_words(each.amount, each.currency),
            condition=REFUNDS.get(each.status, Condition.UNKNOWN),
            state=Foreign(f"{each.status} {each.failure}".strip()),
            at=each.at,
            details=(("reason", Foreign(each.reason)), ("payment", Foreign(each.payment))),
            change=True,
        )
        for each in first_failed[:MOST_RECORDS]
    )
    more = len(first_failed) - len(records)
    return Section(key=key, title=title, records=records, empty="no refund in 24 h", more=more)
