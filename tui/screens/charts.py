"""What a chart of one endpoint or KPI shows: points, limits and deploys. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from monitor.snapshot import DeployView, EndpointCell, EndpointRow, KpiView, WorkspaceView
from monitor.verdicts import BandName
from monitor.workspace import SeriesRef, Statistic
from providers.clock import Moment
from tui.engine_link import HistoryPoint
from tui.series import WINDOWS, step_s, usual_gap_s
from widgets.cells import Tone
from widgets.chart_lines import ChartData, ChartLimit, Mark

_SHORT_COMMIT: Final = 7
ALIKE: Final = frozenset(Statistic) - {Statistic.RATIO, Statistic.RATE, Statistic.COUNT}
"""Statistics that are numbers of the same kind as the readings they are made of."""


def latency_ref(cell: EndpointCell) -> SeriesRef:
    """The series of an endpoint's latency."""
    return SeriesRef(source=cell.source, metric="latency_ms")


def latency_chart(
    view: WorkspaceView,
    row: EndpointRow,
    environment: str,
    points: Sequence[HistoryPoint],
    window_place: int,
    now: Moment,
    zone: tzinfo = UTC,
) -> ChartData:
    """The latency of one endpoint with its limit and the deploys of its service."""
    check = row.spec.checks.get(environment)
    window_s, name = WINDOWS[window_place]
    limit_ms = check.slow_ms if check else None
    return ChartData(
        title=row.spec.title,
        subtitle=f"{environment}  latency, {name}",
        unit="ms",
        window_s=window_s,
        until=now.at,
        zone=zone,
        points=tuple((point.at, point.value) for point in points),
        interval_s=usual_gap_s(points, step_s(window_s)),
        limits=() if limit_ms is None else (ChartLimit(at=limit_ms),),
        marks=deploy_marks(view.deploys, row.spec.service, environment, window_s, now.at),
    )


def kpi_chart(
    kpi: KpiView,
    points: Sequence[HistoryPoint],
    window_place: int,
    now: Moment,
    zone: tzinfo = UTC,
) -> ChartData:
    """The first series that a KPI is made of, with its bands where they are of its kind."""
    spec, (window_s, name) = kpi.spec, WINDOWS[window_place]
    alike = spec.statistic in ALIKE
    tones = {BandName.CRITICAL: Tone.CRITICAL, BandName.WARNING: Tone.WARNING}
    return ChartData(
        title=spec.title,
        subtitle=f"{spec.environment}  {spec.series[0].metric}, {name}",
        unit=spec.unit if alike else "",
        window_s=window_s,
        until=now.at,
        zone=zone,
        points=tuple(
            (point.at, None if point.value is None else point.value * spec.scale)
            for point in points
        ),
        interval_s=usual_gap_s(points, step_s(window_s)),
        limits=tuple(
            ChartLimit(at=band.limit, tone=tones.get(band.name, Tone.MUTED))
            for band in (spec.bands if alike else ())
        ),
    )


def deploy_marks(
    deploys: Sequence[DeployView], service: str, environment: str, window_s: float, until: datetime
) -> tuple[Mark, ...]:
    """When deploys of one service went live within the window."""
    since = until - timedelta(seconds=window_s)
    return tuple(
        Mark(at=each.deploy.live_at, label=each.deploy.commit.line(40)[:_SHORT_COMMIT])
        for each in deploys
        if each.deploy.live_at is not None
        and since <= each.deploy.live_at <= until
        and each.deploy.environment == environment
        and service in {each.deploy.target, each.service.name if each.service else ""}
    )
