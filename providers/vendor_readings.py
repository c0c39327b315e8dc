"""What a vendor's status page says of the vendor. Values only."""

import enum
from dataclasses import dataclass
from datetime import datetime

from providers.text import Foreign


class VendorState(enum.Enum):
    """What a vendor's status page says of it."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial outage"
    MAJOR_OUTAGE = "major outage"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorIncident:
    """An incident or a maintenance on a vendor's status page."""

    id: str
    title: Foreign
    state: Foreign
    impact: Foreign
    began_at: datetime | None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorReading:
    """A vendor's status page: context written by people, never proof of health."""

    vendor: str
    state: VendorState
    description: Foreign
    components: tuple[tuple[Foreign, VendorState], ...] = ()
    """Those that the configuration names; without names, all that are not operational."""

    incidents: tuple[VendorIncident, ...] = ()
    updated_at: datetime | None = None
