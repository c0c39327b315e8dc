"""How soon somebody must be at an alert, and when people are at work."""

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.zones import TimeZone

NEXT_BUSINESS_DAY: Final = "next business day"

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _response(value: object) -> object:
    return None if value == NEXT_BUSINESS_DAY else value


ResponseTime = Annotated[
    Annotated[Duration, lasting("1s", "30d")] | None,
    BeforeValidator(_response),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^(\d+(\.\d+)?(d|h|m|s|ms))+$"},
                {"const": NEXT_BUSINESS_DAY},
            ]
        }
    ),
]
"""Seconds, or None for the next business day."""


def _time_of_day(text: str) -> str:
    if _TIME.fullmatch(text) is None:
        raise ValueError('a time of day in quotes: "09:00"; "24:00" is the end of the day')
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError('a day in quotes: "2026-12-25"') from None


TimeOfDay = Annotated[
    str, AfterValidator(_time_of_day), WithJsonSchema({"type": "string", "pattern": _TIME.pattern})
]
Day = Annotated[
    str, AfterValidator(_day), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"})
]


class BusinessHours(Setting):
    """When people are at work: what `business_hours` of a severity counts."""

    time_zone: TimeZone = Field(default="UTC", description="Whose clock: Europe/Berlin.")
    days: tuple[Weekday, ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"),
        min_length=1,
        max_length=7,
        description="On which days of the week.",
    )
    begins: TimeOfDay = Field(default="09:00", alias="from", description="From when on.")
    ends: TimeOfDay = Field(
        default="17:00",
        alias="to",
        description="Until when; not after `from`: until then on the next day.",
    )
    holidays: tuple[Day, ...] = Field(
        default=(), max_length=400, description="Days on which nobody is, each in quotes."
    )


class ResponseByLevel(Setting):
    """How soon somebody must be at an alert that names no severity."""

    critical_s: ResponseTime = Field(
        default=900.0, alias="critical", description="At one that is critical, in wall time."
    )
    warning_s: ResponseTime = Field(
        default=14_400.0, alias="warning", description="At one that is a warning, in wall time."
    )
