"""For how long the first picture may stand while no source has answered."""

from typing import Final

from monitor.snapshot import Snapshot
from providers.clock import Moment

PATIENCE_S: Final = 1.0
"""How long the first picture stands when no source answers."""


class Patience:
    """Counts from the first look at a snapshot."""

    def __init__(self) -> None:
        self._since: Moment | None = None

    def awaits(self, newest: Snapshot, now: Moment) -> bool:
        """Whether nobody has answered yet, and it is too early to say so."""
        self._since = self._since or now
        heard = any(source.last_success or source.failure for source in newest.sources.values())
        return bool(newest.sources) and not heard and self._since.age_s(now) < PATIENCE_S
