"""Recorded history through the judge that judges live: what would have fired; pure.

There is no second judge here: readings go into a `KpiTrack` and answers into `judge_check`, in the
order in which they came, and what those say is written down. Where only sums over minutes or hours
are kept, each is judged as if its average had stood for all of it; what is counted in a window
shorter than a sum (`count`, `sum`, `increase`) is not judged there.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from monitor.bands import alarms, is_good, usable
from monitor.history_blocks import Bucket
from monitor.kpis import KpiTrack
from monitor.replay_episodes import Replayed
from monitor.replay_looks import SECOND_MS, Awake, Batch, Period, batches
from monitor.replay_peaks import Peaks
from monitor.replay_recorder import Recorder
from monitor.replay_rules import BETWEEN, alarming, downwards, is_calm, kpi_rules
from monitor.rules import Sample, step_all
from monitor.uptime_track import UptimeTrack
from monitor.verdicts import Band
from monitor.windows import Slice
from monitor.workspace import COUNTING, KpiSpec, SeriesRef, Statistic
from providers.base import SourceSpec
from providers.clock import Moment
from providers.readings import Reading, SourceId

SILENT_LOOK_MS: Final = 30_000
"""In a silence it is looked so often, as somebody awake does."""

UPTIME_LOOK_MS: Final = 300_000
"""An uptime is judged so often: its checks are counted in slots of that length."""

_AVERAGED: Final = frozenset(
    {Statistic.LAST, Statistic.P50, Statistic.P95, Statistic.RATE, Statistic.INCREASE}
)
"""Of sums only the average is of use to these."""

_COUNTERS: Final = frozenset({Statistic.RATE, Statistic.INCREASE})
Kept = Mapping[SeriesRef, Sequence[Bucket]]


class KpiReplay:
    """One KPI over a recorded time.

    Args:
        workspace: Its workspace.
        spec: The KPI.
        sources: All sources, for how long a reading may be believed.
        period: The time.
        awake: When anything was recorded.
        whole: Whether the goals are judged too, which never fire.
    """

    def __init__(
        self,
        workspace: str,
        spec: KpiSpec,
        sources: Mapping[SourceId, SourceSpec],
        period: Period,
        awake: Awake,
        *,
        whole: bool = False,
    ) -> None:
        whole = whole or spec.statistic is Statistic.UPTIME
        self.spec = spec if whole else alarming(spec)
        self.track = KpiTrack(self.spec, sources)
        self.skipped_ms = 0
        self._sources = sources
        self._period = period
        self._awake = awake
        self._bands = [(place, band) for place, band in enumerate(self.spec.bands) if alarms(band)]
        self._recorders = [
            Recorder(rule, period.from_ms, downwards(band))
            for rule, band in zip(kpi_rules(workspace, spec), self._sides(), strict=True)
        ]
        self._peaks = Peaks(self.spec, period.from_ms)
        self._leaving: deque[int] = deque()
        self._calm = False
        self._skipped: Sample | None = None
        self._looked_ms = 0
        self._readings = 0
        self._troubled_ms = period.begin_ms
        self._between_ends = spec.statistic in BETWEEN and self.track.silence is None
        self._grain_ms = 0
        self._fine_holds_s = self.track.holds_s
        if self.track.uptime is not None:
            self._fine_holds_s = max(self._fine_holds_s, 2.5 * UPTIME_LOOK_MS / 1000)
            self.track.holds_s = self._fine_holds_s

    def run(self, kept: Kept) -> tuple[Replayed, ...]:
        """All of it, and what fired."""
        before_ms = None
        for batch in batches(kept, self._period.to_ms):
            self._fit(batch.grain_ms)
            if batch.at_ms < self._period.begin_ms or self._unjudged(batch):
                continue
            if before_ms is not None:
                self._between(before_ms, batch.start_ms)
            self._take(batch)
            before_ms = batch.at_ms
        if before_ms is not None:
            self._between(before_ms, self._period.to_ms)
        self._catch_up()
        return tuple(
            recorder.replayed(
                self._readings, self.skipped_ms / 1000, self._peaks.found.get(recorder.rule.part, 0)
            )
            for recorder in self._recorders
        )

    def remember(self, hours: Sequence[Bucket]) -> None:
        """Give an uptime its past from before the replay."""
        if self.track.uptime is not None:
            for one in hours:
                at_s, width_s = one.at_ms / 1000, one.width_ms / 1000
                self.track.uptime.slots.preload(at_s, width_s, one.count, one.nonzero)

    def _sides(self) -> Iterator[Band | None]:
        yield from (band for _, band in self._bands)
        yield from (burn.band for burn in self.spec.burns)
        if self.spec.no_data_s is not None:
            yield None

    def _fit(self, grain_ms: int) -> None:
        """Make windows and patience as long as the sums are, and give them back afterwards."""
        if grain_ms == self._grain_ms:
            return
        self._catch_up()
        self._grain_ms = grain_ms
        grain_s = grain_ms / 1000
        wide = replace(self.spec, window_s=max(self.spec.window_s, self._least_s(grain_s)))
        if wide.window_s != self.track.spec.window_s:
            before, self.track = self.track, KpiTrack(wide, self._sources)
            self.track.inherit(before)
            if self.track.uptime is not None and before.uptime is not None:
                self.track.uptime.slots = before.uptime.slots
            self._leaving.clear()
        self.track.holds_s = max(self._fine_holds_s, 2.5 * grain_s)
        if self.track.silence is not None:
            patience = self.track.silence.patience
            due_s = max(self._fine_holds_s, 1.5 * grain_s)
            self.track.silence.patience = replace(patience, due_s=due_s)

    def _least_s(self, grain_s: float) -> float:
        """The shortest window of a counter in which there are two of its averages."""
        return 2.5 * grain_s if self.spec.statistic in _COUNTERS else 0.0

    def _unjudged(self, batch: Batch) -> bool:
        """Whether a sum is longer than a window in which things are counted."""
        grain_s = batch.grain_ms / 1000
        if self.spec.statistic not in COUNTING or self.spec.window_s >= max(
            grain_s, self._least_s(grain_s)
        ):
            return False
        if batch.at_ms > self._period.from_ms:
            self.skipped_ms += batch.grain_ms
        return True

    def _take(self, batch: Batch) -> None:
        """Judge what came; a sum stands from the first window that it fills to its end."""
        self._peaks.count(batch)
        self._readings += len(batch.came) if batch.at_ms >= self._period.from_ms else 0
        if self._is_inside(batch):
            self._add(batch, batch.at_ms)
            value = batch.came[-1][1].minimum * self.spec.scale
            at, holds_s = self._period.moment(batch.at_ms), self.track.holds_s
            self._skipped = Sample(value=value, at=at, holds_s=holds_s)
            return
        first_ms = batch.start_ms + min(batch.grain_ms, int(self.spec.window_s * 1000))
        twice = bool(batch.grain_ms) and first_ms < batch.at_ms
        if twice:
            self._add(batch, first_ms)
            self._look(first_ms)
        self._add(batch, batch.at_ms, again=twice)
        self._look(batch.at_ms)

    def _is_inside(self, batch: Batch) -> bool:
        """Whether all in the window is well inside each limit, and so is what is made of it."""
        if not self._between_ends:
            return False
        for _, one in batch.came:
            if not (one.count and self._is_well_inside(one)):
                self._troubled_ms = batch.at_ms
        window_ms = self.track.spec.window_s * 1000 + batch.grain_ms
        return self._calm and batch.at_ms - self._troubled_ms > window_ms

    def _is_well_inside(self, one: Bucket) -> bool:
        ends = (one.minimum * self.spec.scale, one.maximum * self.spec.scale)
        # Not at it: an average is rounded.
        return all(
            is_good(band, end) and abs(end - band.limit) > 1e-6 * abs(band.limit)
            for _, band in self._bands
            for end in ends
        )

    def _add(self, batch: Batch, look_ms: int, *, again: bool = False) -> None:
        at = self._period.moment(look_ms)
        for ref, one in batch.came:
            if not one.width_ms:
                self._add_reading(ref, one.total if one.count else None, one.at_ms)
            elif not one.count:
                self._add_reading(ref, None, look_ms)
            elif self.spec.statistic in _AVERAGED:
                self._add_reading(ref, one.total / one.count, look_ms)
            else:
                self.track.add_sum(ref, self._slice(one, counts=not again), at)

    def _add_reading(self, ref: SeriesRef, value: float | None, at_ms: int) -> None:
        at = self._period.moment(at_ms)
        reason = "" if value is not None else "no number was recorded"
        reading = Reading(
            source=ref.source, metric=ref.metric, value=value, unit="", at=at, reason=reason
        )
        self.track.add(ref, reading)
        if self.spec.statistic in COUNTING and value is not None:
            self._leaving.append(at_ms + int(self.track.spec.window_s * 1000) + 1)

    def _slice(self, one: Bucket, *, counts: bool) -> Slice:
        """A sum on the clock of the replay; looked at a second time it only stands for longer."""
        start_s = (one.at_ms - self._period.begin_ms) / 1000
        return Slice(
            start_s=start_s,
            end_s=start_s + one.width_ms / 1000,
            count=one.count if counts else 0,
            total=one.total,
            nonzero=one.nonzero,
            minimum=one.minimum,
            maximum=one.maximum,
        )

    def _between(self, after_ms: int, before_ms: int) -> None:
        """Look where something changes although nothing came."""
        for at_ms in self._quiet_looks(after_ms, before_ms):
            if self._awake.at(at_ms):
                self._look(at_ms)

    def _quiet_looks(self, after_ms: int, before_ms: int) -> list[int]:
        looks: set[int] = set()
        while self._leaving and self._leaving[0] < before_ms:
            at_ms = self._leaving.popleft()
            if at_ms > after_ms:
                looks.add(at_ms)
        stale_ms = after_ms + int(self.track.holds_s * 1000) + 1
        if stale_ms < before_ms:
            looks.add(stale_ms)
        if self.track.silence is not None and before_ms - after_ms > SECOND_MS:
            fires_ms = after_ms + int(self.track.silence.patience.required_s * 1000)
            looks |= {fires_ms} if fires_ms < before_ms else set()
            looks |= set(range(after_ms + SILENT_LOOK_MS, before_ms, SILENT_LOOK_MS))
        return sorted(looks)

    def _look(self, at_ms: int) -> None:
        """Judge, and write down where each rule stands."""
        now = self._period.moment(at_ms)
        if self.track.uptime is not None:
            if at_ms - self._looked_ms < UPTIME_LOOK_MS:
                return
            self._looked_ms = at_ms
        sample = self.track.sample(now)
        if sample is not None:
            self._judge(sample)
        if self.track.uptime is not None:
            self._judge_burns(self.track.uptime, now)
        if self.track.silence is not None:
            verdict = self.track.silence.look(now, "", suspended=False)
            state, waited_s = self.track.silence.state, verdict.elapsed_s
            self._recorders[-1].see(state, now, waited_s, self._grain_ms / 1000)

    def _judge(self, sample: Sample) -> None:
        """Into the states; of calm samples in a row the last one stands for all."""
        value = usable(sample.value)
        if self._calm and value is not None and all(is_good(one, value) for _, one in self._bands):
            self._skipped = sample
            return
        self._catch_up()
        self._step(sample)
        for recorder, (place, _) in zip(self._recorders, self._bands, strict=False):
            state = self.track.states[place]
            recorder.see(state, state.last or sample.at, value, self._grain_ms / 1000)
        self._calm = all(map(is_calm, self.track.states))

    def _catch_up(self) -> None:
        if self._skipped is not None:
            self._step(self._skipped)
            self._skipped = None

    def _step(self, sample: Sample) -> None:
        self.track.states = step_all(self.spec.bands, self.track.states, sample)

    def _judge_burns(self, uptime: UptimeTrack, now: Moment) -> None:
        states = uptime.burns(now, suspended=False), uptime.states()
        for recorder, burn in zip(self._recorders[len(self._bands) :], states[0], strict=False):
            recorder.see(states[1][burn.name], now, burn.value, self._grain_ms / 1000)
