"""The guard cell by cell, and that no made-up world gets past it."""

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.guard import APPROVED, CONFIRMED_S, UNDER_WAY, decide
from actions.guard_values import (
    Ask,
    Because,
    Decision,
    Precondition,
    Question,
    Standing,
    Verdict,
)
from actions.plan import Undo, undo_json
from actions.policy import EnvironmentRules, Policy
from actions.verbs import FOLLOWED_S
from providers.clock import Moment
from tests.values_actions import (
    NOW,
    OPEN,
    confirmation,
    entry,
    facts,
    later,
    lease,
    plan,
    question,
    target,
)

LOOK_ALIKES = (
    "Api", "API", "api ", " api", "\u0430pi", "ap\u0131", "a\u200bpi", "api\u00a0",
    "\uff41\uff50\uff49", "ap\u0456", "api\n", "a\u0300pi", "", "ap", "apii", "api\ufe0f",
    "\u202eapi",
)  # fmt: skip

APPROVING = replace(OPEN, rules={**OPEN.rules, "lma/production": EnvironmentRules(approval=True)})


def codes(decision: Decision) -> set[str]:
    return {one.code for one in decision.reasons}


def precondition(standing: Standing, name: str = "deploy") -> Precondition:
    return Precondition(name=name, standing=standing, words="a deploy runs", checked=NOW)


def test_everything_given_is_allowed() -> None:
    assert decide(question()).verdict is Verdict.ALLOW
    assert decide(question(plan("staging"))).verdict is Verdict.ALLOW


def test_a_proposal_is_challenged_for_what_is_missing() -> None:
    bare = question(lease=None, confirmation=None)
    assert decide(bare).verdict is Verdict.CHALLENGE
    assert decide(bare).asks == (Ask.LEASE, Ask.REASON, Ask.NAME)
    assert decide(question(confirmation=None)).asks == (Ask.REASON, Ask.NAME)
    assert decide(question(plan("staging"), confirmation=None)).asks == (Ask.REASON,)
    approving = question(policy=APPROVING, confirmation=None)
    assert decide(approving).asks == (Ask.REASON, Ask.NAME, Ask.APPROVAL)


@pytest.mark.parametrize(
    "policy",
    [
        replace(OPEN, flag_read_only=True),
        replace(OPEN, global_read_only=True),
        replace(OPEN, environments={**OPEN.environments, "lma/production": True}),
        replace(OPEN, environments={}),
        Policy(),
    ],
)
@pytest.mark.parametrize("confirmed", [True, False])
def test_the_strictest_of_flag_global_and_environment_refuses(
    policy: Policy, confirmed: bool
) -> None:
    asked = question(policy=policy)
    found = decide(asked if confirmed else replace(asked, confirmation=None))
    assert found.verdict is Verdict.REFUSE
    assert "read-only" in codes(found)


def test_what_belongs_to_no_environment_is_held_to_the_strictest() -> None:
    page = replace(plan(), target=replace(target(), environment="", production=False))
    armed = replace(lease(), environment="")
    given_all = question(page, lease=armed)
    assert decide(given_all).verdict is Verdict.ALLOW
    untyped = replace(given_all, confirmation=confirmation(page, typed=""))
    assert codes(decide(untyped)) == {"name"}
    half = replace(OPEN, environments={"lma/production": False, "lma/staging": True})
    assert codes(decide(replace(given_all, policy=half))) == {"read-only"}


@pytest.mark.parametrize(
    ("world", "code"),
    [
        (facts(offline="no route"), "offline"),
        (facts(data_age_s=None), "unknown"),
        (facts(data_age_s=31.0), "stale"),
        (facts(data_age_s=float("nan")), "stale"),
        (facts(preconditions=(precondition(Standing.BLOCK),)), "blocked:deploy"),
        (facts(preconditions=(precondition(Standing.UNKNOWN),)), "not-known:deploy"),
        (facts(preconditions=(precondition(Standing.WARN),)), "new:warns:deploy"),
        (facts(warnings=(Because(code="vendor", words="slow"),)), "new:vendor"),
    ],
)
def test_a_world_in_which_nothing_is_sent(world: object, code: str) -> None:
    assert codes(decide(question(facts=world))) == {code}


