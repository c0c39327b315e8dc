"""What the engine knows of whoever tells people of its alerts; `actions.notices` does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from monitor.events import Event
from monitor.snapshot import Snapshot


class Teller(Protocol):
    """Tells of what it sees in snapshots; used in the engine's loop, and never waits there."""

    note: Callable[[Event], None]
    """Where it says what it has told; set by the engine."""

    def look(self, snapshot: Snapshot) -> None:
        """Take in what there is, and tell what is new; returns at once."""
        ...

    def shown(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with how its channels are doing."""
        ...

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        """Send a message that is marked as a test; what became of it, in words."""
        ...

    async def aclose(self) -> None:
        """Tell nothing more; what is on its way has a moment to arrive."""
        ...


Make = Callable[[], Awaitable[Teller | None]]
"""Makes a teller, once there is time for it."""


class Announcing:
    """Hands snapshots to the teller, if there is one; used in the engine's loop.

    Args:
        note: Where what was told goes: the timeline.
    """

    def __init__(self, note: Callable[[Event], None]) -> None:
        self._note = note
        self._teller: Teller | None = None
        self._make: Make | None = None
        self._making: asyncio.Task[None] | None = None

    def later(self, make: Make | None) -> None:
        """Have a teller made with the next judged snapshot; the one before tells nothing more.

        Args:
            make: Makes it; None: nobody is to be told.
        """
        self._make = make or _nobody

    @property
    def telling(self) -> bool:
        """Whether somebody is told, or will be once that is made."""
        return self._teller is not None or self._make is not None or self._making is not None

    async def use(self, teller: Teller | None) -> None:
        """From now on this one tells; the one before tells nothing more."""
        before, self._teller = self._teller, teller
        if teller is not None:
            teller.note = self._note
        if before is not None:
            await before.aclose()

    def taken(self, snapshot: Snapshot, *, judged: bool) -> Snapshot:
        """The snapshot with how the channels are doing, after it was handed over.

        Args:
            snapshot: As it is to be published.
            judged: Whether what history knows has been taken in; before that nothing is told.
        """
        if judged:
            self._begin()
        if self._teller is None:
            return snapshot
        if judged:
            self._teller.look(snapshot)
        return self._teller.shown(snapshot)

    def _begin(self) -> None:
        if self._making is not None and self._making.done():
            # A bug in there is the engine's own, and ends it.
            self._making.result()
            self._making = None
        if self._make is not None and self._making is None:
            make, self._make = self._make, None
            self._making = asyncio.create_task(self._use(make), name="notices")

    async def _use(self, make: Make) -> None:
        await self.use(await make())

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        """Send a message that is marked as a test; what became of it, in words."""
        if self._teller is None:
            return "no channel is configured"
        return await self._teller.test(workspace, channel, operator)

    async def aclose(self) -> None:
        """Tell nothing more."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)
        await self.use(None)


async def _nobody() -> None:
    return None
