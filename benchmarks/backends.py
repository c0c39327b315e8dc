"""What one look at a PostgreSQL with 500 backends costs this process.

All processor time of the process is counted, from the call of the source to its harvest, waking for
the answer included. The budget stands on looks one after the other, as the drivers were measured
when it was set (a lean listing by a pooler-safe driver: 0.25 ms). In life there are seconds between
two looks and nothing is at hand in the processor any more: that dearer look is told beside it, with
what the driver alone needs to say `SELECT 1` in the same way.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import asyncpg
from msgspec import Struct

from benchmarks.budgets import Row
from demo.postgres_binaries import NoPostgres
from demo.postgres_cluster import Cluster
from providers.base import SourceKind, SourceSpec
from providers.clock import SystemClock
from providers.database_readings import DatabaseReading
from providers.harvest import Harvest
from providers.postgres.options import DatabaseOptions
from providers.postgres.source import DatabaseSource
from providers.readings import SourceId
from providers.secret_value import Secret

BACKENDS = 500
IN_TRANSACTION = 20
"""Of them, so many idle in a transaction: they are listed."""

LOOKS = 60
PAUSE_S = 0.02
AT_ONCE = 25

_SETTINGS = {"max_connections": str(BACKENDS + 30), "scram_iterations": "64"}


def rows() -> Iterator[Row]:
    """For the report."""
    cluster = Cluster(_SETTINGS)
    try:
        cluster.start()
        costs, listed, backends = asyncio.run(_measured(cluster))
    except NoPostgres as error:
        yield Row("PostgreSQL poll: no server to ask", None, 0.5, note=str(error)[:60])
        return
    finally:
        cluster.stop()
    note = f"{listed} sessions listed of {backends}"
    yield Row("PostgreSQL poll, 500 backends: ms CPU", costs.look_ms, 0.5, note=note)
    yield Row("the same after a pause: ms CPU", costs.rested_ms)
    yield Row("a bare SELECT 1 after a pause: ms CPU", costs.bare_ms)


class _Costs(Struct, frozen=True, kw_only=True):
    look_ms: float
    rested_ms: float
    bare_ms: float


async def _measured(cluster: Cluster) -> tuple[_Costs, int, int | None]:
    """The median costs, and how many sessions the last look told of."""
    crowd = await _crowd(cluster)
    source = _source(cluster)
    try:
        await source.read()
        costs = _Costs(
            look_ms=await _median_ms(source.read, 0.0),
            rested_ms=await _median_ms(source.read, PAUSE_S),
            bare_ms=await _median_ms(partial(crowd[-1].execute, "SELECT 1"), PAUSE_S),
        )
        return costs, *_counted(await source.read())
    finally:
        await source.aclose()
        for connection in crowd:
            connection.terminate()


async def _median_ms(ask: Callable[[], Awaitable[object]], pause_s: float) -> float:
    costs = []
    for _ in range(LOOKS):
        await asyncio.sleep(pause_s)
        began = time.process_time()
        await ask()
        costs.append((time.process_time() - began) * 1000)
    return statistics.median(costs)


def _counted(harvest: Harvest) -> tuple[int, int | None]:
    reading = harvest.payload
    if not isinstance(reading, DatabaseReading):
        return 0, None
    counts = reading.connections
    return len(reading.sessions), None if counts is None else counts.used


async def _crowd(cluster: Cluster) -> list[asyncpg.Connection]:
    crowd: list[asyncpg.Connection] = []
    while len(crowd) < BACKENDS:
        crowd += await asyncio.gather(*(_connected(cluster) for _ in range(AT_ONCE)))
    for connection in crowd[:IN_TRANSACTION]:
        await connection.execute("BEGIN; SELECT 1")
    await asyncio.sleep(3.0)
    return crowd


async def _connected(cluster: Cluster) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=cluster.host,
        port=cluster.port,
        user=cluster.user,
        password=cluster.password,
        database="postgres",
        ssl=False,
    )


def _source(cluster: Cluster) -> DatabaseSource:
    async def password() -> Secret:
        return Secret(cluster.password)

    spec = SourceSpec(
        id=SourceId("bench/production/db/main"),
        workspace="bench",
        environment="production",
        kind=SourceKind.DATABASE,
        title="Database",
        system="PostgreSQL",
        interval_s=5.0,
        timeout_s=5.0,
    )
    options = DatabaseOptions(
        host=cluster.host,
        port=cluster.port,
        user=cluster.user,
        database="postgres",
        password=password,
        tls="disable",
    )
    return DatabaseSource(spec, options, SystemClock())
