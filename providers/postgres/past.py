"""What is asked of whoever keeps the past: how large something was some time ago."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from providers.readings import SourceId


class Sample(Struct, frozen=True, kw_only=True):
    """One number of the past."""

    at: datetime
    value: float


class Past(Protocol):
    """The numbers of earlier reads, of this run of the program or of one before."""

    async def earlier(self, source: SourceId, metric: str, reach_s: float) -> Sample | None:
        """The oldest number that is kept of the last `reach_s` seconds; never raises."""
        ...


class NoPast:
    """Nothing is kept."""

    async def earlier(self, source: SourceId, metric: str, reach_s: float) -> Sample | None:
        """Never anything."""
        return None
