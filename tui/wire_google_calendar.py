"""Google Calendar's sources."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.google_calendar import CalendarOptions
    from tui.config.model_google_calendar import GoogleCalendarSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("calendars", "calendars_missing", "token_left_s"),
    "events": ("events_upcoming", "events_cancelled"),
}
_SYSTEM: Final = "Google Calendar"
_MODULE: Final = "providers.google_calendar"
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: "Place[GoogleCalendarSystem]") -> Iterator[Source]:
    """The two sources; asks nobody."""
    setting = place.setting
    main = place.spec(_SYSTEM, Area.CALENDAR, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    events = place.spec(
        _SYSTEM,
        Area.CALENDAR,
        interval_s=setting.events_every_s,
        timeout_s=_TIMEOUT_S,
        part="events",
        unseen_interval_s=setting.events_every_s * _UNSEEN_TIMES,
    )
    yield place.late(main, _MODULE, _reach)
    yield place.late(events, _MODULE, _agenda)


def _reach(place: "Place[GoogleCalendarSystem]", spec: SourceSpec) -> Source:
    from providers.google_calendar import CalendarReach

    return CalendarReach(spec, _options(place), place.api(place.setting.account))


def _agenda(place: "Place[GoogleCalendarSystem]", spec: SourceSpec) -> Source:
    from providers.google_calendar import CalendarAgenda

    return CalendarAgenda(spec, _options(place), place.api(place.setting.account))


def _options(place: "Place[GoogleCalendarSystem]") -> "CalendarOptions":
    from providers.google_calendar import CalendarOptions

    return CalendarOptions(calendars=place.setting.calendars, ahead_s=place.setting.ahead_s)
