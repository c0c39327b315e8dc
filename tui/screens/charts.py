"""What a chart of one endpoint or KPI shows: points, limits and what happened. Pure."""

import math
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Final

from monitor.snapshot import EndpointCell, EndpointRow, KpiView, WorkspaceView
from monitor.verdicts import BandName
from monitor.words import span_words
from monitor.workspace import KpiSpec, SeriesRef, Statistic
from providers.clock import Moment
from tui.engine_link import HistoryPoint
from tui.screens.chart_marks import deploy_marks
from tui.series import WINDOWS, ranges_of, step_s, usual_gap_s
from widgets.cells import Tone
from widgets.chart_lines import ChartData, ChartLimit
from widgets.chart_marks import Mark

_TONES: Final = {BandName.CRITICAL: Tone.CRITICAL, BandName.WARNING: Tone.WARNING}
_HOUR_S: Final = 3_600.0
_MINUTE_S: Final = 60.0


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
    *,
    marks: Sequence[Mark] | None = None,
) -> ChartData:
    """The latency of one endpoint with its limit.

    Marked are the deploys of its service; in its details what `marks` names.
    """
    check = row.spec.checks.get(environment)
    window_s, name = WINDOWS[window_place]
    limit_ms = check.slow_ms if check else None
    if marks is None:
        shown = deploy_marks(view.deploys, row.spec.service, environment, window_s, now.at)
    else:
        shown = tuple(marks)
    return ChartData(
        title=row.spec.title,
        subtitle=f"{environment}  latency, {name}",
        unit="ms",
        window_s=window_s,
        until=now.at,
        zone=zone,
        points=tuple((point.at, point.value) for point in points),
        ranges=ranges_of(points, window_s),
        interval_s=usual_gap_s(points, step_s(window_s)),
        limits=() if limit_ms is None else (ChartLimit(at=limit_ms),),
        marks=shown,
        detailed=marks is not None,
    )


def kpi_chart(
    kpi: KpiView,
    points: Sequence[HistoryPoint],
    window_place: int,
    now: Moment,
    zone: tzinfo = UTC,
    *,
    marks: Sequence[Mark] | None = None,
) -> ChartData:
    """A KPI as it is judged, with its bands; in its details with what happened meanwhile."""
    spec, (window_s, name) = kpi.spec, WINDOWS[window_place]
    return ChartData(
        title=spec.title,
        subtitle=f"{spec.environment}  {made_words(spec)}, {name}",
        unit=spec.unit,
        window_s=window_s,
        until=now.at,
        zone=zone,
        points=tuple((point.at, point.value) for point in points),
        ranges=ranges_of(points, window_s),
        interval_s=usual_gap_s(points, step_s(window_s)),
        limits=tuple(
            ChartLimit(at=band.limit, tone=_TONES.get(band.name, Tone.MUTED)) for band in spec.bands
        ),
        marks=tuple(marks or ()),
        low=_low(spec, points),
        note=grain_words(spec, window_s),
        detailed=marks is not None,
    )


def _low(spec: KpiSpec, points: Sequence[HistoryPoint]) -> float:
    """Where the axis begins: where the gauge does, unless a number is lower; else at 0."""
    begins = 0.0 if spec.span is None else max(spec.span[0], 0.0)
    values = [point.value for point in points if point.value is not None]
    return min([begins, *filter(math.isfinite, values)])


def made_words(spec: KpiSpec) -> str:
    """What is charted: `ratio over 5m`, or the metric where it is the number itself."""
    if spec.statistic is Statistic.LAST:
        return spec.series[0].metric if spec.series else ""
    return f"{spec.statistic.value} over {span_words(spec.window_s)}"


def grain_words(spec: KpiSpec, window_s: float) -> str:
    """Where old history is too coarse for the KPI's own window: what a point stands for."""
    step = step_s(window_s)
    grain_s = _HOUR_S if step >= _HOUR_S else _MINUTE_S if step >= _MINUTE_S else 0.0
    if spec.statistic is Statistic.LAST:
        return ""
    if grain_s > spec.window_s:
        return f"over {span_words(grain_s)} here, judged over {span_words(spec.window_s)}"
    if grain_s and spec.statistic in {Statistic.P50, Statistic.P95}:
        return f"{spec.statistic.value} of averages over {span_words(grain_s)}"
    return ""
