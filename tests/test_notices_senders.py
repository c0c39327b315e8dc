"""What leaves over each channel, what a refusal means, and that no text acts on anybody."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.notices.channel import MOST_LINES, Message, Sender, Telling, TellKind
from actions.notices.pagerduty_event import (
    LONGEST_KEY,
    PagerDutySender,
    checked_key,
    dedup_key,
    events_of,
)
from actions.notices.slack import LONGEST_TEXT, SlackSender, reach, slack_text
from actions.notices.webhook import WebhookSender, document_of, signature
from actions.notices.words import headline, lines_of
from monitor.alert_view import CareKind
from monitor.verdicts import Level
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from providers.http import Api
from providers.secrets import Secret
from providers.text import Foreign
from tests import vendor_data_slack as chat
from tests.fakes import ManualClock
from tests.values_notices import alert, cared
from tests.vendor_rigs import client
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

KEY = "0123456789abcdef0123456789abcdef"
HOSTILE = "<!channel> <@U1> @here & \x1b]0;x\x07 <https://evil.example|bank>\nnew line"


async def routing_key() -> Secret:
    return Secret(KEY)


def telling(kind: TellKind = TellKind.FIRED, **changes: Any) -> Telling:
    seen = alert()
    made = Telling(
        kind=kind,
        key=seen.key,
        episode=seen.episode,
        level=Level.CRITICAL,
        subject="API production",
        alert=None if kind is TellKind.CLEARED else seen,
    )
    return replace(made, **changes)


def message(*tellings: Telling, **changes: Any) -> Message:
    made = Message(
        workspace="lma", workspace_title="LMA", tellings=tellings, id="m1", host="bastion"
    )
    return replace(made, **changes)


ONE = message(telling())
Build = Callable[[Api], Sender]


def slack(api: Api) -> Sender:
    return SlackSender(api, "C0INCIDENTS")


def pagerduty(api: Api) -> Sender:
    return PagerDutySender(api, routing_key)


def webhook(api: Api) -> Sender:
    return WebhookSender(api, "/in?team=1", ManualClock(), routing_key, {"X-Team": "on-call"})


POSTED = {"ok": True, "channel": "C0INCIDENTS", "ts": "1503435956.000247", "message": {}}
HEALTHY: dict[Build, Reply] = {
    slack: json_reply(POSTED),
    pagerduty: json_reply({"status": "success", "message": "Event processed"}, 202),
    webhook: Reply(status=204),
}
BUILDS = pytest.mark.parametrize("build", [slack, pagerduty, webhook])


async def sent(build: Build, reply: Reply, what: Message = ONE) -> tuple[list[Asked], Any]:
    """What arrived, and the error if it ended in one."""
    deadline_s = 0.5 if reply.silent else 20.0
    async with (
        vendor_server(lambda _: reply) as server,
        client(server.url, system="Channel", deadline_s=deadline_s) as api,
    ):
        try:
            await build(api).send(what)
        except ProviderError as error:
            return server.asked, error
        return server.asked, None


def test_the_number_of_a_rule_is_told_once_and_its_reason_where_it_says_more() -> None:
    disk = alert(fact="91 % > 90 %", why="91 % > 90 %")
    (line,) = lines_of(message(telling(subject="Disk", alert=disk)))
    assert line.count("91 %") == 1
    (line,) = lines_of(message(telling(subject="API", alert=alert(fact="503", why="503 ×3"))))
    assert "503 ×3" in line


async def test_slack_gets_plain_text_that_mentions_nobody() -> None:
    hostile = telling(subject=HOSTILE, alert=alert(why=HOSTILE, title=HOSTILE, fact="@channel"))
    asked, error = await sent(slack, HEALTHY[slack], message(hostile))

    (one,), body = asked, json.loads(asked[0].body)
    assert error is None
    assert (one.method, one.path) == ("POST", "/chat.postMessage")
    assert body["channel"] == "C0INCIDENTS"
    assert (body["link_names"], body["parse"], body["mrkdwn"]) == (False, "none", False)
    assert "<" not in body["text"]
    assert ">" not in body["text"]
    assert "&lt;!channel&gt;" in body["text"]
    assert "\x1b" not in body["text"]
    assert "\n" not in body["text"], "one alert is one line"


@given(st.text(max_size=5_000))
def test_slack_text_is_bounded_and_escaped(text: str) -> None:
    written = slack_text(text)
    assert len(written) <= LONGEST_TEXT
    assert not {"<", ">"} & set(written)


def test_many_alerts_are_cut_and_counted() -> None:
    many = message(*(telling(subject=f"check {number}") for number in range(24)))
    lines = lines_of(many)
    assert lines[0] == "LMA: 24 fired"
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "+14 more, see the wall"
    assert headline(many) == "check 0 503 and 23 more"
    assert document_of(many)["more"] == 14


def test_what_each_kind_says() -> None:
    said = [
        lines_of(message(telling(kind, lasted_s=760.0, number=1)))[0].partition(" · ")[0]
        for kind in TellKind
    ]
    assert said == [
        "LMA: CRITICAL API production 503",
        "LMA: FLAPPING API production",
        "LMA: NOW CRITICAL API production 503",
        "LMA: STILL CRITICAL API production 503, 12m40s after it was told",
        "LMA: CRITICAL API production 503",
        "LMA: CLEARED API production, 12m40s after it was told",
    ]
    whole = lines_of(message(telling(followers=3, alert=alert(care=cared(CareKind.ACKNOWLEDGED)))))
    assert whole == (
        "LMA: CRITICAL API production 503 · SEV1 · 503 three times in a row · since 16:00:00Z · "
        "acknowledged by dana · runbook B:141 · and 3 that follow",
    )


def test_known_secrets_leave_over_no_channel() -> None:
    secret = Secret("hunter2-hunter2-hunter2").reveal()
    leaking = message(telling(subject=secret, alert=alert(why=secret, title=secret, fact=secret)))
    for text in (
        json.dumps(SlackSender(None, "C1").body(leaking)),  # type: ignore[arg-type]  # asks nobody
        json.dumps(events_of(leaking)),
        json.dumps(document_of(leaking)),
    ):
        assert secret not in text


async def test_pagerduty_opens_acknowledges_and_closes_by_the_episode() -> None:
    kinds = (TellKind.FIRED, TellKind.WORSE, TellKind.ACKNOWLEDGED, TellKind.CLEARED)
    asked, error = await sent(pagerduty, HEALTHY[pagerduty], message(*map(telling, kinds)))

    events = [json.loads(one.body) for one in asked]
    assert error is None
    assert [one.path for one in asked] == ["/v2/enqueue"] * 4
    actions = [one["event_action"] for one in events]
    assert actions == ["trigger", "trigger", "acknowledge", "resolve"]
    assert {one["dedup_key"] for one in events} == {alert().episode}
    assert {one["routing_key"] for one in events} == {KEY}
    assert events[0]["payload"]["severity"] == "critical"
    assert events[0]["payload"]["summary"].startswith("LMA: CRITICAL API production 503 · SEV1")


async def test_a_test_of_pagerduty_closes_what_it_opens() -> None:
    asked, _ = await sent(pagerduty, HEALTHY[pagerduty], message(test=Foreign("dana@bastion")))
    opened, closed = (json.loads(one.body) for one in asked)
    assert opened["payload"]["severity"] == "info"
    assert "TEST of Quarterdeck by dana@bastion" in opened["payload"]["summary"]
    assert (closed["event_action"], closed["dedup_key"]) == ("resolve", opened["dedup_key"])


@given(st.text(max_size=900))
def test_keys_fit_and_stay_apart(episode: str) -> None:
    assert len(dedup_key(episode)) <= LONGEST_KEY
    assert dedup_key(episode + "x") != dedup_key(episode)


async def test_a_webhook_is_signed_over_what_is_sent() -> None:
    asked, error = await sent(webhook, HEALTHY[webhook])

    (one,) = asked
    assert error is None
    assert (one.path, one.query, one.headers["x-team"]) == ("/in", (("team", "1"),), "on-call")
    stamp, _, given = one.headers["x-quarterdeck-signature"].partition(",")
    at = stamp.removeprefix("t=")
    made = hmac.new(KEY.encode(), at.encode() + b"." + one.body, hashlib.sha256).hexdigest()
    assert given == f"v1={made}"
    assert signature(KEY, int(at), one.body) == f"{stamp},{given}"
    document = json.loads(one.body)
    assert (document["version"], document["kind"], document["id"]) == (1, "alerts", "m1")
    assert one.headers["x-quarterdeck-delivery"] == "m1"
    assert document["alerts"][0]["event"] == "fired"
    assert document["alerts"][0]["episode"] == alert().episode


@BUILDS
async def test_no_answer_in_time_may_have_arrived(build: Build) -> None:
    _, error = await sent(build, Reply(silent=True))
    assert isinstance(error, TimedOut)
    assert error.after_sending


@BUILDS
async def test_a_connection_that_breaks_after_the_request_may_have_arrived(build: Build) -> None:
    _, error = await sent(build, Reply(reset=True))
    assert isinstance(error, Unreachable)
    assert error.after_sending


@BUILDS
async def test_nobody_there_is_surely_not_sent(build: Build) -> None:
    async with client("http://127.0.0.1:9", system="Channel") as api:
        with pytest.raises(Unreachable) as caught:
            await build(api).send(ONE)
    assert not caught.value.after_sending


@BUILDS
@pytest.mark.parametrize(
    ("status", "kind", "perhaps"),
    [
        (400, Refused, False),
        (401, Unauthorized, False),
        (404, NotFound, False),
        (429, RateLimited, False),
        (500, ServerFailed, True),
        (503, ServerFailed, True),
        (302, BadAnswer, False),
    ],
)
async def test_refusals(
    build: Build, status: int, kind: type[ProviderError], perhaps: bool
) -> None:
    asked, error = await sent(build, json_reply({"message": "no"}, status))
    assert type(error) is kind
    assert error.after_sending is perhaps
    assert len(asked) == 1, "never sent again from here"


@pytest.mark.parametrize(
    ("word", "perhaps"),
    [
        ("not_in_channel", False),
        ("invalid_auth", False),
        ("msg_too_long", False),
        ("ratelimited", False),
        ("fatal_error", True),
        ("internal_error", True),
    ],
)
async def test_slack_says_no_with_200(word: str, perhaps: bool) -> None:
    _, error = await sent(slack, json_reply({"ok": False, "error": word}))
    assert isinstance(error, ProviderError)
    assert error.code == word
    assert error.after_sending is perhaps


@pytest.mark.parametrize("reply", [Reply(body=b"<html>"), Reply(), json_reply({"ok": True})])
async def test_what_is_no_answer_of_slack_may_have_arrived(reply: Reply) -> None:
    _, error = await sent(slack, reply)
    assert isinstance(error, BadAnswer)
    assert error.after_sending


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({}, None), ({"is_archived": True}, NotFound), ({"is_member": False}, Unauthorized)],
)
async def test_reach_looks_without_posting(
    changes: dict[str, bool], kind: type[ProviderError] | None
) -> None:
    info = chat.info()
    info["channel"] |= {"is_member": True, "is_archived": False} | changes

    def answer(asked: Asked) -> Reply:
        known = asked.path.endswith("auth.test")
        return json_reply(chat.auth() if known else info, x_oauth_scopes="chat:write")

    async with vendor_server(answer) as server, client(server.url, system="Slack") as api:
        if kind is None:
            assert (await reach(api, "C1")).startswith("may post in #")
        else:
            with pytest.raises(kind):
                await reach(api, "C1")
    assert {one.method for one in server.asked} == {"GET"}


async def test_reach_needs_the_scope() -> None:
    def answer(_: Asked) -> Reply:
        return json_reply(chat.auth(), x_oauth_scopes="channels:read")

    async with vendor_server(answer) as server, client(server.url, system="Slack") as api:
        with pytest.raises(Unauthorized, match="chat:write"):
            await reach(api, "C1")


async def test_a_routing_key_is_looked_at_and_not_shown() -> None:
    async def wrong() -> Secret:
        return Secret("u+notarealkey")

    assert KEY not in await checked_key(routing_key)
    with pytest.raises(BadAnswer) as caught:
        await checked_key(wrong)
    assert "u+notarealkey" not in str(caught.value)
