"""The past: kept over restarts, coarser with age, bounded, and never a reason to stop."""

import asyncio
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.events import Event, EventKind
from monitor.history import History, Keep
from monitor.history_blocks import (
    pack_readings,
    pack_sums,
    regroup,
    single,
    unpack_readings,
    unpack_sums,
)
from monitor.history_schema import VERSION
from monitor.history_steps import points
from monitor.history_store import DAY_MS, HOUR_MS, MINUTE_MS, Store, Tier
from monitor.verdicts import Level
from monitor.workspace import SeriesRef
from providers.readings import Reading, SourceId
from tests.examples import examples
from tests.fakes import START as DAY
from tests.fakes import ManualClock

API = SourceId("lma/production/api/health")
LATENCY = SeriesRef(source=API, metric="latency_ms")


def reading(clock: ManualClock, value: float | None, metric: str = "latency_ms") -> Reading:
    return Reading.of(API, metric, value, "ms", clock.now())


def event(text: str, key: str = "", level: Level = Level.CRITICAL) -> Event:
    return Event(
        at=DAY, kind=EventKind.ALERT, level=level, text=text, key=key, workspace="lma", source=API
    )


async def test_readings_come_back_in_steps_with_gaps_as_gaps(tmp_path: Path) -> None:
    clock = ManualClock()
    history = History.open(tmp_path / "q" / "history.db", clock)
    for value in (10.0, 20.0, None, 40.0):
        history.record([reading(clock, value)])
        clock.advance(30)
    clock.advance(300)
    history.record([reading(clock, 90.0)])
    found = await history.series(LATENCY, 420, 60)
    values = [one.value for one in found]
    assert values[:2] == [15.0, 40.0]
    assert values[2:-1] == [None] * 5
    assert values[-1] == 90
    assert (found[0].minimum, found[0].maximum) == (10, 20)
    assert found[0].at == DAY
    await history.aclose()


async def test_a_step_finer_than_the_readings_is_left_out_and_is_no_gap() -> None:
    clock = ManualClock()
    history = History.open(None, clock)
    for _ in range(10):
        history.record([reading(clock, 5.0)])
        clock.advance(15)
    found = await history.series(LATENCY, 150, 5)
    assert [one.value for one in found] == [5.0] * 10
    await history.aclose()


async def test_a_restart_keeps_readings_events_and_states(tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    first = History.open(path, clock)
    first.record([reading(clock, 10.0)])
    first.record_event(event("API down", "a"))
    first.record_event(event("API down, seen twice", "a"))
    first.save_states({"kpi/lma/x": "1"})
    first.save_states({"kpi/lma/x": "2"})
    await first.aclose()
    clock.advance(20)
    second = History.open(path, clock)
    assert [one.value for one in await second.series(LATENCY, 60, 60) if one.value] == [10]
    assert await second.events(DAY - timedelta(hours=1)) == (event("API down", "a"),)
    assert await second.states() == {"kpi/lma/x": "2"}
    await second.aclose()


async def test_file_and_folder_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "history.db"
    history = History.open(path, ManualClock())
    await history.flush()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for part in path.parent.iterdir():
        assert stat.S_IMODE(part.stat().st_mode) == 0o600, part
    await history.aclose()


async def test_a_file_that_is_no_history_is_set_aside_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"this is no database, but somebody's notes" * 100)
    clock = ManualClock()
    history = History.open(path, clock)
    history.record([reading(clock, 10.0)])
    await history.flush()
    assert "set aside as history.db.damaged-20261121T160000" in history.notice
    assert history.problem == ""
    aside = tmp_path / "history.db.damaged-20261121T160000"
    assert aside.read_bytes().startswith(b"this is no database")
    assert len(await history.series(LATENCY, 60, 60)) > 0
    await history.aclose()


async def test_a_file_damaged_while_in_use_is_set_aside_too(tmp_path: Path) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    first = History.open(path, clock)
    for _ in range(3_000):
        first.record([reading(clock, 1.0)])
        clock.advance(1)
    first.record_event(event("kept"))
    await first.aclose()
    whole = path.read_bytes()
    path.write_bytes(whole[:4_096] + b"\xff" * (len(whole) - 4_096))
    second = History.open(path, clock)
    assert await second.states() == {}
    second.record([reading(clock, 5.0)])
    await second.flush()
    assert "set aside" in second.notice
    assert [one.value for one in await second.series(LATENCY, 60, 60) if one.value] == [5]
    await second.aclose()


