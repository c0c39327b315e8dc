"""What holds for any history of bands, endpoint checks and silent KPIs."""

import itertools
import math
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.check_states import decode_check, encode_check
from monitor.endpoint_verdicts import verdict_of as check_verdict
from monitor.endpoints import CheckState, judge_check
from monitor.flapping import ENTER, SAMPLES, changes, remember, samples
from monitor.judge import judge
from monitor.kpis import KpiTrack
from monitor.no_data import Patience, Silence, decode_silence, encode_silence
from monitor.no_data import step as silence_step
from monitor.no_data import verdict_of as silence_verdict
from monitor.rule_states import decode_bands, encode_bands
from monitor.rules import START, BandState, Sample, step
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.workspace import CheckSpec, KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from providers.probe_readings import Role
from providers.readings import Reading, SourceId
from tests.examples import examples
from tests.fakes import START as DAY
from tests.fakes import probe, source_spec

HOLDS_S = 35.0
SOURCE = SourceId("lma/production/api/health")


def at(seconds: float, wall_s: float = 0.0) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds + wall_s), tick_s=1_000 + seconds)


def sample(seconds: float, value: float | None, wall_s: float = 0.0) -> Sample:
    return Sample(value=value, at=at(seconds, wall_s), reason="gone", holds_s=HOLDS_S)


ODD = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5.0, 1.7e308, -1.7e308, 5e-324, -1.0]
VALUES = st.one_of(st.none(), st.floats(-10, 10), st.sampled_from(ODD))
GAPS = st.sampled_from([5.0, 15.0, 15.0, 15.0, 30.0, 60.0, 400.0])
STEPS = st.lists(st.tuples(GAPS, VALUES), max_size=60)
SWINGS = st.lists(st.tuples(st.just(15.0), st.sampled_from([0.0, 4.0, 9.0])), max_size=60)
"""Values around the limits at an even pace, as what flaps has them."""

UP = st.sampled_from([Comparison.ABOVE, Comparison.AT_LEAST])
DOWN = st.sampled_from([Comparison.BELOW, Comparison.AT_MOST])


@st.composite
def any_band(draw: st.DrawFn, how: st.SearchStrategy[Comparison] = UP | DOWN) -> Band:
    comparison = draw(how)
    up = comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
    limit = draw(st.sampled_from([-2.0, 0.0, 3.0, 5.0]))
    away = draw(st.sampled_from([None, 0.0, 1.0, 4.0]))
    return Band(
        name=draw(st.sampled_from([BandName.WARNING, BandName.CRITICAL])),
        comparison=comparison,
        limit=limit,
        for_s=draw(st.sampled_from([0.0, 15.0, 60.0, 300.0])),
        consecutive=draw(st.integers(1, 4)),
        clear_limit=None if away is None else limit - away if up else limit + away,
        clear_for_s=draw(st.sampled_from([0.0, 30.0])),
        clear_consecutive=draw(st.integers(1, 3)),
        keep_firing_s=draw(st.sampled_from([0.0, 45.0, 300.0])),
    )


def steady(bands: Sequence[Band]) -> list[Band]:
    """The same bands, which never flap."""
    return [replace(band, flapping=False) for band in bands]


def levels(bands: Sequence[Band], steps: Sequence[tuple[float, float | None]]) -> list[Level]:
    states, now, found = (START,) * len(bands), 0.0, []
    for gap_s, value in steps:
        now += gap_s
        result = judge(bands, states, sample(now, value), at(now), "%")
        states = result.states
        found.append(result.verdict.level)
    return found


@st.composite
def two_histories(draw: st.DrawFn) -> tuple[list[tuple[float, float | None]], list[float]]:
    """A history, and how much worse each of its samples is in another one."""
    steps = draw(st.lists(st.tuples(GAPS, st.none() | st.floats(-10, 10)), max_size=50))
    more = draw(st.lists(st.floats(0, 10), min_size=len(steps), max_size=len(steps)))
    return steps, more


@settings(max_examples=examples(120))
@given(st.sampled_from([1, -1]).flatmap(lambda sign: st.tuples(
    st.just(sign), st.lists(any_band(UP if sign > 0 else DOWN), min_size=1, max_size=3))),
    two_histories())  # fmt: skip
