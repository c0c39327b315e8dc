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
