"""The payments of the last hour as a reading. Pure."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.errors import ProviderError, ServerFailed, TimedOut, Unreachable
from providers.money import sums_words
from providers.numbers import Number, number_of
from providers.parts import blindness, worst
from providers.stripe_attempts import MOST_RECORDS as MOST_RECORDS
from providers.stripe_attempts import failures_section, recent_section
from providers.stripe_mapping import amount_words, dashboard
from providers.stripe_pages import Listed
from providers.stripe_tally import TALLY_METRICS, Tally, tally, tally_numbers
from providers.stripe_values import SYSTEM, Balance, Charge, Intent, StripeEvent
from providers.system_readings import UNREAD, Condition, Record, Section, SystemReading
from providers.text import Foreign

QUARTER: Final = timedelta(minutes=15)
MOST_EVENTS: Final = 10
"""Failed events mostly tell of failed payments, which have lists of their own."""

STUCK_S: Final = 900.0
"""A payment that Stripe has been processing for so long is worth a look; cards take seconds."""

_DOWN: Final = (Unreachable, TimedOut, ServerFailed)
"""What speaks of Stripe, where other errors speak of our key or our questions."""


class Payments(Struct, frozen=True, kw_only=True):
    """What was read, each part or why it was not."""

    charges: Listed[Charge] | ProviderError
    intents: Listed[Intent] | ProviderError
    events: Listed[StripeEvent] | ProviderError
    balance: Balance | ProviderError
    now: datetime

    @property
    def live(self) -> bool | None:
        """Whether real money moves; None when Stripe did not say."""
        return None if isinstance(self.balance, ProviderError) else self.balance.live


METRICS: Final = (
    *(f"{name}_{window}" for window in ("15m", "1h") for name in TALLY_METRICS),
    "payments_broken_1h",
    "failed_events_24h",
    "balance_reachable",
)


def hour_numbers(found: Payments) -> list[Number]:
    """The numbers of `METRICS`."""
    numbers: list[Number] = []
    for window, since in (("15m", found.now - QUARTER), ("1h", None)):
        if isinstance(found.charges, ProviderError):
            reason = found.charges.reason
            numbers += [
                Number(metric=f"{name}_{window}", value=None, reason=reason)
                for name in TALLY_METRICS
            ]
        else:
            counted = tally(found.charges.items, since)
            numbers += tally_numbers(counted, found.charges, window)
    refused = isinstance(found.balance, ProviderError) and not isinstance(found.balance, _DOWN)
    return [
        *numbers,
        number_of(
            "payments_broken_1h",
            found.intents,
            lambda intents: sum(each.broke for each in intents.items) if intents.whole else None,
            reason="too many payments in the hour to count",
        ),
        number_of(
            "failed_events_24h",
            found.events,
            lambda events: None if events.unread else len(events.items),
            reason=f"some events {UNREAD}",
        ),
        Number(
            metric="balance_reachable",
            value=None if refused else float(isinstance(found.balance, Balance)),
            reason="Stripe answers, but not this question of ours",
        ),
    ]


def payments_reading(found: Payments) -> SystemReading:
    """The main reading.

    Its condition: broken when none of at least `FEW` attempts of the hour succeeded, degraded while
    the balance cannot be reached, notable in test mode and when some failed or hang. How many are
    too many, the limits of a KPI say.
    """
    hour = None if isinstance(found.charges, ProviderError) else tally(found.charges.items)
    sections = (
        _summary(found, hour),
        failures_section(found.charges, found.live),
        _intents(found),
        recent_section(found.charges, found.live),
        _events(found),
        _balance(found),
    )
    lists = (found.charges, found.intents, found.events)
    cut = (each.notice for each in lists if not isinstance(each, ProviderError))
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found, hour),
        summary=Foreign(", ".join((_mode(found), *_attempts(hour), *_version(found)))),
        sections=sections,
        notices=tuple(notice for notice in cut if notice),
    )


def _condition(found: Payments, hour: Tally | None) -> Condition:
    conditions = [Condition.UNKNOWN if hour is None else hour.condition]
    if isinstance(found.balance, ProviderError):
        down = isinstance(found.balance, _DOWN)
        conditions.append(Condition.DEGRADED if down else Condition.NOTABLE)
    elif not found.balance.live:
        conditions.append(Condition.NOTABLE)
    if not isinstance(found.intents, ProviderError):
        telling = _telling(found.intents, found.now)
        if any(_of_intent(each, found.now) is not Condition.FINE for each in telling):
            conditions.append(Condition.NOTABLE)
    return worst(conditions)


def _mode(found: Payments) -> str:
    return {True: "live mode", False: "TEST mode", None: "mode not known"}[found.live]


def _attempts(hour: Tally | None) -> tuple[str, ...]:
    return () if hour is None else (f"last hour {hour.words}",)


def _version(found: Payments) -> tuple[str, ...]:
    lists = (found.charges, found.intents, found.events)
    told = [each.version for each in lists if not isinstance(each, ProviderError) and each.version]
    return (f"API {Foreign(told[0]).line(40)}",) if told else ()


def _summary(found: Payments, hour: Tally | None) -> Section:
    if hour is None or isinstance(found.charges, ProviderError):
        blind = blindness(found.charges)
        return Section(key="payments", title="Payments", blind=blind)
    quarter = tally(found.charges.items, found.now - QUARTER)
    return Section(
        key="payments",
        title="Payments",
        records=(
            tally_record("15m", "last 15 minutes", quarter),
            tally_record("1h", "last hour", hour),
        ),
    )


def tally_record(key: str, title: str, counted: Tally) -> Record:
    """Attempts of one span as a row."""
    share = counted.failures_percent
    return Record(
        id=key,
        title=Foreign(title),
        condition=counted.condition,
        state=Foreign(counted.words if share is None else f"{share:.1f} % failed"),
        details=(
            ("attempts", Foreign(f"{counted.attempts}")),
            ("declined", Foreign(f"{counted.declined}")),
            ("blocked", Foreign(f"{counted.blocked}")),
            ("errors", Foreign(f"{counted.errors}")),
            ("under way", Foreign(f"{counted.pending}")),
        ),
    )


def _telling(intents: Listed[Intent], now: datetime) -> list[Intent]:
    return [each for each in intents.items if each.broke or _stuck(each, now)]


def _stuck(intent: Intent, now: datetime) -> bool:
    return intent.status == "processing" and (now - intent.at).total_seconds() > STUCK_S


def _of_intent(intent: Intent, now: datetime) -> Condition:
    over = intent.status in {"succeeded", "canceled"}
    if intent.broke and not over:
        return Condition.DEGRADED
    return Condition.NOTABLE if _stuck(intent, now) else Condition.FINE


def _intents(found: Payments) -> Section:
    key, title = "intents", "Payments with an API error or stuck, 1 h"
    if isinstance(found.intents, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.intents))
    telling = _telling(found.intents, found.now)
    records = tuple(
        Record(
            id=each.id,
            title=amount_words(each.amount, each.currency),
            condition=_of_intent(each, found.now),
            state=Foreign(each.status),
            at=each.at,
            details=(("error", Foreign(f"{each.error_type} {each.error_code}".strip())),),
            url=dashboard(found.live, "payments", each.id),
        )
        for each in telling[:MOST_RECORDS]
    )
    empty, more = "none hangs, none met an error of the API", len(telling) - len(records)
    return Section(key=key, title=title, records=records, empty=empty, more=more)


def _events(found: Payments) -> Section:
    key, title = "events", "Failed events, 24 h"
    if isinstance(found.events, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.events))
    shown = found.events.items[:MOST_EVENTS]
    return Section(
        key=key,
        title=title,
        records=tuple(event_record(each, found.live) for each in shown),
        empty="no failed event in 24 h",
        more=len(found.events.items) - len(shown),
    )


def event_record(
    event: StripeEvent, live: bool | None, condition: Condition = Condition.NOTABLE
) -> Record:
    """An event as a row."""
    return Record(
        id=event.id,
        title=Foreign(event.type),
        condition=condition,
        state=Foreign("delivered" if not event.pending else f"{event.pending} pending"),
        at=event.at,
        details=(("about", Foreign(event.about)),),
        url=dashboard(live, "events", event.id),
    )


def _balance(found: Payments) -> Section:
    key, title = "balance", "Balance"
    if isinstance(found.balance, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.balance))
    held = found.balance
    records = tuple(
        Record(
            id=currency,
            title=Foreign(currency.upper()),
            condition=Condition.FINE,
            state=Foreign(sums_words({currency: held.available.get(currency, 0)})),
            details=(("pending", Foreign(sums_words({currency: held.pending.get(currency, 0)}))),),
        )
        for currency in sorted({*held.available, *held.pending})
    )
    return Section(key=key, title=title, records=records, empty="nothing held")
