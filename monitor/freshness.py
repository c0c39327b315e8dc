"""How old an answer may be before it is no longer believed (promise P22); pure."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from monitor.states import Freshness
from providers.base import SourceSpec
from providers.clock import Moment


class Live(Struct, frozen=True):
    """Until when something is fresh: nearly all is, and each is asked about at every instant."""

    tick_s: float
    until: datetime

    def holds(self, now: Moment) -> bool:
        """Whether it still is, by both clocks."""
        return now.tick_s <= self.tick_s and now.at <= self.until


NEVER_LIVE: Final = Live(-math.inf, datetime.min.replace(tzinfo=UTC))


def live_for(seconds: float, *since: Moment) -> Live:
    """Fresh for so long after the oldest of these instants, by either clock."""
    oldest_s = min(one.tick_s for one in since)
    try:
        until = min(one.at for one in since) + timedelta(seconds=seconds)
    except OverflowError:
        until = datetime.max.replace(tzinfo=UTC)
    return Live(oldest_s + seconds, until)


def stale_after_s(spec: SourceSpec) -> float:
    """Age from which an answer is marked: two intervals and the time-out."""
    return 2 * _pace_s(spec) + spec.timeout_s


def unknown_after_s(spec: SourceSpec) -> float:
    """Age from which an answer counts for nothing: five intervals, never before it is stale."""
    return max(5 * _pace_s(spec), stale_after_s(spec))


def _pace_s(spec: SourceSpec) -> float:
    """The longer of its two intervals: what no pane shows is read less often, and is not late."""
    return max(spec.interval_s, spec.unseen_interval_s)


def freshness(
    spec: SourceSpec, last_success: Moment | None, asked_since: Moment, now: Moment
) -> Freshness:
    """How far the last good answer may be trusted.

    Args:
        spec: Its interval and time-out.
        last_success: When the last good answer came; None if none did.
        asked_since: When the source was first to be asked.
        now: Compared by whichever clock saw more time pass.
    """
    if last_success is None:
        waited_s = asked_since.age_s(now)
        return Freshness.UNKNOWN if waited_s > stale_after_s(spec) else Freshness.LOADING
    age_s = last_success.age_s(now)
    # Nearly all are, and each source is asked about at every instant.
    if age_s <= stale_after_s(spec):
        return Freshness.LIVE
    return Freshness.UNKNOWN if age_s > unknown_after_s(spec) else Freshness.STALE
