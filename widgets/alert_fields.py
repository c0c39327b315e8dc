"""The columns of the alerts pane: how bad, since when, what, and how far its rule has come."""

from collections.abc import Mapping
from typing import Final

from monitor.snapshot import AlertView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.words import duration_words
from providers.clock import Moment
from widgets.cells import BLANK, Cell, Line, Tone, cut, fit_line
from widgets.columns import Column
from widgets.fields import Field
from widgets.glyphs import Glyphs
from widgets.looks import PENDING, pending_words, recovering_words, steady
from widgets.tones import level_tone

AlertField = Field[AlertView]

RUNBOOK_FROM: Final = 70
"""Columns from which there is room for the line of the runbook."""

_SUBJECT: Final = 10
"""Columns that the subject keeps."""


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
            column=Column(key="since", width=6, align="right"),
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
    """The alert in a few words; production is not named, because it goes without saying.

    What decided, and how far a waiting rule has come, is never cut: the subject gives way.
    """
    environment = labels.get(alert.environment, alert.environment)
    where = (Cell(f"{environment} ", Tone.MUTED),) if environment else ()
    critical = alert.level is Level.CRITICAL
    tone = Tone.TITLE if critical else Tone.NORMAL
    fact = Cell(f" {_fact(alert)}", level_tone(alert.level)) if alert.fact else BLANK
    waiting = _waiting(alert)
    words = Cell(f"  {waiting}" if waiting else "", Tone.MUTED)
    left = room - sum(cell.width for cell in (*where, fact, words))
    if left < _SUBJECT and waiting.startswith(PENDING):
        # The sign says so too.
        words = Cell(words.text.replace(PENDING, ""), Tone.MUTED)
        left = room - sum(cell.width for cell in (*where, fact, words))
    subject = Cell(cut(alert.subject or alert.title, max(left, _SUBJECT)), tone, bold=critical)
    return (*fit_line((*where, subject, fact), max(room - words.width, 0)), words)


def _fact(alert: AlertView) -> str:
    """What decided, with how often in a row where the rule counts that."""
    counted = alert.needed and alert.phase is Phase.FIRING and alert.failures > 1
    return f"{alert.fact} ×{alert.failures}" if counted else alert.fact


def _waiting(alert: AlertView) -> str:
    match alert.phase:
        case Phase.PENDING if alert.needed and not alert.required_s:
            return f"{alert.failures} of {alert.needed} failures"
        case Phase.PENDING:
            return pending_words(alert.elapsed_s, alert.required_s)
        case Phase.RECOVERING:
            return recovering_words(alert.elapsed_s, alert.required_s)
        case _:
            return ""
