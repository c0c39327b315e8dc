"""A GitHub repository as a system: jobs, approvals, deployments, and what holds deploys up."""

from datetime import timedelta
from typing import Any

import pytest

from providers.errors import NotFound, ServerFailed
from providers.system_readings import Condition
from tests import vendor_data as data
from tests import vendor_data_platform as more
from tests.platform_rig import detail, records, section, staged
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_platform import REPOSITORY, repository
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

RUNS = "/actions/runs"


def on_stage(changed: dict[str, Any] | None = None, **options: Any) -> Any:
    clock = options.pop("clock", None) or shifted_clock()
    return staged(repository, REPOSITORY, clock=clock, changed=changed, **options)


def run(number: int, minutes_ago: float = 30.0, **changes: Any) -> data.Json:
    at = shifted_clock().now().at - timedelta(minutes=minutes_ago)
    iso = at.isoformat().replace("+00:00", "Z")
    times = {"run_started_at": iso, "created_at": iso, "updated_at": iso}
    return data.github_run(number, **(times | changes))


def failed(number: int, minutes_ago: float, **changes: Any) -> data.Json:
    return run(number, minutes_ago, conclusion="failure", **changes)


async def test_what_runs_waits_and_was_deployed() -> None:
    running = run(3, 2, status="in_progress", conclusion=None)
    waiting = run(2, 10, status="waiting", conclusion=None)
    async with on_stage({RUNS: data.github_list(running, waiting, run(1))}) as stage:
        harvest = await stage.read()
        jobs = [asked.path for asked in stage.asked("/jobs")]
    reading = harvest.payload

    assert reading.condition is Condition.NOTABLE
    assert reading.summary.text.startswith("1 running, 1 waiting for approval")
    assert jobs == ["/repos/lma/api/actions/runs/3/jobs"]
    (job,) = section(reading, "jobs").records
    assert (job.title.text, job.state.text) == ("deploy", "in_progress")
    assert detail(job, "step") == "Deploy"
    (approval,) = section(reading, "approvals").records
    assert approval.state.text == "waits: you may approve it"
    assert detail(approval, "by") == "dana"
    (deployed,) = section(reading, "deployments").records
    assert (deployed.title.text, deployed.condition) == ("production", Condition.FINE)
    assert reading.notices == ("a run waits for approval: pool: raise max to 40",)
    assert numbers_of(harvest) == {
        "running": 1.0,
        "waiting_for_approval": 1.0,
        "failed_24h": 0.0,
        "failing_workflows": 0.0,
        "queued_longest_s": 0.0,
        "workflows_off": 0.0,
        "api_budget_used_percent": None,
        "unchanged_percent": 0.0,
    }
    assert harvest.again_s == 5.0


async def test_calm() -> None:
    async with on_stage({RUNS: data.github_list(run(1))}) as stage:
        harvest = await stage.read()
        assert stage.asked("/jobs") == stage.asked("/pending_deployments") == []

    assert harvest.payload.condition is Condition.FINE
    assert harvest.payload.summary.text == (
        "nothing runs, nothing waits · last: deploy-api success"
    )
    assert harvest.again_s is None


@pytest.mark.parametrize(
    ("runs", "failing", "condition"),
    [
        ((failed(2, 5), run(1, 60)), 1, Condition.DEGRADED),
        ((run(2, 5), failed(1, 60)), 0, Condition.FINE),
        ((failed(2, 5, event="pull_request"), run(1, 60)), 0, Condition.FINE),
        ((failed(2, 5, head_branch="staging"), run(1, 60)), 1, Condition.DEGRADED),
        ((failed(2, 5, workflow_id=8), run(1, 60)), 1, Condition.DEGRADED),
        ((run(2, 5, conclusion="cancelled"), failed(1, 60)), 1, Condition.DEGRADED),
    ],
)
async def test_a_failure_counts_until_the_same_went_well(
    runs: tuple[data.Json, ...], failing: int, condition: Condition
) -> None:
    async with on_stage({RUNS: data.github_list(*runs)}) as stage:
        harvest = await stage.read()

    assert numbers_of(harvest)["failing_workflows"] == failing
    shown = [one.condition for one in section(harvest.payload, "runs").records]
    assert shown.count(Condition.DEGRADED) == failing
    assert harvest.payload.condition is condition


