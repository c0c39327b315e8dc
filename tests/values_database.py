"""A made-up database with a blocking tree."""

from collections.abc import Sequence

from monitor.snapshot import (
    DatabaseView,
    PaneState,
    PaneStatus,
    QueryRow,
)
from monitor.verdicts import Level
from monitor.workspace import (
    DatabaseSpec,
)
from providers.database_readings import (
    ConnectionCounts,
    DatabaseReading,
    SessionReading,
    SessionState,
)
from providers.text import Foreign
from tests.values_common import LIVE, PROD, ago, at, source

DATABASE = DatabaseSpec(source=source(PROD, "db/main"), title="Database", environment=PROD)


def session(
    pid: int,
    application: str,
    query: str,
    age_s: float,
    *,
    state: SessionState = SessionState.ACTIVE,
    wait: str = "",
    blocked_by: tuple[int, ...] = (),
) -> SessionReading:
    return SessionReading(
        pid=pid,
        backend_start=at(age_s + 60),
        database=Foreign("lma"),
        user=Foreign("lma_api"),
        application=Foreign(application),
        client=Foreign("10.0.3.14"),
        state=state,
        wait=Foreign(wait),
        query=Foreign(query),
        query_id=None,
        query_age_s=age_s,
        transaction_age_s=age_s,
        state_age_s=age_s,
        blocked_by=blocked_by,
    )


def database(sessions: Sequence[tuple[SessionReading, Level, int, int]]) -> DatabaseView:
    reading = DatabaseReading(
        sessions=tuple(each[0] for each in sessions),
        sessions_left_out=0,
        connections=ConnectionCounts(used=58, available=60, maximum=63),
        server_version="15.18",
        in_recovery=False,
    )
    empty = PaneStatus(state=PaneState.EMPTY_AND_FINE, message="no query over 5m")
    return DatabaseView(
        spec=DATABASE,
        status=LIVE if sessions else empty,
        reading=reading,
        at=ago(2),
        rows=tuple(
            QueryRow(session=each, level=level, depth=depth, waiters=waiters)
            for each, level, depth, waiters in sessions
        ),
    )


def incident_database() -> DatabaseView:
    c, w = Level.CRITICAL, Level.WARNING
    lock_tx, lock_tuple = "Lock:transactionid", "Lock:tuple"
    idle = SessionState.IDLE_IN_TRANSACTION
    return database(
        (
            (session(15136, "billing-worker", "UPDATE orders SET status = 'settled' WHERE id = $1",
                     724, state=idle, wait="Client:ClientRead"), c, 0, 2),
            (session(15137, "lma-api", "UPDATE orders SET total = $2 WHERE id = $1 RETURNING *",
                     521, wait=lock_tx, blocked_by=(15136,)), c, 1, 1),
            (session(15142, "lma-api", "UPDATE orders\n   SET note = $2\n WHERE id = $1",
                     520, wait=lock_tuple, blocked_by=(15137,)), c, 2, 0),
            (session(15149, "report-cron", "SELECT count(*) FROM orders o JOIN items i ON "
                     "i.order_id = o.id GROUP BY o.merchant_id", 378, wait="IO:DataFileRead"),
             w, 0, 0),
            (session(15188, "metabase", "SELECT date_trunc('day', created_at), sum(total) FROM "
                     "payments GROUP BY 1", 302), w, 0, 0),
        )
    )  # fmt: skip
