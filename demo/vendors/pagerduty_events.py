"""PagerDuty's Events API v2: the key stands in the body, and reads nothing back."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo import ids
from demo.vendors.pagerduty_models import PagerService
from demo.vendors.pagerduty_state import PagerDuty
from demo.vendors.wire import RateWindow

_PER_MINUTE: Final = 120
_SEVERITIES: Final = ("critical", "error", "warning", "info")
_STATUSES: Final = {"acknowledge": "acknowledged", "resolve": "resolved"}
_LONGEST: Final = 1_024


def error_body(status: int, _code: str, message: str, _extra: Mapping[str, object]) -> bytes:
    """The error shape of events."""
    word = "throttle exceeded" if status == 429 else "invalid event"
    return json.dumps({"status": word, "message": message, "errors": [message]}).encode()


class PagerDutyEventsApi:
    """The events of some accounts, under `/v2`.

    Args:
        accounts: Whose services take events.
        before: Called before each answer: what happened meanwhile.
    """

    def __init__(self, accounts: Sequence[PagerDuty], before: Callable[[], None]) -> None:
        self._accounts = tuple(accounts)
        self._before = before
        self._window = RateWindow(limit=_PER_MINUTE, window_s=60)

    def app(self) -> Starlette:
        """The ASGI app."""
        return Starlette(
            routes=[
                Route("/v2/enqueue", self._enqueue, methods=["POST"]),
                Route("/v2/change/enqueue", self._change, methods=["POST"]),
            ]
        )

    async def _enqueue(self, request: Request) -> Response:
        found = await self._event(request)
        if isinstance(found, Response):
            return found
        account, service, event = found
        action, payload = event.get("event_action"), event.get("payload")
        key = str(event.get("dedup_key") or ids.token("event", len(account.log), length=32))
        if action == "trigger":
            problem = _payload_problem(payload)
            if problem or not isinstance(payload, dict):
                return _bad(problem)
            severe = payload["severity"] in {"critical", "error"}
            account.trigger(
                service,
                str(payload["summary"]),
                key=key,
                urgency="high" if severe else "low",
                severity=str(payload["severity"]),
                details=json.dumps(payload.get("custom_details", {})),
            )
        elif action in _STATUSES and event.get("dedup_key"):
            self._follow(account, service, key, _STATUSES[str(action)])
        else:
            return _bad("'event_action' is invalid (must be one of: trigger, acknowledge, resolve)")
        made = {"status": "success", "message": "Event processed", "dedup_key": key}
        return JSONResponse(made, 202)

    def _follow(self, account: PagerDuty, service: PagerService, key: str, status: str) -> None:
        """What is not open is not told: the sender has only written."""
        for one in account.open(service):
            if one.key == key and one.status != status:
                account.set_status(one.id, status, None)

    async def _change(self, request: Request) -> Response:
        found = await self._event(request)
        if isinstance(found, Response):
            return found
        account, _, event = found
        payload = event.get("payload")
        if not isinstance(payload, dict) or not payload.get("summary"):
            return _bad("'payload.summary' is missing or blank")
        account.changes.append(str(payload["summary"]))
        return JSONResponse({"status": "success", "message": "Change event processed"}, 202)

    async def _event(
        self, request: Request
    ) -> tuple[PagerDuty, PagerService, dict[str, object]] | Response:
        self._before()
        try:
            event = json.loads(await request.body() or b"null")
        except ValueError:
            event = None
        if not isinstance(event, dict):
            return _bad("the body is no JSON object")
        key = event.get("routing_key")
        for account in self._accounts:
            for service in account.services:
                if service.routing_key == key:
                    if self._window.take(str(key), account.settle()).exceeded:
                        body = error_body(
                            429, "", "Requests for this key are arriving too fast", {}
                        )
                        return Response(body, 429, media_type="application/json")
                    return account, service, event
        return _bad("'routing_key' is not valid: must be 32 characters of an integration")


def _payload_problem(payload: object) -> str:
    if not isinstance(payload, dict):
        return "'payload' is missing or blank"
    for name in ("summary", "source", "severity"):
        if not payload.get(name):
            return f"'payload.{name}' is missing or blank"
    if len(str(payload["summary"])) > _LONGEST:
        return "'payload.summary' is too long (maximum is 1024 characters)"
    return "" if payload["severity"] in _SEVERITIES else "'payload.severity' is invalid"


def _bad(message: str) -> Response:
    return Response(error_body(400, "", message, {}), 400, media_type="application/json")
