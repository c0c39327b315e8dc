"""Log lines: bounded, in order, each once; filters by level, path, status, source and words."""

import gc
import random
import weakref
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.log_pack import LinePacker
from monitor.log_shelf import FOLDED, OPEN, Shelf
from monitor.logs import LogBuffer, LogFilter, chosen, parse_filter
from providers.log_readings import LogLevel, LogLine, LogsReading
from providers.readings import SourceId
from providers.text import Foreign
from tests.values_systems import logged

SOURCE = SourceId("lma/production/render/main.logs")


def reading(*numbers: int, gap: bool = False) -> LogsReading:
    return LogsReading(lines=tuple(logged(number).line for number in numbers), gap=gap)


@given(st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=8), st.integers(1, 40))
def test_a_buffer_holds_the_newest_each_once_in_order(reads: list[list[int]], most: int) -> None:
    buffer = LogBuffer(most)
    for numbers in reads:
        buffer.take(SOURCE, reading(*numbers))
    shown = [int(one.line.id) for one in buffer.lines]
    assert shown == sorted(set(shown))
    assert len(shown) <= most
    everything = sorted({number for numbers in reads for number in numbers})
    assert set(shown) <= set(everything)
    assert not everything or shown[-1] == everything[-1]


def test_two_sources_are_merged_by_time_and_keep_their_own_lines() -> None:
    buffer = LogBuffer()
    other = SourceId("lma/production/vercel/main.logs")
    buffer.take(SOURCE, reading(1, 3, 5))
    buffer.take(other, reading(2, 3, 4))
    assert [(one.line.id, one.source == other) for one in buffer.lines] == [
        ("1", False), ("2", True), ("3", False), ("3", True), ("4", True), ("5", False),
    ]  # fmt: skip


def test_a_gap_is_remembered_with_its_time() -> None:
    buffer = LogBuffer()
    buffer.take(SOURCE, reading(1))
    assert buffer.gaps == {}
    buffer.take(SOURCE, reading(7, 8, gap=True))
    assert buffer.gaps[SOURCE] == logged(7).line.at


LINES = (
    logged(1, "pool exhausted", level=LogLevel.ERROR, path="/api/orders", status=503),
    logged(2, "slow answer", level=LogLevel.WARNING, path="/api/orders", status=200),
    logged(3, "started", level=LogLevel.INFO, origin="vercel"),
    logged(4, "Pool opened", level=LogLevel.DEBUG, path="/health", status=500),
    logged(5, "strange", level=LogLevel.UNKNOWN),
)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", "12345"),
        ("pool", "14"),
        ("pool -opened", "1"),
        ("level:error", "1"),
        ("level:warn", "12"),
        ("level:info", "1235"),
        ("path:/api", "12"),
        ("status:5xx", "14"),
        ("status:503", "1"),
        ("status:200 path:/api slow", "2"),
        ("from:vercel", "3"),
        ("/orders", "12"),
        ("nothing-like-it", ""),
    ],
)
def test_filters(typed: str, ids: str) -> None:
    wanted, problem = parse_filter(typed)
    assert problem == ""
    assert "".join(one.line.id for one in chosen(LINES, wanted)) == ids


@pytest.mark.parametrize("typed", ["level:loud", "status:many", "status:5000", "status:xx"])
def test_what_is_not_understood_is_said_and_hides_nothing(typed: str) -> None:
    wanted, problem = parse_filter(typed)
    assert typed.partition(":")[2] in problem
    assert wanted == LogFilter()


@given(st.text())
def test_any_text_is_a_filter(typed: str) -> None:
    wanted, _ = parse_filter(typed)
    lines = list(LINES)
    random.Random(typed).shuffle(lines)
    assert set(chosen(lines, wanted)) <= set(LINES)


def test_long_lines_leave_room_for_fewer_and_the_newest_stays() -> None:
    buffer = LogBuffer(most_bytes=3_000)
    buffer.take(SOURCE, LogsReading(lines=tuple(logged(n, "x" * 500).line for n in range(20))))
    kept = [int(one.line.id) for one in buffer.lines]
    assert kept == list(range(20 - len(kept), 20))
    assert 4 <= len(kept) <= 5
    buffer.take(SOURCE, LogsReading(lines=(logged(20, "short").line,)))
    assert [int(one.line.id) for one in buffer.lines][-2:] == [19, 20]


