"""One KPI between two snapshots: its windows, its states, its small history."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from monitor.freshness import stale_after_s
from monitor.judge import Judged, judge
from monitor.missing import NO_DATA as NO_DATA_WORDS
from monitor.rules import START, BandState, Sample
from monitor.snapshot import KpiView
from monitor.statistics import NEEDS_TWO, NO_DATA, Figure, figure, last, percentile, ratio
from monitor.verdicts import Level, Phase, Verdict
from monitor.windows import Slice, Window
from monitor.words import duration_words
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.base import SourceSpec
from providers.clock import Moment
from providers.readings import Reading, SourceId

HISTORY: Final = 60
"""Values kept for the small history beside the gauge."""

LONG_WINDOW_S: Final = 3_600.0
"""From windows of this length on it is told how little of it has been seen."""

_PERCENTILES: Final = {Statistic.P50: 50.0, Statistic.P95: 95.0}


class KpiTrack:
    """Takes readings in as they come and says what the KPI's number is.

    Args:
        spec: The KPI.
        sources: All sources, to know how long a reading may be believed.
    """

    def __init__(self, spec: KpiSpec, sources: Mapping[SourceId, SourceSpec]) -> None:
        self.spec = spec
        self.states: tuple[BandState, ...] = (START,) * len(spec.bands)
        self.holds_s = self._holds_s(sources)
        known = [sources[ref.source].interval_s for ref in spec.series if ref.source in sources]
        self.interval_s = max(known, default=15.0)
        """How often its slowest source is read."""

        self._parts = {ref: self._window() for ref in spec.series}
        self._wholes = {ref: self._window() for ref in spec.denominator}
        self._history: deque[float | None] = deque(maxlen=HISTORY)
        self._newest: dict[bool, Moment] = {}
        self._reasons: dict[SeriesRef, str] = {}
        self._at: Moment | None = None
        self._dirty = False
        self._figure = Figure(value=None, reason="no reading yet")
        self._view: KpiView | None = None

    @property
    def refs(self) -> tuple[SeriesRef, ...]:
        """The metrics it is made of."""
        return tuple({**self._parts, **self._wholes})

    def add(self, ref: SeriesRef, reading: Reading) -> None:
        """Take one reading in."""
        for is_whole, windows in ((False, self._parts), (True, self._wholes)):
            if ref in windows:
                windows[ref].add(reading.at.tick_s, reading.value)
                if reading.value is not None:
                    self._newest[is_whole] = _later(self._newest.get(is_whole), reading.at)
        self._at = _later(self._at, reading.at)
        if reading.value is None:
            self._reasons[ref] = reading.reason
        else:
            self._reasons.pop(ref, None)
        self._dirty = True

    def miss(self, source: SourceId, words: str) -> None:
        """Note why nothing came of a source; its next numbers end that."""
        self._reasons.update((ref, words) for ref in self.refs if ref.source == source)

    def preload(self, ref: SeriesRef, slices: Iterable[Slice]) -> None:
        """Take in what history knows, oldest first, before any new reading."""
        for one in slices:
            for windows in (self._parts, self._wholes):
                if ref in windows:
                    windows[ref].preload(one)

    def preload_history(self, values: Iterable[float | None]) -> None:
        """Values of the small history from before the start, oldest first."""
        kept = tuple(self._history)
        self._history.clear()
        self._history.extend((*values, *kept))

    def inherit(self, known: "KpiTrack") -> None:
        """Take over the states of the bands that stayed, after a change of the configuration."""
        states = dict(zip(known.spec.bands, known.states, strict=True))
        self.states = tuple(states.get(band, START) for band in self.spec.bands)

    def view(self, now: Moment, *, suspended: bool = False) -> KpiView:
        """The KPI at this instant.

        Args:
            now: The instant.
            suspended: Whether judgement rests because we are offline ourselves.
        """
        fresh = self._dirty
        if fresh:
            self._dirty = False
            self._figure = self._compute(now)
            self._history.append(self._figure.value)
        settled = self._view is not None and self._view.verdict.phase is Phase.OK
        stale = self._stale_words(now)
        if self._view is not None and settled and not fresh and not stale:
            return self._view
        value = None if stale else self._figure.value
        reason = "" if value is not None else self._why_none(stale)
        judged = self._judge(value, reason, now, suspended=suspended)
        self._view = KpiView(
            spec=self.spec,
            value=value,
            reason=reason,
            verdict=judged.verdict,
            history=tuple(self._history),
            at=self._at,
            missed_target=judged.missed_target,
            covers_s=self._covers_s(now),
        )
        return self._view

    def _covers_s(self, now: Moment) -> float | None:
        """How far back the readings reach, while they fill less than half of a long window."""
        if self.spec.window_s < LONG_WINDOW_S or self.spec.statistic is Statistic.LAST:
            return None
        oldest = [at for part in self._parts.values() if (at := part.since_s) is not None]
        if not oldest:
            return None
        reaches_s = now.tick_s - min(oldest)
        return reaches_s if reaches_s < self.spec.window_s / 2 else None

    def _judge(self, value: float | None, reason: str, now: Moment, *, suspended: bool) -> Judged:
        if not self.spec.bands:
            level = Level.OK if value is not None else Level.UNKNOWN
            phase = Phase.OK if value is not None else Phase.UNKNOWN
            verdict = Verdict(level=level, phase=phase, why="" if value is not None else reason)
            return Judged(states=(), verdict=verdict, missed_target=False)
        at = self._at if value is not None and self._at is not None else now
        sample = Sample(value=value, at=at, reason=reason, holds_s=self.holds_s)
        judged = judge(self.spec.bands, self.states, sample, now, self.spec.unit)
        if not suspended:
            self.states = judged.states
        return judged

    def _compute(self, now: Moment) -> Figure:
        for window in (*self._parts.values(), *self._wholes.values()):
            window.advance(now.tick_s)
        found = self._statistic()
        return found if found.value is None else figure(found.value * self.spec.scale)

    def _why_none(self, stale: str) -> str:
        """Why there is no number: what a source said goes before what the statistic lacks."""
        said = next(iter(self._reasons.values()), "")
        if not stale:
            return said or self._figure.reason
        more = said.removeprefix(NO_DATA_WORDS).removeprefix(": ")
        return f"{stale}: {more}" if more else stale

    def _statistic(self) -> Figure:
        kind, parts = self.spec.statistic, list(self._parts.values())
        if kind is Statistic.RATIO:
            return ratio(_total(parts), _total(self._wholes.values()), self.spec.minimum_attempts)
        if kind is Statistic.LAST:
            return last(newest for part in parts if (newest := part.newest) is not None)
        if kind is Statistic.RATE:
            rates = [rate for part in parts if (rate := part.rate_per_s) is not None]
            return figure(sum(rates)) if rates else NEEDS_TWO
        count = sum(part.count for part in parts)
        return self._pooled(kind, parts, count) if count else NO_DATA

    @staticmethod
    def _pooled(kind: Statistic, parts: list[Window], count: int) -> Figure:
        match kind:
            case Statistic.AVERAGE:
                return figure(sum(part.total for part in parts) / count)
            case Statistic.MAXIMUM:
                return figure(max(part.maximum for part in parts))
            case Statistic.MINIMUM:
                return figure(min(part.minimum for part in parts))
            case Statistic.COUNT:
                return figure(float(sum(part.nonzero for part in parts)))
            case _:
                ordered = (
                    parts[0].ordered()
                    if len(parts) == 1
                    else sorted(value for part in parts for value in part.ordered())
                )
                return figure(percentile(ordered, _PERCENTILES[kind]))

    def _stale_words(self, now: Moment) -> str:
        """Why the readings are too old to judge by; empty when they are not.

        What was counted stays counted until it leaves the window: only "nothing happened" has to
        be fresh. A database that is down is asked less often than a reading lasts.
        """
        sides = [False, True] if self._wholes else [False]
        ages = [self._newest[side].age_s(now) for side in sides if side in self._newest]
        if not ages or max(ages) <= self.holds_s:
            return ""
        if self.spec.statistic is Statistic.COUNT:
            self._figure = self._compute(now)
            if self._figure.value:
                return ""
        return f"no data for {duration_words(max(ages))}"

    def _window(self) -> Window:
        return Window(
            self.spec.window_s,
            ordered=self.spec.statistic in _PERCENTILES,
            counter=self.spec.statistic is Statistic.RATE,
        )

    def _holds_s(self, sources: Mapping[SourceId, SourceSpec]) -> float:
        refs = (*self.spec.series, *self.spec.denominator)
        known = [stale_after_s(sources[ref.source]) for ref in refs if ref.source in sources]
        return max(known, default=60.0)


def _later(known: Moment | None, at: Moment) -> Moment:
    return at if known is None or at.tick_s >= known.tick_s else known


def _total(windows: Iterable[Window]) -> float | None:
    filled = [window for window in windows if window.count]
    return sum(window.total for window in filled) if filled else None
