"""A number on its way to a reading: what it is, or why there is none."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from providers.clock import Moment
from providers.errors import ProviderError
from providers.readings import NO_NUMBER, Reading, SourceId

Value = TypeVar("Value")


class Number(Struct, frozen=True, kw_only=True):
    """One number of a system before it is known of which source."""

    metric: str
    value: float | None
    unit: str = "count"
    reason: str = ""
    """Why there is none; for one that is there it means nothing."""

    def reading(self, source: SourceId, at: Moment) -> Reading:
        """The same as a reading."""
        if self.value is None:
            return Reading(
                source=source,
                metric=self.metric,
                value=None,
                unit=self.unit,
                at=at,
                reason=self.reason or NO_NUMBER,
            )
        return Reading.of(source, self.metric, self.value, self.unit, at)


def number_of(
    metric: str,
    outcome: Value | ProviderError,
    take: Callable[[Value], float | None],
    *,
    unit: str = "count",
    reason: str = "",
) -> Number:
    """A number out of what `parts.tried` gave; of an error nothing, with its reason.

    Args:
        metric: Its name.
        outcome: What was read, or why it was not.
        take: Takes the number out; None: there is none, and `reason` says why.
        unit: Its unit.
        reason: For None.
    """
    if isinstance(outcome, ProviderError):
        return Number(metric=metric, value=None, unit=unit, reason=outcome.reason)
    return Number(metric=metric, value=take(outcome), unit=unit, reason=reason)


def percent(part: float, whole: float) -> float | None:
    """A share in percent; of nothing it is no number, never 0."""
    return 100.0 * part / whole if whole else None