def test_one_line_longer_than_all_there_is_room_for_is_not_kept() -> None:
    buffer = LogBuffer(most_bytes=1_000)
    buffer.take(SOURCE, LogsReading(lines=(logged(1, "x" * 2_000).line,)))
    assert list(buffer.lines) == []
    buffer.take(SOURCE, reading(2))
    assert [one.line.id for one in buffer.lines] == ["2"]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 60), st.binary(min_size=1, max_size=9)),
            st.just("fold"),
            st.just("drop"),
        ),
        max_size=60,
    )
)
def test_a_shelf_is_a_list_whatever_is_folded(
    steps: list[tuple[int, bytes] | str],
) -> None:
    shelf, plain = Shelf(folded=3, most_open=4), list[bytes]()
    for step in steps:
        if isinstance(step, tuple):
            place = min(step[0], len(plain))
            shelf.insert(place, step[1])
            plain.insert(place, step[1])
        elif step == "fold":
            shelf.fold()
        elif plain:
            del plain[: shelf.drop()]
        assert list(shelf) == plain
        assert len(shelf) == len(plain)
    middle = len(plain) // 2
    assert shelf.between(middle, len(plain)) == plain[middle:]
    assert shelf.between(0, len(plain)) == plain
    assert shelf.size_bytes == sum(map(len, plain))


def test_older_lines_lie_folded_and_late_ones_find_their_place_among_them() -> None:
    count = OPEN + 5 * FOLDED
    buffer = LogBuffer(most=count)
    for first in range(1, count + 1, 50):
        numbers = range(first, min(first + 50, count + 1))
        buffer.take(SOURCE, reading(*(number for number in numbers if number != 8)))
    plain = sum(len(LinePacker().pack(SOURCE, logged(n).line)) for n in range(count))
    assert buffer.size_bytes < plain * 0.75
    buffer.take(SOURCE, reading(8, 9))
    buffer.take(SOURCE, reading(0))
    assert [int(one.line.id) for one in buffer.lines] == list(range(1, count + 1))
    buffer.take(SOURCE, reading(count + 1))
    kept = [int(one.line.id) for one in buffer.lines]
    assert kept == list(range(1 + FOLDED, count + 2))


TEXTS = st.text(max_size=60)


@given(
    st.builds(
        LogLine,
        id=TEXTS,
        at=st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Asia/Tokyo")])),
        level=st.sampled_from(LogLevel),
        text=TEXTS.map(Foreign),
        origin=TEXTS.map(Foreign),
        method=TEXTS.map(Foreign),
        path=TEXTS.map(Foreign),
        status=st.none() | st.integers(100, 599),
    )
)
def test_a_line_comes_out_of_the_buffer_as_it_went_in(line: LogLine) -> None:
    buffer = LogBuffer()
    for _ in range(2):
        buffer.take(SOURCE, LogsReading(lines=(line,)))
    assert [(one.source, one.line) for one in buffer.lines] == [(SOURCE, line)]


def test_lines_of_one_time_are_told_apart_by_their_names_and_sources() -> None:
    buffer, other = LogBuffer(), SourceId("lma/production/vercel/main.logs")
    lines = tuple(replace(logged(1).line, id=name) for name in ("a", "aa", "", "b"))
    for source in (SOURCE, other, SOURCE):
        buffer.take(source, LogsReading(lines=lines))
    assert [(one.source, one.line.id) for one in buffer.lines] == [
        (source, line.id) for source in (SOURCE, other) for line in lines
    ]


def test_what_is_on_a_screen_is_not_made_anew_and_not_kept_after_it() -> None:
    buffer = LogBuffer()
    buffer.take(SOURCE, reading(1, 2))
    shown = buffer.lines
    buffer.take(SOURCE, reading(3))
    assert list(map(id, buffer.lines[:2])) == list(map(id, shown))
    gone = weakref.ref(shown[0])
    del shown
    gc.collect()
    assert gone() is None
