"""Production of a Vercel project moved through the door: a rollback or a promote, and which."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.guard_values import Standing, Verdict
from actions.hosting.places import build_target
from actions.plan import Request
from actions.verbs import Outcome, State, Unplannable
from demo.commits import DENIZ, commit
from demo.vendors.vercel_state import Deployment, Project, ReadyState
from providers.text import Foreign
from tests.hosting_rig import Fault, Stage, refusing, stage_in, standing, words


def web(stage: Stage) -> Project:
    return stage.estate.web("lma-web")


def live_of(stage: Stage) -> Deployment:
    found = stage.estate.vercel.live(web(stage).id)
    assert found is not None
    return found


def sent(stage: Stage) -> list[str]:
    """What was meant to change something, as the part of the path that tells what."""
    return [f"{one.method} {one.path.split('/')[-2]}" for one in stage.vercel.changes]


def pushed(stage: Stage, target: str | None = "production") -> Deployment:
    """A build that is over before anything is looked at."""
    made = commit("abcdef1", "checkout: hot fix", DENIZ, stage.clock.now().at)
    built = stage.estate.vercel.create(web(stage).id, made, target=target)
    stage.clock.advance(60)
    stage.estate.agenda.settle()
    return stage.estate.vercel.deployments[built.id]


async def test_rollback_with_the_reason_and_back_by_promote(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        before = live_of(stage)
        proposal = await stage.proposed("rollback-web", stage.target("web"))
        done = await stage.confirmed(proposal)
        project = web(stage)
        after = live_of(stage)
        back = await stage.undone(done.undo)

        assert done.outcome is Outcome.DONE, done.words
        assert proposal.plan.title == "Roll back Customer Web"
        assert "not undone" in proposal.plan.side_effects[0]
        assert "a rollback, not a promote" in proposal.plan.side_effects[1]
        assert (
            done.words == "rollback succeeded; " + proposal.plan.changes[0].after.text + " serves"
        )
        assert {one.words for one in proposal.plan.effects} >= {"domain moves"}
        assert (before.commit.short, after.commit.short) == ("a1f3c9e", "5d0be73")
        assert project.rollback_description == "errors are up"
        assert not project.auto_assign
        assert proposal.plan.remains[0].words.startswith("auto-assign of Customer Web is off")
        assert back.outcome is Outcome.DONE, back.words
        assert back.plan.title == "Promote a build of Customer Web"
        assert "a promote, not a rollback" in back.plan.side_effects[0]
        assert live_of(stage) == before
        assert web(stage).auto_assign
        assert sent(stage) == ["POST rollback", "POST promote"]
        assert stage.outcomes() == [("intent", ""), ("outcome", "done")] * 2


async def test_what_is_left_after_a_rollback_is_put_right_by_a_newer_build(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        done = await stage.carried("rollback-web", stage.target("web"))
        newer = pushed(stage)
        assert live_of(stage).commit.short == "5d0be73"
        right = await stage.undone(done.plan.remains[0].undo)

        assert right.outcome is Outcome.DONE, right.words
        assert dict(right.plan.parameters)["to"] == newer.id
        assert live_of(stage).id == newer.id
        with pytest.raises(Unplannable, match="no newer build"):
            await stage.proposed("rollback-web", stage.target("web"), to="newest")


async def test_after_a_rollback_the_next_candidate_is_older_still(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        await stage.carried("rollback-web", stage.target("web"))
        stage.clock.advance(120)
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert proposal.plan.changes[0].after.text.startswith("8ab42d0")


async def test_a_preview_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        preview = pushed(stage, target=None)
        proposal = await stage.proposed("rollback-web", stage.target("web"), to=preview.id)

        assert proposal.decision.verdict is Verdict.REFUSE
        assert standing(proposal)["production"] is Standing.BLOCK
        assert "preview" in words(proposal.preconditions, "production")


async def test_a_build_that_is_not_ready_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        state = stage.estate.vercel
        failed = next(one for one in state.of(web(stage).id) if one.state is ReadyState.ERROR)
        proposal = await stage.proposed("rollback-web", stage.target("web"), to=failed.id)

        assert standing(proposal)["ready"] is Standing.BLOCK
        assert "ERROR" in words(proposal.preconditions, "ready")


async def test_what_serves_now_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        live = live_of(stage)
        proposal = await stage.proposed("rollback-web", stage.target("web"), to=live.id)

        assert standing(proposal)["other"] is Standing.BLOCK


async def test_another_projects_deployment_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        state = stage.estate.vercel
        other = state.of(stage.estate.web("lma-admin").id)[1]
        proposal = await stage.proposed("rollback-web", stage.target("web"), to=other.id)

        assert proposal.decision.verdict is Verdict.REFUSE
        assert standing(proposal)["own"] is Standing.BLOCK
        assert sent(stage) == []


async def test_another_teams_deployment_is_hidden(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        other = stage.estate.vercel.of(stage.estate.web("localloop").id)[0]
        for wrong in (other.id, "dpl_none", "..", "x/../../v2/user", "a?b=c"):
            with pytest.raises(Unplannable, match="another team's"):
                await stage.proposed("rollback-web", stage.target("web"), to=wrong)


async def test_a_project_of_another_team_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.vercel.said["/v9/projects/lma-web"] = lambda one: one.update(accountId="team_x")
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert standing(proposal)["project"] is Standing.BLOCK
        assert "team_x" in words(proposal.preconditions, "project")


@pytest.mark.parametrize(
    ("role", "stands"),
    [
        ("OWNER", Standing.MET),
        ("MEMBER", Standing.MET),
        ("DEVELOPER", Standing.WARN),
        ("VIEWER", Standing.BLOCK),
        ("[bold]", Standing.WARN),
    ],
)
async def test_the_role_of_the_tokens_owner(tmp_path: Path, role: str, stands: Standing) -> None:
    async with stage_in(tmp_path) as stage:
        stage.vercel.said["/v2/teams"] = lambda one: one["teams"][0].update(
            membership={"role": role}
        )
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert standing(proposal)["right"] is stands


async def test_what_nobody_can_decide_by_is_no_warning(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        web_back = await stage.proposed("rollback-web", stage.target("web", "staging"))
        api_back = await stage.proposed("rollback-api", stage.target("api"))

        # Neither vendor tells what a credential may do, nor which files a commit touches.
        assert [*web_back.decision.warnings, *api_back.decision.warnings] == []
        assert standing(api_back)["right"] is standing(web_back)["right"] is Standing.MET
        said = [*web_back.plan.side_effects, *(one.field for one in web_back.plan.changes)]
        assert "production" not in " ".join(said), "it is staging"


async def test_whose_token_it_is_has_to_be_known(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.vercel.said["/v2/user"] = lambda one: one.clear()
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert standing(proposal)["right"] is Standing.UNKNOWN
        assert proposal.decision.verdict is Verdict.REFUSE


async def test_the_smallest_plan_goes_back_one_deployment(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        served = [one for one in stage.estate.vercel.of(web(stage).id) if one.served]
        for one in served:
            stage.vercel.said[f"/v13/deployments/{one.id}"] = lambda it: it.update(plan="hobby")
        last = await stage.proposed("rollback-web", stage.target("web"), to=served[1].id)
        older = await stage.proposed("rollback-web", stage.target("web"), to=served[2].id)

        assert standing(last)["plan"] is Standing.MET
        assert standing(older)["plan"] is Standing.BLOCK


async def test_an_active_rolling_release_is_in_the_way(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.vercel.said["/v9/projects/lma-web"] = lambda one: one.update(rollingRelease={})
        stage.vercel.said["/rolling-release"] = lambda one: one.update(
            rollingRelease={"state": "ACTIVE", "updatedAt": 1}
        )
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert standing(proposal)["rolling"] is Standing.BLOCK


async def test_a_move_that_fails_is_told_with_its_domains(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        proposal = await stage.proposed("rollback-web", stage.target("web"))
        to = dict(proposal.plan.parameters)["to"]
        stage.vercel.said["/v9/projects/lma-web"] = lambda one: one.update(
            lastAliasRequest={
                "type": "rollback", "jobStatus": "failed", "fromDeploymentId": None,
                "toDeploymentId": to, "requestedAt": 1_900_000_000_000,
            }
        )  # fmt: skip
        stage.vercel.said["/promote/aliases"] = lambda one: one.update(
            aliases=[{"alias": "www.lma.com", "id": "1", "status": "failed"}]
        )
        verb = stage.runner.verbs["rollback-web"]
        found = await verb.settled(proposal.plan, None)

        assert found.state is State.FAILED
        assert "not moved: www.lma.com" in found.words


async def test_while_another_move_is_under_way_it_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        state = stage.estate.vercel
        to = next(one for one in state.of(web(stage).id) if state.is_candidate(one))
        state.point("rollback", web(stage), to)
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert standing(proposal)["idle"] is Standing.BLOCK
        assert "409" in words(proposal.preconditions, "idle")


async def test_a_build_under_way_warns(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        stage.estate.vercel.create(web(stage).id, live_of(stage).commit)
        proposal = await stage.proposed("rollback-web", stage.target("web"))

        assert proposal.decision.verdict is Verdict.CHALLENGE
        assert "will not go live" in words(proposal.preconditions, "building")


async def test_what_was_deployed_since_it_was_shown_is_refused(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        proposal = await stage.proposed("rollback-web", stage.target("web"))
        pushed(stage)
        done = await stage.confirmed(proposal)

        assert done.outcome is Outcome.REFUSED
        assert sent(stage) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [(402, "plan does not include"), (403, "may not"), (409, "conflict"), (422, "not accepted")],
)
async def test_what_vercel_refuses_failed_and_is_told(
    tmp_path: Path, status: int, said: str
) -> None:
    async with stage_in(tmp_path) as stage:
        before = live_of(stage)
        to = stage.estate.vercel.of(web(stage).id)[1]
        stage.vercel.faults.append(Fault(end=to.id, reply=refusing(status)))
        done = await stage.carried("rollback-web", stage.target("web"), to=to.id)

        assert done.outcome is Outcome.FAILED
        assert said in done.words
        assert live_of(stage) == before
        assert sent(stage) == ["POST rollback"]


@pytest.mark.parametrize("acts", [True, False])
async def test_a_lost_answer_is_read_back(tmp_path: Path, acts: bool) -> None:
    async with stage_in(tmp_path) as stage:
        to = stage.estate.vercel.of(web(stage).id)[1]
        stage.vercel.faults.append(Fault(end=to.id, acts=acts))
        done = await stage.carried("rollback-web", stage.target("web"), to=to.id)

        assert done.outcome is (Outcome.DONE if acts else Outcome.UNKNOWN)
        if not acts:
            assert "no new move so far" in done.words
            assert "https://vercel.com/" in done.words
        assert sent(stage) == ["POST rollback"]


async def test_after_a_crash_the_project_tells(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        verb = stage.runner.verbs["rollback-web"]
        proposal = await stage.proposed("rollback-web", stage.target("web"))
        nothing = await verb.settled(proposal.plan, None)
        await stage.confirmed(proposal)
        found = await verb.settled(proposal.plan, None)
        state = stage.estate.vercel
        state.point("promote", web(stage), state.of(web(stage).id)[0])
        other = await verb.settled(proposal.plan, None)

        assert nothing.state is State.PENDING
        assert found.state is State.DONE
        assert other.state is State.UNKNOWN


async def test_the_same_move_much_later_is_somebody_elses(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        verb = stage.runner.verbs["rollback-web"]
        plan = (await stage.proposed("rollback-web", stage.target("web"))).plan
        before = stage.clock.now().at
        await stage.carried("rollback-web", stage.target("web"))
        asked = Request(id="r-1", at=before, operator="bo", reason="errors")
        ours = await verb.settled(replace(plan, request=asked), None)
        asked = replace(asked, at=before - timedelta(minutes=30))
        others = await verb.settled(replace(plan, request=asked), None)

        assert ours.state is State.DONE
        assert others.state is State.UNKNOWN
        assert "too late to be this one" in others.words


async def test_a_hostile_message_and_reason_stay_what_they_are(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        live = live_of(stage)
        message = "[@click=app.quit]\x1b]52;c;eA==\x07\u202e&teamId=team_evil"
        stage.estate.vercel.deployments[live.id] = replace(
            live, commit=replace(live.commit, message=message)
        )
        proposal = await stage.proposed("rollback-web", stage.target("web"))
        reason = "a&teamId=team_evil#?/../ ü {reason}"
        given = proposal.confirmed(reason=reason, typed="web")
        done = await stage.runner.carry_out(given)

        assert "\x1b" not in proposal.plan.changes[0].before.text
        assert done.outcome is Outcome.DONE, done.words
        assert web(stage).rollback_description == reason
        assert stage.vercel.changes[0].value("teamId") == web(stage).team_id


async def test_a_vercel_build_is_cancelled(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        made = stage.estate.vercel.create(web(stage).id, live_of(stage).commit)
        target = await stage.family.target("cancel-build", f"lma/production/web/{made.id}")
        done = await stage.carried("cancel-build", target)
        over = await stage.proposed("cancel-build", target)

        assert done.outcome is Outcome.DONE, done.words
        assert stage.estate.vercel.deployments[made.id].state is ReadyState.CANCELED
        assert standing(over)["under-way"] is Standing.BLOCK
        assert sent(stage) == [f"PATCH {made.id}"]


async def test_a_build_of_another_project_is_not_cancelled(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        admin = stage.estate.web("lma-admin")
        made = stage.estate.vercel.create(admin.id, live_of(stage).commit)
        place = next(one for one in stage.places.all if one.id == "lma-web")
        target = build_target(place, made.id, Foreign(made.commit.sha))
        proposal = await stage.proposed("cancel-build", target)

        assert standing(proposal)["own"] is Standing.BLOCK
        assert sent(stage) == []
