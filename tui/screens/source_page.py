"""What the details of a source and a vendor's status page say, and the trend of a KPI. Pure."""

from datetime import tzinfo

from monitor.snapshot import SourceView, VendorView
from monitor.trend import Trend, trend_words
from monitor.verdicts import Level
from monitor.words import duration_words, span_words
from providers.clock import Moment
from providers.vendor_readings import VendorIncident, VendorState
from tui.screens.parts import ago, foreign_lines, heading, labelled, mark, muted, when
from tui.screens.subjects import https
from widgets.cells import Cell, Line, Tone, said
from widgets.glyphs import Glyphs


def source_lines(source: SourceView, zone: tzinfo, now: Moment, glyphs: Glyphs) -> list[Line]:
    """How a source is doing: freshness, failures, what to do next."""
    spec = source.spec
    last = source.last_success
    lines = [
        heading(f"Source   {spec.title}"),
        labelled("asked", Cell(f"{spec.system}, every {span_words(spec.interval_s)}, "
                               f"time-out {span_words(spec.timeout_s)}")),
        labelled("last answer", Cell(when(last.at if last else None, zone, now)),
                 Cell(f"   {source.freshness.value}", Tone.MUTED),
                 Cell("" if source.took_ms is None else f"   took {source.took_ms:.0f} ms",
                      Tone.MUTED)),
    ]  # fmt: skip
    failure = source.failure
    if failure is None:
        return lines
    since = source.failing_since
    lasted = f" for {duration_words(since.age_s(now))}" if since else ""
    words = f" {failure.sentence}, {source.failures} times{lasted}"
    lines.append(labelled("failing", mark(Level.WARNING, glyphs), Cell(words)))
    if failure.advice:
        lines += [labelled("do next" if not number else "", Cell(advice))
                  for number, advice in enumerate(failure.advice.splitlines())]  # fmt: skip
    waits_s = 0.0 if source.due_s is None else max(0.0, source.due_s - now.tick_s)
    lines.append(labelled("next try", Cell(f"in {duration_words(waits_s)}")))
    return lines


def vendor_lines(vendor: VendorView, zone: tzinfo, now: Moment, glyphs: Glyphs) -> list[Line]:
    """A vendor's status page: context written by people, never proof of health."""
    lines: list[Line] = [
        labelled("says", Cell(glyphs.vendor(vendor.state)), Cell(f" {vendor.state.value}")),
        labelled("read", Cell(when(vendor.at.at if vendor.at else None, zone, now)),
                 Cell(f"   {vendor.freshness.value}", Tone.MUTED)),
    ]  # fmt: skip
    if vendor.failure is not None:
        lines.append(labelled("failure", Cell(vendor.failure.sentence, Tone.WARNING)))
        lines += [labelled("do next", Cell(vendor.failure.advice))] if vendor.failure.advice else []
    reading = vendor.reading
    if reading is None:
        return lines
    if reading.description:
        lines += foreign_lines("", reading.description, most=4)
    lines += [(), heading("Components")] if reading.components else []
    lines += [
        (Cell(f"{glyphs.vendor(state)} "), said(name), Cell(f"   {state.value}", Tone.MUTED))
        for name, state in reading.components
    ]
    lines += [(), heading("Incidents")]
    if not reading.incidents:
        return [*lines, muted("none is open")]
    for incident in reading.incidents:
        lines += _incident_lines(incident, now)
    return lines


def _incident_lines(incident: VendorIncident, now: Moment) -> list[Line]:
    lines: list[Line] = [
        (said(incident.title, bold=True),),
        labelled("", said(incident.state), Cell("   impact ", Tone.MUTED), said(incident.impact),
                 Cell(f"   began {ago(incident.began_at, now)}", Tone.MUTED)),
    ]  # fmt: skip
    if https(incident.url):
        lines.append(labelled("", Cell(incident.url, Tone.ACCENT)))
    return lines


def trend_lines(trend: Trend | None, unit: str) -> list[Line]:
    """How it went from day to day; None while the history is being read."""
    if trend is None:
        return []
    said = trend_words(trend, unit)
    return [
        (),
        heading("Trend"),
        *(labelled("" if number else "by days", Cell(words)) for number, words in enumerate(said)),
    ]


def vendor_title(vendor: VendorView) -> str:
    """For the frame."""
    fine = vendor.state is VendorState.OPERATIONAL
    return vendor.name if fine else f"{vendor.name}  {vendor.state.value}"
