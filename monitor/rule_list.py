"""Every rule of a workspace with all that it asks for; pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from monitor.band_words import kind_words, limit_text, made_words, side_words
from monitor.bands import ALERTING, LEVELS
from monitor.business import ResponseRule
from monitor.detection import detection_s
from monitor.freshness import stale_after_s
from monitor.uptime_track import BURN_UNIT, rule_name
from monitor.verdicts import Band, BandName, Comparison, Level
from monitor.words import span_words
from monitor.workspace import CheckSpec, KpiSpec, WorkspaceSpec
from providers.base import SourceSpec
from providers.readings import SourceId

GOAL: Final = "goal"
_KINDS: Final = {
    BandName.TARGET: GOAL,
    BandName.REVIEW: GOAL,
    BandName.WARNING: "band",
    BandName.CRITICAL: "band",
}


class Clears(Struct, frozen=True, kw_only=True):
    """What a rule asks for before it clears."""

    limit: float | None = None
    """None: its own."""

    for_s: float = 0.0
    in_a_row: int = 1
    keep_firing_s: float = 0.0

    def words(self, unit: str) -> str:
        """`2 in a row, back past 1 %, for 30s, kept 10m`."""
        parts = [f"{self.in_a_row} in a row"]
        if self.limit is not None:
            like = Band(name=BandName.TARGET, comparison=Comparison.ABOVE, limit=self.limit)
            parts.append(f"back past {limit_text(like, unit)}")
        parts += [f"for {span_words(self.for_s)}"] if self.for_s else []
        parts += [f"kept {span_words(self.keep_firing_s)}"] if self.keep_firing_s else []
        return ", ".join(parts)


class RuleLine(Struct, frozen=True, kw_only=True):
    """One rule."""

    kind: str
    """`goal`, `band`, `check`, `burn` or `no data`."""

    name: str
    """`warning`, `critical`, `target`, `down`, `burn-1h` or `no-data`."""

    alert: str
    """Key of its alert; empty for what never fires."""

    fires: str
    """In words: the side of its limit, with whether the limit itself counts."""

    level: Level
    comparison: str = ""
    limit: float | None = None
    for_s: float = 0.0
    in_a_row: int = 1
    clears: Clears | None = None
    """None: it never fires."""

    severity: str = ""
    response: str = ""
    """How soon somebody must be at it, in words."""

    runbook: str = ""
    detected_s: float | None = None
    """From the begin of a trouble to the sample that makes it fire, at the longest."""

    note: str = ""


class RuleGroup(Struct, frozen=True, kw_only=True):
    """The rules about one KPI, or one check in one environment."""

    key: str
    title: str
    environment: str
    unit: str
    made: str
    """How its number is made."""

    mark: str
    """`target only` or `trend` for what has no alert; else empty."""

    grouped: str
    window_s: float | None
    minimum: float
    rules: tuple[RuleLine, ...]


def rules_of(spec: WorkspaceSpec, sources: Mapping[SourceId, SourceSpec]) -> tuple[RuleGroup, ...]:
    """Every rule of a workspace, checks first, in the order of the configuration."""
    return (*_checks(spec, sources), *(_kpi(spec, kpi, sources) for kpi in spec.kpis))


def response_words(spec: WorkspaceSpec, label: str, level: Level) -> str:
    """The response clock of a severity, or of a level without one; empty when there is none."""
    found = next((one for one in spec.severities if one.label == label), None)
    if found is not None:
        return ResponseRule(within_s=found.response_s, business_hours=found.business_hours).words
    rule = spec.response_by_level.get(level)
    return "" if rule is None else rule.words


def _checks(spec: WorkspaceSpec, sources: Mapping[SourceId, SourceSpec]) -> Iterator[RuleGroup]:
    for row in spec.rows:
        for environment, check in row.checks.items():
            yield RuleGroup(
                key=row.key,
                title=row.title,
                environment=environment,
                unit="",
                made=_every(sources.get(check.source)),
                mark="",
                grouped="",
                window_s=None,
                minimum=0.0,
                rules=(_check(spec, check, sources.get(check.source)),),
            )


def _every(source: SourceSpec | None) -> str:
    return "" if source is None else f"asked every {span_words(source.interval_s)}"


def _check(spec: WorkspaceSpec, check: CheckSpec, source: SourceSpec | None) -> RuleLine:
    times = check.failures_to_fire
    return RuleLine(
        kind="check",
        name="down",
        alert=f"check/{check.source}",
        fires="fires with the first failure"
        if times == 1
        else f"fires at failure {times} in a row",
        level=Level.CRITICAL,
        in_a_row=times,
        clears=Clears(in_a_row=check.successes_to_clear, keep_firing_s=check.keep_firing_s),
        severity=check.severity,
        response=response_words(spec, check.severity, Level.CRITICAL),
        runbook=check.runbook,
        detected_s=None
        if source is None
        else detection_s(times, source.interval_s, source.timeout_s),
    )


def _kpi(spec: WorkspaceSpec, kpi: KpiSpec, sources: Mapping[SourceId, SourceSpec]) -> RuleGroup:
    read = [sources[ref.source] for ref in (*kpi.series, *kpi.denominator) if ref.source in sources]
    key = f"kpi/{spec.name}/{kpi.key}"
    rules = [_band(spec, kpi, key, band, read) for band in kpi.bands]
    rules += [
        _burn(spec, f"{key}/{rule_name(burn)}", burn.band, burn.window_s, read)
        for burn in kpi.burns
    ]
    if kpi.no_data_s is not None:
        rules.append(_no_data(spec, kpi, key, read))
    return RuleGroup(
        key=kpi.key,
        title=kpi.title,
        environment=kpi.environment,
        unit=kpi.unit,
        made=made_words(kpi),
        mark=kind_words(kpi.bands) if not (kpi.burns or kpi.no_data_s) else "",
        grouped=kpi.grouped,
        window_s=None if kpi.calendar_month else kpi.window_s,
        minimum=kpi.minimum_attempts,
        rules=tuple(rules),
    )


def _clears(band: Band) -> Clears:
    return Clears(
        limit=band.clear_limit,
        for_s=band.clear_for_s,
        in_a_row=band.clear_consecutive,
        keep_firing_s=band.keep_firing_s,
    )


def _detected_s(band: Band, read: list[SourceSpec]) -> float | None:
    if not read:
        return None
    interval_s = max(one.interval_s for one in read)
    timeout_s = max(one.timeout_s for one in read)
    return detection_s(band.consecutive, interval_s, timeout_s, band.for_s)


def _band(
    spec: WorkspaceSpec, kpi: KpiSpec, key: str, band: Band, read: list[SourceSpec]
) -> RuleLine:
    fires = band.name in ALERTING
    return RuleLine(
        kind=_KINDS[band.name],
        name=band.name.value,
        alert=key if fires and not band.proposed else "",
        fires=_firing_words(side_words(band, kpi.unit), band),
        level=LEVELS[band.name],
        comparison=band.comparison.value,
        limit=band.limit,
        for_s=band.for_s,
        in_a_row=band.consecutive,
        clears=_clears(band) if fires else None,
        severity=band.severity,
        response=response_words(spec, band.severity, LEVELS[band.name]),
        runbook=band.runbook or kpi.runbook,
        detected_s=_detected_s(band, read) if fires else None,
        note="proposed: off until confirmed" if band.proposed else "",
    )


def _firing_words(words: str, band: Band) -> str:
    words += f" for {span_words(band.for_s)}" if band.for_s else ""
    return words + (f", {band.consecutive} in a row" if band.consecutive > 1 else "")


def _burn(
    spec: WorkspaceSpec, alert: str, band: Band, over_s: float, read: list[SourceSpec]
) -> RuleLine:
    words = f"{side_words(band, BURN_UNIT)}, over {span_words(over_s)}"
    return RuleLine(
        kind="burn",
        name=f"burn-{span_words(over_s)}",
        alert=alert,
        fires=_firing_words(words, band),
        level=LEVELS[band.name],
        comparison=band.comparison.value,
        limit=band.limit,
        for_s=band.for_s,
        in_a_row=band.consecutive,
        clears=_clears(band),
        severity=band.severity,
        response=response_words(spec, band.severity, LEVELS[band.name]),
        runbook=band.runbook,
        detected_s=None,
        note="how soon depends on how much fails" if read else "",
    )


def _no_data(spec: WorkspaceSpec, kpi: KpiSpec, key: str, read: list[SourceSpec]) -> RuleLine:
    after_s = kpi.no_data_s or 0.0
    due_s = max((stale_after_s(one) for one in read), default=60.0)
    return RuleLine(
        kind="no data",
        name="no-data",
        alert=f"{key}/no-data",
        fires=f"fires after {span_words(max(after_s, due_s))} without a number",
        level=Level.WARNING,
        for_s=max(after_s, due_s),
        clears=Clears(in_a_row=2),
        severity=kpi.no_data_severity,
        response=response_words(spec, kpi.no_data_severity, Level.WARNING),
        runbook=kpi.runbook,
        detected_s=max(after_s, due_s),
    )
