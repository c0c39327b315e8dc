"""The columns of the logs. Pure."""

from collections.abc import Mapping
from typing import Final

from monitor.logs import LoggedLine
from monitor.words import clock_words
from providers.log_readings import LogLevel
from providers.readings import SourceId
from widgets.board_rows import Look
from widgets.cells import Cell, Line, Tone, said
from widgets.columns import Column
from widgets.fields import Field
from widgets.tiers import Tier

LogField = Field[LoggedLine]

TONES: Final = {
    LogLevel.DEBUG: Tone.MUTED,
    LogLevel.INFO: Tone.NORMAL,
    LogLevel.WARNING: Tone.WARNING,
    LogLevel.ERROR: Tone.CRITICAL,
    LogLevel.UNKNOWN: Tone.MUTED,
}

_ORIGIN: Final = {Tier.NARROW: 0, Tier.NORMAL: 24, Tier.WIDE: 34, Tier.HUGE: 40}
"""Columns for whose line it is: the system, and which instance or function of it."""

LEVEL_WORDS: Final = {
    LogLevel.DEBUG: "debug",
    LogLevel.INFO: "info",
    LogLevel.WARNING: "WARN",
    LogLevel.ERROR: "ERROR",
    LogLevel.UNKNOWN: "",
}


def log_fields(look: Look, titles: Mapping[SourceId, str]) -> tuple[LogField, ...]:
    """Time, level, whose, request and text; narrow terminals keep time, level and text."""

    def origin(logged: LoggedLine) -> Line:
        inner = logged.line.origin
        name = Cell(titles.get(logged.source, str(logged.source)), Tone.ACCENT)
        return (name, Cell(" "), said(inner, Tone.MUTED)) if inner else (name,)

    fields: tuple[LogField, ...] = (
        Field(
            column=Column(key="at", width=9, title="AT"),
            draw=lambda logged: Cell(clock_words(logged.line.at, look.zone), Tone.MUTED),
            rank=lambda logged: logged.line.at.timestamp(),
        ),
        Field(
            column=Column(key="level", width=5, title="LEVEL"),
            draw=lambda logged: Cell(LEVEL_WORDS[logged.line.level], TONES[logged.line.level]),
        ),
        Field(column=Column(key="origin", width=_ORIGIN[look.tier], title="FROM"), draw=origin),
        Field(column=Column(key="status", width=4, title="HTTP"), draw=_status),
        Field(column=Column(key="text", width=40, title="TEXT", grows=True), draw=_text),
    )
    narrow = {"at", "level", "text"}
    return tuple(field for field in fields if look.tier > Tier.NARROW or field.column.key in narrow)


def _status(logged: LoggedLine) -> Cell:
    status = logged.line.status
    if status is None:
        return Cell("")
    refused = Tone.WARNING if status >= 400 else Tone.NORMAL
    return Cell(str(status), Tone.CRITICAL if status >= 500 else refused)


def _text(logged: LoggedLine) -> Line:
    line, tone = logged.line, TONES[logged.line.level]
    text = said(line.text, Tone.NORMAL if tone is Tone.MUTED else tone)
    if not line.path:
        return (text,)
    request = f"{line.method.line(8)} {line.path.line(120)}".strip()
    return (
        (Cell(request, Tone.ACCENT), Cell("  "), text)
        if line.text
        else (Cell(request, Tone.ACCENT),)
    )
