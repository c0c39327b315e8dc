"""What one look at a PostgreSQL database saw. Values only."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from providers.text import Foreign

MOST_QUERY_BYTES: Final = 4096
"""Of a statement no more is read."""


class SessionState(enum.Enum):
    """`pg_stat_activity.state`, plus what PostgreSQL may add one day."""

    ACTIVE = "active"
    IDLE = "idle"
    IDLE_IN_TRANSACTION = "idle in transaction"
    IDLE_IN_TRANSACTION_ABORTED = "idle in transaction (aborted)"
    FASTPATH = "fastpath function call"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


class SessionReading(Struct, frozen=True, kw_only=True):
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

    query_cut: int | None = None
    """Bytes after which the statement was cut; None: it is whole. See `cut_words`."""

    backend_type: str = "client backend"
    """As PostgreSQL names it; a blocker may be an autovacuum worker."""

    @property
    def key(self) -> str:
        """The same session has the same key for as long as it lives."""
        return f"{self.pid}@{self.backend_start.isoformat()}"

    @property
    def cut_words(self) -> str:
        """That the end of the statement is missing, and who cut it; empty when it is whole."""
        if self.query_cut is None:
            return ""
        ours = self.query_cut >= MOST_QUERY_BYTES
        whose = "more is not read" if ours else "the server's track_activity_query_size"
        return f"cut after {self.query_cut:,} bytes: {whose}"


class ConnectionCounts(Struct, frozen=True, kw_only=True):
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


class PreparedTransaction(Struct, frozen=True, kw_only=True):
    """A transaction prepared for two-phase commit: it holds locks and has no session to end."""

    gid: Foreign
    """What `COMMIT PREPARED` and `ROLLBACK PREPARED` call it."""

    owner: Foreign
    database: Foreign
    age_s: float | None


class TableSize(Struct, frozen=True, kw_only=True):
    """One table with its indexes and long values."""

    schema: Foreign
    name: Foreign
    total_bytes: int | None
    estimated_rows: int | None
    """The planner's estimate; None when the table was never analysed."""


class DatabaseReading(Struct, frozen=True, kw_only=True):
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

    transactions_per_s: float | None = None
    """Committed and rolled back since the last look."""