def test_a_warning_that_was_shown_holds_up_nobody() -> None:
    world = facts(preconditions=(precondition(Standing.WARN),))
    seen = confirmation(plan(), seen=frozenset({"warns:deploy"}))
    found = decide(question(facts=world, confirmation=seen))
    assert found.verdict is Verdict.ALLOW
    assert [one.words for one in found.warnings] == ["a deploy runs"]


@pytest.mark.parametrize("typed", LOOK_ALIKES)
def test_a_name_that_only_looks_alike_is_another_one(typed: str) -> None:
    found = decide(question(confirmation=confirmation(plan(), typed=typed)))
    assert codes(found) == {"name"}


@given(st.text(max_size=8))
def test_only_the_name_itself_is_the_name(typed: str) -> None:
    asked = question(confirmation=confirmation(plan(), typed=typed))
    assert (decide(asked).verdict is Verdict.ALLOW) == (typed == "api")


def test_what_normalises_to_the_name_is_not_the_name() -> None:
    kelvin = replace(plan(), target=replace(target(), short_name="K8"))
    typed = "\u212a8"
    assert unicodedata.normalize("NFC", typed) == "K8"
    found = decide(question(kelvin, confirmation=confirmation(kelvin, typed=typed)))
    assert "kelvin sign" in found.words


def test_a_name_nobody_can_type_plainly_refuses() -> None:
    odd = replace(plan(), target=replace(target(), short_name="\u0430pi"))
    found = decide(question(odd, confirmation=None))
    assert codes(found) == {"name-odd"}
    assert "cyrillic small letter a" in found.words


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"fingerprint": "0" * 64}, "changed"),
        ({"at": later(-CONFIRMED_S - 1)}, "too-old"),
        ({"at": Moment(at=later(-3_600).at, tick_s=later(-20).tick_s)}, "clock"),
        ({"at": later(20)}, "clock"),
        ({"reason": " \t"}, "no-reason"),
        ({"reason": "\u200b\u2060"}, "no-reason"),
        ({"reason": "\u3164"}, "no-reason"),
        ({"reason": "x" * 501}, "no-reason"),
    ],
)
def test_a_confirmation_that_does_not_count(more: dict[str, object], code: str) -> None:
    assert codes(decide(question(confirmation=confirmation(plan(), **more)))) == {code}


def test_a_plan_that_would_be_another_one_now_refuses() -> None:
    shown = confirmation(plan(pin="dep-1"))
    assert codes(decide(question(plan(pin="dep-2"), confirmation=shown))) == {"changed"}


def test_a_confirmation_is_good_for_one_intent() -> None:
    used = entry(AuditKind.INTENT, request="p1", login="ana", operator="ana")
    over = entry(AuditKind.OUTCOME, request="p1", outcome="failed")
    assert codes(decide(question(entries=(used, over)))) == {"used"}


@pytest.mark.parametrize(
    "held",
    [
        None,
        lease("staging"),
        lease(lasts_s=60.0),
        replace(lease(), workspace="localloop"),
        replace(lease(), granted=Moment(at=later(-60).at, tick_s=later(-120).tick_s)),
    ],
)
def test_no_lease_that_holds_here_no_action(held: object) -> None:
    assert codes(decide(question(lease=held))) == {"no-lease"}


def test_an_action_of_somebody_else_on_the_same_target_is_under_way() -> None:
    intent = entry(AuditKind.INTENT, 12.0)
    found = decide(question(entries=(intent,), confirmation=None))
    assert codes(found) == {"under-way"}
    assert "bo@bastion" in found.words
    assert "12s ago" in found.words
    over = entry(AuditKind.OUTCOME, 5.0, outcome="failed")
    assert decide(question(entries=(intent, over))).verdict is Verdict.ALLOW
    other = entry(AuditKind.INTENT, 12.0, replace(plan(), target=target(identity="srv-2")))
    assert decide(question(entries=(other,))).verdict is Verdict.ALLOW
    assert codes(decide(question(busy="restart"))) == {"busy"}


