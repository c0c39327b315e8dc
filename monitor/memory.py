"""What history gives back to a world that begins: states, windows, small histories, events."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from monitor.history import History
from monitor.history_blocks import Bucket
from monitor.history_store import HOUR_MS, Tier
from monitor.kpis import KpiTrack
from monitor.timeline import Timeline
from monitor.tracks import HISTORY, CheckTrack
from monitor.uptime_track import UptimeTrack
from monitor.windows import EXACT_WINDOW_S, Slice
from monitor.workspace import SeriesRef, Statistic
from monitor.world import World
from providers.clock import Moment
from providers.readings import SourceId

EVENTS_FOR: Final = timedelta(hours=24)

_AT_ONCE: Final = 100
"""Checks asked for in one question: other questions wait behind it."""

_DAY_S: Final = 86_400.0
_FINE_S: Final = 3 * _DAY_S
"""The longest window that the use of an error budget is told for."""

_PLAIN: Final = frozenset({Statistic.LAST, Statistic.AVERAGE})


async def recall(world: World, timeline: Timeline, history: History, now: Moment) -> None:
    """Give a world that begins its memory back; all is asked at once, and answered in turn."""
    checks = list(world.checks.items())
    async with asyncio.TaskGroup() as asked:
        asked.create_task(_recall_states(world, history, now))
        events = asked.create_task(history.events(now.at - EVENTS_FOR))
        asked.create_task(recall_kpis(world, None, history, now))
        for begin in range(0, len(checks), _AT_ONCE):
            some = checks[begin : begin + _AT_ONCE]
            asked.create_task(_recall_checks(some, history, now))
    timeline.preload(events.result())


async def _recall_states(world: World, history: History, now: Moment) -> None:
    """First of all: where the rest takes too long and is given up, what fires is known still."""
    world.restore(await history.states(), now)


async def recall_kpis(world: World, before: World | None, history: History, now: Moment) -> None:
    """Fill the windows of KPIs that have no memory yet."""
    tracks = [track for _, track in world.new_kpis(before)]
    await asyncio.gather(*(_recall_kpi(track, history, now) for track in tracks))


async def _recall_kpi(track: KpiTrack, history: History, now: Moment) -> None:
    if track.uptime is not None:
        await _recall_uptime(track.refs, track.uptime, history, now)
    elif track.groups is None:
        await _recall_windows(track, history, now)
    await _recall_history(track, history)


async def _recall_windows(track: KpiTrack, history: History, now: Moment) -> None:
    window_s = track.spec.window_s
    tier = Tier.READINGS if window_s <= EXACT_WINDOW_S else Tier.MINUTES
    # The first increase inside is measured from a reading that may lie before the window.
    back_s = 2 * window_s if track.spec.statistic is Statistic.INCREASE else window_s
    for ref in track.refs:
        buckets = await history.buckets(ref, _ms_ago(now, back_s), _ms_ago(now, 0), tier)
        track.preload(ref, [_slice(one, now) for one in buckets if one.count])


async def _recall_uptime(
    refs: Iterable[SeriesRef], uptime: UptimeTrack, history: History, now: Moment
) -> None:
    """The last days by the minute, what is older by the hour."""
    fine_ms = _ms_ago(now, _FINE_S) // HOUR_MS * HOUR_MS
    since_ms = _ms_ago(now, uptime.reaches_back_s)
    for ref in refs:
        hours = await history.buckets(ref, since_ms, _ms_ago(now, 0), Tier.HOURS)
        minutes = await history.buckets(ref, fine_ms, _ms_ago(now, 0), Tier.MINUTES)
        for one in (*(hour for hour in hours if hour.at_ms < fine_ms), *minutes):
            if one.count:
                at_s, width_s = one.at_ms / 1000, one.width_ms / 1000
                uptime.slots.preload(at_s, width_s, one.count, one.nonzero)


async def _recall_history(track: KpiTrack, history: History) -> None:
    """The small history beside the gauge, where one series alone makes the number."""
    spec = track.spec
    if spec.statistic not in _PLAIN or len(track.refs) != 1:
        return
    step_s = max(1.0, track.interval_s)
    known = await history.series(track.refs[0], HISTORY * step_s, step_s)
    scaled = [None if one.value is None else one.value * spec.scale for one in known]
    if any(value is not None for value in scaled):
        track.preload_history(scaled)


async def _recall_checks(
    checks: Sequence[tuple[SourceId, CheckTrack]], history: History, now: Moment
) -> None:
    """The latencies beside the checks and how often they were up."""
    wanted = [query for source, check in checks for query in _queries(source, check, now)]
    found = await history.several(wanted, _ms_ago(now, 0))
    for (_, check), latencies, ups in zip(checks, found[::2], found[1::2], strict=True):
        check.preload([one.total if one.count else None for one in latencies[-HISTORY:]])
        for one in ups:
            at_s = _slice(one, now).start_s
            check.uptime.add(at_s, good=one.nonzero, bad=one.count - one.nonzero)


def _queries(
    source: SourceId, check: CheckTrack, now: Moment
) -> Iterator[tuple[SeriesRef, int, Tier]]:
    span_s = HISTORY * check.source.spec.interval_s
    yield SeriesRef(source=source, metric="latency_ms"), _ms_ago(now, span_s), Tier.READINGS
    yield SeriesRef(source=source, metric="up"), _ms_ago(now, _DAY_S), Tier.MINUTES


def _slice(one: Bucket, now: Moment) -> Slice:
    """A bucket on this process's clock."""
    now_s = now.at.timestamp()
    start_s = now.tick_s - (now_s - one.at_ms / 1000)
    return Slice(
        start_s=start_s,
        end_s=start_s + one.width_ms / 1000,
        count=one.count,
        total=one.total,
        nonzero=one.nonzero,
        minimum=one.minimum,
        maximum=one.maximum,
    )


def _ms_ago(now: Moment, seconds: float) -> int:
    return int((now.at.timestamp() - seconds) * 1000)
