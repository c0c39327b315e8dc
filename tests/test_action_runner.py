"""Actions against a service that counts: one request at most, and the truth about what it did."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit import Audit, open_intents
from actions.audit_entries import AuditEntry, AuditKind
from actions.guard_values import Ask, Standing, Verdict
from actions.plan import Plan, plan_json, plan_of
from actions.policy import EnvironmentRules, Policy
from actions.reconcile import reconcile
from actions.record import agreed
from actions.running import Phase, Running
from actions.verbs import Outcome, Sent, Settled
from tests.action_rig import QUICK, Rig, Service, standing
from tests.values_actions import OPEN

ROOT = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with standing() as service:
        yield service


@pytest.fixture
async def rig(service: Service, path: Path) -> AsyncIterator[Rig]:
    rig = Rig(service, path)
    yield rig
    await rig.runner.aclose(2)


def kinds(audit: Audit) -> list[str]:
    return [
        f"{one.kind.value} {one.outcome}".strip()
        for one in audit.entries()
        if one.kind is not AuditKind.LEASE
    ]


def last(audit: Audit) -> AuditEntry:
    return audit.entries()[-1]


async def test_all_given_it_is_sent_once_and_read_back(rig: Rig, service: Service) -> None:
    told: list[Running] = []
    rig.runner.on_change = told.append
    rig.arm()
    done = await rig.runner.carry_out(await rig.confirmed())
    assert (done.outcome, done.words) == (Outcome.DONE, "restarted, the 1. time")
    assert service.posts == [done.id]
    assert kinds(rig.audit) == ["intent", "outcome done"]
    intent, outcome = rig.audit.entries()[-2:]
    assert (intent.reason, intent.request, outcome.request) == ("pool exhausted", done.id, done.id)
    assert outcome.answer == "req-7"
    assert intent.plan is not None
    stored = {key: value for key, value in intent.plan.items() if key != "fingerprint"}
    assert plan_of(stored).fingerprint == done.plan.fingerprint == intent.fingerprint
    assert json.dumps(plan_json(done.plan))
    phases = list(dict.fromkeys(one.phase for one in told))
    assert phases == [Phase.CHECKING, Phase.SENDING, Phase.FOLLOWING, Phase.OVER]
    assert done.undo is not None
    assert rig.runner.running == (done,)
    assert rig.audit.verify().sound


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        ("ok", Outcome.DONE),
        ("slow", Outcome.DONE),
        ("hang", Outcome.DONE),
        ("reset", Outcome.DONE),
        ("500", Outcome.DONE),
        ("html", Outcome.DONE),
        ("swallow", Outcome.UNKNOWN),
        ("403", Outcome.FAILED),
    ],
)
async def test_whatever_the_other_side_does_one_request_arrives(
    rig: Rig, service: Service, deed: str, outcome: Outcome
) -> None:
    service.deed = deed
    rig.arm()
    done = await rig.runner.carry_out(await rig.confirmed())
    assert len(service.posts) == 1
    assert done.outcome is outcome
    assert kinds(rig.audit) == ["intent", f"outcome {outcome.value}"]
    if outcome is Outcome.UNKNOWN:
        assert "/events" in done.words
        assert "not sent again" in done.words


@pytest.mark.parametrize("deed", ["hang", "reset", "500", "html", "swallow"])
async def test_a_lost_answer_that_can_not_be_read_back_stays_unknown(
    rig: Rig, service: Service, deed: str
) -> None:
    service.deed = deed
    told: list[Running] = []
    rig.runner.on_change = told.append
    rig.arm()
    confirmation = await rig.confirmed()
    started = rig.runner.start(confirmation)
    await service.arrived.wait()
    service.readable = False
    done = await started
    assert done.outcome is Outcome.UNKNOWN
    assert len(service.posts) == 1
    reconciling = next(one for one in told if one.phase is Phase.RECONCILING)
    assert reconciling.outcome is Outcome.UNKNOWN
    within_s = (reconciling.log[-1].at.at - reconciling.began.at).total_seconds()
    assert within_s < 2 * QUICK.told_s


async def test_nothing_that_listens_there_is_a_failure_and_no_guess(
    rig: Rig, service: Service
) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    pin = rig.verb.pin

    async def pin_and_vanish(plan):  # type: ignore[no-untyped-def]
        pinned = await pin(plan)
        rig.verb.api = type(rig.verb.api)(
            system="Service", base_url="http://127.0.0.1:1", clock=rig.clock, deadline_s=1
        )
        return pinned

    rig.verb.pin = pin_and_vanish  # type: ignore[method-assign]
    done = await rig.runner.carry_out(confirmation)
    assert done.outcome is Outcome.FAILED
    assert service.posts == []


async def test_a_confirmation_begins_one_action_however_often_it_is_given(
    rig: Rig, service: Service
) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    tasks = [rig.runner.start(confirmation) for _ in range(200)]
    found = await asyncio.gather(*tasks, return_exceptions=True)
    done = [one for one in found if isinstance(one, Running) and one.outcome is Outcome.DONE]
    assert len(done) == 1
    assert len(service.posts) == 1
    assert (await rig.runner.carry_out(confirmation)).outcome is Outcome.REFUSED
    assert len(service.posts) == 1


async def test_two_dialogs_on_one_target_begin_one_action(rig: Rig, service: Service) -> None:
    rig.arm()
    both = [await rig.confirmed(), await rig.confirmed()]
    found = await asyncio.gather(*(rig.runner.start(one) for one in both))
    assert sorted(one.outcome.value for one in found if one.outcome) == ["done", "refused"]
    assert len(service.posts) == 1


async def test_read_only_refuses_and_says_so_once(rig: Rig, service: Service) -> None:
    rig.arm()
    rig.policy = Policy()
    for _ in range(20):
        proposal = await rig.proposed()
        assert proposal.decision.verdict is Verdict.REFUSE
        done = rig.runner.start(proposal.confirmed(reason="now", typed="api"))
        found = (await asyncio.gather(done, return_exceptions=True))[0]
        assert not isinstance(found, Running) or found.outcome is Outcome.REFUSED
    assert service.posts == []
    words = [one.words for one in rig.audit.entries() if one.kind is AuditKind.REFUSED]
    assert sum("settings.read_only" in one for one in words) == 1


async def test_what_changed_after_the_confirmation_refuses(rig: Rig, service: Service) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    service.live = "dep-2"
    done = await rig.runner.carry_out(confirmation)
    assert (done.outcome, {one.code for one in done.because}) == (Outcome.REFUSED, {"changed"})
    assert service.posts == []
    assert kinds(rig.audit) == ["refused"]


async def test_a_precondition_that_breaks_after_the_confirmation_refuses(
    rig: Rig, service: Service
) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    rig.verb.standing = Standing.BLOCK
    done = await rig.runner.carry_out(confirmation)
    assert done.outcome is Outcome.REFUSED
    assert done.words == "no deploy runs"
    assert service.posts == []


async def test_what_can_not_be_read_refuses(rig: Rig, service: Service) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    service.readable = False
    done = await rig.runner.carry_out(confirmation)
    assert done.outcome is Outcome.REFUSED
    assert {one.code for one in done.because} == {"unreadable"}
    assert service.posts == []


async def test_a_lease_that_is_given_back_in_the_dialog_refuses(rig: Rig, service: Service) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    rig.leases.give_back("lma", "production")
    done = await rig.runner.carry_out(confirmation)
    assert {one.code for one in done.because} == {"no-lease"}
    assert service.posts == []


async def test_with_an_approval_a_second_person_has_to_agree_to_the_plan(
    rig: Rig, service: Service, path: Path
) -> None:
    rules = {"lma/production": EnvironmentRules(approval=True)}
    rig.policy = replace(OPEN, rules=rules)
    rig.arm()
    alone = await rig.confirmed()
    await rig.record.append(agreed(plan_now := (await rig.proposed()).plan, "me too"))
    done = await rig.runner.carry_out(alone)
    assert {one.code for one in done.because} == {"no-approval"}
    bo = Rig(service, path, "bo")
    await bo.record.append(agreed(plan_now, "looked at it"))
    assert (await rig.runner.carry_out(await rig.confirmed())).outcome is Outcome.DONE
    assert len(service.posts) == 1
    await bo.runner.aclose(1)


async def test_cancelled_stands_in_the_audit_and_can_not_be_confirmed(
    rig: Rig, service: Service
) -> None:
    rig.arm()
    proposal = await rig.proposed()
    assert proposal.decision.asks == (Ask.REASON, Ask.NAME)
    await rig.runner.cancel(proposal)
    assert last(rig.audit).kind is AuditKind.CANCELLED
    task = rig.runner.start(proposal.confirmed(reason="now", typed="api"))
    await asyncio.gather(task, return_exceptions=True)
    assert service.posts == []


async def test_a_proposal_that_nobody_answered_is_cancelled_by_the_end(
    rig: Rig, service: Service
) -> None:
    rig.arm()
    for _ in range(3):
        last_look = await rig.proposed()
    await rig.runner.end(0.1)
    assert kinds(rig.audit) == ["cancelled"]
    assert last(rig.audit).request == last_look.id
    assert "the program ended" in last(rig.audit).words
    late = await rig.runner.start(last_look.confirmed(reason="now", typed="api"))
    assert late.outcome is Outcome.REFUSED
    assert service.posts == []


async def test_what_was_answered_is_not_cancelled_by_the_end(rig: Rig) -> None:
    rig.arm()
    earlier = await rig.proposed()
    assert (await rig.runner.carry_out(await rig.confirmed())).outcome is Outcome.DONE
    await rig.runner.cancel(earlier, "no")
    rig.verb.standing = Standing.BLOCK
    await rig.proposed()
    before = kinds(rig.audit)
    await rig.runner.end(0.1)
    assert kinds(rig.audit) == before
    assert before[-2:] == ["cancelled", "refused"]


async def test_whoever_waits_may_leave_without_stopping_it(rig: Rig, service: Service) -> None:
    service.deed = "slow"
    rig.arm()
    waiting = asyncio.ensure_future(rig.runner.carry_out(await rig.confirmed()))
    await service.arrived.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await rig.runner.aclose(5)
    assert kinds(rig.audit) == ["intent", "outcome done"]


async def test_the_end_of_the_program_is_recorded_as_unknown(service: Service, path: Path) -> None:
    service.deed = "hang"
    rig = Rig(service, path)
    rig.arm()
    task = rig.runner.start(await rig.confirmed())
    await service.arrived.wait()
    await rig.runner.aclose(0.01)
    assert task.cancelled()
    assert kinds(rig.audit) == ["intent", "outcome unknown"]
    assert "interrupted" in last(rig.audit).words
    assert open_intents(rig.audit.recent()) == ()


async def test_what_is_followed_at_the_end_is_told_as_going_on(
    service: Service, path: Path
) -> None:
    service.deed = "accept"
    rig = Rig(service, path).patient()
    rig.arm()
    followed = asyncio.Event()

    def told(running: Running) -> None:
        if running.phase is Phase.FOLLOWING:
            followed.set()

    rig.runner.on_change = told
    rig.runner.start(await rig.confirmed())
    await followed.wait()
    await rig.runner.aclose(0.01)
    [running] = rig.runner.running
    assert (running.outcome, running.goes_on) == (Outcome.UNKNOWN, True)
    assert last(rig.audit).words.startswith("taken; interrupted: the program ended")


async def test_a_bug_while_sending_is_unknown_and_tells_no_detail(
    rig: Rig, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    rig.verb.before_sending = "bug"
    rig.arm()
    done = await rig.runner.carry_out(await rig.confirmed())
    assert done.outcome is Outcome.UNKNOWN
    assert "ZeroDivisionError" in done.words
    assert "secret-ish" not in rig.audit.path.read_text()
    [logged] = caplog.records
    assert logged.getMessage() == "restart-api: sending: a bug"
    assert "in _do" in caplog.text


async def test_a_bug_in_reading_back_is_logged_once_with_where_it_came_from(
    rig: Rig, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async def settled(plan: Plan, sent: Sent | None) -> Settled:
        del plan, sent
        raise ZeroDivisionError("secret-ish detail")

    rig.verb.settled = settled  # type: ignore[method-assign]
    rig.arm()
    done = await rig.runner.carry_out(await rig.confirmed())
    assert done.outcome is Outcome.UNKNOWN
    assert "it can not be read back: a bug in quarterdeck (ZeroDivisionError)" in done.words
    assert "secret-ish" not in rig.audit.path.read_text()
    [logged] = caplog.records
    assert logged.getMessage() == "restart-api: reading back: a bug"
    assert "in settled" in caplog.text


async def test_without_a_record_nothing_is_sent(rig: Rig, service: Service) -> None:
    rig.arm()
    confirmation = await rig.confirmed()
    # The disk takes no more: as on a full one, the write itself fails.
    rig.audit.path.unlink()
    rig.audit.path.symlink_to("/dev/full")
    done = await rig.runner.carry_out(confirmation)
    assert (done.outcome, service.posts) == (Outcome.REFUSED, [])
    assert "no record, no action" in done.words


async def test_on_a_full_disk_nothing_is_sent(service: Service, path: Path) -> None:
    code = (
        "import asyncio, resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.action_rig import Rig, Service\n"
        "async def main():\n"
        "    rig = Rig(Service(url=sys.argv[1]), Path(sys.argv[2]))\n"
        "    rig.arm()\n"
        "    confirmation = await rig.confirmed()\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    size = Path(sys.argv[2]).stat().st_size + 100\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "    done = await rig.runner.carry_out(confirmation)\n"
        "    print(done.outcome.value, done.words)\n"
        "asyncio.run(main())\n"
    )
    said = await program(["-c", code, service.url, str(path)])
    assert said.startswith("refused no record, no action"), said
    assert service.posts == []
    after = Rig(service, path)
    after.arm()
    assert (await after.runner.carry_out(await after.confirmed())).outcome is Outcome.DONE
    assert after.audit.verify().sound
    await after.runner.aclose(1)


@pytest.mark.parametrize(
    ("deed", "posts", "outcome"), [("kill before", 0, "unknown"), ("kill after", 1, "done")]
)
async def test_killed_in_the_middle_the_intent_is_found_at_the_next_start(
    service: Service, path: Path, deed: str, posts: int, outcome: str
) -> None:
    await program(["-m", "tests.action_rig", service.url, str(path), "bo", deed])
    assert len(service.posts) == posts
    rig = Rig(service, path)
    [intent] = open_intents(rig.audit.recent())
    assert intent.operator == "bo"
    # Nobody acts on that target before it is known what became of it.
    refused = await rig.proposed()
    assert {one.code for one in refused.decision.reasons} == {"under-way"}
    [found] = await reconcile(rig.record, rig.runner.verbs, rig.clock, QUICK)
    assert (found.outcome, found.request) == (outcome, intent.request)
    assert (await reconcile(rig.record, rig.runner.verbs, rig.clock, QUICK)) == ()
    assert len(service.posts) == posts
    assert rig.audit.verify().sound
    await rig.runner.aclose(1)


async def test_an_action_of_a_program_that_runs_is_left_to_it(service: Service, path: Path) -> None:
    service.deed = "slow"
    ana, bo = Rig(service, path), Rig(service, path, "bo")
    ana.arm()
    task = ana.runner.start(await ana.confirmed())
    await service.arrived.wait()
    assert await reconcile(bo.record, bo.runner.verbs, bo.clock, QUICK) == ()
    refused = await bo.proposed()
    assert "ana@bastion" in refused.decision.words
    entries = bo.audit.recent()
    [intent] = open_intents(entries)
    assert bo.runner.question(refused.plan, None, entries, None).alive == {intent.request}
    assert ana.runner.question(refused.plan, None, entries, None).alive == set()
    assert (await task).outcome is Outcome.DONE
    for rig in (ana, bo):
        await rig.runner.aclose(1)


async def program(arguments: list[str]) -> str:
    """What a program of its own prints."""
    one = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(one.communicate(), 30)
    return said.decode()
