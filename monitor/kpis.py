"""One KPI between two snapshots: its windows, its states, its small history."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from monitor.detection import band_detection_words
from monitor.freshness import NEVER_LIVE, live_for
from monitor.group import moment_at_tick
from monitor.groups import Grouped, Groups
from monitor.judge import Judged, judge
from monitor.kpi_timing import timing_of
from monitor.missing import NO_DATA as NO_DATA_WORDS
from monitor.no_data import SilenceTrack
from monitor.pool import Pool
from monitor.rule_states import carried
from monitor.rules import START, BandState, Sample
from monitor.snapshot import KpiView
from monitor.statistics import Figure
from monitor.uptime_track import UptimeTrack
from monitor.verdicts import Level, Phase, Verdict
from monitor.windows import Slice
from monitor.words import duration_words
from monitor.workspace import COUNTING, KpiSpec, SeriesRef, Statistic
from providers.base import SourceSpec
from providers.clock import Moment
from providers.readings import Reading, SourceId

HISTORY: Final = 60
"""Values kept for the small history beside the gauge."""

LONG_WINDOW_S: Final = 3_600.0
"""From windows of this length on it is told how little of it has been seen."""


class KpiTrack:
    """Takes readings in as they come and says what the KPI's number is.

    Args:
        spec: The KPI.
        sources: All sources, to know how long a reading may be believed.
    """

    def __init__(self, spec: KpiSpec, sources: Mapping[SourceId, SourceSpec]) -> None:
        self.spec = spec
        self.states: tuple[BandState, ...] = (START,) * len(spec.bands)
        timing = timing_of(spec, sources)
        self.holds_s, self.interval_s = timing.holds_s, timing.interval_s

        self.groups = Groups(spec, self.holds_s) if spec.grouped else None
        """Told apart by a key; None: its numbers are one."""

        timed = spec.statistic is Statistic.UPTIME
        self.uptime = UptimeTrack(spec, self.interval_s) if timed else None
        """Good and bad time, for the statistic that counts it; else None."""

        asked = spec.no_data_s is not None
        self.silence = SilenceTrack(spec, spec.no_data_s or 0.0, self.holds_s) if asked else None
        """Its rule about having no number; None: nobody asked for one."""

        self._detection = band_detection_words(spec.bands, timing.interval_s, timing.timeout_s)
        self._pool = Pool(spec)
        self._history: deque[float | None] = deque(maxlen=HISTORY)
        self._newest: dict[bool, Moment] = {}
        self._reasons: dict[SeriesRef, str] = {}
        self._at: Moment | None = None
        self._dirty = False
        self._counts = spec.statistic in COUNTING
        self._live = NEVER_LIVE
        self._figure = Figure(value=None, reason="no reading yet")
        self._view: KpiView | None = None

    @property
    def refs(self) -> tuple[SeriesRef, ...]:
        """The metrics it is made of."""
        return self._pool.refs

    def add(self, ref: SeriesRef, reading: Reading) -> None:
        """Take one reading in; numbers of groups are nothing to a KPI without any."""
        if self.groups is not None:
            self.groups.add(ref, reading)
        elif reading.group:
            return
        elif self.uptime is not None:
            self.uptime.add(reading)
        else:
            self._pool.add(ref, reading.at.tick_s, reading.value)
        if reading.value is not None:
            if self.silence is not None:
                self.silence.hear(ref, reading.at)
            for side in self._pool.roles[ref]:
                self._newest[side] = _later(self._newest.get(side), reading.at)
        self._at = _later(self._at, reading.at)
        if reading.value is None:
            self._reasons[ref] = reading.reason
        else:
            self._reasons.pop(ref, None)
        self._dirty, self._live = True, NEVER_LIVE

    def add_sum(self, ref: SeriesRef, one: Slice, at: Moment) -> None:
        """Take in readings that history has added up, judged at `at`; none say it is reached."""
        if one.count and self.uptime is not None:
            start_s = at.at.timestamp() - (at.tick_s - one.start_s)
            width_s = one.end_s - one.start_s
            self.uptime.slots.preload(start_s, width_s, one.count, one.nonzero)
        elif one.count:
            self._pool.preload(ref, (one,))
        if self.silence is not None:
            self.silence.hear(ref, at)
        for side in self._pool.roles[ref]:
            self._newest[side] = _later(self._newest.get(side), at)
        self._at = _later(self._at, at)
        self._dirty, self._live = True, NEVER_LIVE

    def miss(self, source: SourceId, words: str) -> None:
        """Note why nothing came of a source; its next numbers end that."""
        self._reasons.update((ref, words) for ref in self.refs if ref.source == source)

    def preload(self, ref: SeriesRef, slices: Iterable[Slice]) -> None:
        """Take in what history knows, oldest first, before any new reading."""
        self._pool.preload(ref, slices)

    def preload_history(self, values: Iterable[float | None]) -> None:
        """Values of the small history from before the start, oldest first."""
        kept = tuple(self._history)
        self._history.clear()
        self._history.extend((*values, *kept))

    def inherit(self, known: "KpiTrack") -> None:
        """Take over the states of the bands that stayed, after a change of the configuration."""
        self.states = carried(known.spec.bands, known.states, self.spec.bands)
        if self.silence is not None and known.silence is not None:
            self.silence.state = known.silence.state
        if self.groups is not None and known.groups is not None:
            self.groups.inherit(known.groups)
        if self.uptime is not None and known.uptime is not None:
            self.uptime.inherit(known.uptime)

    def view(self, now: Moment, *, suspended: bool = False) -> KpiView:
        """The KPI at this instant.

        Args:
            now: The instant.
            suspended: Whether judgement rests because we are offline ourselves.
        """
        news, self._dirty = self._dirty, False
        if self.groups is not None:
            self._view = self._grouped(self.groups, now, news=news, suspended=suspended)
            return self._view
        fresh = self._departed(now) or news
        if fresh:
            self._figure = self._compute(now)
        if news:
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
            detection=self._detection,
            budget=None if self.uptime is None else self.uptime.budget(now),
            burns=() if self.uptime is None else self.uptime.burns(now, suspended=suspended),
        )
        return self._view

    def sample(self, now: Moment) -> Sample | None:
        """What there is to judge at this instant, for who judges it alone; None: nothing new."""
        fresh = self._departed(now) or self._dirty
        self._dirty = False
        if fresh:
            self._figure = self._compute(now)
        stale = self._stale_words(now)
        value = None if stale else self._figure.value
        return self._sample(value, stale, now) if fresh or stale else None

    def _grouped(self, groups: Groups, now: Moment, *, news: bool, suspended: bool) -> KpiView:
        stale = self._stale_words(now)
        settled = self._view is not None and self._view.verdict.phase is Phase.OK
        quiet = not (news or stale or self._counts)
        if self._view is not None and settled and quiet:
            return self._view
        said = next(iter(self._reasons.values()), "") if not self._newest else ""
        found = groups.view(now, stale or said, suspended=suspended)
        if news:
            self._history.append(found.value)
        if found.value is not None:
            return self._group_view(found, "")
        said = self._why_none(stale) if stale else said
        return self._group_view(found, said or found.verdict.why)

    def _group_view(self, found: Grouped, reason: str) -> KpiView:
        verdict = found.verdict
        if verdict.phase is Phase.UNKNOWN and verdict.level is Level.UNKNOWN:
            verdict = replace(verdict, why=reason or verdict.why)
        return KpiView(
            spec=self.spec,
            value=found.value,
            reason="" if found.value is not None else reason,
            verdict=verdict,
            history=tuple(self._history),
            at=self._at,
            missed_target=found.missed_target,
            groups=found.groups,
            groups_note=found.note,
        )

    def _departed(self, now: Moment) -> bool:
        """Whether something that was counted has left the window: that is news by itself."""
        if not self._counts:
            return False
        left_s = self._pool.advance(now.tick_s)
        if left_s is None:
            return False
        self._at = _later(self._at, moment_at_tick(left_s, now))
        return True

    def _covers_s(self, now: Moment) -> float | None:
        """How far back the readings reach, while they fill less than half of a long window."""
        if self.spec.window_s < LONG_WINDOW_S or self.spec.statistic is Statistic.LAST:
            return None
        oldest_s = self._pool.since_s
        if oldest_s is None:
            return None
        reaches_s = now.tick_s - oldest_s
        return reaches_s if reaches_s < self.spec.window_s / 2 else None

    def _judge(self, value: float | None, reason: str, now: Moment, *, suspended: bool) -> Judged:
        if not self.spec.bands:
            level = Level.OK if value is not None else Level.UNKNOWN
            phase = Phase.OK if value is not None else Phase.UNKNOWN
            verdict = Verdict(level=level, phase=phase, why="" if value is not None else reason)
            return Judged(states=(), verdict=verdict, missed_target=False)
        sample = self._sample(value, reason, now)
        judged = judge(self.spec.bands, self.states, sample, now, self.spec.unit)
        if not suspended:
            self.states = judged.states
        return judged

    def _sample(self, value: float | None, reason: str, now: Moment) -> Sample:
        at = self._at if value is not None and self._at is not None else now
        return Sample(value=value, at=at, reason=reason, holds_s=self.holds_s)

    def _compute(self, now: Moment) -> Figure:
        if self.uptime is not None:
            return self.uptime.figure(now)
        self._pool.advance(now.tick_s)
        return self._pool.figure()

    def _why_none(self, stale: str) -> str:
        """Why there is no number: what a source said goes before what the statistic lacks."""
        said = next(iter(self._reasons.values()), "")
        if not stale:
            return said or self._figure.reason
        more = said.removeprefix(NO_DATA_WORDS).removeprefix(": ")
        return f"{stale}: {more}" if more else stale

    def _stale_words(self, now: Moment) -> str:
        """Why the readings are too old to judge by; empty when they are not.

        What was counted stays counted until it leaves the window: only "nothing happened" has to
        be fresh. A database that is down is asked less often than a reading lasts.
        """
        if self._live.holds(now):
            return ""
        sides = [False, True] if self.spec.denominator else [False]
        newest = [self._newest[side] for side in sides if side in self._newest]
        oldest_s = max((one.age_s(now) for one in newest), default=0.0)
        if oldest_s <= self.holds_s:
            self._live = live_for(self.holds_s, *newest) if newest else NEVER_LIVE
            return ""
        if self._counts and self.groups is None:
            self._figure = self._compute(now)
            if self._figure.value:
                return ""
        return f"no data for {duration_words(oldest_s)}"


def _later(known: Moment | None, at: Moment) -> Moment:
    return at if known is None or at.tick_s >= known.tick_s else known
