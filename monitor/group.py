"""One group of a KPI: its own window and states."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from monitor.bands import alarms, is_bad
from monitor.group_view import GroupView
from monitor.judge import judge
from monitor.pool import Pool
from monitor.rules import START, BandState, Sample
from monitor.verdicts import Level, Phase, Verdict
from monitor.workspace import COUNTING, KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from providers.readings import Reading

_FILLED: Final = frozenset(
    {
        Statistic.LAST,
        Statistic.AVERAGE,
        Statistic.P50,
        Statistic.P95,
        Statistic.MAXIMUM,
        Statistic.MINIMUM,
    }
)
"""Statistics over readings that would have said 0 of a group that they do not name."""

_QUIET: Final = Verdict(level=Level.OK, phase=Phase.OK, why="")


class Group:
    """One group between two snapshots.

    Args:
        name: As its readings call it.
        spec: The KPI.
    """

    def __init__(self, name: str, spec: KpiSpec) -> None:
        self.name = name
        self.states: tuple[BandState, ...] = (START,) * len(spec.bands)
        self.value: float | None = None
        self.size = 0.0
        """How much it weighs when there is no room for all: its number, or what it was last."""

        self.view = GroupView(name=name, value=None, verdict=_QUIET)
        self.seen_s = -math.inf
        """When it was last named."""

        self._spec = spec
        self._pool = Pool(spec)
        self._at: Moment | None = None
        self._named: dict[SeriesRef, float] = {}
        self._dirty = False
        self._absent = False
        self._whole_from_s = -math.inf

    @property
    def matters(self) -> bool:
        """Whether it is anything but well: what must neither be dropped nor forgotten."""
        bands = zip(self._spec.bands, self.states, strict=True)
        return any(alarms(band) and state.phase is not Phase.OK for band, state in bands)

    def over(self, now: Moment) -> bool:
        """Whether nothing speaks of it any more.

        One in trouble that nobody names, and of which no number is left, can not come back inside.
        """
        empty = self._pool.since_s is None
        if self.matters:
            return empty and self._absent and self.value is None and not self._blind(now)
        return (empty and self._at is not None) or (self._absent and not self.value)

    def add(self, ref: SeriesRef, reading: Reading) -> None:
        """Take one reading in."""
        self._pool.add(ref, reading.at.tick_s, reading.value)
        self._at = _later(self._at, reading.at)
        if self.value is None and reading.value is not None:
            self.size = reading.value * self._spec.scale
        self._named[ref] = self.seen_s = reading.at.tick_s
        self._dirty, self._absent = True, False

    def settle(self, read_at: Mapping[SeriesRef, Moment], *, absent_is_none: bool) -> None:
        """After a look at all groups: one that was not named has nothing to be named for.

        Args:
            read_at: When each metric was last looked at.
            absent_is_none: Whether that means 0; else it only means that it is not seen.
        """
        named = self._named
        if any(named.get(ref, -math.inf) >= at.tick_s for ref, at in read_at.items()):
            return
        self._absent = True
        if not absent_is_none or self._spec.statistic is Statistic.RATIO:
            return
        if self._spec.statistic in _FILLED:
            for ref, at in read_at.items():
                self._pool.add(ref, at.tick_s, 0.0)
        self._at = max(read_at.values(), key=lambda moment: moment.tick_s)
        self._dirty = True

    def judge_by(self, spec: KpiSpec) -> None:
        """Go on under bands that have changed, with the states of those that stayed."""
        known = dict(zip(self._spec.bands, self.states, strict=True))
        self.states = tuple(known.get(band, START) for band in spec.bands)
        self._spec = spec
        self._dirty = True

    def restore(self, states: Mapping[object, BandState], now: Moment | None) -> None:
        """Go on from states of an earlier run; what was in the window then is not known."""
        self.states = tuple(states.get(band, START) for band in self._spec.bands)
        if now is not None and self._spec.statistic is not Statistic.LAST:
            self._whole_from_s = now.tick_s + self._spec.window_s

    def judge(self, now: Moment, stale: str, holds_s: float, *, suspended: bool) -> None:
        """Bring number and verdict up to date."""
        left_s = self._pool.advance(now.tick_s)
        if left_s is not None and self._spec.statistic in COUNTING:
            self._dirty = True
            self._at = _later(self._at, moment_at_tick(left_s, now))
        if not (self._dirty or stale or self.matters):
            return
        value = None if stale else self._number(now)
        self._dirty = False
        at = self._at if self._at is not None and value is not None else now
        sample = Sample(value=value, at=at, reason=stale or self._why_none(now), holds_s=holds_s)
        judged = judge(self._spec.bands, self.states, sample, now, self._spec.unit)
        if not suspended:
            self.states = judged.states
        self.value = value
        self.size = self.size if value is None else value
        self.view = GroupView(
            name=self.name,
            value=value,
            verdict=judged.verdict,
            missed_target=judged.missed_target,
        )

    def _number(self, now: Moment) -> float | None:
        value = self._pool.figure().value
        counted = self._spec.statistic in COUNTING or self._spec.statistic is Statistic.RATE
        if value is None and self._absent and counted and self._at is not None:
            value = 0.0
        if value is not None and self._blind(now) and not self._bad(value):
            # What happened before the restart may still lie in the window.
            return None
        return value

    def _blind(self, now: Moment) -> bool:
        return now.tick_s < self._whole_from_s

    def _why_none(self, now: Moment) -> str:
        return "the window reaches back before the start" if self._blind(now) else ""

    def _bad(self, value: float) -> bool:
        return any(is_bad(band, value) for band in self._spec.bands)


def moment_at_tick(tick_s: float, now: Moment) -> Moment:
    """The moment of a tick, seen from now."""
    return Moment(at=now.at - timedelta(seconds=now.tick_s - tick_s), tick_s=tick_s)


def _later(known: Moment | None, at: Moment) -> Moment:
    return at if known is None or at.tick_s >= known.tick_s else known
