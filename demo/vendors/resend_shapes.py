"""What Resend remembers in the shapes of its API."""

from datetime import datetime, timedelta

from demo.vendors.resend_state import (
    DOMAIN,
    Broadcast,
    Logged,
    Mail,
    Resend,
    Suppressed,
    identity,
)

Shape = dict[str, object]


def stamp(at: datetime) -> str:
    """As Resend writes times: `2023-04-03 22:13:42.674981+00`."""
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond:06}+00"


def email(mail: Mail, now: datetime) -> Shape:
    """A line of the list."""
    return {
        "id": mail.id,
        "to": mail.to,
        "from": mail.sender,
        "created_at": stamp(mail.at),
        "subject": mail.subject,
        "last_event": mail.event(now),
    }


def whole_email(mail: Mail, now: datetime) -> Shape:
    """One e-mail, its body too."""
    return {"object": "email", **email(mail, now), "html": "<p>…</p>", "text": "…"}


def domain(state: Resend) -> Shape:
    """A line of the list."""
    return {
        "id": state.domain_id,
        "name": DOMAIN,
        "status": state.domain_status,
        "created_at": stamp(state.agenda.now - timedelta(days=420)),
        "region": "eu-west-1",
        "open_tracking": False,
        "click_tracking": False,
        "capabilities": {"sending": "enabled", "receiving": "disabled"},
    }


def whole_domain(state: Resend) -> Shape:
    """One domain with its records."""
    rows = (
        ("SPF", "send", "TXT", "v=spf1 include:amazonses.com ~all", "SPF"),
        ("SPF", "send", "MX", "feedback-smtp.eu-west-1.amazonses.com", "MX"),
        ("DKIM", "resend._domainkey", "TXT", "p=MIGfMA0GCSqGSIb3DQEB", "DKIM"),
    )
    records = [
        {
            "record": purpose,
            "name": name,
            "type": kind,
            "ttl": "Auto",
            "status": state.records[key],
            "value": value,
            **({"priority": 10} if kind == "MX" else {}),
        }
        for purpose, name, kind, value, key in rows
    ]
    return {"object": "domain", **domain(state), "records": records}


def suppression(shown: Suppressed) -> Shape:
    """An address that nothing is sent to."""
    return {
        "id": shown.id,
        "email": shown.email,
        "origin": shown.origin,
        "source_id": identity("source", shown.email),
        "created_at": stamp(shown.at),
    }


def broadcast(shown: Broadcast) -> Shape:
    """A message to many."""
    said: Shape = {
        "id": shown.id,
        "name": shown.name,
        "audience_id": identity("audience"),
        "status": shown.status,
        "created_at": stamp(shown.made),
    }
    return {**said, "sent_at": stamp(shown.sent)} if shown.sent else said


def broadcast_row(shown: Broadcast) -> Shape:
    """Its line in the metrics."""
    return {
        "broadcast_id": shown.id,
        "broadcast_name": shown.name,
        "sent": shown.recipients,
        "delivered": shown.recipients - shown.bounced,
        "bounced": shown.bounced,
        "complained": 0,
        "failed": 0,
    }


def logged(shown: Logged) -> Shape:
    """A line of the API's log."""
    return {
        "id": shown.id,
        "created_at": stamp(shown.at),
        "endpoint": shown.endpoint,
        "method": shown.method,
        "response_status": shown.status,
        "user_agent": "resend-node:6.1.0",
    }


def webhook(state: Resend) -> Shape:
    """Where events are sent to."""
    return {
        "id": identity("webhook"),
        "endpoint": f"https://{DOMAIN}/api/webhooks/resend",
        "events": ["email.bounced", "email.complained"],
        "status": "enabled",
        "created_at": stamp(state.agenda.now - timedelta(days=300)),
    }


def api_key(state: Resend, name: str) -> Shape:
    """A key, without what opens anything."""
    return {
        "id": identity("key", name),
        "name": name,
        "created_at": stamp(state.agenda.now - timedelta(days=120)),
        "last_used_at": stamp(state.agenda.now),
    }


def listing(items: list[Shape], *, more: bool) -> Shape:
    """A page."""
    return {"object": "list", "has_more": more, "data": items}
