"""One request of every operation of Stripe, Resend and Google Calendar that their files have."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from demo.trade_world import Trade
from demo.vendors.google_state import EVENTS
from demo.vendors.resend_state import Mail, identity
from tests.demo_exchanges import Ask
from tests.demo_rig import Stage

CALENDAR = f"/calendar/v3/calendars/{EVENTS.replace('@', '%40')}"


def trade(stage: Stage) -> Trade:
    return stage.estate.trade


def _get(path: str, **query: str) -> Ask:
    return Ask(method="GET", path=path, query=query)


def _form(path: str, **form: str) -> Ask:
    return Ask(method="POST", path=path, form=form)


def stripe(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things, in an order in which each is possible."""
    state = trade(stage).stripe["localloop"]
    now = state.look()
    day = {"created[gte]": str(int((now - timedelta(days=1)).timestamp()))}
    good = next(each for each in state.newest_payments() if not each.failure)
    failed = next(each for each in state.newest_payments() if each.failure)
    refund = next(iter(state.refunds))
    yield _get("/v1/charges", limit="100", **day)
    yield _get("/v1/charges", starting_after=f"ch_{good.id}", limit="2")
    yield _get("/v1/charges", payment_intent=f"pi_{good.id}")
    yield _get(f"/v1/charges/ch_{good.id}")
    yield _get(f"/v1/charges/ch_{failed.id}")
    yield _get("/v1/payment_intents", limit="100", **day)
    yield _get(f"/v1/payment_intents/pi_{failed.id}")
    yield _get("/v1/refunds", **day)
    yield _get(f"/v1/refunds/{refund}")
    yield _get("/v1/events", type="charge.failed")
    yield _get("/v1/events", delivery_success="false")
    yield _get(f"/v1/events/{state.events[-1].id}")
    yield _get("/v1/webhook_endpoints", limit="10")
    yield _get("/v1/webhook_endpoints/we_localloop")
    yield _get("/v1/balance")
    yield _get("/v1/balance_transactions", limit="5")
    yield _get("/v1/disputes")
    reason = "requested_by_customer"
    yield _form("/v1/refunds", payment_intent=f"pi_{good.id}", amount="100", reason=reason)
    yield _form("/v1/refunds", charge=f"ch_{good.id}")
    yield _get("/v1/refunds", payment_intent=f"pi_{good.id}")
    yield _form(f"/v1/refunds/{refund}/cancel")
    yield _form(f"/v1/payment_intents/pi_{failed.id}/cancel")


def resend(stage: Stage) -> Iterator[Ask]:
    """Reads first, then what changes things; a second passes between requests for the limit."""
    for ask in _resend(stage):
        yield ask
        stage.clock.advance(1)


def _resend(stage: Stage) -> Iterator[Ask]:
    state = trade(stage).resend
    now = state.look()
    mail = next(reversed(state.mails.values()))
    later = Mail(
        id=identity("later"),
        to=["ana@example.com"],
        sender="LocalLoop <hello@localloop.com>",
        subject="Tomorrow",
        at=now,
        scheduled_at=now + timedelta(hours=3),
    )
    state.add(later)
    draft = next(each for each in state.broadcasts.values() if each.status == "draft")
    span = {"start_date": f"{now - timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"}
    yield _get("/emails", limit="5")
    yield _get("/emails", limit="5", after=mail.id)
    yield _get(f"/emails/{mail.id}")
    yield _get("/emails/metrics", **span)
    yield _get("/emails/metrics", **span, dimensions="broadcast", granularity="hourly")
    yield _get("/domains")
    yield _get(f"/domains/{state.domain_id}")
    yield _get("/logs", limit="5")
    yield _get(f"/logs/{state.log[-1].id}")
    yield _get("/suppressions", origin="bounce")
    yield _get("/webhooks", limit="5")
    yield _get("/broadcasts")
    yield _get("/api-keys")
    body: dict[str, Any] = {"from": "LocalLoop <hello@localloop.com>", "subject": "Hello"}
    yield Ask(method="POST", path="/emails", body={**body, "to": ["ben@example.com"]})
    when = {"scheduled_at": f"{now + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"}
    yield Ask(method="PATCH", path=f"/emails/{later.id}", body=when)
    yield Ask(method="POST", path=f"/emails/{later.id}/cancel")
    yield Ask(method="POST", path=f"/domains/{state.domain_id}/verify")
    yield Ask(method="POST", path=f"/broadcasts/{draft.id}/cancel")
    yield Ask(method="DELETE", path=f"/suppressions/{next(iter(state.suppressed))}")


def google(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things."""
    calendar = trade(stage).google.calendars[EVENTS]
    event, other, *_ = calendar.events.values()
    series = next(each.series for each in calendar.events.values() if each.series)
    now = stage.clock.now().at
    span = {
        "timeMin": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "timeMax": f"{now + timedelta(days=14):%Y-%m-%dT%H:%M:%SZ}",
    }
    yield _get("/calendar/v3/users/me/calendarList", maxResults="1")
    yield _get("/calendar/v3/users/me/calendarList", pageToken="1")
    yield _get(CALENDAR)
    yield _get(f"{CALENDAR}/events", **span, singleEvents="true", orderBy="startTime")
    yield _get(f"{CALENDAR}/events", maxResults="2", showDeleted="true")
    yield _get(f"{CALENDAR}/events/{event.id}")
    yield _get(f"{CALENDAR}/events/{series}/instances")
    yield Ask(method="POST", path="/calendar/v3/freeBusy", body={**span, "items": [{"id": EVENTS}]})
    yield Ask(
        method="PATCH",
        path=f"{CALENDAR}/events/{event.id}",
        query={"sendUpdates": "all"},
        body={"status": "cancelled"},
        headers={"if-match": event.etag},
    )
    yield _get(f"{CALENDAR}/events/{event.id}")
    gone = {"sendUpdates": "none"}
    yield Ask(method="DELETE", path=f"{CALENDAR}/events/{other.id}", query=gone)


TRADE_EXCHANGES = {"stripe": stripe, "resend": resend, "google-calendar": google}
