"""Stripe, Resend and Google Calendar: what we send, and any answer that their files allow."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers import (
    google_account,
    google_mapping,
    resend_account,
    resend_values,
    stripe_account,
    stripe_values,
)
from providers.base import Source
from providers.errors import RateLimited, Unauthorized
from providers.system_readings import Condition, SystemReading
from tests import vendor_data_google as calendar_data
from tests import vendor_data_resend as mail_data
from tests import vendor_data_stripe as money_data
from tests.contract.answers import made
from tests.contract.held import held
from tests.contract.specification import specification
from tests.vendor_rig import by_path
from tests.vendor_rigs import shifted_clock
from tests.vendor_rigs_google import agenda, reach
from tests.vendor_rigs_resend import DELIVERIES, SENDING, deliveries, sending
from tests.vendor_rigs_stripe import (
    CHARGES,
    PAYMENTS,
    RETURNS,
    WEBHOOKS,
    payments,
    returns,
    revenue,
    webhooks,
)
from tests.vendor_server import Asked, Reply, json_reply

pytestmark = pytest.mark.contract

SEEDS = st.integers(min_value=0, max_value=2**32)
THOROUGH = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


async def whole(source: Source) -> SystemReading:
    """A reading of which nothing was left out."""
    reading = (await source.read()).payload
    assert isinstance(reading, SystemReading)
    assert [section.blind for section in reading.sections if section.blind] == []
    assert [notice for notice in reading.notices if "could not be read" in notice] == []
    return reading


STRIPE = [
    (payments, PAYMENTS, 4),
    (webhooks, WEBHOOKS, 2),
    (returns, RETURNS, 2),
    (revenue, (CHARGES,), 1),
]


@pytest.mark.parametrize(("build", "bodies", "requests"), STRIPE)
async def test_stripe_requests(build: Any, bodies: Any, requests: int) -> None:
    async with held("stripe", by_path(bodies), clock=shifted_clock()) as (api, keeper):
        await whole(build(api))

    assert len(keeper.asked) == requests
    assert all(asked.method == "GET" for asked in keeper.asked)


async def test_stripe_s_next_page() -> None:
    def answer(asked: Asked) -> Reply:
        older = asked.value("starting_after") == "ch_1"
        found = money_data.charge("ch_2" if older else "ch_1")
        return json_reply(money_data.charges(found, has_more=not older))

    async with held("stripe", answer, clock=shifted_clock()) as (api, keeper):
        await whole(revenue(api))

    assert [asked.value("starting_after") for asked in keeper.asked] == [None, "ch_1"]


@pytest.mark.parametrize(
    ("build", "bodies", "requests"), [(deliveries, DELIVERIES, 3), (sending, SENDING, 6)]
)
async def test_resend_requests(build: Any, bodies: Any, requests: int) -> None:
    async with held("resend", by_path(bodies), clock=shifted_clock()) as (api, keeper):
        await whole(build(api))

    assert len(keeper.asked) == requests


@pytest.mark.parametrize("name", ["primary", "events@localloop.com", "odd / name?#größe"])
async def test_google_requests(name: str) -> None:
    bodies = (
        ("/calendarList", calendar_data.calendars(calendar_data.calendar(name))),
        ("/events", calendar_data.events(calendar_data.event())),
    )
    clock = shifted_clock()
    async with held("google-calendar", by_path(bodies), clock=clock) as (api, keeper):
        await whole(reach(api, name))
        await whole(agenda(api, name))

    assert len(keeper.asked) == 2


async def test_google_s_next_page() -> None:
    def answer(asked: Asked) -> Reply:
        more = {} if asked.value("pageToken") else {"nextPageToken": "two / zwei"}
        return json_reply(calendar_data.calendars(calendar_data.calendar(), **more))

    async with held("google-calendar", answer) as (api, keeper):
        await whole(reach(api))

    assert [asked.value("pageToken") for asked in keeper.asked] == [None, "two / zwei"]


async def test_accounts() -> None:
    async with held("stripe", by_path((*RETURNS, *WEBHOOKS, *PAYMENTS))) as (api, keeper):
        assert (await stripe_account.describe(api)).name.text == "live mode"
    assert len(keeper.asked) == 7
    async with held("resend", by_path(SENDING)) as (api, _keeper):
        assert (await resend_account.describe(api)).scopes == ("full access",)
    answer = by_path((("/calendarList", calendar_data.calendars(calendar_data.calendar())),))
    async with held("google-calendar", answer) as (api, _keeper):
        assert (await google_account.describe(api)).system == "Google"


def named(listing: Any, items: str, prefix: str) -> Any:
    for number, item in enumerate(listing[items]):
        item["id"] = f"{prefix}{number}"
    return listing


@given(seed=SEEDS)
@THOROUGH
async def test_stripe_any_answer(seed: int) -> None:
    lists = {
        path: named(made("stripe", f"/v1{path}", seed), "data", path[1:4])
        | {"has_more": False, "url": f"/v1{path}"}
        for path in (
            *("/charges", "/payment_intents", "/events", "/webhook_endpoints"),
            *("/disputes", "/refunds"),
        )
    }
    bodies = (*lists.items(), ("/balance", made("stripe", "/v1/balance", seed)))
    async with held("stripe", by_path(bodies), clock=shifted_clock()) as (api, _keeper):
        for build in (payments, webhooks, returns, revenue):
            await whole(build(api))


@given(seed=SEEDS)
@THOROUGH
async def test_resend_any_answer(seed: int) -> None:
    """Its file requires no field and gives times no format: what nobody lives without is put in."""
    at, id_ = {"created_at": mail_data.AT}, {"id": mail_data.DOMAIN}
    needed: dict[str, dict[str, Any]] = {
        "/emails": {**at, **id_},
        "/suppressions": {**at, **id_, "email": "a@b.test", "source_id": "s"},
        "/broadcasts": {**at, **id_, "scheduled_at": "", "sent_at": mail_data.AT},
        "/logs": {**at, **id_, "response_status": 200},
        "/domains": {**at, **id_, "name": "b.test"},
    }
    bodies = []
    for path, fields in needed.items():
        listing = made("resend", path, seed)
        listing["data"] = [item | fields for item in listing.get("data", [])]
        bodies.append((path, listing))
    metrics = made("resend", "/emails/metrics", seed) | {"totals": {"sent": 1}, "data": []}
    whole_domain = made("resend", "/domains/{domain_id}", seed) | needed["/domains"]
    bodies = [("/emails/metrics", metrics), *bodies, (mail_data.DOMAIN, whole_domain)]
    async with held("resend", by_path(tuple(bodies)), clock=shifted_clock()) as (api, _keeper):
        await whole(deliveries(api))
        await whole(sending(api))


@given(seed=SEEDS)
@THOROUGH
async def test_google_any_answer(seed: int) -> None:
    """Its file requires nothing at all, not even an identity."""
    answers: dict[str, Any] = {
        "/calendarList": made("google-calendar", "/users/me/calendarList", seed),
        "/events": made("google-calendar", "/calendars/{calendarId}/events", seed),
    }
    for answer in answers.values():
        answer.pop("nextPageToken", None)
        answer.setdefault("items", [])
        named(answer, "items", "id-")
    bodies = tuple(answers.items())
    clock = shifted_clock()
    async with held("google-calendar", by_path(bodies), clock=clock) as (api, _keeper):
        await whole(reach(api))
        await whole(agenda(api))


def words(vendor: str, template: str, *path: str) -> set[str]:
    """The enumeration at a path into an answer's schema; `[]` steps into a list."""
    spec = specification(vendor)
    schema: Any = spec.dereferenced(spec.schema(template))
    for step in path:
        inner = schema["items"] if step == "[]" else schema["properties"][step]
        schema = spec.dereferenced(inner)
    return set(schema["enum"]) - {None}


