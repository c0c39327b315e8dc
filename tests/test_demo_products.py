"""The products do as their live deploy and their database do, and say which commit they run."""

from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from demo.commits import POOL_RAISE, Commit, commit
from demo.estate import API_PRODUCTION
from demo.eye import Look
from demo.pulse import CLIMB_S, RELIEF_S
from demo.vendors.render_models import DeployStatus, Timing
from tests.demo_rig import Stage, ok

TIMING = Timing()
DEPLOYED_S = TIMING.create_s + TIMING.build_s + TIMING.update_s
LONG_AFTER_S = 2 * CLIMB_S


def deploy_bad(stage: Stage) -> Commit:
    """The deploy that brings the API down, gone live just now."""
    render = stage.estate.render
    author = stage.estate.live_web("lma-web")
    assert author is not None
    bad = commit(POOL_RAISE, "pool: raise max to 4", author.author, stage.clock.now().at)
    render.begin(render.services[API_PRODUCTION], bad, "api")
    settle(stage, DEPLOYED_S)
    return bad


def settle(stage: Stage, seconds: float) -> None:
    """Let time pass as it does while somebody looks every second."""
    for _ in range(round(seconds)):
        stage.clock.advance(1)
        for pulse in stage.services.pulses.values():
            pulse.strain()


async def statuses(api: httpx.AsyncClient) -> tuple[int, int, int]:
    """Of health, readiness and liveness."""
    answers = [await api.get(path) for path in ("/health", "/health/ready", "/health/live")]
    first, second, third = (answer.status_code for answer in answers)
    return first, second, third


async def test_a_calm_api_is_well_and_says_what_it_runs() -> None:
    stage = Stage()
    async with stage.client("lma-api-production") as api, stage.client("render") as render:
        seen = await statuses(api)
        health = ok(await api.get("/health"))
        listed = ok(
            await render.get(f"/v1/services/{API_PRODUCTION}/deploys", params={"status": "live"})
        )

    assert seen == (200, 200, 200)
    assert health["status"] == "ok"
    assert health["commit"] == listed[0]["deploy"]["commit"]["id"]
    assert health["checks"]["database"]["status"] == "ok"


async def test_a_bad_deploy_fails_readiness_then_health_and_never_liveness() -> None:
    stage = Stage()
    seen = []
    async with stage.client("lma-api-production") as api:
        bad = deploy_bad(stage)
        for _ in range(8):
            seen.append(await statuses(api))
            settle(stage, CLIMB_S / 6)
        health = (await api.get("/health")).json()

    assert list(dict.fromkeys(seen)) == [(200, 200, 200), (200, 503, 200), (503, 503, 200)]
    assert health["version"] == bad.short
    assert health["status"] == "unhealthy"
    assert "connection pool exhausted" in health["reasons"][0]


async def test_errors_climb_and_latency_with_them() -> None:
    stage = Stage()
    async with stage.client("lma-api-production") as api:
        calm = ok(await api.get("/health/metrics"))
        deploy_bad(stage)
        settle(stage, LONG_AFTER_S)
        bad = ok(await api.get("/health/metrics"))

    assert calm["errors"]["percent"] < 0.5
    assert bad["errors"]["percent"] > 5
    assert calm["latency_ms"]["p95"] < 2_000 < 5_000 < bad["latency_ms"]["p95"]
    assert calm["database"]["pool"]["waiting"] == 0 < bad["database"]["pool"]["waiting"]
    assert bad["errors"]["total"] > calm["errors"]["total"]
    assert bad["requests"]["total"] > calm["requests"]["total"]


async def test_a_rollback_through_the_api_heals_and_changes_the_version() -> None:
    stage = Stage()
    async with stage.client("lma-api-production") as api, stage.client("render") as render:
        deploy_bad(stage)
        settle(stage, LONG_AFTER_S)
        broken = await statuses(api)
        path = f"/v1/services/{API_PRODUCTION}"
        old = ok(await render.get(f"{path}/deploys", params={"status": "deactivated"}))
        await render.post(f"{path}/rollback", json={"deployId": old[0]["deploy"]["id"]})
        settle(stage, DEPLOYED_S + RELIEF_S)
        mended = await statuses(api)
        version = ok(await api.get("/health"))["commit"]

    assert (broken, mended) == ((503, 503, 200), (200, 200, 200))
    assert version == old[0]["deploy"]["commit"]["id"]


async def test_a_restart_helps_for_a_minute_only() -> None:
    stage = Stage()
    async with stage.client("lma-api-production") as api, stage.client("render") as render:
        deploy_bad(stage)
        settle(stage, LONG_AFTER_S)
        await render.post(f"/v1/services/{API_PRODUCTION}/restart")
        settle(stage, TIMING.restart_s + 2)
        fresh = await statuses(api)
        settle(stage, LONG_AFTER_S)
        later = await statuses(api)

    assert (fresh, later) == ((200, 200, 200), (503, 503, 200))


