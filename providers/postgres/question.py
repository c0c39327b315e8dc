"""Statements that an operator wrote, asked so that they can only read, and only one at a time.

Nothing is parsed for that: the server prepares each statement, which it refuses for more than one
command, and one that would return no columns is not run. Each has a READ ONLY transaction of its
own with the limits of `Connection`.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
from msgspec import Struct

from providers.errors import BadAnswer, ProviderError
from providers.postgres.connection import Connection
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.options import DatabaseOptions
from providers.postgres.target import SYSTEM, Target, resolve_target
from providers.secrets import redact
from providers.text import Foreign

MOST_ROWS: Final = 50
MOST_COLUMNS: Final = 8
LONGEST_CELL: Final = 200
_WRONG_TYPE: Final = "$1 and $2 are compared with a {kind}; they are times, as created_at is"


class Window(Struct, frozen=True, kw_only=True):
    """From when to when, for `$1` and `$2`; the end is not part of it."""

    begins: datetime
    ends: datetime


class Table(Struct, frozen=True, kw_only=True):
    """What a statement returned."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    """Numbers as float, times in UTC, null as None, everything else as `Foreign`."""

    windowed: bool
    """Whether the statement took a window."""

    left_out: int = 0
    """Rows beyond `MOST_ROWS`."""


class Questions:
    """A connection for a few statements; not for two tasks at once."""

    def __init__(self, connection: Connection, options: DatabaseOptions, limit_s: float) -> None:
        self._connection = connection
        self._statement_timeout_s = options.statement_timeout_s
        self._limit_s = limit_s

    async def ask(self, operation: str, sql: str, window: Window) -> Table:
        """Ask one statement.

        Args:
            operation: For the errors.
            sql: One SELECT; it takes no parameters, or two times: `$1` and `$2`.
            window: For these two.

        Raises:
            ProviderError: The statement is not one that only reads, or it failed.
        """
        try:
            if not self._connection.is_open:
                await self._connection.open()
            async with self._connection.transaction(self._statement_timeout_s):
                prepared = await self._connection.prepare(sql)
                columns = tuple(each.name for each in prepared.get_attributes())
                arguments = _arguments(operation, prepared, columns, window)
                rows = await self._connection.run(prepared, *arguments)
        except DRIVER_ERRORS as error:
            raise told(error, operation, self._connection.target, self._limit_s) from None
        return Table(
            columns=columns[:MOST_COLUMNS],
            rows=tuple(_row(row, columns[:MOST_COLUMNS]) for row in rows[:MOST_ROWS]),
            windowed=bool(arguments),
            left_out=max(0, len(rows) - MOST_ROWS),
        )


@asynccontextmanager
async def asking(options: DatabaseOptions, limit_s: float) -> AsyncIterator[Questions]:
    """Connect for a few statements, and leave no connection behind.

    Args:
        options: Which database.
        limit_s: For all of them together.

    Raises:
        ProviderError: It could not be reached, or took longer.
    """
    limit = asyncio.timeout(limit_s)
    target: Target | None = None
    try:
        async with limit:
            target = await resolve_target(options)
            connection = await _connected(target, limit_s)
            try:
                yield Questions(connection, options, limit_s)
            finally:
                await connection.close()
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise told(error, "ask", target, limit_s) from None


async def _connected(target: Target, limit_s: float) -> Connection:
    connection = Connection(target)
    try:
        await connection.open()
    except DRIVER_ERRORS as error:
        raise told(error, "connect", target, limit_s) from None
    return connection


def told(
    error: BaseException, operation: str, target: Target | None, limit_s: float
) -> ProviderError:
    """The error of our tree; what the server finds wrong with the statement is quoted."""
    missing_right = isinstance(error, asyncpg.InsufficientPrivilegeError)
    if isinstance(error, asyncpg.SyntaxOrAccessError) and not missing_right:
        said = Foreign(redact(str(getattr(error, "message", "") or "")))
        return _refused(operation, "the server does not take the statement", said)
    if missing_right:
        error_words = translated(error, operation=operation, target=target, limit_s=limit_s)
        advice = "GRANT SELECT on what it reads, or on a view of it, to the role"
        return type(error_words)(
            SYSTEM,
            operation,
            "the role may not read what the statement asks for",
            advice=advice,
            detail=error_words.detail,
        )
    return translated(error, operation=operation, target=target, limit_s=limit_s)


def _refused(operation: str, reason: str, said: Foreign | None = None) -> BadAnswer:
    advice = "write one SELECT, with the schema before each table (public.orders)"
    return BadAnswer(SYSTEM, operation, reason, advice=advice, detail=said)


_AS: Final[Mapping[str, Any]] = {
    "timestamptz": lambda at: at,
    "timestamp": lambda at: at.astimezone(UTC).replace(tzinfo=None),
    "date": lambda at: at.astimezone(UTC).date(),
}


def _arguments(
    operation: str, prepared: Any, columns: Sequence[str], window: Window
) -> tuple[object, ...]:
    """The window as the statement's own types want it; nothing for one without parameters."""
    if not columns:
        # COMMIT, SET or DELETE: nothing to show, and not what this is for.
        raise _refused(operation, "the statement returns no columns, so it was not run")
    kinds = [each.name for each in prepared.get_parameters()]
    if not kinds:
        return ()
    if len(kinds) != 2:
        raise _refused(operation, f"it takes {len(kinds)} parameters instead of $1 and $2")
    strange = [kind for kind in kinds if kind not in _AS]
    if strange:
        raise _refused(operation, _WRONG_TYPE.format(kind=strange[0][:20]))
    return _AS[kinds[0]](window.begins), _AS[kinds[1]](window.ends)


def _row(row: Any, columns: Sequence[str]) -> tuple[object, ...]:
    return tuple(_cell(row[place]) for place in range(len(columns)))


def _cell(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, bool):
        return Foreign("yes" if value else "no")
    if isinstance(value, int | float | Decimal):
        return _number(value)
    return Foreign(Foreign(redact(str(value)[: LONGEST_CELL * 4])).line(LONGEST_CELL))


def _number(value: "int | float | Decimal") -> float | None:
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None
