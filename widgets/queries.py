"""The queries pane: long-running, idle in transaction, blocked and blocking sessions."""

from monitor.snapshot import DatabaseView, PaneState, PaneStatus, WorkspaceView
from monitor.words import span_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.fields import columns_of, rows_of
from widgets.grid import Grid
from widgets.list_pane import ListPane, subtitle
from widgets.listing import Row
from widgets.query_fields import Basis, QueryField, age_s, query_fields
from widgets.tiers import Tier


class QueriesPane(ListPane):
    """Sessions of the databases of one workspace, production first."""

    TITLE = "Long-running queries"
    SHORT_TITLE = "Queries"
    AGES = False
    basis = Basis.QUERY

    def turn_basis(self) -> None:
        """Count the ages from the next thing: the statement, the transaction, the connection."""
        every = tuple(Basis)
        self.basis = every[(every.index(self.basis) + 1) % len(every)]
        self.draw()

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Rows for the width of the terminal; with no rows no titles either."""
        grid.set_columns(columns_of(self._fields(None)), header=self.tier > Tier.NARROW)
        return tuple(row for one in view.databases for row in _rows(one, self._fields(one.at)))

    def _fields(self, at: Moment | None) -> tuple[QueryField, ...]:
        return query_fields(self.tier, self.glyphs, self.basis, at)

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn: not the status, whose age differs in each view."""
        shown = tuple((one.spec, one.reading, one.rows, _old(one)) for one in view.databases)
        return self.basis, shown

    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of the databases together."""
        return view.queries_status

    def heading(self, view: WorkspaceView) -> Line:
        """The title with the environments that are watched."""
        if self.tier is Tier.NARROW:
            return (*super().heading(view), *subtitle(self.basis.value))
        names = dict.fromkeys(database.spec.environment for database in view.databases)
        return (*super().heading(view), *subtitle(" · ".join(names)), *subtitle(self.basis.value))

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """How many are over their limit, and how full the pool is."""
        words = [part for database in view.databases for part in _database_facts(database)]
        return (Cell(" · ".join(words), Tone.MUTED),) if words else ()


def _rows(database: DatabaseView, fields: tuple[QueryField, ...]) -> tuple[Row, ...]:
    rows = rows_of(database.rows, fields, lambda each: row_key(database, each.session.key))
    return tuple(row.as_faded() for row in rows) if _old(database) else rows


def row_key(database: DatabaseView, session: str) -> str:
    """Names one session of one database."""
    return f"{database.spec.source}#{session}"


def _old(database: DatabaseView) -> bool:
    return database.status.state in {PaneState.STALE, PaneState.FAILED}


def _database_facts(database: DatabaseView) -> tuple[str, ...]:
    if database.reading is None or database.status.state is PaneState.FAILED:
        return ()
    limit_s = database.spec.long_query_s
    over = sum((age_s(row.session) or 0) > limit_s for row in database.rows)
    counts = database.reading.connections
    long = f"{over} over {span_words(limit_s)}" if over else ""
    pool = "" if counts is None else f"pool {counts.used}/{counts.available}"
    left_out = database.reading.sessions_left_out
    more = f"{left_out} more not shown" if left_out else ""
    return tuple(words for words in (long, pool, more) if words)
