"""Answers of Resend as plain JSON values, complete by its specification."""

from typing import Any

Json = dict[str, Any]

AT = "2026-11-18 11:06:40.674981+00"
DOMAIN = "d91cd9bd-1176-453e-8fc1-35364d380206"
BROADCAST = "e169aa45-1ecf-4183-9955-b1499d5701d3"


def listing(*items: Json, has_more: bool = False) -> Json:
    return {"object": "list", "has_more": has_more, "data": list(items)}


def email(email_id: str = "4ef9a417-02e9-4d39-ad75-9611e0fcc33c", **changes: Any) -> Json:
    return {
        "id": email_id,
        "to": ["dana@example.test"],
        "from": "LocalLoop <tickets@localloop.com>",
        "created_at": AT,
        "subject": "Your ticket for Jazz in the park",
        "last_event": "delivered",
    } | changes


def metrics(*rows: Json, **totals: float) -> Json:
    counted = {"sent": 214, "delivered": 210, "bounced": 2, "complained": 1, "failed": 0} | totals
    return {
        "object": "metrics",
        "start_date": "2026-11-17T11:06:40.000Z",
        "end_date": "2026-11-18T11:06:40.000Z",
        "totals": counted,
        "data": list(rows),
    }


def row(broadcast: str = BROADCAST, **counts: float) -> Json:
    counted = {"sent": 1_200, "delivered": 1_176, "bounced": 24} | counts
    return {"broadcast_id": broadcast, "broadcast_name": "November", **counted}


def domain(**changes: Any) -> Json:
    return {
        "id": DOMAIN,
        "name": "localloop.com",
        "status": "verified",
        "created_at": AT,
        "region": "eu-west-1",
    } | changes


def record(**changes: Any) -> Json:
    return {
        "record": "DKIM",
        "name": "resend._domainkey",
        "type": "TXT",
        "ttl": "Auto",
        "status": "verified",
        "value": "p=MIGf",
    } | changes


def whole_domain(*records: Json, **changes: Any) -> Json:
    return domain(object="domain", records=list(records) or [record()], **changes)


def suppression(**changes: Any) -> Json:
    return {
        "id": BROADCAST,
        "email": "steve.wozniak@example.test",
        "origin": "bounce",
        "source_id": BROADCAST,
        "created_at": AT,
    } | changes


def broadcast(**changes: Any) -> Json:
    return {
        "id": BROADCAST,
        "name": "November announcements",
        "status": "sent",
        "created_at": AT,
        "sent_at": AT,
    } | changes


def call(**changes: Any) -> Json:
    return {
        "id": "479e3145-dd38-476b-932c-529ceb705947",
        "created_at": AT,
        "endpoint": "/emails",
        "method": "POST",
        "response_status": 422,
        "user_agent": "resend-node",
    } | changes