def test_every_state_of_the_vendors_is_known() -> None:
    charges = words("stripe", "/v1/charges", "data", "[]", "status")
    assert charges == set(stripe_values.CHARGES)
    disputes = words("stripe", "/v1/disputes", "data", "[]", "status")
    assert disputes <= set(stripe_values.DISPUTES)
    intents = words("stripe", "/v1/payment_intents", "data", "[]", "status")
    assert intents == set(stripe_values.INTENTS)
    emails = words("resend", "/emails", "data", "[]", "last_event")
    assert emails == set(resend_values.EMAILS)
    domains = words("resend", "/domains", "data", "[]", "status")
    assert domains == set(resend_values.DOMAINS)
    records = words("resend", "/domains/{domain_id}", "records", "[]", "status")
    assert records == set(resend_values.RECORDS)
    origins = words("resend", "/suppressions", "data", "[]", "origin")
    assert origins == set(resend_values.SUPPRESSIONS)
    assert google_mapping.STATUSES["cancelled"] is Condition.NOTABLE


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("rateLimitExceeded", RateLimited),
        ("userRateLimitExceeded", RateLimited),
        ("quotaExceeded", RateLimited),
        ("insufficientPermissions", Unauthorized),
        ("accessNotConfigured", Unauthorized),
    ],
)
async def test_google_s_two_kinds_of_403(reason: str, kind: type[Exception]) -> None:
    refused = json_reply(calendar_data.refusal(403, reason, "told so"), 403)
    async with held("google-calendar", lambda _asked: refused) as (api, keeper):
        with pytest.raises(kind) as caught:
            await reach(api).read()
        first = len(keeper.asked)
        if kind is RateLimited:
            with pytest.raises(RateLimited, match="told to wait"):
                await reach(api).read()

    assert type(caught.value) is kind
    assert "told so" in str(caught.value)
    assert first == len(keeper.asked) == 1
