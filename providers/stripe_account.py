"""Whose Stripe key is in use, what it reads, and whether it could do more."""

import asyncio
from typing import Final

from providers.accounts import AccountView
from providers.errors import NotFound, ProviderError, Unauthorized
from providers.fields import Fields
from providers.http import Api
from providers.parts import tried
from providers.stripe_mapping import balance_of
from providers.stripe_values import SYSTEM
from providers.text import Foreign

READS: Final = {
    "Charges": "/v1/charges",
    "PaymentIntents": "/v1/payment_intents",
    "Refunds": "/v1/refunds",
    "Events": "/v1/events",
    "Webhook Endpoints": "/v1/webhook_endpoints",
    "Disputes": "/v1/disputes",
}
"""What a restricted key needs to read, in the words of Stripe's form, besides Balance."""


async def describe(api: Api) -> AccountView:
    """Which mode it is and which lists it may read, for `doctor`; eight small requests.

    Raises:
        ProviderError: Stripe did not say.
    """
    operation = "read balance"
    answer = await api.get(operation, "/v1/balance")
    live = balance_of(Fields(answer.value, SYSTEM, operation)).live
    outcomes = await asyncio.gather(*(tried(_look(api, name)) for name in READS))
    errors = [each for each in outcomes if isinstance(each, ProviderError)]
    for error in errors:
        if not isinstance(error, Unauthorized | NotFound):
            raise error
    missing = [
        name
        for name, outcome in zip(READS, outcomes, strict=True)
        if isinstance(outcome, ProviderError)
    ]
    return AccountView(
        system=SYSTEM,
        name=Foreign("live mode" if live else "test mode"),
        scopes=tuple(f"read {name}" for name in ("Balance", *READS) if name not in missing),
        budget=api.budget,
        warnings=(*await _too_wide(api), *_too_narrow(missing)),
    )


async def _look(api: Api, name: str) -> None:
    await api.get(f"read {name}", READS[name], params=[("limit", "1")])


async def _too_wide(api: Api) -> tuple[str, ...]:
    if api.credential is None:
        return ()
    # Only what the first three letters say is used; the kinds stand on Stripe's page "API keys".
    begins = (await api.credential()).reveal()[:3]
    if begins == "sk_":
        return (
            "a secret key may do everything, refunds and payouts included: make a restricted key "
            "(rk_…) with Read on what doctor lists",
        )
    if begins == "rk_":
        return ()
    return ("the key is neither restricted (rk_…) nor secret (sk_…): is it Stripe's?",)


def _too_narrow(missing: list[str]) -> tuple[str, ...]:
    if not missing:
        return ()
    return (f"it may not read {', '.join(missing)}: give the restricted key Read on these",)
