"""What `look.sql` says of the server: connections, counts, counters, what the role may not see."""

from msgspec import Struct

from providers.database_readings import ConnectionCounts
from providers.postgres.counters import Counters
from providers.postgres.rows import (
    Row,
    flag,
    foreign,
    integer,
    items,
    optional_age,
    optional_integer,
    optional_number,
)
from providers.postgres.statements import Identifier

UNSEEN = "needs pg_read_all_stats"
"""Why a number is missing that takes a look at the sessions of others."""


class Overview(Struct, frozen=True, kw_only=True):
    """One look at the server as a whole."""

    version: int
    """As in `server_version_num`: 180004 is 18.4."""

    in_recovery: bool
    replay_lag_s: float | None
    """On a standby: since the last transaction replayed; grows while the primary is idle."""

    sees_all: bool
    connections: ConnectionCounts | None
    long_queries: int | None
    """None, like the next three, where the role does not see the sessions of others."""

    idle_in_transaction: int | None
    blocked: int | None
    oldest_transaction_s: float | None
    counters: Counters
    missing_privileges: tuple[str, ...]

    @property
    def version_text(self) -> str:
        """The version as people say it, such as `18.4`."""
        return f"{self.version // 10_000}.{self.version % 10_000}"


def overview_from(row: Row) -> Overview:
    """The overview in this row.

    Raises:
        TypeError: or another of `rows.MALFORMED`: the row is not as asked.
    """
    sees_all = flag(row, "sees_all")
    return Overview(
        version=integer(row, "version"),
        in_recovery=flag(row, "in_recovery"),
        replay_lag_s=optional_age(row, "replay_lag_s"),
        sees_all=sees_all,
        connections=_connections(row) if sees_all else _rough_connections(row),
        long_queries=integer(row, "long_queries") if sees_all else None,
        idle_in_transaction=integer(row, "idle_in_transaction") if sees_all else None,
        blocked=integer(row, "blocked") if sees_all else None,
        # No open transaction is an age of nothing, not a missing number.
        oldest_transaction_s=(optional_age(row, "oldest_transaction_s") or 0.0)
        if sees_all
        else None,
        counters=_counters(row),
        missing_privileges=() if sees_all else (_missing(row),),
    )


def _connections(row: Row) -> ConnectionCounts:
    return ConnectionCounts(
        used=integer(row, "used"),
        available=_available(row),
        maximum=integer(row, "maximum"),
        by_state={
            foreign(state).line(60): int(sessions)
            for state, sessions in zip(
                items(row, "states"), items(row, "state_sessions"), strict=True
            )
        },
        by_application=tuple(
            (foreign(application), int(sessions))
            for application, sessions in zip(
                items(row, "applications"), items(row, "application_sessions"), strict=True
            )
        ),
    )


def _rough_connections(row: Row) -> ConnectionCounts | None:
    backends = optional_integer(row, "backends")
    if backends is None:
        return None
    return ConnectionCounts(
        used=backends, available=_available(row), maximum=integer(row, "maximum"), exact=False
    )


def _available(row: Row) -> int:
    return max(0, integer(row, "maximum") - integer(row, "reserved"))


def _missing(row: Row) -> str:
    role = Identifier.quoted(foreign(row["own_role"]).line(63))
    return (
        "queries, states and applications of other roles are not seen, and connections are "
        f"counted roughly: GRANT pg_read_all_stats TO {role};"
    )


def _counters(row: Row) -> Counters:
    return Counters(
        at_s=optional_number(row, "at_s"),
        era=(optional_number(row, "started_s"), optional_number(row, "stats_reset_s")),
        commits=optional_integer(row, "commits"),
        rollbacks=optional_integer(row, "rollbacks"),
        blocks_hit=optional_integer(row, "blocks_hit"),
        blocks_read=optional_integer(row, "blocks_read"),
        deadlocks=optional_integer(row, "deadlocks"),
        temp_bytes=optional_integer(row, "temp_bytes"),
    )
