"""From the KPIs of the configuration to what the monitor judges. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Final

from monitor.verdicts import Band, BandName, Comparison
from monitor.workspace import BurnSpec, KpiSpec, SeriesRef, Statistic
from providers.readings import SourceId
from tui.wire_names import DEPTH_METRICS, check_id, database_id, deploys_id, depth_id, system_id

if TYPE_CHECKING:
    from tui.config.model import Alarm, Bands, Goal, Kpi, Limit, MetricSource, Systems, Workspace
    from tui.config.model_kpis import Burning, Firing

_PER_S: Final[Mapping[str, float]] = {"second": 1.0, "minute": 60.0, "hour": 3_600.0}

# A goal says how the value should stand; the band says when it is missed.
_MISSED: Final = {
    "below": Comparison.AT_LEAST,
    "at_most": Comparison.ABOVE,
    "above": Comparison.AT_MOST,
    "at_least": Comparison.BELOW,
}
_PASSED: Final = {
    "above": Comparison.ABOVE,
    "at_least": Comparison.AT_LEAST,
    "below": Comparison.BELOW,
    "at_most": Comparison.AT_MOST,
}


def kpi_spec(workspace_name: str, key: str, kpi: Kpi, workspace: Workspace) -> KpiSpec:
    """A KPI as the monitor knows it."""
    name, systems = workspace_name, workspace.systems
    return KpiSpec(
        key=key,
        title=kpi.title,
        environment=kpi.environment,
        unit=kpi.unit,
        series=_series(name, kpi, kpi.sources, systems),
        statistic=Statistic(kpi.statistic),
        window_s=kpi.length_s,
        bands=tuple(_bands(kpi.bands)),
        denominator=_series(name, kpi, kpi.denominator, systems),
        minimum_attempts=kpi.minimum_attempts,
        scale=kpi.scale * _PER_S[kpi.per],
        runbook=kpi.runbook or "",
        span=kpi.span,
        full_at=kpi.full_at,
        service=_spoken_of(kpi.sources),
        grouped=kpi.grouped,
        no_data_s=None if kpi.no_data is None else kpi.no_data.after_s,
        no_data_severity="" if kpi.no_data is None else kpi.no_data.severity or "",
        calendar_month=kpi.window_s is None,
        zone=_zone(kpi, workspace),
        burns=tuple(_burn(each) for each in kpi.burn),
    )


def _zone(kpi: Kpi, workspace: Workspace) -> tzinfo:
    """Whose midnight counts; only a month of the calendar asks for it."""
    name = kpi.time_zone or workspace.business_hours.time_zone
    if kpi.window_s is not None or name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _burn(burning: Burning) -> BurnSpec:
    band = _firing(BandName(burning.level), Comparison.ABOVE, burning.above, burning)
    return BurnSpec(window_s=burning.over_s, band=band)


def _spoken_of(sources: tuple[MetricSource, ...]) -> str:
    """The one service or database that all its numbers come from; empty when they are several."""
    names = {
        (one.check or "").partition("/")[0] or one.database or one.deploys or "" for one in sources
    }
    return names.pop() if len(names) == 1 else ""


def _series(
    workspace: str, kpi: Kpi, sources: tuple[MetricSource, ...], systems: Systems
) -> tuple[SeriesRef, ...]:
    return tuple(
        SeriesRef(
            source=_source_of(workspace, kpi.environment, source, systems), metric=source.metric
        )
        for source in sources
    )


def _source_of(
    workspace: str, environment: str, source: MetricSource, systems: Systems
) -> SourceId:
    if source.check is not None:
        service, _, check = source.check.partition("/")
        return check_id(workspace, environment, service, check)
    if source.database is not None:
        of_metric = depth_id if source.metric in DEPTH_METRICS else database_id
        return of_metric(workspace, environment, source.database)
    if source.deploys is not None:
        return deploys_id(workspace, environment, source.deploys)
    if source.system is not None:
        kind, _, tail = source.system.partition("/")
        name, _, part = tail.partition(".")
        own = getattr(systems, kind)[name].environment
        return system_id(workspace, own, kind, name, part)
    raise ValueError("a metric needs a source; the configuration check refuses it before")


def _bands(bands: Bands) -> Iterator[Band]:
    for name, goal in ((BandName.TARGET, bands.target), (BandName.REVIEW, bands.review)):
        if goal is not None:
            yield _goal(name, goal)
    for name, alarm in ((BandName.WARNING, bands.warning), (BandName.CRITICAL, bands.critical)):
        if alarm is not None:
            yield _alarm(name, alarm)


def _goal(name: BandName, goal: Goal) -> Band:
    return Band(
        name=name,
        comparison=_side(goal, _MISSED),
        limit=goal.number,
        runbook=goal.runbook or "",
    )


def _alarm(name: BandName, alarm: Alarm) -> Band:
    return _firing(name, _side(alarm, _PASSED), alarm.number, alarm)


def _firing(name: BandName, comparison: Comparison, limit: float, alarm: Firing) -> Band:
    return Band(
        name=name,
        comparison=comparison,
        limit=limit,
        for_s=alarm.for_s,
        consecutive=alarm.consecutive,
        clear_limit=alarm.clear_at,
        clear_for_s=alarm.clear_for_s,
        clear_consecutive=alarm.clear_consecutive,
        keep_firing_s=alarm.keep_firing_s,
        flapping=alarm.flapping,
        proposed=alarm.proposed,
        severity=alarm.severity or "",
        runbook=alarm.runbook or "",
    )


def _side(limit: Limit, words: Mapping[str, Comparison]) -> Comparison:
    (given,) = limit.given
    return words[given]
