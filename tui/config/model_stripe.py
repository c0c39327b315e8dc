"""Stripe: where payments are made."""

from typing import ClassVar

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class StripeSystem(SystemSetting):
    """The payments of a Stripe account, live or test as its key is."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("stripe",)

    account: Name = Field(description="The Stripe account.")
    currency: str | None = Field(
        default=None,
        pattern=r"^[a-z]{3}$",
        description="The currency of the number revenue_24h, such as eur; others are shown and "
        "never added to it. Left out: the only one there is.",
    )
    every_s: Every = Field(
        default=60.0, alias="every", description="How often payments and balance are asked for."
    )
    webhooks_every_s: Every = Field(
        default=300.0,
        alias="webhooks_every",
        description="How often webhooks and undelivered events are asked for.",
    )
    returns_every_s: Every = Field(
        default=600.0,
        alias="returns_every",
        description="How often refunds and disputes are asked for.",
    )
    revenue_every_s: Every = Field(
        default=300.0,
        alias="revenue_every",
        description="How often the payments of 24 hours are read, a request for each hundred.",
    )
