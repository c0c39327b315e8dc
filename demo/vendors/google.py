"""Google Calendar over the demo world's memory, with its token endpoint on the same origin."""

import functools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors import google_shapes as shapes
from demo.vendors.google_shapes import error_body
from demo.vendors.google_state import WRITING, Calendar, Event, GoogleCalendars
from demo.vendors.google_tokens import TokenEndpoint
from demo.vendors.wire import (
    RateWindow,
    Refusal,
    bearer,
    instant,
    iso,
    json_object,
    number,
    word,
)

Handler = Callable[[Request, datetime], Awaitable[object]]

BASE: Final = "/calendar/v3"
PER_MINUTE: Final = 600
_UPDATES: Final = ("all", "externalOnly", "none")
_STATUSES: Final = ("confirmed", "tentative", "cancelled")
_FLAGS: Final = frozenset({"true", "false"})


def _refuse(message: str) -> Refusal:
    return Refusal(400, "badRequest", message)


class GoogleApi:
    """The API of `state`.

    Args:
        state: What it remembers.
    """

    def __init__(self, state: GoogleCalendars) -> None:
        self._state = state
        self.tokens = TokenEndpoint(state)
        self.rate = RateWindow(limit=PER_MINUTE, window_s=60)
        self.writes: list[tuple[str, str]] = []
        """Writes that were carried out, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        events = "/calendars/{calendar}/events"
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/users/me/calendarList", self._list),
            ("GET", "/calendars/{calendar}", self._calendar),
            ("GET", events, self._events),
            ("GET", f"{events}/{{event}}", self._event),
            ("PATCH", f"{events}/{{event}}", self._patch),
            ("DELETE", f"{events}/{{event}}", self._delete),
            ("GET", f"{events}/{{event}}/instances", self._instances),
            ("POST", "/freeBusy", self._busy),
        )
        routes = [
            Route(f"{BASE}{path}", functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in table
        ]
        routes.append(Route("/token", self.tokens.answer, methods=["POST"]))
        return Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown})

    async def _answer(self, handler: Handler, request: Request) -> Response:
        now = self._state.agenda.settle()
        try:
            self._admit(request, now)
            body = await handler(request, now)
        except Refusal as refusal:
            raw = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            return Response(raw, refusal.status, refusal.headers, "application/json")
        if request.method in {"PATCH", "DELETE"}:
            self.writes.append((request.method, request.url.path))
        return Response(status_code=204) if body is None else JSONResponse(body)

    def _admit(self, request: Request, now: datetime) -> None:
        token = bearer(request) or ""
        known = self._state.passes.get(token)
        if known is None or known.ends_at <= now:
            raise Refusal(401, "authError", "Invalid Credentials")
        if self.rate.take(token, now).exceeded:
            raise Refusal(403, "rateLimitExceeded", "Rate Limit Exceeded")
        if request.method in {"PATCH", "DELETE"} and not known.scopes & WRITING:
            message = "Request had insufficient authentication scopes."
            raise Refusal(403, "insufficientPermissions", message)

    def _found(self, request: Request) -> Calendar:
        calendar = self._state.calendar(request.path_params["calendar"])
        if calendar is None:
            raise Refusal(404, "notFound", "Not Found")
        return calendar

    def _one(self, request: Request) -> Event:
        calendar, id_ = self._found(request), request.path_params["event"]
        event = calendar.events.get(id_) or calendar.series.get(id_)
        if event is None:
            raise Refusal(404, "notFound", "Not Found")
        return event

    async def _list(self, request: Request, _now: datetime) -> object:
        most = number(request, "maxResults", _refuse, low=1) or 100
        start = _place(request)
        known = list(self._state.calendars.values())
        said: dict[str, object] = {
            "kind": "calendar#calendarList",
            "etag": '"1"',
            "items": [shapes.entry(each) for each in known[start : start + most]],
        }
        rest = len(known) > start + most
        return {**said, **({"nextPageToken": str(start + most)} if rest else {})}

    async def _calendar(self, request: Request, _now: datetime) -> object:
        return shapes.calendar(self._found(request))

    async def _events(self, request: Request, _now: datetime) -> object:
        calendar = self._found(request)
        word(request, "orderBy", ("startTime", "updated"), _refuse)
        single = word(request, "singleEvents", _FLAGS, _refuse) == "true"
        if request.query_params.get("orderBy") == "startTime" and not single:
            raise _refuse("The requested ordering is not available for the particular query.")
        return self._page(request, calendar, list(calendar.events.values()))

    def _page(self, request: Request, calendar: Calendar, events: list[Event]) -> object:
        low, high = instant(request, "timeMin", _refuse), instant(request, "timeMax", _refuse)
        deleted = word(request, "showDeleted", _FLAGS, _refuse) == "true"
        most = number(request, "maxResults", _refuse, low=1) or 250
        kept = [
            each
            for each in sorted(events, key=lambda each: each.start)
            if (low is None or each.end > low)
            and (high is None or each.start < high)
            and (deleted or each.status != "cancelled")
        ]
        start = _place(request)
        after = str(start + most) if len(kept) > start + most else None
        return shapes.events(calendar, kept[start : start + most], after)

    async def _event(self, request: Request, _now: datetime) -> object:
        return shapes.event(self._one(request))

    async def _instances(self, request: Request, _now: datetime) -> object:
        calendar, series = self._found(request), request.path_params["event"]
        instances = [each for each in calendar.events.values() if each.series == series]
        if not instances:
            raise Refusal(404, "notFound", "Not Found")
        return self._page(request, calendar, instances)

    async def _patch(self, request: Request, now: datetime) -> object:
        event = self._one(request)
        self._unchanged(request, event)
        word(request, "sendUpdates", _UPDATES, _refuse)
        body = await json_object(request, _refuse)
        if (status := body.get("status", event.status)) not in _STATUSES:
            raise _refuse("Invalid value for: status")
        title = body.get("summary", event.title)
        event.status, event.title = str(status), str(title)
        self._touched(request, event, now)
        return shapes.event(event)

    async def _delete(self, request: Request, now: datetime) -> object:
        event = self._one(request)
        self._unchanged(request, event)
        word(request, "sendUpdates", _UPDATES, _refuse)
        if event.status == "cancelled":
            raise Refusal(410, "deleted", "Resource has been deleted")
        event.status = "cancelled"
        self._touched(request, event, now)
        return None

    def _unchanged(self, request: Request, event: Event) -> None:
        wanted = request.headers.get("if-match")
        if wanted not in {None, "*", event.etag}:
            raise Refusal(412, "conditionNotMet", "Precondition Failed")

    def _touched(self, request: Request, event: Event, now: datetime) -> None:
        event.updated, event.version = now, event.version + 1
        event.told = request.query_params.get("sendUpdates", "none")
        for each in self._found(request).events.values():
            if event.repeats and each.series == event.id and each.status != event.status:
                each.status, each.updated, each.version = event.status, now, each.version + 1

    async def _busy(self, request: Request, _now: datetime) -> object:
        body = await json_object(request, _refuse)
        low, high = _time(body.get("timeMin")), _time(body.get("timeMax"))
        items = body.get("items")
        wanted = [str(each.get("id")) for each in items] if isinstance(items, list) else []
        found = {name: self._state.calendar(name) for name in wanted}
        missing = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
        return {
            "kind": "calendar#freeBusy",
            "timeMin": iso(low),
            "timeMax": iso(high),
            "calendars": {
                name: missing if calendar is None else {"busy": _taken(calendar, low, high)}
                for name, calendar in found.items()
            },
        }


async def _unknown(_request: Request, _error: Exception) -> Response:
    return Response(
        error_body(404, "notFound", "Not Found", {}), 404, media_type="application/json"
    )


def _place(request: Request) -> int:
    raw = request.query_params.get("pageToken", "0")
    if not raw.isascii() or not raw.isdigit():
        raise _refuse("Invalid page token")
    return int(raw)


def _time(raw: object) -> datetime:
    try:
        return datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise _refuse("Missing or invalid time") from error


def _taken(calendar: Calendar, low: datetime, high: datetime) -> list[dict[str, str]]:
    return [
        {"start": iso(each.start), "end": iso(each.end)}
        for each in calendar.events.values()
        if each.status != "cancelled" and each.end > low and each.start < high
    ]
