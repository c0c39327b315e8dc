"""The verbs of Render, each through the door on the demo's Render: one effect, the verdict."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.guard_values import Standing, Verdict
from actions.hosting.places import build_target
from actions.hosting.render_scale import wanted_count
from actions.plan import Request
from actions.undo import aftermath
from actions.verbs import Outcome, State, Unplannable
from demo.commits import MARIA, commit
from demo.estate import API_PRODUCTION, API_STAGING
from demo.incident import INCIDENT, Incident
from demo.vendors.render_models import Deploy, DeployStatus
from providers.text import Foreign
from tests.hosting_rig import Fault, Stage, refusing, stage_in, standing, words

SERVICE = f"/v1/services/{API_PRODUCTION}"
HOSTILE = "\x1b[2J\u202e[/b][@click=app.quit]drop\ntable"


def live_of(stage: Stage) -> Deploy:
    found = stage.estate.render.live(API_PRODUCTION)
    assert found is not None
    return found


def sent(stage: Stage) -> list[str]:
    """What was meant to change something, as method and the end of the path."""
    return [f"{one.method} {one.path.removeprefix(SERVICE) or '/'}" for one in stage.render.changes]


def left_behind(stage: Stage) -> tuple[str, ...]:
    """What the banner tells."""
    found = aftermath(stage.audit.recent(), stage.clock.now().at, lambda _: False)
    return tuple(one.remaining.words for one in found.left)


def autodeploys(stage: Stage) -> bool:
    return stage.estate.render.services[API_PRODUCTION].auto_deploy


async def test_rollback_mends_the_incident_and_turns_autodeploy_off(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        Incident(INCIDENT, stage.estate).begin()
        for _ in range(50):
            stage.clock.advance(5)
            stage.pulse.strain()
        bad, sick = live_of(stage), stage.pulse.strain()
        proposal = await stage.proposed("rollback-api", stage.target("api"))
        done = await stage.confirmed(proposal)
        for _ in range(60):
            stage.clock.advance(5)
            stage.pulse.strain()

        assert sick > 0.5
        assert bad.commit.short == "7d20b5e"
        assert done.outcome is Outcome.DONE, done.words
        assert live_of(stage).commit.short == "51b9a02"
        assert live_of(stage).trigger == "rollback"
        assert stage.pulse.strain() < 0.1
        assert not autodeploys(stage)
        assert sent(stage) == ["POST /rollback", "PATCH /"]
        assert stage.outcomes() == [("intent", ""), ("outcome", "done")]
        plan = proposal.plan
        assert [one.field for one in plan.changes] == ["serves", "autodeploy"]
        assert plan.changes[0].before.text.startswith("7d20b5e")
        assert plan.effects[0].number is not None
        assert plan.remains[0].undo.verb == "autodeploy-on"
        assert "autodeploy is off" in done.words
        assert left_behind(stage) == ("autodeploy of API is off: no push goes live",)


async def test_what_a_rollback_did_can_be_taken_back(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        before = live_of(stage)
        done = await stage.carried("rollback-api", stage.target("api"))
        left = done.plan.remains[0].undo
        back = await stage.undone(done.undo)
        on = await stage.undone(left)

        assert back.outcome is Outcome.DONE, back.words
        assert back.plan.title == "Roll API forward"
        assert live_of(stage).commit == before.commit
        assert on.outcome is Outcome.DONE
        assert autodeploys(stage)
        assert left_behind(stage) == ()


async def test_autodeploy_is_left_alone_where_that_is_wanted(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        target = stage.target("api")
        proposal = await stage.proposed("rollback-api", target, autodeploy_off="false")
        done = await stage.confirmed(proposal)

        assert done.outcome is Outcome.DONE
        assert sent(stage) == ["POST /rollback"]
        assert autodeploys(stage)
        assert proposal.plan.remains == ()
        assert standing(proposal)["autodeploy"] is Standing.WARN


async def test_with_autodeploy_off_already_there_is_no_second_call(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        render = stage.estate.render
        render.set_auto_deploy(render.services[API_PRODUCTION], on=False)
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.DONE
        assert sent(stage) == ["POST /rollback"]


async def test_after_a_rollback_the_next_candidate_is_not_the_bad_one(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        await stage.carried("rollback-api", stage.target("api"))
        stage.clock.advance(120)
        proposal = await stage.proposed("rollback-api", stage.target("api"))

        assert proposal.plan.changes[0].before.text.startswith("e8c1d47")
        assert proposal.plan.changes[0].after.text.startswith("0a7f3e6")


async def test_the_second_call_refused_is_told_and_not_sent_again(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.render.faults.append(Fault(end=API_PRODUCTION, reply=refusing(403, "no scope")))
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.DONE
        assert "BUT autodeploy is still on (autodeploy was not turned off" in done.words
        assert "the next push brings the bad commit back" in done.words
        assert left_behind(stage) == ()
        assert sent(stage) == ["POST /rollback", "PATCH /"]
        assert autodeploys(stage)


async def test_the_second_calls_answer_lost_is_read_back(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.render.faults.append(Fault(end=API_PRODUCTION, acts=True))
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.DONE
        assert "autodeploy is off" in done.words
        assert sent(stage) == ["POST /rollback", "PATCH /"]


@pytest.mark.parametrize("fault", [Fault(end="/rollback", acts=True), Fault(
    end="/rollback", acts=True, reply=refusing(500, "oops"))])  # fmt: skip
async def test_a_rollback_whose_answer_is_lost_is_found(tmp_path: Path, fault: Fault) -> None:
    fault = Fault(end=fault.end, acts=True, reply=fault.reply)
    async with stage_in(tmp_path) as stage:
        stage.render.faults.append(fault)
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.DONE, done.words
        assert live_of(stage).commit.short == "e8c1d47"
        assert "BUT autodeploy is still on (the second request was not sent" in done.words
        assert sent(stage) == ["POST /rollback"]


async def test_the_same_rollback_much_later_is_somebody_elses(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        verb = stage.runner.verbs["rollback-api"]
        plan = (await stage.proposed("rollback-api", stage.target("api"))).plan
        before = stage.clock.now().at
        await stage.carried("rollback-api", stage.target("api"))
        asked = Request(id="r-1", at=before, operator="bo", reason="errors")
        ours = await verb.settled(replace(plan, request=asked), None)
        asked = replace(asked, at=before - timedelta(minutes=30))
        others = await verb.settled(replace(plan, request=asked), None)

        assert ours.state is State.DONE
        assert (others.state, "no new deploy" in others.words) == (State.PENDING, True)


async def test_a_rollback_that_was_never_carried_out_stays_unknown(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        before = live_of(stage)
        stage.render.faults.append(Fault(end="/rollback"))
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.UNKNOWN
        assert "no new deploy at Render so far" in done.words
        assert "dashboard.render.com" in done.words
        assert live_of(stage) == before
        assert sent(stage) == ["POST /rollback"]


@pytest.mark.parametrize("status", [400, 403, 429])
async def test_a_refused_rollback_failed_and_changed_nothing(tmp_path: Path, status: int) -> None:
    async with stage_in(tmp_path) as stage:
        before = live_of(stage)
        stage.render.faults.append(Fault(end="/rollback", reply=refusing(status, "not you")))
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.FAILED, done.words
        assert done.words.endswith("; nothing was changed")
        assert "not you" in done.words
        assert live_of(stage) == before
        assert autodeploys(stage)
        assert sent(stage) == ["POST /rollback"]


async def test_a_deploy_that_fails_after_it_was_taken(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:

        def fail(asked: object) -> None:
            render = stage.estate.render
            running = render.running(API_PRODUCTION)
            if running is not None:
                render._set(running.id, DeployStatus.UPDATE_FAILED)

        before = live_of(stage)
        stage.render.after = fail
        done = await stage.carried("rollback-api", stage.target("api"))

        assert done.outcome is Outcome.FAILED
        assert "what was live before serves on" in done.words
        assert live_of(stage) == before


async def test_after_a_crash_the_plan_alone_tells_what_became_of_it(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        proposal = await stage.proposed("rollback-api", stage.target("api"))
        verb = stage.runner.verbs["rollback-api"]
        nothing = await verb.settled(proposal.plan, None)
        await stage.confirmed(proposal)
        found = await verb.settled(proposal.plan, None)

        assert nothing.state is State.PENDING
        assert found.state is State.DONE


async def test_rollback_refuses_while_a_deploy_runs(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.estate.render.begin(
            stage.estate.render.services[API_PRODUCTION], live_of(stage).commit, "manual"
        )
        proposal = await stage.proposed("rollback-api", stage.target("api"))

        assert proposal.decision.verdict is Verdict.REFUSE
        assert standing(proposal)["idle"] is Standing.BLOCK
        assert sent(stage) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"suspended": True}, "not-suspended"),
        ({"type": "cron_job"}, "kind"),
        ({"type": "static_site"}, "kind"),
    ],
)
async def test_services_it_can_not_be_done_to(
    tmp_path: Path, change: dict[str, object], name: str
) -> None:
    async with stage_in(tmp_path) as stage:
        services = stage.estate.render.services
        to = next(one for one in stage.estate.render.of(API_PRODUCTION) if one != live_of(stage))
        services[API_PRODUCTION] = replace(services[API_PRODUCTION], **change)
        target = stage.target("api")
        for proposal in (
            await stage.proposed("rollback-api", target, to=to.id),
            await stage.proposed("restart-api", target),
            await stage.proposed("scale-api", target, instances="3"),
        ):
            assert proposal.decision.verdict is Verdict.REFUSE
            assert standing(proposal)[name] is Standing.BLOCK
        assert sent(stage) == []


async def test_what_was_never_live_is_no_candidate(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        failed = next(
            one
            for one in stage.estate.render.of(API_PRODUCTION)
            if one.status is DeployStatus.BUILD_FAILED
        )
        proposal = await stage.proposed("rollback-api", stage.target("api"), to=failed.id)
        live = await stage.proposed("rollback-api", stage.target("api"), to=live_of(stage).id)

        assert proposal.decision.verdict is Verdict.REFUSE
        assert "was never live" in words(proposal.preconditions, "was-live")
        assert "is what serves now" in words(live.preconditions, "was-live")


async def test_another_services_deploy_is_not_found(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        other = stage.estate.render.of(API_STAGING)[1]
        with pytest.raises(Unplannable, match="another service's"):
            await stage.proposed("rollback-api", stage.target("api"), to=other.id)
        with pytest.raises(Unplannable, match="another service's"):
            await stage.proposed("rollback-api", stage.target("api"), to="../../x")
        assert sent(stage) == []


async def test_what_changed_since_it_was_shown_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        render = stage.estate.render
        proposal = await stage.proposed("rollback-api", stage.target("api"))
        pushed = commit("abcdef1", "hot fix", MARIA, stage.clock.now().at)
        render.push(API_PRODUCTION, pushed)
        stage.clock.advance(60)
        done = await stage.confirmed(proposal)

        assert done.outcome is Outcome.REFUSED
        assert "changed" in {one.code for one in done.because}
        assert sent(stage) == []


async def test_messages_that_look_like_migrations_warn(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        old = stage.estate.render.of(API_PRODUCTION)[3]
        near = await stage.proposed("rollback-api", stage.target("api"))
        far = await stage.proposed("rollback-api", stage.target("api"), to=old.id)

        assert "no message names a migration" in words(near.preconditions, "migrations")
        assert standing(near)["migrations"] is Standing.MET
        assert "like a migration, and not undone" in words(far.preconditions, "migrations")
        assert "index merchant_id" in words(far.preconditions, "migrations")


async def test_a_hostile_message_changes_neither_words_nor_requests(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        render = stage.estate.render
        live = live_of(stage)
        render.deploys[live.id] = replace(live, commit=replace(live.commit, message=HOSTILE))
        proposal = await stage.proposed("rollback-api", stage.target("api"))
        said = proposal.plan.changes[0].before

        assert "\x1b" not in said.text
        assert "\n" not in said.line()
        assert "<U+202E>" in said.text
        done = await stage.confirmed(proposal)
        assert done.outcome is Outcome.DONE
        assert sent(stage) == ["POST /rollback", "PATCH /"]
        assert live.id not in stage.render.changes[0].body.decode()


async def test_restart_is_seen_by_its_event(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        before = stage.estate.render.instances[API_PRODUCTION]
        done = await stage.carried("restart-api", stage.target("api"))

        assert done.outcome is Outcome.DONE, done.words
        assert done.words.startswith("restarted at")
        assert sent(stage) == ["POST /restart"]
        assert stage.estate.render.instances[API_PRODUCTION] != before
        assert stage.estate.render.events[-1].type == "server_restarted"
        assert done.undo is None


async def test_one_instance_is_no_instances(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        counted: dict[str, dict[str, float | None]] = {}
        for environment in ("production", "staging"):
            found = await stage.proposed("restart-api", stage.target("api", environment))
            counted[environment] = {one.words: one.number for one in found.plan.effects}

        assert counted["production"]["instances are replaced"] == 2.0
        assert counted["staging"]["instance is replaced"] == 1.0
        assert not any("sessions" in words for words in counted["staging"]), "it has no database"


async def test_a_restart_whose_answer_is_lost_is_found(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.render.faults.append(Fault(end="/restart", acts=True))
        found = await stage.carried("restart-api", stage.target("api"))
        stage.clock.advance(120)
        stage.render.faults.append(Fault(end="/restart"))
        lost = await stage.carried("restart-api", stage.target("api"))

        assert found.outcome is Outcome.DONE
        assert lost.outcome is Outcome.UNKNOWN
        assert "Render tells of no restart so far" in lost.words
        assert sent(stage) == ["POST /restart", "POST /restart"]


async def test_somebody_elses_restart_is_not_taken_for_the_lost_one(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        render = stage.estate.render
        by: dict[str, object] = {"triggeredByUser": "bo@lma.com"}
        fault = Fault(end="/restart")
        fault.meanwhile = lambda: render.note(API_PRODUCTION, "server_restarted", by)
        stage.render.faults.append(fault)
        done = await stage.carried("restart-api", stage.target("api"))

        assert done.outcome is Outcome.UNKNOWN
        assert "only of others" in done.words
        assert "by bo@lma.com" in done.words


async def test_a_second_restart_soon_after_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        await stage.carried("restart-api", stage.target("api"))
        again = await stage.proposed("restart-api", stage.target("api"))

        assert again.decision.verdict is Verdict.REFUSE
        assert "cool-down" in {one.code for one in again.decision.reasons}


async def test_scale_up_and_back(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        done = await stage.carried("scale-api", stage.target("api"), instances="4")
        back = await stage.undone(done.undo)

        assert (done.outcome, back.outcome) == (Outcome.DONE, Outcome.DONE)
        assert done.words == "set to 4, 4 run"
        assert stage.estate.render.services[API_PRODUCTION].instance_count == 2
        assert [one.body for one in stage.render.changes] == [
            b'{"numInstances": 4}',
            b'{"numInstances": 2}',
        ]


async def test_scale_is_refused_while_autoscaling_or_for_nothing(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        same = await stage.proposed("scale-api", stage.target("api"), instances="2")
        services = stage.estate.render.services
        services[API_PRODUCTION] = replace(services[API_PRODUCTION], autoscaling=True)
        ignored = await stage.proposed("scale-api", stage.target("api"), instances="3")

        many = await stage.proposed("scale-api", stage.target("api"), instances="20")
        assert standing(same)["differs"] is Standing.BLOCK
        assert words(many.preconditions, "many") == "20 is 10 times what it was"
        assert standing(ignored)["autoscaling"] is Standing.BLOCK
        assert sent(stage) == []


@pytest.mark.parametrize("wrong", ["", "0", "101", "-1", "2.5", "\u0661", "2; drop", "1e1", " "])
def test_what_is_no_number_of_instances(wrong: str) -> None:
    with pytest.raises(Unplannable, match="instances"):
        wanted_count(wrong)


async def test_a_commit_is_deployed_and_rolled_back(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        before = live_of(stage)
        target = stage.target("api")
        done = await stage.carried("deploy-commit", target, commit="0a7f3e6", clear_cache="true")
        after = live_of(stage)
        back = await stage.undone(done.undo)

        assert done.outcome is Outcome.DONE, done.words
        assert after.commit.short == "0a7f3e6"
        assert b'"clearCache": "clear"' in stage.render.changes[0].body
        assert after.commit.sha.encode() in stage.render.changes[0].body
        assert back.outcome is Outcome.DONE
        assert live_of(stage).commit == before.commit


async def test_a_deploy_whose_answer_is_lost_is_found_by_its_commit(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.render.faults.append(Fault(end="/deploys", acts=True))
        done = await stage.carried("deploy-commit", stage.target("api"), commit="0a7f3e6")

        assert done.outcome is Outcome.DONE, done.words
        assert sent(stage) == ["POST /deploys"]


async def test_only_known_commits_are_deployed(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        for wrong in ("", "51b9", "zzzzzzz", "fffffff", "main"):
            with pytest.raises(Unplannable, match="commit"):
                await stage.proposed("deploy-commit", stage.target("api"), commit=wrong)


async def test_a_build_is_cancelled_and_built_again(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        render = stage.estate.render
        before = live_of(stage)
        render.begin(render.services[API_PRODUCTION], before.commit, "manual")
        target = await stage.family.target("cancel-build", "lma/production/api")
        done = await stage.carried("cancel-build", target)
        stage.clock.advance(60)
        again = await stage.undone(done.undo)

        assert target.short_name == before.commit.short
        assert done.outcome is Outcome.DONE, done.words
        assert again.outcome is Outcome.DONE
        assert sent(stage)[1:] == ["POST /deploys"]
        assert sent(stage)[0].endswith("/cancel")


async def test_a_build_that_is_over_is_not_cancelled(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        live, place = live_of(stage), stage.places.all[0]
        target = build_target(place, live.id, Foreign(live.commit.sha))
        over = await stage.proposed("cancel-build", target)

        assert standing(over)["under-way"] is Standing.BLOCK
        with pytest.raises(Unplannable, match="gone"):
            await stage.proposed("cancel-build", build_target(place, "dep-none", Foreign("")))
        with pytest.raises(Unplannable, match="under way: none"):
            await stage.family.target("cancel-build", "lma/production/api")


async def test_a_build_that_goes_live_meanwhile_is_no_success(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        render = stage.estate.render
        render.begin(render.services[API_PRODUCTION], live_of(stage).commit, "manual")
        target = await stage.family.target("cancel-build", "lma/production/api")
        stage.render.faults.append(Fault(end="/cancel", reply=refusing(500)))
        done = await stage.carried("cancel-build", target)

        assert done.outcome is Outcome.FAILED
        assert "ended before it could be stopped" in done.words


async def test_autodeploy_off_and_on(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        off = await stage.carried("autodeploy-off", stage.target("api"))
        was_off = not autodeploys(stage)
        again = await stage.proposed("autodeploy-off", stage.target("api"))
        on = await stage.undone(off.undo)
        stage.clock.advance(10)
        twice = await stage.proposed("autodeploy-on", stage.target("api"))

        assert (off.outcome, on.outcome) == (Outcome.DONE, Outcome.DONE)
        assert was_off
        assert autodeploys(stage)
        assert standing(again)["differs"] is Standing.BLOCK
        assert standing(twice)["differs"] is Standing.WARN
        assert off.plan.remains[0].undo.verb == "autodeploy-on"


async def test_nothing_goes_where_the_configuration_leads_no_more(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        proposal = await stage.proposed("restart-api", stage.target("api"))
        verb = stage.runner.verbs["restart-api"]
        step = replace(
            proposal.plan.steps[0], url="https://elsewhere.example/v1/services/x/restart"
        )
        with pytest.raises(Exception, match="leads elsewhere"):
            await verb.send(replace(proposal.plan, steps=(step,)), "key")
        assert sent(stage) == []
