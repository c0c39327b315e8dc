"""The columns of the alerts pane: how bad, since when, what, and how far its rule has come."""

from collections.abc import Mapping, Sequence
from typing import Final

from monitor.care import is_snoozed
from monitor.snapshot import AlertView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.words import duration_words
from providers.clock import Moment
from widgets.care_fields import said_line
from widgets.cells import BLANK, Cell, Line, Tone, cut, fit_line, line_width
from widgets.columns import Column
from widgets.fields import Field
from widgets.glyphs import Glyphs
from widgets.looks import PENDING, flapping_words, pending_words, recovering_words, steady
from widgets.tones import level_tone

AlertField = Field[AlertView]

RUNBOOK_FROM: Final = 70
"""Columns from which there is room for the line of the runbook."""

FOLLOWS: Final = "└ "
"""Before what follows from the alert above it."""

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
            draw=lambda alert: _sign(alert, glyphs),
            rank=lambda alert: -alert.level,
        ),
        Field(column=Column(key="severity", width=5), draw=_severity),
        Field(
            column=Column(key="since", width=6, align="right"),
            draw=lambda alert: Cell(
                duration_words(steady(alert.since.age_s(now))), _calm(alert, Tone.NORMAL)
            ),
            rank=lambda alert: -alert.since.age_s(now),
        ),
    ]
    runbook = Column(key="runbook", width=5)
    wide = width >= RUNBOOK_FROM
    room = width - sum(field.column.width + 1 for field in fields) - (runbook.width + 1) * wide
    what = Column(key="what", width=24, grows=True)
    known = {alert.key: alert for alert in view.alerts if alert.cause}

    def drawn(alert: AlertView) -> Line:
        return _what(alert, labels, room, _tails(alert, now, glyphs), _behind(alert, known))

    fields.append(Field(column=what, draw=drawn))
    if wide:
        fields.append(Field(column=runbook, draw=lambda alert: Cell(alert.runbook, Tone.ACCENT)))
    return tuple(fields)


def _sign(alert: AlertView, glyphs: Glyphs) -> Cell:
    """How bad it is; what is snoozed has a sign of its own."""
    if is_snoozed(alert):
        return Cell(glyphs.snoozed, Tone.MUTED)
    return Cell(glyphs.verdict(alert.level, alert.phase), _calm(alert, level_tone(alert.level)))


def _calm(alert: AlertView, tone: Tone) -> Tone:
    """The tone, but muted for what is snoozed, and for what is in a maintenance window."""
    return Tone.MUTED if _is_quiet(alert) else tone


def _is_quiet(alert: AlertView) -> bool:
    return is_snoozed(alert) or bool(alert.maintenance)


def _severity(alert: AlertView) -> Cell:
    loud = alert.level is Level.CRITICAL and not _is_quiet(alert)
    return Cell(alert.severity, _calm(alert, level_tone(alert.level)), bold=loud)


def _behind(alert: AlertView, known: Mapping[str, AlertView]) -> tuple[Line, ...]:
    """What follows from it, the longest words first.

    One of the most urgent that fire by name, whichever there is room for, and how many there are
    besides; the last words are how many there are.
    """
    if not alert.followers:
        return ((),)
    mine = [known[key] for key in alert.followers if key in known]
    urgent = [
        one for one in mine if one.phase is not Phase.PENDING and one.severity == alert.severity
    ]
    more = len(alert.followers) - 1
    rest = (Cell(f" +{more}", Tone.ACCENT),) if more else ()
    return (
        *(
            (Cell(f" → {words}", _calm(one, level_tone(one.level))), *rest)
            for words, one in [(one.brief, one) for one in urgent]
            + [(one.subject, one) for one in urgent if one.subject]
        ),
        (Cell(f" +{more + 1}", Tone.ACCENT),),
    )


def _what(
    alert: AlertView,
    labels: Mapping[str, str],
    room: int,
    tails: Sequence[Line],
    followers: Sequence[Line],
) -> Line:
    """The alert in a few words; production is not named, because it goes without saying.

    What decided, how far a waiting rule has come, and who is at it are never cut: the subject
    gives way. What follows from it is named where there is room for all of it.
    """
    environment = labels.get(alert.environment, alert.environment)
    where = (Cell(f"{environment} ", Tone.MUTED),) if environment else ()
    if alert.cause:
        where = (Cell(FOLLOWS, Tone.MUTED), *where)
    loud = alert.level is Level.CRITICAL and not _is_quiet(alert) and not alert.cause
    tone = _calm(alert, Tone.TITLE if loud else Tone.NORMAL)
    fact = BLANK
    if alert.fact:
        fact = Cell(f" {_fact(alert)}", _calm(alert, level_tone(alert.level)))
    name = alert.subject or alert.title
    whole = line_width((*where, Cell(name), fact)) + min(line_width(one) for one in tails)
    behind = next((one for one in followers if whole + line_width(one) <= room), followers[-1])
    taken = line_width((*where, fact, *behind))
    least = min(_SUBJECT, line_width((Cell(name),)))
    tail = next((one for one in tails if room - taken - line_width(one) >= least), tails[-1])
    left = room - taken - line_width(tail)
    subject = Cell(cut(name, max(left, _SUBJECT)), tone, bold=loud)
    return (*fit_line((*where, subject, fact, *behind), max(room - line_width(tail), 0)), *tail)


def _tails(alert: AlertView, now: Moment, glyphs: Glyphs) -> tuple[Line, ...]:
    """How far its rule has come, and who is at it; the longest words first."""
    if alert.maintenance and not alert.cause:
        return _maintenance(alert)
    waiting = _waiting(alert)
    # The sign in front says that it is pending, too.
    brief = waiting.removeprefix(PENDING) or waiting
    said, said_briefly = said_line(alert, now, glyphs), said_line(alert, now, glyphs, short=True)
    last = said_briefly if alert.care is not None else _words(brief)
    return tuple(
        tuple(cell for part in parts if part for cell in (Cell("  "), *part))
        for parts in (
            (_words(waiting), said),
            (_words(brief), said_briefly),
            (last or said_briefly,),
        )
    )


def _maintenance(alert: AlertView) -> tuple[Line, ...]:
    """The window it is in; who is at it does not matter so long."""
    brief = "maintenance"
    return tuple((Cell(f"  {words}", Tone.MUTED),) for words in (alert.maintenance, brief))


def _words(text: str) -> Line:
    return (Cell(text, Tone.MUTED),) if text else ()


def _fact(alert: AlertView) -> str:
    """What decided, with how often in a row where the rule counts that."""
    counted = alert.needed and alert.phase is Phase.FIRING and alert.failures > 1 and not alert.kpi
    return f"{alert.fact} ×{alert.failures}" if counted else alert.fact


def _waiting(alert: AlertView) -> str:
    match alert.phase:
        case Phase.PENDING if alert.needed and not alert.required_s:
            return f"{alert.failures} of {alert.needed} failures"
        case Phase.PENDING:
            return pending_words(alert.elapsed_s, alert.required_s)
        case Phase.RECOVERING:
            return recovering_words(alert.elapsed_s, alert.required_s)
        case Phase.FLAPPING:
            return flapping_words(alert.changes, alert.checks)
        case _:
            return ""
