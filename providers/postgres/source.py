"""A PostgreSQL database as a source: one connection, one light query a look, forever."""

import asyncio
from typing import Final

import asyncpg
from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock
from providers.database_readings import MOST_QUERY_BYTES, DatabaseReading, PreparedTransaction
from providers.deadline import Deadline
from providers.errors import BadAnswer
from providers.harvest import Harvest
from providers.postgres.answer import look_from, only_value
from providers.postgres.connection import Connection
from providers.postgres.counters import Counters, rates_between
from providers.postgres.failures import DRIVER_ERRORS, NotTheProtocol, translated
from providers.postgres.numbers import Findings, readings_of
from providers.postgres.occasional import Occasional
from providers.postgres.options import DatabaseOptions
from providers.postgres.overview import Overview, overview_from
from providers.postgres.rows import MALFORMED
from providers.postgres.sessions import Listing, Sessions, prepared_from
from providers.postgres.statements import Identifier, statement
from providers.postgres.target import SYSTEM, Target, resolve_target
from providers.postgres.texts import Texts

_MOST_APPLICATIONS: Final = 12
_MOST_WAITING: Final = 100
_MOST_ROWS: Final = 500
_MOST_PREPARED: Final = 20
_FIRST_WITH_QUERY_ID: Final = 14

_LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.DuplicatePreparedStatementError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    NotTheProtocol,
    ConnectionError,
)
"""What an old connection raises when only the connection is at fault: worth a new one at once."""


class _Look(Struct, frozen=True, kw_only=True):
    overview: Overview
    sessions: Sessions
    prepared: tuple[PreparedTransaction, ...]


class DatabaseSource:
    """Looks at one database again and again, and reconnects for as long as it lives.

    Args:
        spec: Name and cadence; `timeout_s` bounds a whole read with its reconnect.
        options: How to get there and what to look at.
        clock: For the time of readings and for what is asked only once a minute.
    """

    def __init__(self, spec: SourceSpec, options: DatabaseOptions, clock: Clock) -> None:
        self._spec = spec
        self._options = options
        self._clock = clock
        self._connection: Connection | None = None
        self._target: Target | None = None
        self._counters: Counters | None = None
        self._occasional = Occasional(options.statement_timeout_s)
        self._one_at_a_time = asyncio.Lock()
        self._operation = "connect"
        # The server shall stop a statement before we give up on the whole read.
        self._statement_timeout_s = min(options.statement_timeout_s, 0.8 * spec.timeout_s)
        self._look_sql = ""
        self._texts = Texts()
        self._listing = Listing(self._texts)

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def read(self) -> Harvest:
        """Look once.

        Raises:
            ProviderError: The database did not give what was asked.
        """
        try:
            with Deadline(self._spec.timeout_s) as limit:
                async with self._one_at_a_time:
                    return await self._harvest(limit.at_s)
        except DRIVER_ERRORS as error:
            raise translated(
                error,
                operation=self._operation,
                target=self._target,
                limit_s=self._spec.timeout_s,
            ) from None  # the driver's texts may quote what nobody may see

    async def aclose(self) -> None:
        """Give the connection back; may be called twice, never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _harvest(self, deadline_s: float) -> Harvest:
        connection, look = await self._look_with_reconnect()
        await self._occasional.refresh(connection, self._clock.now(), deadline_s)
        rates = rates_between(self._counters, look.overview.counters)
        self._counters = look.overview.counters
        at = self._clock.now()
        findings = Findings(
            overview=look.overview,
            rates=rates,
            size=self._occasional.size,
            average=self._occasional.average,
        )
        return Harvest(
            payload=self._reading(look, findings, connection),
            numbers=readings_of(self._spec.id, at, findings),
            at=at,
        )

    def _reading(self, look: _Look, findings: Findings, connection: Connection) -> DatabaseReading:
        size = findings.size[0]
        return DatabaseReading(
            sessions=look.sessions.listed,
            sessions_left_out=look.sessions.left_out,
            connections=look.overview.connections,
            server_version=look.overview.version_text,
            in_recovery=look.overview.in_recovery,
            size_bytes=None if size is None else int(size),
            missing_privileges=look.overview.missing_privileges,
            pooled=connection.target.transaction_pooled,
            prepared_transactions=look.prepared,
            largest_tables=self._occasional.tables,
            cache_hit_percent=findings.rates.cache_hit_percent[0],
            transactions_per_s=findings.rates.transactions_per_s[0],
        )

    async def _look_with_reconnect(self) -> tuple[Connection, _Look]:
        connection = self._connection
        if connection is not None and connection.is_open:
            try:
                return connection, await self._look(connection)
            except _LOST:
                # The server was restarted, or a pooler dropped us, since the last look.
                connection.drop()
        connection = await self._connect()
        return connection, await self._look(connection)

    async def _connect(self) -> Connection:
        self._operation = "connect"
        self._target = await resolve_target(self._options)
        self._connection = Connection(self._target)
        await self._connection.open()
        self._look_sql = self._statement(self._connection.version_major)
        return self._connection

    async def _look(self, connection: Connection) -> _Look:
        self._operation = "look at the server"
        said = await connection.converse(self._look_sql, self._statement_timeout_s)
        try:
            overview, sessions = self._understood(said)
        except MALFORMED as error:
            raise _not_as_asked(error, connection) from error
        prepared: tuple[PreparedTransaction, ...] = ()
        if overview.blocked != 0 and sessions.prepared_transaction_blocks:
            prepared = await self._prepared(connection)
        return _Look(overview=overview, sessions=sessions, prepared=prepared)

    def _understood(self, said: bytes) -> tuple[Overview, Sessions]:
        row = look_from(only_value(said))
        if self._texts.out_of_date():
            self._listing.forget()
        overview = overview_from(row, self._texts)
        return overview, self._listing.sessions_from(row)

    async def _prepared(self, connection: Connection) -> tuple[PreparedTransaction, ...]:
        sql = statement("prepared_transactions", row_limit=_MOST_PREPARED)
        async with connection.transaction(self._statement_timeout_s) as rows:
            found = await rows.fetch(sql)
        try:
            return prepared_from(found)
        except MALFORMED as error:
            raise _not_as_asked(error, connection) from error

    def _statement(self, version_major: int) -> str:
        column = "a.query_id" if version_major >= _FIRST_WITH_QUERY_ID else "NULL::bigint"
        return statement(
            "look",
            long_ms=round(self._options.long_query_s * 1000),
            idle_ms=round(self._options.idle_in_transaction_s * 1000),
            runbook=int(self._options.basis == "runbook"),
            most_waiting=_MOST_WAITING,
            most_applications=_MOST_APPLICATIONS,
            query_bytes=MOST_QUERY_BYTES,
            row_limit=min(max(1, self._options.row_limit), _MOST_ROWS),
            query_id=Identifier(column),
        )


def _not_as_asked(error: Exception, connection: Connection) -> BadAnswer:
    connection.drop()
    # Our own words name the column, never its value.
    said = str(error) if isinstance(error, TypeError) else type(error).__name__
    return BadAnswer(
        SYSTEM,
        "look at the server",
        f"an answer came back that we did not ask for: {said}",
        advice="check that host and port are those of a PostgreSQL server",
    )
