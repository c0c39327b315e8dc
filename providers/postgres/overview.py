"""What `look.sql` says of the server: connections, counts, counters, what the role may not see."""

from msgspec import Struct

from providers.database_readings import ConnectionCounts, SessionState
from providers.postgres.answer import LookRow
from providers.postgres.counters import Counters
from providers.postgres.rows import foreign
from providers.postgres.statements import Identifier
from providers.postgres.texts import Texts
from providers.text import Foreign

_STATES = frozenset(state.value for state in SessionState)
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


def overview_from(row: LookRow, texts: Texts) -> Overview:
    """The overview in this look.

    Raises:
        ValueError: A text is not as asked.
    """
    sees_all = row.sees_all
    return Overview(
        version=row.version,
        in_recovery=row.in_recovery,
        replay_lag_s=row.replay_lag_s,
        sees_all=sees_all,
        connections=_connections(row, texts) if sees_all else _rough_connections(row),
        long_queries=row.long_queries if sees_all else None,
        idle_in_transaction=row.idle_in_transaction if sees_all else None,
        blocked=row.blocked if sees_all else None,
        # No open transaction is an age of nothing, not a missing number.
        oldest_transaction_s=(row.oldest_transaction_s or 0.0) if sees_all else None,
        counters=_counters(row),
        missing_privileges=() if sees_all else (_missing(texts.of(row.own_role)),),
    )


def _connections(row: LookRow, texts: Texts) -> ConnectionCounts:
    states = zip(row.states or (), row.state_sessions or (), strict=True)
    applications = zip(row.applications or (), row.application_sessions or (), strict=True)
    return ConnectionCounts(
        used=row.used,
        available=_available(row),
        maximum=row.maximum,
        by_state={_word(state): sessions for state, sessions in states},
        by_application=tuple((texts.of(name), sessions) for name, sessions in applications),
    )


def _word(state: str) -> str:
    return state if state in _STATES else foreign(state).line(60)


def _rough_connections(row: LookRow) -> ConnectionCounts | None:
    if row.backends is None:
        return None
    return ConnectionCounts(
        used=row.backends, available=_available(row), maximum=row.maximum, exact=False
    )


def _available(row: LookRow) -> int:
    return max(0, row.maximum - row.reserved)


def _missing(own_role: Foreign) -> str:
    role = Identifier.quoted(own_role.line(63))
    return (
        "queries, states and applications of other roles are not seen, and connections are "
        f"counted roughly: GRANT pg_read_all_stats TO {role};"
    )


def _counters(row: LookRow) -> Counters:
    return Counters(
        at_s=row.at_s,
        era=(row.started_s, row.stats_reset_s),
        commits=row.commits,
        rollbacks=row.rollbacks,
        blocks_hit=row.blocks_hit,
        blocks_read=row.blocks_read,
        deadlocks=row.deadlocks,
        temp_bytes=row.temp_bytes,
    )
