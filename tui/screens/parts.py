"""Pieces that the pages of all details are made of. Pure."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from monitor.verdicts import Level
from monitor.words import clock_words, date_words, duration_words
from providers.clock import Moment
from providers.text import Foreign
from widgets.cells import Cell, Line, Tone, fit, said
from widgets.glyphs import Glyphs
from widgets.tones import level_tone

LABEL_WIDTH = 13


def mark(level: Level, glyphs: Glyphs) -> Cell:
    """The sign of a level, coloured."""
    return Cell(glyphs.level(level), level_tone(level))


def heading(words: str) -> Line:
    """A heading within a page."""
    return (Cell(words, Tone.TITLE, bold=True),)


def labelled(label: str, *cells: Cell) -> Line:
    """A line with a dim label in front."""
    return (Cell(fit(label, LABEL_WIDTH), Tone.MUTED), *cells)


def muted(words: str) -> Line:
    """A dim line."""
    return (Cell(words, Tone.MUTED),)


def foreign_lines(label: str, text: Foreign, most: int = 12, width: int = 400) -> list[Line]:
    """Somebody else's words over several lines, the label before the first."""
    rows = [row.expandtabs(4) for row in text.text.splitlines()] or [""]
    lines = [
        labelled(label if number == 0 else "", said(Foreign(row[:width])))
        for number, row in enumerate(rows[:most])
    ]
    if len(rows) > most:
        lines.append(labelled("", Cell(f"… {len(rows) - most} more lines", Tone.MUTED)))
    return lines


def when(at: datetime | None, zone: tzinfo, now: Moment) -> str:
    """Time of day, with the date when it was another day; a dash when not known."""
    if at is None:
        return "—"
    same_day = at.astimezone(zone).date() == now.at.astimezone(zone).date()
    return clock_words(at, zone) if same_day else date_words(at, zone)


def ago(at: datetime | None, now: Moment) -> str:
    """How long ago, in words."""
    return "—" if at is None else f"{duration_words((now.at - at).total_seconds())} ago"


def dotted(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells with a dim dot between them."""
    joined: list[Cell] = []
    for cell in cells:
        if joined:
            joined.append(Cell("  ·  ", Tone.MUTED))
        joined.append(cell)
    return tuple(joined)
