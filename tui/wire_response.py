"""From the configuration to how soon somebody must be at an alert. Reads time zones, else pure."""

from __future__ import annotations

from datetime import UTC, date, time, tzinfo
from typing import TYPE_CHECKING, Final

from monitor.business import BusinessHours, ResponseRule
from monitor.verdicts import Level

if TYPE_CHECKING:
    from tui.config.model import Workspace

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT: Final = "24:00"


def business_hours(workspace: Workspace) -> BusinessHours:
    """When people are at work."""
    given = workspace.business_hours
    return BusinessHours(
        zone=zone(given.time_zone),
        days=frozenset(_WEEKDAYS.index(day) for day in given.days),
        begins=_time(given.begins),
        ends=_time(given.ends),
        holidays=frozenset(date.fromisoformat(day) for day in given.holidays),
    )


def response_by_level(workspace: Workspace) -> dict[Level, ResponseRule]:
    """What holds for an alert that names no severity; wall time."""
    given = workspace.response_by_level
    return {
        Level.CRITICAL: ResponseRule(within_s=given.critical_s),
        Level.WARNING: ResponseRule(within_s=given.warning_s),
    }


def zone(name: str) -> tzinfo:
    """The time zone of a name that the configuration check has let through."""
    if name == "UTC":
        return UTC
    # On use: a file that names no zone need not load it.
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _time(text: str) -> time:
    return time() if text == _MIDNIGHT else time.fromisoformat(text)
