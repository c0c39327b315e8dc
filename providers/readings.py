"""The values that providers hand down: observed, never judged.

Leaf module: frozen values only, so that every layer may name them. Units stand in the names;
what the outside did not say is None with a reason, never 0 (promise P23).
"""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from providers.clock import Moment
from providers.text import EMPTY, Foreign

SourceId = NewType("SourceId", str)
"""Names one source everywhere: `workspace/environment/name`, or `workspace/-/name` without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One observed number with its time and source.

    Use `Reading.of` for anything that comes from outside.
    """

    source: SourceId
    metric: str
    """Name of the number within its source, such as `latency_ms`."""

    value: float | None
    """Always finite; None means there is no number, and `reason` says why."""

    unit: str
    """`ms`, `s`, `%`, `bytes`, `per_s`, `count`, `days`, … or empty."""

    at: Moment
    reason: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("a reading holds a finite number or None; use Reading.of")
        if self.value is None and not self.reason:
            raise ValueError("a reading without a number says why")

    @classmethod
    def of(cls, source: SourceId, metric: str, raw: object, unit: str, at: Moment) -> "Reading":
        """A reading of whatever came: a finite number, or None with the reason.

        Booleans and texts are not numbers here; NaN and the infinities are "no data".
        """
        value, reason = _number(raw)
        return cls(source=source, metric=metric, value=value, unit=unit, at=at, reason=reason)


def _number(raw: object) -> tuple[float | None, str]:
    if raw is None:
        return None, "no data"
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None, f"not a number but {type(raw).__name__}"
    try:
        value = float(raw)
    except OverflowError:
        return None, "number too large"
    return (value, "") if math.isfinite(value) else (None, "not a finite number")


class Role(enum.Enum):
    """What an endpoint's answer speaks of."""

    SITE = "site"
    """A page people open."""
    LIVENESS = "liveness"
    """The process is up."""
    READINESS = "readiness"
    """The process can serve."""
    DEEP = "deep"
    """The process and what it stands on."""
    METRICS = "metrics"
    """Numbers to read."""


class Trouble(enum.Enum):
    """The kind of a failure, one for each error class, plus our own."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    UNAUTHORIZED = "not authorised"
    NOT_FOUND = "not found"
    RATE_LIMITED = "rate limited"
    SERVER_FAILED = "server error"
    BAD_ANSWER = "bad answer"
    NOT_CONFIGURED = "not configured"
    BUG = "bug in quarterdeck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure as a value: what, in words, and what to do next."""

    trouble: Trouble
    sentence: str
    """Never empty; already safe to draw."""

    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Where the time of one request went, in milliseconds; None for a phase that did not happen.

    On a kept-alive connection DNS, connect and TLS are None.
    """

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    body_ms: float | None = None
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate met on the probe's own connection."""

    subject: Foreign
    issuer: Foreign
    not_after: datetime
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionResult:
    """One expectation of the configuration and what was found."""

    expectation: str
    """As written in the configuration, such as `status == "ok"`."""

    found: Foreign
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReading:
    """One answer of one endpoint, or the failure to get one."""

    role: Role
    url: str
    """Without credentials or query."""

    method: str
    status: int | None
    """HTTP status; None when no answer came."""

    status_expected: bool
    failure: Failure | None
    phases: Phases
    assertions: tuple[AssertionResult, ...] = ()
    certificate: Certificate | None = None
    version: Foreign = EMPTY
    """The version the service says it runs, where the configuration says how to read it."""

    http_version: str = ""
    body: Foreign = EMPTY
    """The first part of the body, for the detail screen."""

    redirects: int = 0


