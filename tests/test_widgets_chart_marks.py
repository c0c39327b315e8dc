"""Marks and times below a chart: told apart by sign, never running together, in the right zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.test_widgets_chart import data, drawn
from tests.values_common import NOW
from widgets.cells import Tone, plain
from widgets.chart_lines import LABELS, ChartLimit, chart_lines
from widgets.chart_marks import SIGNS, Mark, MarkKind, begin_of, clusters, legend, mark_signs
from widgets.glyphs import to_ascii
from widgets.time_ticks import ticks

DEPLOY, ALERT = MarkKind.DEPLOY, MarkKind.ALERT


def mark(column: int, label: str = "7d20b5e", kind: MarkKind = DEPLOY) -> tuple[int, Mark]:
    return column, Mark(at=NOW.at + timedelta(seconds=column), label=label, kind=kind)


def row(*marks: tuple[int, Mark], width: int = 60) -> str:
    return "".join(sign for sign, _ in mark_signs(clusters(marks, width), width))


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ((mark(3),), "   ▴7d20b5e"),
        ((mark(3), mark(20)), "   ▴7d20b5e         ▴7d20b5e"),
        ((mark(3), mark(9), mark(12)), "   ▴3 deploys"),
        ((mark(3), mark(9, "onset", ALERT)), "   ▴7d20b5e ■onset"),
        ((mark(3), mark(5, "onset", ALERT), mark(6, "b", ALERT)), "   ▴7d20b5e ■2 alerts"),
        ((mark(3, "a label that is long"),), "   ▴a label th…"),
    ],
)
def test_labels_that_collide_become_one(marks: tuple[tuple[int, Mark], ...], words: str) -> None:
    assert row(*marks).rstrip() == words


def test_a_label_at_the_edge_is_moved_in() -> None:
    assert row(mark(58)).endswith(" ▴7d20b5e")


def test_far_from_each_other_they_are_not_told_together() -> None:
    """For want of room at the edge the later ones are told by their signs."""
    marks = (mark(36, "shift start"), mark(50), mark(54, "dana", MarkKind.OPERATOR), mark(56))
    assert row(*marks) == f"{' ' * 36}▴shift start  ▴ ◆   ▴   "


def test_each_kind_has_a_sign_of_its_own_also_in_ascii() -> None:
    assert len(set(SIGNS.values())) == len(MarkKind)
    assert len({to_ascii(sign) for sign in SIGNS.values()}) == len(MarkKind)


def test_the_legend_names_what_is_there_and_nothing_else() -> None:
    assert plain(legend([ALERT, DEPLOY, ALERT])) == "▴ deploy   ■ alert began"
    assert legend([]) == ()
    assert plain(legend([], ranges=True, note="over 1h here")).startswith("⡇ lowest to highest   ")


KINDS = st.sampled_from(list(MarkKind))


@given(
    st.lists(st.builds(mark, st.integers(0, 59), st.text("abc", max_size=9), KINDS), max_size=12),
    st.integers(1, 60),
)
def test_no_two_labels_ever_touch(marks: list[tuple[int, Mark]], width: int) -> None:
    found = clusters([(min(column, width - 1), one) for column, one in marks], width)
    assert sum(len(one.marks) for one in found) == len(marks)
    ends = 0
    for one in found:
        begin = begin_of(one, width)
        assert begin >= ends
        ends = begin + len(one.text) + 1
    assert len(mark_signs(found, width)) == width


def words(window_s: float, zone: str = "UTC", most: int = 7) -> list[str]:
    zone_info = UTC if zone == "UTC" else ZoneInfo(zone)
    return [word for _, word in ticks(NOW.at, window_s, zone_info, most)]


HOUR, DAY = 3_600.0, 86_400.0


@pytest.mark.parametrize(
    ("window_s", "most", "said"),
    [
        (300, 4, ["16:28", "16:30", "16:32"]),
        (900, 4, ["16:20", "16:25", "16:30"]),
        (HOUR, 4, ["15:32", "15:47", "16:02", "16:17"]),
        (6 * HOUR, 4, ["10:32", "12:02", "13:32", "15:02"]),
        (DAY, 4, ["18:00", "Fri", "06:00", "12:00"]),
        (7 * DAY, 7, ["Sat 25", "Sun 26", "Mon 27", "Tue 28", "Wed 29", "Thu 30", "Fri 31"]),
        (30 * DAY, 6, ["5 Jan", "10 Jan", "15 Jan", "20 Jan", "25 Jan", "30 Jan"]),
    ],
)
def test_times_fit_the_window(window_s: float, most: int, said: list[str]) -> None:
    assert words(window_s, most=most) == said


def test_days_begin_at_the_local_midnight_also_where_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    until = datetime(2025, 4, 1, 12, tzinfo=UTC)
    days = [at.astimezone(UTC) for at, _ in ticks(until, 7 * DAY, zone, 7)]
    assert {at.astimezone(zone).hour for at in days} == {0}
    apart = {(after - before).total_seconds() for before, after in pairwise(days)}
    assert apart == {23 * HOUR, 24 * HOUR}


@given(st.floats(60, 90 * DAY), st.integers(1, 20), st.sampled_from(["UTC", "Asia/Kolkata"]))
def test_times_are_in_order_inside_the_window_and_few(
    window_s: float, most: int, zone: str
) -> None:
    found = [at for at, _ in ticks(NOW.at, window_s, ZoneInfo(zone), most)]
    assert found == sorted(found)
    assert len(found) <= most + 2
    assert all(NOW.at - timedelta(seconds=window_s + 1) <= at <= NOW.at for at in found)


def test_a_value_of_the_axis_is_never_cut() -> None:
    rows = drawn(replace(data(6.8 * 2**30, 6.8 * 2**30), unit="bytes"), 60, 9)
    assert rows[0].split()[0].endswith("GiB")


def test_an_axis_may_begin_above_zero_and_is_filled_from_there() -> None:
    uptime = replace(data(99.9, 99.2, 99.9), unit="%", low=99.0)
    rows = drawn(uptime, 60, 9)
    assert rows[-2].split()[0] == "99"
    assert rows[0].split()[0] == "100"
    lines = [sum(bool(row[LABELS:].strip()) for row in each[:-1])
             for each in (rows, drawn(replace(uptime, low=0.0), 60, 9))]  # fmt: skip
    assert lines[0] > lines[1] == 1, "flat at the top from zero, told apart from 99 on"
    assert len(drawn(replace(data(5, 5), low=500.0), 60, 9)) == 9


def test_a_detailed_chart_has_lines_for_marks_times_and_legend() -> None:
    shown = replace(
        data(5, 5), detailed=True, marks=(Mark(at=NOW.at - timedelta(minutes=5), label="7d20b5e"),)
    )
    rows = drawn(shown, 60, 9)
    assert "▴7d20b5e" in rows[-3]
    assert "16:2" in rows[-2]
    assert rows[-1].strip() == "▴ deploy"


def test_a_spike_within_a_point_reaches_its_height() -> None:
    at = NOW.at - timedelta(minutes=5)
    shown = replace(data(*[10.0] * 10), ranges=((at, 2.0, 90.0),))
    rows = drawn(shown, 60, 9)
    assert rows[0].startswith("100 ms")
    column = next(place for place, sign in enumerate(rows[1][LABELS:]) if sign != " ")
    assert all(line[LABELS + column] != " " for line in rows[1:8])
    assert "⡇" in {line[LABELS + column] for line in rows[1:8]}


def test_a_spike_past_the_limit_has_its_tone() -> None:
    at = NOW.at - timedelta(minutes=5)
    limits = (ChartLimit(at=50),)
    shown = replace(data(*[40.0] * 10, limits=limits), ranges=((at, 2.0, 90.0),))
    assert Tone.CRITICAL in {cell.tone for cell in chart_lines(shown, 60, 9)[1]}
