"""All verdicts at one instant: what the engine publishes and everything else draws or prints.

Frozen from top to bottom, so that it can cross from the engine's thread to the screen's.
"""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from monitor.alert_view import AlertView as AlertView
from monitor.budget import Budget
from monitor.care_entries import CareEntry
from monitor.channel_view import ChannelView
from monitor.events import Event
from monitor.group_view import GroupView
from monitor.maintenance import Span
from monitor.states import Drift, EndpointState, Freshness
from monitor.system_view import SystemView
from monitor.verdicts import Level, Verdict
from monitor.workspace import DatabaseSpec, EndpointRowSpec, KpiSpec, ServiceSpec, WorkspaceSpec
from providers.base import SourceSpec
from providers.clock import Moment
from providers.database_readings import DatabaseReading, SessionReading
from providers.deploy_readings import DeployReading
from providers.probe_readings import ProbeReading
from providers.readings import Failure, SourceId
from providers.vendor_readings import VendorReading, VendorState

if TYPE_CHECKING:
    from monitor.trend import Trend


class SourceView(Struct, frozen=True, kw_only=True):
    """How one source is doing."""

    spec: SourceSpec
    freshness: Freshness
    last_success: Moment | None
    failure: Failure | None
    """Of the last read; None when it went well."""

    failing_since: Moment | None
    failures: int
    """Reads in a row that failed."""

    reading: bool
    """A read is under way."""

    due_s: float | None
    """Tick of the next read; None while one is under way."""

    took_ms: float | None
    """How long the last read took."""


class PaneState(enum.Enum):
    """The five looks of a pane, and the normal one."""

    LOADING = "loading"
    LIVE = "live"
    EMPTY_AND_FINE = "empty and fine"
    NOT_CONFIGURED = "not configured"
    STALE = "stale"
    FAILED = "failed"


class PaneStatus(Struct, frozen=True, kw_only=True):
    """What a pane's frame says about what it shows."""

    state: PaneState
    message: str = ""
    """The one line for the empty, the not configured and the failed."""

    advice: str = ""
    age_s: float | None = None
    """Age of the oldest value shown; None when there is none."""

    notices: tuple[str, ...] = ()
    """What a person should know of it besides, such as that auto-deploy is off."""


class EndpointCell(Struct, frozen=True, kw_only=True):
    """One check of one service in one environment."""

    source: SourceId
    state: EndpointState
    verdict: Verdict
    probe: ProbeReading | None
    """The last answer; None before the first."""

    at: Moment | None
    """When that answer came."""

    history_ms: tuple[float | None, ...]
    """Latencies of the last checks, oldest first; None where a check got no answer."""

    uptime_24h_percent: float | None
    certificate_days: float | None
    certificate_level: Level
    version: str
    """Short commit or version that runs there; empty when not known."""

    changed_at: datetime | None
    """When the state last changed."""

    change: str
    """In words, such as `ok → down` or `deploy`."""

    watched_s: float = 86_400.0
    """How far back the checks reach that the uptime is made of."""

    detection: str = ""
    """How soon its rule notices: `3 in a row, detected within 50s`."""


class EndpointRow(Struct, frozen=True, kw_only=True):
    """One row of the endpoints pane."""

    spec: EndpointRowSpec
    cells: Mapping[str, EndpointCell]
    """By environment."""

    drift: Drift


class KpiView(Struct, frozen=True, kw_only=True):
    """One KPI with its number and verdict."""

    spec: KpiSpec
    value: float | None
    reason: str
    """Why there is no number."""

    verdict: Verdict
    history: tuple[float | None, ...]
    at: Moment | None
    missed_target: bool = False
    """Past the target or review band and below the warning."""

    covers_s: float | None = None
    """How far back its readings reach, while that is less than its window; else None."""

    no_data: Verdict | None = None
    """How long it has been without a number, as a rule of its own; None: nobody asked for it."""

    groups: tuple[GroupView, ...] = ()
    """What it is told apart into, the worst first; those that are well only as far as there is
    room."""

    groups_note: str = ""
    """How many groups could not be followed; empty when all are."""

    budget: Budget | None = None
    """What is left of the downtime that its goal allows; None: its statistic has none."""

    burns: tuple[GroupView, ...] = ()
    """How its rules about the use of that budget stand."""

    detection: str = ""
    """How soon its rule of several samples in a row notices; empty for other rules."""

    trend: "Trend | None" = None
    """How it went from day to day; only a single pass asks for it, screens ask for themselves."""


