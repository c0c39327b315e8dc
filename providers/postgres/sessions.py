"""What `look.sql` says of single sessions, and the rows of its smaller companions."""

from collections.abc import Sequence

from msgspec import Struct

from providers.database_readings import PreparedTransaction, SessionReading, SessionState, TableSize
from providers.postgres.rows import (
    Row,
    foreign,
    integer,
    items,
    moment,
    optional_age,
    optional_integer,
)
from providers.text import Foreign


class Sessions(Struct, frozen=True, kw_only=True):
    """The sessions worth looking at, and how many more there were."""

    listed: tuple[SessionReading, ...]
    left_out: int

    @property
    def prepared_transaction_blocks(self) -> bool:
        """Whether somebody waits for a transaction without a session."""
        return any(0 in session.blocked_by for session in self.listed)


def sessions_from(rows: Sequence[Row]) -> Sessions:
    """The sessions of these rows, the oldest statement first; a row without a pid has none.

    Raises:
        TypeError: or another of `rows.MALFORMED`: a row is not as asked.
    """
    held = [row for row in rows if row["pid"] is not None]
    read = sorted((_session(row) for row in held), key=_age, reverse=True)
    matching = integer(held[0], "matching") if held else 0
    return Sessions(listed=tuple(read), left_out=max(0, matching - len(read)))


def _age(session: SessionReading) -> float:
    return session.query_age_s or 0.0


def _session(row: Row) -> SessionReading:
    return SessionReading(
        pid=integer(row, "pid"),
        backend_start=moment(row, "backend_start"),
        database=foreign(row["database"]),
        user=foreign(row["role"]),
        application=foreign(row["application"]),
        client=foreign(row["client"]),
        state=_state(row["state"]),
        wait=_wait(row["wait_event_type"], row["wait_event"]),
        query=foreign(row["query"]),
        query_id=optional_integer(row, "query_id"),
        query_age_s=optional_age(row, "query_age_s"),
        transaction_age_s=optional_age(row, "transaction_age_s"),
        state_age_s=optional_age(row, "state_age_s"),
        blocked_by=tuple(dict.fromkeys(int(pid) for pid in items(row, "blockers"))),
        backend_type=Foreign(str(row["backend_type"] or "")).line(40),
    )


def _state(word: object) -> SessionState:
    try:
        return SessionState(word)
    except ValueError:
        return SessionState.UNKNOWN


def _wait(kind: object, event: object) -> Foreign:
    return Foreign(f"{kind}:{event}" if kind else "")


def prepared_from(rows: Sequence[Row]) -> tuple[PreparedTransaction, ...]:
    """Rows of `prepared_transactions.sql`.

    Raises:
        TypeError: or another of `rows.MALFORMED`.
    """
    return tuple(
        PreparedTransaction(
            gid=foreign(row["gid"]),
            owner=foreign(row["owner"]),
            database=foreign(row["database"]),
            age_s=optional_age(row, "age_s"),
        )
        for row in rows
    )


def tables_from(rows: Sequence[Row]) -> tuple[TableSize, ...]:
    """Rows of `largest_tables.sql`.

    Raises:
        TypeError: or another of `rows.MALFORMED`.
    """
    return tuple(
        TableSize(
            schema=foreign(row["schema"]),
            name=foreign(row["name"]),
            total_bytes=optional_integer(row, "bytes"),
            estimated_rows=optional_integer(row, "estimated_rows"),
        )
        for row in rows
    )
