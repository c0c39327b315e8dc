"""A channel at work: what arrives, what is sent again, what never is, and two programs at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event as Gate

import pytest
from msgspec.structs import replace

from actions.notices.channel import ChannelKind, ChannelSpec, TellKind
from actions.notices.teller import Channel, Teller
from actions.notices.told import last_failed
from monitor.alert_view import AlertView, CareKind
from monitor.care_journal import Author, CareJournal
from monitor.channel_view import ChannelView
from monitor.events import Event
from monitor.snapshot import Snapshot
from monitor.verdicts import Level, Phase
from providers.errors import ProviderError, RateLimited, ServerFailed, TimedOut, Unreachable
from tests.fakes import ManualClock
from tests.snapshot_values import snapshot
from tests.values_notices import FakeSender, alert, cared, channel

API = alert()


class Desk:
    """A program with one channel over a journal, and what it says."""

    def __init__(
        self,
        clock: ManualClock,
        path: Path | None = None,
        spec: ChannelSpec | None = None,
        login: str = "dana",
    ) -> None:
        self.clock = clock
        self.sender = FakeSender()
        self.events: list[Event] = []
        journal = CareJournal(path, "lma", Author(operator=login, login=login, host="b"), clock)
        self.spec = spec or channel()
        self.teller = Teller([Channel(spec=self.spec, sender=self.sender)], {"lma": journal}, clock)
        self.teller.note = self.events.append
        self.last: Snapshot | None = None

    def snapshot(self, alerts: Sequence[AlertView], *, offline: bool = False) -> Snapshot:
        now, whole = self.clock.now(), snapshot()
        view = replace(whole.workspaces["lma"], alerts=tuple(alerts))
        since = now if offline else None
        return replace(whole, at=now, workspaces={"lma": view}, offline_since=since)

    async def watch(
        self, alerts: Sequence[AlertView], seconds: int, *, offline: bool = False
    ) -> None:
        """Look once a second."""
        for _ in range(seconds):
            self.last = self.snapshot(alerts, offline=offline)
            self.teller.look(self.last)
            await self.quiet()
            self.clock.advance(1)

    async def quiet(self) -> None:
        """Until nothing is being claimed or sent; the journal has a thread of its own."""
        async with asyncio.timeout(5):
            desk = self.teller._desks["lma"]
            while desk.outboxes[0].busy or not (
                self.teller._reading is None or self.teller._reading.done()
            ):
                await asyncio.wait(
                    {one for one in (desk.outboxes[0]._task, self.teller._reading) if one}
                )

    @property
    def view(self) -> ChannelView:
        assert self.last is not None
        return self.teller.shown(self.last).workspaces["lma"].channels[0]

    @property
    def told(self) -> list[list[str]]:
        """The labels of each message."""
        return [[one.label for one in message.tellings] for message in self.sender.sent]


async def test_what_begins_within_half_a_minute_is_one_message() -> None:
    desk = Desk(ManualClock())
    await desk.watch([API], 20)
    await desk.watch([API, alert("check/b")], 15)
    assert desk.told == [["fired", "fired"]]
    (event,) = desk.events
    assert event.text == "told incidents: b production 503 and 1 more"
    await desk.watch([], 40)
    assert desk.told == [["fired", "fired"], ["cleared", "cleared"]]
    assert desk.view.last_words.startswith("cleared: ")
    await desk.teller.aclose()


async def test_a_blip_of_less_than_the_wait_is_told_nobody() -> None:
    desk = Desk(ManualClock())
    await desk.watch([API], 20)
    await desk.watch([], 60)
    assert desk.told == []
    await desk.teller.aclose()


async def test_nothing_is_told_while_our_own_network_is_down() -> None:
    desk = Desk(ManualClock())
    await desk.watch([API], 60, offline=True)
    assert desk.told == []
    await desk.watch([API], 40)
    assert desk.told == [["fired"]]
    await desk.watch([], 200, offline=True)
    assert desk.told == [["fired"]]
    await desk.teller.aclose()


async def test_two_operators_who_share_a_journal_tell_once(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "care.jsonl"
    dana, ivan = Desk(clock, path), Desk(clock, path, login="ivan")
    later = replace(API, onset=replace(clock.now(), at=clock.now().at + timedelta(seconds=7)))
    for _ in range(40):
        first, second = dana.snapshot([API]), ivan.snapshot([later])
        dana.teller.look(first)
        ivan.teller.look(second)
        await dana.quiet()
        await ivan.quiet()
        clock.advance(1)
    assert sorted(dana.told + ivan.told) == [["fired"]]
    await dana.watch([], 40)
    await ivan.watch([], 40)
    assert sorted(dana.told + ivan.told) == [["cleared"], ["fired"]]
    assert {one.last_operator for one in (dana.view, ivan.view)} == {"dana"}
    await dana.teller.aclose()
    await ivan.teller.aclose()


async def test_a_restart_tells_nothing_twice(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "care.jsonl"
    before = Desk(clock, path)
    await before.watch([API], 40)
    await before.teller.aclose()
    after = Desk(clock, path)
    await after.watch([API], 60)
    assert (before.told, after.told) == ([["fired"]], [])
    await after.watch([], 40)
    assert after.told == [["cleared"]]
    await after.teller.aclose()


def not_sent() -> ProviderError:
    return Unreachable("Slack", "post a notice", "refused", advice="is it up?")


async def test_what_surely_did_not_leave_is_sent_again_with_back_off() -> None:
    desk = Desk(ManualClock())
    desk.sender.failures = [not_sent(), not_sent()]
    await desk.watch([API], 35)
    assert (desk.told, desk.view.waiting) == ([], 1)
    assert "again in 15 s" in desk.view.problem
    assert desk.last is not None
    (line,) = desk.teller.shown(desk.last).notices[-1:]
    assert line.startswith("notice incidents: Slack: post a notice: refused")
    await desk.watch([API], 60)
    assert desk.told == [["fired"]]
    assert desk.view.problem == ""
    texts = [one.text for one in desk.events]
    assert texts == [
        "could not tell incidents: unreachable",
        "told incidents: health production 503",
    ]
    await desk.teller.aclose()


async def test_what_did_not_leave_before_the_end_is_told_by_the_next_start(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "care.jsonl"
    before, beside = Desk(clock, path), Desk(clock, path, login="ivan")
    before.sender.failures = [not_sent(), not_sent(), not_sent()]
    await before.watch([API], 35)
    await beside.watch([API], 35)
    assert (before.view.waiting, beside.told) == (1, [])
    await before.teller.aclose()
    after = Desk(clock, path)
    await after.watch([API], 40)
    await beside.watch([API], 40)
    assert (before.told, after.told, beside.told) == ([], [["fired"]], [])
    await after.watch([], 40)
    assert after.told == [["fired"], ["cleared"]]
    await after.teller.aclose()
    await beside.teller.aclose()


@pytest.mark.parametrize(("keeps_state", "told"), [(True, [["fired"]]), (False, [])])
async def test_what_was_on_its_way_at_the_end_is_told_again_only_where_a_key_makes_it_one(
    tmp_path: Path, keeps_state: bool, told: list[list[str]]
) -> None:
    clock, path = ManualClock(), tmp_path / "care.jsonl"
    kind = ChannelKind.PAGERDUTY if keeps_state else ChannelKind.SLACK
    spec = replace(channel(), kind=kind)
    before = Desk(clock, path, spec)
    never, began = asyncio.Event(), asyncio.Event()

    async def send(message: object) -> None:
        del message
        began.set()
        await never.wait()

    before.sender.send = send  # type: ignore[method-assign]
    for _ in range(40):
        before.teller.look(before.snapshot([API]))
        await asyncio.sleep(0)
        clock.advance(1)
        if before.teller._desks["lma"].outboxes[0].busy:
            await began.wait()
            break
        await before.quiet()
    await before.teller.aclose()
    after = Desk(clock, path, spec)
    await after.watch([API], 40)
    assert after.told == told
    await after.teller.aclose()


async def test_a_journal_that_hangs_does_not_keep_the_program_from_ending() -> None:
    desk, hangs = Desk(ManualClock()), Gate()
    desk.sender.failures = [not_sent(), not_sent(), not_sent()]
    await desk.watch([API], 35)
    assert desk.view.waiting == 1

    def write() -> None:
        hangs.wait()

    desk.teller._errands.send(write)
    async with asyncio.timeout(20):
        await desk.teller.aclose()
    hangs.set()


async def test_what_may_have_arrived_is_not_sent_again_and_said_so() -> None:
    desk = Desk(ManualClock())
    late = TimedOut("Slack", "post a notice", "no complete answer")
    late.after_sending = True
    desk.sender.failures = [late]
    await desk.watch([API], 400)
    assert desk.told == []
    assert "may have arrived, and is not sent again" in desk.view.problem
    await desk.watch([], 40)
    assert desk.told == [["cleared"]]
    await desk.teller.aclose()


async def test_where_a_key_tells_events_apart_it_is_sent_again() -> None:
    desk = Desk(ManualClock(), spec=channel(kind=ChannelKind.PAGERDUTY))
    broken = ServerFailed("PagerDuty", "send an event", "500")
    broken.after_sending = True
    desk.sender.failures = [broken]
    await desk.watch([API], 60)
    assert desk.told == [["fired"]]
    await desk.teller.aclose()


async def test_that_it_fails_stands_in_the_journal_until_it_does_not(tmp_path: Path) -> None:
    desk = Desk(ManualClock(), tmp_path / "care.jsonl")
    desk.sender.failures = [not_sent(), not_sent()]
    await desk.watch([API], 50)
    ledger = desk.teller._desks["lma"].ledger
    failed = last_failed(ledger.entries, "incidents")
    assert failed is not None
    assert "refused" in failed.subject
    await desk.watch([API], 40)
    assert desk.told == [["fired"]]
    assert last_failed(ledger.entries, "incidents") is None
    await desk.teller.aclose()


async def test_a_wait_that_is_asked_for_is_kept() -> None:
    desk = Desk(ManualClock())
    desk.sender.failures = [RateLimited("Slack", "post", "too often", retry_after_s=90)]
    await desk.watch([API], 115)
    assert desk.told == []
    await desk.watch([API], 12)
    assert desk.told == [["fired"]]
    await desk.teller.aclose()


async def test_what_cleared_before_it_could_be_told_is_told_nobody() -> None:
    desk = Desk(ManualClock())
    desk.sender.failures = [not_sent()] * 3
    await desk.watch([API], 40)
    await desk.watch([], 300)
    assert desk.told == []
    assert desk.view.waiting == 0
    await desk.teller.aclose()


async def test_after_an_hour_it_is_given_up() -> None:
    desk = Desk(ManualClock())
    desk.sender.failures = [not_sent()] * 100
    await desk.watch([API], 4_000)
    assert "given up" in desk.view.problem
    assert desk.view.waiting == 0
    await desk.teller.aclose()


async def test_a_journal_that_can_not_be_written_is_said_and_people_are_told(
    tmp_path: Path,
) -> None:
    desk = Desk(ManualClock(), tmp_path / "missing" / "care.jsonl")
    await desk.watch([API], 80)
    assert desk.told == [["fired"]]
    assert desk.last is not None
    assert any("not shared" in one for one in desk.teller.shown(desk.last).notices)
    await desk.teller.aclose()


async def test_a_storm_is_a_few_messages_where_each_is_its_own() -> None:
    desk = Desk(ManualClock(), spec=channel(kind=ChannelKind.PAGERDUTY))
    storm = [alert(f"check/{number}") for number in range(30)]
    await desk.watch(storm, 60)
    sent = sum(len(message) for message in desk.told)
    assert 6 <= sent <= 12
    await desk.watch(storm, 400)
    assert sum(len(message) for message in desk.told) == 30
    await desk.teller.aclose()


async def test_a_bug_in_a_sender_stops_that_channel_alone_and_is_said() -> None:
    class Broken:
        async def send(self, message: object) -> None:
            raise KeyError("bug")

    desk = Desk(ManualClock())
    desk.teller._desks["lma"].outboxes[0]._sender = Broken()
    await desk.watch([API], 40)
    assert "a bug in quarterdeck (KeyError)" in desk.view.problem
    await desk.teller.aclose()


async def test_a_test_is_marked_and_counts_for_nothing() -> None:
    desk = Desk(ManualClock())
    await desk.watch([], 3)
    assert await desk.teller.test("lma", "incidents", "dana@b") == "test sent to incidents"
    assert await desk.teller.test("lma", "nowhere", "dana@b") == "there is no channel nowhere"
    desk.sender.failures = [not_sent()]
    assert "refused" in await desk.teller.test("lma", "incidents", "dana@b")
    (message,) = desk.sender.sent
    assert str(message.test) == "dana@b"
    await desk.teller.aclose()


@pytest.mark.parametrize("care", [CareKind.ACKNOWLEDGED, CareKind.SNOOZED])
async def test_no_reminders_of_what_somebody_has_seen(care: CareKind) -> None:
    desk = Desk(ManualClock(), spec=channel(remind_s=300, least=Level.WARNING))
    await desk.watch([API], 40)
    await desk.watch([replace(API, care=cared(care))], 700)
    assert desk.told == [["fired"]]
    await desk.watch([replace(API, phase=Phase.FIRING)], 60)
    assert [one[0].startswith("reminder") for one in desk.told[1:]] == [True]
    assert desk.sender.sent[-1].tellings[0].kind is TellKind.REMINDER
    assert not any("still: " in event.text for event in desk.events)
    assert desk.view.last_words.startswith("still: ")
    await desk.teller.aclose()
