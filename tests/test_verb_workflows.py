"""Deploys by workflow and cancelled runs: through the real runner, on the demo's GitHub."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from actions.families import Row
from actions.guard_values import Standing
from actions.plan import Danger, HttpStep, Target, plan_json, plan_of
from actions.verbs import Outcome, Sent, State, Unplannable
from actions.workflows.cancel import NAME
from actions.workflows.family import WorkflowFamily, deploy_target, run_target
from actions.workflows.inputs import Input, Unreadable, declared, filled
from actions.workflows.places import Rollback, WorkflowPlace
from actions.workflows.repo import Commit, Declared, Distance, Repo, Rights
from actions.workflows.seen import Seen, changes, effects, preconditions, warnings
from demo.estate import API_PRODUCTION
from demo.faults import Fault, FaultKind
from demo.history import LMA_REPO
from demo.vendors.github_models import RunStatus
from demo.workflows import DEPLOY_API, DEPLOY_WEB
from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.errors import ProviderError
from providers.github_jobs import Workflow
from providers.http import Api
from providers.render import RenderOptions, RenderSource
from providers.text import EMPTY, Foreign
from tests import values_actions
from tests.demo_rig import Stage
from tests.runs_rig import Bench, Lost, SteppingClock, api_of, blocked, words_of
from tests.vendor_rigs import spec_of


class Scene(Struct):
    """Both vendors, the verbs, and a runner."""

    stage: Stage
    github: Lost
    places: dict[str, WorkflowPlace]
    family: WorkflowFamily
    bench: Bench

    def target(self, service: str = "api", environment: str = "production") -> Target:
        return deploy_target(self.places[f"{service} {environment}"])

    @property
    def writes(self) -> list[tuple[str, str]]:
        return self.stage.services.github.writes


def place(repo: Repo, service: str, environment: str, **more: object) -> WorkflowPlace:
    fields = {
        "workspace": "lma",
        "environment": environment,
        "production": environment == "production",
        "service": service,
        "title": {"api": "API", "web": "Customer Web"}[service],
        "repo": repo,
        "workflow": f"deploy-{service}.yml",
        "branch": "main" if environment == "production" else "staging",
        "fixed": {},
        "others": tuple({"production", "staging"} - {environment}),
        "watches": ("lma/production/api/health",),
        **more,
    }
    return WorkflowPlace(**fields)  # type: ignore[arg-type]


APP = Input(name="app", options=("all", "web"), heavy=("all",))


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    stage = Stage(clock=clock)
    words = stage.credentials
    async with (
        api_of(stage, "github", "GitHub", words.github) as github,
        api_of(stage, "render", "Render", words.render) as render,
    ):
        options = RenderOptions(service_id=API_PRODUCTION, service="api", environment="production")

        async def live() -> DeploysReading:
            payload = (await RenderSource(spec_of("Render"), options, render.api).read()).payload
            assert isinstance(payload, DeploysReading)
            return payload

        repo = Repo(github.api, github.url, LMA_REPO)
        back = Rollback(verb="rollback-api", target=values_actions.target())
        made = [
            place(repo, "api", "production", deploys=live, rollback=back),
            place(repo, "api", "staging"),
            place(repo, "web", "production", fixed={"app": "web"}, inputs=(APP,)),
        ]
        family = WorkflowFamily(made, clock)
        bench = Bench(family.verbs, tmp_path / "audit.jsonl", clock)
        places = {f"{one.service} {one.environment}": one for one in made}
        yield Scene(stage=stage, github=github, places=places, family=family, bench=bench)
        await bench.aclose()


async def test_a_deploy_starts_one_run_and_follows_it_to_its_end(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        before = at.stage.estate.render.live(API_PRODUCTION)
        proposal = await at.bench.proposed("deploy-api", at.target())
        plan = proposal.plan
        newest = at.stage.estate.github.head(at.stage.estate.github.repos[LMA_REPO], "main")
        running = await at.bench.confirmed(proposal)
        entries = await at.bench.entries("intent", "outcome")
        live = at.stage.estate.render.live(API_PRODUCTION)

    assert before is not None
    assert plan.pinned["commit"] == newest.sha
    assert plan.pinned["live"] == before.id
    assert plan.changes[0].before.text.startswith(before.commit.sha[:7])
    assert plan.changes[0].after.text.startswith(newest.sha[:7])
    step = plan.steps[0]
    assert isinstance(step, HttpStep)
    assert json.loads(step.body)["inputs"] == {"environment": "production"}
    assert plan.target.short_name == "api"

    assert running.outcome is Outcome.DONE, running.words
    assert "success" in running.words
    assert running.undo is not None
    assert (running.undo.verb, running.undo.parameters) == ("rollback-api", (("to", before.id),))
    path = f"/repos/{LMA_REPO}/actions/workflows/deploy-api.yml/dispatches"
    assert at.writes == [("POST", path)]
    assert words_of(entries) == [("intent", ""), ("outcome", "done")]
    assert live is not None
    assert live.commit.sha == newest.sha


async def test_the_inputs_come_from_the_file_and_from_the_configuration(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        plan = (await at.bench.proposed("deploy-web", at.target("web"))).plan
        with pytest.raises(Unplannable, match="always"):
            await at.bench.proposed("deploy-web", at.target("web"), app="admin")
        with pytest.raises(Unplannable, match="no input"):
            await at.bench.proposed("deploy-web", at.target("web"), colour="red")
        with pytest.raises(Unplannable, match="no branch or tag"):
            await at.bench.proposed("deploy-web", at.target("web"), ref="nowhere/../main")

    step = plan.steps[0]
    assert isinstance(step, HttpStep)
    assert json.loads(step.body) == {
        "ref": "main",
        "inputs": {"app": "web", "environment": "production"},
        "return_run_details": True,
    }
    assert at.writes == []


async def test_some_inputs_make_it_heavier_and_how_far_it_goes_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        where = at.places["web production"]
        free = replace(where, fixed={})
        verb = WorkflowFamily([free], at.bench.clock).verbs[0]
        one = await verb.plan(deploy_target(free), {"app": "web"})
        every = await verb.plan(deploy_target(free), {"app": "all"})
        api = await at.bench.runner.verbs["deploy-api"].plan(at.target(), {})

    assert (one.danger, every.danger) == (Danger.CHANGE, Danger.OUTAGE)
    assert api.effects[0].number is not None


async def test_a_run_under_way_blocks_and_one_elsewhere_does_not(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        github = at.stage.estate.github
        repo = github.repos[LMA_REPO]
        github.dispatch(repo, DEPLOY_API, "staging", {"environment": "staging"})
        free = await at.bench.proposed("deploy-api", at.target())
        github.dispatch(repo, DEPLOY_API, "main", {"environment": "production"})
        held = await at.bench.proposed("deploy-api", at.target())

    assert "blocked:idle" not in blocked(free)
    assert "wait for it" in blocked(held)["blocked:idle"]


async def test_a_token_that_may_not_write_and_an_archived_repository_block(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        where = f"/repos/{LMA_REPO}"
        at.stage.faults.on(Fault(service="github", path=where, kind=FaultKind.NULLS))
        unsaid = await at.bench.proposed("deploy-api", at.target())
    rights = Rights(archived=True, disabled=False, may_write=False)
    found = {one.name: one.standing for one in preconditions(at_rest(), rights)}

    assert "unreadable" in blocked(unsaid) or unsaid.decision.warnings
    assert found["repository"] is Standing.BLOCK
    assert found["right"] is Standing.BLOCK
    assert found["workflow"] is Standing.BLOCK
    assert found["hosting idle"] is Standing.BLOCK
    told = [one.words for one in warnings(at_rest())]
    assert "this takes back: 2 commits that are live are not in it" in told


def test_one_commit_is_no_commits_and_the_environment_is_no_choice() -> None:
    inputs = {"environment": "production", "app": "all"}
    seen = replace(at_rest(), distance=Distance(ahead=1, behind=1), inputs=inputs)

    told = [one.words for one in warnings(seen)]
    assert "this takes back: 1 commit that is live is not in it" in told
    assert [one.words for one in effects(seen)] == ["new commit", "requests a minute"]
    assert [one.field for one in changes(seen)] == ["serves", "input app"]


def at_rest() -> Seen:
    """A look at a workflow that is switched off, while its vendor deploys."""
    commit = Commit(sha="a" * 40, message=EMPTY, author=EMPTY, at=None)
    off = Workflow(id="1", name=EMPTY, path=EMPTY, state=Foreign("disabled_manually"), url="")
    deploy = DeployReading(
        vendor="Render", id="dep-1", target="api", environment="production",
        state=DeployState.BUILDING, vendor_state=EMPTY, commit=EMPTY, message=EMPTY,
        author=EMPTY, trigger=EMPTY,
    )  # fmt: skip
    repo = Repo(
        Api(system="GitHub", base_url="http://127.0.0.1:1", clock=SteppingClock()), "", "a/b"
    )
    return Seen(
        place=place(repo, "api", "production"), ref="main", commit=commit, workflow=off,
        declared=Declared(inputs=()), inputs={}, runs=(),
        login="ana", distance=Distance(ahead=0, behind=2),
        deploys=DeploysReading(deploys=(deploy,)), at=SteppingClock().now(),
    )  # fmt: skip


async def test_a_branch_that_moved_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        proposal = await at.bench.proposed("deploy-api", at.target())
        github = at.stage.estate.github
        newest = github.head(github.repos[LMA_REPO], "main")
        moved = replace(newest, sha="f" * 40, at=at.bench.clock.now().at)
        ended = github.begin(DEPLOY_WEB, moved, newest.author, "push")
        github.runs[ended.id] = replace(ended, status=RunStatus.COMPLETED)
        running = await at.bench.confirmed(proposal)

    assert running.outcome is Outcome.REFUSED
    assert [one.code for one in running.because] == ["changed"]
    assert at.writes == []


@pytest.mark.parametrize("deed", ["reset", "500"])
async def test_an_answer_lost_after_the_run_began_is_read_back(tmp_path: Path, deed: str) -> None:
    async with scene(tmp_path) as at:
        proposal = await at.bench.proposed("deploy-api", at.target())
        at.github.lossy.deed = deed
        running = await at.bench.confirmed(proposal)

    assert running.outcome is Outcome.DONE, running.words
    assert len(at.writes) == 1


async def test_an_answer_that_names_no_run_is_followed_all_the_same(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        proposal = await at.bench.proposed("deploy-api", at.target())
        kind = FaultKind.NULLS
        at.stage.faults.on(Fault(service="github", path="*/dispatches", kind=kind, times=1))
        running = await at.bench.confirmed(proposal)

    assert running.outcome is Outcome.DONE, running.words
    assert len(at.writes) == 1


async def test_what_github_does_not_accept_is_failed_and_nothing_runs(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        proposal = await at.bench.proposed("deploy-api", at.target())
        kind = FaultKind.FORBIDDEN
        at.stage.faults.on(Fault(service="github", path="*/dispatches", kind=kind, times=1))
        running = await at.bench.confirmed(proposal)

    assert running.outcome is Outcome.FAILED
    assert at.writes == []


async def test_after_a_crash_the_run_is_found_from_the_plan_alone(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        verb = at.bench.runner.verbs["deploy-api"]
        plan = await verb.plan(at.target(), {})
        again = plan_of({k: v for k, v in plan_json(plan).items() if k != "fingerprint"})
        missing = await verb.settled(again, None)
        await verb.send(plan, "k")
        begun = await verb.settled(again, None)
        at.stage.clock.advance(120)
        over = await verb.settled(again, None)
        await verb.send(plan, "k")
        both = await verb.settled(again, None)

    assert missing.state is State.PENDING
    assert "no run above" in missing.words
    assert (begun.state, over.state) == (State.UNDER_WAY, State.DONE)
    assert both.state is State.UNKNOWN
    assert "it may be run" in both.words


async def test_a_run_that_fails_is_told_as_failed(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        render = at.stage.estate.render
        proposal = await at.bench.proposed("deploy-api", at.target())
        render.suspend(render.services[API_PRODUCTION])
        at.stage.clock.advance(3)
        running = await at.bench.confirmed(proposal)

    assert running.outcome in {Outcome.FAILED, Outcome.REFUSED}
    assert "failure" in running.words or running.because


async def test_a_run_is_cancelled_and_one_that_is_over_is_not(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        github = at.stage.estate.github
        run = github.dispatch(
            github.repos[LMA_REPO], DEPLOY_API, "main", {"environment": "production"}
        )
        at.stage.clock.advance(3)
        target = run_target(at.places["api production"], str(run.id))
        done = await at.bench.done(NAME, target)
        at.stage.clock.advance(600)
        late = await at.bench.proposed(NAME, target)

    assert done.outcome is Outcome.DONE, done.words
    assert github.runs[run.id].conclusion is not None
    assert "blocked:under way" in blocked(late)
    assert at.writes == [("POST", f"/repos/{LMA_REPO}/actions/runs/{run.id}/cancel")]


async def test_what_is_said_of_a_target_on_the_command_line(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        whole = await at.family.target("deploy-api", "lma/production/api")
        short = await at.family.target("deploy-api", "lma/production")
        run = await at.family.target(NAME, "lma/production/api/4711")
        with pytest.raises(Unplannable, match="known: lma/production/api"):
            await at.family.target("deploy-api", "lma/nowhere/api")
        with pytest.raises(Unplannable, match="number"):
            await at.family.target(NAME, "lma/production/api/x")

    assert whole == short == at.target()
    assert run.identity == f"github:{LMA_REPO}/runs/4711"


FILE = """
on:
  workflow_dispatch:
    inputs:
      app: {type: choice, options: [all, web], required: true}
      debug: {type: boolean, default: false}
      note: {}
