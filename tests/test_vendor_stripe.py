"""Stripe: what its words mean, and which numbers come of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from providers import stripe_payments, stripe_returns, stripe_revenue, stripe_webhooks
from providers import stripe_tally as tallies
from providers.accounts import AccountView
from providers.base import Source
from providers.errors import ServerFailed, Unauthorized
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.money import decimals, major, money_words, sums
from providers.secrets import Secret
from providers.stripe import FAILED_EVENTS, MOST_PAGES_DAY
from providers.stripe_account import describe
from providers.stripe_mapping import charge_of, dispute_of, intent_of, refund_of, webhook_of
from providers.stripe_values import Outcome
from providers.system_readings import Condition, Record, SystemReading
from tests import vendor_data_stripe as data
from tests.fakes import ManualClock
from tests.vendor_rig import by_path
from tests.vendor_rigs import client, numbers_of
from tests.vendor_rigs_stripe import PAYMENTS, payments, returns, revenue, webhooks
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server
from tui import wire_stripe

NOW = datetime.fromtimestamp(data.T0_S + 60, UTC)


def fields(value: Any) -> Fields:
    return Fields(value, "Stripe", "test")


async def read(build: Any, answer: Answering, **options: Any) -> Harvest:
    clock = ManualClock(NOW)
    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        source: Source = build(api, **options)
        return await source.read()


def told(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def records(harvest: Harvest, key: str) -> tuple[Record, ...]:
    return next(one.records for one in told(harvest).sections if one.key == key)


def paths(**changed: Any) -> Answering:
    """Healthy answers, some of them others: `charges=…`."""
    bodies = {end.removeprefix("/"): body for end, body in PAYMENTS} | changed

    def answer(asked: Asked) -> Reply:
        body = bodies[asked.path.rpartition("/")[2]]
        return body if isinstance(body, Reply) else json_reply(body)

    return answer


def reasons(harvest: Harvest) -> dict[str, str]:
    return {one.metric: one.reason for one in harvest.numbers if one.value is None}


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({}, Outcome.DECLINED, "insufficient_funds"),
        ({"outcome": data.outcome("blocked", "highest_risk_level")}, Outcome.BLOCKED, None),
        ({"outcome": data.outcome("invalid")}, Outcome.ERROR, "card_declined"),
        ({"failure_code": "processing_error"}, Outcome.ERROR, "processing_error"),
        (
            {"failure_code": "card_declined", "outcome": data.outcome("issuer_declined", None)},
            Outcome.DECLINED,
            "card_declined",
        ),
        ({"outcome": None}, Outcome.DECLINED, "card_declined"),
        ({"outcome": None, "failure_code": None}, Outcome.FAILED, ""),
        ({"outcome": data.outcome("never_heard_of")}, Outcome.DECLINED, None),
        ({"failure_code": "expired_card"}, Outcome.DECLINED, "expired_card"),
        ({"status": "succeeded"}, Outcome.SUCCEEDED, ""),
        ({"status": "pending"}, Outcome.PENDING, ""),
        ({"status": "asleep"}, Outcome.UNKNOWN, ""),
    ],
)
def test_whose_fault_a_failure_is(changes: Any, outcome: Outcome, code: str | None) -> None:
    charge = charge_of(fields(data.failed(**changes)))

    assert charge.outcome is outcome
    assert code is None or charge.code == code


def test_of_a_customer_nothing_is_read() -> None:
    told_of = (
        repr(charge_of(fields(data.charge()))),
        repr(intent_of(fields(data.intent(receipt_email="dana@example.test")))),
        repr(refund_of(fields(data.refund(instructions_email="dana@example.test")))),
        repr(dispute_of(fields(data.dispute(evidence={"customer_name": "Dana Reyes"})))),
    )
    assert all("dana" not in each.lower() for each in told_of)


def test_a_webhook_s_address_is_shown_without_what_may_be_secret() -> None:
    assert webhook_of(fields(data.webhook())).where.text == "https://localloop.com/api/stripe"
    odd = data.webhook(url="https://me:pass@h.test:8443/a?b#c")
    assert webhook_of(fields(odd)).where.text == "https://h.test:8443/a"
    assert webhook_of(fields(data.webhook(url="https://[half"))).where.text == ""


async def test_the_last_hour() -> None:
    old = data.T0_S - 1_800
    charges = data.charges(
        data.failed("ch_1"),
        data.failed("ch_2", "blocked"),
        data.charge("ch_3"),
        data.charge("ch_4", status="pending"),
        data.failed("ch_5", failure_code="processing_error", created=old),
        data.charge("ch_6", created=old),
    )
    harvest = await read(payments, paths(charges=charges))

    found = numbers_of(harvest)
    assert found["payment_attempts_15m"] == 3
    assert found["payments_failed_15m"] == 2
    assert found["payments_declined_15m"] == 1
    assert found["payments_errors_15m"] == 0
    assert found["payment_attempts_1h"] == 5
    assert found["payments_failed_1h"] == 3
    assert found["payments_errors_1h"] == 1
    assert found["payment_failures_percent_1h"] == 60
    assert found["balance_reachable"] == 1
    assert told(harvest).condition is Condition.NOTABLE
    assert told(harvest).summary.text.startswith("live mode, last hour 5 attempts, 3 failed: ")
    assert [each.id for each in records(harvest, "failures")] == ["ch_1", "ch_2", "ch_5"]
    assert records(harvest, "failures")[2].condition is Condition.DEGRADED


async def test_no_attempt_is_no_share() -> None:
    harvest = await read(payments, paths(charges=data.charges()))

    found = numbers_of(harvest)
    assert found["payment_attempts_1h"] == 0
    assert found["payment_failures_percent_1h"] is None
    assert reasons(harvest)["payment_failures_percent_1h"] == "no attempt in that time"
    assert told(harvest).condition is Condition.FINE


@pytest.mark.parametrize(
    ("failed", "good", "condition"),
    [(5, 0, Condition.BROKEN), (4, 0, Condition.NOTABLE), (5, 1, Condition.NOTABLE)],
)
async def test_payments_are_down(failed: int, good: int, condition: Condition) -> None:
    charges = [data.failed(f"ch_{number}") for number in range(failed)]
    charges += [data.charge(f"ch_ok{number}") for number in range(good)]

    harvest = await read(payments, paths(charges=data.charges(*charges)))

    assert told(harvest).condition is condition


async def test_states_that_nobody_knows_are_no_zero_and_not_fine() -> None:
    charges = data.charges(data.charge(status="asleep"), data.charge("ch_2"))
    hour = await read(payments, paths(charges=charges))
    day = await read(revenue, by_path((("/charges", charges),)))

    for harvest in (hour, day):
        assert told(harvest).condition is Condition.UNKNOWN
        assert "a state that we have no word for" in told(harvest).summary.text
        assert "nothing" not in told(harvest).summary.text
    for name in ("payment_attempts_1h", "payments_failed_15m", "payment_failures_percent_1h"):
        assert numbers_of(hour)[name] is None
        assert "no word for" in reasons(hour)[name]
    for name in ("payment_attempts_24h", "payments_24h", "revenue_24h"):
        assert numbers_of(day)[name] is None
        assert "no word for" in reasons(day)[name]


async def test_test_mode_is_shown() -> None:
    harvest = await read(payments, paths(balance=data.balance(live=False)))

    assert told(harvest).summary.text.startswith("TEST mode")
    assert told(harvest).condition is Condition.NOTABLE
    assert "/test/payments/" in records(harvest, "failures")[0].url


@pytest.mark.parametrize(
    ("status", "reachable", "condition"),
    [(500, 0.0, Condition.DEGRADED), (403, None, Condition.NOTABLE)],
)
async def test_a_balance_that_is_not_given_does_not_blind_the_rest(
    status: int, reachable: float | None, condition: Condition
) -> None:
    refused = json_reply({"error": {"type": "api_error", "message": "no such luck"}}, status)
    charges = data.charges(data.charge())
    harvest = await read(payments, paths(balance=refused, charges=charges))

    blind = [one for one in told(harvest).sections if one.blind]
    assert [one.key for one in blind] == ["balance"]
    assert "no such luck" in blind[0].blind
    assert numbers_of(harvest)["balance_reachable"] == reachable
    assert numbers_of(harvest)["payment_attempts_1h"] == 1
    assert told(harvest).condition is condition
    assert told(harvest).summary.text.startswith("mode not known")


async def test_charges_that_are_not_given_are_no_zero() -> None:
    harvest = await read(payments, paths(charges=json_reply({}, 503)))

    found = numbers_of(harvest)
    assert found["payment_attempts_1h"] is None
    assert "HTTP 503" in reasons(harvest)["payments_failed_15m"]
    assert told(harvest).condition is Condition.UNKNOWN


async def test_an_api_error_and_a_payment_that_hangs() -> None:
    broken = {"type": "api_error", "code": "processing_error", "message": "x"}
    intents = data.listing(
        "/v1/payment_intents",
        data.intent("pi_1", status="requires_payment_method", last_payment_error=broken),
        data.intent("pi_2", status="processing", created=data.T0_S - 3_000),
        data.intent("pi_3", status="processing"),
        data.intent("pi_4", last_payment_error={"type": "card_error", "code": "card_declined"}),
        data.intent("pi_5", last_payment_error=broken),
    )
    harvest = await read(payments, paths(payment_intents=intents, charges=data.charges()))

    shown = {each.id: each.condition for each in records(harvest, "intents")}
    assert shown == {
        "pi_1": Condition.DEGRADED,
        "pi_2": Condition.NOTABLE,
        "pi_5": Condition.FINE,
    }
    assert numbers_of(harvest)["payments_broken_1h"] == 2
    assert told(harvest).condition is Condition.NOTABLE


async def test_what_is_asked_for() -> None:
    clock = ManualClock(NOW)
    async with vendor_server(paths()) as server, client(server.url, clock=clock) as api:
        await payments(api).read()

    asked = {each.path.rpartition("/")[2]: each for each in server.asked}
    hour_ago = str(int((NOW - timedelta(hours=1)).timestamp()))
    assert asked["charges"].value("created[gte]") == hour_ago
    types = [value for name, value in asked["events"].query if name == "types[]"]
    assert tuple(types) == FAILED_EVENTS
    assert len(FAILED_EVENTS) <= 20
    assert asked["balance"].query == ()


async def test_webhooks_and_what_did_not_arrive() -> None:
    answer = by_path(
        (
            (
                "/webhook_endpoints",
                data.listing("/v1", data.webhook("we_1"), data.webhook("we_2", status="disabled")),
            ),
            (
                "/events",
                data.listing(
                    "/v1",
                    data.event("evt_1", pending_webhooks=1),
                    data.event("evt_2", pending_webhooks=2, created=data.T0_S - 1_000),
                ),
            ),
        )
    )
    harvest = await read(webhooks, answer)

    assert numbers_of(harvest) == {
        "webhooks": 2,
        "webhooks_disabled": 1,
        "events_undelivered": 1,
    }
    assert told(harvest).condition is Condition.DEGRADED
    assert told(harvest).summary.text == "2 webhooks, 1 DISABLED, 1 undelivered events"
    assert records(harvest, "webhooks")[0].id == "we_2"
    assert [each.id for each in records(harvest, "undelivered")] == ["evt_2"]


async def test_an_outage_of_the_webhooks_is_a_number() -> None:
    pages: list[str | None] = []

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/webhook_endpoints"):
            return json_reply(data.listing("/v1", data.webhook()))
        pages.append(asked.value("starting_after"))
        late = {"pending_webhooks": 1, "created": data.T0_S - 5_000}
        events = [data.event(f"evt_{len(pages)}_{n}", **late) for n in range(100)]
        return json_reply(data.listing("/v1", *events, has_more=True))

    harvest = await read(webhooks, answer)

    assert len(pages) == 5
    assert numbers_of(harvest)["events_undelivered"] == 500
    assert "500 or more undelivered events" in told(harvest).summary.text
    assert told(harvest).condition is Condition.DEGRADED


async def test_a_webhook_in_a_state_nobody_knows() -> None:
    hooks = data.listing("/v1", data.webhook(status="resting"))
    answer = by_path((("/webhook_endpoints", hooks), ("/events", data.listing("/v1"))))
    harvest = await read(webhooks, answer)

    assert told(harvest).condition is Condition.UNKNOWN
    assert records(harvest, "webhooks")[0].state.text == "resting"


async def test_refunds_and_disputes() -> None:
    late = data.T0_S + 86_400
    disputes = (
        data.dispute("dp_1", status="won"),
        data.dispute("dp_2", status="under_review"),
        data.dispute("dp_3", evidence_details={"due_by": late}),
        data.dispute("dp_4"),
        data.dispute("dp_5", status="half_open"),
    )
    refunds = (
        data.refund("re_1"),
        data.refund("re_2", status="failed", failure_reason="expired_or_canceled_card"),
        data.refund("re_3", currency="jpy", amount=900),
    )
    answer = by_path(
        (
            ("/disputes", data.listing("/v1", *disputes)),
            ("/refunds", data.listing("/v1", *refunds)),
        )
    )
    harvest = await read(returns, answer)

    assert numbers_of(harvest) == {
        "disputes_open": 4,
        "disputes_needing_response": 2,
        "refunds_24h": 3,
        "refunds_failed_24h": 1,
    }
    shown = {each.id: each.condition for each in records(harvest, "disputes")}
    assert shown == {
        "dp_1": Condition.FINE,
        "dp_2": Condition.NOTABLE,
        "dp_3": Condition.BROKEN,
        "dp_4": Condition.DEGRADED,
        "dp_5": Condition.UNKNOWN,
    }
    assert records(harvest, "disputes")[0].id == "dp_3", "the most urgent first"
    assert records(harvest, "refunds")[0].state.text == "failed expired_or_canceled_card"
    assert told(harvest).condition is Condition.DEGRADED
    assert "48.00 EUR, 900 JPY, 1 FAILED" in told(harvest).summary.text


async def test_a_refund_in_a_state_nobody_knows() -> None:
    refunds = data.listing("/v1", data.refund(status="dreaming"))
    answer = by_path((("/disputes", data.listing("/v1")), ("/refunds", refunds)))
    harvest = await read(returns, answer)

    assert told(harvest).condition is Condition.UNKNOWN
    assert records(harvest, "refunds")[0].condition is Condition.UNKNOWN


async def test_revenue_by_currency() -> None:
    charges = data.charges(
        data.charge("ch_1", amount_refunded=400),
        data.charge("ch_2", created=data.T0_S - 50_000),
        data.charge("ch_3", currency="jpy", amount=3_000, amount_captured=3_000),
        data.charge("ch_4", amount_captured=0, captured=False),
        data.failed("ch_5"),
        data.charge("ch_6", status="pending"),
    )
    harvest = await read(revenue, by_path((("/charges", charges),)))

    assert numbers_of(harvest)["revenue_24h"] == 44
    assert numbers_of(harvest)["payments_24h"] == 4
    first, second = records(harvest, "revenue")
    assert (first.title.text, first.state.text) == ("EUR", "44.00 EUR")
    assert dict(first.details)["last 12 h"].text == "20.00 EUR"
    assert dict(first.details)["12 h before"].text == "24.00 EUR"
    assert (second.title.text, second.state.text) == ("JPY", "3,000 JPY")
    assert records(harvest, "reasons")[0].title.text == "insufficient_funds"


@pytest.mark.parametrize(
    ("currency", "charges", "value", "reason"),
    [
        ("", [data.charge(), data.charge("c2", currency="usd")], None, "not added"),
        ("", [data.charge()], 24.0, ""),
        ("", [], None, "no currency"),
        ("usd", [data.charge()], 0.0, ""),
    ],
)
async def test_currencies_are_never_added(
    currency: str, charges: list[Any], value: float | None, reason: str
) -> None:
    answer = by_path((("/charges", data.charges(*charges)),))
    harvest = await read(revenue, answer, currency=currency)

    assert numbers_of(harvest)["revenue_24h"] == value
    assert reason in reasons(harvest).get("revenue_24h", "")


async def test_more_charges_than_are_read() -> None:
    pages: list[str] = []

    def answer(asked: Asked) -> Reply:
        number = len(pages)
        pages.append(asked.value("starting_after") or "")
        page = [data.charge(f"ch_{number}_{place}") for place in range(3)]
        return json_reply(data.charges(*page, has_more=True))

    harvest = await read(revenue, answer)

    assert len(pages) == MOST_PAGES_DAY
    assert numbers_of(harvest)["revenue_24h"] is None
    assert numbers_of(harvest)["payment_attempts_24h"] is None
    assert numbers_of(harvest)["payment_failures_percent_24h"] == 0, "a share of the newest"
    assert told(harvest).notices == (f"only the newest {MOST_PAGES_DAY * 3} charges read",)


async def test_pages_that_go_round_in_a_circle() -> None:
    pages: list[str | None] = []

    def answer(asked: Asked) -> Reply:
        pages.append(asked.value("starting_after"))
        return json_reply(data.charges(data.charge("ch_1"), has_more=True))

    harvest = await read(revenue, answer)

    assert pages == [None, "ch_1"]
    assert numbers_of(harvest)["revenue_24h"] is None


async def test_one_charge_that_cannot_be_read_is_left_out_and_said() -> None:
    charges = data.charges(data.charge(), data.charge("ch_2", amount="much"))
    harvest = await read(payments, paths(charges=charges))

    assert numbers_of(harvest)["payment_attempts_1h"] is None, "one too few would be a wrong number"
    assert "1 charge could not be read" in told(harvest).notices[0]


def test_the_numbers_of_the_configuration_are_those_of_the_sources() -> None:
    assert dict(wire_stripe.METRICS) == {
        "": stripe_payments.METRICS,
        "webhooks": stripe_webhooks.METRICS,
        "returns": stripe_returns.METRICS,
        "revenue": stripe_revenue.METRICS,
    }


@pytest.mark.parametrize(
    ("amount", "currency", "words", "number"),
    [
        (1_250, "eur", "12.50 EUR", 12.5),
        (-1_250, "eur", "-12.50 EUR", -12.5),
        (1_250, "jpy", "1,250 JPY", 1_250.0),
        (1_250, "kwd", "1.250 KWD", 1.25),
        (5, "usd", "0.05 USD", 0.05),
        (123_456_789, "usd", "1,234,567.89 USD", 1_234_567.89),
    ],
)
def test_money(amount: int, currency: str, words: str, number: float) -> None:
    assert money_words(amount, currency) == words
    assert major(amount, currency) == pytest.approx(number)


@given(st.lists(st.tuples(st.sampled_from(("eur", "usd", "jpy")), st.integers(-(10**9), 10**9))))
def test_sums_keep_currencies_apart(amounts: list[tuple[str, int]]) -> None:
    totals = sums(amounts)

    assert set(totals) == {currency for currency, _ in amounts}
    for currency, total in totals.items():
        assert total == sum(amount for each, amount in amounts if each == currency)


@given(st.integers(-(2**63), 2**63), st.sampled_from(("eur", "jpy", "kwd")))
def test_money_in_words_loses_nothing(amount: int, currency: str) -> None:
    digits = money_words(amount, currency).rpartition(" ")[0].replace(",", "").replace(".", "")

    assert int(digits) == amount
    assert decimals(currency.upper()) == decimals(currency)


@given(st.lists(st.sampled_from(list(Outcome))))
def test_every_attempt_is_counted_once(outcomes: list[Outcome]) -> None:
    charge = charge_of(fields(data.charge()))
    counted = tallies.tally([replace(charge, outcome=each) for each in outcomes])

    ended = [each for each in outcomes if each not in {Outcome.PENDING, Outcome.UNKNOWN}]
    assert counted.attempts == len(ended)
    assert counted.failed == len(ended) - counted.succeeded
    assert counted.declined + counted.blocked + counted.errors <= counted.failed


async def account(key: str, answer: Answering) -> AccountView:
    async def credential() -> Secret:
        return Secret(key)

    async with vendor_server(answer) as server:
        api = Api(system="Stripe", base_url=server.url, clock=ManualClock(NOW), secret=credential)
        return await describe(api)


LISTS = by_path((("/balance", data.balance()), ("", data.listing("/v1"))))


@pytest.mark.parametrize(
    ("key", "warned"),
    [
        ("rk_live_0123456789", ""),
        ("sk_live_0123456789", "a secret key may do everything"),
        ("pk_live_0123456789", "neither restricted"),
    ],
)
async def test_a_key_that_is_too_wide(key: str, warned: str) -> None:
    view = await account(key, LISTS)

    assert view.name.text == "live mode"
    assert len(view.scopes) == 7
    assert [warned in each for each in view.warnings] == ([True] if warned else [])


async def test_a_key_that_is_too_narrow() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/v1/disputes":
            said = {"type": "invalid_request_error", "message": "no permission"}
            return json_reply({"error": said}, 403)
        found = LISTS(asked)
        assert isinstance(found, Reply)
        return found

    view = await account("rk_live_0123456789", answer)

    assert "read Disputes" not in view.scopes
    assert view.warnings == ("it may not read Disputes: give the restricted key Read on these",)


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (500, ServerFailed)])
async def test_a_key_that_opens_nothing(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await account("rk_live_0123456789", lambda _asked: json_reply({}, status))
