"""The demo's Vercel has memory: what is written shows in what is read, a little later."""

import httpx
import pytest

from demo.estate import LMA_TEAM
from demo.vendors.vercel_state import BUILD_S, INITIALIZE_S, QUEUE_S, Deployment
from tests.demo_rig import Stage, ok

TEAM = {"teamId": LMA_TEAM}
BUILT_S = QUEUE_S + INITIALIZE_S + BUILD_S


async def project(client: httpx.AsyncClient, name: str = "lma-web") -> dict[str, object]:
    found: dict[str, object] = ok(await client.get(f"/v9/projects/{name}", params=TEAM))
    return found


async def newest(client: httpx.AsyncClient, **params: str) -> list[dict[str, object]]:
    listed = await client.get("/v7/deployments", params={**TEAM, "app": "lma-web", **params})
    found: list[dict[str, object]] = ok(listed)["deployments"]
    return found


async def roll_back(client: httpx.AsyncClient, to: object, reason: str = "errors") -> int:
    shown = await project(client)
    path = f"/v1/projects/{shown['id']}/rollback/{to}"
    answer = await client.post(path, params={**TEAM, "description": reason})
    return answer.status_code


def live_id(shown: dict[str, object]) -> object:
    return shown["targets"]["production"]["id"]  # type: ignore[index]


async def test_rollback_moves_production_and_stops_auto_assignment() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        before = await project(client)
        candidate = (await newest(client, rollbackCandidate="true"))[0]["uid"]

        assert await roll_back(client, candidate, "errors are up") == 201
        pending = await project(client)
        stage.clock.advance(1)
        moving = await project(client)
        stage.clock.advance(5)
        after = await project(client)

    assert live_id(pending) == live_id(moving) == live_id(before)
    assert [shown["lastAliasRequest"]["jobStatus"] for shown in (pending, moving, after)] == [  # type: ignore[index]
        "pending",
        "in-progress",
        "succeeded",
    ]
    assert live_id(after) == candidate
    assert before["autoAssignCustomDomains"] is True
    assert after["autoAssignCustomDomains"] is False
    assert after["rollbackDescription"]["description"] == "errors are up"  # type: ignore[index]
    assert stage.services.vercel.writes == [
        ("POST", f"/v1/projects/{before['id']}/rollback/{candidate}")
    ]


async def test_after_a_rollback_new_builds_stay_staged_until_promoted() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        rolled_to = (await newest(client, rollbackCandidate="true"))[0]["uid"]
        await roll_back(client, rolled_to)
        stage.clock.advance(5)
        commit = stage.estate.vercel.deployments[str(rolled_to)].commit
        pushed = stage.estate.vercel.create(stage.estate.web("lma-web").id, commit)
        stage.clock.advance(BUILT_S)
        staged = (await newest(client))[0]
        held = await project(client)
        shown = await project(client)
        promoted = await client.post(
            f"/v10/projects/{shown['id']}/promote/{pushed.id}", params=TEAM
        )
        stage.clock.advance(5)
        after = await project(client)

    assert (staged["uid"], staged["readyState"], staged["readySubstate"]) == (
        pushed.id,
        "READY",
        "STAGED",
    )
    assert live_id(held) == rolled_to
    assert promoted.status_code == 201
    assert live_id(after) == pushed.id
    assert after["autoAssignCustomDomains"] is True
    assert after["lastRollbackTarget"] is None


async def test_redeploy_goes_through_the_states_of_a_build_and_serves() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        old = (await newest(client))[0]["uid"]
        body = {"name": "lma-web", "deploymentId": old, "target": "production"}
        made = ok(await client.post("/v13/deployments", params=TEAM, json=body))
        states = [made["readyState"]]
        for step_s in (QUEUE_S, INITIALIZE_S, BUILD_S):
            stage.clock.advance(step_s)
            one = await client.get(f"/v13/deployments/{made['id']}", params=TEAM)
            states.append(ok(one)["readyState"])
        after = await project(client)

    assert states == ["QUEUED", "INITIALIZING", "BUILDING", "READY"]
    assert live_id(after) == made["id"]


async def test_cancel_stops_a_build_and_refuses_what_is_over() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        live = (await newest(client))[0]["uid"]
        body = {"name": "lma-web", "deploymentId": live, "target": "production"}
        made = ok(await client.post("/v13/deployments", params=TEAM, json=body))
        path = f"/v12/deployments/{made['id']}/cancel"
        canceled = ok(await client.patch(path, params=TEAM))
        again = await client.patch(path, params=TEAM)
        stage.clock.advance(BUILT_S)
        after = await project(client)

    assert canceled["readyState"] == "CANCELED"
    assert again.status_code == 400
    assert live_id(after) == live


