"""Why a rule fires or does not, in lines with the numbers; pure.

Shared by `quarterdeck rules explain` and the page of an alert: both say the same of one alert.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from monitor.alert_view import AlertView, CareKind
from monitor.band_words import gap_words, limit_text
from monitor.bands import ALERTING, alarms, is_bad, past_words, usable
from monitor.endpoints import CheckState
from monitor.flapping import ENTER, changes, samples
from monitor.group_view import GroupView
from monitor.rules import BandState, elapsed_s, kept_s
from monitor.snapshot import KpiView
from monitor.verdicts import Band, Phase, Verdict
from monitor.words import clock_words, date_words, duration_words, number_words, span_words
from monitor.workspace import CheckSpec
from providers.clock import Moment

Line = tuple[str, str]
"""What it is about, and what there is to say."""

_FLAPPING_SHARE: Final = 2
"""Changes from which on flapping is worth a word."""


class Ground(Struct, frozen=True, kw_only=True):
    """What the words are made with."""

    now: Moment
    zone: tzinfo = UTC
    holds_s: float = float("inf")
    """How long a reading is believed."""

    def clock(self, at: datetime) -> str:
        """A time of day, with its date where that is not today's."""
        near = abs((self.now.at - at).total_seconds()) < 43_200
        return clock_words(at, self.zone) if near else date_words(at, self.zone)


def kpi_lines(view: KpiView, states: Sequence[BandState], ground: Ground) -> Iterator[Line]:
    """A KPI: its number, then each band with what is met and what lacks.

    Args:
        view: The KPI.
        states: Of its bands, in their order; empty where they are not at hand.
        ground: For the words.
    """
    unit, value = view.spec.unit, usable(view.value)
    yield "number", _number_words(view, ground)
    if gap := gap_words(view.spec.bands, value, unit):
        yield "goal", gap
    known = list(states) if len(states) == len(view.spec.bands) else [None] * len(view.spec.bands)
    for band, state in zip(view.spec.bands, known, strict=True):
        words = band_words(band, state, value, unit, ground)
        told = _of_verdict(view.verdict, ground) if view.verdict.band == band else ""
        yield band.name.value, f"{words}; {told}" if told and state is None else words
    if not any(map(alarms, view.spec.bands)) and not view.burns:
        yield "alert", "none is set: it is a target only"
    for burn in view.burns:
        yield burn.name, _burn_words(burn, ground)
    if view.spec.no_data_s is not None:
        told = "a number came in time" if view.no_data is None else view.no_data.why
        yield "no data", f"{told}; fires after {span_words(view.spec.no_data_s)} without"


def _burn_words(burn: GroupView, ground: Ground) -> str:
    words = burn.verdict.why or f"not past its limit: {number_words(burn.value, '×')}"
    told = _of_verdict(burn.verdict, ground)
    return f"{words}; {told}" if told else words


def _number_words(view: KpiView, ground: Ground) -> str:
    if view.value is None:
        return f"none: {view.reason or 'no data'}"
    words = number_words(view.value, view.spec.unit)
    if view.at is None:
        return words
    age_s = view.at.age_s(ground.now)
    fresh = "" if age_s <= ground.holds_s else ", too old to judge by"
    return f"{words}, {duration_words(age_s)} old{fresh}"


def _of_verdict(verdict: Verdict, ground: Ground) -> str:
    """What is known of the band that decided, where its state is not at hand."""
    if verdict.fired is not None:
        return f"fires since {ground.clock(verdict.fired.at)}"
    if verdict.phase is not Phase.PENDING or not verdict.required_s:
        return ""
    spent, asked = duration_words(verdict.elapsed_s), span_words(verdict.required_s)
    left_s = verdict.required_s - verdict.elapsed_s
    if left_s <= 0:
        return f"past it for {spent} of {asked}; fires with the next reading past it"
    at = ground.clock(ground.now.at + timedelta(seconds=left_s))
    return f"past it for {spent} of {asked}; fires at {at} if it stays"


def band_words(
    band: Band, state: BandState | None, value: float | None, unit: str, ground: Ground
) -> str:
    """One band: where the number stands, and what its rule has and lacks."""
    if value is None:
        at = "no number to hold against it"
    elif is_bad(band, value):
        at = f"past it: {past_words(band, value, unit)}"
    else:
        limit = f"{band.comparison.value} {limit_text(band, unit)}"
        at = f"inside: {number_words(value, unit)}, limit {limit}"
    if band.proposed:
        return f"{at}; proposed, it never fires until confirmed"
    if band.name not in ALERTING:
        return f"{at}; a goal, it never fires"
    if state is None:
        return at
    return "; ".join([at, *_standing(band, state, value, ground)])


