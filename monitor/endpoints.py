"""The judge of endpoint checks; pure.

| phase      | a bad check                              | a good check                            |
|------------|------------------------------------------|-----------------------------------------|
| ok         | pending ("failing"), or firing ("down")  | ok, or slow                             |
|            | when one failure is enough               |                                         |
| pending    | firing at the nth failure in a row       | ok                                      |
| firing     | firing                                   | recovering (still "down"), or ok if one |
|            |                                          | is enough and nothing else is asked     |
| recovering | firing, with the same onset              | ok after `successes_to_clear` in a row  |
|            |                                          | **and** `keep_firing` after the last    |
|            |                                          | bad one                                 |

Before any of that it is asked whether the check flaps (`monitor.flapping`):

| phase      | with 7 or more changes in the last 21    | once there are 3 or fewer               |
|------------|------------------------------------------|-----------------------------------------|
| ok         | flapping if bad, else ok                 | –                                       |
| pending,   | flapping: one alert that stays, with     | –                                       |
| firing,    | its onset                                |                                         |
| recovering |                                          |                                         |
| flapping   | flapping                                 | as from firing if it was ever down in   |
|            |                                          | this trouble, else as from pending      |

A check that flaps and was down in that trouble is critical, however good its last answer is; one
that never failed often enough in a row is a warning, as "failing" is, and becomes critical with
the failure that makes it down.

Bad is: no answer, a status that is not expected, or an assertion that does not hold. Slow is good,
and a warning of its own; slow is no change. A check that was not made (offline, source broken) is
no evidence either way and changes nothing. After a silence of five minutes, or longer than an
answer is believed, what was seen before is no evidence either: failures of a check that is not
down, and changes of any, are counted anew. What is down stays down over any gap.
"""

import math
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.flapping import NOTHING_SEEN, flaps, remember
from monitor.rules import EXACT_S, FORGET_S
from monitor.states import EndpointState
from monitor.verdicts import Phase
from monitor.workspace import CheckSpec
from providers.clock import Moment
from providers.probe_readings import ProbeReading

_SHOWN: Final = {
    Phase.PENDING: EndpointState.FAILING,
    Phase.FIRING: EndpointState.DOWN,
    Phase.RECOVERING: EndpointState.DOWN,
}

_WORSE: Final = (EndpointState.DOWN, EndpointState.FLAPPING)


class CheckState(Struct, frozen=True, kw_only=True):
    """What one check remembers from answer to answer."""

    phase: Phase = Phase.OK
    since: Moment | None = None
    """When the phase began."""

    onset: Moment | None = None
    """The first bad check of what is pending, firing, recovering or flapping."""

    fired: Moment | None = None
    """When it was first down in this trouble."""

    bad_at: Moment | None = None
    """The last bad check of this trouble."""

    seen: int = NOTHING_SEEN
    """Which of the last checks were bad; see `monitor.flapping`."""

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
        """Whether it was down and has not cleared: firing, recovering, or flapping after that."""
        return self.fired is not None


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


def judge_check(
    spec: CheckSpec,
    state: CheckState,
    probe: ProbeReading,
    at: Moment,
    holds_s: float = math.inf,
) -> CheckState:
    """The state after one more answer; an answer not newer than the last changes nothing.

    Args:
        spec: The check.
        state: What the answers before it say.
        probe: The answer.
        at: When it came.
        holds_s: How long an answer is believed; a longer silence makes it no evidence any more.
    """
    if state.last is not None and at.tick_s <= state.last.tick_s:
        return state
    state = _forget(state, at, holds_s)
    bad = is_bad(probe)
    moved = _counted(spec, state, probe, at, bad=bad)
    calm = _phase(spec, moved, at, bad=bad)
    flapping = (
        spec.flapping
        and not (calm is Phase.OK and state.phase is Phase.OK)
        and flaps(moved.seen, already=state.phase is Phase.FLAPPING)
    )
    if calm is Phase.FIRING:
        moved = replace(moved, fired=moved.fired or at)
    if flapping:
        moved = moved if bad else replace(moved, failures=0)
        return _enter(moved, Phase.FLAPPING, at, EndpointState.FLAPPING)
    if calm is Phase.OK:
        if state.phase is not Phase.OK:
            moved = replace(moved, failures=0, why="", onset=None, fired=None, bad_at=None)
        return _enter(moved, Phase.OK, at, EndpointState.SLOW if moved.slow else EndpointState.OK)
    return _enter(moved, calm, at, _SHOWN[calm])


def _forget(state: CheckState, at: Moment, holds_s: float) -> CheckState:
    """The state without what is too old to be evidence; nothing that is down is forgotten."""
    if state.last is None or at.tick_s - state.last.tick_s <= max(FORGET_S, holds_s):
        return state
    if state.down or state.phase is Phase.OK:
        return replace(state, seen=NOTHING_SEEN)
    return replace(
        state, seen=NOTHING_SEEN, phase=Phase.OK, since=None, failures=0, onset=None, bad_at=None
    )


def _counted(
    spec: CheckSpec, state: CheckState, probe: ProbeReading, at: Moment, *, bad: bool
) -> CheckState:
    """What is counted, whatever the phase makes of it."""
    seen = remember(state.seen, bad=bad)
    if not bad:
        return replace(
            state,
            last=at,
            seen=seen,
            successes=state.successes + 1,
            slow=is_slow(spec, probe),
        )
    return replace(
        state,
        last=at,
        seen=seen,
        failures=state.failures + 1,
        successes=0,
        slow=False,
        why=fault_words(probe),
        onset=state.onset or at,
        bad_at=at,
    )


def _phase(spec: CheckSpec, state: CheckState, at: Moment, *, bad: bool) -> Phase:
    """The phase if nothing flapped, of a state that has counted the answer."""
    if bad:
        firing = state.down or state.failures >= spec.failures_to_fire
        return Phase.FIRING if firing else Phase.PENDING
    if not state.down:
        return Phase.OK
    enough = (
        state.successes >= spec.successes_to_clear
        and kept_s(state, at) >= spec.keep_firing_s - EXACT_S
    )
    return Phase.OK if enough else Phase.RECOVERING


def kept_s(state: CheckState, at: Moment) -> float:
    """Seconds since the last bad check."""
    return math.inf if state.bad_at is None else max(0.0, at.tick_s - state.bad_at.tick_s)


def _enter(state: CheckState, phase: Phase, at: Moment, shown: EndpointState) -> CheckState:
    """Into a phase, with the change told as a person would: `ok → down`, not each step of it."""
    since = at if phase is not state.phase or state.since is None else state.since
    moved = replace(state, phase=phase, since=since, shown=shown)
    if shown is state.shown:
        return moved
    if state.shown is EndpointState.CHECKING:
        # The first answer is no change; a bad one has been so for we do not know how long.
        return replace(moved, steady=shown, changed_at=None, change="")
    worsens = state.shown is EndpointState.FAILING and shown in _WORSE
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
