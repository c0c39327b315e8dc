"""The timeline pane: what happened, the newest first."""

from datetime import UTC, date, tzinfo
from functools import partial
from typing import Final

from monitor.events import Event, EventKind
from monitor.snapshot import PaneState, PaneStatus, WorkspaceView
from monitor.verdicts import Level
from monitor.words import clock_words, minute_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.fields import Field, columns_of, rows_of
from widgets.glyphs import Glyphs
from widgets.grid import Grid
from widgets.list_pane import ListPane
from widgets.listing import Row
from widgets.tones import level_tone

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

FULL_FROM: Final = 90
"""Columns from which events are told in full."""


def timeline_fields(
    view: WorkspaceView, width: int, now: Moment, glyphs: Glyphs, zone: tzinfo = UTC
) -> tuple[Field[Event], ...]:
    """The columns: when, how bad, what."""
    today = now.at.astimezone(zone).date()
    labels = {
        environment.name: environment.label.lower()
        for environment in view.spec.environments
        if not environment.production
    }
    return (
        Field(
            column=Column(key="at", width=8, align="right"),
            draw=partial(_time, zone, today),
            rank=lambda event: -event.at.timestamp(),
        ),
        Field(column=Column(key="level", width=1), draw=partial(_sign, glyphs)),
        Field(
            column=Column(key="text", width=20, grows=True),
            draw=lambda event: _text(event, labels.get(event.environment, ""), width),
        ),
    )


def _time(zone: tzinfo, today: date, event: Event) -> Cell:
    """To the second, or to the minute for what was only known to it; of another day with it."""
    at = event.at.astimezone(zone)
    if at.date() != today:
        return Cell(f"{_DAYS[at.weekday()]} {minute_words(at, zone)}", Tone.MUTED)
    exact = event.at.second or event.at.microsecond
    words = clock_words(event.at, zone).removesuffix("Z") if exact else minute_words(event.at, zone)
    return Cell(words, Tone.MUTED)


def _sign(glyphs: Glyphs, event: Event) -> Cell:
    if event.kind is EventKind.DEPLOY and event.level is Level.OK:
        return Cell(glyphs.running, Tone.ACCENT)
    if event.level is Level.OK and event.kind is not EventKind.CLEARED:
        return Cell(glyphs.note, Tone.MUTED)
    return Cell(glyphs.level(event.level), level_tone(event.level))


def _text(event: Event, environment: str, room: int) -> Line:
    """What happened, in full where that fits; production is not named: it goes without saying."""
    where = (Cell(f"{environment} ", Tone.MUTED),) if environment else ()
    tone = Tone.TITLE if event.level is Level.CRITICAL else Tone.NORMAL
    words = event.detail if event.detail and room >= FULL_FROM else event.text
    return (*where, Cell(words, tone))


class TimelinePane(ListPane):
    """Events of one workspace."""

    TITLE = "Timeline"

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """A row for each event."""
        fields = timeline_fields(view, grid.size.width, now, self.glyphs, self.zone)
        grid.set_columns(columns_of(fields), header=False)
        return rows_of(view.timeline, fields, _key)

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return (view.spec.environments, view.timeline)

    def status(self, view: WorkspaceView) -> PaneStatus:
        """Events are our own: there are some, or nothing has happened yet."""
        if view.timeline:
            return PaneStatus(state=PaneState.LIVE)
        return PaneStatus(state=PaneState.EMPTY_AND_FINE, message="nothing has happened yet")


def _key(event: Event) -> str:
    return event.key or f"{event.at.isoformat()} {event.text}"
