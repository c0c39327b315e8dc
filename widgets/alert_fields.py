"""The columns of the alerts pane: how bad, since when, what, and how far its rule has come."""

from collections.abc import Mapping
from typing import Final

from monitor.snapshot import AlertView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.words import duration_words, minute_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.fields import Field
from widgets.glyphs import Glyphs
from widgets.looks import pending_words, recovering_words, steady
from widgets.tones import level_tone

AlertField = Field[AlertView]

RUNBOOK_FROM: Final = 70
"""Columns from which there is room for the line of the runbook."""


def alert_fields(
    view: WorkspaceView, width: int, now: Moment, glyphs: Glyphs
) -> tuple[AlertField, ...]:
    """The columns for a pane that is so wide inside."""
    labels = {
        environment.name: "" if environment.production else environment.label.lower()
        for environment in view.spec.environments
    }
    fields: list[AlertField] = [
        Field(
            column=Column(key="level", width=1),
            draw=lambda alert: Cell(
                glyphs.verdict(alert.level, alert.phase), level_tone(alert.level)
            ),
            rank=lambda alert: -alert.level,
        ),
        Field(column=Column(key="severity", width=5), draw=_severity),
        Field(
            column=Column(key="since", width=6),
            draw=lambda alert: Cell(duration_words(steady(alert.since.age_s(now)))),
            rank=lambda alert: -alert.since.age_s(now),
        ),
        Field(
            column=Column(key="what", width=24, grows=True),
            draw=lambda alert: _what(alert, labels),
        ),
        Field(column=Column(key="phase", width=15), draw=_phase),
    ]
    if width >= RUNBOOK_FROM:
        runbook = Column(key="runbook", width=7)
        fields.append(Field(column=runbook, draw=lambda alert: Cell(alert.runbook, Tone.ACCENT)))
    return tuple(fields)


def _severity(alert: AlertView) -> Cell:
    return Cell(alert.severity, level_tone(alert.level), bold=alert.level is Level.CRITICAL)


def _what(alert: AlertView, labels: Mapping[str, str]) -> Line:
    """The alert in words; production is not named, because it goes without saying."""
    environment = labels.get(alert.environment, alert.environment)
    where = (Cell(f"{environment} ", Tone.MUTED),) if environment else ()
    critical = alert.level is Level.CRITICAL
    title = Cell(alert.title, Tone.TITLE if critical else Tone.NORMAL, bold=critical)
    return (*where, title, Cell(f" {alert.why}"))


def _phase(alert: AlertView) -> Cell:
    match alert.phase:
        case Phase.PENDING:
            return Cell(pending_words(alert.elapsed_s, alert.required_s), Tone.MUTED)
        case Phase.RECOVERING:
            return Cell(recovering_words(alert.elapsed_s, alert.required_s), Tone.MUTED)
        case Phase.FIRING:
            return Cell(f"since {minute_words(alert.since.at)}", Tone.MUTED)
        case _:
            return Cell(alert.phase.value, Tone.MUTED)
