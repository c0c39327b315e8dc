"""Endpoint checks: from answers to states, to the check."""

from datetime import timedelta

import pytest

from monitor import certificates
from monitor.check_states import decode_check, encode_check
from monitor.endpoint_verdicts import state_shown, verdict_of
from monitor.endpoints import CheckState, judge_check
from monitor.freshness import freshness
from monitor.states import EndpointState, Freshness
from monitor.uptime import Uptime
from monitor.verdicts import Level, Phase
from monitor.workspace import CheckSpec
from providers.clock import Moment
from providers.probe_readings import AssertionResult, Certificate, ProbeReading, Role
from providers.readings import Failure, SourceId, Trouble
from providers.text import Foreign
from tests.fakes import START as DAY
from tests.fakes import probe, source_spec

SPEC = CheckSpec(
    source=SourceId("lma/production/api/health"), role=Role.DEEP, slow_ms=2_000, severity="SEV1"
)
GOOD, SLOW, BAD = probe(), probe(total_ms=2_001), probe(503)


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=500 + seconds)


def after(*probes: ProbeReading, spec: CheckSpec = SPEC, every_s: float = 15.0) -> CheckState:
    state = CheckState()
    for index, one in enumerate(probes):
        state = judge_check(spec, state, one, at(index * every_s))
    return state


E = EndpointState


@pytest.mark.parametrize(
    ("probes", "shown", "level", "phase"),
    [
        ([GOOD], E.OK, Level.OK, Phase.OK),
        ([SLOW], E.SLOW, Level.WARNING, Phase.OK),
        ([probe(total_ms=2_000)], E.OK, Level.OK, Phase.OK),
        ([BAD], E.FAILING, Level.WARNING, Phase.PENDING),
        ([GOOD, BAD, BAD], E.FAILING, Level.WARNING, Phase.PENDING),
        ([BAD, BAD, GOOD, BAD, BAD], E.FAILING, Level.WARNING, Phase.PENDING),
        ([BAD, BAD, BAD], E.DOWN, Level.CRITICAL, Phase.FIRING),
        ([BAD, BAD, BAD, GOOD], E.DOWN, Level.CRITICAL, Phase.RECOVERING),
        ([BAD, BAD, BAD, GOOD, BAD], E.DOWN, Level.CRITICAL, Phase.FIRING),
        ([BAD, BAD, BAD, GOOD, GOOD], E.OK, Level.OK, Phase.OK),
        ([BAD, BAD, BAD, GOOD, SLOW], E.SLOW, Level.WARNING, Phase.OK),
    ],
)
def test_the_transition_table(
    probes: list[ProbeReading], shown: EndpointState, level: Level, phase: Phase
) -> None:
    state = after(*probes)
    assert state_shown(SPEC, state, probes[-1], Freshness.LIVE, alive=False) is shown
    verdict = verdict_of(SPEC, state, shown, 1.0)
    assert (verdict.level, verdict.phase) == (level, phase)
    assert verdict.why or level is Level.OK


def test_more_than_two_consecutive_failures_fire_on_the_third() -> None:
    assert after(GOOD, BAD, BAD).phase is Phase.PENDING
    third = after(GOOD, BAD, BAD, BAD)
    assert third.phase is Phase.FIRING
    assert third.onset == at(15)
    assert verdict_of(SPEC, third, E.DOWN, 1.0).why == "answers 503 ×3"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (BAD, "answers 503"),
        (
            ProbeReading(
                role=Role.DEEP,
                url="http://x/",
                method="GET",
                status=None,
                status_expected=False,
                failure=Failure(trouble=Trouble.UNREACHABLE, sentence="API: GET: refused"),
                phases=probe().phases,
            ),
            "API: GET: refused",
        ),
        (
            probe(
                assertions=(
                    AssertionResult(
                        expectation='status == "ok"', found=Foreign("error"), passed=False
                    ),
                )
            ),
            'status == "ok" does not hold, found error',
        ),
    ],
)
def test_each_kind_of_bad_answer_has_words(answer: ProbeReading, words: str) -> None:
    state = after(answer)
    assert state.phase is Phase.PENDING
    assert verdict_of(SPEC, state, E.FAILING, 1.0).why == f"{words}, 1 of 3 in a row"


def test_change_is_told_as_a_person_would() -> None:
    assert after(GOOD).change == after(BAD, BAD, BAD).change == ""
    failing = after(GOOD, BAD)
    assert (failing.change, failing.changed_at) == ("ok → failing", at(15).at)
    down = after(GOOD, BAD, BAD, BAD)
    assert (down.change, down.changed_at) == ("ok → down", at(15).at)
    back = after(GOOD, BAD, BAD, BAD, GOOD, GOOD)
    assert (back.change, back.changed_at) == ("down → ok", at(75).at)


