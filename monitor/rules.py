"""The judge: from readings to verdicts, as a pure function of state, sample and time.

Each band of a KPI has its own state. What a sample does to it (bad = past the limit; good = not
past the limit and not past the clear limit; between = neither; missing = no number):

| phase      | bad                                     | between         | good                    |
|------------|-----------------------------------------|-----------------|-------------------------|
| ok         | pending, or firing if nothing more is   | ok              | ok                      |
|            | asked for                               |                 |                         |
| pending    | firing once past for `for` **and** bad  | ok              | ok                      |
|            | `consecutive` times in a row            |                 |                         |
| firing     | firing                                  | firing          | recovering, or ok if    |
|            |                                         |                 | nothing more is asked   |
| recovering | firing (the same alert, same onset)     | firing          | ok once good for        |
|            |                                         |                 | `clear_for`,            |
|            |                                         |                 | `clear_consecutive`     |
|            |                                         |                 | times in a row **and**  |
|            |                                         |                 | `keep_firing` after the |
|            |                                         |                 | last bad sample         |

Before any of that it is asked whether the band flaps (`monitor.flapping`):

| phase      | with 7 or more changes in the last 21   | once there are 3 or fewer               |
|------------|-----------------------------------------|-----------------------------------------|
| ok         | flapping if bad, else ok                | –                                       |
| pending,   | flapping: one alert that stays, with    | –                                       |
| firing,    | its onset                               |                                         |
| recovering |                                         |                                         |
| flapping   | flapping                                | what the first table says of firing if  |
|            |                                         | the rule was met, else of pending       |

A band that flaps and was met (`fired`) has the level of its band, however good the last sample
is; one that was never met has that of a pending one, a warning, and becomes the other when it is
met. Flapping holds an alert and never makes one milder.

A missing sample changes no phase and no count: the verdict is "unknown" while it lasts, and a
band that fires keeps its level. Time without data counts neither as past the limit nor as back
inside: the `for` clock stands still, and so does `clear_for`. Time between two samples counts
only as far as the earlier one can speak for it (`Sample.holds_s`). Of a band whose data stayed
away for longer than its own `for`, and at least five minutes, what was seen before is no evidence
any more: if it never fired it starts anew, and changes are counted anew in any case. What fires
goes on firing over any gap.

The clocks run on samples, not on judgements: to judge more often changes nothing, and a history
that is replayed gives the same states. They run on the clock that never goes back: a wall clock
that is set, either way, changes nothing.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from monitor.bands import is_bad, is_good, usable
from monitor.flapping import NOTHING_SEEN, flaps, remember, was_bad
from monitor.verdicts import Band, Phase
from providers.clock import Moment

FORGET_S: Final = 300.0
"""A pending band survives at least this long without data."""

EXACT_S: Final = 0.001
"""Times that went through a restart are exact to the microsecond: none is late by that."""


class Sample(Struct, frozen=True, kw_only=True):
    """One number to judge, with how long it may be believed."""

    value: float | None
    """None (or not finite): no data."""

    at: Moment
    reason: str = ""
    """Why there is no number."""

    holds_s: float = float("inf")
    """Seconds that this sample speaks for until the next one must have come."""


class BandState(Struct, frozen=True, kw_only=True):
    """What one band remembers; nothing else is needed to go on after a restart."""

    phase: Phase = Phase.OK
    """Never `UNKNOWN`: missing data is told apart by `missing_since`."""

    since: Moment | None = None
    """When the phase began."""

    onset: Moment | None = None
    """The first bad sample of what is pending, firing, recovering or flapping."""

    fired: Moment | None = None
    """When the rule was first met in this trouble."""

    last: Moment | None = None
    """The newest sample with a number."""

    holds_s: float = float("inf")
    """How long that sample speaks."""

    last_bad: bool = False
    last_good: bool = False
    past_s: float = 0.0
    """Seconds past the limit so far."""

    good_s: float = 0.0
    """Seconds back inside so far."""

    bad: int = 0
    """Bad samples in a row."""

    good: int = 0
    """Good samples in a row, while recovering."""

    bad_at: Moment | None = None
    """The last bad sample of this trouble."""

    seen: int = NOTHING_SEEN
    """Which of the last samples were bad; see `monitor.flapping`."""

    missing_since: Moment | None = None

    @property
    def active(self) -> bool:
        """Whether it was met and has not cleared: firing, recovering, or flapping after that."""
        return self.fired is not None


START: Final = BandState()
"""The state before the first sample."""


def step(band: Band, state: BandState, sample: Sample) -> BandState:
    """The state after one more sample.

    A sample that is not newer than the last one is no new evidence and changes nothing.
    """
    value = usable(sample.value)
    if value is None:
        if state.missing_since is not None:
            return state
        return replace(state, missing_since=sample.at)
    if state.last is not None and sample.at.tick_s <= state.last.tick_s:
        return state
    state = _forget(band, state, sample.at)
    bad, good = is_bad(band, value), is_good(band, value)
    counted_s = _counted_s(state, sample.at)
    clocks = _Clocks(
        past_s=(state.past_s + (counted_s if state.last_bad else 0.0)) if bad else 0.0,
        good_s=(state.good_s + (counted_s if state.last_good else 0.0)) if good else 0.0,
        bad=state.bad + 1 if bad else 0,
        good=state.good + 1 if good else 0,
        kept_s=kept_s(state, sample.at),
    )
    side = bad or (not good and was_bad(state.seen))
    return _enter(band, state, sample, clocks, remember(state.seen, bad=side))


def _enter(band: Band, state: BandState, sample: Sample, clocks: "_Clocks", seen: int) -> BandState:
    """Into the phase that follows, with what has to be remembered of it."""
    bad, calm = clocks.bad > 0, _phase(band, state, clocks)
    flapping = (
        band.flapping
        and not (calm is Phase.OK and state.phase is Phase.OK)
        and flaps(seen, already=state.phase is Phase.FLAPPING)
    )
    phase = Phase.FLAPPING if flapping else calm
    over = phase is Phase.OK
    met = calm is Phase.FIRING
    same = phase is state.phase and state.since is not None
    return BandState(
        phase=phase,
        since=state.since if same else sample.at,
        onset=None if over else state.onset or sample.at,
        fired=None if over else state.fired or (sample.at if met else None),
        last=sample.at,
        holds_s=sample.holds_s,
        last_bad=bad,
        last_good=clocks.good > 0,
        past_s=clocks.past_s,
        good_s=clocks.good_s,
        bad=clocks.bad,
        good=clocks.good,
        bad_at=sample.at if bad else None if over else state.bad_at,
        seen=seen,
    )


def elapsed_s(band: Band, state: BandState, now: Moment) -> float:
    """Seconds past the limit as a person would count them now, for "3m10s of 5m00s".

    Runs on between samples as far as the last one speaks, and not past what is required: only a
    sample can make a band fire.
    """
    if state.last is None or not state.last_bad:
        return state.past_s
    if state.missing_since is not None:
        return state.past_s
    running = state.past_s + min(max(0.0, now.tick_s - state.last.tick_s), state.holds_s)
    return running if state.active else min(running, max(band.for_s, state.past_s))


def kept_s(state: BandState, at: Moment) -> float:
    """Seconds since the last bad sample, for "not before so long after it"."""
    return math.inf if state.bad_at is None else max(0.0, at.tick_s - state.bad_at.tick_s)


def step_all(
    bands: Sequence[Band], states: Sequence[BandState], sample: Sample
) -> tuple[BandState, ...]:
    """`step` for each band of a KPI."""
    return tuple(step(band, state, sample) for band, state in zip(bands, states, strict=True))


def _counted_s(state: BandState, at: Moment) -> float:
    """How much of the time since the last sample it can speak for; missing data speaks not."""
    if state.last is None or state.missing_since is not None:
        return 0.0
    passed = max(0.0, at.tick_s - state.last.tick_s)
    return passed if passed <= state.holds_s else 0.0


def _forget(band: Band, state: BandState, at: Moment) -> BandState:
    """The state without what is too old to be evidence; nothing that fires is forgotten."""
    if state.last is None:
        return state
    if at.tick_s - state.last.tick_s <= max(band.for_s, FORGET_S, state.holds_s):
        return state
    if state.active or state.phase is Phase.OK:
        return replace(state, seen=NOTHING_SEEN)
    return replace(START, since=at)


class _Clocks(NamedTuple):
    """Counts and times after a sample, whatever the phase makes of them."""

    past_s: float
    good_s: float
    bad: int
    good: int
    kept_s: float


def _phase(band: Band, state: BandState, clocks: _Clocks) -> Phase:
    """The phase if nothing flapped."""
    if state.active:
        if not clocks.good:
            return Phase.FIRING
        enough = (
            clocks.good >= band.clear_consecutive
            and clocks.good_s >= band.clear_for_s - EXACT_S
            and clocks.kept_s >= band.keep_firing_s - EXACT_S
        )
        return Phase.OK if enough else Phase.RECOVERING
    if not clocks.bad:
        return Phase.OK
    enough = clocks.bad >= band.consecutive and clocks.past_s >= band.for_s - EXACT_S
    return Phase.FIRING if enough else Phase.PENDING
