"""Everything that one read of one source brought home. Values only."""

from msgspec import Struct

from providers.clock import Moment
from providers.database_readings import DatabaseReading
from providers.deploy_readings import DeploysReading
from providers.log_readings import LogsReading
from providers.probe_readings import ProbeReading
from providers.readings import Reading
from providers.system_readings import SystemReading
from providers.vendor_readings import VendorReading

Payload = (
    ProbeReading | DatabaseReading | DeploysReading | VendorReading | SystemReading | LogsReading
)


class Harvest(Struct, frozen=True, kw_only=True):
    """Everything one read of one source brought home."""

    payload: Payload
    numbers: tuple[Reading, ...] = ()
    at: Moment
    """When the answer was complete."""

    again_s: float | None = None
    """Ask again after so many seconds instead of the interval, if that is sooner: something is
    under way, such as a deploy. None: nothing is, or the vendor's allowance runs short."""