class SessionState(enum.Enum):
    """`pg_stat_activity.state`, plus what PostgreSQL may add one day."""

    ACTIVE = "active"
    IDLE = "idle"
    IDLE_IN_TRANSACTION = "idle in transaction"
    IDLE_IN_TRANSACTION_ABORTED = "idle in transaction (aborted)"
    FASTPATH = "fastpath function call"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReading:
    """One server process of PostgreSQL at one instant.

    A pid is used again by the server: `key` names the session, pid alone does not.
    """

    pid: int
    backend_start: datetime
    database: Foreign
    user: Foreign
    application: Foreign
    client: Foreign
    state: SessionState
    wait: Foreign
    """`Lock:transactionid`, or empty while on the CPU."""

    query: Foreign
    query_id: int | None
    query_age_s: float | None
    """Since the statement started (or ended, when not active)."""

    transaction_age_s: float | None
    state_age_s: float | None
    blocked_by: tuple[int, ...] = ()
    """Pids that hold what this one waits for; 0 is a prepared transaction."""

    backend_type: str = "client backend"
    """As PostgreSQL names it; a blocker may be an autovacuum worker."""

    @property
    def key(self) -> str:
        """The same session has the same key for as long as it lives."""
        return f"{self.pid}@{self.backend_start.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCounts:
    """Connections of a PostgreSQL server against what ordinary users can really get."""

    used: int
    available: int
    """max_connections less what is reserved."""

    maximum: int
    exact: bool = True
    """False when the role may not see the sessions of others: `used` is then every server process
    that is connected to a database, and nothing is known by state or application."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    by_application: tuple[tuple[Foreign, int], ...] = ()
    """Largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTransaction:
    """A transaction prepared for two-phase commit: it holds locks and has no session to end."""

    gid: Foreign
    """What `COMMIT PREPARED` and `ROLLBACK PREPARED` call it."""

    owner: Foreign
    database: Foreign
    age_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """One table with its indexes and long values."""

    schema: Foreign
    name: Foreign
    total_bytes: int | None
    estimated_rows: int | None
    """The planner's estimate; None when the table was never analysed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReading:
    """One look at one PostgreSQL database."""

    sessions: tuple[SessionReading, ...]
    """Long-running, idle in transaction, blocked and blocking; the oldest first, bounded."""

    sessions_left_out: int
    connections: ConnectionCounts | None
    """None when not even a rough count could be had."""

    server_version: str
    in_recovery: bool
    size_bytes: int | None = None
    missing_privileges: tuple[str, ...] = ()
    """Each a sentence: what is not seen, and the statement that grants it."""

    pooled: bool = False
    """Behind a transaction pooler: client addresses are the pooler's."""

    prepared_transactions: tuple[PreparedTransaction, ...] = ()
    """Read only while one of them blocks a session (pid 0 in `blocked_by`)."""

    largest_tables: tuple[TableSize, ...] = ()
    """Largest first; read once a minute, like `size_bytes`."""

    cache_hit_percent: float | None = None
    """Blocks found in memory since the last look."""


class DeployState(enum.Enum):
    """Where a deploy stands, the same words for every vendor."""

    QUEUED = "queued"
    BUILDING = "building"
    STARTING = "starting"
    LIVE = "live"
    READY = "ready"
    """Built and not serving."""
    PREVIOUS = "previous"
    """Was live, replaced since."""
    FAILED = "failed"
    CANCELED = "canceled"
    BLOCKED = "blocked"
    """Waits for a person."""
    SUCCEEDED = "succeeded"
    """A run that ended well; whether it is live, another source knows."""
    UNKNOWN = "unknown"

    @property
    def running(self) -> bool:
        """Whether its end is still to come."""
        return self in {DeployState.QUEUED, DeployState.BUILDING, DeployState.STARTING}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployReading:
    """One deploy, build or workflow run."""

    vendor: str
    """`Vercel`, `Render` or `GitHub`."""

    id: str
    """The vendor's own identity of it."""

    target: str
    """What it deploys: name of the configured service, or of the workflow."""

    environment: str
    state: DeployState
    vendor_state: Foreign
    """The vendor's own word for the state."""

    commit: Foreign
    """Full SHA, or empty."""

    message: Foreign
    author: Foreign
    trigger: Foreign
    branch: Foreign = EMPTY
    created_at: datetime | None = None
    live_at: datetime | None = None
    """When it went live, or ended for a run; None while that has not happened."""

    ended_at: datetime | None = None
    url: str = ""
    """Where a person can look at it; https only."""

    rollback_candidate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploysReading:
    """The recent deploys of one project or service, newest first."""

    deploys: tuple[DeployReading, ...]
    live_id: str | None = None
    """Identity of the one that serves now; None when the vendor does not say."""

    notices: tuple[str, ...] = ()
    """What a person should know, such as "auto-assignment is off after a rollback"."""


class VendorState(enum.Enum):
    """What a vendor's status page says of it."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial outage"
    MAJOR_OUTAGE = "major outage"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorIncident:
    """An incident or a maintenance on a vendor's status page."""

    id: str
    title: Foreign
    state: Foreign
    impact: Foreign
    began_at: datetime | None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorReading:
    """A vendor's status page: context written by people, never proof of health."""

    vendor: str
    state: VendorState
    description: Foreign
    components: tuple[tuple[Foreign, VendorState], ...] = ()
    """Those that the configuration names; without names, all that are not operational."""

    incidents: tuple[VendorIncident, ...] = ()
    updated_at: datetime | None = None


Payload = ProbeReading | DatabaseReading | DeploysReading | VendorReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Everything one read of one source brought home."""

    payload: Payload
    numbers: tuple[Reading, ...] = ()
    at: Moment
    """When the answer was complete."""
