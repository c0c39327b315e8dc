"""The demo's GitHub has memory: a dispatched run runs, and what it deploys is live afterwards."""

from typing import Any

import httpx
import pytest

from demo.commits import DENIZ
from demo.estate import API_STAGING
from demo.history import LMA_REPO, LOCALLOOP_REPO
from demo.workflows import CI_LMA
from tests.demo_rig import Stage, ok

REPO = f"/repos/{LMA_REPO}"
DEPLOY_API = f"{REPO}/actions/workflows/deploy-api.yml"
LONG_S = 60.0


async def dispatch(client: httpx.AsyncClient, **inputs: str) -> Any:
    body = {"ref": "main", "inputs": inputs, "return_run_details": True}
    return ok(await client.post(f"{DEPLOY_API}/dispatches", json=body))


async def run_of(client: httpx.AsyncClient, id_: int) -> Any:
    return ok(await client.get(f"{REPO}/actions/runs/{id_}"))


async def test_a_dispatched_run_deploys_and_ends_when_the_deploy_does() -> None:
    stage = Stage()
    newest = stage.estate.github.head(stage.estate.github.repos[LMA_REPO], "main")
    async with stage.client("github") as client, stage.client("lma-api-staging") as api:
        made = await dispatch(client, environment="staging")
        seen = []
        for step_s in (0, 3, 10, LONG_S):
            stage.clock.advance(step_s)
            run = await run_of(client, made["workflow_run_id"])
            seen.append((run["status"], run["conclusion"]))
        version = ok(await api.get("/health"))["commit"]

    assert seen[0] == ("queued", None)
    assert seen[1] == seen[2] == ("in_progress", None)
    assert seen[3] == ("completed", "success")
    assert version == newest.sha
    live = stage.estate.render.live(API_STAGING)
    assert live is not None
    assert live.commit.sha == newest.sha


async def test_the_web_workflow_deploys_every_app_it_is_asked_for() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        body = {"ref": "staging", "inputs": {"app": "all", "environment": "staging"}}
        path = f"{REPO}/actions/workflows/deploy-web.yml/dispatches"
        answer = await client.post(path, json=body)
        stage.clock.advance(LONG_S)
        runs = ok(await client.get(f"{REPO}/actions/workflows/deploy-web.yml/runs"))
        newest = stage.estate.github.head(stage.estate.github.repos[LMA_REPO], "staging")
        live = {stage.estate.live_web(f"lma-{app}-staging") for app in ("web", "merchant", "admin")}

    assert answer.status_code == 204
    assert answer.content == b""
    assert runs["workflow_runs"][0]["conclusion"] == "success"
    assert {commit.sha if commit else "" for commit in live} == {newest.sha}


async def test_a_run_cannot_deploy_what_is_suspended() -> None:
    stage = Stage()
    render = stage.estate.render
    render.suspend(render.services[API_STAGING])
    stage.clock.advance(LONG_S)
    async with stage.client("github") as client:
        made = await dispatch(client, environment="staging")
        stage.clock.advance(LONG_S)
        run = await run_of(client, made["workflow_run_id"])
        jobs = ok(await client.get(f"{REPO}/actions/runs/{run['id']}/jobs"))["jobs"]

    assert run["conclusion"] == "failure"
    assert [job["conclusion"] for job in jobs] == ["success", "failure"]


async def test_cancel_is_a_request_and_refused_when_it_is_over() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        made = await dispatch(client, environment="staging")
        path = f"{REPO}/actions/runs/{made['workflow_run_id']}"
        accepted = await client.post(f"{path}/cancel")
        meanwhile = ok(await client.get(path))["status"]
        stage.clock.advance(LONG_S)
        after = ok(await client.get(path))
        again = await client.post(f"{path}/cancel")

    assert (accepted.status_code, again.status_code) == (202, 409)
    assert meanwhile == "queued"
    assert (after["status"], after["conclusion"]) == ("completed", "cancelled")


async def test_rerun_is_another_attempt_of_the_same_commit() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        runs = ok(await client.get(f"{REPO}/actions/workflows/ci.yml/runs"))["workflow_runs"]
        first = runs[0]
        path = f"{REPO}/actions/runs/{first['id']}"
        accepted = await client.post(f"{path}/rerun")
        second = ok(await client.get(path))
        too_soon = await client.post(f"{path}/rerun")
        stage.clock.advance(LONG_S)
        after = ok(await client.get(path))

    assert (accepted.status_code, too_soon.status_code) == (201, 403)
    assert (second["run_attempt"], second["status"]) == (2, "queued")
    assert second["head_sha"] == first["head_sha"]
    assert after["conclusion"] == "success"


@pytest.mark.parametrize(
    ("workflow", "body"),
    [
        ("deploy-api.yml", {}),
        ("deploy-api.yml", {"ref": "nowhere", "inputs": {"environment": "staging"}}),
        ("deploy-api.yml", {"ref": "main", "inputs": {"environment": "moon"}}),
        ("deploy-api.yml", {"ref": "main", "inputs": {"environment": "staging", "x": "y"}}),
        ("deploy-api.yml", {"ref": "main", "inputs": {"environment": 3}}),
        ("deploy-api.yml", {"ref": "main"}),
        ("ci.yml", {"ref": "main"}),
    ],
)
async def test_a_dispatch_that_is_not_understood_starts_nothing(
    workflow: str, body: dict[str, object]
) -> None:
    stage = Stage()
    count = len(stage.estate.github.runs)
    async with stage.client("github") as client:
        refused = await client.post(f"{REPO}/actions/workflows/{workflow}/dispatches", json=body)

    assert refused.status_code == 422
    assert refused.json()["message"]
    assert len(stage.estate.github.runs) == count


