"""Recorded answers of an endpoint through the judge of checks: what would have been down; pure.

Of minutes and hours only the share of good answers is known: the bad ones are taken as one run,
joined to a trouble that was there before, else at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from monitor.endpoints import CheckState, judge_check
from monitor.flapping import NOTHING_SEEN
from monitor.freshness import stale_after_s
from monitor.history_blocks import Bucket
from monitor.replay_episodes import Replayed, RuleName
from monitor.replay_looks import Period
from monitor.replay_recorder import Recorder
from monitor.verdicts import Level, Phase
from monitor.workspace import CheckSpec, EndpointRowSpec
from providers.base import SourceSpec
from providers.probe_readings import Phases, ProbeReading
from providers.readings import Failure, Trouble

DOWN: Final = "down"

START: Final = CheckState()

_BAD: Final = Failure(trouble=Trouble.BAD_ANSWER, sentence="a bad answer")
"""History keeps whether an answer was good, and not what it was."""

Answer = tuple[int, bool, int]
"""When, whether it was good, and the width of the sum that it was taken from, in milliseconds."""


def check_rule(
    workspace: str, row: EndpointRowSpec, environment: str, check: CheckSpec
) -> RuleName:
    """The rule of one check in one environment."""
    times = check.failures_to_fire
    failures = "first failure" if times == 1 else f"{times} failures in a row"
    return RuleName(
        alert=f"check/{check.source}",
        part=DOWN,
        title=f"{row.title} {environment}: {failures}",
        subject=row.key,
        workspace=workspace,
        severity=check.severity,
        level=Level.CRITICAL,
        unit="failures",
    )


def replay_check(
    rule: RuleName,
    spec: CheckSpec,
    source: SourceSpec,
    period: Period,
    kept: Sequence[Bucket],
    state: CheckState = START,
) -> tuple[Replayed, CheckState]:
    """One check over a recorded time.

    Args:
        rule: Its name.
        spec: The check.
        source: For how long an answer may be believed.
        period: The time.
        kept: Of its `up`, oldest first.
        state: As known at the begin.

    Returns:
        What fired, and the state at the end.
    """
    recorder, holds_s = Recorder(rule, period.from_ms, downwards=False), stale_after_s(source)
    probes = {good: _probe(spec, good=good) for good in (True, False)}
    calm, skipped = False, None
    for at_ms, good, width_ms in _inside(answers(kept), period):
        if calm and good:
            # One more good answer changes nothing that matters: the last stands for all.
            skipped = at_ms
            continue
        reach_s = max(holds_s, 2.5 * width_ms / 1000)
        if skipped is not None:
            state = judge_check(spec, state, probes[True], period.moment(skipped), reach_s)
            skipped = None
        at = period.moment(at_ms)
        state = judge_check(spec, state, probes[good], at, reach_s)
        recorder.see(state, at, float(state.failures), width_ms / 1000)
        calm = _is_calm(state)
    if skipped is not None:
        state = judge_check(spec, state, probes[True], period.moment(skipped), holds_s)
    return recorder.replayed(sum(one.at_ms >= period.from_ms for one in kept)), state


def _inside(every: Iterable[Answer], period: Period) -> Iterator[Answer]:
    return (one for one in every if period.begin_ms <= one[0] <= period.to_ms)


def answers(kept: Sequence[Bucket]) -> Iterator[Answer]:
    """Single answers; of a sum as many as it has, evenly spread."""
    bad_before = False
    for one in kept:
        if not one.width_ms:
            if one.count:
                bad_before = not one.total
                yield one.at_ms, bool(one.total), 0
            continue
        if not one.count:
            continue
        bad = one.count - one.nonzero
        if not bad:
            # Nothing to tell between the ends.
            bad_before = False
            yield one.at_ms, True, one.width_ms
            yield one.at_ms + one.width_ms, True, one.width_ms
            continue
        run = range(bad) if bad_before else range(one.nonzero, one.count)
        for place in range(one.count):
            at_ms = one.at_ms + one.width_ms * (place + 1) // one.count
            yield at_ms, place not in run, one.width_ms
        bad_before = bool(bad) and (not bad_before or bad == one.count)


def _is_calm(state: CheckState) -> bool:
    alike = state.seen > NOTHING_SEEN and not state.seen & (state.seen - 1)
    return state.phase is Phase.OK and alike


def _probe(spec: CheckSpec, *, good: bool) -> ProbeReading:
    return ProbeReading(
        role=spec.role,
        url="",
        method="GET",
        status=200 if good else None,
        status_expected=good,
        failure=None if good else _BAD,
        phases=Phases(),
    )
