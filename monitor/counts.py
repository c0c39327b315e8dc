"""How many things of a workspace stand at which level; pure."""

from collections.abc import Sequence

from msgspec import Struct

from monitor.snapshot import AlertView, Counts, DatabaseView, EndpointCell, KpiView
from monitor.states import EndpointState, Freshness
from monitor.statistics import NEEDS_TWO
from monitor.tracks import SourceTrack
from monitor.verdicts import Level, Phase
from providers.clock import Moment


class Things(Struct, frozen=True, kw_only=True):
    """What is counted. Vendors' status pages are not: people write them, late."""

    cells: Sequence[EndpointCell]
    kpis: Sequence[KpiView]
    databases: Sequence[tuple[SourceTrack | None, DatabaseView]]
    deploys: Sequence[SourceTrack]
    """Deploy sources: known or not known, never worse."""


def count(things: Things, alerts: Sequence[AlertView], now: Moment) -> Counts:
    """Each endpoint, KPI, database and deploy source once; `stale` is counted besides."""
    levels = [cell.verdict.level for cell in things.cells]
    stale = sum(cell.state is EndpointState.STALE for cell in things.cells)
    levels += [view.verdict.level for view in things.kpis]
    for track, view in things.databases:
        levels.append(_database_level(track, view, alerts, now))
        stale += track is not None and track.freshness(now) is Freshness.STALE
    for source in things.deploys:
        fresh = source.freshness(now)
        levels.append(Level.OK if fresh is Freshness.LIVE else Level.UNKNOWN)
        stale += fresh is Freshness.STALE
    return Counts(
        critical=levels.count(Level.CRITICAL),
        warning=levels.count(Level.WARNING),
        ok=levels.count(Level.OK),
        unknown=levels.count(Level.UNKNOWN),
        stale=stale,
    )


def level_of(counts: Counts, alerts: Sequence[AlertView]) -> Level:
    """The level of the whole: the worst of what is counted and of what alerts (certificates)."""
    if counts.critical:
        return Level.CRITICAL
    counted = Level.OK
    if counts.warning:
        counted = Level.WARNING
    elif counts.unknown:
        counted = Level.UNKNOWN
    return max([counted, *(alert.level for alert in alerts)])


def needs_more(view: KpiView) -> bool:
    """Whether a KPI only lacks a second reading, as all rates do in a single pass."""
    return view.verdict.phase is Phase.UNKNOWN and view.reason == NEEDS_TWO.reason


def _database_level(
    track: SourceTrack | None, view: DatabaseView, alerts: Sequence[AlertView], now: Moment
) -> Level:
    own = max(
        (one.level for one in alerts if one.source == view.spec.source and not one.kpi),
        default=Level.OK,
    )
    known = track is not None and track.freshness(now) is Freshness.LIVE
    return own if known else max(own, Level.UNKNOWN)
