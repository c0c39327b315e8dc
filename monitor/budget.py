"""Error budgets: how much downtime a goal allows, and how fast it is being used; pure.

A goal of 99.9 % for a month of 30 days allows 43 m 12 s. Time in which nobody looked is neither up
nor down: it is left out, and said.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from msgspec import Struct

from monitor.words import duration_words, span_words

BURN_WINDOWS_S: Final = (3_600.0, 21_600.0, 259_200.0)
"""An hour, six hours, three days."""

ROLLING_S: Final = 30 * 86_400.0


class Tally(NamedTuple):
    """What was seen of a time."""

    seen_s: float
    down_s: float

    @property
    def percent(self) -> float | None:
        """The share that was good, in percent; None when nothing was seen."""
        if self.seen_s <= 0:
            return None
        return 100.0 * (1.0 - min(self.down_s, self.seen_s) / self.seen_s)


class Burn(Struct, frozen=True, kw_only=True):
    """How fast the budget was used over the last while."""

    window_s: float
    rate: float | None
    """1: so fast that it lasts exactly as long as its period. None: nothing was seen."""

    seen_percent: float


class Budget(Struct, frozen=True, kw_only=True):
    """What is left of the downtime that a goal allows in a period."""

    asked_percent: float
    """The goal, such as 99.9."""

    start: datetime
    end: datetime
    calendar: bool
    """Whether the period is a month of the calendar; else it slides and ends now."""

    percent: float | None
    """The share of the time seen that was good."""

    rolling_percent: float | None
    """The same over the last 30 days."""

    seen_percent: float
    """How much of the period so far was seen."""

    total_s: float
    used_s: float
    burns: tuple[Burn, ...]
    exhausted_at: datetime | None
    """When it is used up at the pace of the last three days; None: it lasts, or is used up."""

    @property
    def left_s(self) -> float:
        """What is left; negative when more was used than allowed."""
        return self.total_s - self.used_s

    @property
    def left_percent(self) -> float:
        """The same in percent of all of it."""
        return 100.0 * self.left_s / self.total_s if self.total_s > 0 else 0.0


def month_of(at: datetime, zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """The month that an instant lies in, from its first midnight to the next one's, in UTC.

    Where the clocks change the month is an hour longer or shorter, and so is its budget.
    """
    local = at.astimezone(zone)
    first = datetime(local.year, local.month, 1, tzinfo=zone)
    later = first.replace(day=28) + timedelta(days=4)
    return first.astimezone(UTC), datetime(later.year, later.month, 1, tzinfo=zone).astimezone(UTC)


def allowed_s(asked_percent: float, period_s: float) -> float:
    """The downtime that a goal allows in a period: 99.9 % of 30 days leave 2592 s."""
    # 99.9 is a little less than that in binary: 43 m 12 s must not become 43 m 11 s.
    return round((100.0 - asked_percent) / 100.0 * period_s, 3)


def burn(tally: Tally, window_s: float, asked_percent: float) -> Burn:
    """How many times faster than allowed the budget was used over a window.

    Of a window that was seen by less than half, the rest of that half counts as good: a single bad
    check after the start is no rate of a thousand.
    """
    allowed = (100.0 - asked_percent) / 100.0
    rate = None
    if tally.seen_s > 0 and allowed > 0:
        rate = tally.down_s / max(tally.seen_s, window_s / 2) / allowed
    seen_percent = min(100.0, 100.0 * tally.seen_s / window_s)
    return Burn(window_s=window_s, rate=rate, seen_percent=seen_percent)


def exhausted_at(
    now: datetime, end: datetime | None, left_s: float, pace: Tally
) -> datetime | None:
    """When the rest is used up if it goes on like this; None when it lasts, or is used up.

    Args:
        now: The instant.
        end: When the period ends and a new budget begins; None: it slides.
        left_s: What is left.
        pace: What was seen lately.
    """
    if left_s <= 0 or pace.seen_s <= 0 or pace.down_s <= 0:
        return None
    ahead_s = left_s / (pace.down_s / pace.seen_s)
    limit_s = (end - now).total_seconds() if end is not None else ROLLING_S
    return now + timedelta(seconds=ahead_s) if ahead_s < limit_s else None


def left_words(budget: Budget) -> str:
    """What is left in a few words: `38m12s of 43m12s left`, `budget used up, 4m02s over`."""
    if budget.left_s <= 0:
        return f"budget used up, {duration_words(-budget.left_s)} over"
    return f"{duration_words(budget.left_s)} of {duration_words(budget.total_s)} left"


def seen_words(budget: Budget) -> str:
    """How much of the period was watched, where that is not all of it; else empty."""
    if budget.seen_percent >= 99.0:
        return ""
    period = "the month so far" if budget.calendar else span_words(_length_s(budget))
    return f"seen {budget.seen_percent:.0f} % of {period}"


def pace_words(budget: Budget, zone: tzinfo = UTC) -> str:
    """Where it leads to: `at this pace exhausted on 2025-01-28 14:00Z`."""
    if budget.left_s <= 0:
        return "nothing is left"
    if budget.exhausted_at is None:
        return "lasts to the end of the month" if budget.calendar else "lasts at this pace"
    at = budget.exhausted_at.astimezone(zone)
    return f"at this pace exhausted on {at:%Y-%m-%d %H:%M}{'Z' if zone is UTC else ''}"


def burn_words(one: Burn) -> str:
    """A burn rate: `14.4× over 1h`; with what was seen of it where that is little."""
    if one.rate is None:
        return f"not seen over {span_words(one.window_s)}"
    seen = "" if one.seen_percent >= 50 else f" (seen {one.seen_percent:.0f} %)"
    return f"{rate_words(one.rate)} over {span_words(one.window_s)}{seen}"


def rate_words(rate: float) -> str:
    """A burn rate in three figures: `0.4×`, `14.4×`, `120×`."""
    return f"{rate:.1f}×" if rate < 99.95 else f"{rate:.0f}×"


def _length_s(budget: Budget) -> float:
    return (budget.end - budget.start).total_seconds()
