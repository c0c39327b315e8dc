"""The transition table of bands, to the sample, and what must hold for any readings."""

import json
import math
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bands import is_bad, is_good, limit_words, past_words
from monitor.judge import Judged, judge
from monitor.rule_states import decode_bands, encode_bands
from monitor.rules import START, BandState, Sample, step
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from providers.clock import Moment
from tests.examples import examples
from tests.fakes import START as DAY

HOLDS_S = 35.0


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=1_000 + seconds)


def sample(seconds: float, value: float | None, holds_s: float = HOLDS_S) -> Sample:
    return Sample(value=value, at=at(seconds), reason="" if value else "gone", holds_s=holds_s)


def band(
    limit: float = 5.0,
    *,
    name: BandName = BandName.CRITICAL,
    comparison: Comparison = Comparison.ABOVE,
    **more: float,
) -> Band:
    return Band(name=name, comparison=comparison, limit=limit, **more)  # type: ignore[arg-type]


def phases(one: Band, values: list[float | None], every_s: float = 15.0) -> list[Phase]:
    """The phases after each of some values that come at an even pace."""
    state, found = START, []
    for index, value in enumerate(values):
        state = step(one, state, sample(index * every_s, value))
        found.append(state.phase)
    return found


OK, PENDING, FIRING, RECOVERING = Phase.OK, Phase.PENDING, Phase.FIRING, Phase.RECOVERING


@pytest.mark.parametrize(
    ("one", "values", "expected"),
    [
        pytest.param(
            band(), [5, 6], [OK, FIRING], id="instant fires at the first, not at 5 itself"
        ),
        pytest.param(
            band(comparison=Comparison.AT_LEAST), [4.99, 5], [OK, FIRING], id="inclusive fires at 5"
        ),
        pytest.param(
            band(comparison=Comparison.BELOW), [5, 4.9], [OK, FIRING], id="the other direction"
        ),
        pytest.param(
            band(comparison=Comparison.AT_MOST), [5.1, 5], [OK, FIRING], id="inclusive below"
        ),
        pytest.param(
            band(consecutive=3), [6, 6, 6], [PENDING, PENDING, FIRING], id="the third in a row"
        ),
        pytest.param(
            band(consecutive=3),
            [6, 6, 1, 6, 6, 6],
            [PENDING, PENDING, OK, PENDING, PENDING, FIRING],
            id="a good one in between starts anew",
        ),
        pytest.param(
            band(for_s=60),
            [6, 6, 6, 6, 6],
            [PENDING, PENDING, PENDING, PENDING, FIRING],
            id="for 60 s fires at 60 s and not a sample before",
        ),
        pytest.param(
            band(for_s=60),
            [6, 6, 6, 5, 6, 6],
            [PENDING, PENDING, PENDING, OK, PENDING, PENDING],
            id="a value at the limit ends the waiting",
        ),
        pytest.param(
            band(for_s=30, consecutive=4),
            [6, 6, 6, 6],
            [PENDING, PENDING, PENDING, FIRING],
            id="both conditions, the later one decides",
        ),
        pytest.param(
            band(), [6, 1, 1], [FIRING, RECOVERING, OK], id="clears with the second good in a row"
        ),
        pytest.param(
            band(),
            [6, 1, 6, 1, 1],
            [FIRING, RECOVERING, FIRING, RECOVERING, OK],
            id="a bad one while recovering fires on",
        ),
        pytest.param(
            band(clear_consecutive=1), [6, 1], [FIRING, OK], id="one good is enough if asked so"
        ),
        pytest.param(
            band(clear_limit=3),
            [6, 4, 2, 4, 2, 2],
            [FIRING, FIRING, RECOVERING, FIRING, RECOVERING, OK],
            id="between the limits is neither bad nor good",
        ),
        pytest.param(
            band(clear_for_s=30),
            [6, 1, 1, 1],
            [FIRING, RECOVERING, RECOVERING, OK],
            id="good for 30 s",
        ),
        pytest.param(
            band(consecutive=2),
            [6, None, 6],
            [PENDING, PENDING, FIRING],
            id="a missing one neither counts nor interrupts",
        ),
        pytest.param(
            band(),
            [6, None, 1, None, 1],
            [FIRING, FIRING, RECOVERING, RECOVERING, OK],
            id="missing data clears nothing",
        ),
        pytest.param(
            band(for_s=60),
            [6, 6, 6, None, 6, 6, 6],
            [PENDING] * 6 + [FIRING],
            id="time without data does not count: 30 s before, 30 s after",
        ),
        pytest.param(
            band(), [math.nan, math.inf, -math.inf], [OK, OK, OK], id="not finite: no data"
        ),
    ],
)
def test_the_transition_table(one: Band, values: list[float | None], expected: list[Phase]) -> None:
    assert phases(one, values) == expected


