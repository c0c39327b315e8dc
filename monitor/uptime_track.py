"""The uptime of a period, the error budget of its goal, and how fast that is used."""

from datetime import datetime, timedelta
from typing import Final

from monitor.budget import (
    BURN_WINDOWS_S,
    ROLLING_S,
    Budget,
    allowed_s,
    burn,
    exhausted_at,
    month_of,
)
from monitor.group_view import GroupView
from monitor.judge import judge
from monitor.rule_states import carried
from monitor.rules import START, BandState, Sample
from monitor.statistics import NO_DATA, Figure, figure
from monitor.uptime_slots import UptimeSlots
from monitor.verdicts import Comparison
from monitor.words import span_words
from monitor.workspace import BurnSpec, KpiSpec
from providers.clock import Moment
from providers.readings import Reading

LONGEST_MONTH_S: Final = 31 * 86_400 + 3_600
"""With the hour that a change of the clocks adds."""


class UptimeTrack:
    """Good and bad time of one KPI.

    Args:
        spec: The KPI.
        interval_s: How often its checks are made.
    """

    def __init__(self, spec: KpiSpec, interval_s: float) -> None:
        self.spec = spec
        self.slots = UptimeSlots(interval_s, len(spec.series))
        self._states: dict[str, BandState] = {}
        self._asked = _asked_percent(spec)

    @property
    def reaches_back_s(self) -> float:
        """How much of the past it has to be given."""
        longest_s = LONGEST_MONTH_S if self.spec.calendar_month else self.spec.window_s
        return max(longest_s, ROLLING_S) + self.slots.slot_s

    def add(self, reading: Reading) -> None:
        """Take one check in: anything but 0 is good; no number is no check."""
        if reading.value is not None:
            self.slots.put(reading.at.at.timestamp(), 1.0, float(reading.value != 0))

    def inherit(self, known: "UptimeTrack") -> None:
        """Take over the states of rules that stayed; what was seen comes from history."""
        bands = {rule_name(rule): rule.band for rule in known.spec.burns}
        mine = {rule_name(rule): rule.band for rule in self.spec.burns}
        self._states = {
            name: carried((bands[name],), (state,), (mine[name],))[0]
            for name, state in known.states().items()
            if name in mine
        }

    def figure(self, now: Moment) -> Figure:
        """The share of good time in the period, in percent."""
        self.slots.forget(now.at.timestamp() - self.reaches_back_s)
        start, _ = self._period(now)
        percent = self.slots.tally(start.timestamp(), now.at.timestamp()).percent
        return NO_DATA if percent is None else figure(percent)

    def budget(self, now: Moment) -> Budget | None:
        """The budget of its goal; None when no band names one."""
        if self._asked is None:
            return None
        at_s = now.at.timestamp()
        start, end = self._period(now)
        tally = self.slots.tally(start.timestamp(), at_s)
        total_s = allowed_s(self._asked, (end - start).total_seconds())
        lately = self.slots.tally(at_s - BURN_WINDOWS_S[-1], at_s)
        passed_s = max(1.0, at_s - start.timestamp())
        left_s = total_s - tally.down_s
        next_s = end if self.spec.calendar_month else None
        return Budget(
            asked_percent=self._asked,
            start=start,
            end=end,
            calendar=self.spec.calendar_month,
            percent=tally.percent,
            rolling_percent=self.slots.tally(at_s - ROLLING_S, at_s).percent,
            seen_percent=min(100.0, 100.0 * tally.seen_s / passed_s),
            total_s=total_s,
            used_s=tally.down_s,
            burns=tuple(
                burn(self.slots.tally(at_s - one, at_s), one, self._asked) for one in BURN_WINDOWS_S
            ),
            exhausted_at=exhausted_at(now.at, next_s, left_s, lately),
        )

    def burns(self, now: Moment, *, suspended: bool) -> tuple[GroupView, ...]:
        """How the rules about the burn rate stand."""
        return tuple(self._judged(rule, now, suspended=suspended) for rule in self.spec.burns)

    def states(self) -> dict[str, BandState]:
        """The states of those rules by name, for a restart."""
        return dict(self._states)

    def restore(self, states: dict[str, BandState]) -> None:
        """Go on from states of an earlier run; what has judged a number since stays.

        A wall is drawn before history has been recalled: that leaves states that know nothing.
        """
        judged = {name: state for name, state in self._states.items() if state.last is not None}
        self._states = {**self._states, **states, **judged}

    def _judged(self, rule: BurnSpec, now: Moment, *, suspended: bool) -> GroupView:
        name, at_s = rule_name(rule), now.at.timestamp()
        rate = None
        if self._asked is not None:
            rate = burn(
                self.slots.tally(at_s - rule.window_s, at_s), rule.window_s, self._asked
            ).rate
        sample = Sample(value=rate, at=now, reason=f"nothing was seen over {_over(rule)}")
        before = self._states.get(name, START)
        judged = judge((rule.band,), (before,), sample, now, BURN_UNIT)
        if not suspended:
            self._states[name] = judged.states[0]
        return GroupView(name=name, value=rate, verdict=judged.verdict)

    def _period(self, now: Moment) -> tuple[datetime, datetime]:
        if self.spec.calendar_month:
            return month_of(now.at, self.spec.zone)
        return now.at - timedelta(seconds=self.spec.window_s), now.at


BURN_UNIT: Final = "×"


def rule_name(rule: BurnSpec) -> str:
    """What a rule about the burn rate is called: `burn-1h`."""
    return f"burn-{_over(rule)}"


def _over(rule: BurnSpec) -> str:
    return span_words(rule.window_s)


def _asked_percent(spec: KpiSpec) -> float | None:
    """The goal: the limit of the mildest band below which it is missed."""
    for band in spec.bands:
        if band.comparison in {Comparison.BELOW, Comparison.AT_MOST} and 0 < band.limit < 100:
            return band.limit
    return None