async def test_the_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    before = path.read_bytes()
    clock = ManualClock()
    history = History.open(path, clock)
    history.record([reading(clock, 10.0)])
    assert [one.value for one in await history.series(LATENCY, 60, 60) if one.value] == [10]
    assert "memory only" in history.problem
    assert f"version {VERSION + 1}" in history.problem
    await history.aclose()
    assert path.read_bytes() == before


async def test_a_folder_that_can_not_be_made_costs_the_history_and_nothing_else(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    clock = ManualClock()
    history = History.open(tmp_path / "file" / "history.db", clock)
    history.record([reading(clock, 10.0)])
    assert [one.value for one in await history.series(LATENCY, 60, 60) if one.value] == [10]
    assert "memory only" in history.problem
    await history.aclose()


async def test_a_second_instance_reads_along_and_takes_over_when_the_first_ends(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    first, second = History.open(path, clock), None
    first.record([reading(clock, 10.0)])
    await first.flush()
    second = History.open(path, clock)
    second.record([reading(clock, 99.0)])
    second.save_states({"a": "from the second"})
    assert [one.value for one in await second.series(LATENCY, 60, 60) if one.value] == [10]
    assert "written by process" in second.problem
    assert await first.states() == {}
    await first.aclose()
    async with asyncio.timeout(10):
        while second.problem:
            await second.flush()
    clock.advance(1)
    second.save_states({"a": "now the writer"})
    assert await second.states() == {"a": "now the writer"}
    await second.aclose()


async def test_a_full_disk_is_told_and_what_waits_is_written_when_there_is_room(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    path = tmp_path / "history.db"
    history = History.open(path, clock)
    await history.flush()
    pages = await _in_writer(history, "PRAGMA page_count")
    await _in_writer(history, f"PRAGMA max_page_count = {pages}")
    for _ in range(5_000):
        history.record([reading(clock, 7.0)])
        clock.advance(0.5)
    await history.flush()
    assert "can not be written" in history.problem
    assert "full" in history.problem
    await _in_writer(history, "PRAGMA max_page_count = 100000")
    await history.flush()
    assert history.problem == ""
    known = await history.buckets(LATENCY, 0, _ms(clock), Tier.READINGS)
    assert len(known) == 5_000
    await history.aclose()


async def _in_writer(history: History, statement: str) -> int:
    asked = history._writer.ask(lambda store: store._db.execute(statement).fetchone()[0], -1)
    return await asyncio.wrap_future(asked)


async def test_after_the_end_questions_are_answered_empty() -> None:
    history = History.open(None, ManualClock())
    await history.aclose()
    await history.aclose()
    assert {one.value for one in await history.series(LATENCY, 60, 60)} == {None}
    assert await history.states() == {}


def _ms(clock: ManualClock) -> int:
    return int(clock.now().at.timestamp() * 1000)


def _fill(store: Store, start_ms: int, hours: int, every_ms: int = 60_000) -> None:
    """A counter up to 59 each hour; packed as time goes on."""
    for hour in range(hours):
        begin = start_ms + hour * HOUR_MS
        store.add((LATENCY, "ms", begin + minute * every_ms, float(minute)) for minute in range(60))
        while store.tidy(begin + HOUR_MS + 600_000, 50):
            pass


def test_readings_become_minutes_and_hours_and_are_forgotten(tmp_path: Path) -> None:
    keep = Keep(readings_s=2 * 86_400, minutes_s=4 * 86_400, hours_s=10 * 86_400)
    store = Store(tmp_path / "h.db", keep)
    start = int(DAY.timestamp() * 1000) // DAY_MS * DAY_MS
    _fill(store, start, 24 * 14)
    now = start + 14 * DAY_MS
    found = store.buckets(LATENCY, start, now, Tier.READINGS)
    widths = [one.width_ms for one in found]
    assert widths == sorted(widths, reverse=True)
    assert set(widths) == {0, MINUTE_MS, HOUR_MS}
    assert found[0].at_ms < now - 9 * DAY_MS
    assert sum(one.count for one in found) == 60 * (now - found[0].at_ms) // HOUR_MS
    hours = store.buckets(LATENCY, now - 8 * DAY_MS, now - 1, Tier.HOURS)
    assert all(
        (one.count, one.total, one.minimum, one.maximum, one.nonzero) == (60, 1_770, 0, 59, 59)
        for one in hours
    )
    blocks = store._db.execute("SELECT tier, count(*) FROM block GROUP BY tier").fetchall()
    assert blocks == [(0, pytest.approx(49, abs=2)), (1, pytest.approx(97, abs=2)), (2, 10)]
    store.close()


def test_what_comes_late_is_added_to_its_block(tmp_path: Path) -> None:
    store = Store(tmp_path / "h.db", Keep())
    start = int(DAY.timestamp() * 1000) // HOUR_MS * HOUR_MS
    _fill(store, start, 2)
    store.add([(LATENCY, "ms", start + 30_500, 100.0)])
    assert not store.tidy(start + 2 * HOUR_MS + 600_000, 50)
    minutes = store.buckets(LATENCY, start, start + MINUTE_MS - 1, Tier.MINUTES)
    assert (minutes[0].count, minutes[0].maximum) == (2, 100)
    assert len(store.buckets(LATENCY, start, start + HOUR_MS, Tier.READINGS)) == 121
    store.close()


NUMBERS = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


@settings(max_examples=examples(100))
@given(st.dictionaries(st.integers(0, HOUR_MS - 1), NUMBERS, max_size=200))
def test_blocks_give_back_what_was_packed(readings: dict[int, float | None]) -> None:
    buckets = [single(7 * HOUR_MS + at, readings[at]) for at in sorted(readings)]
    known = unpack_readings(7 * HOUR_MS, pack_readings(7 * HOUR_MS, buckets))
    assert [(one.at_ms, one.count) for one in known] == [(one.at_ms, one.count) for one in buckets]
    for one, other in zip(known, buckets, strict=True):
        assert one.total == pytest.approx(other.total, rel=1e-6, abs=1e-30)
    minutes = regroup(buckets, MINUTE_MS)
    back = unpack_sums(7 * HOUR_MS, MINUTE_MS, pack_sums(7 * HOUR_MS, MINUTE_MS, minutes))
    assert [(one.at_ms, one.count, one.nonzero) for one in back] == [
        (one.at_ms, one.count, one.nonzero) for one in minutes
    ]
    for one, other in zip(back, minutes, strict=True):
        assert one.total == pytest.approx(other.total, rel=1e-6, abs=1e-30)


@given(st.lists(st.integers(-(2**53), 2**53), max_size=50))
def test_whole_numbers_such_as_counters_lose_nothing(values: list[int]) -> None:
    buckets = [single(index * 1_000, float(value)) for index, value in enumerate(values)]
    assert unpack_readings(0, pack_readings(0, buckets)) == buckets


@given(st.binary(max_size=60))
def test_a_damaged_block_is_an_error_and_never_a_number(data: bytes) -> None:
    with pytest.raises(ValueError, match="block"):
        unpack_readings(0, data)
    with pytest.raises(ValueError, match="block"):
        unpack_sums(0, MINUTE_MS, data)


@settings(max_examples=examples(100))
@given(
    st.lists(st.tuples(st.integers(0, 3_600_000), st.floats(-1e6, 1e6)), max_size=100),
    st.sampled_from([1_000, 15_000, 60_000, 600_000]),
)
def test_steps_lie_on_their_grid_in_order_and_lose_nothing(
    readings: list[tuple[int, float]], step_ms: int
) -> None:
    readings = sorted(dict(readings).items())
    found = points([single(at, value) for at, value in readings], 0, 3_600_000, step_ms)
    times = [int(one.at.timestamp() * 1000) for one in found]
    assert times == sorted(set(times))
    assert all(at % step_ms == 0 for at in times)
    with_value = {at for at, one in zip(times, found, strict=True) if one.value is not None}
    assert with_value == {at // step_ms * step_ms for at, _ in readings}