async def test_a_failed_build_serves_nothing_and_says_why() -> None:
    stage = Stage()
    web = stage.estate.web("lma-web")
    commit = stage.estate.vercel.deployments[web.live_id].commit
    ended: list[Deployment] = []
    stage.estate.vercel.create(
        web.id, commit, failure=("BUILD_FAILED", "exited with 1"), on_end=ended.append
    )
    async with stage.client("vercel") as client:
        stage.clock.advance(BUILT_S)
        failed = (await newest(client, state="ERROR"))[0]
        after = await project(client)

    assert (failed["readyState"], failed["errorCode"]) == ("ERROR", "BUILD_FAILED")
    assert live_id(after) == web.live_id
    assert [deployment.id for deployment in ended] == [failed["uid"]]


async def test_only_one_move_at_a_time_and_never_to_what_is_live() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        first, second = (await newest(client, rollbackCandidate="true"))[:2]
        live = live_id(await project(client))
        onto_itself = await roll_back(client, live)
        accepted = await roll_back(client, first["uid"])
        meanwhile = await roll_back(client, second["uid"])
        stage.clock.advance(5)
        later = await roll_back(client, second["uid"])

    assert (onto_itself, accepted, meanwhile, later) == (409, 201, 409, 201)


async def test_what_never_served_is_no_place_to_roll_back_to() -> None:
    stage = Stage()
    web = stage.estate.web("lma-web")
    commit = stage.estate.vercel.deployments[web.live_id].commit
    preview = stage.estate.vercel.create(web.id, commit, target=None)
    stage.clock.advance(BUILT_S)
    async with stage.client("vercel") as client:
        refused = await roll_back(client, preview.id)

    assert refused == 422


async def test_without_its_team_a_project_is_not_forbidden_but_absent() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        listed = ok(await client.get("/v7/deployments"))
        single = await client.get("/v9/projects/lma-web")
        foreign = await client.get("/v10/projects", params={"teamId": "team_other"})

    assert listed["deployments"] == []
    assert single.status_code == 404
    assert foreign.status_code == 403


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_bad_token_is_called_so(token: str) -> None:
    async with Stage().client("vercel", token) as client:
        refused = await client.get("/v2/user")

    assert refused.status_code == 403
    assert refused.json()["error"]["invalidToken"] is True


async def test_pages_follow_one_another_to_the_end() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        seen: list[object] = []
        until: object = None
        for _ in range(10):
            params = {**TEAM, "app": "lma-web", "limit": "2"}
            if until is not None:
                params["until"] = str(until)
            page = ok(await client.get("/v7/deployments", params=params))
            seen += [each["uid"] for each in page["deployments"]]
            until = page["pagination"]["next"]
            if until is None:
                break
        everything = await newest(client, limit="100")

    assert seen == [each["uid"] for each in everything]
    assert len(seen) == len(set(seen)) > 4


async def test_the_limit_is_shown_and_kept() -> None:
    stage = Stage()
    async with stage.client("vercel") as client:
        first = await client.get("/v2/user")
        left = int(first.headers["x-ratelimit-remaining"])
        for _ in range(left):
            last = await client.get("/v2/user")
        over = await client.get("/v2/user")
        stage.clock.advance(60)
        later = await client.get("/v2/user")

    assert last.headers["x-ratelimit-remaining"] == "0"
    assert over.status_code == 429
    assert over.json()["error"]["limit"]["remaining"] == 0
    assert later.status_code == 200


@pytest.mark.parametrize("query", [{"limit": "many"}, {"state": "SLEEPING"}, {"limit": "0"}])
async def test_a_query_that_is_not_understood_is_refused(query: dict[str, str]) -> None:
    async with Stage().client("vercel") as client:
        refused = await client.get("/v7/deployments", params={**TEAM, **query})

    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "bad_request"


async def test_a_paused_project_serves_nothing() -> None:
    stage = Stage()
    async with stage.client("vercel") as client, stage.client("lma-web-production") as browser:
        path = f"/v1/projects/{stage.estate.web('lma-web').id}"
        await client.post(f"{path}/pause", params=TEAM)
        paused = await browser.get("/")
        await client.post(f"{path}/unpause", params=TEAM)
        back = await browser.get("/")

    assert (paused.status_code, back.status_code) == (503, 200)
