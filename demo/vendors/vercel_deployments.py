"""Vercel: deployments, their builds and their logs."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from demo.vendors import vercel_shapes as shapes
from demo.vendors.vercel_builds import build_events
from demo.vendors.vercel_requests import alias, bad, page, team
from demo.vendors.vercel_runtime import RuntimeLog, listened
from demo.vendors.vercel_state import Deployment, Project, ReadyState, Vercel
from demo.vendors.wire import epoch_ms, json_object, number, word

_PAGE: Final = 20
_LONGEST_PAGE: Final = 100
_STATES: Final = frozenset({*(state.value for state in ReadyState), "DELETED"})


class DeploymentCalls:
    """Answers about the deployments of `state`.

    Args:
        state: What is remembered.
        log: What the functions write.
        listened_s: How long somebody who listens to it is told.
    """

    def __init__(self, state: Vercel, log: RuntimeLog, listened_s: float) -> None:
        self._state = state
        self._log = log
        self._listened_s = listened_s

    def _project_of(self, request: Request) -> Project:
        return self._state.project(request.path_params["project"], team(request))

    def _deployment_of(self, request: Request) -> Deployment:
        return self._state.deployment(request.path_params["deployment"], team(request))

    async def deployments(self, request: Request) -> Response:
        """The deployments that match, newest first, page by page."""
        limit = number(request, "limit", bad, 1, _LONGEST_PAGE) or _PAGE
        until = number(request, "until", bad)
        found = [each for each in self._selected(request) if _before(each, until)]
        shown = found[:limit]
        more = epoch_ms(shown[-1].created_at) if len(found) > limit else None
        listed = [shapes.listed(self._state, each) for each in shown]
        return JSONResponse({"deployments": listed, "pagination": page(len(shown), more, shown)})

    def _selected(self, request: Request) -> list[Deployment]:
        query = request.query_params
        since = number(request, "since", bad)
        states = _states(query.get("state"))
        candidates = word(request, "rollbackCandidate", ("true", "false"), bad)
        return [
            each
            for each in self._visible(request)
            if (since is None or epoch_ms(each.created_at) >= since)
            and (not states or each.state.value in states)
            and query.get("target") in {None, each.target or "preview"}
            and query.get("sha") in {None, each.commit.sha}
            and query.get("branch") in {None, each.commit.branch}
            and candidates in {None, str(self._state.is_candidate(each)).lower()}
        ]

    def _visible(self, request: Request) -> list[Deployment]:
        owner, query = team(request), request.query_params
        wanted = {query.get("projectId"), *query.getlist("projectIds")} - {None}
        projects = [
            each
            for each in self._state.projects.values()
            if each.team_id == owner
            and (not wanted or {each.id, each.name} & wanted)
            and query.get("app") in {None, each.name}
        ]
        found = [each for project in projects for each in self._state.of(project.id)]
        return sorted(found, key=lambda each: each.created_at, reverse=True)

    async def deployment(self, request: Request) -> Response:
        """One deployment."""
        return JSONResponse(shapes.single(self._state, self._deployment_of(request)))

    async def redeploy(self, request: Request) -> Response:
        """Build a deployment's commit again."""
        body = await json_object(request, bad)
        name, id_ = body.get("name"), body.get("deploymentId")
        if not isinstance(name, str) or not name:
            raise bad("Invalid request: missing required property `name`.")
        if not isinstance(id_, str):
            raise bad("Invalid request: `deploymentId` should be string.")
        word(request, "forceNew", ("0", "1"), bad)
        old = self._state.deployment(id_, team(request))
        project = self._state.projects[old.project_id]
        if name != project.name:
            raise bad("Invalid request: `name` is not the name of the deployment's project.")
        target = "production" if body.get("target") == "production" else None
        made = self._state.create(project.id, old.commit, source="redeploy", target=target)
        return JSONResponse(shapes.single(self._state, made))

    async def cancel(self, request: Request) -> Response:
        """Stop a build."""
        canceled = self._state.cancel(self._deployment_of(request))
        return JSONResponse(shapes.single(self._state, canceled))

    async def events(self, request: Request) -> Response:
        """The log of a build."""
        events = build_events(self._state, self._deployment_of(request))
        if word(request, "direction", ("forward", "backward"), bad) == "backward":
            events.reverse()
        limit = number(request, "limit", bad, 1, 10_000)
        return JSONResponse(events[:limit])

    async def runtime_logs(self, request: Request) -> Response:
        """What the functions wrote, one object a line."""
        project, deployment = self._project_of(request), self._deployment_of(request)
        lines = listened(self._log, project, deployment, self._state.agenda, self._listened_s)
        return StreamingResponse(lines, media_type="application/stream+json")

    async def deployment_aliases(self, request: Request) -> Response:
        """The domains that lead to a deployment now."""
        deployment = self._deployment_of(request)
        names = shapes.aliases(self._state, deployment)
        return JSONResponse({"aliases": [alias(deployment, name) for name in names]})


def _states(raw: str | None) -> set[str]:
    wanted = set(raw.split(",")) if raw else set()
    if unknown := wanted - _STATES:
        raise bad(f"Invalid value for `state`: {', '.join(sorted(unknown))}.")
    return wanted


def _before(deployment: Deployment, until: int | None) -> bool:
    return until is None or epoch_ms(deployment.created_at) < until
