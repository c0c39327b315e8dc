"""Sentry: the rate, what is new since a release, spikes, and what quota does to all of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import sentry_account
from providers.errors import BadAnswer, NotFound, RateLimited
from providers.harvest import Harvest
from providers.sentry import METRICS
from providers.sentry_counts import numbers, outcomes_of, rate_of
from providers.sentry_mapping import next_cursor
from providers.system_readings import Condition, Section, SystemReading
from tests import vendor_data_sentry as data
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_alerting import SENTRY, sentry
from tests.vendor_server import Asked, Reply, json_reply, vendor_server
from tui.wire_sentry import METRICS as WIRED

NOW = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)


def iso(**before: float) -> str:
    return (NOW - timedelta(**before)).isoformat()


async def read(*changed: tuple[str, Any], **options: object) -> tuple[Harvest, list[Asked]]:
    """One read, with the answers of some paths replaced."""
    bodies = dict((*SENTRY, *changed))

    def answer(asked: Asked) -> Reply:
        body = next(body for end, body in bodies.items() if asked.path.endswith(end))
        return body if isinstance(body, Reply) else json_reply(body)

    async with (
        vendor_server(answer) as server,
        client(server.url, system="Sentry", clock=shifted_clock()) as api,
    ):
        return await sentry(api, **options).read(), server.asked


def reading(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def section(harvest: Harvest, key: str) -> Section:
    return next(each for each in reading(harvest).sections if each.key == key)


def titles(harvest: Harvest, key: str) -> list[str]:
    return [record.id for record in section(harvest, key).records]


async def test_every_number_has_its_place() -> None:
    harvest, _ = await read()

    assert tuple(numbers_of(harvest)) == METRICS == WIRED[""]


async def test_the_rate_is_that_of_the_last_complete_minute() -> None:
    counts = data.timeseries(*range(1, 21), 999, 998, incomplete=2)

    harvest, _ = await read(("/events-timeseries/", counts))

    found = numbers_of(harvest)
    assert found["errors_per_min"] == 20
    assert found["errors_15min"] == sum(range(6, 21))
    assert section(harvest, "rate").records[0].title.text == "20 errors"


async def test_no_complete_minute_is_no_data_and_never_0() -> None:
    harvest, _ = await read(("/events-timeseries/", data.timeseries(0, incomplete=1)))

    rate = next(one for one in harvest.numbers if one.metric == "errors_per_min")
    assert rate.value is None
    assert rate.reason == "no complete minute yet"
    assert reading(harvest).summary.text.startswith("no error rate")


async def test_another_series_is_not_taken_for_the_errors() -> None:
    odd = data.timeseries(5, 5, 5)
    odd["timeSeries"][0]["yAxis"] = "count_unique(user)"

    with pytest.raises(BadAnswer, match="no series of count"):
        rate_of(odd, "read error rate")


async def test_new_since_the_newest_deploy_where_we_look() -> None:
    releases = [
        data.release("api@old", lastDeploy=data.deploy(dateFinished=iso(hours=3))),
        data.release("api@staging", lastDeploy=data.deploy(environment="staging"), dateCreated=None)
        | {"dateReleased": iso(days=4)},
        data.release("api@new", lastDeploy=data.deploy(dateFinished=iso(minutes=30))),
    ]
    issues = [
        data.issue("new", firstSeen=iso(minutes=20), substatus="new"),
        data.issue("day", firstSeen=iso(hours=5)),
        data.issue("old", firstSeen=iso(days=9)),
        data.issue("never", firstSeen=None),
    ]

    harvest, asked = await read(
        ("/releases/", releases), ("/issues/", issues), environment="production"
    )

    found = numbers_of(harvest)
    assert section(harvest, "new").title == "Issues new since new"
    assert titles(harvest, "new") == ["new"]
    assert section(harvest, "new").records[0].change
    assert found["new_since_release"] == 1
    assert found["new_issues"] == 2
    assert titles(harvest, "releases") == ["api@new", "api@old", "api@staging"]
    assert section(harvest, "releases").records[0].state.text == "deployed"
    assert section(harvest, "releases").records[2].state.text == "released"
    assert reading(harvest).condition is Condition.NOTABLE
    scoped = {one.path.split("/")[-2] for one in asked if one.value("environment")}
    assert scoped == {"releases", "issues", "events", "events-timeseries"}


@pytest.mark.parametrize(
    ("level", "expected"), [("fatal", Condition.DEGRADED), ("error", Condition.NOTABLE)]
)
async def test_a_new_fatal_issue_is_more_than_worth_a_look(level: str, expected: Condition) -> None:
    issue = data.issue("new", level=level, firstSeen=iso(minutes=20), substatus="new")

    release = data.release("api@new", lastDeploy=data.deploy(dateFinished=iso(minutes=30)))

    harvest, _ = await read(("/releases/", [release]), ("/issues/", [issue]))

    assert reading(harvest).condition is expected


async def test_without_a_release_new_means_the_last_day() -> None:
    issues = [data.issue("day", firstSeen=iso(hours=5)), data.issue("old", firstSeen=iso(days=9))]

    harvest, _ = await read(("/releases/", []), ("/issues/", issues))

    assert section(harvest, "new").title == "New issues, 24 h"
    assert titles(harvest, "new") == ["day"]
    assert numbers_of(harvest)["new_since_release"] is None
    assert any("no release is known" in notice for notice in reading(harvest).notices)


@pytest.mark.parametrize(
    ("per_hour", "substatus", "spikes"),
    [
        ([5] * 22 + [16, 0], "ongoing", True),
        ([5] * 22 + [14, 14], "ongoing", False),
        ([0.2] * 22 + [9, 9], "ongoing", False),
        ([0] * 22 + [500, 500], "new", False),
        ([5] * 24, "escalating", True),
        ([], "ongoing", False),
    ],
)
async def test_spike(per_hour: list[float], substatus: str, spikes: bool) -> None:
    stats = {"24h": [[number, count] for number, count in enumerate(per_hour)]}
    issue = data.issue(stats=stats, substatus=substatus, firstSeen=iso(days=3))

    harvest, _ = await read(("/issues/", [issue]))

    assert numbers_of(harvest)["spiking_issues"] == int(spikes)
    assert reading(harvest).condition is (Condition.DEGRADED if spikes else Condition.FINE)


@pytest.mark.parametrize(
    ("level", "substatus", "expected"),
    [
        ("fatal", "new", Condition.BROKEN),
        ("error", "regressed", Condition.DEGRADED),
        ("error", "ongoing", Condition.NOTABLE),
        ("warning", "new", Condition.NOTABLE),
        ("info", "ongoing", Condition.FINE),
        ("catastrophe", "ongoing", Condition.UNKNOWN),
    ],
)
async def test_level_of_an_issue(level: str, substatus: str, expected: Condition) -> None:
    issue = data.issue(level=level, substatus=substatus)

    harvest, _ = await read(("/issues/", [issue]))

    record = section(harvest, "issues").records[0]
    assert record.condition is expected
    assert record.state.text == f"{level} {substatus}"
    assert dict(record.details)["events"].text == "150"


async def test_dropped_for_want_of_quota_is_told_apart_from_quiet() -> None:
    told = data.outcomes(
        accepted=[9.0] * 22 + [10.0, 10.0],
        rate_limited=[0.0] * 22 + [20.0, 40.0],
        filtered=[3.0] * 24,
        teleported=[1.0] * 24,
    )

    harvest, _ = await read(("/stats_v2/", told))

    assert numbers_of(harvest)["dropped_percent"] == pytest.approx(75.0)
    assert reading(harvest).condition is Condition.DEGRADED
    assert "75 % dropped for want of quota" in reading(harvest).summary.text
    assert any("a falling error rate proves nothing" in one for one in reading(harvest).notices)
    conditions = {one.id: one.condition for one in section(harvest, "outcomes").records}
    assert conditions == {
        "accepted": Condition.FINE,
        "rate_limited": Condition.DEGRADED,
        "filtered": Condition.NOTABLE,
        "teleported": Condition.UNKNOWN,
    }


async def test_errors_by_path() -> None:
    rows = data.table(orders=40, carts=2)
    rows["data"].append({"transaction": None, "count()": 1})

    harvest, asked = await read(("/events/", rows))

    shown = [(one.title.text, one.state.text) for one in section(harvest, "paths").records]
    assert shown == [("orders", "40"), ("carts", "2"), ("(outside of any)", "1")]
    fields = [value for one in asked for name, value in one.query if name == "field"]
    assert {"transaction", "count()"} <= set(fields)


async def test_dropped_yesterday_is_over() -> None:
    told = data.outcomes(accepted=[9.0] * 24, rate_limited=[50.0] * 22 + [0.0, 0.0])

    harvest, _ = await read(("/stats_v2/", told), ("/issues/", []))

    assert numbers_of(harvest)["dropped_percent"] == 0
    assert reading(harvest).condition is Condition.FINE


async def test_nothing_sent_is_no_share() -> None:
    harvest, _ = await read(("/stats_v2/", data.outcomes()))

    dropped = next(one for one in harvest.numbers if one.metric == "dropped_percent")
    assert (dropped.value, dropped.reason) == (None, "no event was sent lately")
    assert section(harvest, "outcomes").empty == "no event in 24 h"


@pytest.mark.parametrize(
    ("path", "blind", "metrics"),
    [
        ("/events-timeseries/", {"rate"}, {"errors_per_min", "errors_15min"}),
        ("/stats_v2/", {"outcomes"}, {"dropped_percent"}),
        ("/releases/", {"releases"}, {"new_since_release"}),
        ("/events/", {"paths"}, set()),
    ],
)
async def test_one_refused_part_leaves_the_others(
    path: str, blind: set[str], metrics: set[str]
) -> None:
    refused = json_reply({"detail": "You do not have permission to perform this action."}, 403)

    harvest, _ = await read((path, refused))

    told = {one.key: one.blind for one in reading(harvest).sections if one.blind}
    assert set(told) == blind
    assert all("may not do this" in words and "permission" in words for words in told.values())
    missing = {one.metric: one.reason for one in harvest.numbers if one.value is None}
    assert set(missing) == metrics
    assert all("may not do this" in reason for reason in missing.values())


async def test_wrong_region_says_where_else_to_look() -> None:
    gone = json_reply({"detail": "The requested resource does not exist"}, 404)

    with pytest.raises(NotFound) as caught:
        await read(*((path, gone) for path, _ in SENTRY))

    assert "https://de.sentry.io" in caught.value.advice


async def test_slugs_become_ids_once_an_hour() -> None:
    clock = shifted_clock()
    bodies = dict(SENTRY) | {"/projects/": [data.project(), data.project("web", "9")]}

    def answer(asked: Asked) -> Reply:
        return json_reply(next(one for end, one in bodies.items() if asked.path.endswith(end)))

    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        source = sentry(api, projects=("web", "17"))
        for passed in (1_800, 1_700, 200, 0):
            await source.read()
            clock.advance(passed)

    paths = [one.path.split("/")[-2] for one in server.asked]
    assert paths.count("projects") == 2
    scoped = {
        tuple(value for name, value in one.query if name == "project")
        for one in server.asked
        if not one.path.endswith("/projects/")
    }
    assert scoped == {("9", "17")}


async def test_an_unknown_project_never_stands_for_all_of_them() -> None:
    with pytest.raises(NotFound, match="no project is called elsewhere") as caught:
        await read(("/projects/", [data.project()]), projects=("lma-api", "elsewhere"))

    assert "check projects" in caught.value.advice


@pytest.mark.parametrize("organization", ["", ".", ".."])
async def test_an_organisation_that_cannot_be_named(organization: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        await read(organization=organization)


@pytest.mark.parametrize(
    ("link", "cursor"),
    [
        ("", None),
        ('<https://x/?a=1,2>; rel="next"; results="true"; cursor="0:100:0"', "0:100:0"),
        ('<https://x/>; rel="next"; results="false"; cursor="0:100:0"', None),
        ('<https://x/>; rel="previous"; results="true"; cursor="0:0:1"', None),
        (
            '<https://x/>; rel="previous"; results="true"; cursor="0:0:1", '
            '<https://x/>; rel="next"; results="true"; cursor="1795:0:0"',
            "1795:0:0",
        ),
        ('<https://x/>; rel="next"; results="true"; cursor="&project=9"', None),
        ('<https://x/>; rel="next"; results="true"', None),
    ],
)
def test_next_cursor(link: str, cursor: str | None) -> None:
    assert next_cursor(link) == cursor


@given(st.text(max_size=400))
def test_any_link_header(link: str) -> None:
    found = next_cursor(link)
    assert found is None or found in link


@given(st.lists(st.integers() | st.floats() | st.none() | st.booleans() | st.text(max_size=3)))
def test_counts_are_all_read_or_none(listed: list[object]) -> None:
    found = numbers(listed)

    assert found is None or len(found) == len(listed)
    assert found is None or all(count >= 0 for count in found)


def test_an_outcome_without_numbers_is_no_zero() -> None:
    told = data.outcomes(accepted=[1.0])
    told["groups"][0]["series"] = {}

    with pytest.raises(BadAnswer, match="no numbers of"):
        outcomes_of(told, "read outcomes")


async def test_pages_end_at_what_is_older_than_needed() -> None:
    link = '<https://x/>; rel="next"; results="true"; cursor="0:100:0"'
    old = json_reply([data.issue(firstSeen=iso(days=9))], Link=link)

    _, asked = await read(("/issues/", old))

    assert [one.value("sort") for one in asked if one.path.endswith("/issues/")].count("new") == 1


async def account(*organizations: Any) -> Any:
    reply = json_reply(list(organizations), X_Sentry_Rate_Limit_Limit="40")
    async with vendor_server(lambda _asked: reply) as server, client(server.url) as api:
        return await sentry_account.describe(api)


async def test_token_that_only_reads() -> None:
    view = await account(data.organization("lma", "org:read", "project:read", "event:read"))

    assert view.name.text == "lma"
    assert view.scopes == ("event:read", "org:read", "project:read")
    assert view.warnings == ()
    assert view.budget.limit == 40


async def test_its_own_limit_headers_are_obeyed() -> None:
    reset = str(int((NOW + timedelta(seconds=3)).timestamp()))
    told = {
        "X_Sentry_Rate_Limit_Limit": "40",
        "X_Sentry_Rate_Limit_Remaining": "0",
        "X_Sentry_Rate_Limit_Reset": reset,
    }
    reply = json_reply([data.organization("lma")], 200, **told)
    async with (
        vendor_server(lambda _asked: reply) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        view = await sentry_account.describe(api)
        with pytest.raises(RateLimited) as caught:
            await sentry_account.describe(api)

    assert view.budget is not None
    assert view.budget.used_percent == 100
    assert caught.value.retry_after_s == pytest.approx(3, abs=0.1)
    assert len(server.asked) == 1


async def test_token_that_may_too_much() -> None:
    view = await account(
        data.organization("lma", "org:read", "org:admin", "event:admin"), data.organization("two")
    )

    assert "opens 2 organisations" in view.warnings[0]
    assert "may also event:admin, org:admin" in view.warnings[1]


async def test_token_that_opens_nothing() -> None:
    with pytest.raises(BadAnswer, match="opens no organisation"):
        await account()
