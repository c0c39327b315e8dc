"""The values that providers hand down: observed, never judged.

Leaf module: frozen values only, so that every layer may name them. Units stand in the names;
what the outside did not say is None with a reason, never 0 (promise P23).
"""

import enum
import math
from typing import Final, NewType

from msgspec import Struct

from providers.clock import Moment

SourceId = NewType("SourceId", str)
"""Names one source everywhere: `workspace/environment/name`, or `workspace/-/name` without one."""

NO_NUMBER: Final = "no data"
"""The reason of `Reading.of` for what is null or not there."""


class Reading(Struct, frozen=True, kw_only=True):
    """One observed number with its time and source.

    Use `Reading.of` for anything that comes from outside.
    """

    source: SourceId
    metric: str
    """Name of the number within its source, such as `latency_ms`."""

    value: float | None
    """Always finite; None means there is no number, and `reason` says why."""

    unit: str
    """`ms`, `s`, `%`, `bytes`, `per_s`, `count`, `days`, … or empty."""

    at: Moment
    reason: str = ""
    group: str = ""
    """The one of many that the number is about, such as an address, already safe to draw; empty:
    it speaks for all. Numbers of groups are judged and not kept in the history."""

    def __post_init__(self) -> None:
        if self.value is None:
            if not self.reason:
                raise ValueError("a reading without a number says why")
        elif not math.isfinite(self.value):
            raise ValueError("a reading holds a finite number or None; use Reading.of")

    @classmethod
    def of(cls, source: SourceId, metric: str, raw: object, unit: str, at: Moment) -> "Reading":
        """A reading of whatever came: a finite number, or None with the reason.

        Booleans and texts are not numbers here; NaN and the infinities are "no data".
        """
        value, reason = _number(raw)
        return cls(source=source, metric=metric, value=value, unit=unit, at=at, reason=reason)


def _number(raw: object) -> tuple[float | None, str]:
    if raw is None:
        return None, NO_NUMBER
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None, f"not a number but {type(raw).__name__}"
    try:
        value = float(raw)
    except OverflowError:
        return None, "number too large"
    return (value, "") if math.isfinite(value) else (None, "not a finite number")


class Trouble(enum.Enum):
    """The kind of a failure, one for each error class, plus our own."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    UNAUTHORIZED = "not authorised"
    NOT_FOUND = "not found"
    RATE_LIMITED = "rate limited"
    SERVER_FAILED = "server error"
    BAD_ANSWER = "bad answer"
    NOT_CONFIGURED = "not configured"
    BUG = "bug in quarterdeck"


class Failure(Struct, frozen=True, kw_only=True):
    """A failure as a value: what, in words, and what to do next."""

    trouble: Trouble
    sentence: str
    """Never empty; already safe to draw."""

    advice: str = ""
