"""PagerDuty's REST API v2 over the demo world's memory.

A key belongs to an account, or to a person of it; writes name who acts in the header `From`.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors.pagerduty_changes import CHANGES
from demo.vendors.pagerduty_reads import READS
from demo.vendors.pagerduty_request import Asked, Handler, Json, Key
from demo.vendors.pagerduty_state import refuse
from demo.vendors.wire import RateWindow, Refusal

_PER_MINUTE: Final = 960


def error_body(status: int, _code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """PagerDuty's error shape."""
    code = extra.get("code", status)
    errors = extra.get("errors", [message])
    return json.dumps({"error": {"code": code, "message": message, "errors": errors}}).encode()


class PagerDutyApi:
    """The API of one or more accounts.

    Args:
        keys: What each key opens.
        before: Called before each answer: what happened meanwhile.
    """

    def __init__(self, keys: Mapping[str, Key], before: Callable[[], None]) -> None:
        self._keys = dict(keys)
        self._before = before
        self._window = RateWindow(limit=_PER_MINUTE, window_s=60)
        self.writes: list[tuple[str, str]] = []
        """Writes that were admitted, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        routes = [
            Route(path, functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in (*READS, *CHANGES)
        ]
        return Starlette(routes=routes, exception_handlers={404: _unknown_path})

    async def _answer(self, handler: Handler, request: Request) -> Response:
        self._before()
        headers: dict[str, str] = {}
        try:
            asked = await self._admitted(request, headers)
            status, made = handler(asked)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            return Response(body, refusal.status, headers=headers, media_type="application/json")
        return JSONResponse(made, status, headers=headers)

    async def _admitted(self, request: Request, headers: dict[str, str]) -> Asked:
        sent = request.headers.get("authorization", "")
        key = self._keys.get(sent.removeprefix("Token token="))
        if key is None or not sent.startswith("Token token="):
            raise refuse(401, 2006, "Authentication failed")
        now = key.account.settle()
        allowance = self._window.take(sent, now)
        headers["ratelimit-limit"] = str(allowance.limit)
        headers["ratelimit-remaining"] = str(allowance.remaining)
        headers["ratelimit-reset"] = str(allowance.seconds_left(now))
        if allowance.exceeded:
            raise refuse(429, 2020, "Rate Limit Exceeded")
        if request.method != "GET":
            if key.read_only:
                raise refuse(403, 2010, "Access Denied", "This key is read-only")
            self.writes.append((request.method, request.url.path))
        return Asked(request=request, account=key.account, key=key, body=await _body(request))


async def _body(request: Request) -> Json:
    raw = await request.body()
    if not raw:
        return {}
    try:
        loaded = json.loads(raw)
    except ValueError:
        loaded = None
    if not isinstance(loaded, dict):
        raise refuse(400, 2001, "Invalid Input Provided", "the body is no JSON object")
    return loaded


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    body = error_body(404, "2100", "Not Found", {"code": 2100})
    return Response(body, 404, media_type="application/json")
