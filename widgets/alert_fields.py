"""The columns of the alerts pane: how bad, since when, what, and how far its rule has come."""

from collections.abc import Mapping
from typing import Final

from monitor.snapshot import AlertView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.words import duration_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone, fit_line
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
    ]
    runbook = Column(key="runbook", width=5)
    wide = width >= RUNBOOK_FROM
    room = width - sum(field.column.width + 1 for field in fields) - (runbook.width + 1) * wide
    what = Column(key="what", width=24, grows=True)
    fields.append(Field(column=what, draw=lambda alert: _what(alert, labels, room)))
    if wide:
        fields.append(Field(column=runbook, draw=lambda alert: Cell(alert.runbook, Tone.ACCENT)))
    return tuple(fields)


def _severity(alert: AlertView) -> Cell:
    return Cell(alert.severity, level_tone(alert.level), bold=alert.level is Level.CRITICAL)


def _what(alert: AlertView, labels: Mapping[str, str], room: int) -> Line:
    """The alert in words; production is not named, because it goes without saying.

    How far a waiting rule has come stands on the right and is never cut.
    """
    environment = labels.get(alert.environment, alert.environment)
    where = (Cell(f"{environment} ", Tone.MUTED),) if environment else ()
    critical = alert.level is Level.CRITICAL
    title = Cell(alert.title, Tone.TITLE if critical else Tone.NORMAL, bold=critical)
    why = (Cell(f": {alert.why}"),) if alert.why else ()
    waiting = _waiting(alert)
    if not waiting:
        return (*where, title, *why)
    words = Cell(f" {waiting}", Tone.MUTED)
    return (*fit_line((*where, title, *why), max(room - words.width, 0)), words)


def _waiting(alert: AlertView) -> str:
    match alert.phase:
        case Phase.PENDING:
            return pending_words(alert.elapsed_s, alert.required_s)
        case Phase.RECOVERING:
            return recovering_words(alert.elapsed_s, alert.required_s)
        case _:
            return ""
