"""Paying a payment back at Stripe: through the runner, on the demo's Stripe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.families import Family
from actions.guard_values import Standing
from actions.plan import Danger, plan_json, plan_of
from actions.reading_back import ReadBack
from actions.vendors.families_trade import Payments
from actions.vendors.payment import amount_of
from actions.vendors.refund import MARK, REFUND
from actions.vendors.spots import Spot, Spots
from actions.verbs import Outcome, State, Unplannable
from demo.vendors.stripe_state import Dispute, Payment, Stripe
from providers.errors import Unauthorized
from providers.money import decimals, money_words
from providers.stripe import StripeOptions, StripePayments, StripeReturns
from tests import vendor_data_stripe as data
from tests.vendor_bench import (
    LIMITS,
    Bench,
    Town,
    bench,
    board,
    codes,
    offers,
    records,
    spec_named,
    standing,
    step,
)
from tests.vendor_rigs_stripe import SPEC
from tests.vendor_server import Asked, Reply, json_reply


def build(where: dict[str, Any]) -> tuple[Spot, Family]:
    spot = Spot(**where)
    return spot, Payments(Spots((spot,), "Stripe"))


@asynccontextmanager
async def stripe(tmp_path: Path, **more: Any) -> AsyncIterator[Bench]:
    async with bench("stripe", tmp_path, build, **more) as made:
        yield made


def account(b: Bench) -> Stripe:
    return b.town.trade.stripe["lma"]


def a_payment(b: Bench, number: int = 0, *, failed: bool = False) -> Payment:
    state = account(b)
    state.look()
    found = [one for one in state.newest_payments() if bool(one.failure) is failed]
    return [one for one in found if not one.refunded][number]


async def test_all_that_is_left_goes_back_once(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        target = await b.target(REFUND, f"ch_{paid.id}")
        shown = await b.proposed(REFUND, target)
        over = await b.confirmed(shown)

        (sent,) = b.vendor.changes
        form = dict(parse_qsl(sent.body.decode()))
        (made,) = [one for one in account(b).refunds.values() if one.payment == paid.id]
        assert (over.outcome, over.undo) == (Outcome.DONE, None)
        assert over.words == f"refund {made.id} succeeded"
        assert (made.amount, made.reason) == (paid.amount, "requested_by_customer")
        assert (
            made.metadata == {MARK: shown.plan.pinned["mark"]} == {MARK: form[f"metadata[{MARK}]"]}
        )
        assert sent.headers["idempotency-key"] == shown.id
        assert sent.body.decode() == step(shown.plan).body
        intent, outcome = b.entries(AuditKind.INTENT, AuditKind.OUTCOME)
        assert (intent.request, outcome.outcome, outcome.answer) == (shown.id, "done", made.id)
        b.well_formed()


async def test_the_plan_tells_what_a_person_has_to_know(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        target = await b.target(REFUND, f"pi_{paid.id}")
        plan = (await b.proposed(REFUND, target, amount="", reason="fraudulent")).plan
        words = money_words(paid.amount, paid.currency)

        assert plan.danger is Danger.FINAL
        assert plan.title == f"Refund {words}"
        assert plan.changes[0].after.text == f"{words} of {words}"
        assert plan.pinned["mode"] == "live"
        assert "fee" in plan.side_effects[0]
        assert "5 to 10 business days" in plan.side_effects[1]
        assert any("block lists" in one for one in plan.side_effects)
        assert plan.undo is None
        assert plan.no_undo
        assert plan.target.short_name == paid.id[-8:]
        assert plan.look_at == f"https://dashboard.stripe.com/payments/pi_{paid.id}"
        assert b.vendor.changes == []


async def test_a_part_and_then_the_rest(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        target = await b.target(REFUND, f"pi_{paid.id}")
        first = await b.done(REFUND, target, amount="5.00", reason="duplicate")
        b.clock.advance(120)
        rest = await b.proposed(REFUND, target)
        over = await b.confirmed(rest)

        amounts = [one.amount for one in account(b).refunds.values() if one.payment == paid.id]
        assert [first.outcome, over.outcome] == [Outcome.DONE, Outcome.DONE]
        assert amounts == [500, paid.amount - 500]
        with pytest.raises(Unplannable, match="paid back in full"):
            await b.runner.plan(REFUND, target, {})


async def test_the_boards_rows_lead_to_it_and_show_it(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        a_payment(b)
        spec = spec_named(SPEC, b.spot.source)
        shown = await board(StripePayments(spec, StripeOptions(), b.spot.api))
        (row, *_) = records(shown, "recent")
        (offer,) = offers(b.family, shown, "recent", row)
        assert (offer.card.name, offer.refused) == (REFUND, "")
        assert offer.target == await b.target(REFUND, row.id)

        assert (await b.done(REFUND, offer.target)).outcome is Outcome.DONE

        again = await board(StripePayments(spec, StripeOptions(), b.spot.api))
        after = next(one for one in records(again, "recent") if one.id == row.id)
        assert after.state.text == "paid back"
        (offer,) = offers(b.family, again, "recent", after)
        assert offer.refused == "it is paid back"
        parts = spec_named(SPEC, f"{b.spot.source}.returns")
        returns = await board(StripeReturns(parts, StripeOptions(), b.spot.api))
        (newest, *_) = records(returns, "refunds")
        (offer,) = offers(b.family, returns, "refunds", newest)
        assert offer.target.identity == f"main/{dict(newest.details)['payment']}"
        (offer,) = offers(b.family, returns, "disputes", records(returns, "disputes")[0])
        assert "disputes" in offer.refused


async def test_a_failed_payment_is_offered_with_a_refusal(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        failed = a_payment(b, failed=True)
        with pytest.raises(Unplannable, match="never succeeded"):
            await b.runner.plan(REFUND, await b.target(REFUND, f"ch_{failed.id}"), {})


async def test_a_disputed_payment_is_refused(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid, now = a_payment(b), b.clock.now().at
        account(b).disputes["dp_1"] = Dispute(
            id="dp_1", payment=paid.id, amount=paid.amount, currency=paid.currency, at=now,
            reason="fraudulent", status="needs_response", due=now,
        )  # fmt: skip
        shown = await b.proposed(REFUND, await b.target(REFUND, f"pi_{paid.id}"))
        assert codes(shown) == ["blocked:dispute"]
        assert b.vendor.changes == []


async def test_a_refund_by_somebody_else_meanwhile_is_noticed(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        shown = await b.proposed(REFUND, await b.target(REFUND, f"pi_{paid.id}"), amount="5.00")
        account(b).refund(paid, 200, None)
        over = await b.confirmed(shown)
        assert (over.outcome, b.vendor.changes) == (Outcome.REFUSED, [])
        assert "not any more what was shown" in over.words


async def test_somebody_elses_dispute_after_it_was_shown_is_noticed(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        shown = await b.proposed(REFUND, await b.target(REFUND, f"pi_{paid.id}"))
        account(b).payments[paid.id] = replace(paid, disputed=True)
        assert (await b.confirmed(shown)).outcome is Outcome.REFUSED
        assert b.vendor.changes == []


@pytest.mark.parametrize("deed", ["lost", "500"])
async def test_the_answer_is_lost_after_stripe_acted(tmp_path: Path, deed: str) -> None:
    async with stripe(tmp_path) as b:
        paid, b.vendor.deed = a_payment(b), deed
        over = await b.done(REFUND, await b.target(REFUND, f"pi_{paid.id}"))
        made = [one for one in account(b).refunds.values() if one.payment == paid.id]
        assert (over.outcome, len(made), len(b.vendor.changes)) == (Outcome.DONE, 1, 1)
        assert b.outcome() == ("done", f"refund {made[0].id} succeeded")


async def test_the_request_is_lost_on_its_way(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid, b.vendor.deed = a_payment(b), "swallowed"
        over = await b.done(REFUND, await b.target(REFUND, f"pi_{paid.id}"))
        assert (over.outcome, len(b.vendor.changes)) == (Outcome.UNKNOWN, 1)
        assert f"look at https://dashboard.stripe.com/payments/pi_{paid.id}" in over.words


async def test_stripe_does_not_accept_it(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid, b.vendor.deed = a_payment(b), "refused"
        over = await b.done(REFUND, await b.target(REFUND, f"pi_{paid.id}"))
        assert (over.outcome, len(b.vendor.changes)) == (Outcome.FAILED, 1)


async def test_a_key_that_may_not_pay_back_is_told_so(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        plan = await b.runner.plan(REFUND, await b.target(REFUND, f"pi_{paid.id}"), {})
        b.vendor.answer = lambda _: Reply(status=403, body=b'{"error":{"message":"rk_"}}')
        with pytest.raises(Unauthorized, match="may not do this"):
            await b.family.verbs[0].send(plan, "k1")


async def test_it_is_found_after_a_crash(tmp_path: Path) -> None:
    async with stripe(tmp_path) as b:
        paid, verb = a_payment(b), b.family.verbs[0]
        other = a_payment(b, 1)
        shown = await b.proposed(REFUND, await b.target(REFUND, f"pi_{paid.id}"), amount="5.00")
        account(b).refund(paid, 500, None)
        plan = plan_of({k: v for k, v in plan_json(shown.plan).items() if k != "fingerprint"})
        nobodys = await verb.settled(plan, None)
        await verb.send(shown.plan, "k1")
        found = await ReadBack(verb, plan, None, b.clock, LIMITS).until(b.clock.now(), 10.0)
        assert nobodys.state is State.PENDING
        assert found.state is State.DONE
        assert not [one for one in account(b).refunds.values() if one.payment == other.id]


STATES = {
    "succeeded": State.DONE,
    "pending": State.DONE,
    "requires_action": State.PENDING,
    "failed": State.FAILED,
    "canceled": State.FAILED,
    "teleported": State.UNKNOWN,
}


@pytest.mark.parametrize(("status", "state"), STATES.items())
async def test_each_state_of_a_refund(tmp_path: Path, status: str, state: State) -> None:
    async with stripe(tmp_path) as b:
        paid = a_payment(b)
        plan = await b.runner.plan(REFUND, await b.target(REFUND, f"pi_{paid.id}"), {})
        verb = b.family.verbs[0]
        sent = await verb.send(plan, "k1")
        refunds = account(b).refunds
        refunds[sent.answer] = replace(refunds[sent.answer], status=status)
        assert (await verb.settled(plan, sent)).state is state


async def test_yen_and_test_mode(tmp_path: Path) -> None:
    charge = {
        **data.charge(), "id": "ch_1Yen0000", "currency": "jpy", "amount": 1250, "livemode": False,
        "amount_captured": 1250, "amount_refunded": 0, "payment_intent": None, "disputed": False,
    }  # fmt: skip

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/v1/charges/"):
            return json_reply(charge)
        return json_reply({"object": "list", "data": [], "has_more": False, "url": asked.path})

    async with stripe(tmp_path, answer=answer) as b:
        target = await b.target(REFUND, "ch_1Yen0000")
        shown = await b.proposed(REFUND, target, amount="1000")
        assert shown.plan.title == "Refund 1,000 JPY (TEST mode)"
        assert ("amount", "1000") in parse_qsl(step(shown.plan).body)
        assert standing(shown)["mode"] is Standing.WARN
        assert "/test/" in shown.plan.look_at
        for wrong in ("12.50", "1,000", "1251", "0", "-5", "1e3", "1000 ", "１０００"):
            if wrong.strip(" ") == "1000":
                continue
            with pytest.raises(Unplannable):
                await b.runner.plan(REFUND, target, {"amount": wrong})


@given(
    left=st.integers(1, 10**9),
    amount=st.integers(1, 10**9),
    currency=st.sampled_from(["usd", "eur", "jpy", "kwd", "isk"]),
)
def test_an_amount_is_what_is_shown(left: int, amount: int, currency: str) -> None:
    said = money_words(amount, currency).partition(" ")[0].replace(",", "")
    if amount <= left:
        assert amount_of(said, currency, left) == amount
    else:
        with pytest.raises(Unplannable):
            amount_of(said, currency, left)
    if decimals(currency):
        with pytest.raises(Unplannable):
            amount_of(said.partition(".")[0], currency, 10**12)
    assert amount_of("", currency, left) == left


@pytest.mark.parametrize(
    "words",
    ["ch_1/../../v1/refunds", "re_12345", "pi_", "ch_\u202e123456", "ch_12?x=1", "", "ch_1 2"],
)
async def test_only_a_payment_can_be_named(tmp_path: Path, words: str) -> None:
    async with stripe(tmp_path) as b:
        before = len(b.vendor.asked)
        with pytest.raises(Unplannable):
            await b.target(REFUND, words)
        with pytest.raises(Unplannable):
            await b.family.target(REFUND, f"lma/other/{words}")
        assert len(b.vendor.asked) == before


async def test_another_charge_than_the_one_asked_for(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        return json_reply({**data.charge(), "id": "ch_another1"})

    async with stripe(tmp_path, answer=answer, town=Town()) as b:
        with pytest.raises(Unplannable, match="another charge"):
            await b.target(REFUND, "ch_12345678")
