"""Cancelling an event of Google Calendar and putting it back, on the demo's Google."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from actions.audit_entries import AuditKind
from actions.families import Family
from actions.guard_values import Standing
from actions.plan import plan_json, plan_of
from actions.vendors.calendar_event import CalendarSpot
from actions.vendors.cancel_event import CANCEL, RESTORE
from actions.vendors.families_trade import Calendars
from actions.vendors.spots import Spot, Spots
from actions.verbs import Outcome, State, Unplannable
from demo.trade_world import CLIENT_ID, google_secret
from demo.vendors.google_state import EVENTS, READING, WRITING, Client, Event
from providers.base import SourceKind
from providers.google_calendar import CalendarAgenda, CalendarOptions
from providers.google_token import Tokens
from providers.secrets import Secret
from tests.vendor_bench import (
    Bench,
    Town,
    bench,
    board,
    body,
    codes,
    offers,
    records,
    spec_named,
    standing,
    step,
)
from tests.vendor_rig import spec_of
from tests.vendor_server import Reply


def build(where: dict[str, Any]) -> tuple[Spot, Family]:
    spot = CalendarSpot(**where, calendars=(EVENTS,))
    return spot, Calendars(Spots((spot,), "Google Calendar"))


@asynccontextmanager
async def google(tmp_path: Path, **more: Any) -> AsyncIterator[Bench]:
    async with bench("google", tmp_path, build, **more) as made:
        yield made


def events(b: Bench) -> dict[str, Event]:
    return b.town.trade.google.calendars[EVENTS].events


def single(b: Bench) -> Event:
    return next(one for one in events(b).values() if not one.series and one.guests)


def dates(b: Bench) -> list[Event]:
    return [one for one in events(b).values() if one.series]


async def target(b: Bench, event: Event) -> Any:
    return await b.target(CANCEL, f"{EVENTS}/{event.id}")


async def test_an_event_is_cancelled_and_put_back(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event = single(b)
        shown = await b.proposed(CANCEL, await target(b, event))
        etag = event.etag
        over = await b.confirmed(shown)

        (sent,) = b.vendor.changes
        assert (over.outcome, over.words) == (Outcome.DONE, "Google says that it is cancelled")
        assert (event.status, event.told) == ("cancelled", "all")
        assert (sent.method, sent.value("sendUpdates")) == ("PATCH", "all")
        assert (body(sent), sent.headers["if-match"]) == ({"status": "cancelled"}, etag)
        assert json.loads(step(shown.plan).body) == body(sent)
        assert [one.kind for one in b.entries(AuditKind.INTENT, AuditKind.OUTCOME)] == [
            AuditKind.INTENT,
            AuditKind.OUTCOME,
        ]
        assert b.outcome()[0] == "done"

        back = await b.undone(over.undo)
        assert (back.outcome, event.status) == (Outcome.DONE, "confirmed")
        assert len(b.vendor.changes) == 2
        b.well_formed()


async def test_who_is_told_and_how_many_are_shown(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event = single(b)
        loud = (await b.proposed(CANCEL, await target(b, event))).plan
        quiet = (await b.proposed(CANCEL, await target(b, event), **{"send-updates": "none"})).plan
        assert loud.effects[0].number == len(event.guests)
        assert loud.side_effects[0] == f"Google writes to all {len(event.guests)} guests"
        assert "nobody" in quiet.side_effects[0]
        assert loud.undo is not None
        assert quiet.undo is not None
        assert loud.undo.words.endswith("guests are written to again")
        assert "written" not in quiet.undo.words
        assert step(quiet).url.endswith("?sendUpdates=none")
        assert (loud.target.name.text, loud.target.short_name) == (event.title, event.id[-8:])
        with pytest.raises(Unplannable):
            await b.proposed(CANCEL, await target(b, event), **{"send-updates": "everybody"})


async def test_one_date_of_a_series_or_all_of_it(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        first, *others = dates(b)
        one = await b.proposed(CANCEL, await target(b, first))
        # The dates of a series all have one name: the title says when.
        assert one.plan.title.startswith(f"Cancel {first.title} of 20")
        assert one.plan.pinned["event"] == first.id
        assert step(one.plan).title == "mark one date of a series cancelled"
        assert (await b.confirmed(one)).outcome is Outcome.DONE
        assert {each.status for each in others} == {"confirmed"}

        rest = await b.proposed(CANCEL, await target(b, others[0]), part="series")
        assert rest.plan.title == f"Cancel the whole series {first.title}"
        assert rest.plan.pinned["event"] == others[0].series
        coming = rest.plan.effects[0]
        assert (coming.words, coming.number) == ("dates to come", 3)
        over = await b.confirmed(rest)
        assert (over.outcome, {each.status for each in others}) == (Outcome.DONE, {"cancelled"})

        assert (await b.undone(over.undo)).outcome is Outcome.DONE
        assert {each.status for each in others} == {"confirmed"}
        b.well_formed()


async def test_dates_of_a_series_are_typed_differently(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        typed = {(await target(b, one)).short_name for one in dates(b)}
        assert len(typed) == len(dates(b))


async def test_a_series_has_to_be_meant(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        first, event = dates(b)[0], single(b)
        master = await b.target(CANCEL, f"{EVENTS}/{first.series}")
        with pytest.raises(Unplannable, match="whole series"):
            await b.runner.plan(CANCEL, master, {})
        with pytest.raises(Unplannable, match="no part of a series"):
            await b.runner.plan(CANCEL, await target(b, event), {"part": "series"})


async def test_the_board_shows_it(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        spec = spec_named(spec_of("Google", SourceKind.SYSTEM), f"{b.spot.source}.events")
        source = CalendarAgenda(spec, CalendarOptions(calendars=(EVENTS,)), b.spot.api)
        shown = await board(source)
        (row, *_) = records(shown, "events-0")
        (offer,) = offers(b.family, shown, "events-0", row)
        assert (offer.card.name, offer.refused) == (CANCEL, "")
        assert offer.target == await b.target(CANCEL, f"{EVENTS}/{row.id}")
        assert (await b.done(CANCEL, offer.target)).outcome is Outcome.DONE

        again = await board(source)
        after = next(one for one in records(again, "events-0") if one.id == row.id)
        assert after.state.text == "cancelled"
        both = {one.card.name: one.refused for one in offers(b.family, again, "events-0", after)}
        assert both == {CANCEL: "it is cancelled already", RESTORE: ""}


async def test_what_stands_in_the_way(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event, calendar = single(b), b.town.trade.google.calendars[EVENTS]
        calendar.right = "reader"
        shown = await b.proposed(CANCEL, await target(b, event))
        assert codes(shown) == ["blocked:rights"]
        calendar.right = "writer"

        event.status = "cancelled"
        assert codes(await b.proposed(CANCEL, await target(b, event))) == ["blocked:status"]
        event.status = "confirmed"
        assert codes(await b.proposed(RESTORE, await target(b, event))) == ["blocked:status"]

        b.clock.advance((event.start - b.clock.now().at).total_seconds() + 60)
        b.town.app("google")
        late = await b.proposed(CANCEL, await target(b, event))
        assert standing(late)["time"] is Standing.WARN
        assert b.vendor.changes == []


SCOPES = [(READING, ["blocked:rights"]), (READING | WRITING, [])]


@pytest.mark.parametrize(("scopes", "wrong"), SCOPES)
async def test_what_the_token_may_is_asked_for(
    tmp_path: Path, scopes: frozenset[str], wrong: list[str]
) -> None:
    town = Town()
    refresh = town.words.google_refresh
    town.trade.google.clients[refresh] = Client(
        id=CLIENT_ID, secret=town.words.google_client, refresh_token=refresh, scopes=scopes
    )

    async def consent() -> Secret:
        return Secret(google_secret(town.words, refresh))

    def tokens(origin: str) -> Tokens:
        return Tokens(consent, origin, town.clock)

    async with google(tmp_path, town=town, credential=tokens) as b:
        assert codes(await b.proposed(CANCEL, await target(b, single(b)))) == wrong


async def test_an_edit_meanwhile_is_noticed(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event = single(b)
        shown = await b.proposed(CANCEL, await target(b, event))
        event.version += 1
        over = await b.confirmed(shown)
        assert (over.outcome, b.vendor.changes) == (Outcome.REFUSED, [])


async def test_an_edit_after_the_last_look_is_refused_by_google(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event = single(b)
        plan = await b.runner.plan(CANCEL, await target(b, event), {})
        event.version += 1
        with pytest.raises(Exception, match="412"):
            await b.family.verbs[0].send(plan, "k1")
        assert event.status == "confirmed"


@pytest.mark.parametrize("deed", ["lost", "500"])
async def test_the_answer_is_lost_after_google_acted(tmp_path: Path, deed: str) -> None:
    async with google(tmp_path) as b:
        event, b.vendor.deed = single(b), deed
        over = await b.done(CANCEL, await target(b, event))
        assert (over.outcome, len(b.vendor.changes)) == (Outcome.DONE, 1)
        assert event.status == "cancelled"


async def test_the_request_is_lost_or_refused(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event, b.vendor.deed = single(b), "swallowed"
        over = await b.done(CANCEL, await target(b, event))
        assert (over.outcome, event.status) == (Outcome.UNKNOWN, "confirmed")
        b.vendor.deed = "refused"
        b.clock.advance(1_000)
        other = next(one for one in events(b).values() if one.guests and one is not event)
        over = await b.done(CANCEL, await target(b, other))
        assert (over.outcome, other.status) == (Outcome.FAILED, "confirmed")


async def test_it_is_found_after_a_crash(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event, verb = single(b), b.family.verbs[0]
        shown = await b.proposed(CANCEL, await target(b, event))
        plan = plan_of({k: v for k, v in plan_json(shown.plan).items() if k != "fingerprint"})
        before = await verb.settled(plan, None)
        await verb.send(shown.plan, "k1")
        after = await verb.settled(plan, None)
        assert (before.state, after.state) == (State.PENDING, State.DONE)


async def test_a_hostile_title_changes_nothing_of_the_request(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        event = single(b)
        event.title = (
            'x","status":"confirmed"}\x1b]0;y\x07[@click=app.quit]<U+202E>\u202e ana@lma.com'
        )
        shown = await b.proposed(CANCEL, await target(b, event))
        plan = shown.plan
        assert step(plan).body == '{"status": "cancelled"}'
        assert "\x1b" not in str(plan_json(plan))
        assert "\u202e" not in plan.target.name.text
        assert "ana@" not in plan.target.name.text
        assert plan.target.short_name == event.id[-8:]
        assert (await b.confirmed(shown)).outcome is Outcome.DONE


@pytest.mark.parametrize("words", ["primary/x", f"{EVENTS}/..", EVENTS, f"{EVENTS}/", "/x"])
async def test_only_watched_calendars_can_be_named(tmp_path: Path, words: str) -> None:
    async with google(tmp_path) as b:
        with pytest.raises(Unplannable):
            await b.target(CANCEL, words)
        assert b.vendor.changes == []


async def test_google_misbehaves(tmp_path: Path) -> None:
    async with google(tmp_path) as b:
        found = await target(b, single(b))
        b.vendor.answer = lambda _: Reply(body=b'{"id":"another","etag":"1"}')
        with pytest.raises(Unplannable, match="another event"):
            await b.runner.plan(CANCEL, found, {})