async def test_the_step_that_failed() -> None:
    jobs = more.jobs(more.job(1, conclusion="success"), more.job(2, conclusion="failure"))
    changed = {RUNS: data.github_list(failed(2, 5)), "/jobs": jobs}
    async with on_stage(changed) as stage:
        reading = await stage.system()

    (job,) = section(reading, "jobs").records
    assert (job.id, job.state.text, job.condition) == ("2", "failure", Condition.DEGRADED)
    assert detail(job, "step") == "Deploy"
    assert job.url == "https://github.com/o/r/actions/runs/1/job/2"


async def test_a_run_that_nobody_takes() -> None:
    queued = run(2, 25, status="queued", conclusion=None)
    async with on_stage({RUNS: data.github_list(queued)}) as stage:
        harvest = await stage.read()

    assert harvest.payload.condition is Condition.DEGRADED
    shown = records(harvest.payload, "runs")["2"]
    assert shown.state.text == "queued for 25 min: no runner takes it"
    assert numbers_of(harvest)["queued_longest_s"] == pytest.approx(1_500)


@pytest.mark.parametrize(
    ("watched", "off", "condition"),
    [((), 2, Condition.DEGRADED), (("deploy-api.yml",), 0, Condition.FINE)],
)
async def test_workflows_that_are_off(
    watched: tuple[str, ...], off: int, condition: Condition
) -> None:
    listed = more.workflows(
        more.workflow(),
        more.workflow("nightly.yml", "disabled_inactivity", 8),
        more.workflow("old.yml", "disabled_manually", 9),
    )
    changed = {"/actions/workflows": listed, RUNS: data.github_list(run(1))}
    async with on_stage(changed, workflows=watched) as stage:
        harvest = await stage.read()

    assert numbers_of(harvest)["workflows_off"] == off
    assert harvest.payload.condition is condition
    assert len(section(harvest.payload, "blocking").records) == off


async def test_a_workflow_that_is_configured_and_not_there() -> None:
    async with on_stage(workflows=("deploy-web.yml",)) as stage:
        reading = await stage.system()

    assert "there is no workflow deploy-web.yml" in reading.notices


@pytest.mark.parametrize("word", ["archived", "disabled"])
async def test_a_repository_that_is_closed(word: str) -> None:
    async with on_stage({"/repos/lma/api": more.repository(**{word: True})}) as stage:
        reading = await stage.system()

    assert reading.condition is Condition.BROKEN
    assert word in section(reading, "blocking").records[0].state.text


async def test_an_approval_that_is_not_ours_and_a_timer() -> None:
    waits = more.approval(current_user_can_approve=False, wait_timer=30, reviewers=[])
    changed = {
        RUNS: data.github_list(run(2, status="waiting", conclusion=None)),
        "/pending_deployments": [waits],
    }
    async with on_stage(changed) as stage:
        (shown,) = records(await stage.system(), "approvals").values()

    assert shown.state.text == ("waits, and a timer of 30 min: others approve it")


async def test_the_newest_deployment_of_each_environment_that_is_wanted() -> None:
    listed = [
        more.deployment(1, at="2026-11-18T10:00:00Z"),
        more.deployment(3, at="2026-11-18T12:00:00Z"),
        more.deployment(2, "staging", at="2026-11-18T11:00:00Z"),
        more.deployment(4, "pr-17", at="2026-11-18T12:10:00Z"),
    ]
    changed = {"/deployments": listed, "/statuses": [more.status("failure")]}
    async with on_stage(changed, environments=("production", "staging")) as stage:
        reading = await stage.system()

    shown = section(reading, "deployments").records
    assert [(one.id, one.title.text) for one in shown] == [("3", "production"), ("2", "staging")]
    assert {one.condition for one in shown} == {Condition.DEGRADED}


