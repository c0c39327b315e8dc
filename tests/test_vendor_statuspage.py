"""Status pages: indicators, chosen components, incidents, and pages that are none."""

from typing import Any

import pytest

from providers.errors import BadAnswer
from providers.vendor_readings import VendorReading, VendorState
from tests import vendor_data as data
from tests.vendor_data import Json
from tests.vendor_rigs import client, numbers_of, statuspage
from tests.vendor_server import html_reply, json_reply, vendor_server


async def reading_of(summary: object, *components: str) -> VendorReading:
    async with (
        vendor_server(lambda _asked: json_reply(summary)) as server,
        client(server.url, system="Example status page", credential=False) as api,
    ):
        payload = (await statuspage(api, *components).read()).payload
    assert isinstance(payload, VendorReading)
    return payload


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("none", VendorState.OPERATIONAL),
        ("minor", VendorState.DEGRADED),
        ("major", VendorState.PARTIAL_OUTAGE),
        ("critical", VendorState.MAJOR_OUTAGE),
        ("maintenance", VendorState.MAINTENANCE),
        ("catastrophic", VendorState.UNKNOWN),
        ("", VendorState.UNKNOWN),
    ],
)
async def test_indicator(indicator: str, expected: VendorState) -> None:
    assert (await reading_of(data.page_summary(indicator=indicator))).state is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("operational", VendorState.OPERATIONAL),
        ("degraded_performance", VendorState.DEGRADED),
        ("partial_outage", VendorState.PARTIAL_OUTAGE),
        ("major_outage", VendorState.MAJOR_OUTAGE),
        ("under_maintenance", VendorState.MAINTENANCE),
        ("on_fire", VendorState.UNKNOWN),
    ],
)
async def test_chosen_component_decides_and_not_the_page(
    status: str, expected: VendorState
) -> None:
    summary = data.page_summary(
        data.page_component("API", status),
        data.page_component("Blog", "major_outage"),
        indicator="critical",
    )

    reading = await reading_of(summary, "api")

    assert reading.state is expected
    assert [(name.text, state) for name, state in reading.components] == [("API", expected)]


@pytest.mark.parametrize(
    ("first", "second", "worst"),
    [
        ("operational", "under_maintenance", VendorState.MAINTENANCE),
        ("under_maintenance", "on_fire", VendorState.UNKNOWN),
        ("on_fire", "degraded_performance", VendorState.DEGRADED),
        ("degraded_performance", "partial_outage", VendorState.PARTIAL_OUTAGE),
        ("partial_outage", "major_outage", VendorState.MAJOR_OUTAGE),
        ("operational", "on_fire", VendorState.UNKNOWN),
    ],
)
async def test_worst_of_the_chosen(first: str, second: str, worst: VendorState) -> None:
    one, two = data.page_component("One", first), data.page_component("Two", second)

    assert (await reading_of(data.page_summary(one, two), "One", "Two")).state is worst
    assert (await reading_of(data.page_summary(two, one), "Two", "One")).state is worst


async def test_chosen_by_id_and_all_that_bear_the_name() -> None:
    summary = data.page_summary(
        data.page_component("API", id="eu"),
        data.page_component("API", "major_outage", id="us"),
        data.page_component("Blog", id="blog"),
    )

    assert (await reading_of(summary, "API")).state is VendorState.MAJOR_OUTAGE
    assert (await reading_of(summary, "eu")).state is VendorState.OPERATIONAL


async def test_group_stands_for_its_members_and_its_own_state_for_nothing() -> None:
    summary = data.page_summary(
        data.page_component("Europe", "major_outage", id="g1", group=True),
        data.page_component("API", group_id="g1"),
        data.page_component("Blog", "partial_outage"),
    )

    chosen = await reading_of(summary, "Europe")
    whole = await reading_of(summary)

    assert chosen.state is VendorState.OPERATIONAL
    assert [name.text for name, _state in chosen.components] == ["API"]
    assert [name.text for name, _state in whole.components] == ["Blog"], "only what ails"


async def test_component_that_is_not_there_is_unknown_and_named() -> None:
    reading = await reading_of(data.page_summary(), "API", "Pooler")

    assert reading.state is VendorState.UNKNOWN
    assert [(name.text, state) for name, state in reading.components] == [
        ("API", VendorState.OPERATIONAL),
        ("Pooler", VendorState.UNKNOWN),
    ]
    assert reading.description.text == "not on the page: Pooler; All Systems Operational"


