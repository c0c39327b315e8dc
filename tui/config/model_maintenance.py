"""When work is done, and nobody is to be told of alerts."""

import re
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_response import TimeOfDay, Weekday
from tui.config.values import Name
from tui.config.zones import TimeZone

LONGEST_DAYS: Final = 31
"""Of a window with `from` and `to`: nothing is silent for ever."""

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", re.ASCII)


def _local_time(text: str) -> str:
    try:
        if _TIME.fullmatch(text) is not None:
            return datetime.fromisoformat(text).isoformat(sep=" ", timespec="minutes")
    except ValueError:
        pass
    raise ValueError('a day and a time of day in quotes: "2026-12-01 02:00"')


LocalTime = Annotated[
    str,
    AfterValidator(_local_time),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$"}),
]
"""Without a zone: `time_zone` says whose clock."""

CheckName = Annotated[str, Field(min_length=3, max_length=130)]


class GlobalMaintenance(Setting):
    """A time at which work is done on everything: from and to, weekly, or once a month."""

    title: str = Field(min_length=1, max_length=60, description="What is done: DB upgrade.")
    begins: LocalTime | None = Field(
        default=None, alias="from", description='Once: from when on, in quotes: "2026-12-01 02:00".'
    )
    ends: LocalTime | None = Field(
        default=None, alias="to", description="Once: until when, in quotes; at most 31 days later."
    )
    days: tuple[Weekday, ...] = Field(
        default=(), max_length=7, description="Weekly: on which days, with `at` and `for`."
    )
    day_of_month: Annotated[int, Field(ge=1, le=31)] | Literal["last"] | None = Field(
        default=None,
        description="Monthly: on which day, with `at` and `for`; in a month without it not at all.",
    )
    at: TimeOfDay | None = Field(
        default=None, description='Weekly or monthly: when it begins, in quotes: "02:00".'
    )
    lasts_s: Annotated[Duration, lasting("1m", "7d")] | None = Field(
        default=None, alias="for", description="Weekly or monthly: how long, by real time."
    )
    time_zone: TimeZone = Field(default="UTC", description="Whose clock: Europe/Berlin.")
    environments: tuple[Name, ...] = Field(
        default=(), max_length=32, description="Only in these environments. Empty: in all."
    )
    counts_for_uptime: bool = Field(
        default=True,
        description="Whether time that is down in it counts as down for uptimes and their budgets; "
        "false: as time that was not seen.",
    )


class Maintenance(GlobalMaintenance):
    """A time at which work is done; without services, databases, checks and KPIs on everything."""

    services: tuple[Name, ...] = Field(
        default=(), max_length=64, description="Services with their checks, certificates and KPIs."
    )
    databases: tuple[Name, ...] = Field(
        default=(), max_length=64, description="Databases with their queries and KPIs."
    )
    checks: tuple[CheckName, ...] = Field(
        default=(), max_length=64, description="Single checks: service/check."
    )
    kpis: tuple[Name, ...] = Field(default=(), max_length=64, description="Single KPIs.")
