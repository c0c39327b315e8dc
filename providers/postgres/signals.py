"""Asking the server to signal one of its processes; for `actions` alone."""

import asyncio

import asyncpg

from providers.errors import Refused, Unreachable
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.options import DatabaseOptions
from providers.postgres.target import SYSTEM, resolve_target
from providers.postgres.writing import ActionConnection, Change, told

_WHOLE_S = 15.0


async def signal(options: DatabaseOptions, change: Change) -> bool | None:
    """One statement that signals; what it does is not taken back by a ROLLBACK.

    Returns:
        Whether the server signalled; None when no session fitted.

    Raises:
        Refused: The server did not allow it; nothing was signalled.
        Unreachable: No connection; or it was lost, and then `after_sending` is set.
    """
    target = await resolve_target(options)
    connection = ActionConnection(target)
    asked = False
    try:
        async with asyncio.timeout(_WHOLE_S):
            await connection.open()
            await connection.begin()
            asked = True
            rows = await connection.ask(change.sql, *change.values)
            await connection.finish("COMMIT")
    except asyncpg.InsufficientPrivilegeError as error:
        raise Refused(
            SYSTEM,
            change.title,
            "the server did not allow it: nothing was signalled",
            advice="GRANT pg_signal_backend to the actions' login",
            detail=told(error, change.title, target, _WHOLE_S).detail,
        ) from None
    except DRIVER_ERRORS as error:
        connection.drop()
        found = translated(error, operation=change.title, target=target, limit_s=_WHOLE_S)
        lost = Unreachable(SYSTEM, change.title, found.reason, advice=found.advice)
        lost.after_sending = asked
        raise lost from None
    finally:
        await connection.close()
    return bool(rows[0]["signalled"]) if rows else None
