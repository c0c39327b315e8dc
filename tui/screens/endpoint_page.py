"""What the details of one endpoint say, besides the chart. Pure."""

import math
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Final

from monitor.snapshot import EndpointCell, EndpointRow, SourceView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.words import clock_words, duration_words, number_words, span_words
from providers.clock import Moment
from providers.probe_readings import Phases, ProbeReading
from providers.vendor_readings import VendorState
from tui.screens.parts import dotted, foreign_lines, labelled, mark, when
from widgets.cells import Cell, Line, Tone, fit, said
from widgets.endpoint_cells import watched
from widgets.glyphs import Glyphs

_PHASES: Final = (
    ("dns", "dns_ms", "name look-up"),
    ("connect", "connect_ms", "connecting"),
    ("tls", "tls_ms", "TLS handshake"),
    ("wait", "first_byte_ms", "wait for first byte"),
    ("body", "body_ms", "reading the body"),
)
_MOST_HISTORY: Final = 60
_MOST_BODY_LINES: Final = 14
_MOST_OTHERS: Final = 2


def asked_lines(cell: EndpointCell, source: SourceView | None, zone: tzinfo) -> tuple[Line, ...]:
    """What is asked, how often, and when it was last answered."""
    probe = cell.probe
    if probe is None:
        return ((Cell("not answered yet", Tone.MUTED),),)
    words: list[Cell] = [Cell(f"{probe.method} ", Tone.MUTED), Cell(probe.url, Tone.ACCENT)]
    if source is not None:
        every, limit = span_words(source.spec.interval_s), span_words(source.spec.timeout_s)
        words.append(Cell(f"   every {every}   time-out {limit}", Tone.MUTED))
    if cell.at is not None:
        words.append(Cell(f"   last {clock_words(cell.at.at, zone)}", Tone.MUTED))
    return (tuple(words),)


def figure_lines(
    cell: EndpointCell, latencies_ms: Sequence[float], window: str, glyphs: Glyphs
) -> tuple[Line, ...]:
    """The figures beside the chart."""
    probe = cell.probe
    total = probe.phases.total_ms if probe else None
    certificate = cell.certificate_days
    days = "—" if certificate is None else f"{certificate:.0f} d"
    lines = [
        _figure("now", number_words(total, "ms"), mark(cell.verdict.level, glyphs)),
        _figure(f"p50 {window}", number_words(percentile(latencies_ms, 0.50), "ms")),
        _figure(f"p95 {window}", number_words(percentile(latencies_ms, 0.95), "ms")),
        _figure("up 24h", number_words(cell.uptime_24h_percent, "%"), watched(cell)),
        _figure("TLS", days, *_certificate_mark(cell, glyphs)),
    ]
    if probe is not None and probe.http_version:
        lines.append(_figure("protocol", probe.http_version))
    if cell.version:
        lines.append(_figure("version", cell.version))
    return tuple(lines)


def _certificate_mark(cell: EndpointCell, glyphs: Glyphs) -> tuple[Cell, ...]:
    if cell.certificate_days is None or cell.certificate_level is Level.OK:
        return ()
    return (mark(cell.certificate_level, glyphs),)


def _figure(label: str, value: str, *rest: Cell) -> Line:
    return (Cell(fit(label, 9), Tone.MUTED), Cell(fit(value, 10, "right")), Cell("  "), *rest)


def percentile(values: Iterable[float], share: float) -> float | None:
    """The nearest-rank percentile of the finite values; None without any."""
    ordered = sorted(value for value in values if math.isfinite(value))
    if not ordered:
        return None
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def detail_lines(
    view: WorkspaceView, row: EndpointRow, cell: EndpointCell, zone: tzinfo, now: Moment,
    glyphs: Glyphs,
) -> tuple[Line, ...]:  # fmt: skip
    """Everything below the chart."""
    probe = cell.probe
    lines: list[Line] = []
    if cell.verdict.why:
        since = cell.verdict.onset or cell.verdict.since
        words = f"{cell.verdict.why}{f', since {when(since.at, zone, now)}' if since else ''}"
        lines.append(labelled("state", mark(cell.verdict.level, glyphs), Cell(f" {words}")))
    if cell.detection:
        lines.append(labelled("rule", Cell(cell.detection, Tone.MUTED)))
    if probe is not None:
        lines += _probe_lines(probe)
    lines.append(_history_line(cell, zone, now, glyphs))
    if probe is not None:
        lines += _assertion_lines(probe, glyphs) + _certificate_lines(probe, cell, zone, now)
        lines += foreign_lines("body", probe.body, _MOST_BODY_LINES) if probe.body else []
    lines.append(_see_also(view, row, cell, glyphs))
    return tuple(lines)


def _probe_lines(probe: ProbeReading) -> list[Line]:
    lines = [phase_line(probe.phases)]
    if probe.failure is not None:
        lines.append(labelled("failure", Cell(probe.failure.sentence, Tone.WARNING)))
        if probe.failure.advice:
            lines.append(labelled("", Cell(probe.failure.advice)))
    if probe.redirects:
        lines.append(labelled("redirects", Cell(str(probe.redirects))))
    return lines


