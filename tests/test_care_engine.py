"""Two engines on one journal: what one operator says the other one sees, also after a restart."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alert_view import AlertView, Care, CareKind
from monitor.care_book import AGAIN_S, CareBook
from monitor.care_entries import EntryKind
from monitor.care_journal import Author, CareJournal
from monitor.care_orders import CareAnswer, CareOrder
from monitor.engine import Engine
from monitor.events import EventKind
from monitor.history import History
from monitor.snapshot import WorkspaceView
from monitor.verdicts import Level
from tests.fakes import ManualClock, ScriptedSource, probe
from tests.test_monitor_engine import HEALTH, LMA, OTHER, source

KEY = f"check/{HEALTH}"


class Desk:
    """One operator's program."""

    def __init__(self, engine: Engine, clock: ManualClock, book: CareBook) -> None:
        self.engine = engine
        self.book = book
        self.clock = clock

    @property
    def view(self) -> WorkspaceView:
        return self.engine.latest.workspaces["lma"]

    @property
    def alert(self) -> AlertView | None:
        return next((one for one in self.view.alerts if one.key == KEY), None)

    @property
    def care(self) -> Care | None:
        return self.alert.care if self.alert else None

    async def say(
        self, kind: EntryKind, lasts_s: float = 3_600, note: str = "", key: str = KEY
    ) -> CareAnswer:
        order = CareOrder(workspace="lma", key=key, kind=kind, lasts_s=lasts_s, note=note)
        return await self.engine.care(order)

    async def until(self, holds: Callable[[], bool], seconds: float = 5) -> float:
        """Let time pass until something holds; how much of it did."""
        begun = self.clock.now().tick_s
        while not holds():
            assert self.clock.now().tick_s - begun < seconds, self.view.alerts
            await self.clock.run(0.1)
            # The journal is read in a thread of its own, in real time.
            await self.book.caught_up()
        return self.clock.now().tick_s - begun


@asynccontextmanager
async def desk(
    clock: ManualClock,
    path: Path | None,
    operator: str,
    steps: Sequence[object] | None = None,
    history: Path | None = None,
) -> AsyncIterator[Desk]:
    by = Author(operator=operator, login=operator, host="bastion")
    book = CareBook({"lma": CareJournal(path, "lma", by, clock)}, clock)
    api: ScriptedSource = source(clock, HEALTH, *(steps or [probe(503)]))
    past = History.open(history, clock)
    engine = Engine([LMA], [api, source(clock, OTHER)], past, clock, care=book)
    task = asyncio.create_task(engine.run())
    one = Desk(engine, clock, book)
    try:
        for _ in range(40):
            await past.flush()
        yield one
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "care-lma.jsonl"


def fires(one: Desk) -> Callable[[], bool]:
    return lambda: one.alert is not None and one.alert.level is Level.CRITICAL


async def test_the_other_operator_sees_it_within_two_seconds(
    path: Path, clock: ManualClock
) -> None:
    async with desk(clock, path, "ana") as ana, desk(clock, path, "bo") as bo:
        await ana.until(lambda: fires(ana)() and fires(bo)(), 40)
        answer = await ana.say(EntryKind.ACKNOWLEDGED, note="looking")
        assert answer == CareAnswer(done=True, words="acknowledged for 1h: API /health")
        took_s = await bo.until(lambda: bo.care is not None)
        assert took_s < 2.2, "a look within a second, a snapshot within another, our own steps"
        assert bo.care is not None
        assert (bo.care.operator, bo.care.note, bo.care.shared) == ("ana", "looking", True)
        told = [one.text for one in bo.view.timeline if one.kind is EventKind.OPERATOR]
        assert told == ["ana acknowledged API /health: looking"]
        await bo.say(EntryKind.SNOOZED, note="vendor")
        await ana.until(lambda: ana.care is not None and ana.care.kind is CareKind.SNOOZED)
        assert [one.operator for one in ana.view.cares] == ["bo", "ana"]
        await ana.say(EntryKind.TAKEN_BACK)
        await bo.until(lambda: bo.care is None)
        await ana.until(lambda: ana.care is None)
        assert not (await ana.say(EntryKind.TAKEN_BACK)).done


