"""Google Calendar's sources for the shared suites; their token is given, not bought."""

from providers.base import SourceKind
from providers.google_calendar import CalendarAgenda, CalendarOptions, CalendarReach
from providers.http import Api
from tests import vendor_data_google as data
from tests.vendor_rig import rig_of, spec_of

SPEC = spec_of("Google", SourceKind.SYSTEM)


def reach(api: Api, *calendars: str) -> CalendarReach:
    return CalendarReach(SPEC, CalendarOptions(calendars=calendars or ("primary",)), api)


def agenda(api: Api, *calendars: str) -> CalendarAgenda:
    return CalendarAgenda(SPEC, CalendarOptions(calendars=calendars or ("primary",)), api)


BASE = "/calendar/v3"
GOOGLE_RIGS = (
    rig_of(
        "Google Calendar",
        reach,
        ("/calendarList", data.calendars(data.calendar())),
        base_path=BASE,
    ),
    rig_of(
        "Google Calendar events",
        agenda,
        ("/events", data.events(data.event())),
        base_path=BASE,
    ),
)
