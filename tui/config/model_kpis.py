"""Numbers that are held against bands."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.values import Citation, Factor, MetricName, Name
from tui.config.zones import TimeZone

LIMITS = ("above", "at_least", "below", "at_most")
"""The four ways to write a limit."""


CALENDAR_MONTH = "calendar_month"
MONTH_S = 31 * 86_400.0
"""The longest month."""


def _window(value: object) -> object:
    return None if value == CALENDAR_MONTH else value


Window = Annotated[
    Annotated[Duration, lasting("1s", "400d")] | None,
    BeforeValidator(_window),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^(\d+(\.\d+)?(d|h|m|s|ms))+$"},
                {"const": CALENDAR_MONTH},
            ]
        }
    ),
]
"""Seconds, or None for the month of the calendar."""


class MetricSource(Setting):
    """One metric of one source, in the KPI's environment."""

    check: str | None = Field(
        default=None, max_length=130, description="A check of this workspace: service/check."
    )
    database: Name | None = Field(default=None, description="A database of this workspace.")
    deploys: Name | None = Field(default=None, description="A service whose deploys are read.")
    system: str | None = Field(
        default=None,
        max_length=130,
        description="A system of this workspace: kind/name, or kind/name.part.",
    )
    metric: MetricName = Field(description="The number, by its name.")

    @property
    def given(self) -> tuple[str, ...]:
        """The keys that name a source; a valid entry has one."""
        return tuple(
            key
            for key in ("check", "database", "deploys", "system")
            if getattr(self, key) is not None
        )


class Limit(Setting):
    """A number and the side of it that is meant; exactly one of the four."""

    above: float | None = Field(default=None, description="The value is larger than this.")
    at_least: float | None = Field(default=None, description="The value is this or larger.")
    below: float | None = Field(default=None, description="The value is smaller than this.")
    at_most: float | None = Field(default=None, description="The value is this or smaller.")

    @property
    def given(self) -> tuple[str, ...]:
        """The limits that are set; a valid entry has one."""
        return tuple(key for key in LIMITS if getattr(self, key) is not None)

    @property
    def number(self) -> float:
        """The limit itself.

        Raises:
            ValueError: None is given; `check` never lets such an entry through.
        """
        for key in self.given:
            return float(getattr(self, key))
        raise ValueError("a limit needs a number")


class Goal(Limit):
    """A band that says how the value should stand: `target: {below: 2}` is met below 2."""

    runbook: Citation | None = Field(default=None, description="Where the runbook says so.")


class Firing(Setting):
    """When what is past its limit fires, and when it clears."""

    for_s: Annotated[Duration, lasting("0s", "7d")] = Field(
        default=0.0, alias="for", description="How long it must stand so before it fires."
    )
    consecutive: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="How many readings in a row must stand so before it fires.",
    )
    clear_at: float | None = Field(
        default=None,
        description="The value must come back past this one to clear. Left out: the limit.",
    )
    clear_for_s: Annotated[Duration, lasting("0s", "7d")] = Field(
        default=0.0, alias="clear_for", description="How long it must be back before it clears."
    )
    clear_consecutive: int = Field(
        default=2, ge=1, le=1000, description="How many good readings in a row before it clears."
    )
    keep_firing_s: Annotated[Duration, lasting("0s", "7d")] = Field(
        default=0.0,
        alias="keep_firing",
        description="It does not clear for so long after the last bad reading, however good it is.",
    )
    flapping: bool = Field(
        default=True,
        description="Called flapping, and kept as one alert, while it changes between good and "
        "bad too often.",
    )
    proposed: bool = Field(
        default=False,
        description="No runbook says so: drawn and told, and never fires until this is taken out.",
    )
    severity: str | None = Field(
        default=None,
        max_length=32,
        description="The severity of its alert: a label of `severities`.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook says so.")


class Alarm(Limit, Firing):
    """A band that says how the value must not stand: `warning: {above: 5}` fires above 5."""


