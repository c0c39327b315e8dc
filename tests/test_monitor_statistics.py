"""What each statistic means, and that windows kept up to date say the same."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.statistics import percentile, ratio, statistic
from monitor.windows import EXACT_WINDOW_S, Slice, Window
from monitor.workspace import Statistic
from tests.examples import examples

READINGS = ((0.0, 1.0), (10.0, 3.0), (20.0, None), (30.0, 8.0), (40.0, 0.0))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Statistic.LAST, 0.0),
        (Statistic.AVERAGE, 3.0),
        (Statistic.P50, 1.0),
        (Statistic.P95, 8.0),
        (Statistic.MAXIMUM, 8.0),
        (Statistic.MINIMUM, 0.0),
        (Statistic.COUNT, 3.0),
    ],
)
def test_each_statistic_over_a_window(kind: Statistic, value: float) -> None:
    assert statistic(kind, [READINGS], 40, 100).value == value


@pytest.mark.parametrize("kind", Statistic)
def test_nothing_in_the_window_is_no_data_and_never_zero(kind: Statistic) -> None:
    for series in ([], [()], [((0.0, None),)], [((0.0, math.nan),)]):
        found = statistic(kind, series, 5, 10)
        assert found.value is None
        assert found.reason


def test_a_reading_exactly_as_old_as_the_window_has_left_it() -> None:
    assert statistic(Statistic.COUNT, [((0.0, 1.0), (1.0, 1.0))], 300, 300).value == 1


def test_the_fourth_connection_failure_in_five_minutes_is_counted_as_four() -> None:
    failures = tuple((float(second), 1.0) for second in (0, 60, 120, 299))
    assert statistic(Statistic.COUNT, [failures], 299, 300).value == 4
    assert statistic(Statistic.COUNT, [failures], 300, 300).value == 3


def test_last_is_no_data_when_the_newest_reading_has_no_number() -> None:
    assert statistic(Statistic.LAST, [((0.0, 5.0), (1.0, None))], 2, 10).value is None


def test_last_of_two_at_the_same_instant_does_not_depend_on_their_order() -> None:
    one, other = ((1.0, 5.0),), ((1.0, 7.0),)
    assert statistic(Statistic.LAST, [one, other], 2, 10).value == 7
    assert statistic(Statistic.LAST, [other, one], 2, 10).value == 7


@pytest.mark.parametrize("whole", [100, 700, 1_100])
def test_a_ratio_at_a_limit_is_at_it_and_not_a_hair_past(whole: int) -> None:
    for percent in range(101):
        assert ratio(percent * whole / 100, whole, 0).value == percent


@pytest.mark.parametrize(
    ("part", "whole", "minimum", "value"),
    [
        ((1.0,), (200.0,), 20, 0.5),
        ((0.0,), (200.0,), 20, 0.0),
        ((0.0,), (0.0,), 0, None),
        ((), (), 0, None),
        ((1.0,), (19.0,), 20, None),
        ((1.0,), (20.0,), 20, 5.0),
        ((), (20.0,), 20, None),
        ((1.0,), (-5.0,), 0, None),
    ],
)
def test_a_ratio_of_nothing_or_of_too_few_is_no_data(
    part: tuple[float, ...], whole: tuple[float, ...], minimum: float, value: float | None
) -> None:
    found = statistic(
        Statistic.RATIO,
        [[(1.0, one) for one in part]],
        2,
        10,
        [[(1.0, one) for one in whole]],
        minimum,
    )
    assert found.value == value


def test_a_counter_that_starts_anew_is_no_decrease() -> None:
    counter = ((0.0, 100.0), (10.0, 160.0), (20.0, 5.0), (30.0, 25.0))
    assert statistic(Statistic.RATE, [counter], 30, 100).value == pytest.approx((60 + 5 + 20) / 30)


def test_a_rate_needs_two_readings_and_says_so() -> None:
    assert statistic(Statistic.RATE, [((0.0, 1.0),)], 1, 10).reason == "needs a second reading"


def test_the_percentile_is_the_nearest_rank() -> None:
    hundred = [float(one) for one in range(1, 101)]
    assert percentile(hundred, 95) == 95
    assert percentile(hundred[:20], 95) == 19
    assert percentile([7.0], 95) == 7
    assert percentile([1.0, 2.0], 50) == 1


TIMES = st.floats(0, 1_000).map(lambda one: round(one, 1))
NUMBERS = st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(math.nan))


@settings(max_examples=examples(150))
@given(
    st.lists(st.tuples(TIMES, NUMBERS), max_size=150),
    st.sampled_from([30.0, 300.0]),
    st.booleans(),
)
def test_a_window_kept_up_to_date_says_the_same(
    readings: list[tuple[float, float | None]], window_s: float, in_order: bool
) -> None:
    readings = list({at: (at, value) for at, value in readings}.values())
    if in_order:
        readings.sort(key=lambda one: one[0])
    window = Window(window_s, ordered=True, counter=True)
    now = 0.0
    for at, value in readings:
        window.add(at, value)
        now = max(now, at)
        window.advance(now)
        if in_order:
            _same(window, readings, now, window_s)
    _same(window, readings, now, window_s)


def _same(
    window: Window, readings: list[tuple[float, float | None]], now: float, window_s: float
) -> None:
    seen = [one for one in readings if one[0] <= now]
    count = statistic(Statistic.COUNT, [seen], now, window_s).value
    assert window.nonzero == (count or 0)
    mean = statistic(Statistic.AVERAGE, [seen], now, window_s).value
    if mean is None:
        assert window.count == 0
        return
    assert window.total / window.count == pytest.approx(mean, rel=1e-9, abs=1e-6)
    assert window.maximum == statistic(Statistic.MAXIMUM, [seen], now, window_s).value
    assert window.minimum == statistic(Statistic.MINIMUM, [seen], now, window_s).value
    p95 = statistic(Statistic.P95, [seen], now, window_s).value
    assert percentile(window.ordered(), 95) == p95
    rate = statistic(Statistic.RATE, [seen], now, window_s).value
    assert (window.rate_per_s is None) == (rate is None)
    if rate is not None:
        assert window.rate_per_s == pytest.approx(rate, rel=1e-6, abs=1e-6)


def test_a_huge_reading_leaves_no_trace_once_it_has_left() -> None:
    window = Window(60)
    window.add(0, 1e300)
    for second in range(1, 200):
        window.add(float(second), 1.0)
        window.advance(float(second))
    assert window.total == 60


def test_a_month_is_kept_in_slices_and_still_adds_up() -> None:
    window = Window(30 * 86_400.0, ordered=True)
    rng, total = random.Random(1), 0.0
    for index in range(50_000):
        value = rng.random()
        total += value
        window.add(index * 51.0, value)
    window.advance(50_000 * 51.0)
    assert window.count == 50_000
    assert window.total == pytest.approx(total)
    assert len(window._chunks) <= 1_441
    assert 0.3 < percentile(window.ordered(), 50) < 0.7
    assert window.window_s > EXACT_WINDOW_S


def test_slices_from_history_count_until_they_leave() -> None:
    window = Window(2 * 86_400.0)
    window.preload(Slice(start_s=0, end_s=60, count=4, total=8, nonzero=3, minimum=0, maximum=5))
    window.add(1_000, 12.0)
    window.advance(1_000)
    assert (window.count, window.total, window.nonzero, window.maximum) == (5, 20, 4, 12)
    window.advance(2 * 86_400.0 + 61)
    assert (window.count, window.total) == (1, 12)


@settings(max_examples=examples(100))
@given(st.permutations([(10.0, 1.0), (10.0, 5.0), (20.0, 2.0), (20.0, None)]))
def test_the_order_of_readings_at_one_instant_does_not_matter(
    readings: list[tuple[float, float | None]],
) -> None:
    readings.sort(key=lambda one: one[0])
    window = Window(100, ordered=True, counter=True)
    for at, value in readings:
        window.add(at, value)
    assert (window.count, window.total, window.newest) == (3, 8.0, (20.0, 2.0))
    assert window.rate_per_s == pytest.approx((4 + 2) / 10)
