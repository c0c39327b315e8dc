"""What the engine knows of whoever tells people of its alerts; `actions.notices` does."""

from collections.abc import Callable
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


class Telling:
    """Hands snapshots to the teller, if there is one; used in the engine's loop.

    Args:
        note: Where what was told goes: the timeline.
    """

    def __init__(self, note: Callable[[Event], None]) -> None:
        self._note = note
        self._teller: Teller | None = None

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
        if self._teller is None:
            return snapshot
        if judged:
            self._teller.look(snapshot)
        return self._teller.shown(snapshot)

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        """Send a message that is marked as a test; what became of it, in words."""
        if self._teller is None:
            return "no channel is configured"
        return await self._teller.test(workspace, channel, operator)

    async def aclose(self) -> None:
        """Tell nothing more."""
        await self.use(None)
