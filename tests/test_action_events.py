"""Actions on the timeline, on charts and among the suspects; and what the last shift left."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from actions.audit_entries import AuditEntry, AuditKind
from actions.audit_events import events_of
from actions.plan import Plan, Remaining, Undo, plan_json, undo_json
from actions.undo import Aftermath, aftermath
from monitor.events import EventKind, is_aftermath
from monitor.suspect_changes import changes_of
from monitor.suspects import Kind
from monitor.verdicts import Level
from tests import snapshot_values
from tests.values_actions import NOW, entry, later, plan, target
from tui.screens.chart_marks import event_marks
from widgets.chart_marks import MarkKind


def back(verb: str = "deploy-commit") -> Undo:
    return Undo(verb=verb, target=target(), words="deploy 7d20b5e again")


def intent(request: str, ago_s: float, of: Plan | None = None, **more: Any) -> AuditEntry:
    of = of or plan()
    fields: dict[str, Any] = {"request": request, "plan": plan_json(of), "reason": "pool exhausted"}
    return entry(AuditKind.INTENT, ago_s, of, **{**fields, **more})


def outcome(request: str, ago_s: float, state: str = "done", **more: Any) -> AuditEntry:
    fields: dict[str, Any] = {"request": request, "outcome": state, "words": "read back"}
    return entry(AuditKind.OUTCOME, ago_s, **{**fields, **more})


def shift(*entries: AuditEntry, ahead_s: float = 0.0) -> Aftermath:
    numbered = [replace(one, seq=number) for number, one in enumerate(entries, start=1)]
    return aftermath(numbered, later(ahead_s).at, lambda one: one.session == "alive")


def test_an_action_and_its_end_are_events_and_only_the_action_is_a_cause() -> None:
    entries = (intent("r1", 60), outcome("r1", 50, "failed"), entry(AuditKind.LEASE, 70))
    began, ended = events_of(entries, NOW.at)
    assert (began.kind, began.level, began.workspace) == (EventKind.ACTION, Level.OK, "lma")
    assert began.detail.endswith("pool exhausted")
    assert (ended.text, ended.level) == ("Restart API: failed", Level.WARNING)
    assert [is_aftermath(one) for one in (began, ended)] == [False, True]
    marks = list(event_marks([began, ended], "kpi/errors", "production"))
    assert [(one.kind, one.at) for one in marks] == [(MarkKind.OPERATOR, began.at)]
    view = replace(snapshot_values.incident(), timeline=(ended, began))
    suspected = [one for one in changes_of(view) if one.kind is Kind.OPERATOR]
    assert [one.words for one in suspected] == [began.text]


def test_what_is_a_day_old_is_no_news() -> None:
    assert list(events_of((intent("r1", 90_000),), NOW.at)) == []


def test_the_undo_that_the_answer_told_goes_before_the_planned_one() -> None:
    of = replace(plan(), undo=back("planned"))
    told = outcome("r1", 50, undo=undo_json(back("told")))
    found = shift(intent("r1", 60, of), told, intent("r2", 40, of), outcome("r2", 30))
    assert [one.undo.verb for one in found.undos] == ["planned", "told"]


def test_an_undo_goes_once_it_was_done_or_the_shift_is_over() -> None:
    of = replace(plan(), undo=back())
    done = (intent("r1", 60, of), outcome("r1", 50))
    taken_back = replace(plan(), verb="deploy-commit")
    assert shift(*done).undos
    assert not shift(*done, ahead_s=12 * 3600).undos
    undone = (intent("r2", 40, taken_back), outcome("r2", 30))
    assert not shift(*done, *undone).undos
    failed = (intent("r2", 40, taken_back), outcome("r2", 30, "failed"))
    assert shift(*done, *failed).undos


def test_what_was_left_behind_stays_until_it_is_put_right() -> None:
    of = replace(
        plan(), remains=(Remaining(words="autodeploy is off", undo=back("autodeploy-on")),)
    )
    done = (intent("r1", 60, of), outcome("r1", 50))
    [left] = shift(*done, ahead_s=5 * 86_400).left
    assert (left.remaining.words, left.who) == ("autodeploy is off", "bo@bastion")
    right = (
        intent("r2", 40, replace(plan(), verb="autodeploy-on")),
        outcome("r2", 30),
    )
    assert not shift(*done, *right).left


def test_a_service_is_known_by_its_id_whatever_another_configuration_calls_its_place() -> None:
    of = replace(plan(), undo=back(), remains=(Remaining(words="autodeploy is off", undo=back()),))
    done = (intent("r1", 60, of), outcome("r1", 50))
    lost = (intent("r0", 90, replace(plan(), verb="deploy-commit")), outcome("r0", 80, "unknown"))
    called = replace(target(), workspace="shop", environment="live")
    right = replace(plan(), verb="deploy-commit", target=called)
    found = shift(*lost, *done, intent("r2", 40, right), outcome("r2", 30))
    assert [found.left, found.unsettled, found.undos] == [(), (), ()]
    other = replace(right, target=replace(called, identity="srv-2"))
    found = shift(*lost, *done, intent("r2", 40, other), outcome("r2", 30))
    assert [len(found.left), len(found.unsettled), len(found.undos)] == [1, 1, 1]
    # One id may be another person's in another database.
    someone, elsewhere = (replace(one, kind="user") for one in (target(), called))
    of = replace(plan(), target=someone, undo=replace(back(), target=someone))
    right = replace(right, target=elsewhere)
    done = (intent("r1", 60, of), outcome("r1", 50))
    assert len(shift(*done, intent("r2", 40, right), outcome("r2", 30)).undos) == 1


def test_what_somebody_looked_at_is_not_shown_any_more() -> None:
    of = replace(plan(), remains=(Remaining(words="autodeploy is off", undo=back()),))
    done = (intent("r1", 60, of), outcome("r1", 50), intent("r2", 40), outcome("r2", 30, "unknown"))
    assert [len(shift(*done).left), len(shift(*done).unsettled)] == [1, 1]
    notes = [entry(AuditKind.NOTE, 20, request=each, action="settled") for each in ("r1", "r2")]
    assert [shift(*done, *notes).left, shift(*done, *notes).unsettled] == [(), ()]


def test_a_residual_counts_down_from_the_outcome() -> None:
    of = replace(plan(), counts_down_s=3_600.0, counts_down="access tokens")
    done = (intent("r1", 60, of), outcome("r1", 50))
    [one] = shift(*done).residuals
    assert one.until == later(-50).at + timedelta(hours=1)
    assert not shift(*done, ahead_s=3_600).residuals
    assert not shift(intent("r1", 60, of), outcome("r1", 50, "failed")).residuals


def test_what_nobody_knows_the_end_of_is_unsettled() -> None:
    unknown = (intent("r1", 60), outcome("r1", 50, "unknown"))
    [one] = shift(*unknown).unsettled
    assert (one.words, one.who) == ("read back", "bo@bastion")
    assert not shift(*unknown, intent("r2", 40), outcome("r2", 30)).unsettled
    assert shift(intent("r1", 60)).unsettled
    assert not shift(intent("r1", 60, session="alive")).unsettled


def test_a_plan_that_waits_for_a_second_person() -> None:
    of = plan()
    asked = entry(AuditKind.ASKED, 60, of, plan=plan_json(of), fingerprint=of.fingerprint)
    [one] = shift(asked).wanted
    assert one.plan.fingerprint == of.fingerprint == one.fingerprint
    assert not shift(asked, ahead_s=3_600).wanted
    agreed = entry(AuditKind.APPROVAL, 30, of, fingerprint=of.fingerprint)
    assert not shift(asked, agreed).wanted


def test_a_plan_that_can_not_be_read_hides_nothing_else() -> None:
    broken = replace(intent("r1", 60), plan={"verb": 7})
    found = shift(broken, outcome("r1", 50, "unknown"))
    assert [one.request for one in found.unsettled] == ["r1"]
