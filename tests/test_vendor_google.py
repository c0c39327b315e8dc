"""Google Calendar: what its words mean, and what it does not tell about guests."""

from datetime import UTC, datetime
from typing import Any

import pytest

from providers import google_account, google_reading
from providers.base import Source
from providers.errors import BadAnswer, NotFound, Unauthorized
from providers.fields import Fields
from providers.google_calendar import MOST_PAGES, CalendarOptions
from providers.google_mapping import Event, calendar_of, event_of
from providers.harvest import Harvest
from providers.system_readings import Condition, Record, SystemReading
from tests import vendor_data_google as data
from tests.vendor_rig import by_path
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_google import agenda, reach
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server
from tui import wire_google_calendar


async def read(build: Any, answer: Answering, *calendars: str) -> Harvest:
    async with (
        vendor_server(answer) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        source: Source = build(api, *calendars)
        return await source.read()


def told(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def records(harvest: Harvest, place: int = 0) -> tuple[Record, ...]:
    return told(harvest).sections[place].records


def event(**changes: Any) -> Event:
    return event_of(Fields(data.event(**changes), "Google Calendar", "test"))


def listed(*items: Any, **changes: Any) -> Answering:
    return by_path((("/calendarList", data.calendars(*items, **changes)),))


async def test_what_is_seen() -> None:
    own = data.calendar("dana@localloop.test", primary=True, accessRole="owner")
    harvest = await read(reach, listed(own, data.calendar("e@x.test", summary="b@c.test")))

    assert told(harvest).condition is Condition.FINE
    assert told(harvest).summary.text == "API answers, 2 calendars seen"
    assert [each.title.text for each in records(harvest)] == ["LocalLoop events", "b…@c.test"]
    assert [each.state.text for each in records(harvest)] == ["own", "write"]
    assert numbers_of(harvest) == {"calendars": 2, "calendars_missing": 0, "token_left_s": None}


@pytest.mark.parametrize("items", [[], [data.calendar("other@x.test")]])
async def test_a_calendar_that_nobody_shared(items: list[Any]) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/events"):
            return json_reply(data.refusal(404, "notFound"), 404)
        return json_reply(data.calendars(*items))

    harvest = await read(reach, answer, "Events@localloop.com", "primary")

    assert told(harvest).condition is Condition.DEGRADED
    count = len(items)
    said = f"API answers, {count} calendar{'s' if count != 1 else ''} seen, 1 NOT READABLE"
    assert told(harvest).summary.text == said
    assert records(harvest)[0].title.text == "E…@localloop.com"
    assert "share it with the account" in dict(records(harvest)[0].details)["note"].text
    assert numbers_of(harvest)["calendars_missing"] == 1


@pytest.mark.parametrize(
    ("reply", "condition", "state", "missing"),
    [
        (json_reply(data.events()), Condition.FINE, "readable", 0),
        (json_reply({}, 500), Condition.UNKNOWN, "not readable", None),
        (json_reply(data.refusal(403, "forbidden"), 403), Condition.DEGRADED, "not readable", 1),
    ],
)
async def test_a_shared_calendar_that_stands_in_no_list(
    reply: Reply, condition: Condition, state: str, missing: int | None
) -> None:
    """As it is for a service account: sharing adds nothing to its list."""

    def answer(asked: Asked) -> Reply:
        return reply if asked.path.endswith("/events") else json_reply(data.calendars())

    harvest = await read(reach, answer, "events@localloop.com")

    assert told(harvest).condition is condition
    assert records(harvest)[0].state.text == state
    assert numbers_of(harvest)["calendars_missing"] == missing


async def test_an_empty_list_may_be_left_out() -> None:
    answer = by_path((("/calendarList", {"kind": "calendar#calendarList"}),))

    assert numbers_of(await read(reach, answer))["calendars"] == 0


async def test_pages_that_never_end() -> None:
    pages: list[str | None] = []

    def answer(asked: Asked) -> Reply:
        pages.append(asked.value("pageToken"))
        more = {"nextPageToken": f"p{len(pages)}"}
        return json_reply(data.calendars(data.calendar(), **more))

    harvest = await read(reach, answer, "somebody@else.test")

    assert pages == [*[None, "p1", "p2", "p3"][:MOST_PAGES], None], "and a look at the calendar"
    assert numbers_of(harvest)["calendars"] is None
    assert told(harvest).condition is Condition.FINE
    assert told(harvest).notices == ("there are more calendars",)


@pytest.mark.parametrize("token", [5, "x" * 5_000, "a\nb"])
async def test_a_page_token_that_is_none(token: Any) -> None:
    with pytest.raises(BadAnswer, match="nextPageToken"):
        await read(reach, listed(nextPageToken=token))


async def test_what_is_to_come() -> None:
    day = {"start": {"date": "2026-11-20"}, "end": {"date": "2026-11-22"}}
    events = data.events(
        data.event(),
        data.event("ev2", status="cancelled", attendees=None),
        data.event("ev3", **day, recurringEventId="ev", summary=None),
        data.event("ev4", status="postponed", htmlLink="javascript:alert(1)"),
    )
    harvest = await read(agenda, by_path((("/events", events),)))

    shown = {each.id: each for each in records(harvest)}
    assert shown["ev1"].at == datetime(2026, 11, 19, 18, tzinfo=UTC)
    assert dict(shown["ev1"].details)["length"].text == "2.5 h"
    assert dict(shown["ev1"].details)["guests"].text == "2: 1 accepted, 1 needsAction"
    assert shown["ev2"].condition is Condition.NOTABLE
    assert dict(shown["ev3"].details)["length"].text == "2 d"
    assert shown["ev3"].title.text == "(no title)"
    assert shown["ev4"].condition is Condition.UNKNOWN
    assert shown["ev4"].url == ""
    assert told(harvest).condition is Condition.UNKNOWN
    assert numbers_of(harvest) == {"events_upcoming": 3, "events_cancelled": 1}
    assert told(harvest).summary.text == "3 events in 7 d, 1 cancelled"
    assert "example.test" not in str(harvest.payload), "guests are counted, never named"


async def test_what_is_asked_for() -> None:
    bodies = (("/events", data.events()),)
    async with (
        vendor_server(by_path(bodies)) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        await agenda(api, "events@localloop.com").read()

    (asked,) = server.asked
    assert asked.raw_path == "/calendars/events%40localloop.com/events"
    assert asked.value("timeMin") == "2026-11-18T12:30:00Z"
    assert asked.value("timeMax") == "2026-11-25T12:30:00Z"
    assert asked.value("showDeleted") == "true"


async def test_one_calendar_of_two_is_gone() -> None:
    def answer(asked: Asked) -> Reply:
        if "gone" in asked.path:
            return json_reply(data.refusal(404, "notFound", "Not Found"), 404)
        return json_reply(data.events(data.event()))

    harvest = await read(agenda, answer, "here@x.test", "gone@x.test")

    assert told(harvest).condition is Condition.DEGRADED
    assert "1 of 2 calendars NOT READABLE" in told(harvest).summary.text
    blind = told(harvest).sections[1]
    assert "share the calendar with the account" in blind.blind
    assert blind.title == "Events: g…@x.test"
    assert numbers_of(harvest)["events_upcoming"] is None


async def test_all_calendars_are_gone() -> None:
    with pytest.raises(NotFound) as caught:
        await read(agenda, lambda _asked: json_reply({}, 404), "gone@x.test")

    assert "share the calendar" in caught.value.advice


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("insufficientPermissions", "consent anew"),
        ("accessNotConfigured", "switch the Google Calendar API on"),
        ("forbidden", "scopes"),
    ],
)
async def test_what_to_do_about_a_missing_right(reason: str, advice: str) -> None:
    refused = json_reply(data.refusal(403, reason), 403)
    with pytest.raises(Unauthorized) as caught:
        await read(reach, lambda _asked: refused)

    assert advice in caught.value.advice


@pytest.mark.parametrize("start", [{"date": "soon"}, {"dateTime": "soon"}, {"date": 5}])
def test_a_start_that_is_none(start: Any) -> None:
    with pytest.raises(BadAnswer, match=r"\$\.start\.date"):
        event(start=start)


def test_a_cancelled_instance_may_have_no_start() -> None:
    assert event(start=None, end=None, status="cancelled").start is None


def test_a_calendar_keeps_the_name_its_owner_gave_it() -> None:
    item = data.calendar(summaryOverride="Ours")
    assert calendar_of(Fields(item, "Google Calendar", "test")).name.text == "Ours"


@pytest.mark.parametrize("calendars", [(), ("..",), ("",), ("x",) * 21])
def test_calendars_that_cannot_be_asked_for(calendars: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"calendars|identifier"):
        CalendarOptions(calendars=calendars)


@pytest.mark.parametrize(
    ("scopes", "warned"),
    [
        (("calendar.events.readonly", "calendar.calendarlist.readonly", "openid"), 0),
        (("calendar.events.readonly", "calendar"), 1),
        (("https://mail.google.com/",), 1),
        ((), 0),
    ],
)
def test_scopes_that_are_too_wide(scopes: tuple[str, ...], warned: int) -> None:
    assert len(google_account.too_wide(scopes)) == warned


def test_the_numbers_of_the_configuration_are_those_of_the_sources() -> None:
    assert dict(wire_google_calendar.METRICS) == {
        "": google_reading.REACH_METRICS,
        "events": google_reading.AGENDA_METRICS,
    }
