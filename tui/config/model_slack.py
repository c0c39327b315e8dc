"""Slack: the channel in which people are told."""

from typing import ClassVar

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class SlackSystem(SystemSetting):
    """One channel of a workspace."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("slack",)

    account: Name = Field(description="The Slack account.")
    channel: str = Field(
        min_length=1,
        max_length=80,
        description="The channel's id, as at the end of its address. A name such as #incidents "
        "is looked up in the list of public channels.",
    )
    messages: int = Field(default=15, ge=1, le=15, description="How many of the last are shown.")
    every_s: Every = Field(default=30.0, alias="every", description="How often it is asked.")
