"""Windows of maintenance: when they are, what they cover, and what that means for alerts; pure.

In a window everything is read, judged and shown; it is muted, is not counted as critical or
warning, nobody is told, and no response clock runs. What follows from an alert in a window is in
that window as well.

Times are those of the window's zone; how long it lasts is real time:

| on the day the clocks change                     | it begins                      | it lasts  |
|--------------------------------------------------|--------------------------------|-----------|
| `at: "02:30"`, and 02:00 to 03:00 is left out    | at 03:30, when 02:30 would be  | as long   |
|                                                  | had nobody touched the clock   | as it says|
| `at: "02:30"`, and 02:00 to 03:00 is there twice | at the first 02:30, and once   | as long   |
|                                                  | only                           | as it says|
| `from:` in the hour that is left out             | an hour later by the clock     | –         |
| `to:` in the hour that is left out               | –                              | until an  |
|                                                  |                                | hour later|
|                                                  |                                | by it     |
| `from:` in the hour that is there twice          | the first time                 | –         |
| `to:` in the hour that is there twice            | –                              | until the |
|                                                  |                                | second    |
| a weekly day, a day of the month                 | on the day of the zone         |           |
| the 31st, in a month that has none               | not at all                     |           |

It holds from its first moment until just before its last one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.words import date_words
from providers.readings import SourceId

SOON: Final = timedelta(minutes=15)
"""So long before it begins a window is announced."""

_DAY: Final = timedelta(days=1)
_LAST_DAY: Final = -1


class Once(Struct, frozen=True, kw_only=True):
    """At one time."""

    begins: datetime
    ends: datetime
    """Both in UTC."""


class Recurring(Struct, frozen=True, kw_only=True):
    """On days of the week, or on a day of the month."""

    at: time
    lasts: timedelta
    days: frozenset[int] = frozenset()
    """Of the week; Monday is 0."""

    day_of_month: int | None = None
    """-1 is the last one; None: by the week."""

    zone: tzinfo = UTC

    def is_on(self, day: date) -> bool:
        """Whether it begins on a day of its zone."""
        if self.day_of_month is None:
            return day.weekday() in self.days
        if self.day_of_month == _LAST_DAY:
            return (day + _DAY).month != day.month
        return day.day == self.day_of_month


class Covered(Struct, frozen=True, kw_only=True):
    """What a window is about; empty is all."""

    names: frozenset[str] = frozenset()
    """Services and databases: no two have one name."""

    checks: frozenset[str] = frozenset()
    """As `service/check`."""

    kpis: frozenset[str] = frozenset()
    environments: frozenset[str] = frozenset()

    def covers(self, environment: str, service: str, check: str = "", kpi: str = "") -> bool:
        """Whether a thing falls under it."""
        if self.environments and environment not in self.environments:
            return False
        if not (self.names or self.checks or self.kpis):
            return True
        return service in self.names or check in self.checks or kpi in self.kpis


class Window(Struct, frozen=True, kw_only=True):
    """One window, with all times at which it is."""

    key: str
    title: str
    when: Once | Recurring
    about: Covered = Covered()
    counts_for_uptime: bool = True
    """Whether what is down in it counts as down."""

    operator: str = ""
    """Who started it by hand; empty: it stands in the configuration."""

    note: str = ""


class Span(Struct, frozen=True, kw_only=True):
    """One time at which a window is."""

    window: Window
    begins: datetime
    ends: datetime

    @property
    def words(self) -> str:
        """Such as `maintenance: DB upgrade until 04:00Z`."""
        return f"maintenance: {self.window.title} until {self.until}"

    @property
    def until(self) -> str:
        """When it ends; with the day where that is more than a day after its begin."""
        far = self.ends - self.begins >= _DAY
        return date_words(self.ends) if far else f"{self.ends:%H:%M}Z"


def local(at: datetime, zone: tzinfo, *, end: bool = False) -> datetime:
    """A time without a zone as it is read in one, in UTC.

    Args:
        at: As people write it.
        zone: Whose clock.
        end: Of a time that is there twice the second one is meant.
    """
    return at.replace(tzinfo=zone, fold=int(end and _is_twice(at, zone))).astimezone(UTC)


def spans(windows: Iterable[Window], since: datetime, until: datetime) -> tuple[Span, ...]:
    """All times of windows that touch a time, in the order in which they begin."""
    found = (
        span
        for window in windows
        for span in _spans(window, since, until)
        if span.begins < until and span.ends > since
    )
    return tuple(sorted(found, key=lambda one: (one.begins, one.ends, one.window.key)))


def running(known: Iterable[Span], now: datetime) -> tuple[Span, ...]:
    """Those that are now."""
    return tuple(one for one in known if one.begins <= now < one.ends)


def coming(known: Iterable[Span], now: datetime) -> tuple[Span, ...]:
    """Those that begin soon."""
    return tuple(one for one in known if now < one.begins <= now + SOON)


def muted(
    alerts: Iterable[AlertView], now: Sequence[Span], rows: Mapping[SourceId, str]
) -> tuple[AlertView, ...]:
    """The alerts with the window that each falls into; of several the one that ends last.

    Args:
        alerts: In any order, which is kept.
        now: The windows that are.
        rows: By source of a check: as `service/check`.
    """
    if not now:
        return tuple(alerts)
    return tuple(
        replace(alert, maintenance=span.words) if (span := _span_of(alert, now, rows)) else alert
        for alert in alerts
    )


def covering(
    now: Iterable[Span], environment: str, service: str, check: str = "", kpi: str = ""
) -> Span | None:
    """The window that a thing falls into; of several the one that ends last."""
    found = (one for one in now if one.window.about.covers(environment, service, check, kpi))
    return max(found, key=lambda one: (one.ends, one.window.key), default=None)


def quiet_last(alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """The same order, with what is in a window at the end."""
    return tuple(sorted(alerts, key=lambda one: bool(one.maintenance)))


def _span_of(alert: AlertView, now: Sequence[Span], rows: Mapping[SourceId, str]) -> Span | None:
    # A KPI is read from a check without being about it.
    check = "" if alert.kpi or alert.source is None else rows.get(alert.source, "")
    return covering(now, alert.environment, alert.service, check, alert.kpi)


def _spans(window: Window, since: datetime, until: datetime) -> Iterator[Span]:
    when = window.when
    if isinstance(when, Once):
        yield Span(window=window, begins=when.begins, ends=when.ends)
        return
    day = (since - when.lasts).astimezone(when.zone).date() - _DAY
    last = until.astimezone(when.zone).date()
    while day <= last:
        if when.is_on(day):
            begins = local(datetime.combine(day, when.at), when.zone)
            yield Span(window=window, begins=begins, ends=begins + when.lasts)
        day += _DAY


def _is_twice(at: datetime, zone: tzinfo) -> bool:
    """Whether the clock shows it twice; a time that is left out has two offsets, too."""
    first, second = at.replace(tzinfo=zone), at.replace(tzinfo=zone, fold=1)
    return first.astimezone(UTC) < second.astimezone(UTC)
