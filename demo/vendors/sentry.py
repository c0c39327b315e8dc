"""Sentry's Web API over the demo world's memory; the slashes at the ends are part of the paths."""

import functools
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors import sentry_event_shapes as event_shapes
from demo.vendors import sentry_shapes as shapes
from demo.vendors.sentry_issues import SentryIssue
from demo.vendors.sentry_numbers import outcomes, sessions, table, timeseries
from demo.vendors.sentry_state import ORGANIZATION, PROJECTS, Sentry
from demo.vendors.wire import RateWindow, Refusal, bearer, json_object

Handler = Callable[[Request], object]
_PER_SECOND: Final = 40
_PAGE: Final = 100
_STATUSES: Final = {
    "resolved": "resolved",
    "resolvedInNextRelease": "resolved",
    "unresolved": "unresolved",
    "ignored": "ignored",
}


def error_body(_status: int, _code: str, message: str, _extra: Mapping[str, object]) -> bytes:
    """Sentry's error shape."""
    return json.dumps({"detail": message}).encode()


def refuse(message: str) -> Refusal:
    """A question that cannot be answered."""
    return Refusal(400, "bad_request", message)


def _missing() -> Refusal:
    return Refusal(404, "not_found", "The requested resource does not exist")


class SentryApi:
    """The API of `state`, under `/api/0`.

    Args:
        state: What it remembers.
        tokens: The auth tokens that are good.
        writers: Those of them that may change issues.
        before: Called before each answer: what happened meanwhile.
    """

    def __init__(
        self,
        state: Sentry,
        tokens: frozenset[str],
        before: Callable[[], None],
        writers: frozenset[str] = frozenset(),
    ) -> None:
        self._state = state
        self._tokens = tokens | writers
        self._writers = writers
        self._before = before
        self._windows: dict[str, RateWindow] = {}
        self.writes: list[tuple[str, str]] = []
        """Writes that were admitted, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        state = self._state
        reads: dict[str, Handler] = {
            "projects": lambda _: [shapes.project(slug) for slug in PROJECTS],
            "issues": self._issues,
            "issues/{issue}": self._issue,
            "issues/{issue}/events": self._events,
            "issues/{issue}/events/{event}": self._event,
            "events": lambda request: table(state, request),
            "events-timeseries": lambda request: timeseries(state, request),
            "stats_v2": lambda request: outcomes(state, request),
            "sessions": lambda request: sessions(state, request),
            "releases": self._releases,
            "releases/{version}/deploys": self._deploys,
            "monitors": lambda _: [],
        }
        one = "/api/0/organizations/{organization}/"
        return Starlette(
            routes=[
                self._route("/api/0/organizations/", "GET", self._organizations),
                self._route(f"{one}issues/", "PUT", self._update_many),
                self._route(f"{one}issues/{{issue}}/", "PUT", self._update),
                *(self._route(f"{one}{path}/", "GET", make) for path, make in reads.items()),
            ],
            exception_handlers={404: _unknown_path},
        )

    def _route(self, path: str, method: str, make: Handler) -> Route:
        return Route(path, functools.partial(self._answer, path, make), methods=[method])

    async def _answer(self, path: str, make: Handler, request: Request) -> Response:
        self._before()
        headers: dict[str, str] = {}
        try:
            self._admit(request, path, headers)
            if request.method == "PUT":
                request.state.body = await json_object(request, refuse)
                self.writes.append((request.method, request.url.path))
            made = make(request)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            return Response(body, refusal.status, headers=headers, media_type="application/json")
        if made is None:
            return Response(status_code=204, headers=headers)
        if isinstance(made, list):
            made = _paged(request, made, headers)
        return JSONResponse(made, headers=headers)

    def _admit(self, request: Request, path: str, headers: dict[str, str]) -> None:
        token = bearer(request)
        if token not in self._tokens:
            raise Refusal(401, "invalid", "Invalid token")
        now = self._state.settle()
        window = self._windows.setdefault(path, RateWindow(limit=_PER_SECOND, window_s=1))
        allowance = window.take(token, now)
        said = {
            "limit": allowance.limit,
            "remaining": allowance.remaining,
            "reset": int(allowance.resets_at.timestamp()),
            "concurrentlimit": 25,
            "concurrentremaining": 24,
        }
        headers |= {f"x-sentry-rate-limit-{name}": str(value) for name, value in said.items()}
        if allowance.exceeded:
            raise Refusal(429, "limited", "You are attempting to use this endpoint too frequently")
        if request.path_params.get("organization", ORGANIZATION) != ORGANIZATION:
            raise _missing()
        if request.method == "PUT" and self._writers and token not in self._writers:
            raise Refusal(403, "forbidden", "You do not have permission to perform this action.")

    def _organizations(self, request: Request) -> object:
        writes = bearer(request) in self._writers
        return [shapes.organization(shapes.WRITING if writes else shapes.ACCESS)]

    def _found(self, request: Request) -> SentryIssue:
        found = self._state.issues.get(request.path_params["issue"])
        if found is None:
            raise _missing()
        return found

    def _issues(self, request: Request) -> object:
        now = self._state.agenda.now
        found = [one for one in self._state.issues.values() if self._wanted(request, one)]
        key = {
            "new": lambda one: one.first_seen.timestamp(),
            "freq": lambda one: sum(number for _, number in self._state.hours(one, now)),
            "user": lambda one: one.users,
        }.get(request.query_params.get("sort", "date"), lambda one: one.per_minute + one.share)
        found.sort(key=key, reverse=True)
        return [shapes.listed(self._state, one, now) for one in found]

    def _wanted(self, request: Request, issue: SentryIssue) -> bool:
        projects = request.query_params.getlist("project")
        known = {issue.project, shapes.project_id(issue.project), "-1"}
        if projects and not known & set(projects):
            return False
        words = request.query_params.get("query", "is:unresolved").split()
        for word in words:
            name, _, value = word.partition(":")
            value = value.strip('"')
            if name == "is" and value in {"unresolved", "resolved", "ignored"}:
                if issue.status != value:
                    return False
            elif name == "firstRelease" and value != issue.first_release:
                return False
        return "staging" not in request.query_params.getlist("environment")

    def _issue(self, request: Request) -> object:
        return shapes.whole(self._state, self._found(request), self._state.agenda.now)

    def _times(self, issue: SentryIssue) -> list[timedelta]:
        """How long ago the last events came."""
        return [timedelta(seconds=7 + 13 * number) for number in range(20)]

    def _events(self, request: Request) -> object:
        found, now = self._found(request), self._state.agenda.now
        return [event_shapes.event(found, now - ago) for ago in self._times(found)]

    def _event(self, request: Request) -> object:
        found, which = self._found(request), request.path_params["event"]
        if which not in {"latest", "oldest", "recommended"}:
            raise _missing()
        at = found.first_seen if which == "oldest" else self._state.agenda.now
        return event_shapes.whole_event(found, at)

    def _releases(self, request: Request) -> object:
        if "staging" in request.query_params.getlist("environment"):
            return []
        wanted = request.query_params.get("query", "").lower()
        shipped = [one for one in self._state.shipped() if wanted in one.version.lower()]
        return [shapes.release(self._state, one) for one in shipped]

    def _deploys(self, request: Request) -> object:
        version = request.path_params["version"]
        found = [one for one in self._state.shipped() if one.version == version]
        if not found:
            raise _missing()
        return [shapes.deploy(one) for one in found]

    def _update(self, request: Request) -> object:
        issue = self._found(request)
        self._apply(request, [issue])
        return shapes.issue(self._state, self._state.issues[issue.id], self._state.agenda.now)

    def _update_many(self, request: Request) -> object:
        """Without ids it is every issue of the query, which is what makes it dangerous."""
        named = request.query_params.getlist("id")
        listed = [one for one in self._state.issues.values() if self._wanted(request, one)]
        found = [one for one in self._state.issues.values() if one.id in named] if named else listed
        if not found:
            return None
        return {"status": self._apply(request, found), "statusDetails": {}}

    def _apply(self, request: Request, issues: list[SentryIssue]) -> str:
        asked = request.state.body.get("status")
        if asked is not None and asked not in _STATUSES:
            raise Refusal(400, "invalid", f'"{asked}" is not a valid choice.')
        status = _STATUSES.get(str(asked), "unresolved")
        details = request.state.body.get("statusDetails")
        later = isinstance(details, dict) and details.get("inNextRelease") is True
        for issue in issues if asked is not None else ():
            self._state.set_status(
                issue.id, status, in_next_release=later or asked == "resolvedInNextRelease"
            )
        return status


def _paged(request: Request, items: list[object], headers: dict[str, str]) -> list[object]:
    """One page of a list; the links are there even where they lead to nothing."""
    query = request.query_params
    raw = query.get("limit") or query.get("per_page") or str(_PAGE)
    limit = min(_PAGE, int(raw)) if raw.isdecimal() and int(raw) else _PAGE
    parts = query.get("cursor", "0:0:0").split(":")
    offset = int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0
    url = f"{request.url.remove_query_params('cursor')}"

    def link(rel: str, start: int, *, results: bool) -> str:
        cursor = f"0:{max(0, start)}:{int(rel == 'previous')}"
        joint = "&" if "?" in url else "?"
        said = "true" if results else "false"
        return f'<{url}{joint}cursor={cursor}>; rel="{rel}"; results="{said}"; cursor="{cursor}"'

    before = link("previous", offset - limit, results=offset > 0)
    after = link("next", offset + limit, results=offset + limit < len(items))
    headers["link"] = f"{before}, {after}"
    return items[offset : offset + limit]


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    body = error_body(404, "not_found", "The requested resource does not exist", {})
    return Response(body, 404, media_type="application/json")
