"""The line of vendors and systems: what their pages and their own answers say, in one sign each."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from monitor.snapshot import DatabaseView, PaneState, VendorView
from monitor.states import Freshness
from monitor.system_view import SystemView
from providers.system_readings import Condition
from providers.vendor_readings import VendorReading, VendorState

_DATABASES: Final = "PostgreSQL"
"""As their systems are called."""

_STATES: Final = {
    Condition.FINE: VendorState.OPERATIONAL,
    Condition.NOTABLE: VendorState.OPERATIONAL,
    Condition.DEGRADED: VendorState.DEGRADED,
    Condition.BROKEN: VendorState.PARTIAL_OUTAGE,
    Condition.PAUSED: VendorState.MAINTENANCE,
    Condition.UNKNOWN: VendorState.UNKNOWN,
}
_ORDER: Final = (
    VendorState.OPERATIONAL,
    VendorState.MAINTENANCE,
    VendorState.UNKNOWN,
    VendorState.DEGRADED,
    VendorState.PARTIAL_OUTAGE,
    VendorState.MAJOR_OUTAGE,
)
"""The last one is told when several are known of one vendor."""


def strip(
    vendors: Sequence[VendorView],
    systems: Sequence[SystemView],
    databases: Sequence[DatabaseView] = (),
) -> tuple[VendorView, ...]:
    """One entry a vendor: its status page, and under the same name what our accounts there say.

    A system without a page of its name stands behind the pages, under its own. What was last read
    in depth of a database is no word on one that does not answer now.
    """
    found = {vendor.name.casefold(): vendor for vendor in vendors}
    for system in systems:
        name = system.spec.system.casefold()
        own = _entry(system)
        known = found.get(name)
        found[name] = own if known is None else _worse(known, own)
    for database in databases:
        known = found.get(_DATABASES.casefold())
        if known is not None and database.status.state is PaneState.FAILED:
            found[_DATABASES.casefold()] = _worse(known, _silent(database))
    return tuple(found.values())


def _silent(database: DatabaseView) -> VendorView:
    return VendorView(
        name=_DATABASES,
        source=database.spec.source,
        state=VendorState.UNKNOWN,
        freshness=Freshness.UNKNOWN,
        reading=None,
        failure=None,
        at=database.at,
    )


def _entry(system: SystemView) -> VendorView:
    reading = system.reading
    state = _STATES[system.condition]
    words = None
    if reading is not None:
        name = system.spec.system
        words = VendorReading(vendor=name, state=state, description=reading.summary)
    return VendorView(
        name=system.spec.system,
        source=system.spec.id,
        state=state,
        freshness=system.freshness,
        reading=words,
        failure=system.failure,
        at=system.at,
    )


def _worse(known: VendorView, own: VendorView) -> VendorView:
    """The entry that tells more; one that is still awaited tells nothing yet."""
    if own.freshness is Freshness.LOADING:
        return known
    if known.freshness is Freshness.LOADING:
        return replace(own, name=known.name)
    worse = max(known, own, key=lambda entry: _ORDER.index(_seen(entry)))
    return replace(worse, name=known.name)


def _seen(entry: VendorView) -> VendorState:
    return VendorState.UNKNOWN if entry.freshness is Freshness.UNKNOWN else entry.state
