"""Supabase's management API over the demo world's memory.

A token sees the organisations it was made for; one of the old kind also lists them. 120 requests a
minute for a token and a project together; the reset header is seconds left.
"""

import functools
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from typing import Final

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors import supabase_shapes as shapes
from demo.vendors.supabase_logs import answered
from demo.vendors.supabase_state import Project, Supabase
from demo.vendors.wire import Allowance, Refusal, bearer, instant, iso, number, word

Handler = Callable[[Request], Awaitable[Response]]
Table = tuple[tuple[str, str, Handler], ...]

_ONE: Final = "/v1/projects/{ref}"
_SERVICES: Final = (
    "auth",
    "db",
    "db_postgres_user",
    "pooler",
    "realtime",
    "rest",
    "storage",
    "pg_bouncer",
)
_INTERVALS: Final = {
    "15min": (1, 15),
    "30min": (1, 30),
    "1hr": (1, 60),
    "3hr": (1, 180),
    "1day": (60, 24),
    "3day": (60, 72),
    "7day": (60, 168),
}
"""Minutes of a bucket, and how many there are."""

_SHARES: Final = {"auth": 3, "realtime": 1, "rest": 21, "storage": 2}


class Grant(Struct, frozen=True, kw_only=True):
    """What a token may see."""

    organizations: Collection[str]
    legacy: bool = False
    """Of the old kind, which may do all that its owner may."""