async def test_an_unchanged_answer_is_not_sent_again_and_costs_nothing() -> None:
    stage = Stage()
    path = f"{REPO}/actions/runs"
    async with stage.client("github") as client:
        first = await client.get(path)
        tag = {"if-none-match": first.headers["etag"]}
        same = await client.get(path, headers=tag)
        left = first.headers["x-ratelimit-remaining"]
        repo = stage.estate.github.repos[LMA_REPO]
        newest = stage.estate.github.head(repo, "main")
        stage.estate.github.begin(CI_LMA, newest, DENIZ, "push")
        changed = await client.get(path, headers=tag)

    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["x-ratelimit-remaining"] == left
    assert changed.status_code == 200
    assert int(changed.headers["x-ratelimit-remaining"]) == int(left) - 1


async def test_pages_are_linked_to_one_another() -> None:
    stage = Stage()
    path: str | None = f"{REPO}/actions/runs?per_page=4&event=workflow_dispatch"
    seen: list[int] = []
    async with stage.client("github") as client:
        for _ in range(20):
            page = await client.get(str(path))
            body = ok(page)
            seen += [run["id"] for run in body["workflow_runs"]]
            following = page.links.get("next")
            if following is None:
                break
            path = following["url"]

    assert len(seen) == len(set(seen)) == body["total_count"] > 8


async def test_filters_leave_only_what_was_asked_for() -> None:
    stage = Stage()
    path = f"{REPO}/actions/runs"
    async with stage.client("github") as client:
        everything = ok(await client.get(path, params={"per_page": 100}))["workflow_runs"]
        failed = ok(await client.get(path, params={"status": "failure"}))["workflow_runs"]
        staging = ok(await client.get(path, params={"branch": "staging"}))["workflow_runs"]
        since = everything[3]["created_at"]
        recent = ok(await client.get(path, params={"created": f">={since}"}))["workflow_runs"]
        nonsense = await client.get(path, params={"status": "asleep"})

    assert {run["conclusion"] for run in failed} == {"failure"}
    assert {run["head_branch"] for run in staging} == {"staging"}
    assert [run["id"] for run in recent] == [run["id"] for run in everything[:4]]
    assert nonsense.status_code == 422


async def test_the_log_of_a_job_lies_at_another_origin_that_wants_no_token() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        run = ok(await client.get(f"{REPO}/actions/workflows/deploy-api.yml/runs"))
        jobs = ok(await client.get(f"{REPO}/actions/runs/{run['workflow_runs'][0]['id']}/jobs"))
        link = await client.get(f"{REPO}/actions/jobs/{jobs['jobs'][0]['id']}/logs")
        where = httpx.URL(link.headers["location"])
        with_token = await client.get(where.copy_with(host="127.0.0.1"))
        plain = await client.get(where.copy_with(host="127.0.0.1"), headers={"authorization": ""})
        del client.headers["authorization"]
        good = await client.get(where.copy_with(host="127.0.0.1"))

    assert link.status_code == 302
    assert where.host == "localhost"
    assert (with_token.status_code, plain.status_code) == (400, 400)
    assert "done" in good.text


async def test_who_may_not_see_a_repository_is_told_that_it_is_not_there() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        hidden = await client.get("/repos/somebody/else")
        nameless = await client.get(REPO, headers={"user-agent": ""})
        old = await client.get(REPO, headers={"x-github-api-version": "2008-01-01"})
    async with stage.client("github", "wrong") as stranger:
        refused = await stranger.get(REPO)

    assert (hidden.status_code, refused.status_code) == (404, 401)
    assert (nameless.status_code, old.status_code) == (403, 400)


async def test_too_many_writes_at_once_are_a_secondary_limit() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        for _ in range(80):
            await client.post(f"{DEPLOY_API}/dispatches", json={})
        over = await client.post(f"{DEPLOY_API}/dispatches", json={})
        reading = await client.get(REPO)

    assert over.status_code == 403
    assert "secondary rate limit" in over.json()["message"]
    assert 0 < int(over.headers["retry-after"]) <= 60
    assert reading.status_code == 200


async def test_deployments_tell_of_the_runs_that_deployed() -> None:
    stage = Stage()
    async with stage.client("github") as client:
        listed = ok(await client.get(f"{REPO}/deployments", params={"environment": "production"}))
        path = f"{REPO}/deployments/{listed[0]['id']}/statuses"
        states = ok(await client.get(path))

    assert {each["environment"] for each in listed} == {"production"}
    assert states[0]["state"] == "success"


async def test_a_run_may_wait_for_a_person() -> None:
    stage = Stage()
    repo = f"/repos/{LOCALLOOP_REPO}/actions/runs"
    async with stage.client("github") as client:
        waiting = ok(await client.get(repo, params={"status": "waiting"}))["workflow_runs"]
        path = f"{repo}/{waiting[0]['id']}"
        pending = ok(await client.get(f"{path}/pending_deployments"))
        stage.clock.advance(3600)
        still = ok(await client.get(path))
        await client.post(f"{path}/cancel")
        stage.clock.advance(LONG_S)
        after = ok(await client.get(path))

    assert pending[0]["environment"]["name"] == "production"
    assert pending[0]["current_user_can_approve"] is True
    assert (still["status"], still["conclusion"]) == ("waiting", None)
    assert after["conclusion"] == "cancelled"
