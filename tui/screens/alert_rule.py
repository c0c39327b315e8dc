"""The rule behind an alert in words, with its numbers and its line in the runbook. Pure."""

from collections.abc import Iterator

from monitor.explain import Ground, kpi_lines
from monitor.snapshot import AlertView, KpiView, WorkspaceView
from monitor.verdicts import Band
from monitor.words import number_words, span_words
from monitor.workspace import CheckSpec
from tui.screens.charts import made_words
from tui.screens.parts import labelled
from widgets.cells import Cell, Line, Tone
from widgets.looks import limit_words


def rule_lines(view: WorkspaceView, alert: AlertView) -> Iterator[Line]:
    """What makes it fire and clear, how soon, of what severity, and where that is written."""
    kpi = kpi_of(view, alert)
    check = check_of(view, alert)
    if kpi is not None and kpi.verdict.band is not None and _is_band(view, alert):
        yield from _band_lines(kpi, kpi.verdict.band)
    elif check is not None:
        yield labelled("fires", Cell(_check_words(check)))
        again = f"{check.successes_to_clear} good answers in a row"
        yield labelled("clears", Cell(f"after {again}"))
    else:
        yield labelled("fires", Cell(f"{alert.title}: {alert.why}" if alert.why else alert.title))
    if alert.detection:
        yield labelled("notices", Cell(alert.detection))
    if alert.severity:
        yield labelled("severity", Cell(_severity_words(view, alert.severity)))
    where = alert.runbook or "the runbook has no line for it"
    yield labelled("runbook", Cell(where, Tone.ACCENT if alert.runbook else Tone.MUTED))


def why_lines(view: WorkspaceView, alert: AlertView, ground: Ground) -> Iterator[Line]:
    """Its number against each band, as `quarterdeck rules explain` has it; nothing for a check."""
    kpi = kpi_of(view, alert)
    if kpi is not None and not kpi.spec.grouped:
        for name, words in kpi_lines(kpi, (), ground):
            yield labelled(name, Cell(words))


def _is_band(view: WorkspaceView, alert: AlertView) -> bool:
    """Whether it is of a band, and not of missing data or of a budget used too fast."""
    return bool(alert.group) or alert.key == f"kpi/{view.spec.name}/{alert.kpi}"


def kpi_of(view: WorkspaceView, alert: AlertView) -> KpiView | None:
    """The KPI an alert is of; None for any other."""
    return next((one for one in view.kpis if alert.kpi and one.spec.key == alert.kpi), None)


def check_of(view: WorkspaceView, alert: AlertView) -> CheckSpec | None:
    """The check an alert is of; None for any other."""
    return next(
        (
            check
            for row in view.spec.rows
            for check in row.checks.values()
            if check.source == alert.source and not alert.kpi
        ),
        None,
    )


def _check_words(check: CheckSpec) -> str:
    count = check.failures_to_fire
    times = "at the first failure" if count == 1 else f"at failure {count} in a row"
    slow = f"; slow over {number_words(check.slow_ms, 'ms')}" if check.slow_ms is not None else ""
    return f"{times} of the {check.role.value} check{slow}"


def _band_lines(kpi: KpiView, band: Band) -> Iterator[Line]:
    spec = kpi.spec
    limit = f"{band.comparison.value} {limit_words(band.limit, spec.unit)}"
    waits = f" for {span_words(band.for_s)}" if band.for_s else ""
    times = f", {band.consecutive} times in a row" if band.consecutive > 1 else ""
    yield labelled("fires", Cell(f"{spec.title} ({made_words(spec)}) {limit}{waits}{times}"))
    back = band.limit if band.clear_limit is None else band.clear_limit
    clear = f"back past {limit_words(back, spec.unit)}"
    if band.clear_for_s:
        clear += f" for {span_words(band.clear_for_s)}"
    if band.clear_consecutive > 1:
        clear += f", {band.clear_consecutive} times in a row"
    if band.keep_firing_s:
        clear += f", and {span_words(band.keep_firing_s)} after the last bad number"
    yield labelled("clears", Cell(clear))


def _severity_words(view: WorkspaceView, label: str) -> str:
    found = next((one for one in view.spec.severities if one.label == label), None)
    if found is None:
        return label
    response = "next business day" if found.response_s is None else span_words(found.response_s)
    hours = " of business hours" if found.business_hours and found.response_s is not None else ""
    return f"{label}: {found.title}, response within {response}{hours}"
