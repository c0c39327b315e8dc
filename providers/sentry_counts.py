"""What Sentry counts, made ours: errors by the minute, by path and by what became of them; pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields, list_items
from providers.text import EMPTY, Foreign
from providers.vendor import Sorted, entries, sort_out

SYSTEM: Final = "Sentry"
QUANTITY: Final = "sum(quantity)"
RECENT_HOURS: Final = 2
"""Buckets of `stats_v2` that count as lately: the hour under way may be a minute old."""

DROPPED: Final = ("rate_limited", "abuse", "cardinality_limited")
"""Outcomes by which errors are lost that were meant to be kept."""


class Rate(Struct, frozen=True, kw_only=True):
    """Errors by the minute, the newest last."""

    minutes: tuple[tuple[datetime, float], ...]
    """Complete minutes alone: Sentry still counts the last ones."""

    @property
    def per_minute(self) -> float | None:
        """In the last complete minute; None when there is none."""
        return self.minutes[-1][1] if self.minutes else None

    def total(self, minutes: int) -> float | None:
        """Errors in the last so many complete minutes; None when there are not as many."""
        last = self.minutes[-minutes:]
        return sum(count for _, count in last) if len(last) == minutes else None


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of the error events that were sent."""

    word: str
    """`accepted`, `filtered`, `rate_limited`, `invalid`, …"""

    lately: float
    """In the hour under way and the one before."""

    day: float


class PathErrors(Struct, frozen=True, kw_only=True):
    """How many errors one endpoint or page had."""

    path: Foreign
    """As the product names it, such as `POST /v1/orders`; empty for errors outside of any."""

    events: float


def numbers(listed: object) -> tuple[float, ...] | None:
    """A list of counts; None when it is none, or one of them is no count."""
    if not isinstance(listed, list):
        return None
    good = [each for each in listed if type(each) in {int, float} and 0 <= each < 1e15]
    return tuple(float(each) for each in good) if len(good) == len(listed) else None


def rate_of(value: object, operation: str) -> Rate:
    """The error rate of `events-timeseries`.

    Raises:
        BadAnswer: There is no series of `count()`, or it cannot be read.
    """
    series = Fields(value, SYSTEM, operation).items("timeSeries")
    for each in series:
        if each.text("yAxis").text == "count()":
            minutes = [_minute(point) for point in each.items("values")]
            return Rate(minutes=tuple(sorted(point for point in minutes if point is not None)))
    raise BadAnswer(SYSTEM, operation, "$.timeSeries: no series of count()")


def _minute(point: Fields) -> tuple[datetime, float] | None:
    if point.optional_flag("incomplete"):
        return None
    count = point.optional_number("value")
    return None if count is None else (point.moment_ms("timestamp"), count)


def outcomes_of(value: object, operation: str) -> tuple[Outcome, ...]:
    """What became of events, by `stats_v2`; the most frequent first.

    Raises:
        BadAnswer: A group says no outcome, or no numbers.
    """
    fields = Fields(value, SYSTEM, operation)
    groups = list_items(fields.raw("groups"), SYSTEM, operation, "$.groups")
    found = [_outcome(group, operation) for group in groups]
    return tuple(sorted(found, key=lambda one: -one.day))


def _outcome(group: Fields, operation: str) -> Outcome:
    hours = numbers(group.fields("series").raw(QUANTITY))
    if hours is None:
        raise BadAnswer(SYSTEM, operation, f"{group.path}.series: no numbers of {QUANTITY}")
    return Outcome(
        word=group.fields("by").word("outcome"),
        lately=sum(hours[-RECENT_HOURS:]),
        day=sum(hours),
    )


def paths_of(value: object, operation: str) -> Sorted[PathErrors]:
    """Errors by where they happened, of the table of events.

    Raises:
        BadAnswer: It is no table.
    """
    return sort_out(entries(value, "data", SYSTEM, operation), _path, "row")


def _path(row: Fields) -> PathErrors:
    return PathErrors(path=row.optional_text("transaction") or EMPTY, events=row.number("count()"))


def dropped_percent(outcomes: Sequence[Outcome]) -> float | None:
    """How much of what was sent lately Sentry dropped for want of quota; None when nothing came.

    What is filtered or invalid is not counted: that is how the project is set up.
    """
    lately = {one.word: one.lately for one in outcomes}
    dropped = sum(lately.get(word, 0.0) for word in DROPPED)
    sent = dropped + lately.get("accepted", 0.0)
    return 100.0 * dropped / sent if sent else None
