"""What every provider offers, and nothing about how."""

import enum
from typing import Protocol

from msgspec import Struct

from providers.harvest import Harvest
from providers.readings import SourceId


class SourceKind(enum.Enum):
    """The kinds of source, by what they are asked."""

    ENDPOINT = "endpoint"
    DATABASE = "database"
    DEPLOYS = "deploys"
    VENDOR_STATUS = "status page"


class SourceSpec(Struct, frozen=True, kw_only=True):
    """How one source is named and how often it is asked."""

    id: SourceId
    workspace: str
    environment: str
    """Empty for a source that belongs to no environment."""

    kind: SourceKind
    title: str
    """In the operator's words, for panes and messages."""

    system: str
    """`HTTP`, `PostgreSQL`, `Vercel`, `Render`, `GitHub`, … for grouping in `doctor`."""

    interval_s: float
    timeout_s: float
    """No read may take longer, all its requests together."""


class Source(Protocol):
    """One source that can be read again and again."""

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        ...

    async def read(self) -> Harvest:
        """Ask once.

        Raises:
            ProviderError: The source did not give what was asked. For an endpoint, an answer of
                any status and a failed connection are readings, not errors.
        """
        ...

    async def aclose(self) -> None:
        """Give connections back; may be called twice, never raises."""
        ...
