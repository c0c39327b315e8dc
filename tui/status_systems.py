"""The systems of a workspace as JSON and as plain text."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from monitor.snapshot import WorkspaceView
from monitor.system_view import SystemView
from monitor.verdicts import Level
from providers.clock import Moment
from providers.system_readings import Condition, Record, Section

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_LINE: Final = 200
"""Characters of a foreign text in one value."""

_TELLING: Final = frozenset({Condition.DEGRADED, Condition.BROKEN, Condition.PAUSED})


def system_json(view: SystemView, now: Moment) -> Json:
    """One system with its lists; null where nothing believable was read."""
    reading = view.reading
    believed = reading is not None and view.condition is not Condition.UNKNOWN
    return {
        "source": str(view.spec.id),
        "title": view.spec.title,
        "system": view.spec.system,
        "area": view.spec.area.value or None,
        "environment": view.spec.environment or None,
        "condition": view.condition.value,
        "level": view.level.word,
        "freshness": view.freshness.value,
        "age_s": None if view.at is None else round(view.at.age_s(now), 1),
        "summary": reading.summary.line(_LINE) if reading is not None and believed else None,
        "failure": None if view.failure is None else view.failure.sentence,
        "notices": list(reading.notices) if reading is not None else [],
        "sections": [_section(section) for section in reading.sections] if reading else [],
    }


def _section(section: Section) -> Json:
    return {
        "key": section.key,
        "title": section.title,
        "blind": section.blind or None,
        "empty": section.empty if not section.records and not section.blind else None,
        "more": section.more,
        "records": [_record(record) for record in section.records],
    }


def _record(record: Record) -> Json:
    return {
        "id": record.id,
        "title": record.title.line(_LINE),
        "condition": record.condition.value,
        "state": record.state.line(_LINE) or None,
        "at": _time(record.at),
        "details": {name: text.line(_LINE) for name, text in record.details},
        "url": record.url or None,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def system_lines(view: WorkspaceView, marks: dict[Level, str]) -> Iterator[str]:
    """A line a system; below it what does not stand well in it, and what could not be read."""
    for system in view.systems:
        said = system.reading.summary.line(_LINE) if system.reading else ""
        words = system.failure.sentence if system.failure else said or system.freshness.value
        yield (f"{marks[system.level]} {system.spec.title:28} {system.condition.value:9} {words}")
        if system.reading is None or system.condition is Condition.UNKNOWN:
            continue
        for section in system.reading.sections:
            if section.blind:
                yield f"       {section.title}: not readable: {section.blind}"
            for record in section.records:
                if record.condition in _TELLING:
                    yield (
                        f"       {section.title}: {record.title.line(120)} "
                        f"{record.state.line(30) or record.condition.value}"
                    )
