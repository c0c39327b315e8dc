"""What all systems besides hosting and database have in their settings."""

from typing import Annotated, ClassVar

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.values import Citation, Name

Every = Annotated[Duration, lasting("5s", "1d")]
"""How often something is asked."""


class SystemSetting(Setting):
    """What every system has."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ()
    """Kinds of account that fit its `account`."""

    title: str | None = Field(
        default=None, min_length=1, max_length=80, description="Its name on the wall."
    )
    environment: Name | None = Field(
        default=None, description="The environment it belongs to. Left out: to all of them."
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook speaks of it.")
