"""The demo's Render has memory: deploys take their time, a roll back is a new deploy."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from demo.estate import API_PRODUCTION, API_STAGING
from demo.vendors.render_models import Timing
from tests.demo_rig import Stage, ok

SERVICE = f"/v1/services/{API_PRODUCTION}"
TIMING = Timing()
DEPLOYED_S = TIMING.create_s + TIMING.build_s + TIMING.update_s


async def deploys(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    listed = ok(await client.get(f"{SERVICE}/deploys", params=params))
    return [each["deploy"] for each in listed]


async def events(client: httpx.AsyncClient) -> list[str]:
    listed = ok(await client.get(f"{SERVICE}/events", params={"limit": 100}))
    return [each["event"]["type"] for each in listed]


async def test_rollback_is_a_new_deploy_of_an_old_build() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        live = (await deploys(client, status="live"))[0]
        old = (await deploys(client, status="deactivated"))[0]
        made = ok(await client.post(f"{SERVICE}/rollback", json={"deployId": old["id"]}))
        before = (await deploys(client, status="live"))[0]
        stage.clock.advance(TIMING.create_s + TIMING.update_s)
        after = (await deploys(client, status="live"))[0]
        replaced = ok(await client.get(f"{SERVICE}/deploys/{live['id']}"))

    assert made["id"] not in {live["id"], old["id"]}
    assert made["trigger"] == "rollback"
    assert made["commit"]["id"] == old["commit"]["id"]
    assert before["id"] == live["id"]
    assert after["id"] == made["id"]
    assert replaced["status"] == "deactivated"


async def test_rollback_leaves_autodeploy_on_and_a_push_brings_the_commit_back() -> None:
    stage = Stage()
    render = stage.estate.render
    bad = render.live(API_PRODUCTION)
    assert bad is not None
    async with stage.client("render") as client:
        old = (await deploys(client, status="deactivated"))[0]
        await client.post(f"{SERVICE}/rollback", json={"deployId": old["id"]})
        stage.clock.advance(DEPLOYED_S)
        service = ok(await client.get(SERVICE))
        pushed = render.push(API_PRODUCTION, bad.commit)
        stage.clock.advance(DEPLOYED_S)
        live = (await deploys(client, status="live"))[0]
        switched = ok(await client.patch(SERVICE, json={"autoDeploy": "no"}))
        ignored = render.push(API_PRODUCTION, bad.commit)

    assert service["autoDeploy"] == "yes"
    assert pushed is not None
    assert live["commit"]["id"] == bad.commit.sha
    assert switched["autoDeploy"] == "no"
    assert ignored is None


async def test_a_deploy_goes_through_its_states_in_order() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        made = ok(await client.post(f"{SERVICE}/deploys", json={"clearCache": "do_not_clear"}))
        path = f"{SERVICE}/deploys/{made['id']}"
        states = [made["status"]]
        for step_s in (TIMING.create_s, TIMING.build_s, TIMING.update_s):
            stage.clock.advance(step_s)
            states.append(ok(await client.get(path))["status"])

    assert states == ["created", "build_in_progress", "update_in_progress", "live"]


async def test_a_second_deploy_waits_without_saying_its_name() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        first = await client.post(f"{SERVICE}/deploys", json={})
        second = await client.post(f"{SERVICE}/deploys", json={})
        waiting = (await deploys(client, status="queued"))[0]
        stage.clock.advance(DEPLOYED_S)
        begun = ok(await client.get(f"{SERVICE}/deploys/{waiting['id']}"))
        stage.clock.advance(DEPLOYED_S)
        live = (await deploys(client, status="live"))[0]

    assert (first.status_code, second.status_code) == (201, 202)
    assert second.content == b""
    assert begun["status"] not in {"queued", "live"}
    assert live["id"] == waiting["id"]


async def test_cancelling_a_waiting_deploy_lets_the_running_one_go_on() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        first = ok(await client.post(f"{SERVICE}/deploys", json={}))
        for _ in range(2):
            await client.post(f"{SERVICE}/deploys", json={})
        newest, middle = (await deploys(client, status="queued"))[:2]
        canceled = ok(await client.post(f"{SERVICE}/deploys/{middle['id']}/cancel"))
        running = [each["id"] for each in await deploys(client, status="created")]
        stage.clock.advance(2 * DEPLOYED_S)
        live = (await deploys(client, status="live"))[0]

    assert canceled["status"] == "canceled"
    assert running == [first["id"]]
    assert live["id"] == newest["id"]


async def test_cancel_refuses_what_is_over() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        live = (await deploys(client, status="live"))[0]
        refused = await client.post(f"{SERVICE}/deploys/{live['id']}/cancel")

    assert refused.status_code == 409
    assert set(refused.json()) >= {"id", "message"}


async def test_restart_is_an_event_and_new_instances_but_no_deploy() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        before = ok(await client.get(f"{SERVICE}/instances"))
        count = len(await deploys(client))
        answered = await client.post(f"{SERVICE}/restart")
        stage.clock.advance(TIMING.restart_s)
        after = ok(await client.get(f"{SERVICE}/instances"))
        told = await events(client)
        still = len(await deploys(client))

    assert answered.status_code == 200
    assert {each["id"] for each in before}.isdisjoint(each["id"] for each in after)
    assert told[0] == "server_restarted"
    assert still == count


async def test_scale_changes_the_instances_unless_autoscaling_is_on() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        accepted = await client.post(f"{SERVICE}/scale", json={"numInstances": 4})
        stage.clock.advance(TIMING.scale_s)
        service = ok(await client.get(SERVICE))
        instances = ok(await client.get(f"{SERVICE}/instances"))
        services = stage.estate.render.services
        services[API_STAGING] = replace(services[API_STAGING], autoscaling=True)
        path = f"/v1/services/{API_STAGING}"
        also = await client.post(f"{path}/scale", json={"numInstances": 4})
        stage.clock.advance(TIMING.scale_s)
        ignored = ok(await client.get(path))

    assert (accepted.status_code, also.status_code) == (202, 202)
    assert service["serviceDetails"]["numInstances"] == len(instances) == 4
    assert ignored["serviceDetails"]["numInstances"] == 1


async def test_suspend_takes_the_api_down_and_resume_deploys_it_again() -> None:
    stage = Stage()
    async with stage.client("render") as client, stage.client("lma-api-production") as api:
        await client.post(f"{SERVICE}/suspend")
        stage.clock.advance(TIMING.suspend_s)
        service = ok(await client.get(SERVICE))
        down = await api.get("/health/live")
        refused = await client.post(f"{SERVICE}/restart")
        await client.post(f"{SERVICE}/resume")
        stage.clock.advance(TIMING.suspend_s)
        newest = (await deploys(client))[0]
        stage.clock.advance(DEPLOYED_S)
        up = await api.get("/health/live")

    assert (service["suspended"], service["suspenders"]) == ("suspended", ["user"])
    assert (down.status_code, refused.status_code, up.status_code) == (503, 409, 200)
    assert newest["trigger"] == "service_resumed"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("rollback", {}),
        ("rollback", {"deploy": "dep-1"}),
        ("scale", {"numInstances": "three"}),
        ("scale", {"numInstances": 0}),
        ("scale", {}),
        ("deploys", {"clearCache": "perhaps"}),
        ("deploys", {"commitId": "; drop table"}),
        ("deploys", {"commitId": "fffffff"}),
    ],
)
async def test_a_body_that_is_not_understood_changes_nothing(
    path: str, body: dict[str, object]
) -> None:
    stage = Stage()
    async with stage.client("render") as client:
        before = await deploys(client)
        refused = await client.post(f"{SERVICE}/{path}", json=body)
        stage.clock.advance(DEPLOYED_S)
        after = await deploys(client)

    assert refused.status_code == 400
    assert after == before


async def test_a_commit_is_deployed_by_its_first_characters() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        old = (await deploys(client))[-1]["commit"]["id"]
        made = ok(await client.post(f"{SERVICE}/deploys", json={"commitId": old[:7]}))

    assert made["commit"]["id"] == old


async def test_what_is_not_there_and_who_may_not_ask() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        absent = await client.get("/v1/services/srv-nothing")
        foreign = await client.get(f"/v1/services/{API_STAGING}/deploys/dep-nothing")
    async with stage.client("render", "wrong") as stranger:
        refused = await stranger.get(SERVICE)

    assert (absent.status_code, foreign.status_code, refused.status_code) == (404, 404, 401)
    assert absent.json()["message"]


async def test_pages_by_cursor_end_where_the_list_ends() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        seen: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(10):
            page = ok(await client.get(f"{SERVICE}/deploys", params={"limit": 3, **cursor}))
            seen += [each["deploy"]["id"] for each in page]
            if len(page) < 3:
                break
            cursor = {"cursor": page[-1]["cursor"]}
        everything = [each["id"] for each in await deploys(client, limit=100)]

    assert seen == everything


async def test_changes_have_a_limit_of_their_own() -> None:
    stage = Stage()
    async with stage.client("render") as client:
        for _ in range(10):
            allowed = await client.post(f"{SERVICE}/scale", json={"numInstances": 2})
        over = await client.post(f"{SERVICE}/scale", json={"numInstances": 2})
        reading = await client.get(SERVICE)

    assert allowed.status_code == 202
    assert over.status_code == 429
    assert 0 < int(over.headers["retry-after"]) <= 60
    assert int(over.headers["ratelimit-reset"]) < 1_000_000_000
    assert reading.status_code == 200


async def test_metrics_and_logs_tell_of_the_service_asked_for() -> None:
    stage = Stage()
    service = stage.estate.render.services[API_PRODUCTION]
    async with stage.client("render") as client:
        cpu = ok(await client.get("/v1/metrics/cpu", params={"resource": API_PRODUCTION}))
        nobody = ok(await client.get("/v1/metrics/cpu", params={"resource": "srv-other"}))
        query = {"ownerId": service.owner_id, "resource": API_PRODUCTION, "limit": "5"}
        logs = ok(await client.get("/v1/logs", params=query))
        older = ok(await client.get("/v1/logs", params={**query, "endTime": logs["nextEndTime"]}))
        incomplete = await client.get("/v1/logs", params={"resource": API_PRODUCTION})

    assert len(cpu[0]["values"]) == 61
    assert nobody == []
    stamps = [line["timestamp"] for line in logs["logs"]]
    assert stamps == sorted(stamps, reverse=True)
    assert logs["hasMore"] is True
    assert older["logs"][0]["timestamp"] <= stamps[-1]
    assert incomplete.status_code == 400
