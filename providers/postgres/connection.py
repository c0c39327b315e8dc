"""One connection that is made again whenever it is lost, and that leaves nothing behind.

Each look happens inside one READ ONLY transaction with its limits SET LOCAL: through a pooler,
anything else would stay with a server connection that the next client gets (promise P30). The
driver's own pool is not used: it resets the settings of others on release, and logs tracebacks.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, ClassVar, Final, Protocol

import asyncpg

from providers.errors import Unauthorized
from providers.postgres.driver import Driver, StumblingTold
from providers.postgres.failures import DRIVER_ERRORS
from providers.postgres.rows import Row
from providers.postgres.target import SYSTEM, Target
from providers.postgres.tls import tls_context
from providers.text import Foreign

APPLICATION_NAME: Final = "quarterdeck"
_LOCK_TIMEOUT_S: Final = 1.0
_GOODBYE_S: Final = 0.5
_FIRST_TO_TIME_EACH_STATEMENT: Final = 13
"""Before, a time limit set in a message did not hold for what follows in the same message."""


@lru_cache(maxsize=8)
def _begin(statement_timeout_s: float, application: str = APPLICATION_NAME) -> str:
    statement_ms = max(1, round(statement_timeout_s * 1000))
    lock_ms = min(statement_ms, round(_LOCK_TIMEOUT_S * 1000))
    return (
        "BEGIN READ ONLY; "
        # Without this a role's search_path could put its own pg_stat_activity first.
        "SET LOCAL search_path TO pg_catalog, pg_temp; "
        f"SET LOCAL application_name TO '{application}'; "
        f"SET LOCAL statement_timeout TO {statement_ms}; "
        f"SET LOCAL lock_timeout TO {lock_ms}; "
        f"SET LOCAL idle_in_transaction_session_timeout TO {2 * statement_ms}"
    )


class Rows(Protocol):
    """What a look at the database may do."""

    async def fetch(self, sql: str) -> Sequence[Row]:
        """All rows of one statement without arguments."""
        ...


class Connection:
    """A connection to one target; not for two tasks at once."""

    APPLICATION: ClassVar[str] = APPLICATION_NAME
    """As which the server knows it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._driver: Driver | None = None
        self._described: dict[str, Any] = {}
        self._times_each_statement = False

    @property
    def is_open(self) -> bool:
        """Whether a connection was made and was not seen to break."""
        return self._driver is not None and not self._driver.is_closed()

    @property
    def version_major(self) -> int:
        """The server's major version as it, or its pooler, told at the start; 0 before that."""
        return int(self._driver.get_server_version().major) if self._driver is not None else 0

    async def open(self) -> None:
        """Connect.

        Raises:
            Unauthorized: `ca_file` can not be used.
            OSError: or another of `DRIVER_ERRORS`.
        """
        self.drop()
        target = self.target
        secret = target.password.reveal() if target.password is not None else None
        tls = await self._tls()
        with StumblingTold():
            self._driver = await asyncpg.connect(
                host=target.host,
                port=target.port,
                user=target.user,
                database=target.database,
                # A function, so that the driver does not look into ~/.pgpass or PGPASSWORD.
                password=lambda: secret,
                ssl=tls,
                statement_cache_size=0,
                server_settings=self._server_settings(),
                target_session_attrs="any",
                connection_class=Driver,
            )
        self._times_each_statement = self.version_major >= _FIRST_TO_TIME_EACH_STATEMENT

    async def _tls(self) -> Any:
        target = self.target
        if target.tls == "disable" or target.unix_socket:
            return False
        try:
            return await asyncio.to_thread(tls_context, target.tls, target.ca_file)
        except OSError as error:
            raise Unauthorized(
                SYSTEM,
                "connect",
                "the certificates to trust can not be read; no password was sent",
                advice="check ca_file: it names a PEM file that holds the CA's certificate",
                detail=Foreign(error.strerror or ""),
            ) from None

    def _server_settings(self) -> dict[str, str] | None:
        if self.target.transaction_pooled:
            return None
        return {"application_name": self.APPLICATION}

    @asynccontextmanager
    async def transaction(self, statement_timeout_s: float) -> AsyncIterator[Rows]:
        """A READ ONLY transaction with limits; the connection is dropped when anything goes wrong.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        self._begun_look()
        try:
            await self._execute(_begin(statement_timeout_s, self.APPLICATION))
            yield self
            await self._execute("COMMIT")
        except BaseException as error:
            await self._undo(error)
            raise

    async def converse(self, sql: str, statement_timeout_s: float) -> bytes:
        """Ask one statement without arguments in such a transaction, with a single message.

        `transaction` and `fetch` go to the server and back three times, and send four packets.

        Returns:
            What the server said, as it said it: values are texts; see `answer.only_value`.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        driver = self._begun_look()
        begin = _begin(statement_timeout_s, self.APPLICATION)
        try:
            if not self._times_each_statement:
                await self._execute(begin)
                begin = ""
            driver.guard.listen()
            with StumblingTold(driver):
                await driver.execute(f"{begin}; {sql}; COMMIT")
            return driver.guard.heard()
        except BaseException as error:
            await self._undo(error)
            raise

    def _begun_look(self) -> Driver:
        if self._driver is None:
            raise asyncpg.InterfaceError("not connected")
        self._driver.guard.begin_look()
        return self._driver

    async def _undo(self, error: BaseException) -> None:
        if isinstance(error, asyncpg.PostgresError) and self.is_open:
            with contextlib.suppress(*DRIVER_ERRORS):
                await self._execute("ROLLBACK")
                return
        # Cancelled or broken: nobody knows what the connection would say next.
        self.drop()

    async def _execute(self, sql: str) -> None:
        if self._driver is None:
            raise asyncpg.InterfaceError("not connected")
        with StumblingTold(self._driver):
            await self._driver.execute(sql)

    async def fetch(self, sql: str) -> Sequence[Row]:
        """All rows of one statement without arguments.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        if self._driver is None:
            raise asyncpg.InterfaceError("not connected")
        with StumblingTold(self._driver):
            if sql not in self._described:
                # Without the driver's cache this has no name at the server: the statement is
                # parsed anew, in one packet with its execution. Only its columns are remembered.
                self._described[sql] = await self._driver.prepare(sql)
            rows: Sequence[Row] = await self._described[sql].fetch()
        return rows

    async def prepare(self, sql: str) -> Any:
        """A statement that somebody else wrote, prepared and not run.

        The server refuses more than one command here, and says which columns and parameters
        there are.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        if self._driver is None:
            raise asyncpg.InterfaceError("not connected")
        with StumblingTold(self._driver):
            return await self._driver.prepare(sql)

    async def run(self, prepared: Any, *arguments: object) -> Sequence[Row]:
        """All rows of a prepared statement.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        with StumblingTold(self._driver):
            rows: Sequence[Row] = await prepared.fetch(*arguments)
        return rows

    def drop(self) -> None:
        """Let go of the connection at once, without a word to a server that may not listen."""
        driver, self._driver = self._driver, None
        self._described = {}
        if driver is not None:
            driver.terminate()

    async def close(self) -> None:
        """Say goodbye, for half a second at most; never raises for what the server does."""
        driver = self._driver
        if driver is None or driver.is_closed():
            self.drop()
            return
        with contextlib.suppress(*DRIVER_ERRORS):
            await driver.close(timeout=_GOODBYE_S)
        self.drop()