@pytest.mark.parametrize(("kind", "known"), [("service", True), ("user", False)])
def test_others_may_call_the_same_place_by_another_name(kind: str, known: bool) -> None:
    here = replace(plan(), target=replace(target(), kind=kind))
    there = replace(here, target=replace(here.target, workspace="product", environment="prod"))
    intent = entry(AuditKind.INTENT, 12.0, there)
    found = decide(question(here, entries=(intent,), confirmation=None))
    assert codes(found) == ({"under-way"} if known else set())


def test_an_intent_nobody_ended_is_a_warning_in_the_end() -> None:
    old = entry(AuditKind.INTENT, UNDER_WAY.total_seconds() + 1)
    found = decide(question(entries=(old,), confirmation=None))
    assert found.verdict is Verdict.CHALLENGE
    assert [one.code for one in found.warnings] == ["open:r1"]
    assert codes(decide(question(entries=(old,)))) == {"new:open:r1"}


def test_what_a_program_that_is_there_follows_for_long_is_under_way() -> None:
    """A build of twenty minutes is followed to its end: nobody else begins meanwhile."""
    late_s = UNDER_WAY.total_seconds() + FOLLOWED_S
    for ago_s, told in ((late_s - 1, {"under-way"}), (late_s + 1, set())):
        intent = entry(AuditKind.INTENT, ago_s)
        found = decide(question(entries=(intent,), confirmation=None, alive=frozenset({"r1"})))
        assert codes(found) == told


@pytest.mark.parametrize("outcome", ["done", "unknown"])
def test_the_same_again_has_to_wait_and_later_to_be_known(outcome: str) -> None:
    lately = entry(AuditKind.OUTCOME, 40.0, outcome=outcome)
    found = decide(question(entries=(lately,), confirmation=None))
    assert codes(found) == {"cool-down"}
    assert "wait 20 s" in found.words
    cooled = entry(AuditKind.OUTCOME, 61.0, outcome=outcome)
    assert codes(decide(question(entries=(cooled,)))) == {"new:lately:r1"}
    seen = confirmation(plan(), seen=frozenset({"lately:r1"}))
    assert decide(question(entries=(cooled,), confirmation=seen)).verdict is Verdict.ALLOW
    long_ago = entry(AuditKind.OUTCOME, 3_600.0, outcome=outcome)
    assert decide(question(entries=(long_ago,))).verdict is Verdict.ALLOW


def test_what_was_just_done_is_taken_back_without_waiting() -> None:
    back = replace(plan(), parameters=(("to", "dep-2"),))
    undo = Undo(verb=back.verb, target=back.target, parameters=back.parameters, words="back")
    done = entry(AuditKind.OUTCOME, 5.0, outcome="done", undo=undo_json(undo))
    found = decide(question(back, entries=(done,), confirmation=None))
    assert found.verdict is Verdict.CHALLENGE
    assert [one.code for one in found.warnings] == ["lately:r1"], "it is told all the same"
    elsewhere = replace(back, parameters=(("to", "dep-3"),))
    unknown = replace(done, outcome="unknown")
    bare = replace(done, undo=undo_json(replace(undo, parameters=())))
    broken = replace(done, undo={"verb": back.verb})
    for of, one in ((elsewhere, done), (back, unknown), (back, bare), (back, broken)):
        again = decide(question(of, entries=(one,), confirmation=None))
        assert codes(again) == {"cool-down"}


def test_another_verb_on_the_target_is_only_a_warning() -> None:
    other = entry(AuditKind.OUTCOME, 5.0, outcome="done", action="scale-api")
    assert codes(decide(question(entries=(other,)))) == {"new:lately:r1"}


