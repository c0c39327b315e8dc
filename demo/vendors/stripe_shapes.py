"""What Stripe remembers in the shapes of its API, version 2023-08-16."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from demo.vendors.stripe_state import Dispute, Event, Payment, Refund, Stripe

Shape = dict[str, object]
Item = TypeVar("Item")
Timed = TypeVar("Timed", Payment, Event, Refund, Dispute)

_BLOCKED = "highest_risk_level"


def seconds(at: datetime) -> int:
    """As Stripe counts time."""
    return int(at.timestamp())


def charge(payment: Payment, *, live: bool = True) -> Shape:
    """The attempt itself."""
    code, _, reason = payment.failure.partition("/")
    good = not payment.failure
    return {
        "id": f"ch_{payment.id}",
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.amount if good else 0,
        "amount_refunded": payment.refunded,
        "billing_details": {
            "address": {"country": "DE", "postal_code": "10115"},
            "email": f"buyer-{payment.id[:6]}@example.com",
            "name": "A Buyer",
            "phone": None,
        },
        "captured": good,
        "created": seconds(payment.at),
        "currency": payment.currency,
        "disputed": payment.disputed,
        "failure_code": code or None,
        "failure_message": "Your card was declined." if code else None,
        "livemode": live,
        "metadata": {},
        "outcome": _outcome(reason),
        "paid": good,
        "payment_intent": f"pi_{payment.id}",
        "receipt_email": f"buyer-{payment.id[:6]}@example.com",
        "refunded": good and payment.refunded >= payment.amount,
        "status": "succeeded" if good else "failed",
    }


def _outcome(reason: str) -> Shape:
    kind = "authorized"
    if reason:
        kind = "blocked" if reason == _BLOCKED else "issuer_declined"
    return {
        "network_status": {
            "authorized": "approved_by_network",
            "blocked": "not_sent_to_network",
        }.get(kind, "declined_by_network"),
        "reason": reason or None,
        "risk_level": "highest" if kind == "blocked" else "normal",
        "seller_message": "Payment complete." if not reason else "The payment was declined.",
        "type": kind,
    }


def intent(payment: Payment, canceled: Mapping[str, datetime], *, live: bool = True) -> Shape:
    """The payment the attempt belongs to."""
    code, _, reason = payment.failure.partition("/")
    error = {
        "type": "api_error" if code == "processing_error" else "card_error",
        "code": code,
        "decline_code": reason,
        "message": "Your card was declined.",
        "charge": f"ch_{payment.id}",
    }
    gone = canceled.get(payment.id)
    status = "succeeded" if not code else "requires_payment_method"
    said: Shape = {
        "id": f"pi_{payment.id}",
        "object": "payment_intent",
        "amount": payment.amount,
        "amount_received": 0 if code else payment.amount,
        "canceled_at": seconds(gone) if gone else None,
        "cancellation_reason": "requested_by_customer" if gone else None,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": seconds(payment.at),
        "currency": payment.currency,
        "latest_charge": f"ch_{payment.id}",
        "livemode": live,
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "canceled" if gone else status,
    }
    return {**said, "last_payment_error": error} if code else said


def event(state: Stripe, shown: Event, now: datetime) -> Shape:
    """An event; of its object only what identifies it."""
    return {
        "id": shown.id,
        "object": "event",
        "api_version": "2023-08-16",
        "created": seconds(shown.at),
        "data": {"object": {"id": shown.about, "object": "charge"}},
        "livemode": True,
        "pending_webhooks": state.pending(shown, now),
        "request": {"id": None, "idempotency_key": None},
        "type": shown.type,
    }


def webhook(state: Stripe) -> Shape:
    """The one endpoint."""
    return {
        "id": f"we_{state.name}",
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": seconds(state.agenda.now) - 400 * 86_400,
        "description": None,
        "enabled_events": ["charge.succeeded", "charge.failed", "charge.refunded"],
        "livemode": True,
        "metadata": {},
        "status": state.webhook_status,
        "url": state.webhook,
    }


def refund(shown: Refund) -> Shape:
    """A refund."""
    return {
        "id": shown.id,
        "object": "refund",
        "amount": shown.amount,
        "balance_transaction": f"txn_{shown.id[3:]}",
        "charge": f"ch_{shown.payment}",
        "created": seconds(shown.at),
        "currency": shown.currency,
        "metadata": dict(shown.metadata),
        "payment_intent": f"pi_{shown.payment}",
        "reason": shown.reason,
        "receipt_number": None,
        "status": shown.status,
    }


def dispute(shown: Dispute) -> Shape:
    """A dispute."""
    return {
        "id": shown.id,
        "object": "dispute",
        "amount": shown.amount,
        "balance_transactions": [],
        "charge": f"ch_{shown.payment}",
        "created": seconds(shown.at),
        "currency": shown.currency,
        "evidence": {},
        "evidence_details": {
            "due_by": seconds(shown.due),
            "has_evidence": True,
            "past_due": False,
            "submission_count": 1,
        },
        "is_charge_refundable": False,
        "livemode": True,
        "metadata": {},
        "payment_intent": f"pi_{shown.payment}",
        "reason": shown.reason,
        "status": shown.status,
    }


def balance(state: Stripe) -> Shape:
    """What the payments that are remembered add up to."""
    held: dict[str, int] = {}
    for each in state.payments.values():
        if not each.failure:
            held[each.currency] = held.get(each.currency, 0) + each.amount - each.refunded
    parts = [{"amount": amount, "currency": name} for name, amount in sorted(held.items())]
    return {"object": "balance", "available": parts, "livemode": True, "pending": parts}


def transaction(payment: Payment) -> Shape:
    """What a payment did to the balance."""
    fee = 30 + payment.amount * 29 // 1_000
    return {
        "id": f"txn_{payment.id}",
        "object": "balance_transaction",
        "amount": payment.amount,
        "available_on": seconds(payment.at) + 2 * 86_400,
        "created": seconds(payment.at),
        "currency": payment.currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": payment.currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ],
        "net": payment.amount - fee,
        "reporting_category": "charge",
        "source": f"ch_{payment.id}",
        "status": "pending",
        "type": "charge",
    }