def test_time_that_no_sample_speaks_for_does_not_count() -> None:
    one = band(for_s=60)
    state = START
    for seconds in (0, 30, 130, 150):
        state = step(one, state, sample(seconds, 6))
    assert (state.phase, state.past_s) == (PENDING, 50)
    assert step(one, state, sample(160, 6)).phase is FIRING


def test_a_pending_band_whose_data_stayed_away_too_long_starts_anew() -> None:
    one = band(for_s=60)
    waited = step(one, step(one, START, sample(0, 6)), sample(30, 6))
    assert step(one, waited, sample(30 + 299, 6)).past_s == 30
    assert step(one, waited, sample(30 + 301, 6)).past_s == 0


def test_a_firing_band_fires_on_over_any_gap() -> None:
    one = band()
    state = step(one, START, sample(0, 6))
    assert step(one, state, sample(86_400, 6)).onset == at(0)
    assert step(one, state, sample(86_400, 1)).phase is RECOVERING


def test_a_sample_seen_before_changes_nothing() -> None:
    one = band(consecutive=2)
    state = step(one, START, sample(10, 6))
    assert step(one, state, sample(10, 6)) is state
    assert step(one, state, sample(5, 1)) is state


def judged(bands: Sequence[Band], values: Sequence[float | None], every_s: float = 15.0) -> Judged:
    states: tuple[BandState, ...] = (START,) * len(bands)
    for index, value in enumerate(values):
        now = index * every_s
        result = judge(bands, states, sample(now, value), at(now), "%")
        states = result.states
    return result


BANDS: list[Band] = [
    band(0.5, name=BandName.TARGET),
    band(1.0, name=BandName.REVIEW),
    band(2.0, name=BandName.WARNING, for_s=60),
    band(5.0, name=BandName.CRITICAL, for_s=30),
]


@pytest.mark.parametrize(
    ("values", "level", "phase", "missed"),
    [
        ([0.4], Level.OK, OK, False),
        ([0.6], Level.OK, OK, True),
        ([3.0], Level.WARNING, PENDING, False),
        ([3.0] * 5, Level.WARNING, FIRING, False),
        ([6.0] * 3, Level.CRITICAL, FIRING, False),
        ([6.0] * 3 + [3.0] * 2, Level.WARNING, FIRING, False),
        ([None], Level.UNKNOWN, Phase.UNKNOWN, False),
        ([0.4, None], Level.UNKNOWN, Phase.UNKNOWN, False),
        ([6.0] * 3 + [None], Level.CRITICAL, Phase.UNKNOWN, False),
        ([6.0, None], Level.UNKNOWN, Phase.UNKNOWN, False),
    ],
)
def test_the_worst_band_that_fires_decides(
    values: list[float | None], level: Level, phase: Phase, missed: bool
) -> None:
    result = judged(BANDS, values)
    assert (result.verdict.level, result.verdict.phase) == (level, phase)
    assert result.missed_target is missed
    assert result.verdict.why or level is Level.OK


def test_the_words_hold_the_numbers() -> None:
    assert judged(BANDS, [3.0, 3.0]).verdict.why == "3.0 % > 2 %, 15s of 1m"
    assert judged(BANDS, [0.7]).verdict.why == "misses target: 0.7 % > 0.5 %"
    assert "was firing when last seen" in judged(BANDS, [6.0] * 3 + [None]).verdict.why
    assert "1 of 2 good" in judged(BANDS, [6.0] * 3 + [0.1]).verdict.why
    assert limit_words(BANDS[2], "%") == "> 2 % for 1m"
    assert past_words(band(2.0), 2.001, "%") == "2.001 % > 2 %"


def test_a_pending_band_counts_on_between_samples_but_not_past_what_it_needs() -> None:
    result = judged(BANDS, [3.0, 3.0])
    later = judge(BANDS, result.states, sample(15, 3.0), at(15 + 20), "%")
    assert (later.verdict.elapsed_s, later.verdict.required_s) == (35, 60)
    assert later.states == result.states
    much_later = judge(BANDS, result.states, sample(15, 3.0), at(15 + 300), "%")
    assert much_later.verdict.elapsed_s == 15 + HOLDS_S
    assert much_later.verdict.phase is PENDING


def test_states_survive_a_restart_and_an_edit_of_one_band() -> None:
    result = judged(BANDS, [6.0, 6.0, 6.0, None])
    text = encode_bands(tuple(BANDS), result.states)
    json.loads(text)
    reborn = Moment(at=at(100).at, tick_s=5.0)
    states = decode_bands(tuple(BANDS), text, reborn)
    assert [one.phase for one in states] == [one.phase for one in result.states]
    assert states[3].onset is not None
    assert states[3].onset.age_s(reborn) == pytest.approx(100)
    edited = [*BANDS[:2], band(2.5, name=BandName.WARNING), BANDS[3]]
    kept = decode_bands(tuple(edited), text, reborn)
    assert kept[2] is START
    assert kept[3].phase is FIRING
    for broken in ("", "[", "{}", "[1]", '[{"band": "critical > 5.0"}]', "null"):
        assert decode_bands(tuple(BANDS), broken, reborn) == (START,) * 4