@pytest.mark.parametrize(
    ("more", "good"),
    [
        ({}, True),
        ({"login": "ana"}, False),
        ({"operator": "ana"}, False),
        ({"fingerprint": "0" * 64}, False),
        ({"at": (NOW.at - APPROVED - timedelta(seconds=1))}, False),
        ({"at": (NOW.at + timedelta(seconds=60))}, False),
        ({"kind": AuditKind.NOTE}, False),
    ],
)
def test_a_second_person_agrees_to_this_plan_within_the_hour(
    more: dict[str, object], good: bool
) -> None:
    said = {"kind": AuditKind.APPROVAL, "fingerprint": plan().fingerprint, **more}
    agreed = replace(entry(AuditKind.APPROVAL), **said)
    found = decide(question(policy=APPROVING, entries=(agreed,)))
    assert codes(found) == (set() if good else {"no-approval"})


def test_an_approval_is_good_for_one_intent() -> None:
    fingerprint = plan().fingerprint
    agreed = entry(AuditKind.APPROVAL, 900.0, fingerprint=fingerprint)
    used = entry(AuditKind.INTENT, 800.0, fingerprint=fingerprint, request="r2")
    over = entry(AuditKind.OUTCOME, 790.0, request="r2", outcome="failed")
    found = decide(question(policy=APPROVING, entries=(agreed, used, over)))
    assert codes(found) == {"no-approval"}


STANDINGS = st.sampled_from(Standing)
POLICIES = st.builds(
    Policy,
    flag_read_only=st.booleans(),
    global_read_only=st.booleans(),
    environments=st.dictionaries(
        st.sampled_from(["lma/production", "lma/staging"]), st.booleans(), max_size=2
    ),
    rules=st.dictionaries(
        st.sampled_from(["lma/production", "lma/staging"]),
        st.builds(EnvironmentRules, production=st.booleans(), approval=st.booleans()),
        max_size=2,
    ),
)
WORLDS = st.builds(
    facts,
    offline=st.sampled_from(["", "", "no route"]),
    data_age_s=st.none() | st.floats(0, 60) | st.just(2.0),
    preconditions=st.lists(STANDINGS.map(precondition), max_size=2).map(tuple),
)
PLANS = st.builds(
    plan, st.sampled_from(["production", "staging", ""]), pin=st.sampled_from(["dep-1", "dep-2"])
)
LEASES = st.none() | st.builds(
    lease, st.sampled_from(["production", "staging", ""]), lasts_s=st.sampled_from([30.0, 600.0])
)
CONFIRMATIONS = st.none() | st.builds(
    confirmation,
    PLANS,
    reason=st.sampled_from(["", " ", "API is down"]),
    typed=st.sampled_from(["api", "", "API", "\u0430pi"]),
    at=st.sampled_from([later(-20), later(-400), later(60)]),
    seen=st.sampled_from([frozenset(), frozenset({"warns:deploy"})]),
)
ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(AuditKind),
        st.floats(0, 2_000),
        outcome=st.sampled_from(["", "done", "unknown", "failed"]),
        request=st.sampled_from(["p1", "r1"]),
    ),
    max_size=3,
)


@given(
    st.builds(
        Question,
        plan=PLANS, policy=POLICIES, lease=LEASES, facts=WORLDS, entries=ENTRIES,
        operator=st.just("ana"), login=st.just("ana"), confirmation=CONFIRMATIONS,
        busy=st.sampled_from(["", "", "restart"]),
    )
)  # fmt: skip
def test_no_made_up_world_gets_past(asked: Question) -> None:
    found = decide(asked)
    place = asked.plan.target
    forbidden = asked.policy.refusal(place.workspace, place.environment)
    assert (found.verdict is Verdict.REFUSE) == bool(found.reasons)
    if forbidden:
        assert found.verdict is Verdict.REFUSE
    if found.verdict is not Verdict.ALLOW:
        return
    given_all = asked.confirmation
    assert given_all is not None
    assert given_all.reason.strip()
    assert given_all.fingerprint == asked.plan.fingerprint
    assert given_all.at.age_s(NOW) <= CONFIRMED_S
    assert asked.lease is not None
    assert asked.lease.place == place.place
    assert asked.lease.holds(NOW)
    assert not asked.busy
    if place.production or place.environment != "staging":
        assert given_all.typed == place.short_name
