"""The details of one database session: its statement, and who waits for whom."""

from monitor.snapshot import DatabaseView, QueryRow, WorkspaceView
from monitor.words import duration_words
from tui.screens.detail import DetailScreen
from tui.screens.query_page import query_lines
from tui.screens.subjects import sessions
from tui.view import View
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint


class QueryScreen(DetailScreen):
    """One session; when it has ended, what was last known of it."""

    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""
        return (Hint(key="esc", words="back"), Hint(key="y", words="copy SQL"))

    def _found(self, pane: WorkspaceView) -> tuple[DatabaseView, QueryRow] | None:
        row = self.subject.thing
        if not isinstance(row, QueryRow):
            return None
        for database, other in sessions(pane):
            if other.session.key == row.session.key:
                return database, other
        source = self.subject.sources[:1]
        gone = (each for each in pane.databases if (each.spec.source,) == source)
        return next(((database, row) for database in gone), None)

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """Pid, application, environment, state and age."""
        found = self._found(pane)
        if found is None:
            return super().heading(view, pane)
        database, row = found
        session = row.session
        words = f"{session.state.value} {duration_words(session.query_age_s)}"
        return (
            Cell(f"pid {session.pid}", Tone.TITLE, bold=True),
            Cell(f"  {session.application.line(30)}"),
            Cell(f"  {database.spec.environment}  ", Tone.MUTED),
            Cell(words),
        )

    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """The page."""
        found = self._found(pane)
        if found is None:
            return ((Cell("its database is watched no more", Tone.MUTED),),)
        # Before the first layout the page has no width, and draws nothing.
        width = self.page.size.width or self.app.size.width
        return query_lines(*found, view.zone, view.now, self.quarterdeck.glyphs, width)