def _standing(band: Band, state: BandState, value: float | None, ground: Ground) -> Iterator[str]:
    if state.phase is Phase.FLAPPING:
        yield f"flapping, {changes(state.seen)} changes in the last {samples(state.seen)} checks"
    if state.active and state.fired is not None:
        yield f"fires since {ground.clock(state.fired.at)}"
        yield from _clearing(band, state, ground)
    elif state.phase in {Phase.PENDING, Phase.FLAPPING}:
        yield from _waiting(band, state, value, ground)
    else:
        yield "does not fire"
    swings = changes(state.seen)
    if state.phase is not Phase.FLAPPING and swings >= _FLAPPING_SHARE and band.flapping:
        yield f"{swings} changes in the last {samples(state.seen)} checks, flapping at {ENTER}"


def _waiting(band: Band, state: BandState, value: float | None, ground: Ground) -> Iterator[str]:
    """What it has of what it asks for, and when it fires if nothing changes."""
    passed_s = elapsed_s(band, state, ground.now)
    if band.for_s:
        yield f"past it for {duration_words(passed_s)} of {span_words(band.for_s)}"
    if band.consecutive > 1:
        yield f"{state.bad} of {band.consecutive} in a row"
    left_s = band.for_s - passed_s
    if band.for_s and value is not None and state.last_bad and left_s > 0:
        at = ground.now.at + timedelta(seconds=left_s)
        yield f"fires at {ground.clock(at)} if it stays"
    elif band.for_s and left_s <= 0 and state.bad >= band.consecutive:
        yield "fires with the next reading past it"


def _clearing(band: Band, state: BandState, ground: Ground) -> Iterator[str]:
    """What lacks before it clears."""
    if state.last_bad:
        return
    if not state.last_good:
        yield "not back past its clear limit"
        return
    yield f"back inside, {state.good} of {band.clear_consecutive} in a row"
    if band.clear_for_s:
        spent = duration_words(min(state.good_s, band.clear_for_s))
        yield f"{spent} of {span_words(band.clear_for_s)} inside"
    if band.keep_firing_s:
        kept = duration_words(min(kept_s(state, ground.now), band.keep_firing_s))
        yield f"kept {kept} of {span_words(band.keep_firing_s)}"


def check_lines(spec: CheckSpec, state: CheckState, ground: Ground) -> Iterator[Line]:
    """An endpoint check: its last answers and what its rule has and lacks."""
    if state.last is None:
        yield "answer", "none was recorded"
        return
    age_s = state.last.age_s(ground.now)
    fresh = "" if age_s <= ground.holds_s else ", too old to judge by"
    good = "good" if not state.failures or state.successes else "bad"
    why = f": {state.why}" if state.why and good == "bad" else ""
    yield "answer", f"the last was {good}{why}, {duration_words(age_s)} old{fresh}"
    yield "rule", "; ".join(_check_standing(spec, state, ground))
    swings = changes(state.seen)
    if swings >= _FLAPPING_SHARE and spec.flapping:
        words = f"{swings} changes in the last {samples(state.seen)} checks"
        yield "flapping", f"{words}, at {ENTER} it flaps"


def _check_standing(spec: CheckSpec, state: CheckState, ground: Ground) -> Iterator[str]:
    asked = f"fires at failure {spec.failures_to_fire} in a row"
    if state.down and state.fired is not None:
        yield f"down since {ground.clock(state.fired.at)}"
        if state.successes:
            yield f"back, {state.successes} of {spec.successes_to_clear} good in a row"
        if state.successes and spec.keep_firing_s:
            since = state.bad_at.age_s(ground.now) if state.bad_at is not None else 0.0
            kept = duration_words(min(since, spec.keep_firing_s))
            yield f"kept {kept} of {span_words(spec.keep_firing_s)}"
        return
    if state.phase is Phase.OK:
        yield "does not fire"
        yield asked
        return
    yield f"{state.failures} of {spec.failures_to_fire} failures in a row"
    yield asked


def people_lines(alert: AlertView, ground: Ground) -> Iterator[Line]:
    """What keeps an alert from being told, or says that somebody has it."""
    if alert.cause:
        yield "cause", f"follows from {alert.cause}"
    if alert.followers:
        yield "followers", f"{len(alert.followers)}: {', '.join(alert.followers)}"
    if alert.maintenance:
        yield "maintenance", f"{alert.maintenance}: judged and shown, nobody is told"
    care = alert.care
    if care is not None:
        verb = "acknowledged" if care.kind is CareKind.ACKNOWLEDGED else "snoozed"
        note = f": {care.note}" if care.note else ""
        until = f"until {ground.clock(care.until)}"
        yield verb, f"by {care.operator} at {ground.clock(care.at)}, {until}{note}"
    if alert.clock is not None:
        met = alert.clock.met_at
        words = f"respond by {ground.clock(alert.clock.due)} ({alert.clock.words})"
        yield "response", words if met is None else f"answered at {ground.clock(met)}"


def sample_line(values: Sequence[tuple[datetime, float | None]], unit: str, ground: Ground) -> str:
    """The last readings in a line, oldest first: `12:31:10 4.8 %, 12:31:25 5.2 %`."""
    return ", ".join(f"{ground.clock(at)} {number_words(value, unit)}" for at, value in values)
