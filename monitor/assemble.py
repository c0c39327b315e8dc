"""Builds what a workspace looks like at one instant from what is remembered of it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_track import AlertTrack
from monitor.alerts import alerts_of
from monitor.counts import Quiet, Things, count, level_of, needs_more, quiet_of
from monitor.database_alerts import unreachable_alerts
from monitor.deploy_tracks import DeployTracks
from monitor.deploys import LiveVersion, drift
from monitor.events import Event
from monitor.kept import KeptViews
from monitor.kpis import KpiTrack
from monitor.maintenance import Span
from monitor.notices import deploy_notices, privilege_notices
from monitor.pane_statuses import (
    alerts_status,
    deploys_status,
    endpoints_status,
    kpis_status,
    vendors_status,
)
from monitor.panes import pane_status
from monitor.sessions import Ordered
from monitor.snapshot import (
    AlertView,
    Counts,
    DatabaseView,
    EndpointCell,
    EndpointRow,
    KpiView,
    PaneStatus,
    WorkspaceView,
)
from monitor.states import EndpointState, Freshness
from monitor.systems import system_view
from monitor.tracks import CheckTrack, SourceTrack
from monitor.vendors import vendor_view
from monitor.verdicts import Phase
from monitor.words import span_words
from monitor.workspace import DatabaseSpec, EndpointRowSpec, WorkspaceSpec
from monitor.worst import worst_words
from providers.base import SourceKind
from providers.clock import Moment
from providers.database_readings import DatabaseReading
from providers.probe_readings import Role
from providers.readings import SourceId


class _Seen(Struct, frozen=True, kw_only=True):
    """What is judged at one instant; the panes are drawn from it."""

    rows: tuple[EndpointRow, ...]
    kpis: tuple[KpiView, ...]
    databases: tuple[DatabaseView, ...]
    alerts: tuple[AlertView, ...]
    windows: tuple[Span, ...]
    quiet: Quiet
    counts: Counts


class WorkspaceTrack:
    """One workspace between two snapshots.

    Args:
        spec: What is watched.
        sources: All sources by id; shared with other workspaces.
        checks: Its endpoint checks by source; kept over a change of the configuration.
        kpis: Its KPIs.
    """

    def __init__(
        self,
        spec: WorkspaceSpec,
        sources: Mapping[SourceId, SourceTrack],
        checks: Mapping[SourceId, CheckTrack],
        kpis: Sequence[KpiTrack],
    ) -> None:
        self.spec = spec
        self.checks = checks
        self.kpis = kpis
        self._sources = sources
        self._deploying = self._tracks(spec.deploy_sources)
        self._deployed = DeployTracks(spec.services, self._deploying)
        self._databases = {one.source: self._tracks([one.source]) for one in spec.databases}
        self._all_databases = self._tracks(self._databases)
        self._drawn: dict[str, EndpointRow] = {}
        self._sessions = Ordered()
        self.alerting = AlertTrack(spec)
        self.alerting.calendar.tell(kpis)
        read_for = chain.from_iterable((ref.source for ref in track.refs) for track in kpis)
        self._kpi_sources = self._tracks(read_for)
        read_too = (track.spec.id for track in self._kpi_sources)
        self._alert_sources = self._tracks(chain(checks, self._databases, read_too))
        self._endpoints = [track.source for track in checks.values()]
        self._pages = self._tracks(spec.vendor_sources)
        self._vendors = KeptViews(self._pages, vendor_view)
        mine = (one for one in sources.values() if one.spec.workspace == spec.name)
        systems = [one for one in mine if one.spec.kind is SourceKind.SYSTEM]
        self._systems = KeptViews(systems, system_view)
        self._liveness = {
            (row.service, environment): check.source
            for row in spec.rows
            for environment, check in row.checks.items()
            if check.role is Role.LIVENESS
        }

    def view(
        self, now: Moment, timeline: tuple[Event, ...], *, offline: bool, one_pass: bool = False
    ) -> WorkspaceView:
        """The workspace at this instant.

        Args:
            now: The instant.
            timeline: Its events, newest first.
            offline: Whether judgement is suspended.
            one_pass: Whether all was read once only: what needs more is then no unknown.
        """
        seen = self._see(now, offline=offline, one_pass=one_pass)
        worst, worst_since = worst_words(self.spec, seen.alerts, seen.rows, seen.quiet.cell)
        deploys = self._deployed.views(seen.alerts)
        return WorkspaceView(
            spec=self.spec,
            level=level_of(seen.counts, seen.alerts),
            counts=seen.counts,
            worst=worst,
            worst_since=worst_since,
            alerts=seen.alerts,
            alerts_status=alerts_status(self._alert_sources, now, seen.alerts),
            endpoints=seen.rows,
            endpoints_status=endpoints_status(self._endpoints, now),
            kpis=seen.kpis,
            kpis_status=kpis_status(self.spec, self._kpi_sources, now),
            databases=seen.databases,
            queries_status=self._queries_status(now, seen.databases),
            deploys=deploys,
            deploys_status=deploys_status(self._deploying, now, deploys, self._deploy_notices()),
            vendors=self._vendors.at(now),
            vendors_status=vendors_status(self._pages, now),
            timeline=timeline,
            notices=self._notices(seen.kpis if one_pass else ()),
            systems=self._systems.at(now),
            cares=self.alerting.listed,
            maintenance=seen.windows,
            coming=self.alerting.calendar.soon(now.at),
        )

    def _see(self, now: Moment, *, offline: bool, one_pass: bool) -> _Seen:
        rows = self._rows(now)
        kpis = tuple(_kpi_view(track, now, offline=offline) for track in self.kpis)
        databases = tuple(self._database(spec, now) for spec in self.spec.databases)
        others = self._unreachable(now, one_pass=one_pass)
        found = alerts_of(self.spec, rows, kpis, databases, now, others)
        alerts = self.alerting.view(found, now, offline=offline)
        windows = self.alerting.calendar.now(now.at)
        quiet = quiet_of(windows, alerts)
        return _Seen(
            rows=rows,
            kpis=kpis,
            databases=databases,
            alerts=alerts,
            windows=windows,
            quiet=quiet,
            counts=self._count(now, rows, kpis, databases, alerts, quiet, one_pass=one_pass),
        )

    def _unreachable(self, now: Moment, *, one_pass: bool) -> Iterable[AlertView]:
        read_by = ((one, self._sources.get(one.source)) for one in self.spec.databases)
        return unreachable_alerts(read_by, now, one_pass=one_pass)

    def _count(
        self,
        now: Moment,
        rows: Sequence[EndpointRow],
        kpis: Sequence[KpiView],
        databases: Sequence[DatabaseView],
        alerts: Sequence[AlertView],
        quiet: Quiet,
        *,
        one_pass: bool,
    ) -> Counts:
        things = Things(
            workspace=self.spec.name,
            rows=rows,
            kpis=[view for view in kpis if not (one_pass and needs_more(view))],
            databases=[(self._sources.get(one.spec.source), one) for one in databases],
            deploys=self._deploying,
        )
        return count(things, alerts, now, quiet)

    def _tracks(self, ids: Iterable[SourceId]) -> list[SourceTrack]:
        return [self._sources[one] for one in dict.fromkeys(ids) if one in self._sources]

    def _rows(self, now: Moment) -> tuple[EndpointRow, ...]:
        live = self._deployed.live()
        return tuple(self._row(row, now, live) for row in self.spec.rows)

    def _row(
        self, row: EndpointRowSpec, now: Moment, live: Mapping[tuple[str, str], LiveVersion]
    ) -> EndpointRow:
        cells: dict[str, EndpointCell] = {}
        for environment, check in row.checks.items():
            track = self.checks.get(check.source)
            if track is not None:
                version = live.get((row.service, environment)) if live else None
                # Asked only where it matters: the liveness check of one's own service.
                readiness = check.role is Role.READINESS
                alive = readiness and self._alive(row.service, environment, now)
                cells[environment] = track.cell(now, version, alive=alive)
        known = self._drawn.get(row.key)
        if known is not None and all(known.cells.get(env) is one for env, one in cells.items()):
            return known
        drawn = EndpointRow(
            spec=row, cells=cells, drift=drift([cell.version for cell in cells.values()])
        )
        self._drawn[row.key] = drawn
        return drawn

    def _alive(self, service: str, environment: str, now: Moment) -> bool:
        source = self._liveness.get((service, environment))
        track = None if source is None else self.checks.get(source)
        if track is None or track.freshness(now) is not Freshness.LIVE:
            return False
        return track.state.shown in {EndpointState.OK, EndpointState.SLOW}

    def _database(self, spec: DatabaseSpec, now: Moment) -> DatabaseView:
        track = self._sources.get(spec.source)
        payload = None if track is None else track.payload
        reading = payload if isinstance(payload, DatabaseReading) else None
        believed = track is not None and track.freshness(now) is not Freshness.UNKNOWN
        rows = self._sessions.rows(spec, reading) if reading is not None and believed else ()
        return DatabaseView(
            spec=spec,
            status=pane_status(
                self._databases[spec.source],
                now,
                missing=f"{spec.title} is not read",
                advice="give its environment a host",
                empty="" if rows else f"no query over {span_words(spec.long_query_s)}",
            ),
            reading=reading,
            at=track.at if track is not None else None,
            rows=rows,
        )

    def _queries_status(self, now: Moment, databases: Sequence[DatabaseView]) -> PaneStatus:
        over = min((one.long_query_s for one in self.spec.databases), default=300.0)
        return pane_status(
            self._all_databases,
            now,
            missing="no database is configured",
            advice="add one under databases: in the configuration",
            empty="" if any(one.rows for one in databases) else f"no query over {span_words(over)}",
            notices=self._database_notices(),
        )

    def _deploy_notices(self) -> tuple[str, ...]:
        return deploy_notices(self.spec, self._deployed.readings(), self._sources)

    def _database_notices(self) -> tuple[str, ...]:
        return privilege_notices(self._all_databases)

    def _notices(self, one_pass_kpis: Sequence[KpiView]) -> tuple[str, ...]:
        waiting = [view.spec.title for view in one_pass_kpis if needs_more(view)]
        words = (f"not judged in a single pass: {', '.join(waiting)}",) if waiting else ()
        return (*self._deploy_notices(), *self._database_notices(), *words)


def _kpi_view(track: KpiTrack, now: Moment, *, offline: bool) -> KpiView:
    """A KPI with what its rule about missing numbers says, while that is not fine."""
    view = track.view(now, suspended=offline)
    if track.silence is None:
        return view
    verdict = track.silence.look(now, view.reason, suspended=offline)
    return view if verdict.phase is Phase.OK else replace(view, no_data=verdict)
