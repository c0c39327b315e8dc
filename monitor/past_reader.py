"""Reads from the store what the past of a KPI is made of; blocking, for the history's thread."""

from typing import Final

from monitor.history import MOST_POINTS, tier_for
from monitor.history_steps import Point
from monitor.history_store import DAY_MS, HOUR_MS, MINUTE_MS, Store, Tier
from monitor.past import Buckets, Span, month_start_ms, past
from monitor.trend import LOOK_BACK_DAYS, Trend, trend_of
from monitor.workspace import KpiSpec

_LONG_MS: Final = 2 * DAY_MS
"""Windows as long as this are read in hours: minutes would be too many, and tell no more."""

MOST_LOOKS: Final = 2_500
"""A week of minutes is looked at every few of them: ten times what a chart can show."""

_GRAIN_MS: Final = {Tier.READINGS: 0, Tier.MINUTES: MINUTE_MS, Tier.HOURS: HOUR_MS}


def read_past(
    store: Store, spec: KpiSpec, now_ms: int, since_s: float, step_s: float
) -> tuple[Point, ...]:
    """A KPI over the last `since_s` seconds in steps of `step_s`.

    Args:
        store: The history.
        spec: The KPI.
        now_ms: Now.
        since_s: How far back.
        step_s: Of one point; made coarser where there would be too many.
    """
    step_ms = max(1, int(step_s * 1000), int(since_s * 1000 / MOST_POINTS))
    start_ms = (now_ms - int(since_s * 1000)) // step_ms * step_ms
    window_ms = int(spec.window_s * 1000)
    long = spec.calendar_month or window_ms >= _LONG_MS
    tier = Tier.HOURS if long else tier_for(step_ms)
    span = Span(
        start_ms=start_ms,
        end_ms=now_ms,
        step_ms=step_ms,
        grain_ms=_GRAIN_MS[tier],
        most_looks=MOST_LOOKS,
    )
    begin_ms = start_ms - max(window_ms, span.finest_ms)
    if spec.calendar_month:
        begin_ms = month_start_ms(spec, start_ms)
    return past(spec, _kept(store, spec, begin_ms, now_ms, tier), span)


def read_trend(store: Store, spec: KpiSpec, now_ms: int) -> Trend:
    """A KPI from day to day, over the last weeks."""
    begin_ms = now_ms // DAY_MS * DAY_MS - LOOK_BACK_DAYS * DAY_MS
    return trend_of(spec, _kept(store, spec, begin_ms - HOUR_MS, now_ms, Tier.HOURS), now_ms)


def _kept(store: Store, spec: KpiSpec, begin_ms: int, now_ms: int, tier: Tier) -> Buckets:
    refs = dict.fromkeys((*spec.series, *spec.denominator))
    return {ref: store.buckets(ref, begin_ms, now_ms, tier) for ref in refs}