async def test_it_survives_a_restart_and_is_told_once(
    path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    past = tmp_path / "history.sqlite3"
    async with desk(clock, path, "ana", history=past) as ana:
        await ana.until(fires(ana), 40)
        await ana.say(EntryKind.ACKNOWLEDGED)
        await ana.until(lambda: ana.care is not None)
    clock.advance(30)
    async with desk(clock, path, "ana", history=past) as ana:
        await ana.until(lambda: ana.care is not None, 40)
        told = [one for one in ana.view.timeline if one.kind is EventKind.OPERATOR]
        assert len(told) == 1
    clock.advance(3_600)
    async with desk(clock, path, "ana", history=past) as ana:
        await ana.until(fires(ana), 40)
        await clock.run(5)
        assert ana.care is None, "its time is up"


async def test_when_it_clears_the_next_time_is_not_acknowledged(
    path: Path, clock: ManualClock
) -> None:
    steps = [*([probe(503)] * 10), *([probe()] * 6), probe(503)]
    async with desk(clock, path, "ana", steps) as ana:
        await ana.until(fires(ana), 40)
        await clock.run(45)
        await ana.say(EntryKind.ACKNOWLEDGED, lasts_s=7_200)
        await ana.until(lambda: ana.care is not None)
        await ana.until(lambda: ana.alert is None, 200)
        await ana.until(lambda: "ended" in path.read_text(), 30)
        await ana.until(fires(ana), 200)
        await clock.run(5)
        assert ana.care is None
        async with desk(clock, path, "bo") as bo:
            await bo.until(fires(bo), 40)
            assert bo.care is None, "it was said of the time before"


async def test_what_can_not_be_written_holds_here_and_is_tried_again(
    tmp_path: Path, clock: ManualClock
) -> None:
    folder = tmp_path / "shared"
    async with desk(clock, folder / "care-lma.jsonl", "ana") as ana:
        await ana.until(fires(ana), 40)
        answer = await ana.say(EntryKind.ACKNOWLEDGED)
        assert answer.done
        assert not answer.shared
        assert "others do not see it" in answer.words
        await ana.until(lambda: ana.care is not None)
        assert ana.care is not None
        assert not ana.care.shared
        assert any("No such file" in line for line in ana.engine.latest.notices)
        folder.mkdir()
        await ana.until(lambda: ana.care is not None and ana.care.shared, AGAIN_S + 5)
        assert ana.engine.latest.notices == ()


async def test_what_is_said_of_nothing_is_refused(path: Path, clock: ManualClock) -> None:
    async with desk(clock, path, "ana", [probe()]) as ana:
        await clock.run(30)
        assert not (await ana.say(EntryKind.ACKNOWLEDGED)).done
        assert not (await ana.say(EntryKind.ACKNOWLEDGED, key="kpi/lma/none")).done
        assert ana.view.cares == ()


async def test_a_snooze_has_an_end_whatever_is_asked_for(path: Path, clock: ManualClock) -> None:
    async with desk(clock, path, "ana") as ana:
        await ana.until(fires(ana), 40)
        await ana.say(EntryKind.SNOOZED, lasts_s=10 * 86_400)
        await ana.until(lambda: ana.care is not None)
        assert ana.care is not None
        assert ana.care.until - ana.care.at == timedelta(hours=24)


async def test_broken_lines_are_told_and_the_others_count(path: Path, clock: ManualClock) -> None:
    await asyncio.to_thread(path.write_text, "{}\n\x00\n")
    async with desk(clock, path, "ana") as ana:
        await ana.until(fires(ana), 40)
        await ana.say(EntryKind.ACKNOWLEDGED)
        await ana.until(lambda: ana.care is not None)
        await clock.run(5)
        told = [one.text for one in ana.view.timeline if one.kind is EventKind.SOURCE]
        assert told == ["2 lines in the journal of acknowledgements left out: no entry"]


async def test_a_journal_that_hangs_holds_nobody_up(path: Path, clock: ManualClock) -> None:
    """Opening this file would wait for ever for a writer, were it opened as others are."""
    os.mkfifo(path)
    async with desk(clock, path, "ana") as ana:
        await ana.until(fires(ana), 40)
        assert any("no regular file" in line for line in ana.engine.latest.notices)
