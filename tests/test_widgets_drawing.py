"""Sparklines, gauges and braille, sign by sign."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.verdicts import Band, BandName, Comparison
from tests.values_kpis import KPI_SPECS, band
from widgets.braille import Canvas, bridged, columns_of, draw
from widgets.cells import Tone, line_width, plain
from widgets.gauge import Scale, gauge, limits_of, scale_of
from widgets.spark import shared_ceiling, spark

NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.none()
FINITE = st.floats(min_value=-1e12, max_value=1e12)


def test_a_history_rises_from_one_to_seven_eighths() -> None:
    assert spark([1, 2, 3, 4, 5, 6, 7], 7) == "▂▃▄▅▆▇▇"
    assert spark([0, 7], 2) == "▁▇"


def test_a_history_never_uses_the_full_block_that_melts_rows_together() -> None:
    assert "█" not in spark([1e9, 1e9], 2, ceiling=1.0)


def test_a_gap_is_a_gap_and_short_histories_stand_on_the_right() -> None:
    assert spark([5, None, 5], 6) == "   ▇ ▇"


def test_rows_of_one_column_share_a_scale() -> None:
    calm, storm = [60.0, 62.0], [60.0, 2140.0]
    top = shared_ceiling([calm, storm])
    assert spark(calm, 2, ceiling=top) == "▁▁"
    assert spark(storm, 2, ceiling=top) == "▁▇"


def test_no_numbers_at_all_draw_nothing_and_zeros_draw_a_floor() -> None:
    assert spark([None, math.nan, math.inf], 3) == "   "
    assert spark([0.0, 0.0], 2) == "▁▁"


@given(st.lists(NUMBERS, max_size=50), st.integers(0, 40), NUMBERS)
def test_a_history_has_exactly_its_width(
    values: list[float | None], width: int, ceiling: float | None
) -> None:
    assert len(spark(values, width, ceiling=ceiling)) == width


def test_a_gauge_past_its_warning() -> None:
    bands = KPI_SPECS[0].bands
    drawn = gauge(2.4, limits_of(bands, lit=True), 22, Scale(good=0, bad=6), Tone.NORMAL)
    assert plain(drawn) == "━━━━━━━╂━─────────┃───"
    assert [cell.tone for cell in drawn if cell.text in "╂┃"] == [Tone.WARNING, Tone.CRITICAL]


def test_a_gauge_of_a_kpi_that_must_stay_high_fills_towards_its_limits_as_well() -> None:
    bands = (band(BandName.WARNING, 95, comparison=Comparison.BELOW),)
    scale = scale_of(bands, None, percent=True)
    good = gauge(99, limits_of(bands, lit=False), 12, scale, Tone.MUTED)
    bad = gauge(94, limits_of(bands, lit=False), 12, scale, Tone.WARNING)
    assert plain(good) == "━━───────┃──"
    assert plain(bad) == "━━━━━━━━━╂━━"


def test_no_number_leaves_the_rail_empty() -> None:
    bands = KPI_SPECS[5].bands
    drawn = gauge(None, limits_of(bands, lit=False), 10, Scale(good=0, bad=100), Tone.MUTED)
    assert plain(drawn) == "─────────┃"


def test_of_two_limits_at_one_place_the_worse_is_seen() -> None:
    bands = (band(BandName.WARNING, 5), band(BandName.CRITICAL, 5))
    (limit,) = limits_of(bands, lit=True)
    assert limit.tone is Tone.CRITICAL


@pytest.mark.parametrize(
    ("bands", "span", "expected"),
    [
        ((), None, Scale(good=0, bad=1)),
        ((band(BandName.WARNING, 80),), None, Scale(good=0, bad=100)),
        ((band(BandName.WARNING, 80),), (0, 200), Scale(good=0, bad=200)),
        ((band(BandName.WARNING, 80),), (5, 5), Scale(good=0, bad=100)),
        ((band(BandName.WARNING, 9, comparison=Comparison.BELOW),), (8, 10), Scale(good=10, bad=8)),
    ],
)  # fmt: skip
def test_the_ends_of_a_gauge(
    bands: tuple[Band, ...], span: tuple[float, float] | None, expected: Scale
) -> None:
    assert scale_of(bands, span, percent=True) == expected


@given(NUMBERS, st.lists(st.floats(allow_nan=True), max_size=4), st.integers(0, 60), FINITE, FINITE)
def test_a_gauge_has_exactly_its_width(
    value: float | None, limits: list[float], width: int, good: float, bad: float
) -> None:
    bands = tuple(band(BandName.WARNING, limit) for limit in limits)
    drawn = gauge(value, limits_of(bands, lit=True), width, Scale(good=good, bad=bad), Tone.MUTED)
    assert line_width(drawn) == width


def test_dots_of_a_cell() -> None:
    canvas = Canvas(1, 1)
    canvas.upright(0, 0, 3)
    assert canvas.lines() == ["⡇"]
    canvas.upright(1, 3, 3)
    assert canvas.lines() == ["⡏"]


def test_a_rising_line_and_a_jump() -> None:
    assert draw([0, 1, 2, 3], 1, 0, 3) == ["⡠⠊"]
    assert draw([0, 0, 3, 3], 1, 0, 3) == ["⣀⠏"]


def test_a_gap_breaks_the_line() -> None:
    assert draw([0, 0, None, None, 3, 3], 1, 0, 3) == ["⣀ ⠉"]


def test_holes_as_wide_as_the_interval_are_bridged_and_wider_ones_stay() -> None:
    assert bridged([1.0, None, 3.0], 1) == [1.0, 2.0, 3.0]
    assert bridged([1.0, None, None, 4.0], 1) == [1.0, None, None, 4.0]


def test_a_column_keeps_the_largest_of_its_values() -> None:
    assert columns_of([(0.0, 1.0), (0.1, 9.0), (0.2, None), (1.0, 4.0)], 2) == [9.0, 4.0]


@given(
    st.lists(NUMBERS, max_size=60), st.integers(0, 12),
    st.floats(allow_nan=True), st.floats(allow_nan=True),
)  # fmt: skip
def test_a_drawing_has_exactly_its_size(
    columns: list[float | None], height: int, low: float, high: float
) -> None:
    lines = draw(columns, height, low, high)
    assert len(lines) == height
    assert {len(line) for line in lines} <= {(len(columns) + 1) // 2}
