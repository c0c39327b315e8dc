"""Resend: how e-mails are sent."""

from typing import ClassVar

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class ResendSystem(SystemSetting):
    """The e-mails of a Resend team."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("resend",)

    account: Name = Field(description="The Resend account.")
    recent: int = Field(
        default=20, ge=1, le=100, description="How many of the newest e-mails are listed."
    )
    every_s: Every = Field(
        default=60.0, alias="every", description="How often deliveries and e-mails are asked for."
    )
    sending_every_s: Every = Field(
        default=300.0,
        alias="sending_every",
        description="How often domains, suppressions, broadcasts and API calls are asked for.",
    )
