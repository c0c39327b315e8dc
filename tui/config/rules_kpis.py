"""Rules for KPIs: metrics that are really read, bands that agree with each other."""

import itertools
from collections.abc import Iterator
from typing import Final

from tui.config.model import Alarm, Check, Goal, Kpi, Limit, MetricSource
from tui.config.problems import Finding, Path
from tui.config.rules_kpi_kinds import CHECK_METRICS, kinds
from tui.config.rules_scope import Scope, one_of, unknown
from tui.config.rules_systems import metric_of_system
from tui.config.suggest import listed, nearest
from tui.wire_names import DEPTH_METRICS

DATABASE_METRICS: Final = (
    "connections_used",
    "connections_available",
    "connections_percent",
    "long_queries",
    "idle_in_transaction",
    "blocked",
    "oldest_transaction_s",
    "cache_hit_percent",
    "transactions_per_s",
    "rollbacks_per_s",
    "deadlocks",
    "temp_bytes_per_s",
    "database_size_bytes",
    "query_avg_ms",
    "connect_failed",
    "connections_by_application",
)
"""What every database measures; query_avg_ms only where pg_stat_statements is installed."""

DEPLOY_METRICS: Final = ("running", "failed_recent", "api_budget_used_percent")
"""What every source of deploys counts."""


def kpis(scope: Scope) -> Iterator[Finding]:
    """All that is wrong with the KPIs of a workspace."""
    for name, kpi in scope.workspace.kpis.items():
        path = (*scope.at, "kpis", name)
        yield from scope.environment((*path, "environment"), kpi.environment)
        yield from scope.citation(path, kpi.runbook)
        for key, given in (("from", kpi.sources), ("of", kpi.denominator)):
            for index, source in enumerate(given):
                yield from _source(scope, (*path, key, index), source, kpi)
        yield from _statistic(path, kpi)
        yield from kinds(scope, path, kpi)
        yield from _bands(scope, (*path, "bands"), kpi)


def _statistic(path: Path, kpi: Kpi) -> Iterator[Finding]:
    ratio = kpi.statistic == "ratio"
    if ratio and not kpi.denominator:
        yield Finding(path=path, reason="a ratio needs of: what it is a part of", at_key=True)
    if not ratio and kpi.denominator:
        reason = f"only a ratio has it; the statistic is {kpi.statistic}"
        yield Finding(path=(*path, "of"), reason=reason, at_key=True)
    if not ratio and kpi.minimum_attempts:
        reason = f"only a ratio has it; the statistic is {kpi.statistic}"
        yield Finding(path=(*path, "minimum_attempts"), reason=reason, at_key=True)
    if kpi.span is not None and kpi.span[0] >= kpi.span[1]:
        yield Finding(path=(*path, "span"), reason="the first end is the smaller one")


def _source(scope: Scope, path: Path, source: MetricSource, kpi: Kpi) -> Iterator[Finding]:
    yield from one_of(path, source.given, ("check", "database", "deploys", "system"))
    if len(source.given) != 1:
        return
    if source.check is not None:
        yield from _of_check(scope, path, source, kpi)
    elif source.database is not None:
        yield from _of_database(scope, path, source, kpi)
    elif source.deploys is not None:
        yield from _of_deploys(scope, path, source, kpi)
    elif source.system is not None:
        yield from metric_of_system(scope, path, source, kpi)


def _of_check(scope: Scope, path: Path, source: MetricSource, kpi: Kpi) -> Iterator[Finding]:
    word = source.check or ""
    service_name, _, check_name = word.partition("/")
    service = scope.workspace.services.get(service_name)
    check = service.checks.get(check_name) if service is not None else None
    about: Path = (*scope.at, "services", service_name, "checks", check_name)
    at = (*path, "check")
    if service is None or check is None:
        yield _no_such_check(scope, at, word, about)
        return
    environment = service.environments.get(kpi.environment)
    excluded = check.environments is not None and kpi.environment not in check.environments
    if excluded or environment is None or environment.url is None:
        reason = f"not made in {kpi.environment}: no url there, or another environment"
        yield Finding(path=at, reason=reason, about=((*scope.at, "services", service_name),))
    known = (*CHECK_METRICS, *(metric.name for metric in check.metrics))
    yield from _metric(path, source, known, (*about, "metrics"))
    yield from _long_enough(path[:-2], kpi, check)