async def test_a_deployment_without_a_status() -> None:
    async with on_stage({"/statuses": []}) as stage:
        (shown,) = records(await stage.system(), "deployments").values()

    assert (shown.state.text, shown.condition) == ("no status yet", Condition.UNKNOWN)


async def test_what_could_not_be_read_is_said_where_it_would_stand() -> None:
    refused = json_reply({"message": "Resource not accessible"}, 403)
    changed = {
        "/deployments": refused,
        "/jobs": refused,
        RUNS: data.github_list(run(1, status="in_progress", conclusion=None)),
    }
    async with on_stage(changed) as stage:
        reading = await stage.system()

    assert "may not do this" in section(reading, "deployments").blind
    assert "Resource not accessible" in section(reading, "deployments").blind
    (job,) = section(reading, "jobs").records
    assert job.condition is Condition.UNKNOWN
    assert job.state.text.startswith("not read: the credential may not do this")


async def test_without_runs_the_rest_is_there_and_nothing_is_counted() -> None:
    async with on_stage({RUNS: json_reply({}, 404)}) as stage:
        harvest = await stage.read()

    assert harvest.payload.condition is Condition.UNKNOWN
    assert numbers_of(harvest)["running"] is None
    assert numbers_of(harvest)["workflows_off"] == 0.0


async def test_when_nothing_could_be_read_that_is_the_failure() -> None:
    async with on_stage({end: json_reply({}, 404) for end, _ in REPOSITORY}) as stage:
        with pytest.raises(NotFound, match="list workflow runs"):
            await stage.read()


async def test_what_is_unchanged_costs_nothing() -> None:
    """As GitHub does: a 304 leaves the allowance as it was."""
    left = 5_000

    def answer(asked: Asked) -> Reply:
        nonlocal left
        known = "if-none-match" in asked.headers
        left -= not known
        body = next(body for end, body in REPOSITORY if asked.path.endswith(end))
        reply = json_reply(
            body, ETag='"one"', X_RateLimit_Limit="5000", X_RateLimit_Remaining=str(left)
        )
        return Reply(status=304, headers=reply.headers) if known else reply

    clock = shifted_clock()
    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        source = repository(api, clock)
        first = await source.read()
        spent = 5_000 - left
        second = await source.read()

    assert spent == len(server.asked) - 5
    assert left == 5_000 - spent, "the second read was free"
    assert numbers_of(first)["unchanged_percent"] == 0.0
    assert numbers_of(second)["unchanged_percent"] == 100.0
    assert numbers_of(second)["api_budget_used_percent"] == pytest.approx(100 * spent / 5_000)
    assert second.payload == first.payload


async def test_words_that_are_not_known_are_unknown() -> None:
    changed = {
        "/statuses": [more.status("abandoned")],
        "/actions/workflows": more.workflows(more.workflow(state="paused")),
        RUNS: data.github_list(run(1, status="thinking", conclusion=None)),
    }
    async with on_stage(changed) as stage:
        reading = await stage.system()

    assert reading.summary.text.startswith("1 workflows off, 1 in a state we have no word for")
    for key in ("deployments", "blocking", "runs"):
        assert {one.condition for one in section(reading, key).records} == {Condition.UNKNOWN}


async def test_what_is_remembered_does_not_hide_that_nobody_answers() -> None:
    async with on_stage() as stage:
        await stage.read()
        stage.bodies.update((end, json_reply({}, 503)) for end, _ in REPOSITORY)
        with pytest.raises(ServerFailed):
            await stage.read()


@pytest.mark.parametrize(
    ("status", "conclusion", "condition"),
    [
        ("thinking", None, Condition.UNKNOWN),
        ("completed", "shrugged", Condition.UNKNOWN),
        ("completed", "neutral", Condition.FINE),
    ],
)
async def test_a_run_in_a_state_without_a_word_is_never_fine(
    status: str, conclusion: str | None, condition: Condition
) -> None:
    odd = run(1, status=status, conclusion=conclusion)
    async with on_stage({RUNS: data.github_list(odd)}) as stage:
        reading = await stage.system()

    assert reading.condition is condition
