"""How far a system's own words count, and what is the worst in them; pure."""

from typing import Final

from monitor.states import Freshness
from monitor.system_view import SystemView
from monitor.tracks import SourceTrack
from monitor.verdicts import Level
from providers.clock import Moment
from providers.system_readings import Condition, SystemReading

LEVELS: Final = {
    Condition.FINE: Level.OK,
    Condition.NOTABLE: Level.OK,
    Condition.DEGRADED: Level.WARNING,
    Condition.PAUSED: Level.WARNING,
    Condition.BROKEN: Level.CRITICAL,
    Condition.UNKNOWN: Level.UNKNOWN,
}
"""A system's own word never wakes anybody by itself: rules over its numbers do."""


def system_view(track: SourceTrack, now: Moment) -> SystemView:
    """What a system says of itself; once it is too old to believe, unknown.

    Before that it is late: what was bad stays bad, and what was well is no longer called so.
    """
    reading = track.payload if isinstance(track.payload, SystemReading) else None
    fresh = track.freshness(now)
    believed = reading is not None and (fresh is Freshness.LIVE or fresh is Freshness.STALE)
    condition = reading.condition if reading is not None and believed else Condition.UNKNOWN
    level = LEVELS[condition]
    return SystemView(
        spec=track.spec,
        condition=condition,
        level=level if fresh is Freshness.LIVE else max(level, Level.UNKNOWN),
        freshness=fresh,
        reading=reading,
        failure=track.failure,
        at=track.at,
    )
