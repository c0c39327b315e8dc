"""What changes slowly or costs the server something: asked seldom, never worth a failed read."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.database_readings import TableSize
from providers.errors import ProviderError
from providers.postgres.connection import Connection
from providers.postgres.counters import Figure, StatementTimes, average_ms
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.rows import MALFORMED, Row, foreign, optional_integer, optional_number
from providers.postgres.sessions import tables_from
from providers.postgres.statements import Identifier, statement

_SIZES_EVERY_S: Final = 60.0
_STATEMENTS_EVERY_S: Final = 15.0
_AFTER_TROUBLE_S: Final = 600.0
"""A size that could not be had in time is not asked for again and again."""

_MOST_TABLES: Final = 10
_LEAST_TIME_S: Final = 0.2
NO_EXTENSION: Final = "pg_stat_statements is not installed in this database"
NOT_YET: Final = "not read yet"
MALFORMED_REASON: Final = "what came back is not what was asked for"
_BEFORE_EXEC_TIME: Final = frozenset(f"1.{minor}" for minor in range(8))


class _Due(Struct):
    """When something may be asked again."""

    every_s: float
    last: Moment | None = None
    trouble: bool = False

    def at(self, now: Moment) -> bool:
        pause_s = _AFTER_TROUBLE_S if self.trouble else self.every_s
        return self.last is None or self.last.age_s(now) >= pause_s

    def done(self, now: Moment, *, trouble: bool) -> None:
        self.last, self.trouble = now, trouble


class Occasional:
    """Size, largest tables and statement times, each kept until the next time it is asked."""

    def __init__(self, statement_timeout_s: float) -> None:
        self.size: Figure = (None, NOT_YET)
        self.average: Figure = (None, NOT_YET)
        self.tables: tuple[TableSize, ...] = ()
        self._statement_timeout_s = statement_timeout_s
        self._size_due = _Due(every_s=_SIZES_EVERY_S)
        self._tables_due = _Due(every_s=_SIZES_EVERY_S)
        self._average_due = _Due(every_s=_STATEMENTS_EVERY_S)
        self._times: StatementTimes | None = None
        self._times_sql = ""

    async def refresh(self, connection: Connection, now: Moment, deadline_s: float) -> None:
        """Ask for what is due; failures become reasons, and a lost connection ends the asking.

        Args:
            connection: An open connection outside a transaction.
            now: When the read takes place.
            deadline_s: The loop's time at which the whole read must have ended.
        """
        if self._size_due.at(now):
            await self._read_size(connection, now, deadline_s)
        if self._tables_due.at(now) and connection.is_open:
            await self._read_tables(connection, now, deadline_s)
        if self._average_due.at(now) and connection.is_open:
            await self._read_average(connection, now, deadline_s)

    async def _read_size(self, connection: Connection, now: Moment, deadline_s: float) -> None:
        rows, reason = await self._ask(connection, statement("database_size"), deadline_s)
        try:
            size = optional_integer(rows[0], "bytes") if rows else None
        except MALFORMED:
            size, reason = None, MALFORMED_REASON
        if size is not None:
            self.size = (float(size), "")
        else:
            self.size = (None, reason or "the server does not say")
        self._size_due.done(now, trouble=bool(reason))

    async def _read_tables(self, connection: Connection, now: Moment, deadline_s: float) -> None:
        sql = statement("largest_tables", most_tables=_MOST_TABLES)
        rows, reason = await self._ask(connection, sql, deadline_s)
        if not reason:
            try:
                self.tables = tables_from(rows)
            except MALFORMED:
                reason = MALFORMED_REASON
        self._tables_due.done(now, trouble=bool(reason))

    async def _read_average(self, connection: Connection, now: Moment, deadline_s: float) -> None:
        figure, trouble = await self._average(connection, deadline_s)
        self.average = figure
        self._average_due.done(now, trouble=trouble)

    async def _average(self, connection: Connection, deadline_s: float) -> tuple[Figure, bool]:
        if not self._times_sql:
            sql = statement("statements_extension")
            rows, reason = await self._ask(connection, sql, deadline_s)
            self._times_sql, reason = _times_sql(rows, reason)
            if not self._times_sql:
                return (None, reason), True
        rows, reason = await self._ask(connection, self._times_sql, deadline_s)
        before, (self._times, reason) = self._times, _times(rows, reason)
        if self._times is None:
            self._times_sql = ""
            return (None, reason), True
        return average_ms(before, self._times), False

    async def _ask(
        self, connection: Connection, sql: str, deadline_s: float
    ) -> tuple[Sequence[Row], str]:
        """The rows, or none and the reason."""
        left_s = deadline_s - asyncio.get_running_loop().time()
        if left_s < _LEAST_TIME_S:
            return (), "no time was left to ask"
        limit_s = min(self._statement_timeout_s, left_s / 2)
        try:
            async with connection.transaction(limit_s) as look:
                return await look.fetch(sql), ""
        except DRIVER_ERRORS as error:
            return (), _told(error, connection, limit_s).reason


def _told(error: BaseException, connection: Connection, limit_s: float) -> ProviderError:
    return translated(error, operation="read sizes", target=connection.target, limit_s=limit_s)


def _times_sql(rows: Sequence[Row], reason: str) -> tuple[str, str]:
    """The statement for this version of the extension, or none and why."""
    if reason or not rows:
        return "", reason or NO_EXTENSION
    try:
        schema = Identifier.quoted(foreign(rows[0]["schema"]).text)
        older = foreign(rows[0]["version"]).text in _BEFORE_EXEC_TIME
    except MALFORMED:
        return "", MALFORMED_REASON
    column = Identifier("total_time" if older else "total_exec_time")
    return statement("statement_times", schema=schema, total_time=column), ""


def _times(rows: Sequence[Row], reason: str) -> tuple[StatementTimes | None, str]:
    if reason or not rows:
        return None, reason or "pg_stat_statements is empty"
    try:
        calls = optional_integer(rows[0], "calls")
        return StatementTimes(calls=calls, total_ms=optional_number(rows[0], "total_ms")), ""
    except MALFORMED:
        return None, MALFORMED_REASON
