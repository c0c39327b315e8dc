"""PagerDuty: who is paged, and for what."""

from typing import ClassVar

from pydantic import Field

from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


class PagerDutySystem(SystemSetting):
    """Incidents, on-call and services of an account or a part of it."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("pagerduty",)

    account: Name = Field(description="The PagerDuty account.")
    services: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="Names or ids of services. Left out: all that the key may see.",
    )
    escalation_policies: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="Ids of escalation policies. Left out: those of the services.",
    )
    every_s: Every = Field(
        default=15.0, alias="every", description="How often incidents are asked for."
    )
