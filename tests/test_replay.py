"""A replay of what was recorded says what the live judge said."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.endpoints import CheckState, judge_check
from monitor.freshness import stale_after_s
from monitor.history_blocks import Bucket, regroup, single
from monitor.kpis import KpiTrack
from monitor.replay import KpiReplay
from monitor.replay_checks import check_rule, replay_check
from monitor.replay_episodes import Replayed, differences
from monitor.replay_looks import Awake, Period, awake
from monitor.rules import BandState
from monitor.verdicts import Band, BandName, Comparison
from monitor.workspace import CheckSpec, EndpointRowSpec, KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from providers.probe_readings import Phases, ProbeReading, Role
from providers.readings import Failure, Reading, SourceId, Trouble
from tests.examples import examples
from tests.fakes import source_spec

NAME = "lma/production/api/metrics"
PART = SeriesRef(source=SourceId(NAME), metric="errors")
WHOLE = SeriesRef(source=SourceId(NAME), metric="requests")
SOURCE = source_spec(NAME, interval_s=10, timeout_s=5)
SOURCES = {SOURCE.id: SOURCE}
START_MS = 1_795_000_000_000 // 3_600_000 * 3_600_000
STEP_MS = 10_000
MINUTE, HOUR = 60_000, 3_600_000


def band(limit: float, name: BandName = BandName.CRITICAL, **more: float) -> Band:
    above = Comparison.ABOVE
    made = Band(name=name, comparison=above, limit=limit, clear_consecutive=1, flapping=False)
    return replace(made, **more)


def kpi(kind: Statistic, *bands: Band, window_s: float = 60, **more: object) -> KpiSpec:
    made = KpiSpec(
        key="k", title="K", environment="production", unit="%", series=(PART,), statistic=kind,
        window_s=window_s, bands=bands, denominator=(WHOLE,) if kind is Statistic.RATIO else (),
    )  # fmt: skip
    return replace(made, **more)


def readings(*values: float | None, begin_ms: int = START_MS + 500) -> list[Bucket]:
    """One every ten seconds, half a second past."""
    return [single(begin_ms + place * STEP_MS, value) for place, value in enumerate(values)]


def period(kept: Sequence[Bucket], more_ms: int = 120_000) -> Period:
    end_ms = max(one.at_ms + one.width_ms for one in kept) + more_ms
    return Period(begin_ms=START_MS, from_ms=START_MS, to_ms=end_ms)


def run(
    spec: KpiSpec, kept: dict[SeriesRef, list[Bucket]], seen: Awake | None = None
) -> tuple[Replayed, ...]:
    when = period([one for part in kept.values() for one in part])
    always = seen or Awake([(when.begin_ms, when.to_ms)])
    return KpiReplay("lma", spec, SOURCES, when, always).run(kept)


def after(seconds: float) -> datetime:
    """So long after the first reading."""
    return datetime.fromtimestamp(START_MS / 1000 + 0.5, UTC) + timedelta(seconds=seconds)


Told = list[tuple[datetime, datetime | None]]


def live(spec: KpiSpec, kept: dict[SeriesRef, list[Bucket]]) -> tuple[Told, list[BandState]]:
    """The same readings through the track of the engine, which looks every second."""
    when = period([one for part in kept.values() for one in part])
    track = KpiTrack(spec, SOURCES)
    every = sorted(
        ((one.at_ms, ref, one) for ref, part in kept.items() for one in part),
        key=lambda each: each[0],
    )
    told: Told = []
    fired: Moment | None = None
    for second in range(when.begin_ms + 1_000, when.to_ms + 1, 1_000):
        while every and every[0][0] <= second:
            at_ms, ref, one = every.pop(0)
            value = one.total if one.count else None
            at, why = when.moment(at_ms), "" if one.count else "none"
            name, source = ref.metric, ref.source
            track.add(
                ref, Reading(source=source, metric=name, value=value, unit="", at=at, reason=why)
            )
        track.view(when.moment(second))
        state = track.states[0]
        if fired is not None and (state.fired is None or state.fired != fired):
            assert state.last is not None
            told[-1] = (told[-1][0], state.last.at)
        if state.fired is not None and state.fired != fired:
            told.append((state.fired.at, None))
        fired = state.fired
    return told, list(track.states)


numbers = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.0, 4.0, 6.0, 9.0]))
series = st.lists(
    st.one_of(numbers, st.integers(min_value=2, max_value=70)), min_size=1, max_size=60
)
kinds = st.sampled_from(
    [Statistic.LAST, Statistic.AVERAGE, Statistic.MAXIMUM, Statistic.COUNT, Statistic.SUM,
     Statistic.RATIO, Statistic.P95, Statistic.RATE, Statistic.INCREASE]
)  # fmt: skip
bands = st.builds(
    band,
    st.sampled_from([0.5, 3.0, 5.0]),
    for_s=st.sampled_from([0.0, 10.0, 30.0, 300.0]),
    consecutive=st.integers(1, 4),
    clear_consecutive=st.integers(1, 3),
    clear_for_s=st.sampled_from([0.0, 20.0]),
    keep_firing_s=st.sampled_from([0.0, 60.0]),
    flapping=st.booleans(),
)


def with_gaps(values: Sequence[float | int | None]) -> list[Bucket]:
    """Whole numbers of two and more stand for so many readings that never came."""
    found, at_ms = [], START_MS + 500
    for one in values:
        if isinstance(one, int):
            at_ms += one * STEP_MS
            continue
        found.append(single(at_ms, one))
        at_ms += STEP_MS
    return found or [single(START_MS + 500, 1.0)]


@settings(max_examples=examples(150))
@given(kinds, bands, series)
def test_a_replay_tells_what_the_live_judge_told(
    kind: Statistic, one: Band, values: list[float | int | None]
) -> None:
    kept = {PART: with_gaps(values)}
    if kind is Statistic.RATIO:
        kept[WHOLE] = [single(each.at_ms, 100.0) for each in kept[PART]]
    spec = kpi(kind, one, window_s=60)
    told, states = live(spec, kept)
    when = period(kept[PART])
    replay = KpiReplay("lma", spec, SOURCES, when, Awake([(when.begin_ms, when.to_ms)]))
    (found,) = replay.run(kept)
    assert [(each.fired, each.until) for each in found.episodes] == told
    (state,) = replay.track.states
    assert (state.phase, state.onset, state.fired) == (
        states[0].phase, states[0].onset, states[0].fired,
    )  # fmt: skip


def test_it_fires_at_five_minutes_and_not_a_second_before() -> None:
    five = band(5, for_s=300)
    kept = readings(*[6.0] * 31, 0.0, 0.0)
    (found,) = run(kpi(Statistic.LAST, five), {PART: kept})
    assert [(one.fired, one.until) for one in found.episodes] == [(after(300), after(310))]
    late = [replace(one, at_ms=one.at_ms - 1_000) if place else one
            for place, one in enumerate(readings(*[6.0] * 31, 0.0))]  # fmt: skip
    (found,) = run(kpi(Statistic.LAST, five), {PART: late})
    assert not found.episodes


def test_five_percent_itself_is_inside() -> None:
    kept = {PART: readings(*[5.0] * 60), WHOLE: readings(*[100.0] * 60)}
    (found,) = run(kpi(Statistic.RATIO, band(5, for_s=300)), kept)
    assert not found.episodes
    kept[PART] = readings(*[5.01] * 60)
    (found,) = run(kpi(Statistic.RATIO, band(5, for_s=300)), kept)
    assert len(found.episodes) == 1


def test_the_fourth_failure_in_five_minutes_fires_and_goes_when_one_leaves() -> None:
    failed = [1.0 if place in {0, 5, 10, 29} else 0.0 for place in range(60)]
    spec = kpi(Statistic.COUNT, band(3), window_s=300)
    (found,) = run(spec, {PART: readings(*failed)})
    assert [(one.fired, one.until, one.worst) for one in found.episodes] == [
        (after(290), after(300), 4.0)
    ]
    failed[29], failed[30] = 0.0, 1.0
    (found,) = run(spec, {PART: readings(*failed)})
    assert not found.episodes


def test_an_edited_threshold_tells_what_it_adds_and_what_it_takes_away() -> None:
    kept = {PART: readings(*[0.0] * 5, *[6.0] * 5, *[0.0] * 5, *[4.0] * 3, *[0.0] * 3)}
    end = after(400)
    now, edited = (run(kpi(Statistic.LAST, band(limit)), kept) for limit in (5, 3))
    (more,) = differences(now, edited, end)
    assert [one.fired for one in more.more] == [after(150)]
    assert (more.fewer, more.moved, more.same) == ((), (), False)
    (fewer,) = differences(edited, now, end)
    assert [one.fired for one in fewer.fewer] == [after(150)]
    longer = run(kpi(Statistic.LAST, band(5, for_s=20)), kept)
    (moved,) = differences(now, longer, end)
    assert [(a.fired, b.fired) for a, b in moved.moved] == [(after(50), after(70))]
    assert differences(now, now, end)[0].same


def test_a_gap_counts_neither_way_and_is_told() -> None:
    before, later = readings(*[6.0] * 10), readings(*[6.0] * 10, begin_ms=START_MS + 3_600_500)
    (found,) = run(kpi(Statistic.LAST, band(5, for_s=150)), {PART: [*before, *later]})
    assert not found.episodes
    seen = awake([*before, *later], 90_000)
    assert len(seen.spans) == 2
    assert list(seen.gaps(START_MS + 500, later[-1].at_ms)) == [(before[-1].at_ms, later[0].at_ms)]


def test_silence_fires_while_others_speak_and_not_while_nobody_ran() -> None:
    kept = [*readings(*[1.0] * 10), *readings(1.0, 1.0, 1.0, begin_ms=START_MS + 600_500)]
    spec = kpi(Statistic.LAST, band(5), no_data_s=180.0)
    _, silent = run(spec, {PART: kept})
    (one,) = silent.episodes
    assert one.fired == after(90 + 180)
    assert one.onset == after(90)
    _, asleep = run(spec, {PART: kept}, awake(kept, 90_000))
    assert not asleep.episodes


def test_minutes_are_judged_by_their_average_and_peaks_are_told() -> None:
    fine = readings(*[0.0] * 12, *[6.0] * 48, *[0.0] * 12)
    minutes = regroup(fine, MINUTE)
    (found,) = run(kpi(Statistic.LAST, band(5, for_s=300)), {PART: minutes})
    (one,) = found.episodes
    assert one.grain_s == 60
    assert timedelta(minutes=2) < one.until - one.fired < timedelta(minutes=5)  # type: ignore[operator]
    short = readings(*[0.0] * 3, 9.0, *[0.0] * 8)
    (found,) = run(kpi(Statistic.LAST, band(5)), {PART: regroup(short, MINUTE)})
    assert not found.episodes
    assert found.peaks == 1


def test_an_hour_past_its_limit_fires_a_rule_of_five_minutes() -> None:
    hours = regroup(readings(*[6.0] * 360, *[0.0] * 360), HOUR)
    (found,) = run(kpi(Statistic.AVERAGE, band(5, for_s=300), window_s=300), {PART: hours})
    assert len(found.episodes) == 1


def test_what_is_counted_in_minutes_is_not_judged_by_hours() -> None:
    hours = regroup(readings(*[1.0] * 720), HOUR)
    (found,) = run(kpi(Statistic.COUNT, band(3), window_s=300), {PART: hours})
    assert not found.episodes
    assert found.skipped_s == 7_200
    (long,) = run(kpi(Statistic.COUNT, band(3), window_s=7_200), {PART: hours})
    assert long.episodes
    assert not long.skipped_s


def test_states_go_on_from_sums_into_single_readings() -> None:
    fine = readings(*[6.0] * 60, *[0.0] * 3)
    cut = 36
    mixed = [*regroup(fine[:cut], MINUTE), *fine[cut:]]
    (found,) = run(kpi(Statistic.LAST, band(5)), {PART: mixed})
    (one,) = found.episodes
    assert one.until == after(600)


CHECK = CheckSpec(source=SOURCE.id, role=Role.LIVENESS, slow_ms=None)
ROW = EndpointRowSpec(key="api/live", title="API", service="api", checks={"production": CHECK})
RULE = check_rule("lma", ROW, "production", CHECK)


def probe(*, good: bool) -> ProbeReading:
    failure = None if good else Failure(trouble=Trouble.BAD_ANSWER, sentence="no")
    return ProbeReading(role=Role.LIVENESS, url="", method="GET", status=200,
                        status_expected=good, failure=failure, phases=Phases())  # fmt: skip


@settings(max_examples=examples(150))
@given(st.lists(st.one_of(st.booleans(), st.integers(2, 50)), min_size=1, max_size=80))
def test_checks_are_replayed_as_they_were_judged(answers: list[bool | int]) -> None:
    kept, at_ms = [], START_MS + 500
    for one in answers:
        if isinstance(one, bool):
            kept.append(single(at_ms, float(one)))
        at_ms += STEP_MS * (1 if isinstance(one, bool) else one)
    kept = kept or [single(at_ms, 1.0)]
    when, state = period(kept), CheckState()
    fired: list[datetime] = []
    for bucket in kept:
        at = when.moment(bucket.at_ms)
        good = bool(bucket.total)
        state = judge_check(CHECK, state, probe(good=good), at, stale_after_s(SOURCE))
        if state.fired is not None and state.fired.at not in fired:
            fired.append(state.fired.at)
    found, last = replay_check(RULE, CHECK, SOURCE, when, kept)
    assert [one.fired for one in found.episodes] == fired
    assert (last.phase, last.failures, last.onset, last.last) == (
        state.phase, state.failures, state.onset, state.last,
    )  # fmt: skip


@pytest.mark.parametrize(("bad", "times"), [(2, 0), (3, 1)])
def test_the_third_failure_is_down_by_readings_and_by_minutes(bad: int, times: int) -> None:
    answers = readings(*[1.0] * 12, *[0.0] * bad, *[1.0] * (18 - bad))
    for kept in (answers, regroup(answers, MINUTE)):
        found, _ = replay_check(RULE, CHECK, SOURCE, period(kept), kept)
        assert len(found.episodes) == times
