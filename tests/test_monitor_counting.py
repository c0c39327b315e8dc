"""Counts, sums and increases in a window that lets go exactly on time."""

import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.increments import Increments
from monitor.kpis import KpiTrack
from monitor.statistics import statistic
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.windows import Window
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from providers.readings import Reading, SourceId
from tests.examples import examples
from tests.fakes import START as DAY
from tests.fakes import source_spec

SOURCE = SourceId("lma/production/db/main")
FAILED = SeriesRef(source=SOURCE, metric="connect_failed")
OVER_THREE = Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=3, clear_consecutive=1)


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=1_000 + seconds)


def spec(kind: Statistic, *bands: Band, window_s: float = 300) -> KpiSpec:
    return KpiSpec(
        key="failures",
        title="Failures",
        environment="production",
        unit="count",
        series=(FAILED,),
        statistic=kind,
        window_s=window_s,
        bands=bands,
    )


class Counted:
    """A KPI that is fed plain numbers and looked at once a second."""

    def __init__(self, kind: Statistic, *bands: Band, window_s: float = 300) -> None:
        sources = {SOURCE: source_spec(SOURCE, interval_s=10)}
        self.track = KpiTrack(spec(kind, *bands, window_s=window_s), sources)

    def feed(self, seconds: float, value: float | None) -> Phase:
        self.track.add(FAILED, Reading.of(SOURCE, "connect_failed", value, "", at(seconds)))
        return self.phase(seconds)

    def phase(self, seconds: float) -> Phase:
        return self.track.view(at(seconds)).verdict.phase

    def value(self, seconds: float) -> float | None:
        return self.track.view(at(seconds)).value


def test_the_fourth_failure_in_five_minutes_fires_and_the_third_does_not() -> None:
    counted = Counted(Statistic.COUNT, OVER_THREE)
    assert [counted.feed(second, 1.0) for second in (0, 60, 120)] == [Phase.OK] * 3
    assert counted.feed(299, 1.0) is Phase.FIRING


def test_the_fourth_failure_after_five_minutes_is_the_third_in_them() -> None:
    counted = Counted(Statistic.COUNT, OVER_THREE)
    for second in (0, 60, 120):
        counted.feed(second, 1.0)
    assert counted.feed(300, 1.0) is Phase.OK
    assert counted.value(300) == 3


def test_the_window_lets_go_exactly_after_five_minutes_without_a_new_reading() -> None:
    counted = Counted(Statistic.COUNT, OVER_THREE)
    for second in (0, 2, 4, 6):
        counted.feed(second, 1.0)
    for second in range(10, 300, 10):
        counted.feed(second, 0.0)
    counted.feed(299, 0.0)
    assert counted.phase(299.9) is Phase.FIRING
    assert counted.value(299.9) == 4
    # The band clears with the first good sample: the moment at which the first failure is 5 m old.
    assert counted.phase(300.0) is Phase.OK
    assert counted.value(300.0) == 3


def test_what_leaves_the_window_is_told_by_its_own_time_and_not_by_ours() -> None:
    counted = Counted(Statistic.COUNT, OVER_THREE)
    for second in (0, 2, 4, 6):
        counted.feed(second, 1.0)
    counted.feed(290, 0.0)
    view = counted.track.view(at(300.8))
    assert view.value == 3
    assert view.at is not None
    assert view.at.tick_s == pytest.approx(1_300)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.0, 3.0], 5.0),
        ([2.0, None, 3.0], 5.0),
        ([-1.0, 1.0], 0.0),
        ([None], None),
        ([], None),
        ([math.nan], None),
    ],
)
def test_a_sum_adds_what_there_is_and_nothing_else(
    values: list[float | None], expected: float | None
) -> None:
    series = [(float(index), value) for index, value in enumerate(values)]
    assert statistic(Statistic.SUM, [series], 10, 300).value == expected


