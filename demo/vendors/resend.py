"""Resend's API over the demo world's memory: five requests a second, keys that only send."""

import functools
import itertools
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors import resend_shapes as shapes
from demo.vendors.resend_state import Mail, Resend, identity
from demo.vendors.wire import Allowance, RateWindow, Refusal, bearer, instant, json_object, word

Handler = Callable[[Request, datetime], Awaitable[object]]

_PER_SECOND: Final = 5
_METRICS: Final = ("sent", "delivered", "bounced", "complained", "failed", "delivery_delayed")
_DIMENSIONS: Final = ("period", "domain", "email", "broadcast")
_SENDING: Final = ("POST", "/emails")
_ORIGINS: Final = ("bounce", "complaint", "manual")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMES: Final = {
    401: "missing_api_key",
    403: "invalid_api_key",
    404: "not_found",
    429: "rate_limit_exceeded",
}


def error_body(status: int, code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """Resend's error shape."""
    known = code if code.count("_") and code != "rate_limited" else ""
    name = known or _NAMES.get(status, "application_error" if status >= 500 else "validation_error")
    return json.dumps({"statusCode": status, "name": name, "message": message, **extra}).encode()


def _refuse(message: str) -> Refusal:
    return Refusal(422, "validation_error", message)


class ResendApi:
    """The API of `state`.

    Args:
        state: What it remembers.
        keys: Whether each key has full access; one without may only send.
    """

    def __init__(self, state: Resend, keys: Mapping[str, bool]) -> None:
        self._state = state
        self._keys = dict(keys)
        self.rate = RateWindow(limit=_PER_SECOND, window_s=1)
        self.writes: list[tuple[str, str]] = []
        """Writes that were carried out, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/emails", self._emails),
            ("POST", "/emails", self._send),
            ("GET", "/emails/metrics", self._metrics),
            ("GET", "/emails/{id}", self._email),
            ("PATCH", "/emails/{id}", self._reschedule),
            ("POST", "/emails/{id}/cancel", self._cancel),
            ("GET", "/domains", self._domains),
            ("GET", "/domains/{id}", self._domain),
            ("POST", "/domains/{id}/verify", self._verify),
            ("GET", "/logs", self._logs),
            ("GET", "/logs/{id}", self._log),
            ("GET", "/suppressions", self._suppressions),
            ("DELETE", "/suppressions/{id}", self._unsuppress),
            ("GET", "/webhooks", self._webhooks),
            ("GET", "/broadcasts", self._broadcasts),
            ("POST", "/broadcasts/{id}/cancel", self._cancel_broadcast),
            ("GET", "/api-keys", self._api_keys),
        )
        routes = [
            Route(path, functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in table
        ]
        return Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown})

    async def _answer(self, handler: Handler, request: Request) -> Response:
        now = self._state.look()
        allowance = self.rate.take("team", now)
        try:
            self._admit(request, allowance)
            response: Response = JSONResponse(await handler(request, now))
        except Refusal as refusal:
            raw = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            response = Response(raw, refusal.status, refusal.headers, "application/json")
        if request.method != "GET" and response.status_code < 300:
            self.writes.append((request.method, request.url.path))
        if bearer(request) in self._keys:
            self._state.note(request.url.path, request.method, response.status_code)
        response.headers["ratelimit-limit"] = str(allowance.limit)
        response.headers["ratelimit-remaining"] = str(allowance.remaining)
        response.headers["ratelimit-reset"] = "1"
        return response

    def _admit(self, request: Request, allowance: Allowance) -> None:
        given = bearer(request)
        if given is None:
            raise Refusal(401, "missing_api_key", "Missing API Key")
        if given not in self._keys:
            raise Refusal(403, "invalid_api_key", "API key is invalid")
        if allowance.exceeded:
            message = "Too many requests. You can only make 5 requests per second."
            wait = {"retry-after": "1"}
            raise Refusal(429, "rate_limit_exceeded", message, headers=wait)
        if not self._keys[given] and (request.method, request.url.path) != _SENDING:
            message = "This API key is restricted to only send emails"
            raise Refusal(401, "restricted_api_key", message)

    def _mail(self, request: Request) -> Mail:
        found = self._state.mails.get(request.path_params["id"])
        if found is None:
            raise Refusal(404, "not_found", "Email not found")
        return found

    async def _emails(self, request: Request, now: datetime) -> object:
        newest = reversed(self._state.mails.values())
        return _page(request, (shapes.email(each, now) for each in newest))

    async def _email(self, request: Request, now: datetime) -> object:
        return shapes.whole_email(self._mail(request), now)

    async def _send(self, request: Request, now: datetime) -> object:
        body = await json_object(request, _refuse)
        for name in ("from", "to", "subject"):
            if not body.get(name):
                raise Refusal(422, "missing_required_field", f"Missing `{name}` field.")
        to = body["to"]
        scheduled = body.get("scheduled_at")
        mail = Mail(
            id=identity("mail", now, len(self._state.mails)),
            to=[str(each) for each in to] if isinstance(to, list) else [str(to)],
            sender=str(body["from"]),
            subject=str(body["subject"]),
            at=now,
            scheduled_at=None if scheduled is None else _time(str(scheduled)),
        )
        return {"id": self._state.add(mail).id}

    async def _reschedule(self, request: Request, now: datetime) -> object:
        mail = self._mail(request)
        body = await json_object(request, _refuse)
        if mail.event(now) != "scheduled":
            raise _refuse("Only scheduled emails can be updated")
        mail.scheduled_at = _time(str(body.get("scheduled_at", "")))
        return {"scheduled_at": shapes.stamp(mail.scheduled_at)}

    async def _cancel(self, request: Request, now: datetime) -> object:
        mail = self._mail(request)
        if mail.event(now) != "scheduled":
            raise _refuse("Only scheduled emails can be canceled")
        mail.canceled = True
        return shapes.whole_email(mail, now)

    async def _metrics(self, request: Request, now: datetime) -> object:
        end = min(instant(request, "end_date", _refuse) or now, now)
        start = instant(request, "start_date", _refuse) or end - timedelta(days=6)
        if start > end:
            raise _refuse("`start_date` must be on or before `end_date`")
        word(request, "granularity", ("hourly", "daily", "weekly", "monthly"), _refuse)
        raw = ",".join(request.query_params.getlist("dimensions"))
        dimensions = [each for each in raw.split(",") if each]
        if not set(dimensions) <= set(_DIMENSIONS):
            raise _refuse("`dimensions` is not valid")
        known = self._state.broadcasts.values()
        shown = [each for each in known if each.sent and start <= each.sent <= end]
        rows = [shapes.broadcast_row(each) for each in shown] if "broadcast" in dimensions else []
        return {
            "object": "metrics",
            "start_date": shapes.stamp(start),
            "end_date": shapes.stamp(end),
            "metrics": list(_METRICS),
            "dimensions": dimensions,
            "granularity": request.query_params.get("granularity", "daily"),
            "totals": self._state.counts(start, end),
            "data": rows,
        }

    async def _domains(self, request: Request, _now: datetime) -> object:
        return _page(request, [shapes.domain(self._state)])

    def _see_domain(self, request: Request) -> None:
        if request.path_params["id"] != self._state.domain_id:
            raise Refusal(404, "not_found", "Domain not found")

    async def _domain(self, request: Request, _now: datetime) -> object:
        self._see_domain(request)
        return shapes.whole_domain(self._state)

    async def _verify(self, request: Request, _now: datetime) -> object:
        self._see_domain(request)
        for name in self._state.records:
            self._state.records[name] = "verified"
        return {"object": "domain", "id": self._state.domain_id}

    async def _logs(self, request: Request, _now: datetime) -> object:
        return _page(request, (shapes.logged(each) for each in reversed(self._state.log)))

    async def _log(self, request: Request, _now: datetime) -> object:
        for each in self._state.log:
            if each.id == request.path_params["id"]:
                bodies = {"request_body": None, "response_body": None}
                return {"object": "log", **shapes.logged(each), **bodies}
        raise Refusal(404, "not_found", "Log not found")

    async def _suppressions(self, request: Request, _now: datetime) -> object:
        origin = word(request, "origin", _ORIGINS, _refuse)
        newest = sorted(self._state.suppressed.values(), key=lambda each: each.at, reverse=True)
        kept = (shapes.suppression(each) for each in newest if origin in {None, each.origin})
        return _page(request, kept)

    async def _unsuppress(self, request: Request, _now: datetime) -> object:
        wanted = request.path_params["id"]
        for each in self._state.suppressed.values():
            if wanted in {each.id, each.email}:
                del self._state.suppressed[each.id]
                return {"object": "suppression", "id": each.id, "deleted": True}
        raise Refusal(404, "not_found", "Suppression not found")

    async def _webhooks(self, request: Request, _now: datetime) -> object:
        return _page(request, [shapes.webhook(self._state)])

    async def _broadcasts(self, request: Request, _now: datetime) -> object:
        newest = sorted(self._state.broadcasts.values(), key=lambda each: each.made, reverse=True)
        return _page(request, map(shapes.broadcast, newest))

    async def _cancel_broadcast(self, request: Request, _now: datetime) -> object:
        found = self._state.broadcasts.get(request.path_params["id"])
        if found is None:
            raise Refusal(404, "not_found", "Broadcast not found")
        if found.status not in {"draft", "scheduled"}:
            raise _refuse("Only scheduled broadcasts can be canceled")
        found.status = "canceled"
        return {"object": "broadcast", "id": found.id}

    async def _api_keys(self, request: Request, _now: datetime) -> object:
        return _page(request, [shapes.api_key(self._state, name) for name in ("product", "ops")])


async def _unknown(_request: Request, _error: Exception) -> Response:
    message = "The requested endpoint does not exist."
    return Response(error_body(404, "", message, {}), 404, media_type="application/json")


def _page(request: Request, newest_first: Iterable[shapes.Shape]) -> object:
    query = request.query_params
    raw = query.get("limit", "20")
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 100:
        raise _refuse("The `limit` must be between 1 and 100")
    limit, after, before = int(raw), query.get("after"), query.get("before")
    for cursor in (after, before):
        if cursor is not None and not _UUID.fullmatch(cursor):
            raise _refuse("The cursor must be a valid UUID")
    # Made one by one as they are taken: a page is a small part of a day's e-mails.
    rest = iter(newest_first)
    if before is not None:
        newer = list(itertools.takewhile(lambda each: each["id"] != before, rest))
        return shapes.listing(newer[-limit:], more=len(newer) > limit)
    if after is not None and not any(each["id"] == after for each in rest):
        raise _refuse("The cursor was not found")
    data = list(itertools.islice(rest, limit))
    return shapes.listing(data, more=next(rest, None) is not None)


def _time(raw: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(raw)
    except ValueError as error:
        raise _refuse("`scheduled_at` must be an ISO 8601 date") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