def test_a_worse_history_is_never_judged_better(
    directed: tuple[int, list[Band]],
    histories: tuple[list[tuple[float, float | None]], list[float]],
) -> None:
    """Without flapping: sample by sample at least as bad gives a level at least as bad.

    With it: a worse history may be calm (down for good, then well) where the milder one still
    flaps. What holds is that it is never better than the milder one would be without that.
    """
    (sign, bands), (steps, more) = directed, histories
    worse = [
        (gap, None if value is None else value + sign * extra)
        for (gap, value), extra in zip(steps, more, strict=True)
    ]
    mild = levels(steady(bands), steps)
    assert all(bad >= one for bad, one in zip(levels(steady(bands), worse), mild, strict=True))
    assert all(bad >= one for bad, one in zip(levels(bands, worse), mild, strict=True))


@settings(max_examples=examples(150))
@given(st.lists(any_band(), min_size=1, max_size=3), STEPS | SWINGS)
def test_flapping_holds_an_alert_and_never_makes_one_milder(
    bands: list[Band], steps: list[tuple[float, float | None]]
) -> None:
    pairs = zip(levels(bands, steps), levels(steady(bands), steps), strict=True)
    assert all(flapping >= plain for flapping, plain in pairs)


@settings(max_examples=examples(150))
@given(any_band(), STEPS | SWINGS)
def test_flapping_never_meets_a_rule_before_its_time(
    band: Band, steps: list[tuple[float, float | None]]
) -> None:
    plain, state, now = START, START, 0.0
    first: Moment | None = None
    plain_first: Moment | None = None
    for gap_s, value in steps:
        now += gap_s
        plain = step(replace(band, flapping=False), plain, sample(now, value))
        state = step(band, state, sample(now, value))
        assert not (plain.active and not state.active)
        first, plain_first = first or state.fired, plain_first or plain.fired
        assert first == plain_first
        if state.phase is Phase.FLAPPING:
            assert changes(state.seen) > 3
        if samples(state.seen) <= ENTER:
            assert state.phase is not Phase.FLAPPING


@given(st.lists(st.booleans(), max_size=60))
def test_changes_are_those_between_neighbours_of_the_last_21(sides: list[bool]) -> None:
    seen = 1
    for one in sides:
        seen = remember(seen, bad=one)
    last = sides[-SAMPLES:]
    assert samples(seen) == len(last)
    assert changes(seen) == sum(a != b for a, b in itertools.pairwise(last))


def plain(state: BandState) -> tuple[object, ...]:
    """A state without its times, which a restart keeps to the microsecond only."""
    return (
        state.phase, state.bad, state.good, state.seen, state.last_bad, state.last_good,
        *(None if one is None else one.at for one in (state.since, state.onset, state.fired)),
    )  # fmt: skip


@settings(max_examples=examples(150))
@given(any_band(), STEPS | SWINGS, st.sets(st.integers(0, 60), max_size=5))
def test_restarts_anywhere_change_no_state_of_a_band(
    band: Band, steps: list[tuple[float, float | None]], cuts: set[int]
) -> None:
    straight, split, now, shift_s = START, START, 0.0, 0.0
    for index, (gap_s, value) in enumerate(steps):
        now += gap_s
        one = sample(now, value)
        straight = step(band, straight, one)
        # Each run of the program has ticks of its own.
        moved = replace(one, at=replace(one.at, tick_s=one.at.tick_s + shift_s))
        split = step(band, split, moved)
        if index in cuts:
            shift_s += 12_345.678
            reborn = replace(one.at, tick_s=one.at.tick_s + shift_s)
            (split,) = decode_bands((band,), encode_bands((band,), (split,)), reborn)
        assert plain(split) == plain(straight)
        assert split.past_s == pytest.approx(straight.past_s, abs=1e-3)


@settings(max_examples=examples(100))
@given(st.lists(any_band(), min_size=1, max_size=3), STEPS | SWINGS)
def test_judging_more_often_changes_no_state(
    bands: list[Band], steps: list[tuple[float, float | None]]
) -> None:
    rarely: tuple[BandState, ...] = (START,) * len(bands)
    often, now = rarely, 0.0
    for gap_s, value in steps:
        now += gap_s
        rarely = judge(bands, rarely, sample(now, value), at(now)).states
        for later_s in (0.0, 1.0, 4.0):
            often = judge(bands, often, sample(now, value), at(now + later_s)).states
        assert rarely == often


@settings(max_examples=examples(100))
@given(any_band(), STEPS | SWINGS, st.lists(st.sampled_from([0.0, -7_200.0, 86_400.0])))
def test_a_wall_clock_that_is_set_either_way_changes_nothing(
    band: Band, steps: list[tuple[float, float | None]], jumps: list[float]
) -> None:
    straight, jumped, now, wall_s = START, START, 0.0, 0.0
    for index, (gap_s, value) in enumerate(steps):
        now += gap_s
        wall_s += jumps[index] if index < len(jumps) else 0.0
        straight = step(band, straight, sample(now, value))
        jumped = step(band, jumped, sample(now, value, wall_s))
        assert (jumped.phase, jumped.past_s, jumped.good_s, jumped.seen) == (
            straight.phase, straight.past_s, straight.good_s, straight.seen)  # fmt: skip


