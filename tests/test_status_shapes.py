"""Status pages in the vendors' own shapes: what is open, whom it touches, what nobody knows."""

from typing import Any

import pytest

from providers.errors import BadAnswer
from providers.status_shapes import SHAPES
from providers.statuspage_mapping import Summary
from providers.vendor_readings import VendorReading, VendorState
from tests import vendor_data_outside as data
from tests.vendor_rigs import client
from tests.vendor_rigs_outside import shaped
from tests.vendor_server import json_reply, vendor_server

WELL, DEGRADED = VendorState.OPERATIONAL, VendorState.DEGRADED
PARTIAL, MAJOR = VendorState.PARTIAL_OUTAGE, VendorState.MAJOR_OUTAGE
UNKNOWN, MAINTENANCE = VendorState.UNKNOWN, VendorState.MAINTENANCE
ENDED = "2026-11-18T11:00:00+00:00"


def read(name: str, value: Any, *wanted: str) -> VendorReading:
    page = Summary(value=value, system=name, operation="read", page="https://page.example")
    return SHAPES[name][1](page, name, wanted)


def latest(status: str) -> dict[str, str]:
    return {"status": status, "when": "2026-11-18T10:40:00+00:00"}


@pytest.mark.parametrize(
    ("incidents", "state"),
    [
        ([], WELL),
        ([data.google_incident(end=ENDED)], WELL),
        ([data.google_incident()], PARTIAL),
        ([data.google_incident(most_recent_update=latest("SERVICE_OUTAGE"))], MAJOR),
        ([data.google_incident(most_recent_update=latest("SERVICE_INFORMATION"))], DEGRADED),
        ([data.google_incident(most_recent_update=latest("AVAILABLE"))], WELL),
        ([data.google_incident(most_recent_update=None, status_impact=None)], PARTIAL),
        (
            [
                data.google_incident(
                    most_recent_update=latest("SERVICE_MELTDOWN"),
                    status_impact="SERVICE_MELTDOWN",
                    severity="dire",
                )
            ],
            UNKNOWN,
        ),
    ],
)
def test_google(incidents: list[Any], state: VendorState) -> None:
    assert read("google", incidents).state is state


def test_google_s_link_leads_to_its_own_page() -> None:
    (incident,) = read("google", [data.google_incident()]).incidents

    assert incident.url == "https://page.example/incidents/aB3"
    assert incident.title.text == "Calendar is slow to load"


def test_only_what_touches_our_products_counts() -> None:
    gmail = data.google_incident(affected_products=[{"title": "Gmail", "id": "x"}])

    assert read("google", [gmail], "Google Calendar").state is WELL
    assert read("google", [gmail], "gmail").state is PARTIAL
    assert read("google", [gmail]).components[0][0].text == "Gmail"


def test_one_bad_incident_does_not_blind_the_page() -> None:
    reading = read("google", [data.google_incident(), {"id": 5}, None])

    assert len(reading.incidents) == 1
    assert "2 incidents could not be read" in reading.description.text


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (data.slack(), WELL),
        (data.slack(data.slack_incident()), PARTIAL),
        (data.slack(data.slack_incident(type="outage")), MAJOR),
        (data.slack(data.slack_incident(type="notice")), DEGRADED),
        (data.slack(data.slack_incident(type="maintenance")), MAINTENANCE),
        (data.slack(data.slack_incident(type="eclipse")), UNKNOWN),
        (data.slack() | {"status": "fine and dandy"}, UNKNOWN),
        (data.slack() | {"status": "active"}, DEGRADED),
        (data.slack(data.slack_incident(), status="ok"), PARTIAL),
    ],
)
def test_slack(value: Any, state: VendorState) -> None:
    assert read("slack", value).state is state


def test_slack_trouble_elsewhere_is_none_of_ours() -> None:
    reading = read("slack", data.slack(data.slack_incident()), "Workflows")

    assert reading.state is WELL
    assert reading.incidents == ()


@pytest.mark.parametrize(
    ("value", "wanted", "state"),
    [
        (data.stripe(), (), WELL),
        (data.stripe("degraded", api=True, webhooks=False), (), DEGRADED),
        (data.stripe("degraded", api=True, webhooks=False), ("Webhooks",), WELL),
        (data.stripe("degraded", api=True, webhooks=False), ("api",), DEGRADED),
        (data.stripe("down"), (), MAJOR),
        (data.stripe("sideways"), (), UNKNOWN),
        (data.stripe("up", api=False), ("Terminal",), UNKNOWN),
    ],
)
def test_stripe_as_it_was(value: Any, wanted: tuple[str, ...], state: VendorState) -> None:
    assert read("stripe", value, *wanted).state is state


@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("value", [None, 5, "x", {}, [5], {"page": {}}])
def test_another_shape_is_a_bad_answer(name: str, value: Any) -> None:
    with pytest.raises(BadAnswer):
        read(name, value)


@pytest.mark.parametrize("name", sorted(SHAPES))
async def test_each_is_asked_at_its_own_address(name: str) -> None:
    values = {"google": [], "slack": data.slack(), "stripe": data.stripe()}
    async with (
        vendor_server(lambda _asked: json_reply(values[name])) as server,
        client(server.url, credential=False) as api,
    ):
        harvest = await shaped(api, name).read()

    assert [asked.path for asked in server.asked] == [SHAPES[name][0]]
    assert harvest.numbers[0].value == 0
