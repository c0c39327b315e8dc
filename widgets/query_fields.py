"""The columns of the queries pane: who runs what for how long, and who stands in whose way."""

import enum
from collections.abc import Callable
from functools import partial
from typing import Final

from monitor.snapshot import QueryRow
from monitor.verdicts import Level
from monitor.words import duration_words
from providers.clock import Moment
from providers.database_readings import SessionReading, SessionState
from widgets.cells import BLANK, Cell, Line, Tone, said
from widgets.columns import Column
from widgets.fields import Field
from widgets.glyphs import Glyphs
from widgets.tiers import Tier
from widgets.tones import level_tone, text_tone

QueryField = Field[QueryRow]

_STATES: Final = {
    SessionState.IDLE_IN_TRANSACTION: "idle in tx",
    SessionState.IDLE_IN_TRANSACTION_ABORTED: "aborted tx",
    SessionState.FASTPATH: "fastpath",
}
_WAITS: Final = {
    "Lock:transactionid": "Lock:txid",
    "Client:ClientRead": "Client",
    "IO:DataFileRead": "IO:Read",
}
"""What PostgreSQL calls by long names, in ten columns."""

_WAIT: Final = 10
"""Columns of a wait."""

_PREPARED: Final = 0
"""The pid PostgreSQL gives for a prepared transaction: there is nobody to name."""


class Basis(enum.Enum):
    """What the age of a session is counted from, by the word in the pane's title."""

    QUERY = ""
    """As `age_s` has it, which is what the rules go by."""

    TRANSACTION = "age of transaction"
    BACKEND = "age of backend"

    def age_s(self, session: SessionReading, at: Moment | None) -> float | None:
        """The age of a session when it was looked at."""
        if self is Basis.QUERY:
            return age_s(session)
        if self is Basis.TRANSACTION:
            return session.transaction_age_s
        return None if at is None else max(0.0, (at.at - session.backend_start).total_seconds())


def query_fields(
    tier: Tier, glyphs: Glyphs, basis: Basis = Basis.QUERY, at: Moment | None = None
) -> tuple[QueryField, ...]:
    """The columns there is room for.

    Args:
        tier: How wide the pane is.
        glyphs: For signs.
        basis: What the age is counted from.
        at: When the sessions were looked at.
    """

    def age(row: QueryRow) -> float | None:
        return basis.age_s(row.session, at)

    fields: list[QueryField] = [
        Field(column=Column(key="level", width=1), draw=partial(_sign, glyphs),
              rank=lambda row: -row.level),
        Field(column=Column(key="pid", title="PID", width=7, align="right"), draw=_pid,
              rank=lambda row: row.session.pid),
        Field(column=Column(key="age", title="AGE", width=6, align="right"),
              draw=partial(_age, age), rank=lambda row: -(age(row) or 0)),
        Field(column=Column(key="app", title="APP", width=14), draw=_application),
    ]  # fmt: skip
    if tier > Tier.NARROW:
        fields += [
            Field(column=Column(key="state", title="STATE", width=10), draw=_state),
            Field(column=Column(key="wait", title="WAIT", width=_WAIT), draw=_wait),
            Field(column=Column(key="blocked", title="BLOCKED BY", width=10), draw=_blocked_by),
        ]
    query = Column(key="query", title="QUERY", width=20, grows=True)
    fields.append(Field(column=query, draw=_query if tier > Tier.NARROW else _query_in_tree))
    return tuple(fields)


def age_s(session: SessionReading) -> float | None:
    """How long a session has been at it: the statement, or the transaction it sits idle in."""
    return session.query_age_s if session.query_age_s is not None else session.transaction_age_s


def _sign(glyphs: Glyphs, row: QueryRow) -> Cell:
    if row.level is Level.OK and row.session.blocked_by:
        # It waits, and has not waited for long: neither well nor yet a trouble of its own.
        return Cell(glyphs.note, Tone.MUTED)
    return Cell(glyphs.level(row.level), level_tone(row.level))


def _pid(row: QueryRow) -> Cell:
    return Cell(str(row.session.pid), Tone.MUTED)


def _age(age: Callable[[QueryRow], float | None], row: QueryRow) -> Cell:
    return Cell(duration_words(age(row)), text_tone(level_tone(row.level)))


def _application(row: QueryRow) -> Cell:
    return said(row.session.application or row.session.user)


def _state(row: QueryRow) -> Cell:
    state = row.session.state
    return Cell(_STATES.get(state, state.value), Tone.MUTED)


def _wait(row: QueryRow) -> Cell:
    wait = row.session.wait.line()
    if not wait and row.session.state is SessionState.ACTIVE:
        return Cell("CPU", Tone.MUTED)
    return Cell(_WAITS.get(wait) or _short(wait), Tone.MUTED)


def _short(wait: str) -> str:
    """Without its class where both have no room: `Timeout:PgSleep` is `PgSleep`."""
    return wait if len(wait) <= _WAIT else wait.rpartition(":")[2]


def _blocked_by(row: QueryRow) -> Cell | Line:
    return _tree(row) or Cell("—", Tone.MUTED)


def _tree(row: QueryRow) -> Line:
    """The branch of the blocking tree that the session hangs on."""
    if not row.session.blocked_by:
        return ()
    first, *others = row.session.blocked_by
    name = "prepared" if first == _PREPARED else str(first)
    more = f" +{len(others)}" if others else ""
    return (Cell("└ ", Tone.MUTED), Cell(f"{name}{more}", Tone.NORMAL))


def _query(row: QueryRow) -> Line:
    if not row.session.query:
        return (BLANK,)
    cut = (Cell(" …cut", Tone.MUTED),) if row.session.query_cut is not None else ()
    return (said(row.session.query), *cut)


def _query_in_tree(row: QueryRow) -> Line:
    branch = tuple(Cell(cell.text.replace("└ ", "└"), cell.tone) for cell in _tree(row))
    return (*branch, *((Cell(" "),) if branch else ()), *_query(row))
