"""GitHub's REST API over the demo world's memory.

Conditional requests are free: a 304 does not count against the limit. What a token may not see is
404, not 403.
"""

import functools
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.vendors import github_shapes as shapes
from demo.vendors.github_files import FileCalls
from demo.vendors.github_runs import RunCalls
from demo.vendors.github_state import GitHub
from demo.vendors.wire import Allowance, RateWindow, Refusal, bearer, iso_seconds

Handler = Callable[[Request], Awaitable[Response]]

_PER_HOUR: Final = 5000
_WRITES_PER_MINUTE: Final = 80
_VERSIONS: Final = ("2022-11-28", "2026-03-10")
_DOCS: Final = "https://docs.github.com/rest"


def error_body(status: int, _code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """GitHub's error shape."""
    said = {"message": message, "documentation_url": _DOCS, "status": str(status), **extra}
    return json.dumps(said).encode()


class GitHubApi:
    """The API of `state`.

    Args:
        state: What it remembers.
        tokens: Which owners' repositories each token sees.
    """

    def __init__(self, state: GitHub, tokens: Mapping[str, frozenset[str]]) -> None:
        self._state = state
        self._tokens = tokens
        self._rates = RateWindow(limit=_PER_HOUR, window_s=3600)
        self._writes = RateWindow(limit=_WRITES_PER_MINUTE, window_s=60)
        self._runs = RunCalls(state)
        self._files = FileCalls(state)
        self.writes: list[tuple[str, str]] = []
        """Writes that arrived, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        runs, files, repo = self._runs, self._files, "/repos/{owner}/{repo}"
        one, workflow = f"{repo}/actions/runs/{{run:int}}", f"{repo}/actions/workflows/{{workflow}}"
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/user", self._user),
            ("GET", "/rate_limit", self._rate_limit),
            ("GET", repo, runs.repo),
            ("GET", f"{repo}/actions/workflows", runs.workflows),
            ("GET", f"{repo}/actions/runs", runs.runs),
            ("GET", f"{workflow}/runs", runs.runs),
            ("POST", f"{workflow}/dispatches", runs.dispatch),
            ("GET", one, runs.run),
            ("GET", f"{one}/jobs", runs.jobs),
            ("GET", f"{one}/pending_deployments", runs.pending_deployments),
            ("POST", f"{one}/rerun", runs.rerun),
            ("POST", f"{one}/rerun-failed-jobs", runs.rerun),
            ("POST", f"{one}/cancel", runs.cancel),
            ("POST", f"{one}/force-cancel", runs.cancel),
            ("GET", f"{repo}/actions/jobs/{{job:int}}", runs.job),
            ("GET", f"{repo}/actions/jobs/{{job:int}}/logs", self._job_log),
            ("GET", f"{repo}/commits/{{ref:path}}", files.commit),
            ("GET", f"{repo}/compare/{{range:path}}", files.compare),
            ("GET", f"{repo}/contents/{{path:path}}", files.contents),
            ("GET", f"{repo}/deployments", runs.deployments),
            ("GET", f"{repo}/deployments/{{deployment:int}}/statuses", runs.statuses),
        )
        routes = [
            Route(path, functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in table
        ]
        routes.append(Route("/job-logs/{job:int}", runs.log_text))
        return Starlette(routes=routes, exception_handlers={404: _unknown_path})

    async def _answer(self, handler: Handler, request: Request) -> Response:
        now = self._state.agenda.settle()
        allowance = self._rates.take(str(bearer(request)), now, cost=0)
        try:
            self._admit(request, allowance)
            response = await handler(request)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            response = Response(body, refusal.status, refusal.headers, "application/json")
        response = _conditional(request, response)
        if response.status_code != 304 and request.url.path != "/rate_limit":
            allowance = self._rates.take(str(bearer(request)), now)
        _show_allowance(response, allowance)
        return response

    def _admit(self, request: Request, allowance: Allowance) -> None:
        if not request.headers.get("user-agent"):
            raise Refusal(403, "", "Request forbidden by administrative rules. No User-Agent.")
        version = request.headers.get("x-github-api-version", _VERSIONS[0])
        if version not in _VERSIONS:
            raise Refusal(400, "", f"{version} is not a supported version")
        seen = self._tokens.get(bearer(request) or "")
        if seen is None:
            raise Refusal(401, "", "Bad credentials")
        if allowance.remaining == 0:
            raise Refusal(403, "", "API rate limit exceeded for user.")
        if request.path_params.get("owner") not in {None, *seen}:
            raise Refusal(404, "", "Not Found")
        if request.method != "GET":
            self._count_write(request)

    def _count_write(self, request: Request) -> None:
        self.writes.append((request.method, request.url.path))
        now = self._state.agenda.now
        allowance = self._writes.take(str(bearer(request)), now)
        if allowance.exceeded:
            wait = {"retry-after": str(allowance.seconds_left(now))}
            raise Refusal(403, "", "You have exceeded a secondary rate limit.", headers=wait)

    async def _user(self, _request: Request) -> Response:
        operator = self._state.operator
        created = iso_seconds(min(repo.created_at for repo in self._state.repos.values()))
        login = operator.login if operator else "quarterdeck"
        return JSONResponse(shapes.user(login, created))

    async def _rate_limit(self, request: Request) -> Response:
        now = self._state.agenda.now
        allowance = self._rates.take(str(bearer(request)), now, cost=0)
        core = {
            "limit": allowance.limit,
            "remaining": allowance.remaining,
            "used": allowance.limit - allowance.remaining,
            "reset": int(allowance.resets_at.timestamp()),
        }
        search = {**core, "limit": 30, "remaining": 30, "used": 0}
        return JSONResponse({"resources": {"core": core, "search": search}, "rate": core})

    async def _job_log(self, request: Request) -> Response:
        job = self._runs.job_of(request)
        # Another host name is another origin: a client must not send its token there.
        port = request.url.port
        return RedirectResponse(f"http://localhost:{port}/job-logs/{job.id}", 302)


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    body = error_body(404, "", "Not Found", {})
    return Response(body, 404, media_type="application/json")


def _conditional(request: Request, response: Response) -> Response:
    if request.method != "GET" or response.status_code != 200:
        return response
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        response = Response(status_code=304)
    response.headers["etag"] = tag
    response.headers["cache-control"] = "private, max-age=60, s-maxage=60"
    return response


def _show_allowance(response: Response, allowance: Allowance) -> None:
    response.headers["x-ratelimit-limit"] = str(allowance.limit)
    response.headers["x-ratelimit-remaining"] = str(allowance.remaining)
    response.headers["x-ratelimit-used"] = str(allowance.limit - allowance.remaining)
    response.headers["x-ratelimit-reset"] = str(int(allowance.resets_at.timestamp()))
    response.headers["x-ratelimit-resource"] = "core"
    response.headers["x-github-media-type"] = "github.v3; format=json"
