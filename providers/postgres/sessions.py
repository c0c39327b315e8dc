"""What `look.sql` says of single sessions, and the rows of its smaller companions."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from providers.database_readings import PreparedTransaction, SessionReading, SessionState, TableSize
from providers.postgres.answer import LookRow, SessionRow, Who, people_from, who_from
from providers.postgres.rows import Row, foreign, optional_age, optional_integer
from providers.postgres.texts import Texts
from providers.text import EMPTY, Foreign

_CLIENT: Final = "client backend"
_STATES: Final[Mapping[str | None, SessionState]] = {state.value: state for state in SessionState}


class Sessions(Struct, frozen=True, kw_only=True):
    """The sessions worth looking at, and how many more there were."""

    listed: tuple[SessionReading, ...]
    left_out: int

    @property
    def prepared_transaction_blocks(self) -> bool:
        """Whether somebody waits for a transaction without a session."""
        return any(0 in session.blocked_by for session in self.listed)


class Listing:
    """Makes sessions of rows; of one that goes on as before, only what changed is made anew."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._before: dict[bytes, SessionReading] = {}
        self._told = b""
        """What the server said of who is there; the values of `_before` in its order."""

    def forget(self) -> None:
        """Make all of them anew next time."""
        self._before, self._told = {}, b""

    def sessions_from(self, row: LookRow) -> Sessions:
        """The sessions in this look, the oldest statement first.

        Raises:
            TypeError: or another of `rows.MALFORMED`: a row is not as asked.
        """
        told = bytes(row.people)
        if told != self._told:
            self._recognise(told)
        rows = row.sessions or ()
        read = [self._session(*one) for one in zip(self._before.values(), rows, strict=True)]
        read.sort(key=_age, reverse=True)
        return Sessions(listed=tuple(read), left_out=max(0, (row.matching or 0) - len(read)))

    def _recognise(self, told: bytes) -> None:
        before = self._before
        self.forget()
        self._before = {
            who: before.get(who) or self._new(who_from(who)) for who in people_from(told)
        }
        self._told = told

    def _session(self, same: SessionReading, row: SessionRow) -> SessionReading:
        return replace(
            same,
            wait=self._texts.of(row.wait),
            query_age_s=row.query_age_s,
            transaction_age_s=row.transaction_age_s,
            state_age_s=row.state_age_s,
            blocked_by=tuple(dict.fromkeys(row.blockers)) if row.blockers else (),
        )

    def _new(self, who: Who) -> SessionReading:
        texts = self._texts
        return SessionReading(
            pid=who.pid,
            backend_start=who.backend_start,
            database=texts.of(who.database),
            user=texts.of(who.role),
            application=texts.of(who.application),
            client=texts.of(who.client),
            state=_STATES.get(who.state, SessionState.UNKNOWN),
            wait=EMPTY,
            query=texts.of(who.query),
            query_cut=who.query_cut,
            query_id=who.query_id,
            query_age_s=None,
            transaction_age_s=None,
            state_age_s=None,
            backend_type=_kind(who.backend_type),
        )


def _age(session: SessionReading) -> float:
    return session.query_age_s or 0.0


def _kind(word: str | None) -> str:
    return word if word == _CLIENT else Foreign(word or "").line(40)


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