def error_body(_status: int, _code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """The management API's error shape."""
    return json.dumps({"message": message, **extra}).encode()


def bad(message: str) -> Refusal:
    """The answer to a request it does not understand."""
    return Refusal(400, "bad_request", message)


class SupabaseApi:
    """The API of `state`.

    Args:
        state: What it remembers.
        grants: What each token may see.
    """

    def __init__(self, state: Supabase, grants: Mapping[str, Grant]) -> None:
        self._state = state
        self._grants = grants
        self.writes: list[tuple[str, str]] = []
        """Writes that arrived, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        routes = [
            Route(path, functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in (*self._reads(), *self._changes())
        ]
        return Starlette(routes=routes, exception_handlers={404: _unknown_path})

    def _reads(self) -> Table:
        config = f"{_ONE}/config"
        analytics = f"{_ONE}/analytics/endpoints"
        return (
            ("GET", "/v1/projects", self._projects),
            ("GET", "/v1/organizations", self._organizations),
            ("GET", "/v1/organizations/{slug}/projects", self._organization_projects),
            ("GET", _ONE, self._shape(shapes.project)),
            ("GET", f"{_ONE}/health", self._health),
            ("GET", f"{_ONE}/readonly", self._timed(shapes.read_only)),
            ("GET", f"{_ONE}/restore", self._restorable),
            ("GET", f"{_ONE}/advisors/performance", self._advisor("PERFORMANCE")),
            ("GET", f"{_ONE}/advisors/security", self._advisor("SECURITY")),
            ("GET", f"{analytics}/logs.all", self._logs),
            ("GET", f"{analytics}/usage.api-counts", self._counts),
            ("GET", f"{analytics}/usage.api-requests-count", self._count),
            ("GET", f"{config}/database/pooler", self._shape(shapes.pooler)),
            ("GET", f"{config}/database/pgbouncer", self._shape(lambda _: shapes.pgbouncer())),
            ("GET", f"{config}/database/postgres", self._shape(shapes.postgres)),
            ("GET", f"{config}/disk", self._shape(shapes.disk)),
            ("GET", f"{config}/disk/util", self._timed(shapes.disk_use)),
            ("GET", f"{_ONE}/billing/addons", self._shape(shapes.addons)),
            ("GET", f"{_ONE}/database/backups", self._timed(shapes.backups)),
            ("GET", f"{_ONE}/upgrade/status", self._upgrade),
            ("GET", f"{_ONE}/branches", self._branches),
        )

    def _changes(self) -> Table:
        return (
            ("POST", f"{_ONE}/readonly/temporary-disable", self._lift_read_only),
            ("POST", f"{_ONE}/pause", self._change(self._state.pause)),
            ("POST", f"{_ONE}/restart", self._change(self._state.restart)),
            ("POST", f"{_ONE}/restore", self._change(self._state.restore)),
            ("POST", f"{_ONE}/restore/cancel", self._change(self._state.cancel_restore)),
        )

    async def _answer(self, handler: Handler, request: Request) -> Response:
        now = self._state.agenda.settle()
        if request.method != "GET":
            self.writes.append((request.method, request.url.path))
        key = f"{bearer(request)}/{request.path_params.get('ref')}"
        allowance = self._state.rate.take(key, now)
        try:
            self._admit(request, allowance)
            response = await handler(request)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            response = Response(body, refusal.status, media_type="application/json")
        response.headers["x-ratelimit-limit"] = str(allowance.limit)
        response.headers["x-ratelimit-remaining"] = str(allowance.remaining)
        response.headers["x-ratelimit-reset"] = str(allowance.seconds_left(now))
        return response

    def _admit(self, request: Request, allowance: Allowance) -> None:
        if bearer(request) not in self._grants:
            raise Refusal(401, "unauthorized", "Unauthorized")
        if allowance.exceeded:
            raise Refusal(429, "too_many_requests", "ThrottlerException: Too Many Requests")

    def _grant(self, request: Request) -> Grant:
        return self._grants[str(bearer(request))]

    def _project(self, request: Request) -> Project:
        project = self._state.project(request.path_params["ref"])
        if project.organization not in self._grant(request).organizations:
            raise Refusal(404, "not_found", "Project not found")
        return project

    def _awake(self, request: Request) -> Project:
        """A project that has something behind it."""
        project = self._project(request)
        if not project.awake:
            raise bad(f"Project is {project.status.value}")
        return project

    def _seen(self, request: Request) -> list[Project]:
        mine = self._grant(request).organizations
        return [one for one in self._state.projects.values() if one.organization in mine]

    def _shape(self, make: Callable[[Project], object]) -> Handler:
        async def answer(request: Request) -> Response:
            return JSONResponse(make(self._project(request)))

        return answer

    def _timed(self, make: Callable[..., object]) -> Handler:
        async def answer(request: Request) -> Response:
            return JSONResponse(make(self._project(request), self._state.agenda.now))

        return answer

    def _advisor(self, category: str) -> Handler:
        async def answer(request: Request) -> Response:
            self._awake(request)
            word(request, "lint_type", ("sql",), bad)
            return JSONResponse(shapes.lints(category))

        return answer

    def _change(self, change: Callable[[Project], None]) -> Handler:
        async def answer(request: Request) -> Response:
            change(self._project(request))
            return Response(status_code=200)

        return answer

    async def _projects(self, request: Request) -> Response:
        return JSONResponse([shapes.project(one) for one in self._seen(request)])

    async def _organizations(self, request: Request) -> Response:
        grant = self._grant(request)
        if not grant.legacy:
            raise Refusal(403, "forbidden", "Your token lacks the permission organizations_read")
        return JSONResponse(
            [
                {"id": slug, "slug": slug, "name": self._state.organizations.get(slug, slug)}
                for slug in grant.organizations
            ]
        )

    async def _organization_projects(self, request: Request) -> Response:
        offset = number(request, "offset", bad) or 0
        limit = number(request, "limit", bad, 1, 100) or 100
        slug = request.path_params["slug"]
        if slug not in self._grant(request).organizations:
            raise Refusal(404, "not_found", "Organization not found")
        wanted = request.query_params.get("statuses")
        found = [one for one in self._seen(request) if one.organization == slug]
        if wanted:
            found = [one for one in found if one.status.value in wanted.split(",")]
        page = found[offset : offset + limit]
        pagination = {"count": len(found), "limit": limit, "offset": offset}
        listed = [shapes.project_of_organization(one) for one in page]
        return JSONResponse({"projects": listed, "pagination": pagination})

    async def _health(self, request: Request) -> Response:
        project = self._project(request)
        names = request.query_params.getlist("services")
        number(request, "timeout_ms", bad, 0, 10_000)
        if not names or not set(names) <= set(_SERVICES):
            raise bad(f"services must be some of {', '.join(_SERVICES)}")
        look = await project.body.look()
        return JSONResponse([shapes.service(project, name, look) for name in names])

    async def _restorable(self, request: Request) -> Response:
        self._project(request)
        version = {"version": "17.6.1.052", "release_channel": "ga", "postgres_engine": "17"}
        return JSONResponse({"available_versions": [version]})

    async def _lift_read_only(self, request: Request) -> Response:
        self._state.lift_read_only(self._project(request))
        return Response(status_code=201)

    async def _logs(self, request: Request) -> Response:
        project, now = self._project(request), self._state.agenda.now
        start = instant(request, "iso_timestamp_start", bad) or now - timedelta(minutes=1)
        end = instant(request, "iso_timestamp_end", bad) or now
        sql = request.query_params.get("sql", "select * from edge_logs limit 100")
        return JSONResponse({"result": answered(project, sql, start, end)})

    async def _counts(self, request: Request) -> Response:
        project, now = self._project(request), self._state.agenda.now
        interval = word(request, "interval", tuple(_INTERVALS), bad) or "1day"
        minutes, count = _INTERVALS[interval]
        last = now.replace(second=0, microsecond=0)
        rows = []
        for place in range(count):
            at = last - timedelta(minutes=minutes * place)
            weight = (38 + at.minute % 17) * minutes if project.awake else 0
            totals = {f"total_{name}_requests": share * weight for name, share in _SHARES.items()}
            rows.append({"timestamp": iso(at), **totals})
        return JSONResponse({"result": rows})

    async def _count(self, request: Request) -> Response:
        project = self._project(request)
        age_s = (self._state.agenda.now - project.created_at).total_seconds()
        return JSONResponse({"result": [{"count": int(age_s * 20)}]})

    async def _upgrade(self, request: Request) -> Response:
        self._project(request)
        return JSONResponse({"databaseUpgradeStatus": None})

    async def _branches(self, request: Request) -> Response:
        self._project(request)
        return JSONResponse([])


async def _unknown_path(request: Request, _error: Exception) -> Response:
    message = f"Cannot {request.method} {request.url.path}"
    return Response(error_body(404, "", message, {}), 404, media_type="application/json")
