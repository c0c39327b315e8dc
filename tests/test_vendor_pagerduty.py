"""PagerDuty: incidents by how bad they are, whose turn it is, and who takes over when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import pagerduty_account
from providers.accounts import AccountView
from providers.errors import BadAnswer, NotFound, Unauthorized
from providers.harvest import Harvest
from providers.http import Api
from providers.pagerduty import METRICS
from providers.pagerduty_mapping import OnCall, end_of_turn
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from tests import vendor_data_pagerduty as data
from tests.fakes import ManualClock
from tests.vendor_rig import by_path
from tests.vendor_rigs import client, numbers_of, shifted_clock, token
from tests.vendor_rigs_alerting import PAGERDUTY, pagerduty
from tests.vendor_server import Asked, Reply, json_reply, vendor_server
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.wire_pagerduty import METRICS as WIRED

NOW = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def iso(**ahead: float) -> str:
    return (NOW + timedelta(**ahead)).isoformat()


def lists(**changed: Any) -> tuple[tuple[str, Any], ...]:
    """The answers, some lists replaced by others or by a refusal."""
    named = {
        name: one if isinstance(one, Reply) else data.page(name, *one)
        for name, one in changed.items()
    }
    return tuple((end, named.get(end[1:], body)) for end, body in PAGERDUTY)


async def read(*services: str, **changed: Any) -> tuple[Harvest, list[Asked]]:
    bodies = dict(lists(**changed))

    def answer(asked: Asked) -> Reply:
        body = bodies[asked.path]
        return body if isinstance(body, Reply) else json_reply(body)

    async with (
        vendor_server(answer) as server,
        client(server.url, system="PagerDuty", clock=shifted_clock()) as api,
    ):
        return await pagerduty(api, *services).read(), server.asked


def reading(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def section(harvest: Harvest, key: str) -> Section:
    return next(each for each in reading(harvest).sections if each.key == key)


def details(record: Record) -> dict[str, str]:
    return {name: text.text for name, text in record.details}


def why(harvest: Harvest, metric: str) -> str:
    found = next(one for one in harvest.numbers if one.metric == metric)
    assert found.value is None
    return found.reason


async def test_every_number_has_its_place() -> None:
    harvest, _ = await read()

    assert tuple(numbers_of(harvest)) == METRICS == WIRED[""]


@pytest.mark.parametrize(
    ("status", "urgency", "expected"),
    [
        ("triggered", "high", Condition.BROKEN),
        ("triggered", "low", Condition.DEGRADED),
        ("acknowledged", "high", Condition.DEGRADED),
        ("acknowledged", "low", Condition.NOTABLE),
        ("snoozed", "high", Condition.UNKNOWN),
        ("triggered", "extreme", Condition.UNKNOWN),
    ],
)
async def test_how_bad_an_incident_is(status: str, urgency: str, expected: Condition) -> None:
    incident = data.incident(status=status, urgency=urgency)

    harvest, _ = await read(incidents=[incident], services=[])

    record = section(harvest, "incidents").records[0]
    assert record.condition is expected
    assert record.state.text == status
    assert record.change
    assert reading(harvest).condition is expected


async def test_what_an_incident_tells() -> None:
    old = data.incident("POLD001", created_at="2026-11-18T09:00:00Z", urgency="low")
    worked_on = data.acknowledged()

    harvest, _ = await read(incidents=[worked_on, old, data.incident()])

    records = section(harvest, "incidents").records
    assert [one.id for one in records] == ["PINC001", "POLD001", "PINC002"]
    assert details(records[2]) == {
        "number": "#1041",
        "urgency": "high",
        "priority": "P1",
        "assigned to": "Dana Reyes",
        "acknowledged by": "Ivan Petrov",
        "since": "2026-11-18 11:06Z",
        "state since": "2026-11-18 11:06Z",
        "service": "lma-production",
    }
    found = numbers_of(harvest)
    assert found["open_incidents"] == 3
    assert found["triggered_unacknowledged"] == 2
    assert found["high_urgency_incidents"] == 2
    assert found["oldest_triggered_s"] == 3.5 * 3600
    assert reading(harvest).summary.text == "3 open, 2 not acknowledged, on call: Dana Reyes"


async def test_a_calm_account() -> None:
    harvest, _ = await read(incidents=[], maintenance_windows=[])

    assert reading(harvest).condition is Condition.FINE
    assert reading(harvest).summary.text.startswith("no open incident")
    assert numbers_of(harvest)["open_incidents"] == 0
    assert why(harvest, "oldest_triggered_s") == "none is triggered"


async def test_the_on_call_card() -> None:
    shifts = [
        data.on_call(2, data.IVAN, None),
        data.on_call(1, data.DANA, iso(hours=-3), iso(hours=2)),
        data.on_call(1, data.IVAN, iso(hours=2), iso(hours=14)),
    ]

    harvest, _ = await read(oncalls=shifts)

    first, second = section(harvest, "on_call").records
    assert details(first) == {
        "level": "1",
        "person": "Dana Reyes",
        "since": "2026-11-18 09:30Z",
        "until": "2026-11-18 14:30Z",
        "schedule": "API primary",
        "policy": "LMA on call",
    }
    assert details(second)["until"] == "further notice"
    assert details(second)["since"] == ""
    assert [one.title.text for one in section(harvest, "next").records] == ["Ivan Petrov"]
    assert numbers_of(harvest)["seconds_to_handover"] == 2 * 3600
    assert numbers_of(harvest)["people_on_call"] == 2


async def test_a_turn_that_goes_on_is_no_handover() -> None:
    shifts = [
        data.on_call(1, data.DANA, iso(hours=-3), iso(hours=2)),
        data.on_call(1, data.DANA, iso(hours=2), iso(hours=5)),
    ]

    harvest, _ = await read(oncalls=shifts)

    assert numbers_of(harvest)["seconds_to_handover"] == 5 * 3600
    assert section(harvest, "next").records == ()
    assert details(section(harvest, "on_call").records[0])["until"] == "2026-11-18 17:30Z"


async def test_nobody_on_call_is_told_and_never_a_handover_in_0_s() -> None:
    harvest, _ = await read(
        oncalls=[data.on_call(1, data.DANA, iso(hours=2), iso(hours=3)), data.on_call(2)],
        incidents=[],
        maintenance_windows=[],
    )

    assert reading(harvest).condition is Condition.DEGRADED
    assert "nobody on call" in reading(harvest).summary.text
    assert any("nobody is on call on the first level" in one for one in reading(harvest).notices)
    assert why(harvest, "seconds_to_handover") == "nobody is on call"


@pytest.mark.parametrize(
    ("levels", "expected"), [((1, 2), Condition.FINE), ((1,), Condition.NOTABLE)]
)
async def test_a_level_without_anybody(levels: tuple[int, ...], expected: Condition) -> None:
    harvest, _ = await read(
        oncalls=[data.on_call(level) for level in levels], incidents=[], maintenance_windows=[]
    )

    gaps = [one for one in section(harvest, "on_call").records if one.title.text == "nobody"]
    assert [details(one)["level"] for one in gaps] == ([] if 2 in levels else ["2"])
    assert reading(harvest).condition is expected
    told = [one for one in reading(harvest).notices if "on level 2 of LMA on call" in one]
    assert bool(told) == bool(gaps)


async def test_a_policy_of_others_is_no_gap_of_ours() -> None:
    other = data.policy(id="POTHER1", name="theirs")

    harvest, _ = await read(escalation_policies=[other, data.policy(levels=1)])

    assert [one.title.text for one in section(harvest, "on_call").records].count("nobody") == 0


async def test_gaps_are_not_guessed_where_policies_can_not_be_read() -> None:
    refused = json_reply({"error": {"message": "Access Denied", "code": 2010}}, 403)

    harvest, _ = await read(escalation_policies=refused, oncalls=[data.on_call(1)])

    assert [one.title.text for one in section(harvest, "on_call").records] == ["Dana Reyes"]


async def test_a_person_who_is_always_on_call() -> None:
    harvest, _ = await read(
        oncalls=[data.on_call(1, data.DANA, None)], escalation_policies=[data.policy(levels=1)]
    )

    assert why(harvest, "seconds_to_handover") == "no hand-over within 7 days"
    assert reading(harvest).notices[0].startswith("nobody is paged for lma-production until")


@pytest.mark.parametrize(
    ("status", "shown", "counted"),
    [
        ("active", Condition.FINE, Condition.FINE),
        ("warning", Condition.NOTABLE, Condition.NOTABLE),
        # It has a triggered incident, and that counts by its urgency.
        ("critical", Condition.BROKEN, Condition.FINE),
        ("maintenance", Condition.PAUSED, Condition.PAUSED),
        ("disabled", Condition.PAUSED, Condition.PAUSED),
        ("dreaming", Condition.UNKNOWN, Condition.UNKNOWN),
    ],
)
async def test_state_of_a_service(status: str, shown: Condition, counted: Condition) -> None:
    harvest, _ = await read(services=[data.service(status=status)], incidents=[])

    assert section(harvest, "services").records[0].condition is shown
    assert reading(harvest).condition is counted


async def test_maintenance_windows_now_and_later() -> None:
    later = data.window(id="PLATER1", start_time=iso(days=1), end_time=iso(days=2))

    harvest, _ = await read(maintenance_windows=[later, data.window()])

    records = section(harvest, "windows").records
    assert [one.state.text for one in records] == ["under way", "to come"]
    assert [one.condition for one in records] == [Condition.PAUSED, Condition.FINE]
    assert records[0].change
    assert not records[1].change


async def test_a_service_is_found_by_its_name_whatever_the_case() -> None:
    other = data.service("staging", "PSTAG01")

    harvest, asked = await read("LMA-Production", services=[other, data.service()])

    assert [one.id for one in section(harvest, "services").records] == ["PSERV01"]
    by_name = {one.path: one.value("query") for one in asked}
    assert by_name["/services"] == "LMA-Production"
    policies = {one.path: one.value("escalation_policy_ids[]") for one in asked}
    assert policies["/oncalls"] == "PPOLI01"


async def test_an_unknown_service_never_stands_for_all_of_them() -> None:
    with pytest.raises(NotFound, match="no service is called elsewhere") as caught:
        await read("elsewhere", services=[])

    assert "check services in the configuration" in caught.value.advice


async def test_services_refused_but_named_by_id() -> None:
    refused = json_reply({"error": {"message": "Access Denied", "code": 2010}}, 403)

    harvest, asked = await read("PSERV01", services=refused)

    assert "may not do this" in section(harvest, "services").blind
    assert section(harvest, "incidents").records
    ids = [one.value("service_ids[]") for one in asked if one.path == "/incidents"]
    assert ids == ["PSERV01"]


@pytest.mark.parametrize(
    ("name", "key", "metric"),
    [
        ("incidents", "incidents", "open_incidents"),
        ("oncalls", "on_call", "people_on_call"),
        ("maintenance_windows", "windows", None),
    ],
)
async def test_one_refused_part_leaves_the_others(name: str, key: str, metric: str | None) -> None:
    refused = json_reply({"error": {"message": "Access Denied", "code": 2010}}, 403)

    harvest, _ = await read(**{name: refused})

    assert "may not do this (HTTP 403) (Access Denied)" in section(harvest, key).blind
    assert metric is None or "may not do this" in why(harvest, metric)
    assert section(harvest, "services").records


async def test_incidents_each_time_the_rest_once_a_minute() -> None:
    clock = ManualClock(NOW)
    async with (
        vendor_server(by_path(PAGERDUTY)) as server,
        client(server.url, clock=clock) as api,
    ):
        source = pagerduty(api)
        await source.read()
        clock.advance(30)
        await source.read()
        first = [one.path for one in server.asked]
        clock.advance(31)
        await source.read()
        second = [one.path for one in server.asked]

    assert first.count("/incidents") == 2
    assert [first.count(path) for path in ("/oncalls", "/services")] == [1, 1]
    assert [second.count(path) for path in ("/oncalls", "/services")] == [2, 2]


async def test_the_rest_is_asked_for_when_an_incident_changes() -> None:
    clock = ManualClock(NOW)
    bodies = dict(PAGERDUTY)
    async with (
        vendor_server(lambda asked: json_reply(bodies[asked.path])) as server,
        client(server.url, clock=clock) as api,
    ):
        source = pagerduty(api)
        await source.read()
        bodies["/incidents"] = data.page("incidents", data.acknowledged("PINC001"))
        clock.advance(5)
        await source.read()
        await source.read()

    assert [one.path for one in server.asked].count("/services") == 2


MOMENTS = st.integers(min_value=0, max_value=12).map(lambda hours: NOW + hours * HOUR)


@st.composite
def shifts(draw: st.DrawFn) -> OnCall:
    start, end = sorted(draw(st.tuples(MOMENTS, MOMENTS)))
    return OnCall(
        policy_id="P",
        policy=EMPTY,
        level=1,
        user_id=draw(st.sampled_from("ab")),
        person=Foreign("somebody"),
        schedule=EMPTY,
        start=start,
        end=end,
        url="",
    )


@given(st.lists(shifts(), min_size=1, max_size=12))
def test_a_turn_ends_no_sooner_than_its_first_shift(listed: list[OnCall]) -> None:
    first = listed[0]
    ends = end_of_turn(first, listed)

    assert ends is not None
    assert first.end is not None
    assert ends >= first.end
    assert ends in {one.end for one in listed if one.user_id == first.user_id}


async def described(*replies: tuple[str, Reply]) -> AccountView:
    by_name = dict(replies)
    async with (
        vendor_server(lambda asked: by_name[asked.path]) as server,
        client(server.url) as api,
    ):
        return await pagerduty_account.describe(api)


NO_USER = json_reply({"error": {"message": "no user", "code": 2001, "errors": []}}, 400)


async def test_key_of_a_person_who_may_only_read() -> None:
    view = await described(("/users/me", json_reply(data.user("observer"))))

    assert view.name.text == "Dana Reyes"
    assert view.scopes == ("a person's, role observer",)
    assert view.warnings == ()


async def test_key_of_a_person_who_may_more() -> None:
    view = await described(("/users/me", json_reply(data.user("admin"))))

    assert "all that its owner (admin) may" in view.warnings[0]
    assert "read-only key" in view.warnings[0]


async def test_key_of_the_account() -> None:
    view = await described(
        ("/users/me", NO_USER), ("/abilities", json_reply({"abilities": []}, Ratelimit_Limit="960"))
    )

    assert view.name.text == "a key of the account"
    assert "does not tell whether read-only" in view.scopes[0]
    assert view.warnings == ()
    assert view.budget is not None
    assert view.budget.limit == 960


async def test_refused_key() -> None:
    refused = json_reply({"error": {"message": "Authentication failed", "code": 2006}}, 401)

    with pytest.raises(Unauthorized):
        await described(("/users/me", refused))


async def test_another_shape() -> None:
    with pytest.raises(BadAnswer, match=r"\$\.abilities: missing"):
        await described(("/users/me", NO_USER), ("/abilities", json_reply({"user": 5})))


async def test_the_key_goes_out_as_pagerduty_wants_it() -> None:
    kind = ACCOUNT_KINDS["pagerduty"]
    async with vendor_server(lambda _asked: json_reply(data.user())) as server:
        api = Api(
            system=kind.system,
            base_url=server.url,
            clock=shifted_clock(),
            secret=token,
            scheme=kind.scheme,
        )
        await pagerduty_account.describe(api)
        await api.aclose()

    sent = server.asked[0].headers
    assert sent["authorization"] == f"Token token={(await token()).reveal()}"
    assert sent["accept"] == "application/vnd.pagerduty+json;version=2"
