"""Alerts as rows of cells: how bad, since when, what, and how far its rule has come."""

from collections.abc import Mapping
from typing import Final

from monitor.snapshot import AlertView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.words import duration_words, minute_words, span_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.glyphs import Glyphs
from widgets.listing import Row
from widgets.looks import steady
from widgets.tones import level_tone

_STEM: Final = (
    Column(key="level", width=1),
    Column(key="severity", width=5),
    Column(key="since", width=6),
    Column(key="what", width=24, grows=True),
    Column(key="phase", width=15),
)
_RUNBOOK: Final = Column(key="runbook", width=7)

RUNBOOK_FROM: Final = 70
"""Columns from which there is room for the line of the runbook."""


def alert_columns(width: int) -> tuple[Column, ...]:
    """The columns for a pane that is so wide inside."""
    return (*_STEM, _RUNBOOK) if width >= RUNBOOK_FROM else _STEM


def alert_rows(view: WorkspaceView, now: Moment, glyphs: Glyphs) -> tuple[Row, ...]:
    """A row for each alert, in the order given: the most urgent first."""
    labels = {
        environment.name: "" if environment.production else environment.label.lower()
        for environment in view.spec.environments
    }
    return tuple(_row(alert, now, glyphs, labels) for alert in view.alerts)


def _row(alert: AlertView, now: Moment, glyphs: Glyphs, labels: Mapping[str, str]) -> Row:
    tone = level_tone(alert.level)
    age_s = steady(alert.since.age_s(now))
    return Row(
        key=alert.key,
        cells=(
            Cell(glyphs.verdict(alert.level, alert.phase), tone),
            Cell(alert.severity, tone, bold=alert.level is Level.CRITICAL),
            Cell(duration_words(age_s)),
            _what(alert, labels.get(alert.environment, alert.environment)),
            _phase(alert, now),
            Cell(alert.runbook, Tone.ACCENT),
        ),
        order=(-alert.level, alert.severity, age_s),
    )


def _what(alert: AlertView, environment: str) -> Line:
    """The alert in words; production is not named, because it goes without saying."""
    where = (Cell(f"{environment} ", Tone.MUTED),) if environment else ()
    critical = alert.level is Level.CRITICAL
    title = Cell(alert.title, Tone.TITLE if critical else Tone.NORMAL, bold=critical)
    return (*where, title, Cell(f" {alert.why}"))


def _phase(alert: AlertView, now: Moment) -> Cell:
    match alert.phase:
        case Phase.PENDING:
            return Cell(pending_words(alert.elapsed_s, alert.required_s), Tone.MUTED)
        case Phase.RECOVERING:
            return Cell(recovering_words(alert.elapsed_s, alert.required_s), Tone.MUTED)
        case Phase.FIRING:
            return Cell(f"since {minute_words(alert.since.at)}", Tone.MUTED)
        case _:
            return Cell(alert.phase.value, Tone.MUTED)


def pending_words(elapsed_s: float, required_s: float) -> str:
    """How far a limit's waiting time has run: `pending 6m/15m`."""
    return f"pending {_so_far(elapsed_s, required_s)}"


def recovering_words(elapsed_s: float, required_s: float) -> str:
    """How far an alert is from clear: `clearing 1m/5m`."""
    return f"clearing {_so_far(elapsed_s, required_s)}" if required_s else "clearing"


def _so_far(elapsed_s: float, required_s: float) -> str:
    """Both in the unit of the longer one, so that the words keep their width."""
    whole = elapsed_s // 60 * 60 if required_s >= 60 and elapsed_s >= 60 else steady(elapsed_s)
    return f"{span_words(whole)}/{span_words(required_s)}"
