"""Numbers of the business itself."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import Factor, HeaderName, MetricName, Name, SecretName, Url

Statement = Annotated[str, Field(min_length=8, max_length=4000)]
JmesPath = Annotated[str, Field(min_length=1, max_length=500)]


class BusinessEndpoint(Setting):
    """An address that answers with JSON."""

    url: Url = Field(description="Its address.")
    secret: SecretName | None = Field(default=None, description="A secret sent along.")
    secret_header: HeaderName = Field(
        default="Authorization", description="The header that carries the secret."
    )
    secret_prefix: str = Field(
        default="Bearer ", max_length=40, description="What stands before the secret there."
    )
    timeout_s: Annotated[Duration, lasting("100ms", "60s")] = Field(
        default=15.0, alias="timeout", description="One answer may take no longer."
    )


class BusinessNumber(Setting):
    """One number, by a statement or by a path."""

    title: str = Field(min_length=1, max_length=80, description="Its name on the wall.")
    unit: str = Field(default="count", max_length=16, description="Its unit, after scaling.")
    sql: Statement | None = Field(
        default=None,
        description="One SELECT of one value, tables with their schema; $1 and $2 are the window, "
        "and it is asked a second time for the window a week ago.",
    )
    path: JmesPath | None = Field(
        default=None, description="Where it stands in the answer of the endpoint (JMESPath)."
    )
    last_week_path: JmesPath | None = Field(
        default=None,
        description="Where the answer tells the same number of a week ago. Left out: it does not.",
    )
    window_s: Annotated[Duration, lasting("1m", "366d")] = Field(
        default=86_400.0, alias="window", description="How far $1 lies before $2, which is now."
    )
    scale: Factor = Field(default=1.0, description="What the number is multiplied by.")


class BusinessList(Setting):
    """A short list, such as the newest registrations."""

    title: str = Field(min_length=1, max_length=80, description="Its name.")
    sql: Statement = Field(
        description="One SELECT with a LIMIT, tables with their schema; $1 and $2 may be used."
    )


class BusinessSystem(SystemSetting):
    """Registrations, events, sales: shown beside last week's, never judged."""

    database: Name | None = Field(
        default=None,
        description="A database of this workspace, in the system's environment; its role needs "
        "SELECT on what the statements read.",
    )
    endpoint: BusinessEndpoint | None = Field(
        default=None, description="An address that answers with JSON, for numbers with a path."
    )
    numbers: Mapping[MetricName, BusinessNumber] = Field(
        min_length=1, max_length=24, description="The numbers, by the name KPIs know them by."
    )
    lists: Mapping[Name, BusinessList] = Field(
        default={}, max_length=8, description="Short lists, by name."
    )
    every_s: Every = Field(default=300.0, alias="every", description="How often it is asked.")
