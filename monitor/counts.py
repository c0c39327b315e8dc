"""How many things of a workspace stand at which level; pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from monitor.kpi_shown import shown
from monitor.maintenance import Span, covering
from monitor.snapshot import (
    AlertView,
    Counts,
    DatabaseView,
    EndpointCell,
    EndpointRow,
    KpiView,
)
from monitor.states import EndpointState, Freshness
from monitor.statistics import NEEDS_TWO
from monitor.tracks import SourceTrack
from monitor.verdicts import Level, Phase
from providers.clock import Moment


class Quiet(Struct, frozen=True, kw_only=True):
    """What is in a maintenance window."""

    windows: Sequence[Span] = ()
    alerts: frozenset[str] = frozenset()
    """Keys of alerts, also of those that follow from one in a window."""

    def cell(self, row: EndpointRow, environment: str, cell: EndpointCell) -> bool:
        """Whether the check is."""
        if not self.windows:
            return False
        if f"check/{cell.source}" in self.alerts:
            return True
        spec = row.spec
        return covering(self.windows, environment, spec.service, spec.key) is not None

    def kpi(self, workspace: str, view: KpiView) -> bool:
        """Whether the KPI is."""
        spec = view.spec
        key = f"kpi/{workspace}/{spec.key}"
        known = any(one == key or one.startswith(f"{key}/burn-") for one in self.alerts)
        found = covering(self.windows, spec.environment, spec.service, kpi=spec.key)
        return known or found is not None

    def database(self, view: DatabaseView) -> bool:
        """Whether the database is."""
        known = f"unreachable/{view.spec.source}" in self.alerts
        return known or covering(self.windows, view.spec.environment, view.spec.name) is not None


NOT_QUIET: Final = Quiet()


def quiet_of(windows: Sequence[Span], alerts: Iterable[AlertView]) -> Quiet:
    """What is in a window now."""
    if not windows:
        return NOT_QUIET
    return Quiet(
        windows=windows, alerts=frozenset(alert.key for alert in alerts if alert.maintenance)
    )


class Things(Struct, frozen=True, kw_only=True):
    """What is counted. Vendors' status pages are not: people write them, late."""

    workspace: str
    rows: Sequence[EndpointRow]
    kpis: Sequence[KpiView]
    databases: Sequence[tuple[SourceTrack | None, DatabaseView]]
    deploys: Sequence[SourceTrack]
    """Deploy sources: known or not known, never worse."""


def count(
    things: Things, alerts: Sequence[AlertView], now: Moment, quiet: Quiet = NOT_QUIET
) -> Counts:
    """Each endpoint, KPI, database and deploy source once; `stale` is counted besides.

    What is not ok and in a maintenance window is counted as that alone.
    """
    loud = quiet is NOT_QUIET
    cells = [(row, place, cell) for row in things.rows for place, cell in row.cells.items()]
    stale = sum(cell.state is EndpointState.STALE for _, _, cell in cells)
    judged = [
        (cell.verdict.level, not loud and quiet.cell(row, place, cell))
        for row, place, cell in cells
    ]
    judged += [
        (shown(one).level, not loud and quiet.kpi(things.workspace, one)) for one in things.kpis
    ]
    for track, view in things.databases:
        muted = not loud and quiet.database(view)
        judged.append((_database_level(track, view, alerts, now), muted))
        stale += track is not None and track.freshness(now) is Freshness.STALE
    for source in things.deploys:
        fresh = source.freshness(now)
        judged.append((Level.OK if fresh is Freshness.LIVE else Level.UNKNOWN, False))
        stale += fresh is Freshness.STALE
    levels = [level for level, muted in judged if level is Level.OK or not muted]
    return Counts(
        maintenance=len(judged) - len(levels),
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
    return max([counted, *(alert.level for alert in alerts if not alert.maintenance)])


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
