"""Vercel's REST API over the demo world's memory.

Team resources want `teamId` on every call: without it they are not forbidden but absent, 404 or an
empty list, as at the vendor. A token belongs to one team. There is no read-only token.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo import ids
from demo.vendors.vercel_deployments import DeploymentCalls
from demo.vendors.vercel_projects import ProjectCalls
from demo.vendors.vercel_requests import error_body, page
from demo.vendors.vercel_runtime import LISTENED_S, RuntimeLog, Silent
from demo.vendors.vercel_state import Vercel
from demo.vendors.wire import RateWindow, Refusal, bearer

Handler = Callable[[Request], Awaitable[Response]]

_PER_MINUTE: Final = 500


class VercelApi:
    """The API of `state`.

    Args:
        state: What it remembers.
        tokens: Which team each token belongs to.
        log: What the functions of the projects write; None: nothing.
        listened_s: How long somebody who listens to that is told.
    """

    def __init__(
        self,
        state: Vercel,
        tokens: Mapping[str, str],
        log: RuntimeLog | None = None,
        listened_s: float = LISTENED_S,
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._rates = RateWindow(limit=_PER_MINUTE, window_s=60)
        self._projects = ProjectCalls(state)
        self._deployments = DeploymentCalls(state, log or Silent(), listened_s)
        self.writes: list[tuple[str, str]] = []
        """Writes that arrived, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        table = (*self._reads(), *self._actions())
        routes = [
            Route(path, functools.partial(self._answer, path, handler), methods=[method])
            for method, path, handler in table
        ]
        return Starlette(routes=routes, exception_handlers={404: _unknown_path})

    def _reads(self) -> tuple[tuple[str, str, Handler], ...]:
        project = "/v1/projects/{project}"
        logs = f"{project}/deployments/{{deployment}}/runtime-logs"
        return (
            ("GET", "/v2/user", self._user),
            ("GET", "/v2/teams", self._teams),
            ("GET", "/v10/projects", self._projects.projects),
            ("GET", "/v9/projects/{project}", self._projects.project),
            ("GET", "/v9/projects/{project}/domains", self._projects.domains),
            ("GET", "/v6/domains/{domain}/config", self._projects.domain_config),
            ("GET", "/v4/aliases", self._projects.aliases),
            ("GET", f"{project}/promote/aliases", self._projects.promote_aliases),
            ("GET", f"{project}/rolling-release", self._projects.rolling_release),
            ("GET", "/v7/deployments", self._deployments.deployments),
            ("GET", "/v6/deployments", self._deployments.deployments),
            ("GET", "/v13/deployments/{deployment}", self._deployments.deployment),
            ("GET", "/v3/deployments/{deployment}/events", self._deployments.events),
            ("GET", "/v2/deployments/{deployment}/aliases", self._deployments.deployment_aliases),
            ("GET", logs, self._deployments.runtime_logs),
            ("GET", "/v2/observability/schema", self._metrics),
            ("GET", "/v2/observability/schema/{metric}", self._metric),
        )

    def _actions(self) -> tuple[tuple[str, str, Handler], ...]:
        project = "/v1/projects/{project}"
        promote = "/v10/projects/{project}/promote/{deployment}"
        return (
            ("POST", "/v13/deployments", self._deployments.redeploy),
            ("PATCH", "/v12/deployments/{deployment}/cancel", self._deployments.cancel),
            ("POST", promote, self._projects.promote),
            ("POST", f"{project}/rollback/{{deployment}}", self._projects.rollback),
            ("POST", f"{project}/pause", self._projects.pause),
            ("POST", f"{project}/unpause", self._projects.unpause),
            ("POST", "/v2/observability/query", self._metric_rows),
        )

    async def _answer(self, operation: str, handler: Handler, request: Request) -> Response:
        now = self._state.agenda.settle()
        allowance = self._rates.take(f"{bearer(request)} {operation}", now)
        if request.method != "GET":
            self.writes.append((request.method, request.url.path))
        try:
            self._authenticate(request)
            if allowance.exceeded:
                raise _too_many(allowance.limit, allowance.resets_at)
            response = await handler(request)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            response = Response(body, refusal.status, media_type="application/json")
        response.headers["x-ratelimit-limit"] = str(allowance.limit)
        response.headers["x-ratelimit-remaining"] = str(allowance.remaining)
        response.headers["x-ratelimit-reset"] = str(int(allowance.resets_at.timestamp()))
        return response

    def _authenticate(self, request: Request) -> None:
        owner = self._tokens.get(bearer(request) or "")
        if owner is None:
            raise Refusal(403, "forbidden", "Not authorized", extra={"invalidToken": True})
        if request.query_params.get("teamId", owner) != owner:
            raise Refusal(403, "forbidden", "Not authorized to access this team")

    async def _user(self, request: Request) -> Response:
        team = self._tokens[bearer(request) or ""]
        user = {
            "id": ids.token("user", "quarterdeck", length=24),
            "email": "oncall@lma.com",
            "name": "Quarterdeck",
            "username": "quarterdeck",
            "avatar": None,
            "defaultTeamId": team,
            "limited": True,
        }
        return JSONResponse({"user": user})

    async def _teams(self, request: Request) -> Response:
        team = self._tokens[bearer(request) or ""]
        slug = team.removeprefix("team_")
        teams = [{"id": team, "slug": slug, "name": slug.upper()}]
        return JSONResponse({"teams": teams, "pagination": page(1)})

    async def _metrics(self, _request: Request) -> Response:
        return JSONResponse({"metrics": []})

    async def _metric(self, _request: Request) -> Response:
        return JSONResponse([])

    async def _metric_rows(self, _request: Request) -> Response:
        raise Refusal(402, "payment_required", "Observability Plus is required.")


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    body = error_body(404, "not_found", "The requested resource was not found.", {})
    return Response(body, 404, media_type="application/json")


def _too_many(limit: int, resets_at: datetime) -> Refusal:
    left = {"total": limit, "remaining": 0, "reset": int(resets_at.timestamp())}
    return Refusal(429, "rate_limited", "Rate limit exceeded.", extra={"limit": left})
