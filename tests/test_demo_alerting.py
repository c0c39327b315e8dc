"""The demo's Sentry, PagerDuty and Slack remember what is done to them, and refuse as they do."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from demo.alerting import Alerting
from demo.vendors.slack_state import DEPLOYS, INCIDENTS
from providers.pagerduty import HEADERS
from tests.demo_rig import Stage, ok

FROM = {**HEADERS, "From": "dana@lma.com"}
ORGANIZATION = "/api/0/organizations/lma-commerce"


def alerting(stage: Stage) -> Alerting:
    return stage.estate.alerting


async def set_status(client: httpx.AsyncClient, id_: str, status: str, **headers: str) -> Any:
    incident = {"type": "incident_reference", "status": status}
    return await client.put(
        f"/incidents/{id_}", json={"incident": incident}, headers={**FROM, **headers}
    )


async def test_an_incident_from_trigger_to_resolve() -> None:
    stage = Stage()
    service = alerting(stage).production
    async with stage.client("pagerduty") as client:
        wanted = {
            "type": "incident",
            "title": "disk is full",
            "service": {"id": service.id, "type": "service_reference"},
            "incident_key": "disk",
        }
        made = await client.post("/incidents", json={"incident": wanted}, headers=FROM)
        twice = await client.post("/incidents", json={"incident": wanted}, headers=FROM)
        id_ = made.json()["incident"]["id"]
        stage.clock.advance(60)
        acknowledged = ok(await set_status(client, id_, "acknowledged"))["incident"]
        note = {"note": {"content": "deleting old dumps"}}
        ok(await client.post(f"/incidents/{id_}/notes", json=note, headers=FROM))
        notes = ok(await client.get(f"/incidents/{id_}/notes", headers=HEADERS))["notes"]
        stage.clock.advance(31 * 60)
        again = ok(await client.get(f"/incidents/{id_}", headers=HEADERS))["incident"]
        ok(await set_status(client, id_, "resolved"))
        late = await set_status(client, id_, "resolved")
        log = ok(await client.get(f"/incidents/{id_}/log_entries", headers=HEADERS))

    assert made.status_code == 201
    assert twice.status_code == 400
    assert "matching dedup key" in twice.json()["error"]["errors"][0]
    assert acknowledged["status"] == "acknowledged"
    assert acknowledged["acknowledgements"][0]["acknowledger"]["summary"] == "Dana Reyes"
    assert [one["content"] for one in notes] == ["deleting old dumps"]
    assert again["status"] == "triggered", "an acknowledgement runs out"
    assert late.status_code == 400
    assert late.json()["error"]["errors"] == ["Incident Already Resolved"]
    kinds = [one["type"].removesuffix("_log_entry") for one in reversed(log["log_entries"])]
    assert kinds == ["trigger", "acknowledge", "annotate", "unacknowledge", "resolve"]


async def test_nobody_comes_and_the_next_level_is_paged() -> None:
    stage = Stage()
    account = alerting(stage).pagerduty_lma
    opened = account.trigger(alerting(stage).production, "disk is full", key="disk")
    people = []
    async with stage.client("pagerduty") as client:
        for _ in range(4):
            shown = ok(await client.get(f"/incidents/{opened.id}", headers=HEADERS))["incident"]
            people.append(shown["assignments"][0]["assignee"]["summary"])
            stage.clock.advance(5 * 60)

    assert people == ["Dana Reyes", "Ivan Petrov", "Priya Nair", "Priya Nair"]


async def test_snoozed_comes_back() -> None:
    stage = Stage()
    account = alerting(stage).pagerduty_lma
    opened = account.trigger(alerting(stage).production, "disk is full", key="disk")
    async with stage.client("pagerduty") as client:
        made = await client.post(
            f"/incidents/{opened.id}/snooze", json={"duration": 120}, headers=FROM
        )
        stage.clock.advance(121)
        shown = ok(await client.get(f"/incidents/{opened.id}", headers=HEADERS))["incident"]

    assert made.status_code == 201
    assert shown["status"] == "triggered"


@pytest.mark.parametrize("sender", ["", "nobody@elsewhere.test"])
async def test_a_write_without_a_known_sender_is_refused(sender: str) -> None:
    stage = Stage()
    opened = alerting(stage).pagerduty_lma.trigger(alerting(stage).production, "x", key="x")
    async with stage.client("pagerduty") as client:
        refused = await set_status(client, opened.id, "resolved", From=sender)

    assert refused.status_code == 400
    assert refused.json()["error"]["errors"] == ["Requester User Not Found"]
    assert alerting(stage).pagerduty_lma.open()


async def test_a_read_only_key_writes_nothing_and_sees_its_own_account() -> None:
    stage = Stage()
    opened = alerting(stage).pagerduty_lma.trigger(alerting(stage).production, "x", key="x")
    headers = {"authorization": f"Token token={stage.credentials.pagerduty_localloop}"}
    async with stage.client("pagerduty") as client:
        refused = await set_status(client, opened.id, "resolved", **headers)
        services = ok(await client.get("/services", headers={**HEADERS, **headers}))

    assert refused.status_code == 403
    assert [one["name"] for one in services["services"]] == ["localloop"]


async def test_events_with_one_key_are_one_incident() -> None:
    stage = Stage()
    account, key = alerting(stage).pagerduty_lma, alerting(stage).production.routing_key
    payload = {"summary": "pool exhausted", "source": "api", "severity": "warning"}
    event = {"routing_key": key, "dedup_key": "pool", "event_action": "trigger"}
    async with stage.client("pagerduty-events") as client:
        for _ in range(2):
            answer = await client.post("/v2/enqueue", json={**event, "payload": payload})
        opened = account.open()
        resolve = {**event, "event_action": "resolve"}
        ok(await client.post("/v2/enqueue", json=resolve))
        unknown = await client.post("/v2/enqueue", json={**resolve, "routing_key": "0" * 32})
        unsaid = await client.post("/v2/enqueue", json=event)

    assert answer.status_code == 202
    assert answer.json()["dedup_key"] == "pool"
    assert [(one.title, one.urgency) for one in opened] == [("pool exhausted", "low")]
    assert account.open() == []
    assert unknown.status_code == unsaid.status_code == 400
    assert "payload" in unsaid.json()["errors"][0]


async def test_sentry_resolved_issue_comes_back_as_a_regression() -> None:
    stage = Stage()
    state = alerting(stage).sentry
    strain = 0.5
    async with stage.client("sentry") as client:
        state.strain = lambda _: strain
        listing = f"{ORGANIZATION}/issues/"
        new = [one for one in ok(await client.get(listing)) if one["substatus"] == "new"]
        one = f"{listing}{new[0]['id']}/"
        whole = ok(await client.get(one))
        resolved = ok(await client.put(one, json={"status": "resolved"}))
        stage.clock.advance(10)
        back = ok(await client.get(one))
        strain = 0.0
        ok(await client.put(one, json={"status": "resolved"}))
        stage.clock.advance(10)
        stays = ok(await client.get(one))

    assert whole["firstRelease"]["version"] == state.shipped()[0].version
    assert resolved["status"] == "resolved"
    assert (back["status"], back["substatus"]) == ("unresolved", "regressed")
    assert stays["status"] == "resolved"


async def test_sentry_bulk_update_without_ids_means_all_of_them() -> None:
    """The danger that a client must never run into."""
    stage = Stage()
    async with stage.client("sentry") as client:
        ok(await client.put(f"{ORGANIZATION}/issues/", json={"status": "resolved"}))
        left = ok(await client.get(f"{ORGANIZATION}/issues/"))
        nothing = await client.put(f"{ORGANIZATION}/issues/?id=7", json={"status": "ignored"})

    assert left == []
    assert nothing.status_code == 204


async def test_sentry_pages_say_when_there_is_no_more() -> None:
    stage = Stage()
    async with stage.client("sentry") as client:
        first = await client.get(f"{ORGANIZATION}/issues/", params={"limit": "4"})
        last = await client.get(f"{ORGANIZATION}/issues/?limit=4&cursor=0:4:0")
        without_slash = await client.get(f"{ORGANIZATION}/issues", follow_redirects=False)
        elsewhere = await client.get("/api/0/organizations/other/issues/")

    assert 'rel="next"; results="true"; cursor="0:4:0"' in first.headers["link"]
    assert 'rel="next"; results="false"' in last.headers["link"]
    assert len(first.json()) + len(last.json()) == 5
    assert not without_slash.is_success
    assert elsewhere.status_code == 404


async def test_slack_post_answer_and_edit() -> None:
    stage = Stage()
    async with stage.client("slack") as client:
        post = {"channel": INCIDENTS, "text": "rolled back"}
        said = ok(await client.post("/api/chat.postMessage", json=post))
        answer = {**post, "text": "well again", "thread_ts": said["ts"]}
        ok(await client.post("/api/chat.postMessage", data=answer))
        edited = {"channel": INCIDENTS, "ts": said["ts"], "text": "rolled back to 51b9a02"}
        ok(await client.post("/api/chat.update", json=edited))
        read = await client.get("/api/conversations.history", params={"channel": INCIDENTS})

    newest = read.json()["messages"][0]
    assert newest["text"] == "rolled back to 51b9a02"
    assert newest["reply_count"] == 1
    assert "chat:write" in read.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("method", "body", "word"),
    [
        ("chat.postMessage", {"channel": "C0NOWHERE1", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": DEPLOYS, "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": INCIDENTS}, "no_text"),
        ("chat.postMessage", {"channel": INCIDENTS, "text": "x" * 40_001}, "msg_too_long"),
        ("chat.update", {"channel": INCIDENTS, "ts": "1.000001", "text": "x"}, "message_not_found"),
    ],
)
async def test_slack_refuses_with_http_200(method: str, body: Any, word: str) -> None:
    stage = Stage()
    slack = alerting(stage).slack
    slack.channels[DEPLOYS] = replace(slack.channels[DEPLOYS], member=False)
    async with stage.client("slack") as client:
        answer = await client.post(f"/api/{method}", json=body)

    assert answer.status_code == 200
    assert answer.json() == {"ok": False, "error": word}


async def test_slack_edits_only_its_own() -> None:
    stage = Stage()
    other = alerting(stage).slack.of(INCIDENTS)[0]
    async with stage.client("slack") as client:
        edited = {"channel": INCIDENTS, "ts": other.ts, "text": "never said"}
        answer = await client.post("/api/chat.update", json=edited)

    assert answer.json()["error"] == "cant_update_message"


@pytest.mark.parametrize("token", ["", "xoxb-wrong"])
async def test_slack_without_a_good_token(token: str) -> None:
    async with Stage().client("slack", token) as client:
        answer = await client.get("/api/auth.test")

    assert answer.json() == {"ok": False, "error": "invalid_auth" if token else "not_authed"}


async def test_slack_limits_each_method() -> None:
    async with Stage().client("slack") as client:
        for _ in range(20):
            ok(await client.get("/api/conversations.list"))
        limited = await client.get("/api/conversations.list")
        other = await client.get("/api/auth.test")

    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) >= 1
    assert other.json()["ok"]
