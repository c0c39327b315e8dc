"""What the details of a KPI say: its number, its bands, its groups, its error budget. Pure."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Final

from monitor.band_words import band_lines, direction_words, gap_words, kind_words, made_words
from monitor.budget import Budget, burn_words, left_words, pace_words, rate_words, seen_words
from monitor.group_view import GroupView
from monitor.groups import plural
from monitor.snapshot import KpiView
from monitor.verdicts import Phase
from monitor.words import duration_words, number_words, span_words
from monitor.workspace import BurnSpec, SeriesRef
from providers.clock import Moment
from tui.screens.parts import heading, labelled, mark, muted, when
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs
from widgets.kpi_fields import kpi_sign

MOST_GROUPS: Final = 12


def kpi_lines(kpi: KpiView, zone: tzinfo, now: Moment, glyphs: Glyphs) -> list[Line]:
    """A KPI: its number, how it is made, and every band with its line in the runbook."""
    spec = kpi.spec
    lines: list[Line] = [
        labelled("now", kpi_sign(kpi, glyphs),
                 Cell(f" {number_words(kpi.value, spec.unit)}", bold=True),
                 Cell(f"   {kpi.reason}" if kpi.value is None else "", Tone.MUTED)),
        labelled("made of", Cell(made_words(spec))),
        *_metric_lines("", spec.series),
        *_metric_lines("out of", spec.denominator),
        *_state_lines(kpi, zone, now),
    ]  # fmt: skip
    if kpi.budget is not None:
        lines += budget_lines(kpi, kpi.budget, zone, glyphs)
    if spec.grouped:
        lines += group_lines(kpi, zone, now, glyphs)
    lines += [(), heading("Bands")]
    kind = kind_words(spec.bands)
    if not spec.bands:
        return [*lines, muted(f"none: a {kind}, drawn and never judged")]
    told = f"{direction_words(spec.bands)}; {kind}: nothing alarms" if kind else ""
    lines.append(muted(told or direction_words(spec.bands)))
    return lines + [_band_line(*told) for told in band_lines(spec.bands, spec.unit)]


def _metric_lines(label: str, refs: Iterable[SeriesRef]) -> Iterator[Line]:
    for ref in refs:
        yield labelled(label, Cell(f"{ref.source} {ref.metric}", Tone.MUTED))


def _state_lines(kpi: KpiView, zone: tzinfo, now: Moment) -> Iterator[Line]:
    verdict = kpi.verdict
    if verdict.why:
        since = f"   since {when(verdict.since.at, zone, now)}" if verdict.since else ""
        words = f"{verdict.phase.value}: {verdict.why}"
        yield labelled("state", Cell(words), Cell(since, Tone.MUTED))
    gap = gap_words(kpi.spec.bands, kpi.value, kpi.spec.unit)
    if gap:
        yield labelled("gap", Cell(gap))
    if kpi.detection:
        yield labelled("rule", Cell(kpi.detection, Tone.MUTED))
    if kpi.spec.no_data_s is not None:
        words = f"an alert after {span_words(kpi.spec.no_data_s)}"
        if kpi.no_data is not None:
            words = f"{kpi.no_data.phase.value}: {kpi.no_data.why}"
        yield labelled("no data", Cell(words, Tone.MUTED))


def budget_lines(kpi: KpiView, budget: Budget, zone: tzinfo, glyphs: Glyphs) -> list[Line]:
    """What is left of the downtime that the goal allows, and how fast it is used."""
    # The month begins at its own midnight, whose date is another one elsewhere.
    period = f"{budget.start.astimezone(kpi.spec.zone):%B %Y}"
    if not budget.calendar:
        period = f"the last {span_words((budget.end - budget.start).total_seconds())}"
    used = f"{duration_words(budget.used_s)} used, {budget.left_percent:.0f} % left"
    rolling = number_words(budget.rolling_percent, "%")
    lines: list[Line] = [
        (),
        heading(f"Error budget of {period}   {budget.asked_percent:g} % asked for"),
        labelled("left", Cell(left_words(budget), bold=True), Cell(f"   {used}", Tone.MUTED)),
        labelled("pace", Cell(pace_words(budget, zone))),
        labelled("burns", Cell("   ".join(burn_words(one) for one in budget.burns), Tone.MUTED)),
    ]
    if budget.calendar:
        lines.append(labelled("30 days", Cell(rolling, Tone.MUTED)))
    if seen := seen_words(budget):
        lines.append(labelled("seen", Cell(f"{seen}; the rest counts neither way", Tone.MUTED)))
    rules = zip(kpi.spec.burns, kpi.burns, strict=False)
    return lines + [_burn_line(rule, view, glyphs) for rule, view in rules]


def _burn_line(rule: BurnSpec, view: GroupView, glyphs: Glyphs) -> Line:
    state = view.verdict.phase.value if not rule.band.proposed else "suggested, off until confirmed"
    words = f"{rule.band.name.value} above {rate_words(rule.band.limit)} over "
    return labelled("rule", mark(view.verdict.level, glyphs),
                    Cell(f" {words}{span_words(rule.window_s)}"),
                    Cell(f"   {state}", Tone.MUTED))  # fmt: skip


def group_lines(kpi: KpiView, zone: tzinfo, now: Moment, glyphs: Glyphs) -> list[Line]:
    """The groups, the worst first."""
    words = plural(kpi.spec.grouped)
    lines: list[Line] = [(), heading(f"By {kpi.spec.grouped}")]
    if not kpi.groups:
        return [*lines, muted(f"no {words} seen")]
    shown = kpi.groups[:MOST_GROUPS]
    lines += [_group_line(group, kpi.spec.unit, zone, now, glyphs) for group in shown]
    more = len(kpi.groups) - len(shown)
    lines += [muted(f"and {more} more")] if more else []
    return lines + ([muted(kpi.groups_note)] if kpi.groups_note else [])


def _group_line(group: GroupView, unit: str, zone: tzinfo, now: Moment, glyphs: Glyphs) -> Line:
    verdict = group.verdict
    told = "" if verdict.phase is Phase.OK else f"   {verdict.phase.value}: {verdict.why}"
    since = f", since {when(verdict.onset.at, zone, now)}" if verdict.onset else ""
    return (mark(verdict.level, glyphs), Cell(f" {number_words(group.value, unit):>9}  "),
            Cell(group.name), Cell(f"{told}{since if told else ''}", Tone.MUTED))  # fmt: skip


def _band_line(name: str, side: str, rest: str) -> Line:
    return labelled(name, Cell(f"{side:<30}"), Cell(f"  {rest}" if rest else "", Tone.MUTED))
