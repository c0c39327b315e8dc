"""One transaction that changes something, on a connection of its own; for `actions` alone.

It ends in one of four ways, and each is told from the others:

| what happened | told as |
| --- | --- |
| COMMIT was answered | `Carried` |
| a statement failed, or changed another number of rows; ROLLBACK was answered | `RolledBack` |
| the connection was lost, and COMMIT was never sent | an error; `Trail.commit_sent` is false |
| COMMIT was sent, and its answer was lost | an error; `Trail.commit_sent` is true |

What became of a transaction can be asked later (`fate.fate_of`). As its first statement it takes an
advisory lock whose number is made of the request's id, and which the server gives back with the
end of the transaction: so whoever gets that lock knows that it is over, and nothing of it can
still come. Then its number says whether it was committed; after a crash, which loses the number,
a row with the request's id does. The lock lives and dies with the transaction, so a pooler does
no harm. Nothing is prepared by name, and every setting is `SET LOCAL`.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import ClassVar, Final

import asyncpg
from msgspec import Struct

from providers.errors import ProviderError, Refused, Unreachable
from providers.postgres.binding import bound
from providers.postgres.connection import Connection
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.options import DatabaseOptions
from providers.postgres.rows import Row
from providers.postgres.statements import statement
from providers.postgres.target import SYSTEM, Target, resolve_target
from providers.secrets import redact
from providers.text import Foreign

ACTION_NAME: Final = "quarterdeck action"
WHOLE_S: Final = 25.0
"""A transaction from connecting to COMMIT; told as lost before the door gives up on it."""

_STATEMENT_S: Final = 8.0
_LOCK_S: Final = 3.0
_IDLE_S: Final = 10.0
"""Should we vanish without a word, the server lets go of the transaction after this."""

_BEGIN: Final = (
    # Said so, for the role's default may be READ ONLY; repeatable errors beat wrong counts.
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
    "SET LOCAL search_path TO pg_catalog, pg_temp; "
    f"SET LOCAL application_name TO '{ACTION_NAME}'; "
    # What is told as done has to survive a crash of the server.
    "SET LOCAL synchronous_commit TO on; "
    f"SET LOCAL statement_timeout TO {round(_STATEMENT_S * 1000)}; "
    f"SET LOCAL lock_timeout TO {round(_LOCK_S * 1000)}; "
    f"SET LOCAL idle_in_transaction_session_timeout TO {round(_IDLE_S * 1000)}"
)


class RolledBack(Refused):
    """The server took everything back: nothing was changed."""

    word = "rolled back"


class Change(Struct, frozen=True, kw_only=True):
    """One statement of a transaction."""

    title: str
    """For messages: `delete sessions`."""

    sql: str
    """One command, with `$1`, `$2` …; names are qualified."""

    values: tuple[str | None, ...] = ()
    """As texts; bound, never written into the statement."""

    rows: int | None = None
    """Exactly so many have to be affected; None: no matter."""

    otherwise: str = ""
    """What it means when there are more or fewer."""


class Carried(Struct, frozen=True, kw_only=True):
    """A transaction that was committed."""

    xid: str
    counts: tuple[int, ...]
    """Rows affected by each statement."""


class Trail(Struct, kw_only=True):
    """What is known of one transaction while and after it is carried out."""

    xid: str = ""
    commit_sent: bool = False


class ActionConnection(Connection):
    """A connection that may change something; made for one transaction, or for one look."""

    APPLICATION: ClassVar[str] = ACTION_NAME

    async def begin(self) -> None:
        """Begin to write.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        self._begun_look()
        await self._execute(_BEGIN)

    async def ask(self, sql: str, *values: str | None) -> Sequence[Row]:
        """All rows of one statement.

        Raises:
            Refused: A value does not fit the parameter's type.
            OSError: or another of `DRIVER_ERRORS`.
        """
        prepared = await self.prepare(sql)
        return await self.run(prepared, *bound(prepared, values))

    async def affect(self, change: Change) -> int:
        """Carry out one statement; gives how many rows it affected.

        Raises:
            Refused: A value does not fit the parameter's type.
            OSError: or another of `DRIVER_ERRORS`.
        """
        prepared = await self.prepare(change.sql)
        await self.run(prepared, *bound(prepared, change.values))
        count = str(prepared.get_statusmsg()).rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def finish(self, word: str) -> str:
        """COMMIT or ROLLBACK; gives what the server says it did.

        Raises:
            OSError: or another of `DRIVER_ERRORS`.
        """
        driver = self._begun_look()
        return str(await driver.execute(word))


