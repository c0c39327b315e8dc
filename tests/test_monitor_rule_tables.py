"""Every cell of the truth tables: bands, endpoint checks, KPIs without numbers."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor import flapping
from monitor.check_states import decode_check, encode_check
from monitor.detection import band_detection_words, detection_s, detection_words
from monitor.endpoint_verdicts import state_shown
from monitor.endpoint_verdicts import verdict_of as check_verdict
from monitor.endpoints import CheckState, judge_check
from monitor.judge import Judged, judge
from monitor.no_data import Patience, Silence, SilenceTrack, verdict_of
from monitor.no_data import step as look
from monitor.rule_states import carried, decode_bands, encode_bands
from monitor.rules import START, BandState, Sample, step
from monitor.states import EndpointState, Freshness
from monitor.verdicts import Band, BandName, Comparison, Level, Phase
from monitor.workspace import CheckSpec, KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from providers.probe_readings import Role
from providers.readings import SourceId
from tests.fakes import START as DAY
from tests.fakes import probe

OK, PENDING, FIRING = Phase.OK, Phase.PENDING, Phase.FIRING
RECOVERING, FLAPPING = Phase.RECOVERING, Phase.FLAPPING
HOLDS_S = 35.0
SOURCE = SourceId("lma/production/api/health")


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=1_000 + seconds)


def sample(seconds: float, value: float | None) -> Sample:
    return Sample(value=value, at=at(seconds), reason="gone", holds_s=HOLDS_S)


def band(**more: object) -> Band:
    return Band(name=BandName.CRITICAL, comparison=Comparison.ABOVE, limit=5.0, **more)  # type: ignore[arg-type]


RULE = band(consecutive=3, clear_limit=3.0)
BAD, BETWEEN, GOOD, MISSING = 9.0, 4.0, 1.0, None


def run(one: Band, values: Sequence[float | None], state: BandState = START) -> BandState:
    begin_s = 0.0 if state.last is None else state.last.tick_s - 1_000 + 15
    for index, value in enumerate(values):
        state = step(one, state, sample(begin_s + index * 15, value))
    return state


def phases(one: Band, values: Sequence[float | None]) -> list[Phase]:
    return [run(one, values[: index + 1]).phase for index in range(len(values))]


WAYS: dict[str, list[float | None]] = {
    "ok": [GOOD],
    "pending": [BAD],
    "firing": [BAD, BAD, BAD],
    "recovering": [BAD, BAD, BAD, GOOD],
    "flapping, never met": [BAD, GOOD, BAD, GOOD, BAD, GOOD, BAD, GOOD],
    "flapping, met": [BAD, BAD, BAD, GOOD, BAD, GOOD, BAD, GOOD, BAD, GOOD],
}
"""How each phase is come by, with a rule of three in a row."""


@pytest.mark.parametrize(
    ("way", "value", "after"),
    [
        ("ok", BAD, PENDING),
        ("ok", BETWEEN, OK),
        ("ok", GOOD, OK),
        ("ok", MISSING, OK),
        ("pending", BAD, PENDING),
        ("pending", BETWEEN, OK),
        ("pending", GOOD, OK),
        ("pending", MISSING, PENDING),
        ("firing", BAD, FIRING),
        ("firing", BETWEEN, FIRING),
        ("firing", GOOD, RECOVERING),
        ("firing", MISSING, FIRING),
        ("recovering", BAD, FIRING),
        ("recovering", BETWEEN, FIRING),
        ("recovering", GOOD, OK),
        ("recovering", MISSING, RECOVERING),
        *((way, value, FLAPPING) for way in ("flapping, never met", "flapping, met")
          for value in (BAD, BETWEEN, GOOD, MISSING)),
    ],
)  # fmt: skip
def test_each_cell_of_the_table_of_bands(way: str, value: float | None, after: Phase) -> None:
    before = run(RULE, WAYS[way])
    assert before.phase.value == way.partition(",")[0]
    state = run(RULE, [value], before)
    assert state.phase is after
    assert state.active is (after in {FIRING, RECOVERING} or way == "flapping, met")
    if after not in {OK, before.phase} and before.onset is not None:
        assert state.onset == before.onset


@pytest.mark.parametrize(
    ("one", "values", "expected"),
    [
        (band(), [BAD], [FIRING]),
        (band(), [GOOD, BAD], [OK, FIRING]),
        (band(for_s=15), [BAD, BAD], [PENDING, FIRING]),
        (band(clear_consecutive=1), [BAD, GOOD], [FIRING, OK]),
    ],
)  # fmt: skip
def test_a_rule_that_asks_for_nothing_more_skips_a_phase(
    one: Band, values: list[float | None], expected: list[Phase]
) -> None:
    assert phases(one, values) == expected


@pytest.mark.parametrize(
    ("after_s", "phase"), [(15, RECOVERING), (45, RECOVERING), (59, RECOVERING), (60, OK)]
)
def test_it_keeps_firing_so_long_after_its_last_bad_sample(after_s: float, phase: Phase) -> None:
    one = band(keep_firing_s=60.0)
    state = run(one, [BAD, BAD])
    for seconds in range(1, int(after_s), 10):
        state = step(one, state, sample(15 + seconds, GOOD))
    assert step(one, state, sample(15 + after_s, GOOD)).phase is phase


def test_a_bad_sample_while_kept_firing_starts_that_time_anew() -> None:
    one = band(keep_firing_s=60.0)
    state = run(one, [BAD, GOOD, GOOD, GOOD, BAD, GOOD, GOOD, GOOD])
    assert state.phase is RECOVERING
    assert state.onset == at(0)
    assert run(one, [GOOD], state).phase is OK


def test_a_microsecond_that_a_restart_took_is_not_missing() -> None:
    waiting = step(band(for_s=300.0), START, Sample(value=BAD, at=at(0)))
    assert step(band(for_s=300.0), waiting, Sample(value=BAD, at=at(299.9999996))).phase is FIRING
    assert step(band(for_s=300.0), waiting, Sample(value=BAD, at=at(299.9))).phase is PENDING


def test_kept_firing_is_told_with_its_progress() -> None:
    one = band(keep_firing_s=600.0, clear_for_s=30.0)
    result = judge([one], [run(one, [BAD, GOOD, GOOD])], sample(30, GOOD), at(190), "%")
    verdict = result.verdict
    assert verdict.why == "back inside > 5 %, 2 of 2 good, 15s of 30s, kept 3m10s of 10m"
    assert (verdict.elapsed_s, verdict.required_s) == (190, 600)
    nearly = judge([one], result.states, sample(30, GOOD), at(590), "%").verdict
    assert (nearly.elapsed_s, nearly.required_s) == (15, 30)


def test_seven_changes_in_the_last_21_are_flapping_and_six_are_not() -> None:
    one = band(clear_consecutive=9)
    six = [BAD, GOOD, BAD, GOOD, BAD, GOOD, BAD]
    assert [one for one in phases(one, six) if one is FLAPPING] == []
    assert phases(one, [*six, GOOD])[-1] is FLAPPING
    # The same seven changes over more than 21 samples are none.
    slow = [value for pair in ((BAD,) * 4, (GOOD,) * 4) * 6 for value in pair]
    assert FLAPPING not in phases(one, slow)


def test_flapping_ends_when_three_changes_are_left_in_the_last_21() -> None:
    state = run(band(clear_consecutive=9), [BAD, GOOD] * 4)
    left = []
    for steady in range(1, 25):
        state = run(band(clear_consecutive=9), [BAD], state)
        left.append((steady, flapping.changes(state.seen), state.phase))
    last_flapping = max(steady for steady, _, phase in left if phase is FLAPPING)
    first_after = left[last_flapping]
    assert left[last_flapping - 1][1] == 4
    assert first_after[1:] == (3, FIRING)
    assert last_flapping <= 17


@pytest.mark.parametrize(
    ("way", "value", "after"),
    [
        ("flapping, met", BAD, FIRING),
        ("flapping, met", BETWEEN, FIRING),
        ("flapping, met", GOOD, OK),
        ("flapping, never met", GOOD, OK),
    ],
)
def test_what_flapping_leaves_into(way: str, value: float | None, after: Phase) -> None:
    state = run(RULE, WAYS[way])
    onset = state.onset
    while state.phase is FLAPPING:
        state = run(RULE, [value], state)
    assert state.phase is after
    assert state.onset == (None if after is OK else onset)


def test_flapping_can_leave_into_recovering_and_pending() -> None:
    patient = band(consecutive=3, clear_limit=3.0, clear_consecutive=30)
    state = run(patient, WAYS["flapping, met"])
    while state.phase is FLAPPING:
        state = run(patient, [GOOD], state)
    assert state.phase is RECOVERING
    waiting = band(consecutive=30)
    state = run(waiting, WAYS["flapping, never met"])
    while state.phase is FLAPPING:
        state = run(waiting, [BAD], state)
    assert state.phase is PENDING


def test_a_band_that_flaps_without_being_met_warns_and_gets_worse_when_it_is() -> None:
    state = run(RULE, WAYS["flapping, never met"])
    result = judge([RULE], [state], sample(105, GOOD), at(105), "%")
    assert (result.verdict.level, result.verdict.phase) == (Level.WARNING, FLAPPING)
    assert result.verdict.fired is None
    assert result.verdict.why == "7 changes in the last 8 checks, now 1.0 %"
    met = run(RULE, [BAD, BAD, BAD], state)
    worse = judge([RULE], [met], sample(150, BAD), at(150), "%").verdict
    assert (worse.level, worse.phase, worse.fired) == (Level.CRITICAL, FLAPPING, at(150))
    assert worse.onset == at(90)
    assert (worse.changes, worse.checks) == (8, 11)


def test_flapping_can_be_switched_off() -> None:
    assert FLAPPING not in phases(band(flapping=False), [BAD, GOOD] * 15)


def test_values_between_the_limits_are_no_changes() -> None:
    assert FLAPPING not in phases(band(clear_limit=3.0), [BAD, BETWEEN] * 15)


def test_changes_from_before_a_long_silence_are_forgotten_but_no_alert_is() -> None:
    state = run(RULE, WAYS["flapping, met"])
    assert state.last is not None
    later = step(RULE, state, sample(state.last.tick_s - 1_000 + 86_400, BAD))
    assert (later.phase, later.onset, flapping.samples(later.seen)) == (FIRING, at(0), 1)
    unmet = run(RULE, WAYS["flapping, never met"])
    assert step(RULE, unmet, sample(86_400, GOOD)).phase is OK


def test_flapping_and_keep_firing_survive_a_restart_after_a_long_time() -> None:
    one = band(keep_firing_s=600.0)
    for values, phase in (([BAD, GOOD] * 5, FLAPPING), ([BAD, GOOD], RECOVERING)):
        state = run(one, values)
        reborn = Moment(at=at(86_400).at, tick_s=7.0)
        (known,) = decode_bands((one,), encode_bands((one,), (state,)), reborn)
        assert (known.phase, known.onset is not None) == (phase, True)
        assert known.fired is not None
        assert known.fired.at == at(0).at
        assert known.seen == state.seen
        first = step(one, known, Sample(value=BAD, at=Moment(at=at(86_415).at, tick_s=22.0)))
        assert first.active
        assert first.onset is not None
        assert first.onset.at == at(0).at


def test_states_of_an_older_version_fire_on() -> None:
    text = encode_bands((RULE,), (run(RULE, WAYS["firing"]),))
    old = text.replace('"fired":', '"gone":').replace('"seen":', '"lost":')
    (known,) = decode_bands((RULE,), old, at(60))
    assert (known.phase, known.active, known.seen) == (FIRING, True, flapping.NOTHING_SEEN)


@pytest.mark.parametrize("seen", ["0", "-1", "4194304", "true", '"7"', "1.5"])
def test_a_memory_that_can_not_be_is_not_believed(seen: str) -> None:
    text = encode_bands((RULE,), (run(RULE, WAYS["firing"]),))
    broken = text.replace('"seen":15', f'"seen":{seen}')
    assert broken != text
    assert decode_bands((RULE,), broken, at(60)) == (START,)


def test_an_onset_in_the_future_keeps_its_name() -> None:
    state = run(RULE, WAYS["firing"])
    set_back = Moment(at=at(-7_200).at, tick_s=50.0)
    (known,) = decode_bands((RULE,), encode_bands((RULE,), (state,)), set_back)
    assert known.onset is not None
    assert known.onset.at == at(0).at
    assert known.onset.age_s(set_back) == 0


def test_an_edit_of_the_rule_keeps_the_state_of_whoever_keeps_its_limit() -> None:
    twins = (RULE, replace(RULE, consecutive=5))
    states = (run(RULE, WAYS["firing"]), run(RULE, WAYS["pending"]))
    edited = tuple(replace(one, keep_firing_s=30.0, severity="P0") for one in twins)
    assert carried(twins, states, edited) == states
    assert carried(twins, states, (band(), replace(RULE, limit=7.0)))[1] is START
    assert decode_bands(twins, encode_bands(twins, states), at(30)) == states


def judged(bands: Sequence[Band], values: Sequence[float | None]) -> Judged:
    states: tuple[BandState, ...] = (START,) * len(bands)
    for index, value in enumerate(values):
        result = judge(bands, states, sample(index * 15, value), at(index * 15), "%")
        states = result.states
    return result


def test_an_alert_that_gets_worse_keeps_its_onset() -> None:
    mild = Band(name=BandName.WARNING, comparison=Comparison.ABOVE, limit=2.0, for_s=900.0)
    verdict = judged([mild, band()], [1, 3, 3, 9]).verdict
    assert (verdict.level, verdict.onset) == (Level.CRITICAL, at(15))
    assert verdict.fired == at(45)


CHECK = CheckSpec(source=SOURCE, role=Role.DEEP, slow_ms=2_000, severity="SEV1")
ANSWERS = {"g": probe(), "b": probe(503), "s": probe(total_ms=3_000)}


def checked(answers: str, spec: CheckSpec = CHECK, state: CheckState | None = None) -> CheckState:
    state = state or CheckState()
    begin_s = 0.0 if state.last is None else state.last.tick_s - 1_000 + 15
    for index, answer in enumerate(answers):
        state = judge_check(spec, state, ANSWERS[answer], at(begin_s + index * 15), HOLDS_S)
    return state


E = EndpointState
CHECK_WAYS = {
    "ok": "g",
    "pending": "b",
    "firing": "bbb",
    "recovering": "bbbg",
    "flapping, never met": "bgbgbgbg",
    "flapping, met": "bbbgbgbgbg",
}


@pytest.mark.parametrize(
    ("way", "answer", "after", "shown"),
    [
        ("ok", "b", PENDING, E.FAILING),
        ("ok", "g", OK, E.OK),
        ("ok", "s", OK, E.SLOW),
        ("pending", "b", PENDING, E.FAILING),
        ("pending", "g", OK, E.OK),
        ("pending", "s", OK, E.SLOW),
        ("firing", "b", FIRING, E.DOWN),
        ("firing", "g", RECOVERING, E.DOWN),
        ("firing", "s", RECOVERING, E.DOWN),
        ("recovering", "b", FIRING, E.DOWN),
        ("recovering", "g", OK, E.OK),
        ("recovering", "s", OK, E.SLOW),
        *((way, answer, FLAPPING, E.FLAPPING)
          for way in ("flapping, never met", "flapping, met") for answer in "bgs"),
    ],
)  # fmt: skip
def test_each_cell_of_the_table_of_checks(
    way: str, answer: str, after: Phase, shown: EndpointState
) -> None:
    before = checked(CHECK_WAYS[way])
    assert before.phase.value == way.partition(",")[0]
    state = checked(answer, state=before)
    assert (state.phase, state.shown) == (after, shown)
    verdict = check_verdict(CHECK, state, state.shown, 1.0)
    critical = after in {FIRING, RECOVERING} or way == "flapping, met"
    assert (verdict.level is Level.CRITICAL) is critical is state.down
    assert verdict.level is Level.CRITICAL or after is OK or verdict.level is Level.WARNING
    if after is not OK and before.onset is not None:
        assert state.onset == before.onset
    known = decode_check(encode_check(state), at(1_000))
    assert known is not None
    assert encode_check(known) == encode_check(state)


@pytest.mark.parametrize(("need", "answers", "phase"), [(1, "b", FIRING), (1, "gb", FIRING)])
def test_one_failure_is_enough_if_asked_so(need: int, answers: str, phase: Phase) -> None:
    spec = replace(CHECK, failures_to_fire=need, successes_to_clear=1)
    assert checked(answers, spec).phase is phase
    assert checked(f"{answers}g", spec).phase is OK


@pytest.mark.parametrize(
    ("way", "answer", "after"),
    [
        ("flapping, met", "b", FIRING),
        ("flapping, met", "g", OK),
        ("flapping, never met", "g", OK),
    ],
)
def test_what_a_flapping_check_leaves_into(way: str, answer: str, after: Phase) -> None:
    state = checked(CHECK_WAYS[way])
    for _ in range(18):
        if state.phase is FLAPPING:
            state = checked(answer, state=state)
    assert state.phase is after


def test_an_endpoint_that_fails_every_other_check_is_told_although_it_never_fails_thrice() -> None:
    state = checked("gb" * 10)
    verdict = check_verdict(CHECK, state, state.shown, 1.0)
    assert (verdict.level, verdict.phase) == (Level.WARNING, FLAPPING)
    assert verdict.why == "19 changes in the last 20 checks, now answers 503"
    good = checked("g", state=state)
    why = check_verdict(CHECK, good, good.shown, 1.0).why
    assert why == "20 changes in the last 21 checks, now good, before answers 503"
    assert good.change == "ok → flapping"


def test_a_flapping_check_is_down_with_the_third_failure_in_a_row() -> None:
    state = checked("bb", state=checked(CHECK_WAYS["flapping, never met"]))
    assert not state.down
    third = checked("b", state=state)
    assert third.down
    assert (third.phase, third.fired) == (FLAPPING, third.last)


def test_a_check_remembers_when_it_was_first_down() -> None:
    assert checked("gbbbbb").fired == at(45)
    assert checked("gbbbgb").fired == at(45)
    assert checked("gbbbgg").fired is None


def test_a_check_keeps_firing_and_says_how_long() -> None:
    spec = replace(CHECK, keep_firing_s=60.0)
    state = checked("bbbggg", spec)
    assert state.phase is RECOVERING
    verdict = check_verdict(spec, state, state.shown, 1.0, now=at(80))
    assert verdict.why == "answers again, 3 of 2 good in a row, kept 50s of 1m"
    assert (verdict.elapsed_s, verdict.required_s) == (50, 60)
    assert checked("g", spec, state).phase is OK


def test_failures_from_before_a_long_silence_are_no_failures_in_a_row() -> None:
    two = checked("bb")
    far = judge_check(CHECK, two, ANSWERS["b"], at(15 + 301), HOLDS_S)
    assert (far.phase, far.failures) == (PENDING, 1)
    near = judge_check(CHECK, two, ANSWERS["b"], at(15 + 299), HOLDS_S)
    assert near.phase is FIRING
    down = judge_check(CHECK, checked("bbb"), ANSWERS["b"], at(86_400), HOLDS_S)
    assert (down.phase, down.onset) == (FIRING, at(0))


def test_a_flapping_check_that_is_no_longer_seen_is_not_green() -> None:
    for way, level in (("flapping, met", Level.CRITICAL), ("flapping, never met", Level.UNKNOWN)):
        state = checked(CHECK_WAYS[way])
        shown = state_shown(CHECK, state, None, Freshness.UNKNOWN, alive=True)
        verdict = check_verdict(CHECK, state, shown, 100.0)
        assert (shown, verdict.level, verdict.phase) == (E.UNKNOWN, level, Phase.UNKNOWN)


PATIENCE = Patience(no_data_s=180.0, due_s=35.0)


def looks(
    until_s: float, numbers: Sequence[float], offline: range = range(0), every_s: int = 5
) -> Silence:
    """The state after looks at an even pace from 0 on, with numbers at some times."""
    state = Silence()
    for seconds in range(0, int(until_s) + 1, every_s):
        heard = max((one for one in numbers if one <= seconds), default=None)
        known = None if heard is None else at(heard)
        state = look(PATIENCE, state, known, at(seconds), suspended=seconds in offline)
    return state


@pytest.mark.parametrize(
    ("until_s", "numbers", "phase"),
    [
        pytest.param(35, [], OK, id="nothing is missed before the first was due"),
        pytest.param(40, [], PENDING, id="then it waits"),
        pytest.param(210, [], PENDING, id="not a look before its time"),
        pytest.param(215, [], FIRING, id="fires 3 m after the first was due"),
        pytest.param(45, [10], OK, id="the last number is still believed"),
        pytest.param(50, [10], PENDING, id="and then is not"),
        pytest.param(185, [10], PENDING, id="counted from the last number"),
        pytest.param(190, [10], FIRING, id="3 m after the last number"),
        pytest.param(190, [10, 185], OK, id="a number while it waits ends that"),
        pytest.param(200, [10, 195], RECOVERING, id="a number while it fires"),
        pytest.param(230, [10, 195], RECOVERING, id="that number is believed"),
        pytest.param(235, [10, 195], FIRING, id="and was the only one"),
        pytest.param(210, [10, 195, 210], OK, id="the second number clears"),
    ],
)
def test_each_cell_of_the_table_of_silence(
    until_s: float, numbers: list[float], phase: Phase
) -> None:
    assert looks(until_s, numbers).phase is phase


def test_a_silence_is_told_with_its_progress_and_its_reason() -> None:
    verdict = verdict_of(PATIENCE, looks(130, [10]), "no data: API timed out")
    assert (verdict.level, verdict.phase) == (Level.WARNING, PENDING)
    assert verdict.why == "no number, 2m00s of 3m; no data: API timed out"
    assert (verdict.elapsed_s, verdict.required_s, verdict.onset) == (120, 180, at(10))
    fired = verdict_of(PATIENCE, looks(250, [10]), "gone")
    assert (fired.phase, fired.fired, fired.onset) == (FIRING, at(190), at(10))
    assert fired.why == "no number for 4m00s; gone"
    assert verdict_of(PATIENCE, looks(200, [10, 195])).why == "numbers again, 1 of 2"


def test_no_silence_while_we_are_offline_and_time_for_the_sources_after() -> None:
    assert looks(600, [10], offline=range(20, 600)).phase is OK
    back = looks(665, [10], offline=range(60, 500))
    # 45 s before, and the rest from 35 s after the last look offline: 495 + 35 + 135.
    assert (back.phase, looks(660, [10], offline=range(60, 500)).phase) == (FIRING, PENDING)


def test_a_night_asleep_is_no_silence() -> None:
    state = looks(100, [100])
    woken = look(PATIENCE, state, at(100), at(36_000))
    assert woken.phase is OK
    assert look(PATIENCE, woken, at(100), at(36_034)).phase is OK
    assert look(PATIENCE, looks(250, [10]), at(10), at(36_000)).phase is FIRING


def silent_spec(no_data_s: float = 180.0) -> KpiSpec:
    return KpiSpec(
        key="k", title="K", environment="production", unit="%", statistic=Statistic.RATIO,
        series=(SeriesRef(source=SOURCE, metric="a"),), window_s=300.0, bands=(),
        denominator=(SeriesRef(source=SOURCE, metric="b"),), no_data_s=no_data_s,
    )  # fmt: skip


def test_a_ratio_is_silent_when_either_of_its_sides_is() -> None:
    spec = silent_spec()
    track = SilenceTrack(spec, 180.0, 35.0)
    for seconds in range(0, 300, 5):
        track.hear(spec.series[0], at(seconds))
        verdict = track.look(at(seconds), "gone", suspended=False)
    assert verdict.phase is FIRING


def test_a_silence_survives_a_restart_and_is_not_begun_by_one() -> None:
    spec, later = silent_spec(), Moment(at=at(90_000).at, tick_s=4.0)
    track, again = SilenceTrack(spec, 180.0, 35.0), SilenceTrack(spec, 180.0, 35.0)
    track.state = looks(250, [10])
    again.look(Moment(at=later.at - timedelta(seconds=1), tick_s=3.0), "", suspended=False)
    again.restore(track.encoded(), later)
    verdict = again.look(later, "gone", suspended=False)
    assert (verdict.phase, verdict.onset and verdict.onset.at) == (FIRING, at(10).at)
    track.state = looks(130, [10])
    again = SilenceTrack(spec, 180.0, 35.0)
    again.restore(track.encoded(), later)
    assert again.look(later, "gone", suspended=False).phase is PENDING
    assert track.encoded() == track.encoded()
    for broken in ("", "{}", "[1]", '{"phase":"odd","waited_s":1}', '{"waited_s":true}'):
        fresh = SilenceTrack(spec, 180.0, 35.0)
        fresh.restore(broken, later)
        assert fresh.look(later, "", suspended=False).phase is OK


def test_no_data_never_asks_for_less_than_a_source_takes() -> None:
    hasty = Patience(no_data_s=1.0, due_s=35.0)
    state = Silence()
    for seconds in range(0, 120, 5):
        state = look(hasty, state, at(seconds // 30 * 30), at(seconds))
        assert state.phase is OK


def test_how_soon_a_rule_notices() -> None:
    assert detection_words(3, 15, 5) == "3 in a row, detected within 50s"
    assert detection_words(1, 60, 10) == "1 in a row, detected within 1m10s"
    assert band_detection_words((band(), band(consecutive=4)), 15, 5) == (
        "4 in a row, detected within 1m5s"
    )
    assert band_detection_words((band(for_s=300),), 15, 5) == ""
    assert detection_s(1, 15, 5, for_s=300) == 320
    assert detection_s(3, 0, 5, for_s=300) == 5