VALUES = st.one_of(
    st.none(), st.floats(-10, 10), st.sampled_from([math.nan, math.inf, -math.inf, 5.0])
)
GAPS = st.sampled_from([5.0, 15.0, 30.0, 60.0, 400.0])


@st.composite
def any_band(
    draw: st.DrawFn, comparison: Comparison | None = None, flapping: bool | None = None
) -> Band:
    limit = draw(st.sampled_from([-2.0, 0.0, 3.0, 5.0]))
    away = draw(st.sampled_from([None, 0.0, 1.0, 4.0]))
    how = comparison or draw(st.sampled_from(Comparison))
    up = how in {Comparison.ABOVE, Comparison.AT_LEAST}
    return Band(
        name=draw(st.sampled_from([BandName.WARNING, BandName.CRITICAL])),
        comparison=how,
        limit=limit,
        for_s=draw(st.sampled_from([0.0, 15.0, 60.0, 300.0])),
        consecutive=draw(st.integers(1, 4)),
        clear_limit=None if away is None else limit - away if up else limit + away,
        clear_for_s=draw(st.sampled_from([0.0, 30.0])),
        clear_consecutive=draw(st.integers(1, 3)),
        keep_firing_s=draw(st.sampled_from([0.0, 45.0])),
        flapping=draw(st.booleans()) if flapping is None else flapping,
    )


def levels(bands: list[Band], steps: list[tuple[float, float | None]]) -> list[Level]:
    states, now, found = (START,) * len(bands), 0.0, []
    for gap_s, value in steps:
        now += gap_s
        result = judge(bands, states, sample(now, value), at(now))
        states = result.states
        found.append(result.verdict.level)
    return found


@settings(max_examples=examples(150))
@given(st.lists(any_band(), max_size=4), st.lists(st.tuples(GAPS, VALUES), max_size=30))
def test_no_reading_makes_the_judge_raise_and_no_data_is_never_ok(
    bands: list[Band], steps: list[tuple[float, float | None]]
) -> None:
    for level, (_, value) in zip(levels(bands, steps), steps, strict=True):
        if value is None or not math.isfinite(value):
            assert level is not Level.OK


@settings(max_examples=examples(150))
@given(
    st.lists(any_band(Comparison.ABOVE, flapping=False), min_size=1, max_size=3),
    st.lists(st.tuples(GAPS, st.floats(-10, 10), st.floats(0, 10)), max_size=40),
)
def test_a_worse_history_is_never_judged_better(
    bands: list[Band], steps: list[tuple[float, float, float]]
) -> None:
    milder = levels(bands, [(gap, value) for gap, value, _ in steps])
    worse = levels(bands, [(gap, value + more) for gap, value, more in steps])
    assert all(bad >= mild for bad, mild in zip(worse, milder, strict=True))


@settings(max_examples=examples(150))
@given(any_band(), st.lists(st.tuples(GAPS, VALUES), min_size=1, max_size=30), st.randoms())
def test_a_restart_anywhere_changes_nothing(
    one: Band, steps: list[tuple[float, float | None]], rng: random.Random
) -> None:
    cut = rng.randrange(len(steps))
    straight, split, now = START, START, 0.0
    for index, (gap_s, value) in enumerate(steps):
        now += gap_s
        straight = step(one, straight, sample(now, value))
        split = step(one, split, sample(now, value))
        if index == cut:
            (split,) = decode_bands((one,), encode_bands((one,), (split,)), at(now))
    assert (split.phase, split.bad, split.good) == (straight.phase, straight.bad, straight.good)
    assert split.past_s == pytest.approx(straight.past_s, abs=1e-3)


@given(any_band(), st.floats(-10, 10))
def test_nothing_is_bad_and_good_at_once(one: Band, value: float) -> None:
    assert not (is_bad(one, value) and is_good(one, value))


@settings(max_examples=examples(100))
@given(any_band(), st.lists(st.tuples(GAPS, VALUES), max_size=20))
def test_judging_more_often_changes_no_state(
    one: Band, steps: list[tuple[float, float | None]]
) -> None:
    rarely: tuple[BandState, ...] = (START,)
    often, now = rarely, 0.0
    for gap_s, value in steps:
        now += gap_s
        rarely = judge([one], rarely, sample(now, value), at(now)).states
        for later in (0.0, 1.0, 3.0):
            often = judge([one], often, sample(now, value), at(now + later)).states
    assert rarely == often
