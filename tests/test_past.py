"""The past of a KPI: what is charted is what is judged."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.history_blocks import Bucket, regroup, single
from monitor.history_steps import Point
from monitor.past import Span, past, window_shown_s
from monitor.statistics import statistic
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.readings import SourceId

PART = SeriesRef(source=SourceId("lma/production/api/metrics"), metric="errors")
WHOLE = SeriesRef(source=SourceId("lma/production/api/metrics"), metric="requests")
MINUTE, HOUR = 60_000, 3_600_000
START = 1_700_000_000_000 // HOUR * HOUR


def kpi(kind: Statistic, window_s: float = 300, least: float = 0, scale: float = 1) -> KpiSpec:
    return KpiSpec(
        key="k", title="K", environment="production", unit="", series=(PART,), statistic=kind,
        window_s=window_s, bands=(), minimum_attempts=least, scale=scale,
        denominator=(WHOLE,) if kind is Statistic.RATIO else (),
    )  # fmt: skip


def readings(*values: float | None, every_ms: int = 15_000, begin: int = START) -> list[Bucket]:
    """One each interval, the first one interval after the start."""
    return [single(begin + (place + 1) * every_ms, value) for place, value in enumerate(values)]


def span(minutes: float, step_ms: int = MINUTE, grain_ms: int = 0) -> Span:
    end_ms = START + int(minutes * MINUTE)
    return Span(start_ms=START, end_ms=end_ms, step_ms=step_ms, grain_ms=grain_ms)


def values(found: tuple[Point, ...]) -> list[float | None]:
    return [None if one.value is None else round(one.value, 6) for one in found]


def test_a_ratio_is_charted_as_a_ratio() -> None:
    kept = {PART: readings(*[5.0] * 40), WHOLE: readings(*[100.0] * 40)}
    assert values(past(kpi(Statistic.RATIO), kept, span(10))) == [5.0] * 10


def test_too_few_attempts_are_a_gap_and_not_zero() -> None:
    kept = {PART: readings(*[0.0] * 40), WHOLE: readings(*[0.1] * 40)}
    assert values(past(kpi(Statistic.RATIO, least=20), kept, span(10))) == [None] * 10


def test_no_attempts_are_a_gap() -> None:
    kept = {PART: readings(*[0.0] * 40), WHOLE: readings(*[0.0] * 40)}
    assert values(past(kpi(Statistic.RATIO), kept, span(10))) == [None] * 10


def test_a_counter_that_starts_anew_has_no_negative_rate() -> None:
    counter = [*range(0, 300, 15), *range(15, 300, 15)]
    found = past(kpi(Statistic.RATE, 60), {PART: readings(*counter)}, span(9))
    assert set(values(found)) == {1.0}


def test_a_gap_in_the_readings_is_a_gap_on_the_chart() -> None:
    before = readings(*[7.0] * 20)
    after = readings(*[9.0] * 20, begin=START + 15 * MINUTE)
    found = values(past(kpi(Statistic.AVERAGE, 60), {PART: before + after}, span(20)))
    assert found[0] == 7.0
    assert found[-1] == 9.0
    assert found[6:15] == [None] * 9


def test_a_window_longer_than_the_gap_does_not_hide_it() -> None:
    before = readings(*[1.0] * 20)
    after = readings(*[1.0] * 20, begin=START + 15 * MINUTE)
    found = values(past(kpi(Statistic.AVERAGE, 86_400), {PART: before + after}, span(20)))
    assert None in found[6:15]


def test_a_spike_of_a_minute_stays_visible_in_a_step_of_an_hour() -> None:
    quiet = [2.0] * 240
    quiet[100] = 90.0
    minutes = regroup(readings(*quiet), MINUTE)
    for kind in (Statistic.LAST, Statistic.MAXIMUM):
        (hour, *_) = past(kpi(kind, 60), {PART: minutes}, span(60, HOUR, MINUTE))
        assert hour.maximum == 90.0
        assert hour.value is not None
        assert hour.value < 10


def test_a_ratio_of_a_bad_minute_stays_visible_in_a_step_of_an_hour() -> None:
    bad = [0.0] * 240
    bad[100:104] = [50.0] * 4
    kept = {PART: regroup(readings(*bad), MINUTE), WHOLE: regroup(readings(*[100.0] * 240), MINUTE)}
    (hour, *_) = past(kpi(Statistic.RATIO, 60), kept, span(60, HOUR, MINUTE))
    assert hour.maximum is not None
    assert hour.maximum >= 25
    assert hour.minimum == 0


@pytest.mark.parametrize("minute", range(0, 240, 7))
def test_a_look_now_and_then_overlooks_no_bad_minute(minute: int) -> None:
    bad = [0.0] * 240 * 4
    bad[minute * 4 : minute * 4 + 4] = [50.0] * 4
    kept = {PART: regroup(readings(*bad), MINUTE), WHOLE: regroup(readings(*[100.0] * 960), MINUTE)}
    few = replace(span(240, HOUR, MINUTE), most_looks=10)
    assert few.look_ms(300) == 5 * MINUTE
    assert max(one.maximum or 0 for one in past(kpi(Statistic.RATIO, 300), kept, few)) >= 7.4


def test_what_a_point_stands_for_is_told_when_it_is_coarser_than_the_window() -> None:
    assert window_shown_s(kpi(Statistic.RATIO), span(60, HOUR, HOUR)) == 3_600
    assert window_shown_s(kpi(Statistic.RATIO), span(60, HOUR, MINUTE)) == 300


def test_the_scale_counts() -> None:
    found = past(kpi(Statistic.LAST, scale=0.001), {PART: readings(*[2000.0] * 8)}, span(1))
    assert found[0].value == found[0].minimum == found[0].maximum == 2.0


def test_an_uptime_of_the_calendar_month_begins_anew_with_the_month() -> None:
    day = 24 * HOUR
    begin = 1_698_796_800_000  # 2023-11-01 in UTC
    bad_october = regroup(readings(*[0.0] * 47, every_ms=HOUR, begin=begin - 2 * day), HOUR)
    good = regroup(readings(*[1.0] * 47, every_ms=HOUR, begin=begin), HOUR)
    spec = replace(kpi(Statistic.UPTIME, 30 * 86_400), calendar_month=True)
    whole = Span(start_ms=begin - day, end_ms=begin + 2 * day, step_ms=day, grain_ms=HOUR)
    found = values(past(spec, {PART: bad_october + good}, whole))
    assert found[0] == 0
    assert found[-1] == 100


def test_nothing_kept_is_nothing_but_gaps() -> None:
    for kind in Statistic:
        assert set(values(past(kpi(kind), {}, span(10)))) <= {None}


SAME = [kind for kind in Statistic if kind not in {Statistic.LAST, Statistic.UPTIME}]
NUMBERS = st.lists(st.none() | st.integers(0, 1_000_000).map(float), min_size=1, max_size=60)


@pytest.mark.parametrize("kind", SAME)
@given(part=NUMBERS, whole=NUMBERS, window=st.sampled_from([30.0, 60.0, 300.0, 7200.0]))
def test_each_look_is_what_the_judge_would_have_said(
    kind: Statistic, part: list[float | None], whole: list[float | None], window: float
) -> None:
    """Wherever there is a number at all: gaps follow freshness, which the judge sees live."""
    kept = {PART: readings(*part), WHOLE: readings(*whole)}
    found = past(kpi(kind, window), kept, span(15, 15_000))
    pairs = {ref: [(one.at_ms / 1000, one.total if one.count else None) for one in kept[ref]]
             for ref in kept}  # fmt: skip
    for one in found:
        if one.value is None:
            continue
        said = statistic(kind, [pairs[PART]], one.at.timestamp() + 15, window, [pairs[WHOLE]])
        if said.value is None:
            # With one reading inside, the one just before tells of growth too.
            assert kind is Statistic.RATE
            continue
        assert math.isclose(one.value, said.value, rel_tol=1e-6, abs_tol=1e-6)


@given(
    st.sampled_from(list(Statistic)),
    st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), max_size=60),
    st.sampled_from([0, MINUTE]),
)
def test_no_number_makes_it_raise_or_draw_what_is_no_number(
    kind: Statistic, numbers: list[float | None], grain: int
) -> None:
    part = readings(*numbers)
    kept = {PART: regroup(part, MINUTE) if grain else part, WHOLE: part}
    for one in past(kpi(kind, 60), kept, span(15, 5 * MINUTE, grain)):
        if one.value is not None and one.minimum is not None and one.maximum is not None:
            assert math.isfinite(one.value)
            assert one.minimum <= one.maximum
