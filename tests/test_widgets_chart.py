"""The chart: gaps stay gaps, far limits do not flatten it, and it always has its size."""

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.snapshot import PaneState, PaneStatus
from tests.snapshot_values import NOW
from tests.test_widgets_pictures import incident_chart
from tests.widget_host import Host, lines
from widgets.cells import Tone, line_width, plain
from widgets.chart import Chart, ChartPane
from widgets.chart_lines import LABELS, ChartData, ChartLimit, chart_lines
from widgets.chart_marks import Mark

START = NOW.at - timedelta(seconds=600)


def data(*values: float | None, limits: tuple[ChartLimit, ...] = ()) -> ChartData:
    """Ten minutes with one value a minute."""
    points = tuple(
        (START + timedelta(seconds=60 * number), value) for number, value in enumerate(values)
    )
    return ChartData(
        title="API", unit="ms", window_s=600, until=NOW.at, points=points, interval_s=60,
        limits=limits,
    )  # fmt: skip


def drawn(shown: ChartData, width: int = 47, height: int = 5) -> list[str]:
    return [plain(line) for line in chart_lines(shown, width, height)]


def test_the_axis_tells_the_top_and_zero() -> None:
    rows = drawn(data(100, 150, 200))
    assert [row[:LABELS].strip() for row in rows] == ["220 ms", "", "", "0", ""]


def test_a_limit_in_reach_is_drawn_and_labelled() -> None:
    rows = drawn(data(100, 100, limits=(ChartLimit(at=180),)))
    (limit,) = [row for row in rows if "╌" in row]
    assert limit.startswith("180 ms")


def test_a_share_of_the_whole_ends_at_the_whole() -> None:
    assert drawn(replace(data(80, 96), unit="%"))[0].startswith(" 100 %")
    assert drawn(replace(data(80, 196), unit="%"))[0].startswith(" 220 %")


def test_a_limit_far_above_does_not_flatten_the_line() -> None:
    rows = drawn(data(10, 10, limits=(ChartLimit(at=5000),)))
    assert not any("╌" in row for row in rows)
    assert rows[0].startswith(" 12 ms")


def test_the_line_above_a_limit_has_its_tone() -> None:
    shown = chart_lines(data(50, 50, 200, 200, limits=(ChartLimit(at=100),)), 47, 6)
    assert Tone.CRITICAL in {cell.tone for cell in shown[0]}
    assert Tone.CRITICAL not in {cell.tone for cell in shown[-2]}


def test_a_hole_longer_than_two_intervals_stays_open() -> None:
    body = drawn(data(9, 9, 9, None, None, None, 9, 9, 9))[0][LABELS:]
    before, after = body.strip().split("    ", 1)
    assert before
    assert after.strip()


def test_one_missed_check_is_no_hole() -> None:
    assert " " not in drawn(data(9, 9, None, 9, 9))[0][LABELS:].strip()


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (data(), "no history yet"),
        (replace(data(5, 5), until=NOW.at + timedelta(days=1)), "no history yet"),
        (data(None, math.nan, math.inf), "no numbers in this window"),
    ],
)
def test_nothing_to_draw_is_one_dim_line_in_the_middle(shown: ChartData, words: str) -> None:
    """Not an axis from 0 to 1 ms, which would be a claim."""
    limited = replace(shown, limits=(ChartLimit(at=180),), marks=(Mark(at=NOW.at, label="x"),))
    made = chart_lines(limited, 47, 5)
    assert [plain(line).strip() for line in made] == ["", "", words, "", ""]
    assert plain(made[2]).index(words) == (47 - len(words)) // 2
    assert {cell.tone for cell in made[2] if cell.text.strip()} == {Tone.MUTED}


def test_one_point_is_a_chart() -> None:
    assert drawn(data(100))[0].startswith("120 ms")


def test_marks_of_another_time_are_not_drawn() -> None:
    shown = replace(data(5, 5), marks=(Mark(at=START - timedelta(days=1), label="old"),))
    assert not any("old" in row or "┆" in row for row in drawn(shown))


def test_a_mark_at_the_edge_is_moved_in_to_be_read_whole() -> None:
    shown = replace(data(5, 5), marks=(Mark(at=NOW.at, label="7d20b5e"),))
    assert drawn(shown)[-1].rstrip().endswith("▴7d20b5e")


def test_time_that_has_not_moved_by_a_dot_draws_the_same() -> None:
    shown = incident_chart()
    sooner = replace(shown, until=shown.until + timedelta(seconds=1))
    assert chart_lines(shown, 107, 12) == chart_lines(sooner, 107, 12)


NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.none()
TIMES = st.integers(-4000, 4000).map(lambda seconds: NOW.at + timedelta(seconds=seconds))


@given(
    st.lists(st.tuples(TIMES, NUMBERS), max_size=40),
    st.lists(st.floats(allow_nan=True), max_size=3),
    TIMES, st.integers(0, 90), st.integers(0, 14),
)  # fmt: skip
def test_a_chart_has_exactly_its_size(
    points: list[tuple[datetime, float | None]], limits: list[float], mark: datetime,
    width: int, height: int,
) -> None:  # fmt: skip
    shown = ChartData(
        title="x", unit="ms", window_s=3600, until=NOW.at, points=tuple(points), interval_s=15,
        limits=tuple(ChartLimit(at=limit) for limit in limits),
        marks=(Mark(at=mark, label="7d20b5e"),), pauses=((mark, NOW.at),),
    )  # fmt: skip
    made = chart_lines(shown, width, height)
    assert [line_width(line) for line in made] == [width] * height


async def test_the_same_chart_paints_nothing_and_a_new_point_a_few_lines() -> None:
    chart = Chart()
    async with Host(chart).run_test(size=(100, 12)) as pilot:
        chart.show(incident_chart())
        await pilot.pause()
        chart.show(incident_chart())
        assert chart._repaint_regions == set()
        shown = incident_chart()
        moved = replace(shown, points=(*shown.points[:-1], (shown.points[-1][0], 900.0)))
        chart.show(moved)
        assert 0 < len(chart._repaint_regions) < 12


async def test_without_data_the_chart_says_why() -> None:
    pane = ChartPane(6)
    async with Host(pane).run_test(size=(100, 8)) as pilot:
        pane.show(None, PaneStatus(state=PaneState.EMPTY_AND_FINE, message="no history yet"))
        await pilot.pause()
        assert any("no history yet" in line for line in lines(pane.chart))


async def test_enter_asks_for_the_detail() -> None:
    chart = Chart()
    opened: list[Chart] = []

    class Listening(Host):
        def on_chart_opened(self, event: Chart.Opened) -> None:
            opened.append(event.control)

    async with Listening(chart).run_test(size=(60, 8)) as pilot:
        chart.focus()
        await pilot.press("enter")
    assert opened == [chart]
