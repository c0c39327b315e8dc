"""One request of every operation that the vendors' specifications have."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from demo.estate import API_PRODUCTION, API_STAGING, LMA_TEAM
from demo.history import LMA_REPO
from demo.seed import OWNER
from demo.vendors import github_jobs
from demo.vendors.github_models import Conclusion, RunStatus
from tests.demo_rig import Stage


class Ask(Struct, frozen=True, kw_only=True):
    """One request."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    """The body as a form, where the vendor takes no JSON."""


def _get(path: str, **query: str) -> Ask:
    return Ask(method="GET", path=path, query=query)


def _post(path: str, body: Any = None, **query: str) -> Ask:
    return Ask(method="POST", path=path, query=query, body=body)


def vercel(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things, in an order in which each is possible."""
    state, team = stage.estate.vercel, LMA_TEAM
    project = stage.estate.web("lma-web")
    live, second, *_ = [each for each in state.of(project.id) if each.served]
    building = state.create(stage.estate.web("lma-admin").id, live.commit)
    one = f"/v1/projects/{project.id}"
    yield _get("/v2/user")
    yield _get("/v2/teams", limit="5")
    yield _get("/v10/projects", teamId=team, limit="20", search="lma")
    yield _get("/v9/projects/lma-web", teamId=team)
    yield _get("/v9/projects/lma-web/domains", teamId=team)
    yield _get("/v6/domains/www.lma.com/config", teamId=team)
    yield _get("/v7/deployments", teamId=team, projectId=project.id, limit="2", target="production")
    yield _get("/v6/deployments", teamId=team, state="READY,ERROR", rollbackCandidate="true")
    for shown in state.of(project.id):
        yield _get(f"/v13/deployments/{shown.id}", teamId=team)
    yield _get(f"/v3/deployments/{live.id}/events", teamId=team, direction="backward", limit="5")
    yield _get(f"{one}/deployments/{live.id}/runtime-logs", teamId=team)
    yield _get(f"/v2/deployments/{live.id}/aliases", teamId=team)
    yield _get("/v4/aliases", teamId=team, projectId=project.id)
    yield _get(f"{one}/rolling-release", teamId=team)
    yield _get("/v2/observability/schema")
    yield _get("/v2/observability/schema/vercel.requests")
    yield _post("/v2/observability/query", {"metric": "requests", "scope": {}})
    yield Ask(method="PATCH", path=f"/v12/deployments/{building.id}/cancel", query={"teamId": team})
    again = {"name": "lma-web", "deploymentId": live.id, "target": "production"}
    yield _post("/v13/deployments", again, teamId=team, forceNew="1")
    yield _post(f"{one}/rollback/{second.id}", teamId=team, description="errors")
    yield _get(f"{one}/promote/aliases", teamId=team)
    yield _get("/v9/projects/lma-web", teamId=team)
    stage.clock.advance(60)
    yield _get("/v9/projects/lma-web", teamId=team)
    yield _post(f"/v10/projects/{project.id}/promote/{live.id}", teamId=team)
    yield _post(f"{one}/pause", teamId=team)
    yield _post(f"{one}/unpause", teamId=team)