async def carry_out(
    options: DatabaseOptions, request: str, changes: Sequence[Change], trail: Trail
) -> Carried:
    """All of it in one transaction, or nothing.

    Args:
        options: The database, and as whom.
        request: Unique; by it `fate_of` finds out what became of it.
        changes: In this order.
        trail: Told how far it has come, also when this raises.

    Raises:
        RolledBack: Nothing was changed, and the server said so.
        Unreachable: No connection could be made, so nothing was changed; or it was lost, and then
            `after_sending` is set.
        ProviderError: The secret could not be had, or the login was refused.
    """
    operation = "change"
    target = await resolve_target(options)
    connection = ActionConnection(target)
    try:
        async with asyncio.timeout(WHOLE_S):
            await _open(connection, operation)
            return await _transaction(connection, request, changes, trail)
    except DRIVER_ERRORS as error:
        connection.drop()
        raise _lost(error, operation, target, trail) from None
    finally:
        await connection.close()


async def _open(connection: ActionConnection, operation: str) -> None:
    try:
        await connection.open()
    except DRIVER_ERRORS as error:
        found = translated(error, operation=operation, target=connection.target, limit_s=WHOLE_S)
        # Whatever kind of trouble: nothing was begun.
        reason = f"no connection, nothing was changed: {found.reason}"
        raise Unreachable(
            SYSTEM, operation, reason, advice=found.advice, detail=found.detail
        ) from None


async def _transaction(
    connection: ActionConnection, request: str, changes: Sequence[Change], trail: Trail
) -> Carried:
    counts: list[int] = []
    doing = "begin"
    try:
        await connection.begin()
        trail.xid = await _marked(connection, request)
        for change in changes:
            doing = change.title
            counts.append(await _counted(connection, change))
        doing = "commit"
        trail.commit_sent = True
        done = await connection.finish("COMMIT")
    except RolledBack:
        trail.commit_sent = False
        await _rolled_back(connection)
        raise
    except (asyncpg.PostgresError, Refused) as error:
        await _rolled_back(connection)
        trail.commit_sent = False
        raise _refused(error, doing, connection.target) from None
    if done != "COMMIT":
        trail.commit_sent = False
        raise RolledBack(SYSTEM, "commit", "the server rolled it back: nothing was changed")
    return Carried(xid=trail.xid, counts=tuple(counts))


async def _rolled_back(connection: ActionConnection) -> None:
    """Have it rolled back, and hear so; raises one of `DRIVER_ERRORS` when it is not heard."""
    if not connection.is_open:
        raise asyncpg.InterfaceError("the connection is gone")
    await connection.finish("ROLLBACK")


async def _marked(connection: ActionConnection, request: str) -> str:
    """Take the request's lock; gives the transaction's number."""
    (row,) = await connection.ask(statement("action_mark"), str(lock_number(request)))
    if row["locked"] is not True:
        reason = "the same request is being carried out already: nothing was changed"
        raise RolledBack(SYSTEM, "begin", reason)
    return str(row["xid"])


async def _counted(connection: ActionConnection, change: Change) -> int:
    count = await connection.affect(change)
    if change.rows is not None and count != change.rows:
        why = f" ({change.otherwise})" if change.otherwise else ""
        reason = f"{count} rows instead of {change.rows}{why}: rolled back, nothing was changed"
        raise RolledBack(SYSTEM, change.title, reason)
    return count


def lock_number(request: str) -> int:
    """The number of a request's advisory lock."""
    digest = hashlib.sha256(f"quarterdeck {request}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def told(
    error: BaseException, operation: str, target: Target | None, limit_s: float
) -> ProviderError:
    """The error of our tree; a missing right is named as the server names it."""
    found = translated(error, operation=operation, target=target, limit_s=limit_s)
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return type(found)(
            SYSTEM,
            operation,
            "the action's login may not do this",
            advice="grant it what SECURITY.md lists for this action",
            detail=found.detail,
        )
    return found


def _lost(error: BaseException, operation: str, target: Target, trail: Trail) -> Unreachable:
    found = told(error, operation, target, WHOLE_S)
    when = "while COMMIT was answered" if trail.commit_sent else "inside the transaction"
    lost = Unreachable(
        SYSTEM, operation, f"lost {when}: {found.reason}", advice=found.advice, detail=found.detail
    )
    lost.after_sending = True
    return lost


def _refused(error: BaseException, doing: str, target: Target) -> RolledBack:
    if isinstance(error, Refused):
        return RolledBack(SYSTEM, doing, f"{error.reason}: nothing was changed")
    found = told(error, doing, target, _STATEMENT_S)
    said = found.detail or Foreign(redact(str(getattr(error, "message", "") or "")))
    return RolledBack(
        SYSTEM,
        doing,
        f"{found.reason}: rolled back, nothing was changed",
        advice=found.advice,
        detail=said,
    )
