"""What the states of endpoint checks mean: what is drawn, how bad it is, and why; pure."""

from typing import Final

from monitor.endpoints import CheckState, kept_s
from monitor.flapping import changes, flapping_words, samples, was_bad
from monitor.states import EndpointState, Freshness
from monitor.verdicts import Level, Phase, Verdict
from monitor.words import duration_words, number_words, span_words
from monitor.workspace import CheckSpec
from providers.clock import Moment
from providers.probe_readings import ProbeReading, Role

# Tuples: to look an enum up in a set costs several times as much.
_UNSEEN: Final = (EndpointState.CHECKING, EndpointState.UNKNOWN, EndpointState.STALE)


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
    spec: CheckSpec,
    state: CheckState,
    shown: EndpointState,
    age_s: float | None,
    why: str = "",
    now: Moment | None = None,
) -> Verdict:
    """The verdict that belongs to what is drawn.

    What is not known is never ok, and a check that was down when last seen stays critical.

    Args:
        spec: The check.
        state: What its answers say.
        shown: From `state_shown`.
        age_s: Age of the last answer.
        why: Why there is no fresh answer, if the source said.
        now: For how long it has been kept firing; None: as of the last answer.
    """
    if shown in _UNSEEN:
        return _unseen(state, shown, age_s, why)
    held_s, required_s = _held_s(spec, state, now or state.last)
    flaps_now = state.phase is Phase.FLAPPING
    return Verdict(
        level=_level(state),
        phase=state.phase,
        why=_why(spec, state, held_s),
        since=state.since,
        elapsed_s=held_s,
        required_s=required_s,
        failures=state.failures,
        onset=state.onset,
        fired=state.fired,
        changes=changes(state.seen) if flaps_now else 0,
        checks=samples(state.seen) if flaps_now else 0,
    )


def _held_s(spec: CheckSpec, state: CheckState, now: Moment | None) -> tuple[float, float]:
    """How long it has been kept firing since the last bad check, and how long it must be."""
    if state.phase is not Phase.RECOVERING or not spec.keep_firing_s or now is None:
        return 0.0, 0.0
    return min(kept_s(state, now), spec.keep_firing_s), spec.keep_firing_s


def _level(state: CheckState) -> Level:
    if state.down:
        return Level.CRITICAL
    waiting = state.phase is Phase.PENDING or state.phase is Phase.FLAPPING
    return Level.WARNING if waiting or state.slow else Level.OK


def _why(spec: CheckSpec, state: CheckState, held_s: float) -> str:
    match state.phase:
        case Phase.FIRING:
            return f"{state.why} ×{state.failures}"
        case Phase.PENDING:
            return f"{state.why}, {state.failures} of {spec.failures_to_fire} in a row"
        case Phase.RECOVERING:
            words = f"answers again, {state.successes} of {spec.successes_to_clear} good in a row"
            if spec.keep_firing_s:
                spent = duration_words(held_s)
                words += f", kept {spent} of {span_words(spec.keep_firing_s)}"
            return words
        case Phase.FLAPPING:
            at_last = f"now {state.why}" if was_bad(state.seen) else f"now good, before {state.why}"
            return f"{flapping_words(changes(state.seen), samples(state.seen))}, {at_last}"
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
        fired=state.fired,
    )
