"""Render's REST API over the demo world's memory.

An API key belongs to a user and sees every workspace of that user; there are no scopes. Reads are
counted by the minute for the user, changes by the minute for the service.
"""

import functools
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo import ids
from demo.vendors.render_accounts import AccountCalls
from demo.vendors.render_actions import ActionCalls
from demo.vendors.render_services import ServiceCalls
from demo.vendors.render_state import Render
from demo.vendors.render_telemetry import Telemetry, TelemetryCalls
from demo.vendors.wire import Allowance, RateWindow, Refusal, bearer

Handler = Callable[[Request], Awaitable[Response]]
Table = tuple[tuple[str, str, Handler], ...]

_READS_PER_MINUTE: Final = 400
_CHANGES_PER_MINUTE: Final = 10
_METRICS: Final = (
    "cpu",
    "cpu-limit",
    "memory",
    "memory-limit",
    "http-requests",
    "http-latency",
    "bandwidth",
    "instance-count",
    "active-connections",
)


def error_body(status: int, code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """Render's error shape."""
    id_ = ids.render("req", status, message)
    return json.dumps({"id": id_, "code": code, "message": message, **extra}).encode()


class RenderApi:
    """The API of `state`, under `/v1`.

    Args:
        state: What it remembers.
        keys: The API keys that are good.
        telemetry: Where metrics and logs come from.
    """

    def __init__(self, state: Render, keys: Collection[str], telemetry: Telemetry) -> None:
        self._state = state
        self._keys = frozenset(keys)
        self._reads = RateWindow(limit=_READS_PER_MINUTE, window_s=60)
        self._changes = RateWindow(limit=_CHANGES_PER_MINUTE, window_s=60)
        self._telemetry = TelemetryCalls(state, telemetry)
        self.writes: list[tuple[str, str]] = []
        """Writes that arrived, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        table = (*self._service_table(), *self._account_table(), *self._telemetry_table())
        routes = [
            Route(f"/v1{path}", functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in table
        ]
        return Starlette(routes=routes, exception_handlers={404: _unknown_path})

    def _service_table(self) -> Table:
        reads, actions = ServiceCalls(self._state), ActionCalls(self._state)
        one = "/services/{service}"
        return (
            ("GET", "/services", reads.services),
            ("GET", one, reads.service),
            ("PATCH", one, actions.update),
            ("GET", f"{one}/deploys", reads.deploys),
            ("POST", f"{one}/deploys", actions.deploy),
            ("GET", f"{one}/deploys/{{deploy}}", reads.deploy),
            ("POST", f"{one}/deploys/{{deploy}}/cancel", actions.cancel),
            ("POST", f"{one}/rollback", actions.rollback),
            ("POST", f"{one}/restart", actions.restart),
            ("POST", f"{one}/scale", actions.scale),
            ("POST", f"{one}/suspend", actions.suspend),
            ("POST", f"{one}/resume", actions.resume),
            ("GET", f"{one}/events", reads.events),
            ("GET", f"{one}/instances", reads.instances),
            ("GET", f"{one}/custom-domains", reads.domains),
            ("GET", "/events/{event}", reads.event),
        )

    def _account_table(self) -> Table:
        accounts = AccountCalls(self._state)
        return (
            ("GET", "/users", accounts.user),
            ("GET", "/owners", accounts.owners),
            ("GET", "/projects", accounts.projects),
            ("GET", "/environments", accounts.environments),
        )

    def _telemetry_table(self) -> Table:
        metrics: Table = tuple(
            ("GET", f"/metrics/{name}", functools.partial(self._telemetry.metric, name))
            for name in _METRICS
        )
        return (
            *metrics,
            ("GET", "/logs", self._telemetry.logs),
            ("GET", "/logs/values", self._telemetry.log_values),
        )

    async def _answer(self, handler: Handler, request: Request) -> Response:
        allowance = self._count(request)
        try:
            self._admit(request, allowance)
            response = await handler(request)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            response = Response(body, refusal.status, media_type="application/json")
        left = str(allowance.seconds_left(self._state.agenda.now))
        response.headers["ratelimit-limit"] = str(allowance.limit)
        response.headers["ratelimit-remaining"] = str(allowance.remaining)
        response.headers["ratelimit-reset"] = left
        if response.status_code == 429:
            response.headers["retry-after"] = left
        return response

    def forget_requests(self) -> None:
        """Count what is allowed in a minute from nothing."""
        self._reads.forget()
        self._changes.forget()

    def _admit(self, request: Request, allowance: Allowance) -> None:
        if bearer(request) not in self._keys:
            raise Refusal(401, "unauthorized", "unauthorized")
        if allowance.exceeded:
            raise Refusal(429, "rate_limited", "rate limit exceeded")

    def _count(self, request: Request) -> Allowance:
        now = self._state.agenda.settle()
        if request.method == "GET":
            return self._reads.take(str(bearer(request)), now)
        self.writes.append((request.method, request.url.path))
        return self._changes.take(str(request.path_params.get("service")), now)


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    body = error_body(404, "not_found", "not found", {})
    return Response(body, 404, media_type="application/json")
