"""KPIs as text and as JSON: the number, every band with its side, groups, and the error budget."""

from collections.abc import Iterator
from typing import Final

from monitor.band_words import direction_words, gap_words, kind_words, limit_text
from monitor.bands import ALERTING
from monitor.budget import Budget, left_words, pace_words, seen_words
from monitor.group_view import GroupView
from monitor.kpi_shown import shown
from monitor.snapshot import KpiView
from monitor.verdicts import Band, Comparison, Phase, Verdict
from monitor.words import number_words, span_words
from tui.status_alerts import MARKS
from tui.status_values import Json, moment_text, rounded, time_text

_MOST_GROUPS: Final = 12
"""That are not well, a line each."""

_KEPT: Final = {
    Comparison.ABOVE: "<=",
    Comparison.AT_LEAST: "<",
    Comparison.BELOW: ">=",
    Comparison.AT_MOST: ">",
}
"""How a value stands that has not passed the limit."""

_STRICT: Final = frozenset({Comparison.ABOVE, Comparison.BELOW})


def kpi_lines(kpi: KpiView) -> Iterator[str]:
    """One line, and one more for each group that is not well."""
    spec = kpi.spec
    value = number_words(kpi.value, spec.unit) if kpi.value is not None else kpi.reason
    said = (
        _why(kpi),
        "" if kpi.budget is None else _budget_words(kpi.budget),
        kpi.groups_note,
        f"[{_bands_words(kpi)}]",
    )
    words = "  ".join(one for one in said if one)
    yield f"{MARKS[shown(kpi).level]} {spec.title:22} {value:>12}  {words}"
    told = [one for one in (*kpi.burns, *kpi.groups) if one.verdict.phase is not Phase.OK]
    for one in told[:_MOST_GROUPS]:
        yield f"{'':5}{MARKS[one.verdict.level]} {one.name}: {one.verdict.why}"
    if len(told) > _MOST_GROUPS:
        yield f"{'':5}and {len(told) - _MOST_GROUPS} more"


def _why(kpi: KpiView) -> str:
    if kpi.value is None:
        return ""
    gap = gap_words(kpi.spec.bands, kpi.value, kpi.spec.unit)
    return gap if kpi.missed_target and gap else kpi.verdict.why


def _budget_words(budget: Budget) -> str:
    told = (left_words(budget), pace_words(budget), seen_words(budget))
    return ", ".join(one for one in told if one)


def _bands_words(kpi: KpiView) -> str:
    """Every band as a comparison: `target < 0.5 %, warning > 2 % for 15m; lower is better`."""
    bands, kind = kpi.spec.bands, kind_words(kpi.spec.bands)
    if not bands:
        return kind
    told = ", ".join(_band_words(band, kpi.spec.unit) for band in bands)
    return "; ".join(one for one in (told, direction_words(bands), kind) if one)


def _band_words(band: Band, unit: str) -> str:
    goal = band.name not in ALERTING
    sign = _KEPT[band.comparison] if goal else band.comparison.value
    words = f"{band.name.value} {sign} {limit_text(band, unit)}"
    words += f" for {span_words(band.for_s)}" if band.for_s else ""
    words += f" {band.consecutive} in a row" if band.consecutive > 1 else ""
    return f"{words} (suggested)" if band.proposed else words


def kpi_json(kpi: KpiView) -> dict[str, Json]:
    """What a KPI has besides its number and verdict."""
    spec = kpi.spec
    return {
        "statistic": spec.statistic.value,
        "window_s": None if spec.calendar_month else spec.window_s,
        "calendar_month": spec.calendar_month,
        "direction": direction_words(spec.bands) or None,
        "kind": kind_words(spec.bands) or None,
        "bands": [_band_json(band) for band in spec.bands],
        "grouped": spec.grouped or None,
        "groups": [_group_json(group) for group in kpi.groups],
        "groups_note": kpi.groups_note or None,
        "budget": None if kpi.budget is None else _budget_json(kpi.budget),
        "burns": [_group_json(burn) for burn in kpi.burns],
    }


def _band_json(band: Band) -> Json:
    return {
        "name": band.name.value,
        "passed": band.comparison.value,
        "limit": band.limit,
        "strict": band.comparison in _STRICT,
        "for_s": band.for_s,
        "consecutive": band.consecutive,
        "proposed": band.proposed,
        "severity": band.severity or None,
        "runbook": band.runbook or None,
    }


def _group_json(group: GroupView) -> Json:
    verdict: Verdict = group.verdict
    return {
        "name": group.name,
        "value": group.value,
        "level": verdict.level.word,
        "phase": verdict.phase.value,
        "why": verdict.why or None,
        "since": moment_text(verdict.onset or verdict.since),
    }


def _budget_json(budget: Budget) -> Json:
    return {
        "asked_percent": budget.asked_percent,
        "start": time_text(budget.start),
        "end": time_text(budget.end),
        "percent": budget.percent,
        "rolling_30d_percent": budget.rolling_percent,
        "seen_percent": rounded(budget.seen_percent),
        "total_s": rounded(budget.total_s),
        "used_s": rounded(budget.used_s),
        "left_s": rounded(budget.left_s),
        "exhausted_at": time_text(budget.exhausted_at),
        "burn_rates": [
            {"window_s": one.window_s, "rate": one.rate, "seen_percent": rounded(one.seen_percent)}
            for one in budget.burns
        ],
    }
