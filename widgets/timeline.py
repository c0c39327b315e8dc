"""The timeline pane: what happened, the newest first."""

from functools import partial

from monitor.snapshot import Event, EventKind, PaneState, PaneStatus, WorkspaceView
from monitor.verdicts import Level
from monitor.words import clock_words, minute_words
from providers.clock import Moment
from widgets.cells import Cell, Tone
from widgets.columns import Column
from widgets.fields import Field, columns_of, rows_of
from widgets.glyphs import Glyphs
from widgets.grid import Grid
from widgets.list_pane import ListPane
from widgets.listing import Row
from widgets.tones import level_tone, text_tone


def timeline_fields(glyphs: Glyphs) -> tuple[Field[Event], ...]:
    """The columns: when, how bad, what."""
    return (
        Field(
            column=Column(key="at", width=8, align="right"),
            draw=_time,
            rank=lambda event: -event.at.timestamp(),
        ),
        Field(column=Column(key="level", width=1), draw=partial(_sign, glyphs)),
        Field(column=Column(key="text", width=20, grows=True), draw=_text),
    )


def _time(event: Event) -> Cell:
    """To the second, or to the minute for what was only known to it."""
    exact = event.at.second or event.at.microsecond
    words = clock_words(event.at).removesuffix("Z") if exact else minute_words(event.at)
    return Cell(words, Tone.MUTED)


def _sign(glyphs: Glyphs, event: Event) -> Cell:
    if event.kind is EventKind.DEPLOY:
        return Cell(glyphs.running, Tone.ACCENT)
    if event.level is Level.OK and event.kind is not EventKind.CLEARED:
        return Cell(glyphs.note, Tone.MUTED)
    return Cell(glyphs.level(event.level), level_tone(event.level))


def _text(event: Event) -> Cell:
    critical = event.level is Level.CRITICAL
    return Cell(event.text, text_tone(Tone.OK) if not critical else Tone.TITLE)


class TimelinePane(ListPane):
    """Events of one workspace."""

    TITLE = "Timeline"

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """A row for each event."""
        fields = timeline_fields(self.glyphs)
        grid.set_columns(columns_of(fields), header=False)
        return rows_of(view.timeline, fields, _key)

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return view.timeline

    def status(self, view: WorkspaceView) -> PaneStatus:
        """Events are our own: there are some, or nothing has happened yet."""
        if view.timeline:
            return PaneStatus(state=PaneState.LIVE)
        return PaneStatus(state=PaneState.EMPTY_AND_FINE, message="nothing has happened yet")


def _key(event: Event) -> str:
    return event.key or f"{event.at.isoformat()} {event.text}"