TIMES = st.one_of(st.floats(-1e7, 1e7), st.sampled_from([0.0, 15.0, 1e9, -1e9]))


@settings(max_examples=examples(150))
@given(
    st.lists(any_band(), max_size=3),
    st.lists(st.tuples(TIMES, VALUES, st.sampled_from([0.0, 35.0, math.inf]))),
)
def test_nothing_makes_a_band_raise_and_no_number_is_ever_ok(
    bands: list[Band], steps: list[tuple[float, float | None, float]]
) -> None:
    states: tuple[BandState, ...] = (START,) * len(bands)
    for seconds, value, holds_s in steps:
        one = Sample(value=value, at=at(seconds), reason="gone", holds_s=holds_s)
        result = judge(bands, states, one, at(-seconds), "%")
        states = decode_bands(tuple(bands), encode_bands(tuple(bands), result.states), at(seconds))
        if value is None or not math.isfinite(value):
            assert result.verdict.level is not Level.OK
            assert result.verdict.why


CHECK = CheckSpec(source=SOURCE, role=Role.DEEP, slow_ms=2_000)
ANSWERS = {"good": probe(), "bad": probe(503), "slow": probe(total_ms=3_000)}


@st.composite
def any_check(draw: st.DrawFn) -> CheckSpec:
    return replace(
        CHECK,
        failures_to_fire=draw(st.integers(1, 4)),
        successes_to_clear=draw(st.integers(1, 3)),
        keep_firing_s=draw(st.sampled_from([0.0, 45.0, 300.0])),
    )


HISTORIES = st.lists(st.tuples(GAPS, st.sampled_from(["good", "bad", "slow"])), max_size=60)


def check_levels(spec: CheckSpec, steps: Sequence[tuple[float, str]]) -> list[Level]:
    state, now, found = CheckState(), 0.0, []
    for gap_s, answer in steps:
        now += gap_s
        state = judge_check(spec, state, ANSWERS[answer], at(now), HOLDS_S)
        found.append(check_verdict(spec, state, state.shown, 0.0).level)
    return found


@settings(max_examples=examples(150))
@given(any_check(), HISTORIES, st.data())
def test_a_check_that_failed_more_often_is_never_judged_better(
    spec: CheckSpec, steps: list[tuple[float, str]], data: st.DataObject
) -> None:
    calm = replace(spec, flapping=False)
    turned = data.draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)))
    worse = [(gap, "bad" if bad else one) for (gap, one), bad in zip(steps, turned, strict=True)]
    mild = check_levels(calm, steps)
    assert all(bad >= one for bad, one in zip(check_levels(calm, worse), mild, strict=True))
    assert all(bad >= one for bad, one in zip(check_levels(spec, worse), mild, strict=True))


@settings(max_examples=examples(150))
@given(any_check(), HISTORIES, st.sets(st.integers(0, 60), max_size=5))
def test_restarts_anywhere_change_no_state_of_a_check(
    spec: CheckSpec, steps: list[tuple[float, str]], cuts: set[int]
) -> None:
    straight, split, now = CheckState(), CheckState(), 0.0
    for index, (gap_s, answer) in enumerate(steps):
        now += gap_s
        straight = judge_check(spec, straight, ANSWERS[answer], at(now), HOLDS_S)
        split = judge_check(spec, split, ANSWERS[answer], at(now), HOLDS_S)
        if index in cuts:
            known = decode_check(encode_check(split), at(now))
            assert known is not None
            split = known
        assert encode_check(split) == encode_check(straight)


@settings(max_examples=examples(200))
@given(any_check(), HISTORIES)
def test_flapping_never_calls_a_check_down_before_its_time(
    spec: CheckSpec, steps: list[tuple[float, str]]
) -> None:
    plain, state, now = CheckState(), CheckState(), 0.0
    first: Moment | None = None
    plain_first: Moment | None = None
    for gap_s, answer in steps:
        now += gap_s
        plain = judge_check(replace(spec, flapping=False), plain, ANSWERS[answer], at(now), HOLDS_S)
        state = judge_check(spec, state, ANSWERS[answer], at(now), HOLDS_S)
        first, plain_first = first or state.fired, plain_first or plain.fired
        assert first == plain_first
        assert state.down or not plain.down
        if samples(state.seen) <= ENTER:
            assert state.phase is not Phase.FLAPPING


