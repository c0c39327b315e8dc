"""How often the sources of a KPI are read, and how long their readings are believed; pure."""

from collections.abc import Mapping

from msgspec import Struct

from monitor.freshness import stale_after_s
from monitor.workspace import KpiSpec
from providers.base import SourceSpec
from providers.readings import SourceId


class Timing(Struct, frozen=True, kw_only=True):
    """Of the slowest source of a KPI, in seconds."""

    interval_s: float
    """How often it is read."""

    timeout_s: float
    """How long it may take to answer."""

    holds_s: float
    """How old a reading may be and still be believed, of both sides of a ratio."""


def timing_of(spec: KpiSpec, sources: Mapping[SourceId, SourceSpec]) -> Timing:
    """What the sources of a KPI allow; where none is known, what is usual."""
    read = [sources[ref.source] for ref in spec.series if ref.source in sources]
    both = (*spec.series, *spec.denominator)
    holding = (stale_after_s(sources[ref.source]) for ref in both if ref.source in sources)
    return Timing(
        interval_s=max((one.interval_s for one in read), default=15.0),
        timeout_s=max((one.timeout_s for one in read), default=0.0),
        holds_s=max(holding, default=60.0),
    )
