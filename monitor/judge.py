"""The verdict over several bands: the worst that fires decides; pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from monitor.bands import ALERTING, LEVELS, alarms, is_bad, limit_words, past_words, usable
from monitor.flapping import changes, flapping_words, samples
from monitor.rules import BandState, Sample, elapsed_s, kept_s, step_all
from monitor.verdicts import Band, Level, Phase, Verdict
from monitor.words import duration_words, number_words, span_words
from providers.clock import Moment


class Judged(Struct, frozen=True, kw_only=True):
    """A verdict and what has to be remembered for the next one."""

    states: tuple[BandState, ...]
    verdict: Verdict
    missed_target: bool
    """Past a target or review band while nothing fires."""


def judge(
    bands: Sequence[Band],
    states: Sequence[BandState],
    sample: Sample,
    now: Moment,
    unit: str = "",
) -> Judged:
    """Take one sample in and say how things stand.

    Args:
        bands: Mildest first.
        states: One for each band, `rules.START` at first.
        sample: The newest number; one already seen changes no state.
        now: For ages in the words; the states do not depend on it.
        unit: For the words.
    """
    after = step_all(bands, states, sample)
    verdict = verdict_of(bands, after, sample, now, unit)
    value = usable(sample.value)
    missed = (
        value is not None
        and verdict.level is Level.OK
        and any(is_bad(band, value) for band in bands if band.name not in ALERTING)
    )
    if missed and value is not None:
        verdict = _missed(bands, verdict, value, unit)
    return Judged(states=after, verdict=verdict, missed_target=missed)


def verdict_of(
    bands: Sequence[Band],
    states: Sequence[BandState],
    sample: Sample,
    now: Moment,
    unit: str = "",
) -> Verdict:
    """The verdict for states that already hold the sample.

    A firing band decides before a waiting one, a worse band before a milder one. Without data
    the phase is unknown, and the level is unknown or that of the band that was firing: never ok.
    The trouble began when the first of the bands that are not ok saw it, so that an alert that
    gets worse is still the same one.
    """
    alerting = [(band, state) for band, state in zip(bands, states, strict=True) if alarms(band)]
    firing = [(band, state) for band, state in alerting if state.active]
    onset = _earliest(state.onset for _, state in alerting)
    value = usable(sample.value)
    if value is None:
        return replace(_unknown(firing, states, sample, now), onset=onset if firing else None)
    if firing:
        return replace(_alerting(*_worst(firing), value, now, unit), onset=onset)
    waiting = [(band, state) for band, state in alerting if state.phase is not Phase.OK]
    if waiting:
        return replace(_alerting(*_worst(waiting), value, now, unit), onset=onset)
    since = max(
        (state.since for _, state in alerting if state.since is not None),
        key=lambda moment: moment.tick_s,
        default=None,
    )
    return Verdict(level=Level.OK, phase=Phase.OK, why="", since=since)


def _unknown(
    firing: list[tuple[Band, BandState]],
    states: Sequence[BandState],
    sample: Sample,
    now: Moment,
) -> Verdict:
    why = sample.reason or "no data"
    since = _earliest(state.missing_since for state in states)
    if not firing:
        return Verdict(level=Level.UNKNOWN, phase=Phase.UNKNOWN, why=why, since=since)
    band, state = _worst(firing)
    # "no data for 26s" tells its span already.
    told = "" if since is None or " for " in why else f" for {duration_words(since.age_s(now))}"
    return Verdict(
        level=LEVELS[band.name],
        phase=Phase.UNKNOWN,
        why=f"{why}{told}; was firing when last seen",
        since=since,
        band=band,
        onset=state.onset,
        fired=state.fired,
        failures=state.bad,
    )


def _worst(pairs: Sequence[tuple[Band, BandState]]) -> tuple[Band, BandState]:
    return max(pairs, key=lambda pair: LEVELS[pair[0].name])


def _earliest(moments: Iterable[Moment | None]) -> Moment | None:
    known = [moment for moment in moments if moment is not None]
    return min(known, key=lambda moment: moment.tick_s, default=None)


def _alerting(band: Band, state: BandState, value: float, now: Moment, unit: str) -> Verdict:
    """The verdict of one band that fires, waits or flaps."""
    if state.phase is Phase.FLAPPING:
        return _flapping(band, state, value, now, unit)
    if state.active:
        return _firing(band, state, value, now, unit)
    return _pending(band, state, value, now, unit)


def _flapping(band: Band, state: BandState, value: float, now: Moment, unit: str) -> Verdict:
    count, of = changes(state.seen), samples(state.seen)
    at_last = past_words(band, value, unit) if is_bad(band, value) else number_words(value, unit)
    return Verdict(
        level=LEVELS[band.name] if state.active else Level.WARNING,
        phase=Phase.FLAPPING,
        why=f"{flapping_words(count, of)}, now {at_last}",
        since=state.since,
        elapsed_s=elapsed_s(band, state, now),
        required_s=band.for_s,
        failures=state.bad,
        band=band,
        onset=state.onset,
        fired=state.fired,
        changes=count,
        checks=of,
    )


def _firing(band: Band, state: BandState, value: float, now: Moment, unit: str) -> Verdict:
    recovering = state.phase is Phase.RECOVERING
    if recovering:
        why = f"back inside {limit_words(band, unit)}, {_recovery_words(band, state, now)}"
    elif is_bad(band, value):
        why = past_words(band, value, unit)
    else:
        why = f"not yet back past the clear limit of {limit_words(band, unit)}"
    back_s, back_required_s = _way_back_s(band, state, now)
    return Verdict(
        level=LEVELS[band.name],
        phase=state.phase,
        why=why,
        since=state.since,
        elapsed_s=back_s if recovering else elapsed_s(band, state, now),
        required_s=back_required_s if recovering else band.for_s,
        failures=state.bad,
        band=band,
        onset=state.onset,
        fired=state.fired,
    )


def _way_back_s(band: Band, state: BandState, now: Moment) -> tuple[float, float]:
    """Of the two waiting times before it clears the one that ends last: spent, and asked for."""
    held_s = min(kept_s(state, now), band.keep_firing_s)
    if band.keep_firing_s - held_s > band.clear_for_s - state.good_s:
        return held_s, band.keep_firing_s
    return state.good_s, band.clear_for_s


def _recovery_words(band: Band, state: BandState, now: Moment) -> str:
    words = f"{state.good} of {band.clear_consecutive} good"
    if band.clear_for_s:
        spent = duration_words(state.good_s)
        words += f", {spent} of {span_words(band.clear_for_s)}"
    if band.keep_firing_s:
        held = duration_words(min(kept_s(state, now), band.keep_firing_s))
        words += f", kept {held} of {span_words(band.keep_firing_s)}"
    return words


def _pending(band: Band, state: BandState, value: float, now: Moment, unit: str) -> Verdict:
    elapsed = elapsed_s(band, state, now)
    why = past_words(band, value, unit)
    if band.for_s:
        why += f", {duration_words(elapsed)} of {span_words(band.for_s)}"
    if band.consecutive > 1:
        why += f", {state.bad} of {band.consecutive} in a row"
    return Verdict(
        level=Level.WARNING,
        phase=Phase.PENDING,
        why=why,
        since=state.since,
        elapsed_s=elapsed,
        required_s=band.for_s,
        failures=state.bad,
        band=band,
        onset=state.onset,
    )


def _missed(bands: Sequence[Band], verdict: Verdict, value: float, unit: str) -> Verdict:
    band = [one for one in bands if one.name not in ALERTING and is_bad(one, value)][-1]
    return Verdict(
        level=verdict.level,
        phase=verdict.phase,
        why=f"misses {band.name.value}: {past_words(band, value, unit)}",
        since=verdict.since,
        band=band,
    )
