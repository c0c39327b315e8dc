"""Resend's answers turned into values. Pure."""

from datetime import datetime

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.personal import masked, recipients
from providers.resend_values import (
    SYSTEM,
    Broadcast,
    Call,
    Counts,
    DnsRecord,
    Domain,
    Email,
    Suppression,
)
from providers.text import EMPTY, Foreign
from providers.vendor import entries, sort_out


def email_of(fields: Fields) -> Email:
    """An e-mail of the list; raises BadAnswer where the contract is broken, as all of these do."""
    return Email(
        id=fields.word("id"),
        to=recipients(_texts(fields, "to")),
        subject=masked(fields.text("subject", EMPTY)),
        sender=fields.text("from", EMPTY),
        state=fields.word("last_event", "unknown"),
        at=_moment(fields, "created_at"),
    )


def counts_of(fields: Fields) -> Counts:
    """The counts of a row or of the totals."""
    return Counts(
        sent=fields.optional_number("sent"),
        delivered=fields.optional_number("delivered"),
        bounced=fields.optional_number("bounced"),
        complained=fields.optional_number("complained"),
        failed=fields.optional_number("failed"),
        suppressed=fields.optional_number("suppressed"),
        delayed=fields.optional_number("delivery_delayed"),
    )


def totals_of(value: object, operation: str) -> Counts:
    """The totals of `/emails/metrics`."""
    return counts_of(Fields(value, SYSTEM, operation).fields("totals"))


def by_broadcast(value: object, operation: str) -> dict[str, Counts]:
    """The rows of `/emails/metrics` by broadcast; a row that cannot be read is left out."""

    def row(fields: Fields) -> tuple[str, Counts]:
        return fields.word("broadcast_id"), counts_of(fields)

    rows = entries(value, "data", SYSTEM, operation)
    return dict(sort_out(rows, row, "broadcast").kept)


def domain_of(fields: Fields) -> Domain:
    """A domain, with its records where the answer has them."""
    items = fields.optional_items("records") or []
    return Domain(
        id=fields.word("id"),
        name=fields.text("name"),
        status=fields.word("status", "unknown"),
        region=fields.optional_word("region") or "",
        records=tuple(_record(each) for each in items),
    )


def _record(fields: Fields) -> DnsRecord:
    return DnsRecord(
        purpose=fields.word("record", "record"),
        type=fields.optional_word("type") or "",
        name=fields.text("name", EMPTY),
        status=fields.word("status", "unknown"),
    )


def suppression_of(fields: Fields) -> Suppression:
    """An address that nothing is sent to."""
    return Suppression(
        id=fields.word("id"),
        to=recipients((fields.text("email"),)),
        origin=fields.word("origin", "unknown"),
        at=_moment(fields, "created_at"),
    )


def broadcast_of(fields: Fields) -> Broadcast:
    """A broadcast."""
    times = ("sent_at", "scheduled_at", "created_at")
    return Broadcast(
        id=fields.word("id"),
        name=masked(fields.text("name", EMPTY)),
        status=fields.word("status", "unknown"),
        at=next((at for name in times if (at := _moment(fields, name)) is not None), None),
    )


def call_of(fields: Fields) -> Call:
    """A line of the API's log; an address in its path is masked."""
    endpoint = masked(fields.text("endpoint", EMPTY)).line(120)
    return Call(
        id=fields.word("id"),
        method=fields.word("method", "?"),
        endpoint=endpoint,
        status=fields.integer("response_status"),
        at=_moment(fields, "created_at"),
    )


def _texts(fields: Fields, name: str) -> tuple[Foreign, ...]:
    raw = fields.raw(name)
    if isinstance(raw, str):
        return (fields.text(name),)
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise BadAnswer(SYSTEM, "list e-mails", f"{fields.path}.{name}: expected a list of texts")
    return tuple(Foreign(each) for each in raw[:100])


def _moment(fields: Fields, name: str) -> datetime | None:
    """A time as Resend writes it; the list of broadcasts has empty texts where there is none."""
    said = fields.optional_text(name)
    if said is None or not said.text.strip():
        return None
    return fields.optional_moment_iso(name)
