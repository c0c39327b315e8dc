"""One request of every operation of Sentry, PagerDuty and Slack that their specifications have."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from demo.alerting import Alerting
from demo.vendors.slack_state import INCIDENTS, user_id
from providers.pagerduty import HEADERS
from tests.demo_exchanges import Ask
from tests.demo_rig import Stage

FROM: Final = {**HEADERS, "From": "dana@lma.com"}
ORGANIZATION: Final = "/api/0/organizations/lma-commerce"


def alerting(stage: Stage) -> Alerting:
    return stage.estate.alerting


def sentry(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things."""
    state, one = alerting(stage).sentry, ORGANIZATION
    issue, other, *_ = state.issues
    version = state.shipped()[0].version
    counts = {"dataset": "errors", "yAxis": "count()", "statsPeriod": "1h", "interval": "60000"}
    outcome = {"field": "sum(quantity)", "groupBy": "outcome", "category": "error"}
    outcome |= {"statsPeriod": "24h", "interval": "1h"}
    yield _get("/api/0/organizations/")
    yield _get(f"{one}/projects/")
    yield _get(f"{one}/issues/", query="is:unresolved", sort="new", limit="2", statsPeriod="24h")
    yield _get(f"{one}/issues/{issue}/")
    yield _get(f"{one}/issues/{issue}/events/")
    yield _get(f"{one}/issues/{issue}/events/latest/")
    yield _get(f"{one}/events/", dataset="errors", field="title", statsPeriod="24h")
    yield Ask(method="GET", path=f"{one}/events-timeseries/", query=counts)
    yield Ask(method="GET", path=f"{one}/stats_v2/", query=outcome)
    yield _get(f"{one}/sessions/", field="sum(session)", statsPeriod="24h")
    yield _get(f"{one}/releases/", per_page="5", environment="production")
    yield _get(f"{one}/releases/{version}/deploys/")
    yield _get(f"{one}/monitors/")
    yield _put(f"{one}/issues/{issue}/", {"status": "resolved"})
    yield Ask(method="PUT", path=f"{one}/issues/", query={"id": other}, body={"status": "ignored"})


def pagerduty(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what changes things, in an order in which each is possible."""
    state, service = alerting(stage).pagerduty_lma, alerting(stage).production
    opened = state.trigger(service, "disk is full", key="disk")
    state.add_note(opened.id, "looking", state.users[0])
    one = f"/incidents/{opened.id}"
    wanted = {
        "type": "incident",
        "title": "asked for",
        "service": {"id": service.id, "type": "service_reference"},
        "body": {"type": "incident_body", "details": "words"},
        "incident_key": "asked-for",
    }
    people: dict[str, Any] = {
        "requester_id": state.users[0].id,
        "message": "please help",
        "responder_request_targets": [],
    }
    for path in (
        *("/incidents", one, f"{one}/alerts", f"{one}/log_entries", f"{one}/notes"),
        *("/log_entries", "/oncalls", "/services", f"/services/{service.id}", "/schedules"),
        *("/escalation_policies", "/priorities", "/abilities"),
    ):
        yield _get(path, HEADERS)
    yield _get("/maintenance_windows", HEADERS, filter="open", limit="5", total="true")
    yield _post("/incidents", {"incident": wanted}, FROM)
    yield _put(one, {"incident": {"type": "incident_reference", "status": "acknowledged"}}, FROM)
    yield _post(f"{one}/notes", {"note": {"content": "rolled back"}}, FROM)
    yield _post(f"{one}/snooze", {"duration": 60}, FROM)
    yield _post(f"{one}/responder_requests", people, FROM)
    both = [{"id": opened.id, "type": "incident_reference", "status": "resolved"}]
    yield _put("/incidents", {"incidents": both}, FROM)
    yield _get("/incidents", HEADERS, **{"statuses[]": "resolved", "date_range": "all"})


def pagerduty_events(stage: Stage) -> Iterator[Ask]:
    """An event from its trigger to its end, and a deploy."""
    key = alerting(stage).production.routing_key
    payload = {"summary": "pool exhausted", "source": "api", "severity": "critical"}
    common = {"routing_key": key, "dedup_key": "pool"}
    yield _post("/v2/enqueue", {**common, "event_action": "trigger", "payload": payload})
    for action in ("acknowledge", "resolve"):
        yield _post("/v2/enqueue", {**common, "event_action": action})
    change = {"summary": "deployed 51b9a02", "source": "github"}
    yield _post("/v2/change/enqueue", {"routing_key": key, "payload": change})


def slack(stage: Stage) -> Iterator[Ask]:
    """Reads first; then what is said, and said otherwise."""
    newest = alerting(stage).slack.of(INCIDENTS)[0]
    for method in ("auth.test", "api.test", "usergroups.list", "team.info"):
        yield _get(f"/api/{method}")
    yield _get("/api/conversations.list", types="public_channel", limit="200")
    yield _get("/api/conversations.info", channel=INCIDENTS)
    yield _get("/api/conversations.history", channel=INCIDENTS, limit="15")
    yield _get("/api/conversations.replies", channel=INCIDENTS, ts=newest.ts)
    yield _get("/api/users.info", user=user_id("maria"))
    post = {"channel": INCIDENTS, "text": "rolled back &amp; well", "unfurl_links": False}
    yield _post("/api/chat.postMessage", post)
    said = alerting(stage).slack.of(INCIDENTS)[0]
    yield _post("/api/chat.postMessage", {**post, "thread_ts": newest.ts})
    yield _get("/api/conversations.history", channel=INCIDENTS)
    yield _post("/api/chat.update", {"channel": INCIDENTS, "ts": said.ts, "text": "all well"})


def _get(path: str, headers: Mapping[str, str] | None = None, **query: str) -> Ask:
    return Ask(method="GET", path=path, query=query, headers=headers or {})


def _post(path: str, body: Any, headers: Mapping[str, str] | None = None) -> Ask:
    return Ask(method="POST", path=path, body=body, headers=headers or {})


def _put(path: str, body: Any, headers: Mapping[str, str] | None = None) -> Ask:
    return Ask(method="PUT", path=path, body=body, headers=headers or {})


ALERTING_EXCHANGES: Final[Mapping[str, Callable[[Stage], Iterator[Ask]]]] = {
    "sentry": sentry,
    "pagerduty": pagerduty,
    "pagerduty-events": pagerduty_events,
    "slack": slack,
}

NOT_ASKED: Final = frozenset({"GET /users/me"})
"""Answered for a person's key alone; the demo's are keys of the account."""

UNSENDABLE: Final = frozenset({"POST /incidents"})
"""Its file takes no request: it calls the id of the service, which it requires, read-only."""
