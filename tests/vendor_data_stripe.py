"""Answers of Stripe as plain JSON values, complete by its specification."""

from typing import Any

Json = dict[str, Any]

T0_S = 1_795_000_000
"""2026-11-18 11:06:40 UTC."""


def listing(path: str, *items: Json, has_more: bool = False) -> Json:
    return {"object": "list", "data": list(items), "has_more": has_more, "url": path}


def outcome(kind: str = "authorized", reason: str | None = None) -> Json:
    return {
        "network_status": "approved_by_network" if kind == "authorized" else "declined_by_network",
        "reason": reason,
        "risk_level": "normal",
        "seller_message": None,
        "type": kind,
    }


def charge(charge_id: str = "ch_1", **changes: Any) -> Json:
    return {
        "id": charge_id,
        "object": "charge",
        "amount": 2_400,
        "amount_captured": 2_400,
        "amount_refunded": 0,
        "billing_details": {"email": "dana@example.test", "name": "Dana Reyes"},
        "captured": True,
        "created": T0_S,
        "currency": "eur",
        "disputed": False,
        "failure_code": None,
        "livemode": True,
        "metadata": {},
        "outcome": outcome(),
        "paid": True,
        "payment_intent": f"pi_{charge_id}",
        "receipt_email": "dana@example.test",
        "refunded": False,
        "status": "succeeded",
    } | changes


def failed(charge_id: str = "ch_f", kind: str = "issuer_declined", **changes: Any) -> Json:
    return (
        charge(charge_id)
        | {
            "amount_captured": 0,
            "captured": False,
            "failure_code": "card_declined",
            "outcome": outcome(kind, "insufficient_funds"),
            "paid": False,
            "status": "failed",
        }
        | changes
    )


def charges(*items: Json, has_more: bool = False) -> Json:
    return listing("/v1/charges", *items, has_more=has_more)


def intent(intent_id: str = "pi_1", **changes: Any) -> Json:
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": 2_400,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": T0_S,
        "currency": "eur",
        "livemode": True,
        "payment_method_types": ["card"],
        "status": "succeeded",
    } | changes


def event(event_id: str = "evt_1", **changes: Any) -> Json:
    return {
        "id": event_id,
        "object": "event",
        "api_version": "2023-08-16",
        "created": T0_S,
        "data": {"object": {"id": "ch_f", "object": "charge"}},
        "livemode": True,
        "pending_webhooks": 0,
        "request": {"id": None, "idempotency_key": None},
        "type": "charge.failed",
    } | changes


def webhook(webhook_id: str = "we_1", **changes: Any) -> Json:
    return {
        "id": webhook_id,
        "object": "webhook_endpoint",
        "api_version": None,
        "created": T0_S,
        "enabled_events": ["charge.succeeded", "charge.failed"],
        "livemode": True,
        "metadata": {},
        "status": "enabled",
        "url": "https://localloop.com/api/stripe?token=hush-hush",
    } | changes


def refund(refund_id: str = "re_1", **changes: Any) -> Json:
    return {
        "id": refund_id,
        "object": "refund",
        "amount": 2_400,
        "charge": "ch_1",
        "created": T0_S,
        "currency": "eur",
        "payment_intent": "pi_1",
        "reason": "requested_by_customer",
        "status": "succeeded",
    } | changes


def dispute(dispute_id: str = "dp_1", **changes: Any) -> Json:
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": 2_400,
        "balance_transactions": [],
        "charge": "ch_1",
        "created": T0_S,
        "currency": "eur",
        "evidence": {},
        "evidence_details": {"due_by": T0_S + 7 * 86_400, "has_evidence": False},
        "is_charge_refundable": False,
        "livemode": True,
        "metadata": {},
        "payment_intent": "pi_1",
        "reason": "product_not_received",
        "status": "needs_response",
    } | changes


def balance(*, live: bool = True, **amounts: int) -> Json:
    held = amounts or {"eur": 125_000}
    parts = [{"amount": amount, "currency": currency} for currency, amount in held.items()]
    return {"object": "balance", "available": parts, "livemode": live, "pending": parts}