async def test_what_is_built_on_the_bad_commit_is_bad_too() -> None:
    stage = Stage()
    bad = deploy_bad(stage)
    stage.estate.poisoned_at = bad.at
    render = stage.estate.render
    after = commit("abcdef0", "docs: typo", bad.author, bad.at + timedelta(minutes=1))
    render.begin(render.services[API_PRODUCTION], after, "api")
    async with stage.client("lma-api-production") as api:
        settle(stage, DEPLOYED_S + LONG_AFTER_S)
        seen = await statuses(api)

    live = render.live(API_PRODUCTION)
    assert live is not None
    assert (live.commit.short, live.status) == ("abcdef0", DeployStatus.LIVE)
    assert seen == (503, 503, 200)


async def test_health_looks_at_the_database() -> None:
    stage = Stage()
    async with stage.client("lma-api-production") as api:
        stage.glass.seen = Look(why="connection refused")
        down = await statuses(api)
        health = (await api.get("/health")).json()
        stage.glass.seen = Look(used=14, ours=6)
        up = await statuses(api)

    assert (down, up) == ((503, 503, 200), (200, 200, 200))
    assert health["checks"]["database"]["error"] == "connection refused"
    assert health["checks"]["database"]["latency_ms"] is None


async def test_the_prometheus_text_says_the_same_as_the_json() -> None:
    stage = Stage()
    async with stage.client("lma-api-production") as api:
        numbers = ok(await api.get("/health/metrics"))
        asked = await api.get("/health/metrics", headers={"accept": "text/plain"})
        named = await api.get("/health/metrics", params={"format": "prometheus"})
        families = {family.name: family for family in text_string_to_metric_families(asked.text)}

    samples = {
        (sample.name, sample.labels.get("status", "")): sample.value
        for sample in families["http_requests"].samples
    }
    total = sum(samples.values())
    assert total == pytest.approx(numbers["requests"]["total"], rel=1e-5)
    assert families["db_up"].samples[0].value == 1
    assert named.headers["content-type"].startswith("text/plain")


async def test_a_page_carries_the_commit_that_production_serves() -> None:
    stage = Stage()
    team = {"teamId": stage.estate.web("lma-web").team_id}
    async with stage.client("vercel") as vercel, stage.client("lma-web-production") as browser:
        before = await browser.get("/")
        listed = await vercel.get(
            "/v7/deployments", params={**team, "app": "lma-web", "rollbackCandidate": "true"}
        )
        target = ok(listed)["deployments"][0]
        project = stage.estate.web("lma-web").id
        await vercel.post(f"/v1/projects/{project}/rollback/{target['uid']}", params=team)
        accepted = await browser.get("/")
        stage.clock.advance(5)
        after = await browser.get("/")

    sha = target["meta"]["githubCommitSha"]
    assert before.headers["x-commit"] == accepted.headers["x-commit"] != sha
    assert after.headers["x-commit"] == sha
    assert f'<meta name="commit" content="{sha}">' in after.text


async def test_a_page_shows_what_it_was_asked_for_as_text() -> None:
    async with Stage().client("lma-web-production") as browser:
        page = await browser.get("/<script>alert(1)</script>")

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_localloop_shows_its_admin_numbers_to_admins_only() -> None:
    stage = Stage()
    paths = ("/api/admin/system-status", "/api/metrics", "/admin/analytics")
    async with stage.client("localloop-production") as admin:
        granted = [(await admin.get(path)).status_code for path in paths]
        status = ok(await admin.get(paths[0]))
    async with stage.client("localloop-production", "wrong") as stranger:
        refused = [(await stranger.get(path)).status_code for path in paths]

    assert granted == [200, 200, 200]
    assert refused == [401, 401, 302]
    assert status["database"]["status"] == "ok"


async def test_localloop_without_its_database() -> None:
    stage = Stage()
    stage.glass.seen = Look(why="timed out")
    async with stage.client("localloop-production") as site:
        codes = {
            path: (await site.get(path)).status_code
            for path in ("/", "/api/health", "/api/health/database", "/api/admin/system-status")
        }

    assert codes == {
        "/": 200,
        "/api/health": 200,
        "/api/health/database": 503,
        "/api/admin/system-status": 503,
    }


async def test_renders_own_metrics_remember_the_strain() -> None:
    stage = Stage()
    async with stage.client("render") as render:
        deploy_bad(stage)
        settle(stage, LONG_AFTER_S)
        query = {"resource": API_PRODUCTION, "resolutionSeconds": "30"}
        series = ok(await render.get("/v1/metrics/http-latency", params=query))
        service = stage.estate.render.services[API_PRODUCTION]
        errors = {"ownerId": service.owner_id, "resource": API_PRODUCTION, "level": "error"}
        logs = ok(await render.get("/v1/logs", params=errors))

    values = [point["value"] for point in series[0]["values"]]
    assert values[0] < 300 < 3_000 < values[-1]
    assert "waiting for a connection" in logs["logs"][0]["message"]
