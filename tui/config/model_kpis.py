"""Numbers that are held against bands."""

from typing import Annotated, Literal

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.values import Citation, Factor, MetricName, Name

LIMITS = ("above", "at_least", "below", "at_most")
"""The four ways to write a limit."""


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


class Alarm(Limit):
    """A band that says how the value must not stand: `warning: {above: 5}` fires above 5."""

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
    severity: str | None = Field(
        default=None,
        max_length=32,
        description="The severity of its alert: a label of `severities`.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook says so.")


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
        "last", "average", "p50", "p95", "maximum", "minimum", "ratio", "rate", "count"
    ] = Field(
        default="last",
        description="What is made of the readings in the window. ratio: sum of `from` over sum of "
        "`of`, in percent; rate: growth of a counter per second; count: how many were not zero.",
    )
    window_s: Annotated[Duration, lasting("1s", "400d")] = Field(
        default=300.0, alias="window", description="How far back the readings are taken from."
    )
    minimum_attempts: float = Field(
        default=0.0, ge=0, description="A ratio of fewer than this is no data instead of a number."
    )
    scale: Factor = Field(default=1.0, description="The statistic is multiplied by this.")
    span: tuple[float, float] | None = Field(
        default=None,
        description="Both ends of its gauge. Left out: from 0 to a little past the last band.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook speaks of it.")
    bands: Bands = Field(
        default=Bands(), description="Its limits. Left out: a trend, drawn and never judged."
    )