def phase_line(phases: Phases) -> Line:
    """Where the time of the last check went, with the slowest part named."""
    parts = [
        (name, value, words)
        for name, field, words in _PHASES
        if (value := getattr(phases, field)) is not None
    ]
    if not parts:
        return labelled("last check", Cell("no phases were measured", Tone.MUTED))
    slowest = max(parts, key=lambda part: part[1])
    shown = " · ".join(f"{name} {value:,.0f}".replace(",", " ") for name, value, _ in parts)
    total = f"{phases.total_ms:,.0f}".replace(",", " ")
    return labelled(
        "last check",
        Cell(shown),
        Cell(f"   = {total} ms", Tone.NORMAL, bold=True),
        Cell("   slowest part: ", Tone.MUTED),
        Cell(slowest[2]),
    )


def _history_line(cell: EndpointCell, zone: tzinfo, now: Moment, glyphs: Glyphs) -> Line:
    """One sign a check, oldest first; the failures in a row at the end are the verdict's."""
    recent = cell.history_ms[-_MOST_HISTORY:]
    failures = min(cell.verdict.failures, len(recent))
    bad = [value is None or index >= len(recent) - failures for index, value in enumerate(recent)]
    signs = [
        Cell(glyphs.critical, Tone.CRITICAL) if failed else Cell(glyphs.ok, Tone.MUTED)
        for failed in bad
    ]
    words = f"  {cell.verdict.failures} failures in a row" if cell.verdict.failures else ""
    if cell.changed_at is not None and cell.change:
        words += f"   {cell.change} at {when(cell.changed_at, zone, now)}"
    return labelled("history", *signs, Cell(words, Tone.MUTED))


def _assertion_lines(probe: ProbeReading, glyphs: Glyphs) -> list[Line]:
    return [
        labelled(
            "expects" if number == 0 else "",
            Cell(glyphs.ok, Tone.OK) if each.passed else Cell(glyphs.critical, Tone.CRITICAL),
            Cell(f" {each.expectation}"),
            *(() if each.passed else (Cell("   found ", Tone.MUTED), said(each.found))),
        )
        for number, each in enumerate(probe.assertions)
    ]


def _certificate_lines(
    probe: ProbeReading, cell: EndpointCell, zone: tzinfo, now: Moment
) -> list[Line]:
    certificate = probe.certificate
    if certificate is None:
        return []
    left = "" if cell.certificate_days is None else f" ({cell.certificate_days:.0f} days)"
    trusted = () if certificate.trusted else (Cell("   not trusted", Tone.CRITICAL),)
    return [
        labelled(
            "certificate",
            said(certificate.subject),
            Cell("  by ", Tone.MUTED),
            said(certificate.issuer),
            Cell(f"  until {when(certificate.not_after, zone, now)}{left}", Tone.MUTED),
            *trusted,
        )
    ]


def _see_also(view: WorkspaceView, row: EndpointRow, cell: EndpointCell, glyphs: Glyphs) -> Line:
    """What else is wrong at the same time, and where the runbook speaks of it."""
    found = [
        Cell(
            f"{kpi.spec.title} {number_words(kpi.value, kpi.spec.unit)} "
            f"{glyphs.level(kpi.verdict.level)}"
        )
        for kpi in view.kpis
        if kpi.verdict.phase in {Phase.PENDING, Phase.FIRING}
    ]
    found = _other_alerts(view, row, cell, glyphs) + found
    found += [
        Cell(f"{vendor.name}: {vendor.state.value}")
        for vendor in view.vendors
        if vendor.state not in {VendorState.OPERATIONAL, VendorState.UNKNOWN}
    ]
    runbook = next((check.runbook for check in row.spec.checks.values() if check.runbook), "")
    if runbook:
        found.append(Cell(f"runbook {runbook}"))
    return labelled("see also", *(dotted(found) or (Cell("nothing else is wrong", Tone.MUTED),)))


def _other_alerts(
    view: WorkspaceView, row: EndpointRow, cell: EndpointCell, glyphs: Glyphs
) -> list[Cell]:
    """Of endpoints and databases; where in words when it is somewhere else."""
    here = next((name for name, each in row.cells.items() if each is cell), "")
    kpis = {kpi.spec.title for kpi in view.kpis}
    others = [one for one in view.alerts if one.subject not in kpis and one.source != cell.source]
    return [
        Cell(
            f"{one.environment if one.environment != here else ''} {one.brief} "
            f"{glyphs.level(one.level)}".lstrip()
        )
        for one in others[:_MOST_OTHERS]
    ]


def state_words(cell: EndpointCell, now: Moment) -> str:
    """The state for the frame's title, such as `503 for 4m40s`."""
    probe = cell.probe
    status = str(probe.status) if probe is not None and probe.status is not None else ""
    since = cell.verdict.onset or cell.verdict.since
    lasted = f" for {duration_words(since.age_s(now))}" if since is not None else ""
    return f"{status} {cell.state.value}".strip() + lasted