def _no_such_check(scope: Scope, path: Path, word: str, about: Path) -> Finding:
    services = scope.workspace.services
    checks = [f"{name}/{check}" for name, service in services.items() for check in service.checks]
    reason = f"no such check, written service/check; known: {listed(checks)}"
    return Finding(path=path, reason=reason, suggestion=nearest(word, checks), about=(about,))


def _long_enough(path: Path, kpi: Kpi, check: Check) -> Iterator[Finding]:
    if kpi.statistic != "last" and kpi.length_s < check.every_s:
        reason = "shorter than the check's own interval: most of the time there is no data"
        yield Finding(path=(*path, "window"), reason=reason)


def _of_database(scope: Scope, path: Path, source: MetricSource, kpi: Kpi) -> Iterator[Finding]:
    word, at = source.database or "", (*scope.at, "databases")
    database = scope.workspace.databases.get(word)
    if database is None:
        yield from unknown((*path, "database"), "database", word, scope.workspace.databases, at)
        return
    if kpi.environment not in database.environments:
        reason = f"this database is not in {kpi.environment}"
        yield Finding(path=(*path, "database"), reason=reason, about=((*at, word),))
    deep = DEPTH_METRICS if database.depth.enabled else ()
    yield from _metric(path, source, (*DATABASE_METRICS, *deep), (*at, word))


def _of_deploys(scope: Scope, path: Path, source: MetricSource, kpi: Kpi) -> Iterator[Finding]:
    word, at = source.deploys or "", (*scope.at, "services")
    service = scope.workspace.services.get(word)
    if service is None:
        yield from unknown((*path, "deploys"), "service", word, scope.workspace.services, at)
        return
    environment = service.environments.get(kpi.environment)
    if environment is None or environment.deploys is None:
        reason = f"the deploys of this service in {kpi.environment} are not read"
        yield Finding(path=(*path, "deploys"), reason=reason, about=((*at, word),))
    yield from _metric(path, source, DEPLOY_METRICS, (*at, word))


def _metric(
    path: Path, source: MetricSource, known: tuple[str, ...], about: Path
) -> Iterator[Finding]:
    word = source.metric
    yield from unknown((*path, "metric"), "metric there", word, known, about, named=False)


def _bands(scope: Scope, path: Path, kpi: Kpi) -> Iterator[Finding]:
    bands = kpi.bands
    named: dict[str, Limit | None] = {
        "target": bands.target,
        "review": bands.review,
        "warning": bands.warning,
        "critical": bands.critical,
    }
    given = {name: band for name, band in named.items() if band is not None}
    for name, band in given.items():
        at = (*path, name)
        choices = ("above", "at_least", "below", "at_most")
        yield from one_of(at, band.given, choices)
        if isinstance(band, Alarm):
            yield from scope.severity(at, band.severity)
            yield from _clearing(at, band)
    for name, goal_or_alarm in (("target", bands.target), ("review", bands.review)):
        if goal_or_alarm is not None:
            yield from scope.citation((*path, name), goal_or_alarm.runbook)
    for name, alarm in (("warning", bands.warning), ("critical", bands.critical)):
        if alarm is not None:
            yield from scope.citation((*path, name), alarm.runbook)
    if all(len(band.given) == 1 for band in given.values()):
        yield from _order(path, given)


def _order(path: Path, given: dict[str, Limit]) -> Iterator[Finding]:
    """All bands look the same way, and none is passed before a milder one."""
    pairs = itertools.pairwise(given.items())
    for (milder_name, milder), (name, band) in pairs:
        upwards = worse_when_larger(milder)
        if worse_when_larger(band) != upwards:
            reason = f"looks the other way than {milder_name}: is more better or worse?"
            yield Finding(path=(*path, name), reason=reason, at_key=True)
        elif (band.number < milder.number) if upwards else (band.number > milder.number):
            reason = f"comes before {milder_name}: the order is target, review, warning, critical"
            yield Finding(path=(*path, name, band.given[0]), reason=reason)


def worse_when_larger(limit: Limit) -> bool:
    """Whether larger values are the bad ones: a goal says where it is good, an alarm where bad."""
    upwards = limit.given[0] in {"above", "at_least"}
    return upwards != isinstance(limit, Goal)


def _clearing(path: Path, alarm: Alarm) -> Iterator[Finding]:
    if alarm.clear_at is None or len(alarm.given) != 1:
        return
    beyond = alarm.clear_at - alarm.number
    if (beyond > 0) if worse_when_larger(alarm) else (beyond < 0):
        reason = "on the bad side of the limit: it would clear while it fires"
        yield Finding(path=(*path, "clear_at"), reason=reason)
