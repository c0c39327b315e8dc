"""Slack: HTTP 200 that means no, the channel, messages as people read them, and the token."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import slack_account
from providers.accounts import AccountView
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    Unauthorized,
)
from providers.harvest import Harvest
from providers.slack import METRICS, NAMES_A_READ
from providers.slack_mapping import moment_of, readable
from providers.system_readings import Condition, Section, SystemReading
from providers.text import Foreign
from tests import vendor_data_slack as data
from tests.fakes import ManualClock
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_alerting import SLACK, slack
from tests.vendor_server import Asked, Reply, json_reply, vendor_server
from tui.wire_slack import METRICS as WIRED


async def read(
    *changed: tuple[str, Any],
    channel: str = "C012AB3CD",
    times: int = 1,
    clock: ManualClock | None = None,
) -> tuple[Harvest, list[str]]:
    """One read or more, with the answers of some methods replaced; and the methods asked."""
    bodies = dict((*SLACK, *changed))

    def answer(asked: Asked) -> Reply:
        body = bodies["/" + asked.path.rpartition("/")[2]]
        return body if isinstance(body, Reply) else json_reply(body)

    async with (
        vendor_server(answer) as server,
        client(f"{server.url}/api", system="Slack", clock=clock or shifted_clock()) as api,
    ):
        source = slack(api, channel)
        for _ in range(times - 1):
            await source.read()
        return await source.read(), [one.path.removeprefix("/api/") for one in server.asked]


def reading(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def section(harvest: Harvest, key: str) -> Section:
    return next(each for each in reading(harvest).sections if each.key == key)


async def test_every_number_has_its_place() -> None:
    harvest, _ = await read()

    assert tuple(numbers_of(harvest)) == METRICS == WIRED[""]
    assert numbers_of(harvest)["last_message_age_s"] == pytest.approx(83 * 60 + 20, abs=1)
    assert numbers_of(harvest)["joined"] == 1


@pytest.mark.parametrize(
    ("word", "kind", "says"),
    [
        ("not_authed", Unauthorized, "secret"),
        ("invalid_auth", Unauthorized, "bot token"),
        ("token_revoked", Unauthorized, "bot token"),
        ("account_inactive", Unauthorized, "bot token"),
        ("not_in_channel", Unauthorized, "/invite"),
        ("missing_scope", Unauthorized, "OAuth & Permissions"),
        ("channel_not_found", NotFound, "id"),
        ("is_archived", NotFound, "another"),
        ("internal_error", ServerFailed, "by itself"),
        ("ratelimited", RateLimited, "by itself"),
        ("rate_limited", RateLimited, "by itself"),
        ("something_new", BadAnswer, "documentation"),
    ],
)
async def test_ok_false_is_an_error_with_advice(
    word: str, kind: type[ProviderError], says: str
) -> None:
    refused = data.refused(word)

    with pytest.raises(kind) as caught:
        await read(*((end, refused) for end, _ in SLACK))

    assert says in caught.value.advice
    assert caught.value.code == word


async def test_the_scope_that_is_lacking_is_named() -> None:
    refused = data.refused("missing_scope", needed="channels:history", provided="users:read")

    harvest, _ = await read(("/conversations.history", refused))

    assert "lacks the scope channels:history" in section(harvest, "messages").blind
    assert reading(harvest).condition is Condition.DEGRADED
    assert section(harvest, "channel").records


async def test_ok_that_is_no_answer() -> None:
    with pytest.raises(BadAnswer, match=r"\$\.ok: missing"):
        await read(*((end, {"messages": []}) for end, _ in SLACK))


async def test_not_in_the_channel_is_told_with_what_to_do() -> None:
    harvest, _ = await read(
        ("/conversations.info", data.info(is_member=False)),
        ("/conversations.history", data.refused("not_in_channel")),
    )

    assert reading(harvest).condition is Condition.DEGRADED
    assert "/invite @the-app" in section(harvest, "messages").blind
    assert reading(harvest).notices[0].startswith("the app is not in #incidents")
    assert section(harvest, "channel").records[0].state.text == "not joined"
    assert numbers_of(harvest)["joined"] == 0
    assert numbers_of(harvest)["last_message_age_s"] is None


async def test_an_archived_channel_is_broken() -> None:
    harvest, _ = await read(("/conversations.info", data.info(is_archived=True)))

    assert reading(harvest).condition is Condition.BROKEN
    assert "is archived" in reading(harvest).notices[0]


async def test_messages_as_people_read_them() -> None:
    harvest, _ = await read()

    record = section(harvest, "messages").records[0]
    assert record.title.text == "looking, @maria: rate > 5 % & rising"
    assert dict(record.details)["who"].text == "maria"
    assert record.url == "https://lma.slack.com/archives/C012AB3CD/p1795000000000100"
    assert reading(harvest).summary.text == "#incidents, last by maria, as quarterdeck in LMA"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<@U1>, <@U9|ivan> and <@U7>", "@dana, @ivan and @U7"),
        ("<#C1|deploys> <#C2>", "#deploys #C2"),
        ("<!here> <!subteam^S1|@backend-oncall> <!channel>", "@here @backend-oncall @channel"),
        ("<https://x.test/a|#1041> <https://x.test>", "#1041 (https://x.test/a) https://x.test"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("<>", "<>"),
    ],
)
def test_marks(raw: str, shown: str) -> None:
    assert readable(Foreign(raw), {"U1": Foreign("dana")}).text == shown


@given(st.text(alphabet="<>@#!|&;ltU1a ", max_size=60))
def test_any_marks(raw: str) -> None:
    assert readable(Foreign(raw), {}).text is not None


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,12}\.[0-9]{1,7}", fullmatch=True))
def test_any_ts(ts: str) -> None:
    at = moment_of(ts)
    assert at is None or at.tzinfo is not None


@pytest.mark.parametrize(
    ("message", "shown", "who"),
    [
        (data.message(text="", attachments=[{"id": 1, "fallback": "built"}]), "built", "maria"),
        (data.message(text="", files=[{"name": "log.txt"}]), "[file] log.txt", "maria"),
        (data.message(text=""), "(without text)", "maria"),
        (data.message(user=None, username="PagerDuty", bot_id="B1"), None, "PagerDuty"),
        (data.message(user=None, bot_profile={"name": "CI"}), None, "CI"),
        (data.message(user=None), None, "somebody"),
    ],
)
async def test_messages_without_text_or_person(message: Any, shown: str | None, who: str) -> None:
    harvest, _ = await read(("/conversations.history", data.history(message)))

    record = section(harvest, "messages").records[0]
    assert shown is None or record.title.text == shown
    assert dict(record.details)["who"].text == who


async def test_names_are_looked_up_a_few_at_a_time_and_kept() -> None:
    people = [f"U{number:08d}" for number in range(NAMES_A_READ + 2)]
    messages = [data.message(f"1795000000.{n:06d}", user=id_) for n, id_ in enumerate(people)]
    told = ("/conversations.history", data.history(*(one | {"text": "hm"} for one in messages)))

    first, asked = await read(told)
    second, again = await read(told, times=3)

    assert asked.count("users.info") == NAMES_A_READ
    whos = [dict(one.details)["who"].text for one in section(first, "messages").records]
    assert whos == ["maria"] * NAMES_A_READ + people[NAMES_A_READ:]
    assert again.count("users.info") == len(people)
    assert {dict(one.details)["who"].text for one in section(second, "messages").records} == {
        "maria"
    }


@pytest.mark.parametrize(
    ("word", "asked_times"), [("user_not_found", 2), ("internal_error", 2 * 2)]
)
async def test_a_name_that_cannot_be_had_costs_nothing_else(word: str, asked_times: int) -> None:
    harvest, asked = await read(("/users.info", data.refused(word)), times=2)

    assert dict(section(harvest, "messages").records[0].details)["who"].text == "U012AB3CDE"
    assert asked.count("users.info") == asked_times


async def test_a_channel_is_found_by_its_name_page_by_page() -> None:
    pages = [
        data.channels(data.channel(id="C0OTHER0001", name="other"), cursor="next="),
        data.channels(data.channel(name="Incidents")),
    ]
    cursors: list[str | None] = []

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("conversations.list"):
            cursors.append(asked.value("cursor"))
            return json_reply(pages[len(cursors) - 1])
        return json_reply(dict(SLACK)["/" + asked.path.rpartition("/")[2]])

    async with vendor_server(answer) as server, client(f"{server.url}/api") as api:
        await slack(api, "#incidents").read()

    assert cursors == [None, "next="]
    infos = [one.value("channel") for one in server.asked if one.path.endswith("info")]
    assert "C012AB3CD" in infos


async def test_a_list_of_channels_that_never_ends_is_left() -> None:
    endless = data.channels(data.channel(name="other"), cursor="again")

    harvest, asked = await read(("/conversations.list", endless), channel="#incidents")

    assert asked.count("conversations.list") == 10
    assert "no channel is called #incidents" in section(harvest, "messages").blind
    assert "a private channel is named by its id" in section(harvest, "channel").blind


async def test_token_and_channel_are_asked_for_every_five_minutes() -> None:
    clock = shifted_clock()
    bodies = dict(SLACK)
    async with (
        vendor_server(lambda one: json_reply(bodies["/" + one.path.rpartition("/")[2]])) as server,
        client(f"{server.url}/api", clock=clock) as api,
    ):
        source = slack(api)
        for _ in range(3):
            await source.read()
            clock.advance(160)

    asked = [one.path.rpartition("/")[2] for one in server.asked]
    assert asked.count("conversations.history") == 3
    assert asked.count("auth.test") == asked.count("conversations.info") == 2


async def test_scopes_too_wide_and_lacking() -> None:
    scopes = "channels:read,chat:write,admin.users:write,files:read"

    harvest, _ = await read(("/auth.test", json_reply(data.auth(), X_OAuth_Scopes=scopes)))

    assert reading(harvest).condition is Condition.NOTABLE
    record = section(harvest, "token").records[0]
    assert dict(record.details)["not needed"].text == "admin.users:write, files:read"
    assert any("lacks channels:history, users:read" in one for one in reading(harvest).notices)


async def described(reply: Reply) -> AccountView:
    async with vendor_server(lambda _asked: reply) as server, client(f"{server.url}/api") as api:
        return await slack_account.describe(api)


GOOD = "channels:read,channels:history,users:read,chat:write"


async def test_account_of_a_bot() -> None:
    view = await described(json_reply(data.auth(), X_OAuth_Scopes=GOOD))

    assert view.name.text == "quarterdeck in LMA"
    assert view.scopes == tuple(GOOD.split(","))
    assert view.warnings == ()


async def test_account_of_a_person_with_too_much() -> None:
    person = data.auth()
    del person["bot_id"]

    view = await described(json_reply(person, X_OAuth_Scopes=f"{GOOD},search:read"))

    assert "a person's token" in view.warnings[0]
    assert "may also search:read" in view.warnings[1]


async def test_account_without_scopes_told() -> None:
    assert (await described(json_reply(data.auth()))).scopes == ("Slack did not list them",)


async def test_account_refused() -> None:
    with pytest.raises(Unauthorized):
        await described(json_reply(data.refused("invalid_auth")))
