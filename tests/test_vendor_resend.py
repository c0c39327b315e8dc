"""Resend: what its words mean, whom it hides, and how slowly it is asked."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import resend_account, resend_deliveries, resend_sending
from providers.base import Source
from providers.errors import BadAnswer, RateLimited
from providers.fields import Fields
from providers.harvest import Harvest
from providers.limiter import Limiter
from providers.personal import masked, recipients
from providers.resend_mapping import broadcast_of, email_of
from providers.system_readings import Condition, Record, SystemReading
from providers.text import Foreign
from tests import vendor_data_resend as data
from tests.fakes import ManualClock
from tests.vendor_rig import by_path
from tests.vendor_rigs import client, numbers_of
from tests.vendor_rigs_resend import SENDING, deliveries, sending
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server
from tui import wire_resend
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.config.model import Config
from tui.wire_clients import clients


def fields(value: Any) -> Fields:
    return Fields(value, "Resend", "test")


async def read(build: Any, answer: Answering) -> Harvest:
    async with vendor_server(answer) as server, client(server.url, clock=ManualClock()) as api:
        source: Source = build(api)
        return await source.read()


def told(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def records(harvest: Harvest, key: str) -> tuple[Record, ...]:
    return next(one.records for one in told(harvest).sections if one.key == key)


def reasons(harvest: Harvest) -> dict[str, str]:
    return {one.metric: one.reason for one in harvest.numbers if one.value is None}


def counts(*emails: Any, **totals: float) -> Answering:
    return by_path(
        (("/emails/metrics", data.metrics(**totals)), ("/emails", data.listing(*emails)))
    )


def below(**changed: Any) -> Answering:
    """Healthy answers about sending, some of them others: `domains=…`."""

    def answer(asked: Asked) -> Reply:
        body = changed.get(asked.path.rpartition("/")[2].replace("-", "_"))
        if isinstance(body, Reply):
            return body
        if body is not None:
            return json_reply(body)
        found = by_path(SENDING)(asked)
        assert isinstance(found, Reply)
        return found

    return answer


async def test_deliveries() -> None:
    harvest = await read(deliveries, counts(data.email(), sent=214, delivered=196, bounced=4))

    found = numbers_of(harvest)
    assert found["emails_sent_1h"] == 214
    assert found["emails_settled_1h"] == 200, "those under way count neither way"
    assert found["email_delivery_percent_1h"] == 98
    assert found["email_bounce_percent_24h"] == pytest.approx(100 * 4 / 214)
    assert told(harvest).condition is Condition.NOTABLE
    assert told(harvest).summary.text == (
        "last hour: 214 sent, 98.0 % delivered, 4 bounced; 24 h 98.0 %"
    )


async def test_nothing_sent_is_no_share() -> None:
    nothing = dict.fromkeys(("sent", "delivered", "bounced", "complained", "failed"), 0)
    harvest = await read(deliveries, counts(**nothing))

    assert numbers_of(harvest)["emails_sent_1h"] == 0
    assert numbers_of(harvest)["email_delivery_percent_1h"] is None
    assert reasons(harvest)["email_delivery_percent_1h"] == "no e-mail in that time"
    assert told(harvest).summary.text == "last hour: no e-mail"
    assert told(harvest).condition is Condition.FINE


async def test_nothing_arrives() -> None:
    harvest = await read(deliveries, counts(sent=9, delivered=0, bounced=7, complained=0))

    assert told(harvest).condition is Condition.BROKEN


async def test_a_metric_that_is_not_counted_is_no_zero() -> None:
    body = data.metrics()
    body["totals"] = {"sent": 20, "delivered": 19}
    answer = by_path((("/emails/metrics", body), ("/emails", data.listing())))
    harvest = await read(deliveries, answer)

    assert numbers_of(harvest)["emails_bounced_1h"] is None
    assert numbers_of(harvest)["email_delivery_percent_1h"] is None
    assert reasons(harvest)["emails_bounced_1h"] == "Resend does not count these"
    assert told(harvest).condition is Condition.UNKNOWN
    assert told(harvest).summary.text == "last hour: Resend does not count deliveries"


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        ("delivered", Condition.FINE),
        ("delivery_delayed", Condition.DEGRADED),
        ("bounced", Condition.DEGRADED),
        ("complained", Condition.DEGRADED),
        ("failed", Condition.BROKEN),
        ("suppressed", Condition.NOTABLE),
        ("pondering", Condition.UNKNOWN),
    ],
)
async def test_the_state_of_an_email(state: str, condition: Condition) -> None:
    harvest = await read(deliveries, counts(data.email(last_event=state)))

    (shown,) = records(harvest, "emails")
    assert shown.condition is condition
    assert shown.state.text == state
    assert dict(shown.details)["to"].text == "d…@example.test"


async def test_emails_that_are_not_given_do_not_blind_the_counts() -> None:
    answer = by_path((("/emails/metrics", data.metrics()), ("/emails", {})))
    harvest = await read(deliveries, answer)

    assert numbers_of(harvest)["emails_sent_1h"] == 214
    assert [one.key for one in told(harvest).sections if one.blind] == ["emails"]


async def test_counts_that_are_not_given_are_no_zero() -> None:
    def answer(asked: Asked) -> Reply:
        gone = asked.path.endswith("/metrics")
        return json_reply({}, 500) if gone else json_reply(data.listing(data.email()))

    harvest = await read(deliveries, answer)

    assert numbers_of(harvest)["emails_sent_1h"] is None
    assert "HTTP 500" in reasons(harvest)["email_delivery_percent_24h"]
    assert told(harvest).condition is Condition.UNKNOWN
    assert next(one for one in told(harvest).sections if one.key == "deliveries").blind


async def test_what_sending_stands_on() -> None:
    harvest = await read(sending, by_path(SENDING))

    assert numbers_of(harvest) == {
        "domains_not_verified": 0,
        "suppressions": 1,
        "api_calls_failed": 1,
    }
    assert told(harvest).summary.text == "1 domain verified, 1 suppressed addresses"
    assert records(harvest, "dns")[0].title.text == "DKIM TXT resend._domainkey"
    assert records(harvest, "suppressions")[0].title.text == "s…@example.test"
    assert records(harvest, "calls")[0].state.text == "HTTP 422"
    (shown,) = records(harvest, "broadcasts")
    assert dict(shown.details)["delivered"].text == "98.0 %"
    assert shown.change


@pytest.mark.parametrize(
    ("domain", "record", "condition"),
    [
        ("verified", "verified", Condition.NOTABLE),
        ("verified", "temporary_failure", Condition.DEGRADED),
        ("verified", "failed", Condition.DEGRADED),
        ("failed", "failed", Condition.BROKEN),
        ("verified", "never_heard_of", Condition.UNKNOWN),
    ],
)
async def test_a_domain_s_records(domain: str, record: str, condition: Condition) -> None:
    whole = data.whole_domain(data.record(status=record), status=domain)
    key = data.DOMAIN.replace("-", "_")
    harvest = await read(sending, below(**{key: whole}))

    assert told(harvest).condition is condition, "notable: a call was refused"
    assert numbers_of(harvest)["domains_not_verified"] == (domain != "verified")


async def test_a_domain_that_is_not_given_keeps_its_line() -> None:
    harvest = await read(sending, below(**{data.DOMAIN.replace("-", "_"): json_reply({}, 404)}))

    assert [each.title.text for each in records(harvest, "domains")] == ["localloop.com"]
    assert records(harvest, "dns") == ()
    assert "DNS records of 1 could not be read" in told(harvest).notices[0]


async def test_a_list_that_is_longer_than_a_page_has_no_number() -> None:
    longer = data.listing(data.suppression(), has_more=True)
    harvest = await read(sending, below(suppressions=longer))

    assert numbers_of(harvest)["suppressions"] is None
    assert "1 or more suppressed" in told(harvest).summary.text


async def test_quotas_are_told_apart() -> None:
    said = {"statusCode": 429, "name": "daily_quota_exceeded", "message": "Used up for today"}
    with pytest.raises(RateLimited, match=r"daily_quota_exceeded.*Used up for today"):
        await read(deliveries, lambda _asked: json_reply(said, 429, Retry_After="60"))


async def test_requests_leave_some_of_each_second_to_the_product() -> None:
    """Five a second are all there is for the product and us; of any second three are ours."""
    clock = ManualClock()
    most = ACCOUNT_KINDS["resend"].most_a_second
    limiter = Limiter(clock, most_a_second=most)
    begun: list[float] = []

    async def one() -> None:
        async with limiter.slot("Resend", "list e-mails"):
            begun.append(clock.now().tick_s)

    tasks = []
    for more in (1, 0, 4, 0, 3, 0, 0, 0, 0):
        tasks += [asyncio.create_task(one()) for _ in range(more)]
        for _turn in range(20):
            await asyncio.sleep(0)
        clock.advance(0.25)
    for _ in range(8):
        for _turn in range(20):
            await asyncio.sleep(0)
        clock.advance(0.25)
    await asyncio.gather(*tasks)

    assert most == 3
    assert [at - begun[0] for at in begun] == [0.0, 0.5, 0.5, 1.0, 1.5, 1.5, 2.0, 2.5]


async def test_the_account_s_client_is_built_so() -> None:
    config = Config.model_validate(
        {
            "version": 1,
            "secrets": {"resend": {"env": "RESEND_API_KEY"}},
            "accounts": {"mail": {"kind": "resend", "secret": "resend"}},
            "workspaces": {"w": {"title": "W", "environments": {"p": {"label": "P"}}}},
        }
    )
    api = clients(config, ManualClock()).apis["mail"]

    assert api._limiter._newest_tick_s.maxlen == 3


async def test_doctor() -> None:
    answer = by_path((("/domains", data.listing(data.domain())),))
    async with vendor_server(answer) as server, client(server.url) as api:
        view = await resend_account.describe(api)

    assert view.name.text == "the team of localloop.com"
    assert "no read-only key" in view.warnings[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sent_at": "", "scheduled_at": None}, "2026-11-18"),
        ({"sent_at": None, "scheduled_at": "2026-12-01 10:00:00+00"}, "2026-12-01"),
        ({"sent_at": None, "created_at": " "}, None),
    ],
)
def test_when_a_broadcast_goes_out(changes: Any, expected: str | None) -> None:
    at = broadcast_of(fields(data.broadcast(**changes))).at

    assert (None if at is None else f"{at:%Y-%m-%d}") == expected


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("dana@example.com", "d…@example.com"),
        ("Ticket for dana@example.com <b@c.de>", "Ticket for d…@example.com <b…@c.de>"),
        ("no address @ all", "no address @ all"),
        ("größe@example.com", "g…@example.com"),
    ],
)
def test_addresses_are_masked(said: str, shown: str) -> None:
    assert masked(Foreign(said)).text == shown


def test_recipients() -> None:
    assert recipients(()).text == ""
    named = recipients((Foreign("Dana Reyes <dana@example.com>"), Foreign("b@example.org")))
    assert named.text == "d…@example.com and 1 more"
    assert recipients((Foreign("Dana Reyes"),)).text == "…"


@given(
    name=st.from_regex(r"[a-z0-9._+-]{2,30}", fullmatch=True),
    host=st.from_regex(r"[a-z]{1,12}\.test", fullmatch=True),
    around=st.text(max_size=20),
)
def test_no_address_survives(name: str, host: str, around: str) -> None:
    shown = masked(Foreign(f"{around} {name}@{host} {around}")).text

    assert f"{name}@{host}" not in shown
    assert f" {name}@" not in shown


@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), st.lists, max_leaves=5))
def test_recipients_of_any_shape(to: Any) -> None:
    listed = isinstance(to, list) and all(isinstance(each, str) for each in to)
    if to is None or isinstance(to, str) or listed:
        assert isinstance(email_of(fields(data.email(to=to))).to, Foreign)
    else:
        with pytest.raises(BadAnswer, match=r"\$\.to"):
            email_of(fields(data.email(to=to)))


def test_the_numbers_of_the_configuration_are_those_of_the_sources() -> None:
    assert dict(wire_resend.METRICS) == {
        "": resend_deliveries.METRICS,
        "sending": resend_sending.METRICS,
    }
