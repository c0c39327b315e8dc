"""The demo's Stripe, Resend and Google remember, and refuse as the real ones do."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from demo.incident import INCIDENT, Incident
from demo.trade_world import CLIENT_ID
from demo.vendors.google_state import EVENTS
from demo.vendors.stripe_state import Payment, Stripe
from tests.demo_rig import Stage, ok

CALENDAR = f"/calendar/v3/calendars/{EVENTS}"


def stripe_of(stage: Stage) -> Stripe:
    state = stage.estate.trade.stripe["localloop"]
    state.look()
    return state


def good(state: Stripe) -> Payment:
    return next(each for each in state.newest_payments() if not each.failure)


def error(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["error"]


async def test_stripe_refunds_until_nothing_is_left() -> None:
    stage = Stage()
    payment = good(stripe_of(stage))
    intent = {"payment_intent": f"pi_{payment.id}"}
    async with stage.client("stripe") as client:
        first = ok(await client.post("/v1/refunds", data={**intent, "amount": "100"}))
        rest = ok(await client.post("/v1/refunds", data=intent))
        again = await client.post("/v1/refunds", data=intent)
        charge = ok(await client.get(f"/v1/charges/ch_{payment.id}"))
        listed = ok(await client.get("/v1/refunds", params=intent))

    assert first["amount"] == 100
    assert rest["amount"] == payment.amount - 100
    assert error(again, 400)["code"] == "charge_already_refunded"
    assert charge["refunded"] is True
    assert charge["amount_refunded"] == payment.amount
    assert {each["id"] for each in listed["data"]} == {first["id"], rest["id"]}


async def test_stripe_carries_a_refund_out_once() -> None:
    stage = Stage()
    state = stripe_of(stage)
    form = {"payment_intent": f"pi_{good(state).id}", "amount": "100"}
    headers = {"idempotency-key": "one"}
    before = len(state.refunds)
    async with stage.client("stripe") as client:
        first = ok(await client.post("/v1/refunds", data=form, headers=headers))
        same = ok(await client.post("/v1/refunds", data=form, headers=headers))
        other = await client.post("/v1/refunds", data=form | {"amount": "200"}, headers=headers)

    assert first == same
    assert error(other, 400)["type"] == "idempotency_error"
    assert len(state.refunds) == before + 1


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"payment_intent": "pi_nobody"}, 404, "resource_missing"),
        ({"amount": "999999999"}, 400, "amount_too_large"),
        ({"amount": "much"}, 400, "parameter_invalid_integer"),
        ({"reason": "whim"}, 400, "parameter_invalid"),
    ],
)
async def test_stripe_refuses(form: dict[str, str], status: int, code: str) -> None:
    stage = Stage()
    whole = {"payment_intent": f"pi_{good(stripe_of(stage)).id}"} | form
    async with stage.client("stripe") as client:
        answer = await client.post("/v1/refunds", data=whole)

    assert error(answer, status)["code"] == code


async def test_stripe_keys_and_bodies() -> None:
    stage = Stage()
    form = {"payment_intent": f"pi_{good(stripe_of(stage)).id}"}
    async with stage.client("stripe", stage.credentials.stripe_localloop) as reading:
        assert "permissions" in error(await reading.post("/v1/refunds", data=form), 403)["message"]
        assert ok(await reading.get("/v1/balance"))["livemode"] is True
        unknown = await reading.get("/v1/charges", params={"colour": "red"})
        assert error(unknown, 400)["code"] == "parameter_unknown"
        error(await reading.get("/v1/charges", params={"limit": "500"}), 400)
        error(await reading.get("/v2/charges"), 404)
    async with stage.client("stripe") as writing:
        error(await writing.post("/v1/refunds", json=form), 415)
    async with stage.client("stripe", "rk_live_of_nobody") as stranger:
        assert "rk_live_of_nobody" not in str(error(await stranger.get("/v1/balance"), 401))


async def test_stripe_accounts_are_apart() -> None:
    stage = Stage()
    payment = good(stripe_of(stage))
    async with stage.client("stripe", stage.credentials.stripe_lma) as client:
        error(await client.get(f"/v1/charges/ch_{payment.id}"), 404)


async def test_stripe_cancels_what_did_not_succeed() -> None:
    stage = Stage()
    state = stripe_of(stage)
    failed = next(each for each in state.newest_payments() if each.failure)
    async with stage.client("stripe") as client:
        done = ok(await client.post(f"/v1/payment_intents/pi_{failed.id}/cancel"))
        again = await client.post(f"/v1/payment_intents/pi_{failed.id}/cancel")
        paid = await client.post(f"/v1/payment_intents/pi_{good(state).id}/cancel")

    assert done["status"] == "canceled"
    error(again, 400)
    error(paid, 400)


async def test_stripe_goes_on_by_itself() -> None:
    stage = Stage()
    state = stripe_of(stage)
    newest = next(state.newest_payments()).at
    stage.clock.advance(3_600)
    state.look()

    assert next(state.newest_payments()).at > newest
    assert 15 < sum(each.at > newest for each in state.payments.values()) < 70


async def test_lma_s_payments_suffer_with_its_api_and_localloop_s_do_not() -> None:
    stage = Stage()
    lma, other = stage.estate.trade.stripe["lma"], stripe_of(stage)
    pulse = stage.services.pulses["production"]
    async with stage.client("stripe", stage.credentials.stripe_lma) as client:
        lma.look()
        lma.per_minute = 12
        Incident(INCIDENT, stage.estate).begin()
        for _ in range(120):
            stage.clock.advance(5)
            pulse.strain()
        undelivered = ok(await client.get("/v1/events", params={"delivery_success": "false"}))
    since = stage.clock.now().at - timedelta(minutes=8)
    hurt = [each for each in lma.payments.values() if each.at > since]

    assert any(each.failure.startswith("processing_error") for each in hurt)
    assert len(hurt) < 12 * 8 * 0.7, "half of the buyers never get as far as paying"
    assert undelivered["data"]
    other.look()
    assert not any(each.failure.startswith("processing") for each in other.payments.values())


async def test_resend_schedules_and_cancels() -> None:
    stage = Stage()
    stage.estate.trade.resend.look()
    mail = {"from": "LocalLoop <hello@localloop.com>", "to": "ana@example.com", "subject": "Hi"}
    later = f"{stage.clock.now().at + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    async with stage.client("resend") as client:
        sent = ok(await client.post("/emails", json=mail))["id"]
        planned = ok(await client.post("/emails", json=mail | {"scheduled_at": later}))["id"]
        assert ok(await client.get(f"/emails/{sent}"))["last_event"] == "queued"
        stage.clock.advance(60)
        assert ok(await client.get(f"/emails/{sent}"))["last_event"] == "delivered"
        assert ok(await client.get(f"/emails/{planned}"))["last_event"] == "scheduled"
        assert ok(await client.post(f"/emails/{planned}/cancel"))["last_event"] == "canceled"
        assert (await client.post(f"/emails/{sent}/cancel")).status_code == 422


async def test_resend_forgets_a_suppression_and_verifies_a_domain() -> None:
    stage = Stage()
    state = stage.estate.trade.resend
    state.look()
    state.records["DKIM"] = "failed"
    email = next(iter(state.suppressed.values())).email
    async with stage.client("resend") as client:
        domain = ok(await client.get("/domains"))["data"][0]
        assert domain["status"] == "partially_failed"
        ok(await client.post(f"/domains/{domain['id']}/verify"))
        assert ok(await client.get(f"/domains/{domain['id']}"))["status"] == "verified"
        assert ok(await client.delete(f"/suppressions/{email}"))["deleted"] is True
    assert email not in {each.email for each in state.suppressed.values()}


async def test_resend_s_keys_and_its_five_requests_a_second() -> None:
    stage = Stage()
    async with stage.client("resend", stage.credentials.resend_sending) as sender:
        refused = await sender.get("/emails")
        assert (refused.status_code, refused.json()["name"]) == (401, "restricted_api_key")
    stage.clock.advance(1)
    async with stage.client("resend") as client:
        answers = [await client.get("/domains") for _ in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[-1].json()["name"] == "rate_limit_exceeded"
    assert answers[0].headers["ratelimit-remaining"] == "4"


async def token(stage: Stage, client: httpx.AsyncClient) -> httpx.Response:
    words = stage.credentials
    form = {
        "grant_type": "refresh_token",
        "client_id": CLIENT_ID,
        "client_secret": words.google_client,
        "refresh_token": words.google_refresh,
    }
    return await client.post("/token", data=form)


async def test_google_s_tokens_end_and_only_read() -> None:
    stage = Stage()
    event = next(iter(stage.estate.trade.google.calendars[EVENTS].events))
    async with stage.client("google", "") as client:
        bought = ok(await token(stage, client))
        headers = {"authorization": f"Bearer {bought['access_token']}"}
        ok(await client.get("/calendar/v3/users/me/calendarList", headers=headers))
        write = await client.delete(f"{CALENDAR}/events/{event}", headers=headers)
        assert error(write, 403)["errors"][0]["reason"] == "insufficientPermissions"
        stage.clock.advance(bought["expires_in"] + 1)
        late = await client.get("/calendar/v3/users/me/calendarList", headers=headers)
        assert error(late, 401)["errors"][0]["reason"] == "authError"
        stage.estate.trade.google.revoke()
        assert (await token(stage, client)).json()["error"] == "invalid_grant"


async def test_google_cancels_an_event() -> None:
    stage = Stage()
    event, other, *_ = stage.estate.trade.google.calendars[EVENTS].events.values()
    tag = event.etag
    async with stage.client("google") as client:
        path = f"{CALENDAR}/events/{event.id}"
        query, body = {"sendUpdates": "all"}, {"status": "cancelled"}
        match = {"if-match": tag}
        done = ok(await client.patch(path, params=query, json=body, headers=match))
        stale = await client.patch(path, json={"summary": "x"}, headers=match)
        listed = ok(await client.get(f"{CALENDAR}/events"))
        everything = ok(await client.get(f"{CALENDAR}/events", params={"showDeleted": "true"}))
        gone = await client.delete(f"{CALENDAR}/events/{other.id}")
        again = await client.delete(f"{CALENDAR}/events/{other.id}")

    assert done["status"] == "cancelled"
    assert event.told == "all"
    assert other.told == "none"
    error(stale, 412)
    assert event.id not in {each["id"] for each in listed["items"]}
    assert event.id in {each["id"] for each in everything["items"]}
    assert gone.status_code == 204
    error(again, 410)
