"""Waits, with a bound, for what tells nobody of its changes: another process, a server, a thread.

What can tell is waited for by its event; time that only passes is a clock's (`tests.fakes`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

LATE_S: Final = 30.0
"""On a busy machine everything may take a while."""

_LOOK_S: Final = 0.005


async def until(holds: Callable[[], object], within_s: float = LATE_S) -> None:
    """Come back as soon as it holds.

    Args:
        holds: Gives whether, or something to wait for that does.
        within_s: How long it may take.

    Raises:
        TimeoutError: It did not come to hold.
    """
    async with asyncio.timeout(within_s):
        while not await _told(holds()):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(_LOOK_S)


async def _told(found: object) -> object:
    return await found if isinstance(found, Awaitable) else found
