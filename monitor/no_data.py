"""The rule of a KPI without numbers: an alert of its own, with a waiting time of its own; pure.

It is about readings, not about the statistic: a ratio over too few attempts has no number either,
but its sources speak. The alert stands beside that of the bands, which keeps its level and says
"was firing when last seen".

| phase      | still nothing                             | a number came                          |
|------------|-------------------------------------------|----------------------------------------|
| ok         | pending once the number is too old to be  | ok                                     |
|            | believed                                  |                                        |
| pending    | firing after `no_data_s` without a number | ok                                     |
| firing     | firing                                    | recovering                             |
| recovering | firing, the same alert, once that number  | ok with the second number              |
|            | is too old                                |                                        |

What is not counted: time before the first reading was due, time while our own network is down, and
time in which nobody judged (the machine slept, the program did not run). After each of these the
sources get as long as at the start, two intervals and a time-out, to give a number before the
count goes on. It never asks for less than that time, however short `no_data_s` is, for a source
that is only slow to ask is not silent; and it does not flap.
"""

import json
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.rule_states import moment_before, moment_from, moment_text, onset_from
from monitor.verdicts import Level, Phase, Verdict
from monitor.words import duration_words, span_words
from monitor.workspace import KpiSpec, SeriesRef
from providers.clock import Moment

AWAKE_S: Final = 60.0
"""Looks further apart than this, and than a number is believed, had a sleep in between."""

NUMBERS_TO_CLEAR: Final = 2
"""As for everything that recovers (promise P24)."""

_STEP_S: Final = 10.0
"""While it waits its state is worth saving this often."""


class Silence(Struct, frozen=True, kw_only=True):
    """What is remembered of a KPI's silence; nothing else is needed after a restart."""

    phase: Phase = Phase.OK
    since: Moment | None = None
    """When the phase began."""

    onset: Moment | None = None
    """Since when there is no number."""

    fired: Moment | None = None
    waited_s: float = 0.0
    """Seconds without a number that count."""

    numbers: int = 0
    """Numbers since it fired."""

    looked: Moment | None = None
    """When it was judged last, in this run of the program."""

    resumes_s: float = 0.0
    """Tick before which nothing counts."""

    heard: Moment | None = None
    """The last number, in this run of the program."""

    @property
    def active(self) -> bool:
        """Whether it fires, recovering included."""
        return self.fired is not None


class Patience(Struct, frozen=True, kw_only=True):
    """How long a KPI may be silent."""

    no_data_s: float
    due_s: float
    """Until when a number must have come: two intervals and a time-out."""

    @property
    def required_s(self) -> float:
        """What is waited for in fact."""
        return max(self.no_data_s, self.due_s)


def step(
    patience: Patience,
    state: Silence,
    heard: Moment | None,
    now: Moment,
    *,
    suspended: bool = False,
) -> Silence:
    """The state at one more look; a look before the last one changes nothing.

    Args:
        patience: How long it may be silent.
        state: As of the last look.
        heard: When the newest number came, in this run; None: none did.
        now: The instant.
        suspended: Whether judgement rests because we are offline ourselves.
    """
    if state.looked is not None and now.tick_s < state.looked.tick_s:
        return state
    slept = state.looked is None or now.tick_s - state.looked.tick_s > max(AWAKE_S, patience.due_s)
    paused = suspended or slept
    resumes_s = now.tick_s + patience.due_s if paused else state.resumes_s
    news = heard is not None and (state.heard is None or heard.tick_s > state.heard.tick_s)
    waited_s = state.waited_s
    if news and heard is not None:
        waited_s = max(0.0, now.tick_s - heard.tick_s)
        # The next one is due in its own time; nothing else is waited for.
        resumes_s = resumes_s if suspended else heard.tick_s
    elif not paused and state.looked is not None:
        waited_s += max(0.0, now.tick_s - max(state.looked.tick_s, resumes_s))
    looked = replace(
        state,
        waited_s=waited_s,
        numbers=state.numbers + news,
        looked=now,
        resumes_s=resumes_s,
        heard=heard if news else state.heard,
    )
    return _enter(looked, _phase(patience, looked, news=news), now)


def _phase(patience: Patience, state: Silence, *, news: bool) -> Phase:
    believed_s = patience.due_s if state.heard is not None else 0.0
    missing = not news and state.waited_s > believed_s
    if not state.active:
        if state.waited_s >= patience.required_s:
            return Phase.FIRING
        return Phase.PENDING if missing else Phase.OK
    if missing or state.heard is None:
        return Phase.FIRING
    return Phase.OK if state.numbers >= NUMBERS_TO_CLEAR else Phase.RECOVERING


