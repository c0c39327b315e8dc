"""Stripe: how payments go, whether webhooks arrive, what is paid back and disputed, what comes in.

Four sources, because their lists move at different speeds: payments of the last hour (4 requests
or some more), webhooks (2), refunds and disputes (2), the last 24 hours (1 for each 100 charges).
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from msgspec import Struct

from providers.account_part import AccountPart
from providers.errors import ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.parts import answered, tried
from providers.stripe_mapping import (
    balance_of,
    charge_of,
    dispute_of,
    event_of,
    intent_of,
    refund_of,
    webhook_of,
)
from providers.stripe_pages import Listed, listed, since
from providers.stripe_payments import Payments, hour_numbers, payments_reading
from providers.stripe_returns import Returns, return_numbers, returns_reading
from providers.stripe_revenue import Revenue, day_numbers, revenue_reading
from providers.stripe_values import SYSTEM, Balance
from providers.stripe_webhooks import Deliveries, deliveries_reading, delivery_numbers

__all__ = [
    "SYSTEM",
    "StripeOptions",
    "StripePayments",
    "StripeReturns",
    "StripeRevenue",
    "StripeWebhooks",
]

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
DISPUTES_BACK: Final = timedelta(days=90)
"""Card schemes give a payer some 120 days; what is older and open has long been seen."""

FAILED_EVENTS: Final = (
    "charge.failed",
    "payment_intent.payment_failed",
    "checkout.session.async_payment_failed",
    "invoice.payment_failed",
    "charge.dispute.created",
    "refund.failed",
    "payout.failed",
)
"""What the runbook calls failed events (A:401); Stripe takes at most 20 types at once."""

CHARGES: Final = "/v1/charges"
INTENTS: Final = "/v1/payment_intents"
EVENTS: Final = "/v1/events"

MOST_PAGES_HOUR: Final = 10
MOST_PAGES_DAY: Final = 30
MOST_PAGES_EVENTS: Final = 5
"""Events are counted so far: in an outage of the webhooks "500" says enough, "no data" nothing."""

Item = TypeVar("Item")


class StripeOptions(Struct, frozen=True, kw_only=True):
    """What is wanted besides what Stripe tells of itself."""

    currency: str = ""
    """The currency of the number `revenue_24h`; empty: the only one there is."""


class _StripePart(AccountPart[StripeOptions]):
    """What the sources have in common."""

    async def _list(
        self,
        path: str,
        parse: Callable[[Fields], Item],
        noun: str,
        *params: tuple[str, str],
        most_pages: int = 1,
    ) -> Listed[Item] | ProviderError:
        asking = listed(self._api, path, parse, noun, params=params, most_pages=most_pages)
        return await tried(asking)


class StripePayments(_StripePart):
    """The last hour's attempts to pay, the last day's failed events, and the balance."""

    async def read(self) -> Harvest:
        """Ask once; what fails in part is told in its section.

        Raises:
            ProviderError: Stripe gave nothing of it.
        """
        now = self._api.clock.now().at
        hour, day = since(now - HOUR), since(now - DAY)
        types = [("types[]", each) for each in FAILED_EVENTS]
        charges, intents, events, balance = await asyncio.gather(
            self._list(CHARGES, charge_of, "charge", hour, most_pages=MOST_PAGES_HOUR),
            self._list(INTENTS, intent_of, "payment intent", hour, most_pages=3),
            self._list(EVENTS, event_of, "failed event", day, *types, most_pages=MOST_PAGES_EVENTS),
            tried(self._balance()),
        )
        answered((charges, intents, events, balance))
        found = Payments(charges=charges, intents=intents, events=events, balance=balance, now=now)
        return self._harvest(payments_reading(found), hour_numbers(found))

    async def _balance(self) -> Balance:
        operation = "read balance"
        answer = await self._api.get(operation, "/v1/balance")
        return balance_of(Fields(answer.value, SYSTEM, operation))


class StripeWebhooks(_StripePart):
    """Where events are sent to, and which of them did not arrive."""

    async def read(self) -> Harvest:
        """Ask once; what fails in part is told in its section.

        Raises:
            ProviderError: Stripe gave nothing of it.
        """
        now = self._api.clock.now().at
        late = (since(now - DAY), ("delivery_success", "false"))
        webhooks, events = await asyncio.gather(
            self._list("/v1/webhook_endpoints", webhook_of, "webhook"),
            self._list(EVENTS, event_of, "undelivered event", *late, most_pages=MOST_PAGES_EVENTS),
        )
        answered((webhooks, events))
        found = Deliveries(webhooks=webhooks, events=events, now=now)
        return self._harvest(deliveries_reading(found), delivery_numbers(found))


class StripeReturns(_StripePart):
    """Money that goes back: refunds of the last day, disputes of the last 90 days."""

    async def read(self) -> Harvest:
        """Ask once; what fails in part is told in its section.

        Raises:
            ProviderError: Stripe gave nothing of it.
        """
        now = self._api.clock.now().at
        old, day = since(now - DISPUTES_BACK), since(now - DAY)
        disputes, refunds = await asyncio.gather(
            self._list("/v1/disputes", dispute_of, "dispute", old, most_pages=3),
            self._list("/v1/refunds", refund_of, "refund", day, most_pages=5),
        )
        answered((disputes, refunds))
        found = Returns(disputes=disputes, refunds=refunds, now=now)
        return self._harvest(returns_reading(found), return_numbers(found))


class StripeRevenue(_StripePart):
    """The last 24 hours of payments: what came in, by currency, and why some did not."""

    async def read(self) -> Harvest:
        """Ask once.

        Raises:
            ProviderError: Stripe did not give the charges.
        """
        now = self._api.clock.now().at
        day = [since(now - DAY)]
        charges = await listed(
            self._api, CHARGES, charge_of, "charge", params=day, most_pages=MOST_PAGES_DAY
        )
        found = Revenue(charges=charges, now=now, currency=self._options.currency.lower())
        return self._harvest(revenue_reading(found), day_numbers(found), charges.at)
