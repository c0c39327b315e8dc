"""Rules for what only some KPIs have: groups, months, rates, error budgets."""

from collections.abc import Iterator
from typing import Final

from tui.config.model import Kpi, MetricSource
from tui.config.model_kpis import Burning
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope

GROUPED_METRICS: Final = frozenset(
    {"failed_sign_ins_5m_by_address", "failed_sign_ins_by_address", "connections_by_application"}
)
"""Metrics of systems and databases that are told apart; those of checks say so by group_by."""

CHECK_METRICS: Final = ("latency_ms", "up", "certificate_days")
"""What every endpoint check measures besides the metrics of its own."""

_DAY_S: Final = 86_400.0


def kinds(scope: Scope, path: Path, kpi: Kpi) -> Iterator[Finding]:
    """What does not go together in one KPI."""
    yield from _window(path, kpi)
    if kpi.per != "second" and kpi.statistic != "rate":
        yield _only(path, "per", "a rate", kpi)
    if kpi.no_data is not None:
        yield from scope.severity((*path, "no_data"), kpi.no_data.severity)
    if kpi.grouped:
        yield from _groups(scope, path, kpi)
    if kpi.statistic == "uptime":
        yield from _uptime(path, kpi)
    elif kpi.burn:
        yield _only(path, "burn", "an uptime", kpi)
    for index, burning in enumerate(kpi.burn):
        yield from _burning(scope, (*path, "burn", index), burning)


def _only(path: Path, key: str, what: str, kpi: Kpi) -> Finding:
    reason = f"only {what} has it; the statistic is {kpi.statistic}"
    return Finding(path=(*path, key), reason=reason, at_key=True)


def _window(path: Path, kpi: Kpi) -> Iterator[Finding]:
    at = (*path, "window")
    if kpi.window_s is None and kpi.statistic != "uptime":
        reason = f"only an uptime has a calendar month; the statistic is {kpi.statistic}"
        yield Finding(path=at, reason=reason)
    if kpi.time_zone is not None and kpi.window_s is not None:
        reason = "only a calendar_month begins at a midnight"
        yield Finding(path=(*path, "time_zone"), reason=reason, at_key=True)
    if kpi.statistic == "increase" and kpi.length_s > _DAY_S:
        yield Finding(path=at, reason="an increase is kept for a day at most: 1d")


def _uptime(path: Path, kpi: Kpi) -> Iterator[Finding]:
    if kpi.scale != 1.0:
        yield Finding(path=(*path, "scale"), reason="an uptime is in percent already", at_key=True)
    if kpi.grouped:
        yield Finding(path=(*path, "grouped"), reason="an uptime has no groups", at_key=True)
    if kpi.window_s is not None and kpi.window_s < _DAY_S:
        yield Finding(path=(*path, "window"), reason="an uptime is told over a day or more")
    goals = (kpi.bands.target, kpi.bands.review, kpi.bands.warning, kpi.bands.critical)
    limits = [goal.number for goal in goals if goal is not None and len(goal.given) == 1]
    if kpi.burn and not any(0 < limit < 100 for limit in limits):
        reason = "needs a goal, such as target: {at_least: 99.9}"
        yield Finding(path=(*path, "burn"), reason=reason, at_key=True)


def _burning(scope: Scope, path: Path, burning: Burning) -> Iterator[Finding]:
    if burning.clear_at is not None and burning.clear_at > burning.above:
        reason = "on the bad side of the limit: it would clear while it fires"
        yield Finding(path=(*path, "clear_at"), reason=reason)
    yield from scope.severity(path, burning.severity)
    yield from scope.citation(path, burning.runbook)


def _groups(scope: Scope, path: Path, kpi: Kpi) -> Iterator[Finding]:
    for key, given in (("from", kpi.sources), ("of", kpi.denominator)):
        for index, source in enumerate(given):
            if len(source.given) == 1 and not _gives_groups(scope, source):
                reason = f"{source.metric} is one number: it can not be grouped"
                hint = "; give the metric group_by" if source.check is not None else ""
                yield Finding(path=(*path, key, index, "metric"), reason=f"{reason}{hint}")


def _gives_groups(scope: Scope, source: MetricSource) -> bool:
    if source.check is None:
        return source.metric in GROUPED_METRICS
    name, _, check_name = source.check.partition("/")
    service = scope.workspace.services.get(name)
    check = None if service is None else service.checks.get(check_name)
    if check is None:
        return True
    found = [metric for metric in check.metrics if metric.name == source.metric]
    # A metric that is not there at all is told elsewhere.
    return all(metric.group_by for metric in found) if found else source.metric not in CHECK_METRICS