def test_alive_but_not_ready_is_a_state_of_its_own() -> None:
    spec = CheckSpec(source=SPEC.source, role=Role.READINESS, slow_ms=None)
    state = after(BAD, BAD, BAD, spec=spec)

    def shown(alive: bool, answer: ProbeReading) -> EndpointState:
        return state_shown(spec, state, answer, Freshness.LIVE, alive=alive)

    assert shown(True, BAD) is E.NOT_READY
    assert shown(False, BAD) is E.DOWN
    assert shown(True, probe(None)) is E.DOWN
    assert verdict_of(spec, state, E.NOT_READY, 1.0).level is Level.CRITICAL


@pytest.mark.parametrize(
    ("fresh", "shown"),
    [
        (Freshness.LOADING, E.CHECKING),
        (Freshness.STALE, E.STALE),
        (Freshness.UNKNOWN, E.UNKNOWN),
    ],
)
def test_what_is_not_fresh_is_never_green_and_what_was_down_stays_red(
    fresh: Freshness, shown: EndpointState
) -> None:
    for state, level in ((after(GOOD), Level.UNKNOWN), (after(BAD, BAD, BAD), Level.CRITICAL)):
        assert state_shown(SPEC, state, GOOD, fresh, alive=True) is shown
        verdict = verdict_of(SPEC, state, shown, 100.0, "401 token rejected")
        assert (verdict.level, verdict.phase) == (level, Phase.UNKNOWN)
        assert verdict.why


def test_an_answer_seen_before_changes_nothing() -> None:
    state = after(GOOD, BAD)
    assert judge_check(SPEC, state, BAD, at(15)) is state
    assert judge_check(SPEC, state, GOOD, at(3)) is state


def test_the_state_survives_a_restart() -> None:
    state = after(GOOD, BAD, BAD, BAD, GOOD)
    reborn = Moment(at=at(200).at, tick_s=3.0)
    known = decode_check(encode_check(state), reborn)
    assert known is not None
    assert (known.phase, known.failures, known.change) == (Phase.RECOVERING, 3, "ok → down")
    assert known.onset is not None
    assert known.onset.age_s(reborn) == pytest.approx(185)
    next_good = judge_check(SPEC, known, GOOD, Moment(at=at(201).at, tick_s=4.0))
    assert next_good.phase is Phase.OK
    for broken in ("", "[]", "{}", "null", encode_check(state).replace("recovering", "odd")):
        assert decode_check(broken, reborn) is None


SOURCE = source_spec(interval_s=10, timeout_s=5)


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        (0, Freshness.LIVE),
        (25, Freshness.LIVE),
        (25.1, Freshness.STALE),
        (50, Freshness.STALE),
        (50.1, Freshness.UNKNOWN),
    ],
)
def test_older_than_two_intervals_and_the_time_out_is_stale_older_than_five_unknown(
    age_s: float, expected: Freshness
) -> None:
    assert freshness(SOURCE, at(0), at(0), at(age_s)) is expected


def test_the_clock_that_saw_more_time_decides_the_age() -> None:
    slept = Moment(at=at(3_600).at, tick_s=at(1).tick_s)
    set_back = Moment(at=at(-3_600).at, tick_s=at(60).tick_s)
    assert freshness(SOURCE, at(0), at(0), slept) is Freshness.UNKNOWN
    assert freshness(SOURCE, at(0), at(0), set_back) is Freshness.UNKNOWN


def test_what_never_answered_loads_for_a_while_and_is_then_unknown() -> None:
    assert freshness(SOURCE, None, at(0), at(25)) is Freshness.LOADING
    assert freshness(SOURCE, None, at(0), at(26)) is Freshness.UNKNOWN


@pytest.mark.parametrize(
    ("days", "trusted", "level", "words"),
    [
        (61, True, Level.OK, "certificate ends in 61 days"),
        (21, True, Level.WARNING, "certificate ends in 21 days"),
        (7, True, Level.CRITICAL, "certificate ends in 7 days"),
        (0.5, True, Level.CRITICAL, "certificate ends in 12 hours"),
        (-3, True, Level.CRITICAL, "certificate ended 3 days ago"),
        (61, False, Level.CRITICAL, "certificate is not trusted"),
    ],
)
def test_certificates(days: float, trusted: bool, level: Level, words: str) -> None:
    certificate = Certificate(
        subject=Foreign("a"),
        issuer=Foreign("b"),
        not_after=DAY + timedelta(days=days),
        trusted=trusted,
    )
    assert certificates.level_of(SPEC, certificate, DAY) is level
    assert certificates.words(certificate, DAY) == words
    assert certificates.level_of(SPEC, None, DAY) is Level.OK


def test_uptime_forgets_after_a_day() -> None:
    uptime = Uptime()
    assert uptime.percent(0) is None
    uptime.add(0, bad=1)
    for index in range(1, 100):
        uptime.add(index * 600.0, good=1)
    assert uptime.percent(60_000) == 99.0
    assert uptime.percent(86_401) == 100.0
    assert uptime.percent(86_400 * 5) is None