LOOKS = st.lists(st.tuples(st.sampled_from([1.0, 5.0, 20.0, 90.0]), st.booleans(), st.booleans()))
PATIENCE = Patience(no_data_s=60.0, due_s=HOLDS_S)


@settings(max_examples=examples(150))
@given(LOOKS)
def test_no_look_makes_a_silence_raise_and_offline_never_fires(
    looks: list[tuple[float, bool, bool]],
) -> None:
    state, now, heard = Silence(), 0.0, None
    for gap_s, number, offline in looks:
        now += gap_s
        heard = at(now) if number else heard
        before = state
        state = silence_step(PATIENCE, state, heard, at(now), suspended=offline)
        verdict = silence_verdict(PATIENCE, state, "gone")
        assert verdict.level is (Level.OK if state.phase is Phase.OK else Level.WARNING)
        assert bool(verdict.why) is (state.phase is not Phase.OK)
        assert state.active is (state.phase in {Phase.FIRING, Phase.RECOVERING})
        if offline and not before.active:
            assert not state.active
        known = decode_silence(encode_silence(PATIENCE, state), at(now))
        assert (known.phase if known else Phase.OK) is state.phase


@settings(max_examples=examples(100))
@given(st.lists(st.booleans(), max_size=40))
def test_looking_more_often_changes_no_silence(numbers: list[bool]) -> None:
    rarely, often, now, heard = Silence(), Silence(), 0.0, None
    for number in numbers:
        now += 10.0
        heard = at(now) if number else heard
        rarely = silence_step(PATIENCE, rarely, heard, at(now))
        often = silence_step(PATIENCE, often, heard, at(now))
        assert (rarely.phase, rarely.numbers) == (often.phase, often.numbers)
        assert rarely.waited_s == pytest.approx(often.waited_s, abs=1e-6)
        for later_s in (2.0, 5.0, 9.0):
            often = silence_step(PATIENCE, often, heard, at(now + later_s))
            if often.phase is not rarely.phase:
                # A look in between may see the end of the waiting; the next one sees it, too.
                caught_up = silence_step(PATIENCE, rarely, heard, at(now + later_s))
                assert caught_up.phase is often.phase


STATISTICS = [
    Statistic.LAST, Statistic.AVERAGE, Statistic.P50, Statistic.P95, Statistic.MAXIMUM,
    Statistic.MINIMUM, Statistic.COUNT, Statistic.RATIO,
]  # fmt: skip


def kpi_track(kind: Statistic) -> KpiTrack:
    refs = [SeriesRef(source=SOURCE, metric=name) for name in ("a", "b")]
    spec = KpiSpec(
        key="k", title="K", environment="production", unit="", series=(refs[0],),
        statistic=kind, window_s=300, denominator=(refs[1],) if kind is Statistic.RATIO else (),
        bands=(Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=3, consecutive=2),),
    )  # fmt: skip
    return KpiTrack(spec, {SOURCE: source_spec(str(SOURCE), interval_s=15)})


NUMBERS = st.tuples(
    st.integers(0, 8).map(lambda index: index * 15.0),
    st.sampled_from(["a", "b"]),
    st.none() | st.sampled_from([-1.0, 0.0, 0.5, 2.0, 4.0, 1e300]),
)


@settings(max_examples=examples(150))
@given(st.sampled_from(STATISTICS), st.lists(NUMBERS, max_size=24), st.randoms())
def test_the_order_of_readings_of_one_instant_does_not_matter(
    kind: Statistic, numbers: list[tuple[float, str, float | None]], rng: object
) -> None:
    """Of each instant, all that came in by the look at it, in whatever order it came."""
    one, other = kpi_track(kind), kpi_track(kind)
    shuffle = rng.shuffle  # type: ignore[attr-defined]
    for seconds in sorted({number[0] for number in numbers}):
        group = [number for number in numbers if number[0] == seconds]
        mixed = list(group)
        shuffle(mixed)
        for track, order in ((one, group), (other, mixed)):
            for _, metric, value in order:
                ref = SeriesRef(source=SOURCE, metric=metric)
                if ref in track.refs:
                    track.add(ref, Reading.of(SOURCE, metric, value, "", at(seconds)))
        first, second = one.view(at(seconds)), other.view(at(seconds))
        assert first.value == pytest.approx(second.value, nan_ok=True)
        assert first.verdict.phase is second.verdict.phase
        assert one.states == other.states
