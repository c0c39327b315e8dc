"""How much of the vendors' rate limits is used."""

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class ApiBudgetSystem(SystemSetting):
    """The share of each account's limit that is used, our own calls included; asks nobody."""

    accounts: tuple[Name, ...] = Field(
        default=(), max_length=64, description="Which accounts. Empty: all that the workspace uses."
    )
    every_s: Every = Field(default=30.0, alias="every", description="How often it is counted.")
