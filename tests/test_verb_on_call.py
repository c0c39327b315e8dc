"""PagerDuty: acknowledging, resolving, writing on incidents, paging; on the demo's PagerDuty."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.families import Family, Row
from actions.guard_values import Standing
from actions.plan import Danger, Plan, Target, plan_json, plan_of
from actions.vendors.families_alerting import OnCall
from actions.vendors.incidents import ACKNOWLEDGE, NOTE, RESOLVE
from actions.vendors.page import PAGE
from actions.vendors.pager import PagerSpot
from actions.vendors.spots import Spot, Spots
from actions.verbs import Outcome, State, Unplannable, Verb
from demo.alerting import DANA, PRIYA, PRODUCTION
from demo.vendors.pagerduty import PagerDutyApi
from demo.vendors.pagerduty_models import PagerIncident, PagerUser
from demo.vendors.pagerduty_request import Key
from demo.vendors.pagerduty_state import PagerDuty
from providers.base import SourceKind
from providers.pagerduty import PagerDutyOptions, PagerDutySource
from tests.contract.asgi import answering
from tests.values_notices import alert
from tests.vendor_bench import (
    Bench,
    Town,
    bench,
    board,
    body,
    codes,
    offers,
    pane,
    records,
    spec_named,
    standing,
    step,
)
from tests.vendor_rig import TOKEN, spec_of

DEEDS = [ACKNOWLEDGE, RESOLVE, NOTE, PAGE]
SAID = {NOTE: {"text": "rolled back"}, PAGE: {"title": "API is down"}}


def build(where: dict[str, Any], sender: str = DANA.email) -> tuple[Spot, Family]:
    spot = PagerSpot(**where, sender=sender, services=(PRODUCTION,))
    return spot, OnCall(Spots((spot,), "PagerDuty"))


@asynccontextmanager
async def pager(tmp_path: Path, sender: str = DANA.email, **more: Any) -> AsyncIterator[Bench]:
    async with bench("pagerduty", tmp_path, lambda w: build(w, sender), **more) as made:
        yield made


def account(b: Bench) -> PagerDuty:
    return b.town.alerting.pagerduty_lma


def incident(b: Bench) -> PagerIncident:
    """One that is open."""
    found = account(b).open()
    return (
        found[0]
        if found
        else account(b).trigger(b.town.alerting.production, "pool exhausted", key="pool")
    )


def verb_of(b: Bench, name: str) -> Verb:
    return next(one for one in b.family.verbs if one.name == name)


async def target_of(b: Bench, verb: str) -> Target:
    if verb == PAGE:
        return await b.target(PAGE, b.town.alerting.production.id)
    return await b.target(verb, incident(b).id)


async def planned(b: Bench, verb: str) -> Plan:
    return await b.runner.plan(verb, await target_of(b, verb), SAID.get(verb, {}))


async def done(b: Bench, verb: str) -> Any:
    return await b.done(verb, await target_of(b, verb), **SAID.get(verb, {}))


def acted(b: Bench, verb: str, before: int) -> bool:
    """Whether the vendor has it, exactly once."""
    made, state = incident(b) if verb != RESOLVE else account(b).incidents[0], account(b)
    if verb == PAGE:
        return len(state.incidents) == before + 1
    if verb == NOTE:
        return [one.content for one in state.notes.get(made.id, [])] == ["rolled back"]
    return made.status == {ACKNOWLEDGE: "acknowledged", RESOLVE: "resolved"}[verb]


@pytest.mark.parametrize("verb", DEEDS)
async def test_each_has_one_effect_and_is_read_back(tmp_path: Path, verb: str) -> None:
    async with pager(tmp_path) as b:
        incident(b)
        before = len(account(b).incidents)
        plan = await planned(b, verb)
        over = await done(b, verb)
        (sent,) = b.vendor.changes
        assert (over.outcome, acted(b, verb, before)) == (Outcome.DONE, True)
        assert (sent.headers["from"], sent.headers["authorization"]) == (
            DANA.email,
            f"Token token={TOKEN}",
        )
        assert json.loads(step(plan).body) == body(sent)
        assert ("From", DANA.email) in step(plan).headers
        intent, outcome = b.entries(AuditKind.INTENT, AuditKind.OUTCOME)
        assert (intent.action, outcome.outcome) == (verb, "done")
        assert TOKEN not in str(intent)
        b.well_formed()


@pytest.mark.parametrize("deed", ["lost", "500"])
@pytest.mark.parametrize("verb", DEEDS)
async def test_an_answer_that_is_lost_is_read_back(tmp_path: Path, verb: str, deed: str) -> None:
    async with pager(tmp_path) as b:
        incident(b)
        before, b.vendor.deed = len(account(b).incidents), deed
        over = await done(b, verb)
        assert (over.outcome, len(b.vendor.changes)) == (Outcome.DONE, 1)
        assert acted(b, verb, before)


@pytest.mark.parametrize("verb", DEEDS)
async def test_a_request_that_is_lost_stays_unknown(tmp_path: Path, verb: str) -> None:
    async with pager(tmp_path) as b:
        incident(b)
        before, b.vendor.deed = len(account(b).incidents), "swallowed"
        over = await done(b, verb)
        assert (over.outcome, len(b.vendor.changes)) == (Outcome.UNKNOWN, 1)
        assert not acted(b, verb, before)
        assert "pagerduty.com" in over.words


@pytest.mark.parametrize("verb", DEEDS)
async def test_a_refusal_is_a_failure(tmp_path: Path, verb: str) -> None:
    async with pager(tmp_path) as b:
        incident(b)
        b.vendor.deed = "refused"
        assert (await done(b, verb)).outcome is Outcome.FAILED


@pytest.mark.parametrize("verb", DEEDS)
async def test_each_is_found_after_a_crash(tmp_path: Path, verb: str) -> None:
    async with pager(tmp_path) as b:
        incident(b)
        shown = await b.runner.propose(await planned(b, verb))
        plan = plan_of({k: v for k, v in plan_json(shown.plan).items() if k != "fingerprint"})
        one = verb_of(b, verb)
        before = await one.settled(plan, None)
        await one.send(shown.plan, "k1")
        after = await one.settled(plan, None)
        assert (before.state, after.state) == (State.PENDING, State.DONE)


async def test_acknowledging_tells_when_it_ends(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        plan = await planned(b, ACKNOWLEDGE)
        assert plan.danger is Danger.LIGHT
        assert plan.side_effects == (
            "no further escalation",
            "pages again after 30m unless it is resolved",
        )
        assert plan.no_undo == "it ends by itself after 30m"
        assert plan.target.short_name == str(incident(b).number)
        assert plan.target.name.text == f"#{incident(b).number} pool exhausted"


async def test_somebody_else_was_quicker(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        target = await target_of(b, ACKNOWLEDGE)
        shown = await b.proposed(ACKNOWLEDGE, target)
        account(b).set_status(incident(b).id, "acknowledged", PRIYA)
        over = await b.confirmed(shown)
        assert (over.outcome, b.vendor.changes) == (Outcome.REFUSED, [])
        again = await b.proposed(ACKNOWLEDGE, target)
        assert codes(again) == ["blocked:status"]
        assert again.decision.words == "acknowledged already by Priya Nair"


async def test_a_resolved_incident_is_refused(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        one = incident(b)
        target = await target_of(b, ACKNOWLEDGE)
        account(b).set_status(one.id, "resolved", PRIYA)
        for verb in (ACKNOWLEDGE, RESOLVE):
            assert codes(await b.proposed(verb, target)) == ["blocked:status"]
        late = await b.proposed(NOTE, target, text="late")
        assert standing(late)["status"] is Standing.WARN


async def test_an_acknowledgement_that_somebody_ended_is_not_called_done(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        plan = await planned(b, ACKNOWLEDGE)
        account(b).set_status(incident(b).id, "resolved", PRIYA)
        found = await verb_of(b, ACKNOWLEDGE).settled(plan, None)
        assert (found.state, "somebody ended it" in found.words) == (State.UNKNOWN, True)


async def test_how_it_ended_is_written_on_it(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        one = incident(b)
        shown = await b.proposed(RESOLVE, await target_of(b, RESOLVE), resolution="rolled back")
        assert standing(shown)["acknowledged"] is Standing.WARN
        assert (await b.confirmed(shown)).outcome is Outcome.DONE
        assert account(b).notes[one.id][0].content == "Resolution Note: rolled back"


async def test_an_acknowledgement_carries_no_words(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        target = await target_of(b, ACKNOWLEDGE)
        plan = await b.runner.plan(ACKNOWLEDGE, target, {"resolution": "rolled back"})
        assert (plan.parameters, "rolled back" in step(plan).body) == ((), False)
        with pytest.raises(Unplannable):
            await b.runner.plan(RESOLVE, target, {"resolution": "x" * 2_001})


async def test_a_note_that_is_there_already_is_no_proof(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        account(b).add_note(incident(b).id, "rolled back", DANA)
        b.vendor.deed = "swallowed"
        assert (await done(b, NOTE)).outcome is Outcome.UNKNOWN


async def test_an_empty_note_or_title_is_refused(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        for text in ("", "  ", "x" * 2_001):
            with pytest.raises(Unplannable):
                await b.runner.plan(NOTE, await target_of(b, NOTE), {"text": text})
        with pytest.raises(Unplannable):
            await b.runner.plan(PAGE, await target_of(b, PAGE), {"title": " "})


def keyed(town: Town, key: Key) -> Any:
    return answering(PagerDutyApi({TOKEN: key}, lambda: None).app())


async def test_without_a_sender_nothing_is_sent(tmp_path: Path) -> None:
    async with pager(tmp_path, sender="") as b:
        incident(b)
        for verb in DEEDS:
            shown = await b.proposed(verb, await target_of(b, verb), **SAID.get(verb, {}))
            assert codes(shown) == ["blocked:sender"]
            assert "actions.pagerduty.from" in shown.decision.words


OBSERVER = PagerUser(name="Eve", email="eve@lma.com", role="observer")


@pytest.mark.parametrize(
    ("user", "blocked", "warned"), [(DANA, [], False), (PRIYA, [], True), (OBSERVER, ["key"], True)]
)
async def test_the_key_of_a_person(
    tmp_path: Path, user: PagerUser, blocked: list[str], warned: bool
) -> None:
    town = Town()
    key = Key(account=town.alerting.pagerduty_lma, user=user)
    async with pager(tmp_path, town=town, answer=keyed(town, key)) as b:
        shown = await b.proposed(ACKNOWLEDGE, await target_of(b, ACKNOWLEDGE))
        assert codes(shown) == [f"blocked:{one}" for one in blocked]
        assert (standing(shown)["sender"] is Standing.WARN) is warned


async def test_a_key_that_only_reads_fails_in_words(tmp_path: Path) -> None:
    town = Town()
    key = Key(account=town.alerting.pagerduty_lma, read_only=True)
    async with pager(tmp_path, town=town, answer=keyed(town, key)) as b:
        over = await done(b, ACKNOWLEDGE)
        assert (over.outcome, incident(b).status) == (Outcome.FAILED, "triggered")
        assert "may not do this" in over.words


async def test_another_service_is_none_of_ours(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        staging = account(b).services[1]
        other = account(b).trigger(staging, "staging is down", key="staging")
        shown = await b.proposed(ACKNOWLEDGE, await b.target(ACKNOWLEDGE, other.id))
        assert codes(shown) == ["blocked:service"]
        shown = await b.proposed(PAGE, await b.target(PAGE, staging.id), title="x")
        assert "blocked:service" in codes(shown)


async def test_a_page_names_whom_it_calls(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        target = await target_of(b, PAGE)
        shown = await b.proposed(PAGE, target, title="API is down", details="503 for 4 minutes")
        changes = {one.field: one.after.text for one in shown.plan.changes}
        assert changes == {
            "incident": "API is down",
            "called first": DANA.name,
            "escalates by": "LMA on call",
            "urgency": "high",
        }
        assert shown.plan.effects[0].number == 1
        over = await b.confirmed(shown)
        made = account(b).incidents[-1]
        assert (made.title, made.details, made.urgency) == (
            "API is down",
            "503 for 4 minutes",
            "high",
        )
        assert over.words == f"#{made.number} is triggered, assigned to {DANA.name}"
        assert over.undo is not None
        assert over.undo.target == await b.target(RESOLVE, made.id)
        assert (await b.undone(over.undo)).outcome is Outcome.DONE
        assert account(b).incidents[-1].status == "resolved"


async def test_the_same_page_is_not_sent_twice(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        assert (await done(b, PAGE)).outcome is Outcome.DONE
        b.clock.advance(300)
        again = await b.proposed(PAGE, await target_of(b, PAGE), title="API is down")
        assert codes(again) == ["blocked:not twice"]
        account(b).set_status(account(b).incidents[-1].id, "resolved", PRIYA)
        b.clock.advance(300)
        b.vendor.deed = "lost"
        over = await done(b, PAGE)
        assert (over.outcome, len(account(b).incidents)) == (Outcome.DONE, 2)


async def test_an_incident_that_is_not_as_promised_is_no_success(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        plan = await planned(b, PAGE)
        one = verb_of(b, PAGE)
        sent = await one.send(plan, "k1")
        state = account(b)
        state.incidents[-1] = replace(state.incidents[-1], urgency="low")
        found = await one.settled(plan, sent)
        assert (found.state, "of low urgency" in found.words) == (State.FAILED, True)

        other = replace(state.services[0].policy, name="Placeholder")
        state.incidents[-1] = replace(state.incidents[-1], urgency="high", own_policy=other)
        found = await one.settled(plan, sent)
        assert "by another escalation policy" in found.words


async def test_policy_or_person_never_both(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        target, policy = await target_of(b, PAGE), account(b).policies[0].id
        with pytest.raises(Unplannable, match="not both"):
            await b.runner.plan(
                PAGE, target, {"title": "x", "escalation-policy": policy, "assignee": PRIYA.id}
            )
        over = await b.done(PAGE, target, title="for Priya", assignee=PRIYA.id)
        assert (over.outcome, account(b).incidents[-1].assignee) == (Outcome.DONE, PRIYA)
        b.clock.advance(120)
        over = await b.done(PAGE, target, title="by policy", **{"escalation-policy": policy})
        assert over.outcome is Outcome.DONE


async def test_the_turn_changes_while_it_is_shown(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        shown = await b.proposed(PAGE, await target_of(b, PAGE), title="API is down")
        policy = account(b).policies[0]
        moved = replace(policy, levels=(PRIYA, *policy.levels[1:]))
        account(b).services = tuple(replace(one, policy=moved) for one in account(b).services)
        over = await b.confirmed(shown)
        assert (over.outcome, b.vendor.changes) == (Outcome.REFUSED, [])


async def test_nobody_would_be_called(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        window = account(b).windows[0]
        now = b.clock.now().at
        account(b).windows[0] = replace(
            window, starts_at=now, services=(b.town.alerting.production,)
        )
        shown = await b.proposed(PAGE, await target_of(b, PAGE), title="API is down")
        assert codes(shown) == ["blocked:status"]


async def test_the_board_and_alerts_lead_to_them(tmp_path: Path) -> None:
    async with pager(tmp_path) as b:
        incident(b)
        spec = spec_named(spec_of("PagerDuty", SourceKind.SYSTEM), b.spot.source)
        source = PagerDutySource(spec, PagerDutyOptions(services=(PRODUCTION,)), b.spot.api)
        shown = await board(source)
        (row,) = records(shown, "incidents")
        found = {one.card.name: one for one in offers(b.family, shown, "incidents", row)}
        assert set(found) == {ACKNOWLEDGE, RESOLVE, NOTE}
        assert found[ACKNOWLEDGE].card.key == "A"
        assert found[ACKNOWLEDGE].target == await b.target(ACKNOWLEDGE, row.id)

        seen = alert()
        rows = Row(thing=seen, environment="production")
        (page,) = b.family.offers(pane(shown), rows)
        assert (page.card.name, page.card.key) == (PAGE, "P")
        assert page.target == await b.target(PAGE, b.town.alerting.production.id)
        assert seen.brief in dict(page.given)["title"]
        assert list(b.family.offers(pane(), rows)) == []

        await b.done(ACKNOWLEDGE, found[ACKNOWLEDGE].target)
        again = await board(source)
        (row,) = records(again, "incidents")
        (first, *_) = offers(b.family, again, "incidents", row)
        assert (row.state.text, first.refused) == ("acknowledged", "it is acknowledged already")


async def test_hostile_words_stay_words(tmp_path: Path) -> None:
    hostile = 'down","service":{"id":"P1"}}\x1b]0;x\x07\u202e[@click=app.quit]'
    async with pager(tmp_path) as b:
        one = account(b).trigger(b.town.alerting.production, hostile, key="h")
        shown = await b.proposed(ACKNOWLEDGE, await b.target(ACKNOWLEDGE, one.id))
        assert json.loads(step(shown.plan).body) == {
            "incident": {"type": "incident_reference", "status": "acknowledged"}
        }
        assert shown.plan.target.short_name == str(one.number)
        paged = await b.runner.plan(PAGE, await target_of(b, PAGE), {"title": hostile})
        sent = json.loads(step(paged).body)["incident"]
        assert sent["service"]["id"] == b.town.alerting.production.id
        for text in (str(plan_json(shown.plan)), str(plan_json(paged)), sent["title"]):
            assert "\x1b" not in text
            assert "\u202e" not in text


@pytest.mark.parametrize("words", ["P1/../users", "", "p123", "P1?x=1", "Ｐ123"])
async def test_only_ids_name_an_incident(tmp_path: Path, words: str) -> None:
    async with pager(tmp_path) as b:
        for verb in DEEDS:
            with pytest.raises(Unplannable):
                await b.target(verb, words)
        assert b.vendor.asked == []
