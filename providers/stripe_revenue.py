"""The last 24 hours of payments as a reading. Pure."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.money import major, sums, sums_words
from providers.numbers import Number
from providers.stripe_pages import Listed
from providers.stripe_payments import tally_record
from providers.stripe_tally import TALLY_METRICS, tally, tally_numbers
from providers.stripe_values import SYSTEM, Charge, Outcome
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign

HALF: Final = timedelta(hours=12)
MOST_REASONS: Final = 20


class Revenue(Struct, frozen=True, kw_only=True):
    """What was read, and which currency is ours."""

    charges: Listed[Charge]
    now: datetime
    currency: str
    """Lower case; empty: whichever there is, if there is one alone."""


METRICS: Final = (*(f"{name}_24h" for name in TALLY_METRICS), "payments_24h", "revenue_24h")


def day_numbers(found: Revenue) -> list[Number]:
    """The numbers of `METRICS`; revenue is what was captured less what was paid back."""
    counted = tally(found.charges.items)
    whole = found.charges.whole and not counted.doubt
    return [
        *tally_numbers(counted, found.charges, "24h"),
        Number(
            metric="payments_24h",
            value=counted.succeeded if whole else None,
            reason=found.charges.notice or counted.doubt,
        ),
        _revenue(found, found.charges.notice or counted.doubt),
    ]


def _paid(charges: tuple[Charge, ...]) -> list[Charge]:
    return [each for each in charges if each.outcome is Outcome.SUCCEEDED]


def _totals(charges: list[Charge]) -> dict[str, int]:
    return sums((each.currency, each.kept) for each in charges)


def _revenue(found: Revenue, doubt: str) -> Number:
    totals = _totals(_paid(found.charges.items))
    currency = found.currency or (next(iter(totals)) if len(totals) == 1 else "")
    unit = currency.upper()
    if doubt:
        return Number(metric="revenue_24h", value=None, unit=unit, reason=doubt)
    if not currency:
        several = f"in {len(totals)} currencies, which are not added: name one with currency:"
        reason = several if totals else "no payment in 24 h, and no currency: is configured"
        return Number(metric="revenue_24h", value=None, unit=unit, reason=reason)
    value = major(totals.get(currency, 0), currency)
    return Number(metric="revenue_24h", value=value, unit=unit)


def revenue_reading(found: Revenue) -> SystemReading:
    """The reading; how many payments fail is judged by KPIs and by the last hour."""
    paid = _paid(found.charges.items)
    counted = tally(found.charges.items)
    money = sums_words(_totals(paid)) or "nothing"
    came = f"{money} from {len(paid)} payments; {counted.words}"
    return SystemReading(
        system=SYSTEM,
        condition=counted.condition,
        summary=Foreign(f"24 h: {counted.doubt or came}"),
        sections=(
            _by_currency(found, paid),
            Section(
                key="payments",
                title="Payments, 24 h",
                records=(tally_record("24h", "last 24 hours", counted),),
            ),
            _reasons(found),
        ),
        notices=(found.charges.notice,) if found.charges.notice else (),
    )


def _by_currency(found: Revenue, paid: list[Charge]) -> Section:
    late = _totals([each for each in paid if each.at >= found.now - HALF])
    early = _totals([each for each in paid if each.at < found.now - HALF])
    counts = Counter(each.currency for each in paid)
    return Section(
        key="revenue",
        title="Revenue by currency, 24 h",
        records=tuple(
            Record(
                id=currency,
                title=Foreign(currency.upper()),
                condition=Condition.FINE,
                state=Foreign(sums_words({currency: total})),
                details=(
                    ("payments", Foreign(f"{counts[currency]}")),
                    ("last 12 h", Foreign(sums_words({currency: late.get(currency, 0)}))),
                    ("12 h before", Foreign(sums_words({currency: early.get(currency, 0)}))),
                ),
            )
            for currency, total in _totals(paid).items()
        ),
        empty="no payment in 24 h",
    )


def _reasons(found: Revenue) -> Section:
    counts = Counter(
        (each.outcome, each.code) for each in found.charges.items if each.outcome.failed
    )
    records = tuple(
        Record(
            id=f"{outcome.name}/{code}",
            title=Foreign(code or "no reason given"),
            condition=Condition.DEGRADED if outcome is Outcome.ERROR else Condition.NOTABLE,
            state=Foreign(f"{count}"),
            details=(("why", Foreign(outcome.value)),),
        )
        for (outcome, code), count in counts.most_common(MOST_REASONS)
    )
    more = len(counts) - len(records)
    return Section(
        key="reasons",
        title="Why payments failed, 24 h",
        records=records,
        empty="no payment failed in 24 h",
        more=more,
    )