def _enter(state: Silence, phase: Phase, now: Moment) -> Silence:
    if phase is Phase.OK:
        since = state.since if state.phase is Phase.OK else now
        return replace(state, phase=phase, since=since, onset=None, fired=None, numbers=0)
    return replace(
        state,
        phase=phase,
        since=now if phase is not state.phase or state.since is None else state.since,
        onset=state.onset or moment_before(now, state.waited_s),
        fired=state.fired or (now if phase is Phase.FIRING else None),
        numbers=state.numbers if phase is Phase.RECOVERING else 0,
    )


def verdict_of(patience: Patience, state: Silence, reason: str = "") -> Verdict:
    """The verdict at the last look: a warning from the first moment it waits, never a worse one."""
    ok = state.phase is Phase.OK
    why = "" if ok else _why(patience, state)
    told = f"{why}; {reason}" if reason and state.phase is not Phase.RECOVERING and why else why
    return Verdict(
        level=Level.OK if ok else Level.WARNING,
        phase=state.phase,
        why=told,
        since=state.since,
        elapsed_s=state.waited_s,
        required_s=0.0 if state.phase is Phase.RECOVERING else patience.required_s,
        onset=state.onset,
        fired=state.fired,
    )


def _why(patience: Patience, state: Silence) -> str:
    spent, now = duration_words(state.waited_s), state.looked
    match state.phase:
        case Phase.RECOVERING:
            return f"numbers again, {state.numbers} of {NUMBERS_TO_CLEAR}"
        case Phase.PENDING:
            return f"no number, {spent} of {span_words(patience.required_s)}"
        case _:
            since = state.onset
            lasting_s = state.waited_s if since is None or now is None else since.age_s(now)
            return f"no number for {duration_words(lasting_s)}"


def encode_silence(patience: Patience, state: Silence) -> str:
    """The state as JSON; empty while all is well. While it fires the text stays the same."""
    if state.phase is Phase.OK:
        return ""
    waited_s = min(state.waited_s // _STEP_S * _STEP_S, patience.required_s)
    return json.dumps(
        {
            "phase": state.phase.value,
            "since": moment_text(state.since),
            "onset": moment_text(state.onset),
            "fired": moment_text(state.fired),
            "waited_s": patience.required_s if state.phase is Phase.FIRING else waited_s,
        },
        separators=(",", ":"),
    )


def decode_silence(text: str, now: Moment) -> Silence | None:
    """The state on this process's clock; None when there is none, or it can not be understood."""
    try:
        plain: Mapping[str, object] = json.loads(text)
        waited_s = plain["waited_s"]
        if isinstance(waited_s, bool) or not isinstance(waited_s, int | float):
            return None
        return Silence(
            phase=Phase(plain["phase"]),
            since=moment_from(plain["since"], now),
            onset=onset_from(plain["onset"], now),
            fired=onset_from(plain["fired"], now),
            waited_s=float(waited_s),
        )
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


class SilenceTrack:
    """One KPI's silence between two snapshots.

    Args:
        spec: The KPI, with a `no_data_s`.
        no_data_s: Its waiting time.
        due_s: How long its readings are believed.
    """

    def __init__(self, spec: KpiSpec, no_data_s: float, due_s: float) -> None:
        self.patience = Patience(no_data_s=no_data_s, due_s=due_s)
        self.state = Silence()
        self._sides = [set(spec.series), *([set(spec.denominator)] if spec.denominator else [])]
        self._heard: dict[int, Moment] = {}

    def hear(self, ref: SeriesRef, at: Moment) -> None:
        """Note that a number of one of its metrics came."""
        for index, side in enumerate(self._sides):
            known = self._heard.get(index)
            if ref in side and (known is None or at.tick_s > known.tick_s):
                self._heard[index] = at

    def encoded(self) -> str:
        """What a restart must not forget; empty while all is well."""
        return encode_silence(self.patience, self.state)

    def restore(self, text: str, now: Moment) -> None:
        """Go on from an earlier run, unless a number came since then."""
        known, present = decode_silence(text, now), self.state
        if known is not None and present.heard is None:
            self.state = replace(known, looked=present.looked, resumes_s=present.resumes_s)

    def look(self, now: Moment, reason: str, *, suspended: bool) -> Verdict:
        """Judge at this instant.

        Args:
            now: The instant.
            reason: Why the KPI has no number, in its own words.
            suspended: Whether judgement rests.
        """
        heard = None
        if len(self._heard) == len(self._sides):
            heard = min(self._heard.values(), key=lambda moment: moment.tick_s)
        self.state = step(self.patience, self.state, heard, now, suspended=suspended)
        return verdict_of(self.patience, self.state, reason)
