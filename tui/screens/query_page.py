"""What the details of one database session say. Pure."""

from collections.abc import Iterator
from datetime import tzinfo

from monitor.snapshot import DatabaseView, QueryRow
from monitor.verdicts import Level
from monitor.words import duration_words
from providers.clock import Moment
from providers.database_readings import SessionReading
from tui.screens.parts import heading, labelled, mark, muted, when
from tui.screens.sql import sql_lines
from widgets.cells import Cell, Line, Tone, fit, said
from widgets.glyphs import Glyphs

_DEEPEST = 20
_NAMES_WIDTH = 54
_STATE_WIDTH = 21


def query_lines(
    database: DatabaseView, row: QueryRow, zone: tzinfo, now: Moment, glyphs: Glyphs, width: int
) -> tuple[Line, ...]:
    """The page of one session: statement, facts, blocking tree, and what ending it would free.

    Args:
        database: Where it is.
        row: The session.
        zone: Of all times.
        now: For ages.
        glyphs: For signs.
        width: Columns of the page, for the statement.
    """
    session = row.session
    return (
        *sql_lines(session.query.text, width),
        *_cut(session),
        (),
        labelled("user", said(session.user), Cell("   database ", Tone.MUTED),
                 said(session.database), Cell("   client ", Tone.MUTED), said(session.client)),
        labelled("started", Cell(when(session.backend_start, zone, now)),
                 Cell("   transaction ", Tone.MUTED),
                 Cell(duration_words(session.transaction_age_s)),
                 Cell("   in this state ", Tone.MUTED),
                 Cell(duration_words(session.state_age_s))),
        labelled("wait", said(session.wait) if session.wait else Cell("on the CPU", Tone.MUTED)),
        (),
        *tree_lines(database, row, glyphs),
        (),
        *_privileges(database),
    )  # fmt: skip


def _cut(session: SessionReading) -> tuple[Line, ...]:
    words = session.cut_words
    return ((Cell(f"… {words}", Tone.WARNING),),) if words else ()


def tree_lines(database: DatabaseView, row: QueryRow, glyphs: Glyphs) -> tuple[Line, ...]:
    """Who waits for whom, from the root that holds up this session."""
    rows = {each.session.pid: each for each in database.rows}
    root = root_of(rows, row)
    branch = list(_branch(rows, root, set()))
    if len(branch) == 1 and not row.session.blocked_by:
        return (muted("neither blocked nor blocking"),)
    titles = (
        fit("", _NAMES_WIDTH + 2)
        + fit("age", 9, "right")
        + "  "
        + fit("state", _STATE_WIDTH)
        + "wait"
    )
    return (
        heading("Blocking tree"),
        muted(titles),
        *(_tree_line(each, stem, row, glyphs) for each, stem in branch),
        (),
        freed_line(root, row),
    )


def root_of(rows: dict[int, QueryRow], row: QueryRow) -> QueryRow:
    """The session at the head of the chain; a ring or an unseen blocker ends the search."""
    seen = {row.session.pid}
    while True:
        above = next((rows[pid] for pid in row.session.blocked_by if pid in rows), None)
        if above is None or above.session.pid in seen:
            return row
        seen.add(above.session.pid)
        row = above


def _branch(
    rows: dict[int, QueryRow], row: QueryRow, seen: set[int], above: str = "", stem: str = ""
) -> Iterator[tuple[QueryRow, str]]:
    """A session and all that wait for it, each once, with the lines that lead to it.

    Args:
        rows: By pid.
        row: The head of this branch.
        seen: Pids that have their place already; those found here are added.
        above: The lines of the branches around this one.
        stem: The line that leads to this session.
    """
    seen.add(row.session.pid)
    yield row, stem
    waiting = [
        each
        for pid, each in rows.items()
        if row.session.pid in each.session.blocked_by and pid not in seen
    ]
    # Claimed before going deeper: who waits for two of them stands under the nearer to the root.
    seen.update(each.session.pid for each in waiting)
    if len(above) > _DEEPEST * 3:
        return
    for each in waiting:
        last = each is waiting[-1]
        lead = f"{above}{'└─ ' if last else '├─ '}"
        yield from _branch(rows, each, seen, f"{above}{'   ' if last else '│  '}", lead)


def _tree_line(each: QueryRow, stem: str, this: QueryRow, glyphs: Glyphs) -> Line:
    session = each.session
    mine = session.key == this.session.key
    held_up = each.level is Level.OK and session.blocked_by
    if not session.blocked_by:
        role = "holds the lock, root"
    else:
        waits = ", ".join("a prepared transaction" if pid == 0 else str(pid)
                          for pid in session.blocked_by)  # fmt: skip
        role = f"waits for {waits}"
    name = f"{session.pid}  {session.application.line(18)}  {role}"
    return (
        Cell(stem, Tone.MUTED),
        Cell("·", Tone.MUTED) if held_up else mark(each.level, glyphs),
        Cell(" "),
        Cell(
            fit(name, max(_NAMES_WIDTH - len(stem), 12)),
            Tone.TITLE if mine else Tone.NORMAL,
            bold=mine,
        ),
        Cell(fit(duration_words(session.query_age_s), 9, "right")),
        Cell("  "),
        Cell(fit(session.state.value, _STATE_WIDTH)),
        Cell(fit(session.wait.line(20), 22), Tone.MUTED),
        Cell("◂ this" if mine else "", Tone.ACCENT),
    )


def freed_line(root: QueryRow, row: QueryRow) -> Line:
    """What ending the root would free, and what ending this session would."""
    if not root.waiters:
        return muted("nobody waits for this session")
    words = f"Ending root {root.session.pid} frees {_sessions(root.waiters)}"
    if row.session.pid != root.session.pid:
        words += f"; {row.session.pid} only {row.waiters}"
    return (Cell(f"{words}.", Tone.NORMAL),)


def _sessions(count: int) -> str:
    return f"{count} waiting session{'' if count == 1 else 's'}"


def _privileges(database: DatabaseView) -> tuple[Line, ...]:
    reading = database.reading
    return tuple(muted(each) for each in reading.missing_privileges) if reading else ()
