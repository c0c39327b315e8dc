"""Our clients against the demo's Stripe, Resend and Google, every exchange held to their files."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import pytest

from demo.agenda import Agenda
from demo.trade_world import Trade
from demo.vendors.google import GoogleApi
from demo.vendors.google_state import EVENTS
from demo.vendors.resend import ResendApi
from demo.vendors.stripe import Key, StripeApi
from providers import resend_account, stripe_account
from providers.base import Source
from providers.errors import RateLimited, Unauthorized
from providers.http import Api
from providers.system_readings import Condition, Record, SystemReading
from tests.contract.asgi import answering
from tests.contract.held import Held, held
from tests.vendor_rigs import TOKEN, numbers_of, shifted_clock
from tests.vendor_rigs_google import agenda, reach
from tests.vendor_rigs_resend import deliveries, sending
from tests.vendor_rigs_stripe import payments, returns, revenue, webhooks

pytestmark = pytest.mark.contract

Exchange = AbstractAsyncContextManager[tuple[Api, Held]]


class World:
    """The three vendors at a time that stands still until told."""

    def __init__(self) -> None:
        self.clock = shifted_clock()
        self.trade = Trade(Agenda(self.clock))
        self.stripe_state = self.trade.stripe["localloop"]
        self.google_state = self.trade.google
        self.google_api = GoogleApi(self.google_state)

    def stripe(self) -> Exchange:
        app = StripeApi({TOKEN: Key(state=self.stripe_state)}).app()
        return held("stripe", answering(app), clock=self.clock)

    def resend(self, *, full: bool = True) -> Exchange:
        vendor = ResendApi(self.trade.resend, {TOKEN: full})
        # Here time stands still between requests, so that none of them keeps a distance.
        vendor.rate.limit = 1_000
        return held("resend", answering(vendor.app()), clock=self.clock)

    def google(self) -> Exchange:
        given = self.google_state.give(frozenset({"calendar.readonly"}))
        self.google_state.passes[TOKEN] = self.google_state.passes.pop(given)
        return held("google-calendar", answering(self.google_api.app()), clock=self.clock)


async def reading(source: Source) -> SystemReading:
    payload = (await source.read()).payload
    assert isinstance(payload, SystemReading)
    assert [section.blind for section in payload.sections if section.blind] == []
    return payload


def records(shown: SystemReading, key: str) -> tuple[Record, ...]:
    return next(section.records for section in shown.sections if section.key == key)


async def test_stripe_day_adds_up() -> None:
    world = World()
    now = world.stripe_state.look()
    day = [each for each in world.stripe_state.payments.values() if now - each.at <= DAY]
    kept = sum(each.amount - each.refunded for each in day if paid_in(each, "usd"))
    async with world.stripe() as (api, keeper):
        found = numbers_of(await revenue(api, "usd").read())

    assert len(keeper.asked) == -(-len(day) // 100)
    assert found["payment_attempts_24h"] == len(day)
    assert found["payments_failed_24h"] == sum(bool(each.failure) for each in day)
    assert found["revenue_24h"] == kept / 100


DAY = timedelta(days=1)


def paid_in(payment: object, currency: str) -> bool:
    return not getattr(payment, "failure", "") and getattr(payment, "currency", "") == currency


async def test_stripe_refund_is_seen() -> None:
    world = World()
    async with world.stripe() as (api, _keeper):
        before = await reading(returns(api))
        state = world.stripe_state
        good = next(each for each in state.newest_payments() if not each.failure)
        made = state.refund(good, 100, "requested_by_customer")
        after = await reading(returns(api))

    known = {record.id for record in records(before, "refunds")}
    (new,) = [record for record in records(after, "refunds") if record.id not in known]
    assert new.id == made.id
    assert new.title.text == f"1.00 {good.currency.upper()}"
    assert new.change


async def test_stripe_feels_an_incident_of_the_product() -> None:
    world = World()
    state = world.stripe_state
    began = world.clock.now().at

    def strain(at: datetime) -> float:
        return 1.0 if began <= at < began + timedelta(minutes=20) else 0.0

    async with world.stripe() as (api, _keeper):
        calm = await reading(webhooks(api))
        state.strain = strain
        state.per_minute = 20
        world.clock.advance(900)
        during = await reading(webhooks(api))
        numbers = numbers_of(await payments(api).read())
        world.clock.advance(900)
        after = await reading(webhooks(api))

    assert calm.condition is after.condition is Condition.FINE
    assert during.condition is Condition.DEGRADED
    assert records(during, "undelivered")
    assert (numbers["payments_errors_15m"] or 0) > 0
    assert (numbers["payment_failures_percent_15m"] or 0) > 5


async def test_stripe_disabled_webhook() -> None:
    world = World()
    world.stripe_state.webhook_status = "disabled"
    async with world.stripe() as (api, _keeper):
        shown = await reading(webhooks(api))

    assert shown.condition is Condition.BROKEN
    assert "1 DISABLED" in shown.summary.text


async def test_stripe_account() -> None:
    world = World()
    async with world.stripe() as (api, _keeper):
        view = await stripe_account.describe(api)

    assert view.name.text == "live mode"
    assert "read Disputes" in view.scopes
    assert "neither restricted" in view.warnings[0]


async def test_resend_counts_what_it_sent() -> None:
    world = World()
    now = world.trade.resend.look()
    hour = [each for each in world.trade.resend.mails.values() if now - each.at <= DAY / 24]
    async with world.resend() as (api, keeper):
        found = numbers_of(await deliveries(api).read())
        shown = await reading(deliveries(api))

    assert found["emails_sent_1h"] == len(hour)
    assert 95 < (found["email_delivery_percent_24h"] or 0) < 100
    assert found["api_budget_used_percent"] is not None
    assert len(records(shown, "emails")) == 20
    told = str(shown)
    assert all(mail.to[0] not in told for mail in hour)
    assert all(asked.method == "GET" for asked in keeper.asked)


async def test_resend_when_everything_bounces() -> None:
    world = World()
    state = world.trade.resend
    state.look()
    state.trouble = "bounced"
    state.records["DKIM"] = "failed"
    world.clock.advance(3_700)
    async with world.resend() as (api, _keeper):
        main, below = await reading(deliveries(api)), await reading(sending(api))

    assert main.condition is Condition.BROKEN
    assert below.condition is Condition.DEGRADED
    assert "1 NOT VERIFIED" in below.summary.text
    dkim = next(each for each in records(below, "dns") if each.title.text.startswith("DKIM"))
    assert dkim.condition is Condition.BROKEN


async def test_resend_key_that_may_only_send() -> None:
    world = World()
    async with world.resend(full=False) as (api, keeper):
        for asking in (deliveries(api).read(), sending(api).read(), resend_account.describe(api)):
            with pytest.raises(Unauthorized, match="may send and not read") as caught:
                await asking
            assert "no read-only key" in caught.value.advice
        # Resend's file describes no refusal at all.
        assert all(said.endswith("http status: 401") for said in keeper.problems)
        keeper.problems.clear()


async def test_google_cancellation_is_seen() -> None:
    world = World()
    event = next(iter(world.google_state.calendars[EVENTS].events.values()))
    async with world.google() as (api, _keeper):
        before = await reading(agenda(api, EVENTS))
        event.status = "cancelled"
        after = await reading(agenda(api, EVENTS))
        seen = await reading(reach(api, EVENTS, "somebody@else.test"))

    assert "cancelled" not in before.summary.text
    assert after.summary.text.endswith(", 1 cancelled")
    cancelled = next(each for each in records(after, "events-0") if each.id == event.id)
    assert cancelled.condition is Condition.NOTABLE
    assert seen.condition is Condition.DEGRADED
    assert records(seen, "calendars")[0].title.text == "s…@else.test"


async def test_google_quota_and_end_of_a_token() -> None:
    world = World()
    async with world.google() as (api, keeper):
        world.google_api.rate.limit = 1
        await reading(reach(api))
        with pytest.raises(RateLimited, match="rateLimitExceeded"):
            await reach(api).read()
        world.clock.advance(3_700)
        with pytest.raises(Unauthorized, match="HTTP 401"):
            await reach(api).read()

    assert len(keeper.asked) == 3
