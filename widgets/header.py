"""The header: is it bad, how bad, who am I, and is what I see still true."""

from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from monitor.snapshot import Snapshot, WorkspaceView
from providers.clock import Moment
from widgets.cells import Cell, Line
from widgets.header_line import Session, clock_cell, line_of
from widgets.header_spans import Answers, answers_of, spans_of
from widgets.one_line import OneLine

_SECOND: Final = timedelta(seconds=1)

LATE_S: Final = 1.25
"""Looks at the clock come about once a second, and some so much after the one before."""


class Seconds:
    """The clock as it is shown: looks that come a little late and a little early skip no second."""

    def __init__(self) -> None:
        self._last: tuple[Moment, Moment] | None = None

    def at(self, now: Moment) -> Moment:
        """The present to the second; one second less where two began since the look before."""
        shown = replace(now, at=now.at.replace(microsecond=0))
        if self._last is not None:
            looked, before = self._last
            soon = 0 <= now.tick_s - looked.tick_s <= LATE_S
            if soon and shown.at - before.at == 2 * _SECOND:
                shown = replace(shown, at=before.at + _SECOND)
        self._last = now, shown
        return shown


class Header(OneLine):
    """The first line of every screen.

    Most seconds only its clock is another: what stands beside it is put together when it changes.
    """

    DEFAULT_CSS = """
    Header {
        dock: top;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[Snapshot, str, Session, Moment] | None = None
        self._of: tuple[Snapshot, WorkspaceView] | None = None
        self._answers = Answers()
        self._mark: tuple[object, ...] = ()
        self._made: Line = ()
        self._seconds = Seconds()
        self._clock = Cell("")

    def show(self, snapshot: Snapshot, workspace: str, session: Session, now: Moment) -> None:
        """Show one workspace of a snapshot as it stands at `now`."""
        self._said = (snapshot, workspace, session, now)
        self.draw()

    def draw(self) -> None:
        """Fit what was last said to the width."""
        if self._said is None:
            return
        snapshot, workspace, session, now = self._said
        view = snapshot.workspaces.get(workspace)
        if view is not None:
            self.set_line(self._line_of(snapshot, view, session, now))

    def _line_of(
        self, snapshot: Snapshot, view: WorkspaceView, session: Session, now: Moment
    ) -> Line:
        if self._of is None or self._of[0] is not snapshot or self._of[1] is not view:
            self._of, self._mark = (snapshot, view), ()
            self._answers = answers_of(snapshot, view, now)
        clock = clock_cell(self._seconds.at(now), session)
        glyphs, width = self.glyphs, self.size.width
        spans = spans_of(snapshot, view, self._answers, now)
        mark = (spans, session, glyphs, width, clock.width)
        if mark != self._mark:
            self._mark, self._clock = mark, clock
            self._made = line_of(snapshot, view, session, spans, clock, glyphs=glyphs, width=width)
        return tuple(clock if cell is self._clock else cell for cell in self._made)