class NoData(Setting):
    """An alert of its own for a number that does not come."""

    after_s: Annotated[Duration, lasting("1s", "7d")] = Field(
        default=180.0, alias="after", description="How long there must be no number."
    )
    severity: str | None = Field(
        default=None,
        max_length=32,
        description="The severity of its alert: a label of `severities`.",
    )


class Burning(Firing):
    """A rule about how fast an error budget is used: `{above: 14.4, over: 1h}`."""

    above: float = Field(
        gt=0, description="How fast: 1 uses it up exactly by the end of its period."
    )
    over_s: Annotated[Duration, lasting("5m", "30d")] = Field(
        alias="over", description="Over how long it is measured."
    )
    level: Literal["warning", "critical"] = Field(
        default="critical", description="How bad it is that it fires."
    )


class Bands(Setting):
    """The limits of a KPI, mildest first; each may be left out."""

    target: Goal | None = Field(
        default=None,
        description="Where the value should be. Missing it is shown and alarms nobody.",
    )
    review: Goal | None = Field(
        default=None, description="A second, wider goal, where the documents name two."
    )
    warning: Alarm | None = Field(default=None, description="Worth a look within hours.")
    critical: Alarm | None = Field(default=None, description="Worth waking somebody.")


class Kpi(Setting):
    """A number that is held against bands."""

    title: str = Field(min_length=1, max_length=80, description="Its name on the wall.")
    environment: Name = Field(description="The environment it speaks of.")
    unit: str = Field(
        default="", max_length=16, description="Its unit on the wall, such as %, s or ms."
    )
    sources: tuple[MetricSource, ...] = Field(
        alias="from", min_length=1, max_length=32, description="The metrics it is made of."
    )
    denominator: tuple[MetricSource, ...] = Field(
        default=(),
        alias="of",
        max_length=32,
        description="For a ratio: what the sum is divided by.",
    )
    statistic: Literal[
        "last",
        "average",
        "p50",
        "p95",
        "maximum",
        "minimum",
        "ratio",
        "rate",
        "count",
        "sum",
        "increase",
        "uptime",
    ] = Field(
        default="last",
        description="What is made of the readings in the window. ratio: sum of `from` over sum of "
        "`of`, in percent; rate: growth of a counter per second; count: how many were not zero; "
        "sum: all added up; increase: what a counter grew by; uptime: the share of the time that "
        "checks were good, in percent, with the error budget of its mildest band.",
    )
    window_s: Window = Field(
        default=300.0,
        alias="window",
        description="How far back the readings are taken from; for an uptime also calendar_month.",
    )
    time_zone: TimeZone | None = Field(
        default=None,
        description="Whose midnight a calendar month begins at. Left out: that of business_hours.",
    )
    per: Literal["second", "minute", "hour"] = Field(
        default="second", description="A rate is told per second, minute or hour."
    )
    grouped: str = Field(
        default="",
        max_length=24,
        pattern=r"^[a-z]*$",
        description="What its numbers are told apart by, one word such as address: each past the "
        "limit is an alert of its own, and the KPI shows the worst. Its metrics must give groups.",
    )
    no_data: NoData | None = Field(
        default=None, description="An alert when no number comes. Left out: shown, nobody is told."
    )
    burn: tuple[Burning, ...] = Field(
        default=(),
        max_length=8,
        description="Alerts for an error budget that is used too fast; only for an uptime.",
    )
    minimum_attempts: float = Field(
        default=0.0, ge=0, description="A ratio of fewer than this is no data instead of a number."
    )
    scale: Factor = Field(default=1.0, description="The statistic is multiplied by this.")
    span: tuple[float, float] | None = Field(
        default=None,
        description="Both ends of its gauge. Left out: from 0 to a little past the last band.",
    )
    full_at: float | None = Field(
        default=None,
        gt=0,
        description="The number at which there is no more room, such as a disk's size or a quota: "
        "its trend says how many days are left. Left out: none is known.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook speaks of it.")
    bands: Bands = Field(
        default=Bands(), description="Its limits. Left out: a trend, drawn and never judged."
    )

    @property
    def length_s(self) -> float:
        """Its window in seconds; of a calendar month the longest there is."""
        return MONTH_S if self.window_s is None else self.window_s
