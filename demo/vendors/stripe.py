"""Stripe's API over the demo world's memory: bodies are forms, keys restricted, lists paged."""

import functools
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors import stripe_shapes as shapes
from demo.vendors.stripe_query import (
    amount_of,
    found_in,
    is_of,
    metadata_of,
    page,
    payment_of,
    read_form,
    remaining,
    since,
    wanted_payments,
)
from demo.vendors.stripe_state import Stripe
from demo.vendors.wire import RateWindow, Refusal, bearer

Handler = Callable[[Request, Stripe, datetime], Awaitable[object]]

VERSION: Final = "2023-08-16"
_PER_SECOND: Final = 100
_REASONS: Final = ("duplicate", "fraudulent", "requested_by_customer")


class Key(Struct, frozen=True, kw_only=True):
    """What a restricted key opens."""

    state: Stripe
    refunds: bool = False
    """Whether it may write: pay back and cancel."""


def error_body(status: int, code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """Stripe's error shape."""
    kind = "api_error" if status >= 500 else "invalid_request_error"
    said: dict[str, object] = {"message": message, "type": kind, **extra}
    if code and code.replace("_", "").isalpha() and code not in {"unauthorized", "forbidden"}:
        said["code"] = {"rate_limited": "rate_limit", "not_found": "resource_missing"}.get(
            code, code
        )
    return json.dumps({"error": said}).encode()


class StripeApi:
    """The API of several accounts, told apart by the key.

    Args:
        keys: What each key opens.
    """

    def __init__(self, keys: Mapping[str, Key]) -> None:
        self._keys = dict(keys)
        self._reads = RateWindow(limit=_PER_SECOND, window_s=1)
        self._canceled: dict[str, datetime] = {}
        self._answered: dict[str, tuple[str, object]] = {}
        self.writes: list[tuple[str, str]] = []
        """Writes that were carried out, as method and path: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        reads: dict[str, Handler] = {
            "/v1/charges": self._charges,
            "/v1/charges/{id}": self._charge,
            "/v1/payment_intents": self._intents,
            "/v1/payment_intents/{id}": self._intent,
            "/v1/refunds": self._refunds,
            "/v1/refunds/{id}": self._refund,
            "/v1/events": self._events,
            "/v1/events/{id}": self._event,
            "/v1/webhook_endpoints": self._webhooks,
            "/v1/webhook_endpoints/{id}": self._webhook,
            "/v1/balance": self._balance,
            "/v1/balance_transactions": self._transactions,
            "/v1/disputes": self._disputes,
        }
        writes: dict[str, Handler] = {
            "/v1/refunds": self._pay_back,
            "/v1/refunds/{id}/cancel": self._cancel_refund,
            "/v1/payment_intents/{id}/cancel": self._cancel_intent,
        }
        routes = [self._route(path, "GET", handler) for path, handler in reads.items()]
        routes += [self._route(path, "POST", handler) for path, handler in writes.items()]
        return Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown})

    def _route(self, path: str, method: str, handler: Handler) -> Route:
        return Route(path, functools.partial(self._answer, handler), methods=[method])

    async def _answer(self, handler: Handler, request: Request) -> Response:
        try:
            key = self._admit(request)
            body = await handler(request, key.state, key.state.look())
        except Refusal as refusal:
            raw = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            return Response(raw, refusal.status, refusal.headers, "application/json")
        return JSONResponse(body, headers={"stripe-version": VERSION})

    def _admit(self, request: Request) -> Key:
        given = bearer(request) or ""
        key = self._keys.get(given)
        if key is None:
            raise Refusal(401, "", f"Invalid API Key provided: {given[:8]}****")
        if self._reads.take(given, key.state.agenda.now).exceeded:
            raise Refusal(429, "rate_limit", "Too many requests", headers={"retry-after": "1"})
        if request.method != "GET" and not key.refunds:
            message = f"The provided key '{given[:8]}****' does not have the required permissions"
            raise Refusal(403, "", message)
        return key

    async def _charges(self, request: Request, state: Stripe, _now: datetime) -> object:
        found = wanted_payments(request, state)
        return page(request, (shapes.charge(each) for each in found))

    async def _charge(self, request: Request, state: Stripe, _now: datetime) -> object:
        return shapes.charge(payment_of(state, request.path_params["id"]))

    async def _intents(self, request: Request, state: Stripe, _now: datetime) -> object:
        found = remaining(request, since(request, state.newest_payments()))
        return page(request, (shapes.intent(each, self._canceled) for each in found))

    async def _intent(self, request: Request, state: Stripe, _now: datetime) -> object:
        return shapes.intent(payment_of(state, request.path_params["id"]), self._canceled)

    async def _refunds(self, request: Request, state: Stripe, _now: datetime) -> object:
        newest = sorted(state.refunds.values(), key=lambda each: each.at, reverse=True)
        kept = [each for each in since(request, newest) if is_of(request, each.payment)]
        return page(request, map(shapes.refund, kept), "charge", "payment_intent")

    async def _refund(self, request: Request, state: Stripe, _now: datetime) -> object:
        return shapes.refund(found_in(state.refunds, request.path_params["id"]))

    async def _events(self, request: Request, state: Stripe, now: datetime) -> object:
        query = request.query_params
        names = {value for name, value in query.multi_items() if name in {"type", "types[]"}}
        delivered = query.get("delivery_success")
        if delivered not in {None, "true", "false"}:
            raise Refusal(400, "", "Invalid boolean: delivery_success")
        kept = [
            each
            for each in since(request, reversed(state.events))
            if (not names or each.type in names)
            and (delivered is None or (delivered == "true") is not bool(state.pending(each, now)))
        ]
        shown = (shapes.event(state, each, now) for each in kept)
        return page(request, shown, "type", "types", "delivery_success")

    async def _event(self, request: Request, state: Stripe, now: datetime) -> object:
        known = {each.id: each for each in state.events}
        return shapes.event(state, found_in(known, request.path_params["id"]), now)

    async def _webhooks(self, request: Request, state: Stripe, _now: datetime) -> object:
        return page(request, [shapes.webhook(state)])

    async def _webhook(self, request: Request, state: Stripe, _now: datetime) -> object:
        shown = shapes.webhook(state)
        return found_in({str(shown["id"]): shown}, request.path_params["id"])

    async def _balance(self, _request: Request, state: Stripe, _now: datetime) -> object:
        return shapes.balance(state)

    async def _transactions(self, request: Request, state: Stripe, _now: datetime) -> object:
        found = remaining(request, since(request, state.newest_payments()))
        good = (each for each in found if not each.failure)
        return page(request, map(shapes.transaction, good), "type", "currency", "source", "payout")

    async def _disputes(self, request: Request, state: Stripe, _now: datetime) -> object:
        newest = sorted(state.disputes.values(), key=lambda each: each.at, reverse=True)
        kept = [each for each in since(request, newest) if is_of(request, each.payment)]
        return page(request, map(shapes.dispute, kept), "charge", "payment_intent")

    async def _pay_back(self, request: Request, state: Stripe, _now: datetime) -> object:
        form = await read_form(request)
        idempotency = request.headers.get("idempotency-key", "")
        asked = json.dumps(sorted(form.items()))
        if idempotency in self._answered:
            before, answer = self._answered[idempotency]
            if before != asked:
                message = "Keys for idempotent requests can only be used with the same parameters."
                raise Refusal(400, "", message, extra={"type": "idempotency_error"})
            return answer
        payment = payment_of(state, form.get("payment_intent") or form.get("charge", ""))
        if form.get("reason") not in {None, *_REASONS}:
            raise Refusal(400, "parameter_invalid", "Invalid reason", extra={"param": "reason"})
        paid_back = state.refund(payment, amount_of(form), form.get("reason"), metadata_of(form))
        made = shapes.refund(paid_back)
        self.writes.append(("POST", "/v1/refunds"))
        if idempotency:
            self._answered[idempotency] = (asked, made)
        return made

    async def _cancel_refund(self, request: Request, state: Stripe, _now: datetime) -> object:
        await read_form(request)
        refund = found_in(state.refunds, request.path_params["id"])
        raise Refusal(400, "", f"A refund with status {refund.status} cannot be canceled.")

    async def _cancel_intent(self, request: Request, state: Stripe, now: datetime) -> object:
        await read_form(request)
        payment = payment_of(state, request.path_params["id"])
        if not payment.failure or payment.id in self._canceled:
            message = "You cannot cancel this PaymentIntent because of its status."
            raise Refusal(400, "payment_intent_unexpected_state", message)
        self._canceled[payment.id] = now
        self.writes.append(("POST", request.url.path))
        return shapes.intent(payment, self._canceled)


async def _unknown(request: Request, _error: Exception) -> Response:
    message = f"Unrecognized request URL ({request.method}: {request.url.path})."
    return Response(error_body(404, "", message, {}), 404, media_type="application/json")
