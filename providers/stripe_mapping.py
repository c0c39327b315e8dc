"""Stripe's answers turned into values. Pure."""

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.money import money_words
from providers.stripe_values import (
    BY_OUTCOME,
    CHARGES,
    OURS,
    SYSTEM,
    Balance,
    Charge,
    Dispute,
    Intent,
    Outcome,
    Refund,
    StripeEvent,
    Webhook,
)
from providers.text import EMPTY, Foreign


def charge_of(fields: Fields) -> Charge:
    """Raises BadAnswer where the contract is broken, as all of these do."""
    status = fields.word("status")
    outcome = fields.optional_fields("outcome")
    code = fields.optional_word("failure_code") or ""
    reason = (outcome.optional_word("reason") or "") if outcome else ""
    kind = CHARGES.get(status, Outcome.UNKNOWN)
    if kind is Outcome.FAILED:
        kind = _failure(outcome.optional_word("type") if outcome else None, code, reason)
    captured = fields.optional_integer("amount_captured") or 0
    refunded = fields.optional_integer("amount_refunded") or 0
    id_ = fields.word("id")
    return Charge(
        id=id_,
        outcome=kind,
        status=status,
        code=(reason if reason and code in {"", "card_declined"} else code) if kind.failed else "",
        amount=fields.integer("amount"),
        kept=captured - refunded,
        currency=_currency(fields),
        at=_moment(fields, "created"),
        payment=fields.optional_word("payment_intent") or id_,
        refunded=refunded,
        disputed=fields.flag("disputed", default=False),
    )


def _failure(kind: str | None, code: str, reason: str) -> Outcome:
    if code in OURS or reason in OURS:
        return Outcome.ERROR
    if kind in BY_OUTCOME:
        return BY_OUTCOME[kind]
    return Outcome.DECLINED if code == "card_declined" else Outcome.FAILED


def intent_of(fields: Fields) -> Intent:
    """A payment intent."""
    error = fields.optional_fields("last_payment_error")
    return Intent(
        id=fields.word("id"),
        status=fields.word("status"),
        amount=fields.integer("amount"),
        currency=_currency(fields),
        at=_moment(fields, "created"),
        error_type=(error.optional_word("type") or "") if error else "",
        error_code=(error.optional_word("code") or "") if error else "",
    )


def event_of(fields: Fields) -> StripeEvent:
    """An event; the object in it may be of any version, so only its identity is read."""
    inner = fields.fields("data").optional_fields("object")
    return StripeEvent(
        id=fields.word("id"),
        type=fields.word("type"),
        at=_moment(fields, "created"),
        pending=fields.integer("pending_webhooks"),
        about=(inner.optional_word("id") or "") if inner else "",
    )


def webhook_of(fields: Fields) -> Webhook:
    """A webhook endpoint."""
    return Webhook(
        id=fields.word("id"),
        status=fields.word("status"),
        where=without_query(fields.text("url")),
        events=fields.words("enabled_events"),
        version=fields.optional_word("api_version") or "",
    )


def refund_of(fields: Fields) -> Refund:
    """A refund."""
    id_ = fields.word("id")
    payment = fields.optional_word("payment_intent") or fields.optional_word("charge")
    return Refund(
        id=id_,
        status=fields.word("status", "unknown"),
        amount=fields.integer("amount"),
        currency=_currency(fields),
        at=_moment(fields, "created"),
        reason=fields.optional_word("reason") or "",
        failure=fields.optional_word("failure_reason") or "",
        payment=payment or id_,
    )


def dispute_of(fields: Fields) -> Dispute:
    """A dispute."""
    evidence = fields.optional_fields("evidence_details")
    due = _optional_moment(evidence, "due_by") if evidence else None
    return Dispute(
        id=fields.word("id"),
        status=fields.word("status"),
        amount=fields.integer("amount"),
        currency=_currency(fields),
        at=_moment(fields, "created"),
        reason=fields.word("reason", "unknown"),
        due=due,
        payment=fields.optional_word("payment_intent") or fields.word("charge"),
    )


def balance_of(fields: Fields) -> Balance:
    """The balance."""
    return Balance(
        live=fields.flag("livemode"),
        available=_amounts(fields.items("available")),
        pending=_amounts(fields.items("pending")),
    )


def _amounts(items: list[Fields]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for each in items:
        currency = _currency(each)
        totals[currency] = totals.get(currency, 0) + each.integer("amount")
    return totals


def without_query(said: Foreign) -> Foreign:
    """An address as far as it may be shown: user part, query and fragment may hold secrets."""
    try:
        parts = urlsplit(said.text)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return EMPTY
    return Foreign(f"{parts.scheme}://{host}{port}{parts.path}") if host else EMPTY


def dashboard(live: bool | None, *path: str) -> str:
    """A page of Stripe's dashboard; empty while it is not known which mode it is."""
    if live is None:
        return ""
    inner = "/".join(quote(part, safe="") for part in path)
    return f"https://dashboard.stripe.com/{'' if live else 'test/'}{inner}"


def amount_words(amount: int, currency: str) -> Foreign:
    """An amount for a column."""
    return Foreign(money_words(amount, currency))


def _currency(fields: Fields) -> str:
    return fields.word("currency").lower()


def _optional_moment(fields: Fields, name: str) -> datetime | None:
    seconds = fields.optional_integer(name)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        at = f"{fields.path}.{name}"
        raise BadAnswer(SYSTEM, "read a time", f"{at}: not a time in seconds") from None


def _moment(fields: Fields, name: str) -> datetime:
    found = _optional_moment(fields, name)
    if found is None:
        raise BadAnswer(SYSTEM, "read a time", f"{fields.path}.{name}: missing")
    return found
