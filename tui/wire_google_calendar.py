"""Google Calendar's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model_google_calendar import GoogleCalendarSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("calendars", "calendars_missing", "token_left_s"),
    "events": ("events_upcoming", "events_cancelled"),
}
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[GoogleCalendarSystem]") -> Iterator[Source]:
    """The two sources; asks nobody."""
    from providers.google_calendar import (
        SYSTEM,
        CalendarAgenda,
        CalendarOptions,
        CalendarReach,
    )

    setting = place.setting
    api = place.api(setting.account)
    options = CalendarOptions(calendars=setting.calendars, ahead_s=setting.ahead_s)
    main = place.spec(SYSTEM, Area.CALENDAR, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    events = place.spec(
        SYSTEM,
        Area.CALENDAR,
        interval_s=setting.events_every_s,
        timeout_s=_TIMEOUT_S,
        part="events",
        unseen_interval_s=setting.events_every_s * _UNSEEN_TIMES,
    )
    yield CalendarReach(main, options, api)
    yield CalendarAgenda(events, options, api)
