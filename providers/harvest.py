"""Everything that one read of one source brought home. Values only."""

from dataclasses import dataclass

from providers.clock import Moment
from providers.database_readings import DatabaseReading
from providers.deploy_readings import DeploysReading
from providers.probe_readings import ProbeReading
from providers.readings import Reading
from providers.vendor_readings import VendorReading

Payload = ProbeReading | DatabaseReading | DeploysReading | VendorReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Everything one read of one source brought home."""

    payload: Payload
    numbers: tuple[Reading, ...] = ()
    at: Moment
    """When the answer was complete."""
