"""Who is on call now, as the systems for that say; pure."""

from datetime import datetime

from msgspec import Struct

from monitor.snapshot import WorkspaceView
from monitor.states import Freshness
from providers.base import Area
from providers.system_readings import Record
from providers.text import EMPTY, Foreign

SECTION = "on_call"
"""Key of the section that lists who is on call, one record a level and person."""


class OnCall(Struct, frozen=True, kw_only=True):
    """One person on one level."""

    level: str
    person: Foreign
    until: Foreign = EMPTY
    schedule: Foreign = EMPTY
    system: str
    since: datetime | None = None


def on_call(view: WorkspaceView) -> tuple[OnCall, ...]:
    """Everybody who is on call, the first level first; nobody where that is not believed."""
    found = [
        _person(system.spec.system, record)
        for system in view.systems
        if system.spec.area is Area.ON_CALL and system.freshness is Freshness.LIVE
        for section in (system.reading.sections if system.reading else ())
        if section.key == SECTION
        for record in section.records
    ]
    return tuple(sorted(found, key=lambda one: (one.level, one.person)))


def _person(system: str, record: Record) -> OnCall:
    details = dict(record.details)
    return OnCall(
        level=details.get("level", EMPTY).line(8),
        person=details.get("person") or record.title,
        until=details.get("until", EMPTY),
        schedule=details.get("schedule", EMPTY),
        system=system,
        since=record.at,
    )
