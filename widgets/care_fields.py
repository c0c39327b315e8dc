"""What people have said of an alert, and how soon somebody must be at it, for one line.

The two are told apart by sign, word and place: what is acknowledged keeps its place and carries a
tick with a name; what is snoozed stands muted at the end, with another sign in front.
"""

from typing import Final

from monitor.alert_view import AlertView, Care, CareKind
from monitor.response import overdue_s, response_words
from monitor.words import clock_words, date_words, short_duration, span_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs

NOT_SHARED: Final = "not shared"
"""Said here and seen by nobody else, because the journal could not be written."""

_NAME: Final = 12


def said_line(alert: AlertView, now: Moment, glyphs: Glyphs, *, short: bool = False) -> Line:
    """Who is at it, or until when it is snoozed, or how long there is left; empty for neither."""
    if alert.care is not None:
        return care_line(alert.care, now, glyphs, short=short)
    if alert.clock is None or alert.clock.met_at is not None:
        return ()
    over = overdue_s(alert, now.at) > 0
    words = response_words(alert.clock, now.at)
    if short:
        words = words.removeprefix("respond ")
    return (Cell(words, Tone.CRITICAL if over else Tone.MUTED, bold=over),)


def care_line(care: Care, now: Moment, glyphs: Glyphs, *, short: bool = False) -> Line:
    """`✓ ana 3m`, or `z ana 40m left`: for how long it has been so, or goes on to be."""
    name = care.operator[:_NAME]
    mark = () if care.shared or short else (Cell(f" {NOT_SHARED}", Tone.WARNING),)
    if care.kind is CareKind.SNOOZED:
        left = _span((care.until - now.at).total_seconds())
        words = f"snoozed {left}" if short else f"snoozed by {name}, {left} left"
        return (Cell(words, Tone.MUTED), *mark)
    age = _span((now.at - care.at).total_seconds())
    words = name if short else f"ack {name} {age}"
    return (Cell(f"{glyphs.acknowledged} ", Tone.OK), Cell(words, Tone.NORMAL), *mark)


def care_sentences(alert: AlertView, now: Moment) -> tuple[str, ...]:
    """All that there is to say, a line each, for details."""
    said: list[str] = []
    if (care := alert.care) is not None:
        did = "snoozed" if care.kind is CareKind.SNOOZED else "acknowledged"
        ago = _span((now.at - care.at).total_seconds())
        said.append(
            f"{did} by {care.operator} on {care.host}, {ago} ago, until {_until(care, now)}"
            + (f": {care.note}" if care.note else "")
        )
        if not care.shared:
            said.append("only here: the journal can not be written, other operators do not see it")
    if (clock := alert.clock) is not None:
        due = f"due {date_words(clock.due)}"
        said.append(f"{response_words(clock, now.at)} (response within {clock.words}, {due})")
    return tuple(said)


def _until(care: Care, now: Moment) -> str:
    same = care.until.date() == now.at.date()
    return clock_words(care.until) if same else date_words(care.until)


def _span(seconds: float) -> str:
    """Never by the second: `<1m`, `3m`, `4h`; exact where it is the whole of a snooze."""
    if seconds < 60:
        return "<1m"
    if seconds % 3_600 == 0:
        return span_words(seconds)
    return short_duration(seconds).strip()
