"""Stripe's sources for the shared suites."""

from providers.base import SourceKind
from providers.http import Api
from providers.stripe import (
    StripeOptions,
    StripePayments,
    StripeReturns,
    StripeRevenue,
    StripeWebhooks,
)
from tests import vendor_data_stripe as data
from tests.vendor_rig import rig_of, spec_of

OPTIONS = StripeOptions(currency="eur")
SPEC = spec_of("Stripe", SourceKind.SYSTEM)


def payments(api: Api) -> StripePayments:
    return StripePayments(SPEC, OPTIONS, api)


def webhooks(api: Api) -> StripeWebhooks:
    return StripeWebhooks(SPEC, OPTIONS, api)


def returns(api: Api) -> StripeReturns:
    return StripeReturns(SPEC, OPTIONS, api)


def revenue(api: Api, currency: str = "eur") -> StripeRevenue:
    return StripeRevenue(SPEC, StripeOptions(currency=currency), api)


CHARGES = ("/charges", data.charges(data.failed(), data.charge()))
EVENTS = ("/events", data.listing("/v1/events", data.event(pending_webhooks=1)))
PAYMENTS = (
    CHARGES,
    ("/payment_intents", data.listing("/v1/payment_intents", data.intent())),
    EVENTS,
    ("/balance", data.balance()),
)
WEBHOOKS = (
    ("/webhook_endpoints", data.listing("/v1/webhook_endpoints", data.webhook())),
    EVENTS,
)
RETURNS = (
    ("/disputes", data.listing("/v1/disputes", data.dispute())),
    ("/refunds", data.listing("/v1/refunds", data.refund())),
)

STRIPE_RIGS = (
    rig_of("Stripe", payments, *PAYMENTS),
    rig_of("Stripe webhooks", webhooks, *WEBHOOKS),
    rig_of("Stripe returns", returns, *RETURNS),
    rig_of("Stripe revenue", revenue, CHARGES),
)
