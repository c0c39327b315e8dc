"""Sentry: where errors are counted."""

from typing import ClassVar

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class SentrySystem(SystemSetting):
    """Errors of an organisation's projects."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("sentry",)

    account: Name = Field(description="The Sentry account; its base_url names the region.")
    organization: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The organisation's slug, as in its address.",
    )
    projects: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="Slugs or ids of projects. Left out: all that the token may see.",
    )
    sentry_environment: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="The environment as the product reports it to Sentry. Left out: all of them.",
    )
    every_s: Every = Field(default=60.0, alias="every", description="How often it is asked.")
