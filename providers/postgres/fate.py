"""Looking as an action's login, and asking what became of a transaction (see `writing`)."""

import asyncio
import enum
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from providers.postgres.failures import DRIVER_ERRORS
from providers.postgres.options import DatabaseOptions
from providers.postgres.rows import Row
from providers.postgres.statements import statement
from providers.postgres.target import Target, resolve_target
from providers.postgres.writing import ActionConnection, Change, Trail, lock_number, told

_LOOK_S: Final = 5.0


class Fate(enum.Enum):
    """What became of a transaction."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    UNDER_WAY = "under way"
    UNKNOWN = "unknown"
    """It is over, and nothing says how it ended."""


class Looking:
    """Statements that only read, in one READ ONLY transaction of the action's login."""

    def __init__(self, connection: ActionConnection) -> None:
        self._connection = connection

    async def rows(self, sql: str, *values: str | None) -> Sequence[Row]:
        """All rows of one statement.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        return await self._connection.ask(sql, *values)


@asynccontextmanager
async def looking(options: DatabaseOptions, operation: str) -> AsyncIterator[Looking]:
    """Connect as the action's login to look at something, and leave nothing behind.

    Raises:
        ProviderError: It could not be reached or asked.
    """
    target: Target | None = None
    connection: ActionConnection | None = None
    try:
        async with asyncio.timeout(2 * _LOOK_S):
            target = await resolve_target(options)
            connection = ActionConnection(target)
            await connection.open()
            async with connection.transaction(_LOOK_S):
                yield Looking(connection)
    except DRIVER_ERRORS as error:
        raise told(error, operation, target, 2 * _LOOK_S) from None
    finally:
        if connection is not None:
            await connection.close()


async def fate_of(
    options: DatabaseOptions, request: str, trail: Trail | None, row: Change | None
) -> Fate:
    """What became of a transaction, as the server tells it now.

    Args:
        options: As for `carry_out`.
        request: As for `carry_out`.
        trail: What is remembered of it; None after a crash of ours.
        row: Finds the row that the transaction would have left, if it leaves one.

    Raises:
        ProviderError: The server could not be asked.
    """
    async with looking(options, "read back") as look:
        (lock,) = await look.rows(statement("action_over"), str(lock_number(request)))
        if lock["over"] is not True:
            return Fate.UNDER_WAY
        if trail is not None and trail.xid:
            (status,) = await look.rows(statement("action_fate"), trail.xid)
            known = _FATES.get(str(status["status"] or ""))
            if known is not None:
                return known
        if row is None:
            return Fate.UNKNOWN
        found = await look.rows(row.sql, *row.values)
    return Fate.COMMITTED if found else Fate.ROLLED_BACK


_FATES: Final = {
    "committed": Fate.COMMITTED,
    "aborted": Fate.ROLLED_BACK,
    "in progress": Fate.UNDER_WAY,
}
