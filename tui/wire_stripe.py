"""Stripe's sources."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.http import Api
    from tui.config.model_stripe import StripeSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "payment_attempts_15m",
        "payments_failed_15m",
        "payments_declined_15m",
        "payments_errors_15m",
        "payment_failures_percent_15m",
        "payment_attempts_1h",
        "payments_failed_1h",
        "payments_declined_1h",
        "payments_errors_1h",
        "payment_failures_percent_1h",
        "payments_broken_1h",
        "failed_events_24h",
        "balance_reachable",
    ),
    "webhooks": ("webhooks", "webhooks_disabled", "events_undelivered"),
    "returns": (
        "disputes_open",
        "disputes_needing_response",
        "refunds_24h",
        "refunds_failed_24h",
    ),
    "revenue": (
        "payment_attempts_24h",
        "payments_failed_24h",
        "payments_declined_24h",
        "payments_errors_24h",
        "payment_failures_percent_24h",
        "payments_24h",
        "revenue_24h",
    ),
}
_SYSTEM: Final = "Stripe"
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[StripeSystem]") -> Iterator[Source]:
    """The four sources; asks nobody."""
    setting = place.setting

    def late(part: str, every_s: float) -> Source:
        # The payments feed alerts, whatever is on the screen; the rest may wait for it.
        unseen_s = every_s * _UNSEEN_TIMES if part else 0.0
        spec = place.spec(
            _SYSTEM,
            Area.PAYMENTS,
            interval_s=every_s,
            timeout_s=_TIMEOUT_S,
            part=part,
            unseen_interval_s=unseen_s,
        )
        return place.late(spec, "providers.stripe", partial(_source, part))

    yield late("", setting.every_s)
    yield late("webhooks", setting.webhooks_every_s)
    yield late("returns", setting.returns_every_s)
    yield late("revenue", setting.revenue_every_s)


def _source(part: str, place: "Place[StripeSystem]", spec: SourceSpec) -> Source:
    from providers import stripe

    kinds: Mapping[str, Callable[[SourceSpec, stripe.StripeOptions, Api], Source]] = {
        "": stripe.StripePayments,
        "webhooks": stripe.StripeWebhooks,
        "returns": stripe.StripeReturns,
        "revenue": stripe.StripeRevenue,
    }
    options = stripe.StripeOptions(currency=place.setting.currency or "")
    return kinds[part](spec, options, place.api(place.setting.account))