@pytest.mark.parametrize(
    ("readings", "now", "expected"),
    [
        # Two readings tell what grew between them.
        ([(0, 10), (10, 14)], 10, 4),
        # One reading alone tells nothing.
        ([(0, 10)], 0, None),
        # A counter that starts anew shows what is new.
        ([(0, 100), (10, 3), (20, 5)], 20, 5),
        # What grew is counted from the reading that showed it, and leaves exactly on time.
        ([(0, 10), (10, 14), (20, 15)], 309, 5),
        ([(0, 10), (10, 14), (20, 15)], 310, 1),
        # The reading it is measured from may lie before the window.
        ([(0, 10), (10, 14), (250, 15)], 311, 1),
        # Over a gap as long as the window nobody knows when it grew.
        ([(0, 10), (301, 99)], 301, None),
        ([(0, 10), (300, 99)], 300, 89),
    ],
)
def test_an_increase_is_what_a_counter_grew_by(
    readings: list[tuple[float, float]], now: float, expected: float | None
) -> None:
    assert statistic(Statistic.INCREASE, [readings], now, 300).value == expected
    counted = Counted(Statistic.INCREASE)
    for second, value in readings:
        counted.feed(second, value)
    assert counted.track._compute(at(now)).value == expected


TIMES = st.floats(0, 1_000).map(lambda one: round(one, 1))
NUMBERS = st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(math.nan), st.just(math.inf))


@settings(max_examples=examples(150))
@given(
    st.lists(st.tuples(TIMES, NUMBERS), max_size=80),
    st.sampled_from([30.0, 300.0]),
    st.booleans(),
)
def test_increments_kept_up_to_date_say_what_the_definition_says(
    readings: list[tuple[float, float | None]], window_s: float, in_order: bool
) -> None:
    if in_order:
        readings.sort(key=lambda one: one[0])
    kept, now = Increments(window_s), 0.0
    for number, (second, value) in enumerate(readings):
        kept.add(second, value)
        now = max(now, second)
        if in_order:
            kept.advance(now)
            _same(kept, readings[: number + 1], now, window_s)
    kept.advance(now)
    _same(kept, readings, now, window_s)


def _same(
    kept: Increments, readings: list[tuple[float, float | None]], now: float, window_s: float
) -> None:
    expected = statistic(Statistic.INCREASE, [readings], now, window_s).value
    assert (kept.total is None) == (expected is None)
    if expected is not None:
        assert kept.total == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(max_examples=examples(100))
@given(st.lists(st.tuples(TIMES, NUMBERS), max_size=80), st.sampled_from([30.0, 300.0]))
def test_a_sum_kept_up_to_date_says_what_the_definition_says(
    readings: list[tuple[float, float | None]], window_s: float
) -> None:
    readings.sort(key=lambda one: one[0])
    window, now = Window(window_s), 0.0
    for second, value in readings:
        window.add(second, value)
        now = second
        window.advance(now)
    expected = statistic(Statistic.SUM, [readings], now, window_s).value
    assert (window.count == 0) == (expected is None)
    if expected is not None:
        assert window.total == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(st.integers(0, 900), st.sampled_from([0.0, 1.0])), max_size=60),
    st.integers(1, 40),
)
def test_the_count_at_any_second_is_that_of_the_definition(
    readings: list[tuple[int, float]], often: int
) -> None:
    """However often it is looked at: what has left is never counted, what has not always is."""
    readings.sort(key=lambda one: one[0])
    counted = Counted(Statistic.COUNT, OVER_THREE)
    waiting = list(readings)
    series = [(1_000.0 + second, value) for second, value in readings]
    for now in range(0, 1_000, often):
        while waiting and waiting[0][0] <= now:
            second, value = waiting.pop(0)
            counted.track.add(FAILED, Reading.of(SOURCE, "f", value, "", at(second)))
        seen = [one for one in series if one[0] <= 1_000 + now]
        expected = statistic(Statistic.COUNT, [seen], 1_000 + now, 300).value
        view = counted.track.view(at(now))
        if expected:
            assert view.value == expected
        else:
            assert not view.value
        assert (view.verdict.level is Level.CRITICAL) or not (expected or 0) > 3
