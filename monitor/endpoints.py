"""The judge of endpoint checks; pure.

| phase      | a bad check                              | a good check                            |
|------------|------------------------------------------|-----------------------------------------|
| ok         | pending ("failing"), or firing ("down")  | ok, or slow                             |
|            | when one failure is enough               |                                         |
| pending    | firing at the nth failure in a row       | ok                                      |
| firing     | firing                                   | recovering (still "down")               |
| recovering | firing, with the same onset              | ok after `successes_to_clear` in a row  |

Bad is: no answer, a status that is not expected, or an assertion that does not hold. Slow is good,
and a warning of its own. A check that was not made (offline, source broken) is no evidence
either way and changes nothing.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.states import EndpointState, Freshness
from monitor.verdicts import Level, Phase, Verdict
from monitor.words import duration_words, number_words
from monitor.workspace import CheckSpec
from providers.clock import Moment
from providers.probe_readings import ProbeReading, Role

# Tuples: to look an enum up in a set costs several times as much.
_UNSEEN: Final = (EndpointState.CHECKING, EndpointState.UNKNOWN, EndpointState.STALE)


class CheckState(Struct, frozen=True, kw_only=True):
    """What one check remembers from answer to answer."""

    phase: Phase = Phase.OK
    since: Moment | None = None
    """When the phase began."""

    onset: Moment | None = None
    """The first bad check of what is pending, firing or recovering."""

    failures: int = 0
    """Bad checks in a row; while recovering, those before."""

    successes: int = 0
    slow: bool = False
    last: Moment | None = None
    why: str = ""
    """What was wrong with the last bad check."""

    steady: EndpointState = EndpointState.CHECKING
    """The state before the present trouble."""

    shown: EndpointState = EndpointState.CHECKING
    changed_at: datetime | None = None
    change: str = ""

    @property
    def down(self) -> bool:
        """Whether it fires, recovering included."""
        return self.phase is Phase.FIRING or self.phase is Phase.RECOVERING


def is_bad(probe: ProbeReading) -> bool:
    """Whether an answer counts as a failure."""
    return (
        probe.failure is not None
        or not probe.status_expected
        or any(not one.passed for one in probe.assertions)
    )


def is_slow(spec: CheckSpec, probe: ProbeReading) -> bool:
    """Whether an answer took longer than the configuration allows."""
    return spec.slow_ms is not None and probe.phases.total_ms > spec.slow_ms


def fault_words(probe: ProbeReading) -> str:
    """What is wrong with an answer, in words; empty for a good one."""
    if probe.failure is not None:
        return probe.failure.sentence
    if not probe.status_expected:
        return "no status" if probe.status is None else f"answers {probe.status}"
    broken = [one for one in probe.assertions if not one.passed]
    if broken:
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        found = broken[0].found.line(60) or "nothing"
        return f"{broken[0].expectation} does not hold, found {found}{more}"
    return ""


def judge_check(spec: CheckSpec, state: CheckState, probe: ProbeReading, at: Moment) -> CheckState:
    """The state after one more answer; an answer not newer than the last changes nothing."""
    if state.last is not None and at.tick_s <= state.last.tick_s:
        return state
    if is_bad(probe):
        return _failed(spec, state, fault_words(probe), at)
    slow = is_slow(spec, probe)
    successes = state.successes + 1
    firing = state.down
    if firing and successes < spec.successes_to_clear:
        moved = replace(state, last=at, successes=successes, slow=slow)
        return _enter(moved, Phase.RECOVERING, at, EndpointState.DOWN)
    moved = replace(state, last=at, successes=successes, failures=0, slow=slow, why="", onset=None)
    return _enter(moved, Phase.OK, at, EndpointState.SLOW if slow else EndpointState.OK)


def state_shown(
    spec: CheckSpec,
    state: CheckState,
    probe: ProbeReading | None,
    freshness: Freshness,
    *,
    alive: bool,
) -> EndpointState:
    """The state to draw, with age and the liveness check taken in.

    Args:
        spec: The check.
        state: What its answers say.
        probe: The last answer.
        freshness: Of its source.
        alive: Whether the liveness check of the same service and environment is well.
    """
    if freshness is Freshness.LOADING or (freshness is Freshness.LIVE and state.last is None):
        return EndpointState.CHECKING
    if freshness is Freshness.UNKNOWN:
        return EndpointState.UNKNOWN
    if freshness is Freshness.STALE:
        return EndpointState.STALE
    said_so = spec.role is Role.READINESS and probe is not None and probe.status is not None
    if said_so and alive and state.shown is EndpointState.DOWN:
        return EndpointState.NOT_READY
    return state.shown


def verdict_of(
    spec: CheckSpec, state: CheckState, shown: EndpointState, age_s: float | None, why: str = ""
) -> Verdict:
    """The verdict that belongs to what is drawn.

    What is not known is never ok, and a check that was down when last seen stays critical.

    Args:
        spec: The check.
        state: What its answers say.
        shown: From `state_shown`.
        age_s: Age of the last answer.
        why: Why there is no fresh answer, if the source said.
    """
    if shown in _UNSEEN:
        return _unseen(state, shown, age_s, why)
    return Verdict(
        level=_level(state),
        phase=state.phase,
        why=_why(spec, state),
        since=state.since,
        failures=state.failures,
        onset=state.onset,
    )


def _failed(spec: CheckSpec, state: CheckState, why: str, at: Moment) -> CheckState:
    failures = state.failures + 1
    moved = replace(
        state,
        last=at,
        failures=failures,
        successes=0,
        slow=False,
        why=why,
        onset=state.onset or at,
    )
    firing = state.down
    if firing or failures >= spec.failures_to_fire:
        return _enter(moved, Phase.FIRING, at, EndpointState.DOWN)
    return _enter(moved, Phase.PENDING, at, EndpointState.FAILING)


def _level(state: CheckState) -> Level:
    if state.down:
        return Level.CRITICAL
    return Level.WARNING if state.phase is Phase.PENDING or state.slow else Level.OK


def _why(spec: CheckSpec, state: CheckState) -> str:
    match state.phase:
        case Phase.FIRING:
            return f"{state.why} ×{state.failures}"
        case Phase.PENDING:
            return f"{state.why}, {state.failures} of {spec.failures_to_fire} in a row"
        case Phase.RECOVERING:
            return f"answers again, {state.successes} of {spec.successes_to_clear} good in a row"
        case _:
            limit = number_words(spec.slow_ms, "ms")
            return f"slower than {limit}" if state.slow else ""


def _unseen(state: CheckState, shown: EndpointState, age_s: float | None, why: str) -> Verdict:
    was_down = state.down
    if shown is EndpointState.CHECKING:
        words = "not yet checked"
    elif age_s is None:
        words = why or "never answered"
    else:
        words = f"last checked {duration_words(age_s)} ago"
        words += f": {why}" if why else ""
    if was_down:
        words += "; was down when last seen"
    return Verdict(
        level=Level.CRITICAL if was_down else Level.UNKNOWN,
        phase=Phase.UNKNOWN,
        why=words,
        since=state.since if was_down else state.last,
        failures=state.failures,
        onset=state.onset if was_down else None,
    )


def _enter(state: CheckState, phase: Phase, at: Moment, shown: EndpointState) -> CheckState:
    """Into a phase, with the change told as a person would: `ok → down`, not each step of it."""
    since = at if phase is not state.phase or state.since is None else state.since
    moved = replace(state, phase=phase, since=since, shown=shown)
    if shown is state.shown:
        return moved
    if state.shown is EndpointState.CHECKING:
        # The first answer is no change; a bad one has been so for we do not know how long.
        return replace(moved, steady=shown, changed_at=None, change="")
    worsens = state.shown is EndpointState.FAILING and shown is EndpointState.DOWN
    if worsens:
        # Without a change so far it was bad from our first look on.
        change = f"{state.steady.value} → {shown.value}" if state.change else ""
        return replace(moved, change=change)
    return replace(
        moved,
        steady=state.shown,
        changed_at=at.at,
        change=f"{state.shown.value} → {shown.value}",
    )
