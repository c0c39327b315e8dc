"""What the engine knows of an alert's past: its day, its earlier times, the lines around it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from monitor.bands import alarms, is_bad
from monitor.breach_lines import Breach, around
from monitor.episodes import BLOCK_S, BLOCKS, DAY_S
from monitor.events import Event
from monitor.numbers import CONNECT_FAILED, UP
from monitor.snapshot import AlertView, KpiView
from monitor.workspace import KpiSpec, SeriesRef
from providers.base import SourceKind
from providers.clock import Moment
from providers.readings import SourceId
from tui.engine_link import EngineCalls, HistoryPoint
from tui.view import View

DAYS: Final = 7.0
"""How far back earlier times are looked for."""


MOST_LINES: Final = 8

FRESH_S: Final = 600.0
"""Lines around an onset still come in for so long."""


class AlertPast(Struct, frozen=True, kw_only=True):
    """One answer of the engine."""

    events: tuple[Event, ...] = ()
    """Beginnings and ends of this alert over `DAYS`."""

    past_limit: tuple[bool | None, ...] = ()
    """For each block of the last day whether a number was past the limit; None: no number."""

    breach: Breach | None = None
    """The log lines around the onset; None when none is kept at all."""


def logs_wanted(view: View, alert: AlertView) -> frozenset[SourceId]:
    """The logs to read at their full pace: all of the workspace while the onset is fresh."""
    if (view.now.at - alert.began).total_seconds() > FRESH_S:
        return frozenset()
    return frozenset(
        source.spec.id
        for source in view.snapshot.sources.values()
        if source.spec.kind is SourceKind.LOGS and source.spec.workspace == view.workspace
    )


async def read_past(
    calls: EngineCalls, workspace: str, alert: AlertView, kpi: KpiView | None, now: Moment
) -> AlertPast:
    """Ask for everything at once, in the engine's loop.

    Args:
        calls: The engine.
        workspace: Of the alert.
        alert: Whose past.
        kpi: The KPI it is of; None for any other.
        now: The right edge of the day.
    """
    events = await calls.history.episodes(alert.key, now.at - timedelta(days=DAYS))
    if kpi is not None:
        points: Sequence[HistoryPoint] = await calls.history.past(kpi.spec, DAY_S, BLOCK_S)
    elif (ref := seen_by(alert)) is not None:
        points = await calls.history.series(ref, DAY_S, BLOCK_S)
    else:
        points = ()
    limits = past_limits(points, now.at, None if kpi is None else kpi.spec, alert)
    lines = calls.logs(workspace)
    breach = around(lines, alert.began, alert.service, MOST_LINES) if lines else None
    return AlertPast(events=events, past_limit=limits, breach=breach)


def seen_by(alert: AlertView) -> SeriesRef | None:
    """The series that tells whether anybody looked, and for a check also what was seen."""
    if alert.source is None:
        return None
    database = alert.key.startswith(("unreachable/", "query/", "queries/"))
    return SeriesRef(source=alert.source, metric=CONNECT_FAILED if database else UP)


def past_limits(
    points: Sequence[HistoryPoint], now: datetime, spec: KpiSpec | None, alert: AlertView
) -> tuple[bool | None, ...]:
    """For each block of the last day: past the limit, not past it, or nothing known.

    Args:
        points: One for about each block.
        now: The right edge.
        spec: With the bands, for a KPI.
        alert: Tells what a number of a check means.
    """
    start = now - timedelta(seconds=DAY_S)
    blocks: list[bool | None] = [None] * BLOCKS
    for point in points:
        middle_s = (point.at - start).total_seconds() + BLOCK_S / 2
        place = int(middle_s // BLOCK_S)
        if point.value is not None and 0 <= place < BLOCKS:
            blocks[place] = bool(blocks[place]) or _past(point, spec, alert)
    return tuple(blocks)


def _past(point: HistoryPoint, spec: KpiSpec | None, alert: AlertView) -> bool:
    ends = [one for one in (point.minimum, point.maximum, point.value) if one is not None]
    if spec is not None:
        return any(is_bad(band, one) for band in spec.bands if alarms(band) for one in ends)
    if alert.key.startswith("check/"):
        return min(ends) < 1
    # Of others the numbers say only that somebody looked.
    return alert.key.startswith("unreachable/") and max(ends) > 0