class DeployView(Struct, frozen=True, kw_only=True):
    """One deploy in the common list."""

    deploy: DeployReading
    source: SourceId
    service: ServiceSpec | None
    live: bool
    at: datetime | None
    """When it went live, else when it was made: what the list is sorted by."""

    onset: str = ""
    """How it stands to the worst alert: `onset −40s`, live 40 s before it; no proof."""

    run: DeployReading | None = None
    """The workflow run that made it, where one is known."""

    notices: tuple[str, ...] = ()
    """What its vendor says of the service now; only on the deploy that is live."""

    @property
    def key(self) -> str:
        """Stable identity of the row."""
        return f"{self.deploy.vendor}:{self.deploy.id}"


class QueryRow(Struct, frozen=True, kw_only=True):
    """One session of the queries pane."""

    session: SessionReading
    level: Level
    depth: int
    """How deep in the blocking tree; 0 for a root."""

    waiters: int
    """How many sessions wait for this one, directly or not."""


class DatabaseView(Struct, frozen=True, kw_only=True):
    """One database with its sessions in the order of the pane."""

    spec: DatabaseSpec
    status: PaneStatus
    reading: DatabaseReading | None
    at: Moment | None
    rows: tuple[QueryRow, ...]


class VendorView(Struct, frozen=True, kw_only=True):
    """One entry of the vendor strip."""

    name: str
    source: SourceId
    state: VendorState
    freshness: Freshness
    reading: VendorReading | None
    failure: Failure | None
    at: Moment | None


class Counts(Struct, frozen=True, kw_only=True):
    """How many things stand at which level."""

    critical: int = 0
    warning: int = 0
    ok: int = 0
    unknown: int = 0
    stale: int = 0
    maintenance: int = 0
    """Of what is not ok: in a maintenance window, and counted nowhere else."""


class WorkspaceView(Struct, frozen=True, kw_only=True):
    """Everything about one product."""

    spec: WorkspaceSpec
    level: Level
    counts: Counts
    worst: str
    """The worst thing in words, such as `API production 503`; empty when all is well."""

    worst_since: Moment | None
    alerts: tuple[AlertView, ...]
    alerts_status: PaneStatus
    endpoints: tuple[EndpointRow, ...]
    endpoints_status: PaneStatus
    kpis: tuple[KpiView, ...]
    kpis_status: PaneStatus
    databases: tuple[DatabaseView, ...]
    queries_status: PaneStatus
    deploys: tuple[DeployView, ...]
    deploys_status: PaneStatus
    vendors: tuple[VendorView, ...]
    vendors_status: PaneStatus
    timeline: tuple[Event, ...]
    """Newest first, bounded."""

    notices: tuple[str, ...] = ()
    """Lines a person should know, such as "auto-assignment is off"."""

    systems: tuple[SystemView, ...] = ()
    """Everything under `systems:`, in the order of the configuration."""

    channels: tuple[ChannelView, ...] = ()
    """Over which people are told; empty where nobody is."""

    cares: tuple[CareEntry, ...] = ()
    """What was acknowledged and snoozed, the newest first; also what is over."""

    maintenance: tuple[Span, ...] = ()
    """The maintenance windows that are now; `coming`: those that begin soon."""
    coming: tuple[Span, ...] = ()


class Snapshot(Struct, frozen=True, kw_only=True):
    """The world as we know it at one instant."""

    at: Moment
    sequence: int
    workspaces: Mapping[str, WorkspaceView]
    sources: Mapping[SourceId, SourceView]
    offline_since: Moment | None = None
    """Set while our own network is down: judgement is suspended and one banner says so."""

    offline_reason: str = ""
    config_problem: str = ""
    """Set while an edited configuration is broken and the old one is still in use."""

    history_problem: str = ""
    """Set while history can not be written."""

    notices: tuple[str, ...] = field(default=())
