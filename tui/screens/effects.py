"""The figures of KPIs before and after a deploy went live. Pure: correlation, not proof."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from msgspec import Struct

from monitor.verdicts import Comparison, Level
from monitor.words import number_words
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from tui.engine_link import HistoryPoint

BEFORE_S: Final = 3_600.0
"""Seconds before the deploy that are compared with the time after it."""

AFTER_S: Final = 3_600.0
"""At most; a younger deploy has less."""

_NOTABLE: Final = 1.5
"""A change by less than this factor is not worth a sign."""

Series = Mapping[SeriesRef, Sequence[HistoryPoint]]


class Effect(Struct, frozen=True, kw_only=True):
    """One KPI before and after."""

    title: str
    unit: str
    before: float | None
    after: float | None

    @property
    def change(self) -> str:
        """`×12`, `+20 points` for percentages, `—` without two numbers."""
        if self.before is None or self.after is None:
            return "—"
        if self.unit == "%":
            gap = self.after - self.before
            points = number_words(abs(gap), "%").replace("%", "points")
            return f"{'+' if gap >= 0 else '−'}{points}"
        if self.before <= 0:
            return "=" if self.after == self.before else "from nothing"
        return f"×{self.after / self.before:.2g}" if self.after >= 0 else "—"

    worse: bool = False
    """Whether it moved notably towards its limits."""


def effects(
    kpis: Sequence[KpiSpec], series: Series, live_at: datetime, now: datetime
) -> tuple[Effect, ...]:
    """The KPIs that have figures on either side of the moment the deploy went live."""
    found = []
    for spec in kpis:
        before = statistic(spec, series, live_at - timedelta(seconds=BEFORE_S), live_at)
        after = statistic(spec, series, live_at, min(now, live_at + timedelta(seconds=AFTER_S)))
        if before is not None or after is not None:
            found.append(
                Effect(
                    title=spec.title,
                    unit=spec.unit,
                    before=before,
                    after=after,
                    worse=_worse(spec, before, after),
                )
            )
    return tuple(found)


def statistic(spec: KpiSpec, series: Series, start: datetime, end: datetime) -> float | None:
    """What the KPI was over a span, from the means that the history kept; None without data."""
    values = _within(spec.series, series, start, end)
    if not values:
        return None
    if spec.statistic is Statistic.RATIO:
        whole = sum(_within(spec.denominator, series, start, end))
        return None if whole <= 0 else 100.0 * sum(values) / whole * spec.scale
    if spec.statistic in {Statistic.RATE, Statistic.INCREASE}:
        rate = _rate(spec, series, start, end)
        whole_s = spec.window_s if spec.statistic is Statistic.INCREASE else 1.0
        return None if rate is None else rate * whole_s
    if spec.statistic in {Statistic.COUNT, Statistic.SUM}:
        counted = spec.statistic is Statistic.COUNT
        return sum(float(value != 0) if counted else value for value in values) * spec.scale
    if spec.statistic is Statistic.UPTIME:
        return 100.0 * sum(values) / len(values)
    ordered = sorted(values)
    share = {Statistic.P95: 0.95, Statistic.MAXIMUM: 1.0, Statistic.MINIMUM: 0.0}.get(
        spec.statistic
    )
    if share is None:
        return sum(values) / len(values) * spec.scale
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] * spec.scale


def _rate(spec: KpiSpec, series: Series, start: datetime, end: datetime) -> float | None:
    rates = []
    for ref in spec.series:
        points = [
            (point.at, point.value)
            for point in series.get(ref, ())
            if point.value is not None and start <= point.at < end
        ]
        # A counter that starts anew is no decrease.
        risen = sum(max(later - value, 0.0) for (_, value), (_, later) in pairwise(points))
        if len(points) > 1:
            rates.append(risen / (points[-1][0] - points[0][0]).total_seconds())
    return sum(rates) * spec.scale if rates else None


def _within(
    refs: Sequence[SeriesRef], series: Series, start: datetime, end: datetime
) -> list[float]:
    return [
        point.value
        for ref in refs
        for point in series.get(ref, ())
        if point.value is not None and math.isfinite(point.value) and start <= point.at < end
    ]


def _worse(spec: KpiSpec, before: float | None, after: float | None) -> bool:
    if before is None or after is None or not spec.bands:
        return False
    rising_is_bad = spec.bands[0].comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
    if spec.unit == "%":
        return (after - before if rising_is_bad else before - after) > 1.0
    more, less = (after, before) if rising_is_bad else (before, after)
    return more > less * _NOTABLE and more > 0


def level_of(effect: Effect) -> Level:
    """Warning for a change for the worse; nothing here is ever proof."""
    return Level.WARNING if effect.worse else Level.OK