async def test_open_incidents_and_active_maintenances() -> None:
    summary = data.page_summary(
        incidents=[
            data.page_incident("open"),
            data.page_incident("over", status="resolved"),
            data.page_incident("told", status="postmortem"),
            data.page_incident("new", status="smouldering", started_at=None, shortlink=None),
        ],
        scheduled_maintenances=[
            data.page_maintenance("in_progress", id="now"),
            data.page_maintenance("verifying", id="nearly"),
            data.page_maintenance("scheduled", id="later"),
            data.page_maintenance("completed", id="done"),
        ],
    )

    incidents = (await reading_of(summary)).incidents

    assert [one.id for one in incidents] == ["open", "new", "now", "nearly"]
    assert incidents[0].title.text == "Elevated error rates"
    assert incidents[0].impact.text == "major"
    assert incidents[0].url == "https://stspg.io/i1"
    assert incidents[1].state.text == "smouldering"
    assert incidents[1].began_at is not None
    assert incidents[1].url == ""
    assert incidents[2].began_at is not None


async def test_only_incidents_that_touch_a_chosen_component() -> None:
    api, blog = data.page_component("API"), data.page_component("Blog")
    incidents = [
        data.page_incident("ours", components=[api, blog]),
        data.page_incident("theirs", components=[blog]),
        data.page_incident("all", components=[]),
    ]
    summary = data.page_summary(api, blog, incidents=incidents)

    assert [one.id for one in (await reading_of(summary, "API")).incidents] == ["ours", "all"]
    assert len((await reading_of(summary)).incidents) == 3


async def test_one_broken_entry_is_said_and_hides_nothing() -> None:
    summary = data.page_summary(
        data.page_component("API"),
        incidents=[{"id": "i1"}, data.page_incident("i2")],
        scheduled_maintenances=[None],
    )
    summary["components"].append({"id": "c2"})

    reading = await reading_of(summary, "API")

    assert reading.state is VendorState.OPERATIONAL
    assert [one.id for one in reading.incidents] == ["i2"]
    for told in ("1 component could", "1 incident could", "1 maintenance could"):
        assert told in reading.description.text


async def test_flood_of_incidents_is_cut_and_counted() -> None:
    flood = [data.page_incident(f"i{n}") for n in range(70)]

    reading = await reading_of(data.page_summary(incidents=flood))

    assert len(reading.incidents) == 50
    assert "20 more incidents" in reading.description.text


async def test_incidents_that_can_not_be_read_do_not_hide_the_state() -> None:
    reading = await reading_of(data.page_summary(indicator="major", incidents=[{}]))

    assert reading.state is VendorState.PARTIAL_OUTAGE


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"page": None}, r"\$\.page: missing"),
        ({"status": {}}, r"\$\.status\.indicator: missing"),
        ({"status": {"indicator": 3}}, r"\$\.status\.indicator: expected text"),
        ({"components": None}, r"\$\.components: missing"),
        ({"components": [{"id": "c"}]}, r"\$\.components\[0\]\.name: missing"),
        ({"incidents": {}}, r"\$\.incidents: expected a list"),
    ],
)
async def test_another_shape_is_named_by_its_path(changes: Json, path: str) -> None:
    with pytest.raises(BadAnswer, match=path):
        await reading_of(data.page_summary() | changes)


async def test_a_page_for_people_is_said_in_words() -> None:
    async with (
        vendor_server(lambda _asked: html_reply()) as server,
        client(server.url, system="Example status page", credential=False) as api,
    ):
        with pytest.raises(BadAnswer, match="HTML") as caught:
            await statuspage(api).read()

    assert caught.value.system == "Example status page"


async def test_asks_once_for_the_summary_without_a_credential() -> None:
    async with (
        vendor_server(lambda _asked: json_reply(summary)) as server,
        client(server.url, credential=False) as api,
    ):
        summary: Any = data.page_summary(incidents=[data.page_incident()])
        harvest = await statuspage(api).read()

    assert [asked.path for asked in server.asked] == ["/api/v2/summary.json"]
    assert "authorization" not in server.asked[0].headers
    assert numbers_of(harvest) == {"incidents": 1.0}
