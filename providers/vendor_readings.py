"""What a vendor's status page says of the vendor. Values only."""

import enum
from datetime import datetime

from msgspec import Struct

from providers.text import Foreign


class VendorState(enum.Enum):
    """What a vendor's status page says of it."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial outage"
    MAJOR_OUTAGE = "major outage"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


class VendorIncident(Struct, frozen=True, kw_only=True):
    """An incident or a maintenance on a vendor's status page."""

    id: str
    title: Foreign
    state: Foreign
    impact: Foreign
    began_at: datetime | None
    url: str = ""


class VendorReading(Struct, frozen=True, kw_only=True):
    """A vendor's status page: context written by people, never proof of health."""

    vendor: str
    state: VendorState
    description: Foreign
    components: tuple[tuple[Foreign, VendorState], ...] = ()
    """Those that the configuration names; without names, all that are not operational."""

    incidents: tuple[VendorIncident, ...] = ()
    updated_at: datetime | None = None
