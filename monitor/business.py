"""Business hours, and when a time to respond is up; pure.

Wall time runs on (15 m is 15 m at night too). Business time stands still outside business hours.
"Next business day" is up when the business hours of that day end. Days are days of the zone:
a day on which the clocks change is as long as it is there.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from msgspec import Struct

from monitor.words import span_words

MOST_DAYS: Final = 1_200
"""How far ahead business time is looked for."""

_DAY: Final = timedelta(days=1)


class BusinessHours(Struct, frozen=True, kw_only=True):
    """When people are at work."""

    zone: tzinfo = UTC
    days: frozenset[int] = frozenset(range(5))
    """Monday is 0."""

    begins: time = time(9)
    ends: time = time(17)
    """Not after `begins`: on the next day."""

    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether it is a business day."""
        return day.weekday() in self.days and day not in self.holidays

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """Begin and end of the hours that begin on a day, in UTC."""
        last = day if self.ends > self.begins else day + _DAY
        return self._utc(day, self.begins), self._utc(last, self.ends)

    def _utc(self, day: date, at: time) -> datetime:
        # A time that the clocks leave out is read by the offset before, as zoneinfo does.
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


class ResponseRule(Struct, frozen=True, kw_only=True):
    """How soon somebody must be at it."""

    within_s: float | None
    """None: on the next business day."""

    business_hours: bool = False

    @property
    def words(self) -> str:
        """Such as `15m`, `4h business` or `next business day`."""
        if self.within_s is None:
            return "next business day"
        return f"{span_words(self.within_s)}{' business' if self.business_hours else ''}"


@lru_cache(maxsize=2_048)
def due(rule: ResponseRule, since: datetime, hours: BusinessHours) -> datetime:
    """When the time to respond is up.

    Args:
        rule: How soon.
        since: When the clock began to run.
        hours: When people are at work.
    """
    if rule.within_s is None:
        return _end_of_next_day(since, hours)
    if rule.business_hours:
        return _after_business_time(timedelta(seconds=rule.within_s), since, hours)
    return since + timedelta(seconds=rule.within_s)


def _end_of_next_day(since: datetime, hours: BusinessHours) -> datetime:
    day = since.astimezone(hours.zone).date()
    for ahead in range(1, MOST_DAYS):
        if hours.works_on(day + ahead * _DAY):
            return hours.hours_of(day + ahead * _DAY)[1]
    return since + _DAY


def _after_business_time(left: timedelta, since: datetime, hours: BusinessHours) -> datetime:
    # Hours over midnight may have begun the day before.
    whole = left
    day = since.astimezone(hours.zone).date() - _DAY
    for ahead in range(MOST_DAYS):
        if not hours.works_on(day + ahead * _DAY):
            continue
        begins, ends = hours.hours_of(day + ahead * _DAY)
        begins = max(begins, since)
        if begins + left <= ends:
            return begins + left
        left -= max(ends - begins, timedelta())
    # Hours so short that no year holds enough of them: later than anything that was found.
    return since + MOST_DAYS * _DAY + whole
