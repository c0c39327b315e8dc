"""Stripe's webhooks and what did not reach them as a reading. Pure."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.numbers import Number, number_of
from providers.parts import blindness, worst
from providers.stripe_pages import Listed
from providers.stripe_payments import MOST_RECORDS, event_record
from providers.stripe_values import SYSTEM, WEBHOOKS, StripeEvent, Webhook
from providers.system_readings import UNREAD, Condition, Record, Section, SystemReading
from providers.text import Foreign

IN_FLIGHT_S: Final = 300.0
"""Every event is undelivered for a moment; Stripe's first tries are minutes apart."""


class Deliveries(Struct, frozen=True, kw_only=True):
    """What was read, each part or why it was not."""

    webhooks: Listed[Webhook] | ProviderError
    events: Listed[StripeEvent] | ProviderError
    now: datetime


METRICS: Final = ("webhooks", "webhooks_disabled", "events_undelivered")


def delivery_numbers(found: Deliveries) -> list[Number]:
    """The numbers of `METRICS`."""
    return [
        number_of("webhooks", found.webhooks, lambda hooks: len(hooks.items)),
        number_of(
            "webhooks_disabled",
            found.webhooks,
            lambda hooks: None if hooks.unread else sum(map(_off, hooks.items)),
            reason=f"some webhooks {UNREAD}",
        ),
        number_of(
            "events_undelivered",
            found.events,
            lambda events: None if events.unread else len(_late(events, found.now)),
            reason=f"some events {UNREAD}",
        ),
    ]


def deliveries_reading(found: Deliveries) -> SystemReading:
    """The reading; broken when every webhook is disabled, degraded when one is or events wait.

    Stripe itself disables an endpoint that failed for days.
    """
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found),
        summary=Foreign(", ".join((*_hooks_words(found), *_events_words(found)))),
        sections=(_hooks(found), _events(found)),
        notices=_notices(found),
    )


def _off(hook: Webhook) -> bool:
    return hook.status == "disabled"


def _late(events: Listed[StripeEvent], now: datetime) -> list[StripeEvent]:
    return [each for each in events.items if (now - each.at).total_seconds() > IN_FLIGHT_S]


def _condition(found: Deliveries) -> Condition:
    conditions = []
    if isinstance(found.webhooks, ProviderError):
        conditions.append(Condition.UNKNOWN)
    elif found.webhooks.items and all(map(_off, found.webhooks.items)):
        conditions.append(Condition.BROKEN)
    elif any(map(_off, found.webhooks.items)):
        conditions.append(Condition.DEGRADED)
    else:
        conditions += [_of_hook(each) for each in found.webhooks.items]
    if isinstance(found.events, ProviderError):
        conditions.append(Condition.UNKNOWN)
    elif _late(found.events, found.now):
        conditions.append(Condition.DEGRADED)
    return worst(conditions)


def _of_hook(hook: Webhook) -> Condition:
    return WEBHOOKS.get(hook.status, Condition.UNKNOWN)


def _hooks_words(found: Deliveries) -> tuple[str, ...]:
    if isinstance(found.webhooks, ProviderError):
        return ("webhooks not readable",)
    off = sum(map(_off, found.webhooks.items))
    count = len(found.webhooks.items)
    said = f"{count} webhook{'' if count == 1 else 's'}"
    return (f"{said}, {off} DISABLED",) if off else (said,)


def _events_words(found: Deliveries) -> tuple[str, ...]:
    if isinstance(found.events, ProviderError):
        return ("undelivered events not readable",)
    late = len(_late(found.events, found.now))
    more = "" if found.events.whole else " or more"
    return (f"{late}{more} undelivered events",) if late else ("all events delivered",)


def _notices(found: Deliveries) -> tuple[str, ...]:
    lists = (found.webhooks, found.events)
    told = (each.notice for each in lists if not isinstance(each, ProviderError))
    return tuple(notice for notice in told if notice)


def _hooks(found: Deliveries) -> Section:
    key, title = "webhooks", "Webhooks"
    if isinstance(found.webhooks, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.webhooks))
    first_off = sorted(found.webhooks.items, key=lambda each: not _off(each))
    records = tuple(
        Record(
            id=each.id,
            title=each.where or Foreign(each.id),
            condition=_of_hook(each),
            state=Foreign(each.status),
            details=(
                ("events", Foreign("all" if "*" in each.events else f"{len(each.events)}")),
                ("API", Foreign(each.version or "account's own")),
            ),
        )
        for each in first_off
    )
    return Section(key=key, title=title, records=records, empty="no webhook is set up")


def _events(found: Deliveries) -> Section:
    key, title = "undelivered", "Undelivered events, 24 h"
    if isinstance(found.events, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.events))
    late = _late(found.events, found.now)
    return Section(
        key=key,
        title=title,
        records=tuple(event_record(each, None, Condition.DEGRADED) for each in late[:MOST_RECORDS]),
        empty="every event of 24 h was delivered",
        more=max(0, len(late) - MOST_RECORDS),
    )