"""


def test_the_file_says_what_it_asks_for() -> None:
    found = declared(FILE)
    assert found is not None
    assert [(one.name, one.options, one.required, one.flag) for one in found] == [
        ("app", ("all", "web"), True, False),
        ("debug", (), False, True),
        ("note", (), False, False),
    ]
    assert declared("on: push") is None
    assert declared("on: [push, workflow_dispatch]") == ()
    assert declared("on: {push: {}}") is None
    for broken in ("a: [", "- 1", "x" * 600_000):
        with pytest.raises(Unreadable):
            declared(broken)


def hostile() -> Iterator[str]:
    yield from ('"}, "ref": "evil', "a\nb", "\u202e", "${{ secrets.X }}", "'; --", "../..", "%2e")


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=60), max_size=5))
def test_no_value_changes_the_shape_of_the_request(given_: dict[str, str]) -> None:
    values = {name: value for name, value in given_.items() if name != "environment"}
    sent = filled(None, {"environment": "production"}, values)
    body = json.loads(json.dumps({"ref": "main", "inputs": sent}))

    assert body["ref"] == "main"
    assert body["inputs"]["environment"] == "production"
    assert set(body["inputs"]) == {"environment", *values}


@pytest.mark.parametrize("text", list(hostile()))
def test_only_options_are_taken(text: str) -> None:
    known = (Input(name="app", options=("all", "web"), required=True),)
    with pytest.raises(Unplannable):
        filled(known, {}, {"app": text})
    with pytest.raises(Unplannable):
        filled(known, {}, {text: "x"})


def test_an_answer_without_a_run_is_no_mark() -> None:
    assert Sent(words="204 accepted").marks == ()
    assert Row(thing=None).environment == ""


async def test_hostile_names_alter_neither_the_request_nor_the_target(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:
        clean = await at.bench.runner.verbs["deploy-api"].plan(at.target(), {})
        for path in ("*/runs", "*/commits/*", "*/workflows"):
            fault = Fault(service="github", path=path, kind=FaultKind.HOSTILE_TEXT)
            at.stage.faults.on(fault)
        try:
            bent = await at.bench.runner.verbs["deploy-api"].plan(at.target(), {})
        except (ProviderError, Unplannable):
            # A workflow or commit that is not to be recognised is none.
            return

    assert bent.steps == clean.steps
    assert bent.target == clean.target
    assert "\x1b" not in str(bent)