def render(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things, in an order in which each is possible."""
    state = stage.estate.render
    live, previous, *_ = state.of(API_PRODUCTION)
    one, mine = f"/v1/services/{API_PRODUCTION}", {"resource": API_PRODUCTION}
    yield _get("/v1/users")
    yield _get("/v1/owners", limit="5")
    yield _get("/v1/projects")
    project = next(iter(_render_projects()))
    yield _get("/v1/environments", projectId=project)
    yield _get("/v1/services", type="web_service", ownerId=OWNER, limit="10")
    yield _get(one)
    yield _get(f"{one}/deploys", limit="20", status="deactivated")
    yield _get(f"{one}/deploys/{live.id}")
    yield _get(f"{one}/instances")
    yield _get(f"{one}/custom-domains")
    for name in ("cpu", "cpu-limit", "memory", "memory-limit", "http-requests", "http-latency"):
        yield _get(f"/v1/metrics/{name}", **mine, resolutionSeconds="60")
    for name in ("bandwidth", "instance-count", "active-connections"):
        yield _get(f"/v1/metrics/{name}", **mine)
    yield _get("/v1/logs", ownerId=OWNER, **mine, limit="10", direction="backward")
    yield _get("/v1/logs/values", ownerId=OWNER, **mine, label="level")
    yield _post(f"{one}/rollback", {"deployId": previous.id})
    yield _post(f"{one}/deploys", {"clearCache": "clear"})
    waiting = state.of(API_PRODUCTION)[0]
    yield _post(f"{one}/deploys/{waiting.id}/cancel")
    yield _post(f"{one}/restart")
    yield _post(f"{one}/scale", {"numInstances": 3})
    yield _post(f"/v1/services/{API_STAGING}/deploys", {})
    stage.clock.advance(60)
    yield _post(f"{one}/suspend")
    stage.clock.advance(60)
    yield _get(one)
    yield _post(f"{one}/resume")
    stage.clock.advance(60)
    yield _get(f"{one}/events", limit="100")
    yield _get(f"/v1/events/{state.events[-1].id}")


def _render_projects() -> Iterator[str]:
    from demo import ids

    yield ids.render("prj", OWNER)


def github(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things. Jobs are asked for once they are over: the file
    leaves null out of the conclusions, which GitHub itself answers while a job runs."""
    state, repo = stage.estate.github, f"/repos/{LMA_REPO}"
    newest = state.of(state.repos[LMA_REPO])[0]
    failed = next(run for run in state.runs.values() if run.conclusion is Conclusion.FAILURE)
    job = github_jobs.jobs(failed, state.workflows[failed.workflow_id])[-1]
    actions = f"{repo}/actions"
    yield _get("/user")
    yield _get("/rate_limit")
    yield _get(repo)
    yield _get(f"{actions}/workflows", per_page="10")
    yield _get(f"{actions}/runs", per_page="5", page="2")
    yield _get(f"{actions}/workflows/deploy-api.yml/runs", branch="main", status="success")
    yield _get(f"{actions}/runs/{newest.id}", exclude_pull_requests="true")
    yield _get(f"{actions}/runs/{failed.id}/jobs", filter="latest")
    yield _get(f"{actions}/runs/{newest.id}/pending_deployments")
    waiting = next(run for run in state.runs.values() if run.status is RunStatus.WAITING)
    yield _get(f"/repos/{waiting.repo}/actions/runs/{waiting.id}/pending_deployments")
    yield _get(f"/repos/{waiting.repo}/deployments/{_deployment(waiting.id)}/statuses")
    yield _get(f"{actions}/jobs/{job.id}")
    yield _get(f"{actions}/jobs/{job.id}/logs")
    yield _get(f"{repo}/deployments", environment="production")
    deploying = next(run for run in state.of(state.repos[LMA_REPO]) if run.environment)
    yield _get(f"{repo}/deployments/{_deployment(deploying.id)}/statuses")
    body = {"ref": "main", "inputs": {"environment": "staging"}}
    dispatches = f"{actions}/workflows/deploy-api.yml/dispatches"
    yield _post(dispatches, {**body, "return_run_details": True})
    yield _post(dispatches, body)
    yield _get(f"{actions}/runs", status="queued")
    running = state.of(state.repos[LMA_REPO])[0].id
    yield _post(f"{actions}/runs/{running}/cancel")
    yield _post(f"{actions}/runs/{running}/force-cancel")
    yield _post(f"{actions}/runs/{failed.id}/cancel")
    yield _post(f"{actions}/runs/{failed.id}/rerun-failed-jobs", {"enable_debug_logging": True})
    stage.clock.advance(60)
    yield _post(f"{actions}/runs/{failed.id}/rerun")


def _deployment(run_id: int) -> int:
    from demo import ids

    return ids.github("deployment", run_id)


def statuspage(stage: Stage) -> Iterator[Ask]:
    """Every document of a page on a calm day, in an incident, and during a maintenance."""
    names = (
        "summary",
        "status",
        "components",
        "incidents",
        "incidents/unresolved",
        "scheduled-maintenances/upcoming",
        "scheduled-maintenances/active",
    )
    page = stage.estate.pages["render"]
    for happens in (
        lambda: None,
        lambda: page.report("Slow", "minor", ("Frankfurt",), "degraded_performance", "Looking."),
        lambda: page.update("Slow", "monitoring", "Watching."),
        lambda: stage.clock.advance(49 * 3600),
        lambda: page.update("Slow", "resolved", "Over."),
    ):
        happens()
        yield from (_get(f"/api/v2/{name}.json") for name in names)


EXCHANGES = {"vercel": vercel, "render": render, "github": github, "statuspage": statuspage}

SERVICES = {"statuspage": "status-render", "google-calendar": "google"}
"""The service of the demo that speaks as a vendor does, where it is not named like the vendor."""
