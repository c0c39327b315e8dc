"""Writing in a channel of Slack and taking it back, on the demo's Slack."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.families import Family, Row
from actions.guard_values import Standing
from actions.plan import Danger, plan_json, plan_of
from actions.vendors.chat import SlackSpot, escaped
from actions.vendors.families_alerting import Chat
from actions.vendors.post import DELETE, LONGEST, POST
from actions.vendors.spots import Spot, Spots
from actions.verbs import Outcome, State, Unplannable
from demo.vendors.slack import SlackApi
from demo.vendors.slack_state import DEPLOYS, INCIDENTS, Slack, SlackMessage
from providers.base import SourceKind
from providers.slack import SlackOptions, SlackSource
from tests.contract.asgi import answering
from tests.values_notices import alert
from tests.vendor_bench import (
    Bench,
    Town,
    bench,
    board,
    body,
    codes,
    offers,
    pane,
    records,
    spec_named,
    standing,
    step,
)
from tests.vendor_rig import TOKEN, spec_of
from tests.vendor_server import Asked, Reply, json_reply

TEXT = "rolled back to 51b9a02"


def build(where: dict[str, Any], channel: str = INCIDENTS) -> tuple[Spot, Family]:
    spot = SlackSpot(**where, channel=channel)
    return spot, Chat(Spots((spot,), "Slack"))


@asynccontextmanager
async def slack(tmp_path: Path, channel: str = INCIDENTS, **more: Any) -> AsyncIterator[Bench]:
    async with bench("slack", tmp_path, lambda w: build(w, channel), **more) as made:
        yield made


def state(b: Bench) -> Slack:
    return b.town.alerting.slack


def said(b: Bench) -> list[SlackMessage]:
    """What the app said, oldest first."""
    return [one for one in state(b).messages if one.metadata is not None]


async def posted(b: Bench, text: str = TEXT, ping: str = "nobody") -> Any:
    return await b.done(POST, await b.target(POST, INCIDENTS), text=text, ping=ping)


async def test_a_message_is_posted_once_and_taken_back(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT)
        over = await b.confirmed(shown)

        (sent,), (made,) = b.vendor.changes, said(b)
        assert (over.outcome, over.words) == (Outcome.DONE, "it stands in #incidents")
        assert (made.channel, made.text) == (INCIDENTS, TEXT)
        assert json.loads(step(shown.plan).body) == body(sent)
        assert (body(sent)["link_names"], body(sent)["mrkdwn"]) == (False, False)
        intent, outcome = b.entries(AuditKind.INTENT, AuditKind.OUTCOME)
        assert (intent.action, outcome.outcome, outcome.answer) == (POST, "done", made.ts)

        back = await b.undone(over.undo)
        assert (back.outcome, said(b)) == (Outcome.DONE, [])
        assert back.words == "it is gone from the channel"
        b.well_formed()


async def test_it_is_shown_as_it_will_stand_there(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        target = await b.target(POST, INCIDENTS)
        plan = (await b.proposed(POST, target, text="5 > 3 & <b>")).plan
        assert (plan.danger, plan.title) == (Danger.LIGHT, "Post to #incidents")
        assert plan.changes[0].after.text == "5 > 3 & <b>"
        assert json.loads(step(plan).body)["text"] == "5 &gt; 3 &amp; &lt;b&gt;"
        assert plan.effects[0].number == len(state(b).users)
        assert plan.target.short_name == "incidents"


@pytest.mark.parametrize("ping", ["here", "channel"])
async def test_people_are_rung_only_when_asked_for(tmp_path: Path, ping: str) -> None:
    async with slack(tmp_path) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT, ping=ping)
        assert shown.plan.danger is Danger.CHANGE
        assert shown.plan.changes[0].after.text == f"@{ping} {TEXT}"
        assert any("rings" in one for one in shown.plan.side_effects)
        assert (await b.confirmed(shown)).outcome is Outcome.DONE
        assert said(b)[0].text == f"<!{ping}> {TEXT}"
        with pytest.raises(Unplannable):
            await b.runner.plan(POST, shown.plan.target, {"text": TEXT, "ping": "everyone"})


HOSTILE = '<!channel> <@U1> @here & <https://evil.example|bank> \x1b]0;x\x07\u202e","channel":"C9'


async def test_nobody_is_rung_by_accident(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        over = await posted(b, HOSTILE)
        (made,), (sent,) = said(b), b.vendor.changes
        assert over.outcome is Outcome.DONE
        assert "<" not in made.text
        assert "\x1b" not in made.text
        assert "\u202e" not in made.text
        assert (body(sent)["channel"], body(sent)["parse"]) == (INCIDENTS, "none")
        assert "\x1b" not in str(plan_json(over.plan))


@given(st.text(max_size=200))
def test_escaped_text_has_no_marks_and_comes_back(text: str) -> None:
    made = escaped(text)
    assert "<" not in made
    assert ">" not in made
    again = made.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert again == text


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST + 1)])
async def test_a_message_has_a_length(tmp_path: Path, text: str) -> None:
    async with slack(tmp_path) as b:
        with pytest.raises(Unplannable):
            await b.runner.plan(POST, await b.target(POST, INCIDENTS), {"text": text})


async def test_the_board_and_alerts_lead_to_it_and_show_it(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        spec = spec_named(spec_of("Slack", SourceKind.SYSTEM), b.spot.source)
        source = SlackSource(spec, SlackOptions(channel=INCIDENTS), b.spot.api)
        shown = await board(source)
        (row,) = records(shown, "channel")
        (offer,) = offers(b.family, shown, "channel", row)
        assert offer.target == await b.target(POST, INCIDENTS)

        seen = alert()
        (by_alert,) = b.family.offers(pane(shown), Row(thing=seen, environment="production"))
        assert by_alert.target == offer.target
        assert seen.brief in dict(by_alert.given)["text"]

        assert (await b.done(POST, by_alert.target, **dict(by_alert.given))).outcome is Outcome.DONE
        (newest, *_) = records(await board(source), "messages")
        assert newest.title.text == dict(by_alert.given)["text"]


def with_scopes(town: Town, scopes: str) -> Any:
    return answering(SlackApi(town.alerting.slack, {TOKEN: scopes}, lambda: None).app())


async def test_scopes_are_proven(tmp_path: Path) -> None:
    town = Town()
    only_reads = with_scopes(town, "channels:read,channels:history")
    async with slack(tmp_path, town=town, answer=only_reads) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT)
        assert codes(shown) == ["blocked:scope"]
        assert "chat:write" in shown.decision.words


async def test_without_history_slacks_own_word_has_to_do(tmp_path: Path) -> None:
    town = Town()
    blind = with_scopes(town, "channels:read,chat:write")

    async def answer(asked: Asked) -> Reply:
        if asked.path.endswith("conversations.history"):
            refused = {"ok": False, "error": "missing_scope", "needed": "channels:history"}
            return json_reply(refused)
        reply = blind(asked)
        return reply if isinstance(reply, Reply) else await reply

    async with slack(tmp_path, town=town, answer=answer) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT)
        assert standing(shown)["read back"] is Standing.WARN
        over = await b.confirmed(shown)
        assert (over.outcome, len(said(b))) == (Outcome.DONE, 1)
        assert "can not be read back" in over.words
        b.clock.advance(60)
        b.vendor.deed = "lost"
        assert (await posted(b, "again")).outcome is Outcome.UNKNOWN


async def test_channels_that_can_not_be_written_to(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        target, channels = await b.target(POST, INCIDENTS), state(b).channels
        channels[INCIDENTS] = replace(channels[INCIDENTS], archived=True)
        assert codes(await b.proposed(POST, target, text=TEXT)) == ["blocked:channel"]
        channels[INCIDENTS] = replace(channels[INCIDENTS], archived=False, member=False)
        assert codes(await b.proposed(POST, target, text=TEXT)) == ["blocked:member"]
        other = await b.target(POST, DEPLOYS)
        assert codes(await b.proposed(POST, other, text=TEXT)) == ["blocked:configured"]
        assert b.vendor.changes == []


async def test_a_channel_that_is_configured_by_its_name(tmp_path: Path) -> None:
    async with slack(tmp_path, channel="#incidents") as b:
        assert (await posted(b)).outcome is Outcome.DONE


async def test_the_channel_gets_another_name_while_it_is_shown(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT)
        channels = state(b).channels
        channels[INCIDENTS] = replace(channels[INCIDENTS], name="all-hands")
        over = await b.confirmed(shown)
        assert (over.outcome, b.vendor.changes) == (Outcome.REFUSED, [])


async def test_people_may_go_on_talking_while_it_is_shown(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT)
        state(b).say(INCIDENTS, "and?", login="maria")
        assert (await b.confirmed(shown)).outcome is Outcome.DONE


FAULTS = [
    ("lost", Outcome.DONE, 1),
    ("500", Outcome.DONE, 1),
    ("swallowed", Outcome.UNKNOWN, 0),
    ("refused", Outcome.FAILED, 0),
]


@pytest.mark.parametrize(("deed", "outcome", "count"), FAULTS)
async def test_faults(tmp_path: Path, deed: str, outcome: Outcome, count: int) -> None:
    async with slack(tmp_path) as b:
        b.vendor.deed = deed
        over = await posted(b)
        assert (over.outcome, len(said(b))) == (outcome, count)
        assert len(b.vendor.changes) == 1


async def test_the_same_words_of_yesterday_are_no_proof(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        assert (await posted(b)).outcome is Outcome.DONE
        b.clock.advance(60)
        b.vendor.deed = "swallowed"
        assert (await posted(b)).outcome is Outcome.UNKNOWN


WORDS = [
    ("is_archived", Outcome.FAILED),
    ("msg_too_long", Outcome.FAILED),
    ("a_new_word", Outcome.FAILED),
    ("fatal_error", Outcome.UNKNOWN),
]


@pytest.mark.parametrize(("word", "outcome"), WORDS)
async def test_ok_false(tmp_path: Path, word: str, outcome: Outcome) -> None:
    town = Town()
    healthy = answering(town.app("slack"))

    async def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            return json_reply({"ok": False, "error": word})
        reply = healthy(asked)
        return reply if isinstance(reply, Reply) else await reply

    async with slack(tmp_path, town=town, answer=answer) as b:
        b.vendor.problems = []
        assert (await posted(b)).outcome is outcome


async def test_it_is_found_after_a_crash(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        shown = await b.proposed(POST, await b.target(POST, INCIDENTS), text=TEXT)
        plan = plan_of({k: v for k, v in plan_json(shown.plan).items() if k != "fingerprint"})
        verb = b.family.verbs[0]
        before = await verb.settled(plan, None)
        await verb.send(shown.plan, "k1")
        after = await verb.settled(plan, None)
        assert (before.state, after.state) == (State.PENDING, State.DONE)


async def test_only_the_apps_own_messages_are_deleted(tmp_path: Path) -> None:
    async with slack(tmp_path) as b:
        theirs = state(b).of(INCIDENTS)[0]
        shown = await b.proposed(DELETE, await b.target(DELETE, f"{INCIDENTS}/{theirs.ts}"))
        assert codes(shown) == ["blocked:author"]
        over = await posted(b)
        assert over.undo is not None
        state(b).update(INCIDENTS, said(b)[0].ts, "edited")
        shown = await b.proposed(DELETE, over.undo.target)
        state(b).update(INCIDENTS, said(b)[0].ts, "edited again")
        assert (await b.confirmed(shown)).outcome is Outcome.REFUSED
        state(b).delete(INCIDENTS, said(b)[0].ts)
        with pytest.raises(Unplannable, match="no such message"):
            await b.proposed(DELETE, over.undo.target)


@pytest.mark.parametrize("words", ["", "incidents", "C1/../x", "c0incidents", "C0INCIDENTS/abc"])
async def test_only_ids_name_a_channel_or_message(tmp_path: Path, words: str) -> None:
    async with slack(tmp_path) as b:
        with pytest.raises(Unplannable):
            await b.target(DELETE, words)
        assert b.vendor.changes == []
