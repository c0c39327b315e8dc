"""Entries of the vendor strip; pure."""

from monitor.snapshot import VendorView
from monitor.states import Freshness
from monitor.tracks import SourceTrack
from providers.clock import Moment
from providers.vendor_readings import VendorReading, VendorState


def vendor_view(track: SourceTrack, now: Moment) -> VendorView:
    """What a status page says; once it is too old to believe, nothing."""
    reading = track.payload if isinstance(track.payload, VendorReading) else None
    fresh = track.freshness(now)
    believed = reading is not None and fresh in {Freshness.LIVE, Freshness.STALE}
    return VendorView(
        name=reading.vendor if reading is not None else track.spec.title,
        source=track.spec.id,
        state=reading.state if reading is not None and believed else VendorState.UNKNOWN,
        freshness=fresh,
        reading=reading,
        failure=track.failure,
        at=track.at,
    )
