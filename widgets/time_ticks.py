"""The times below a chart: of day for hours, weekdays for a week, dates for a month; pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from monitor.words import minute_words

ROUND_FROM_S: Final = 8 * 3_600.0
"""Longer windows have their times at full hours and days."""

_SHORT_S: Final = 3_600.0
"""Shorter ones at full minutes: a time to the minute would be wrong by a good part of the step."""

_WEEK_S: Final = 8 * 86_400.0
_MINUTES: Final = (1, 2, 5, 10, 15)
_HOURS: Final = (1, 2, 3, 4, 6, 12)
_DAYS: Final = (1, 2, 5, 7, 10, 15)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

Tick = tuple[datetime, str]


def ticks(until: datetime, window_s: float, zone: tzinfo, most: int) -> tuple[Tick, ...]:
    """At most so many times within the window, oldest first.

    Args:
        until: The right edge.
        window_s: Its length.
        zone: In which hours are full and days begin.
        most: At least 1.
    """
    since = until - timedelta(seconds=window_s)
    if window_s < _SHORT_S:
        step = next((one for one in _MINUTES if window_s / 60 / one <= most), 30)
        return tuple((at, minute_words(at, zone)) for at in _full_minutes(since, until, step))
    if window_s < ROUND_FROM_S:
        count = max(min(most, 4), 1)
        parts = (since + timedelta(seconds=window_s * tick / count) for tick in range(count))
        return tuple((at, minute_words(at, zone)) for at in parts)
    days = window_s / 86_400
    if days <= 2:
        step = next((one for one in _HOURS if window_s / 3_600 / one <= most), 24)
        return tuple((at, _hour(at)) for at in _full_hours(since, until, zone, step))
    step = next((one for one in _DAYS if days / one <= most), 31)
    words = _weekday if window_s <= _WEEK_S else _date
    return tuple((at, words(at)) for at in _midnights(since, until, zone, step))


def _full_minutes(since: datetime, until: datetime, step: int) -> Iterator[datetime]:
    past = timedelta(
        minutes=since.minute % step, seconds=since.second, microseconds=since.microsecond
    )
    at = since - past + (timedelta(minutes=step) if past else timedelta())
    while at <= until:
        yield at
        at += timedelta(minutes=step)


def _full_hours(since: datetime, until: datetime, zone: tzinfo, step: int) -> Iterator[datetime]:
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        for hour in range(0, 24, step):
            at = datetime.combine(day, time(hour), zone)
            if since <= at <= until:
                yield at
        day += timedelta(days=1)


def _midnights(since: datetime, until: datetime, zone: tzinfo, step: int) -> Iterator[datetime]:
    """Counted from a day that stays the same, so that they do not jump from day to day."""
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        at = datetime.combine(day, time(0), zone)
        if since <= at <= until and (day - date(2001, 1, 1)).days % step == 0:
            yield at
        day += timedelta(days=1)


def _hour(at: datetime) -> str:
    return _WEEKDAYS[at.weekday()] if at.hour == 0 else f"{at:%H:%M}"


def _weekday(at: datetime) -> str:
    return f"{_WEEKDAYS[at.weekday()]} {at.day}"


def _date(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]}"
