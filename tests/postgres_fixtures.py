"""A real PostgreSQL for the suite, and people who use it."""

import asyncio
import atexit
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from demo.postgres_blank import Blank
from demo.postgres_cluster import Cluster
from providers.base import SourceKind, SourceSpec
from providers.clock import Clock, SystemClock
from providers.database_readings import DatabaseReading, SessionReading
from providers.harvest import Harvest
from providers.postgres.options import DatabaseOptions
from providers.postgres.source import DatabaseSource
from providers.readings import SourceId
from providers.secrets import Secret
from tests.waiting import until

SPEC = SourceSpec(
    id=SourceId("lma/production/db/main"),
    workspace="lma",
    environment="production",
    kind=SourceKind.DATABASE,
    title="Database",
    system="PostgreSQL",
    interval_s=5.0,
    timeout_s=5.0,
)
LATE_S = 15.0


@functools.cache
def blank() -> Blank:
    """What the servers of this process begin from; gone with it."""
    made = Blank()
    atexit.register(made.remove)
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One server for the whole suite; tests leave it running and without strangers' sessions."""
    cluster = Cluster({"max_connections": "40", "max_prepared_transactions": "8"}, blank())
    cluster.start()
    yield cluster
    cluster.stop()


class People:
    """Sessions of a test, each by its application name; all of them end with the test."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._connections: list[asyncpg.Connection] = []
        self._busy: list[asyncio.Task[Any]] = []

    async def connect(
        self, application: str, *, user: str = "", password: str = "", database: str = "postgres"
    ) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            host=self.cluster.host,
            port=self.cluster.port,
            user=user or self.cluster.user,
            password=password or self.cluster.password,
            database=database,
            ssl=False,
            server_settings={"application_name": application, "search_path": "public"},
        )
        self._connections.append(connection)
        return connection

    async def run(self, application: str, *statements: str, **how: str) -> asyncpg.Connection:
        connection = await self.connect(application, **how)
        for statement in statements:
            await connection.execute(statement)
        return connection

    def hang(self, connection: asyncpg.Connection, statement: str) -> None:
        """Send a statement that does not come back, and go on."""
        self._busy.append(asyncio.ensure_future(connection.execute(statement)))

    async def waits(self, connection: asyncpg.Connection, kind: str = "Lock") -> None:
        """Come back when the server says that this session waits."""
        pid = connection.get_server_pid()
        admin = await self.connect("admin")

        async def is_waiting() -> bool:
            query = "SELECT wait_event_type FROM pg_stat_activity WHERE pid = $1"
            return bool(await admin.fetchval(query, pid) == kind)

        await until(is_waiting)
        await admin.close()

    async def leave(self) -> None:
        for connection in self._connections:
            connection.terminate()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        self._connections, self._busy = [], []
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            await self._wait_until_alone()

    async def _wait_until_alone(self) -> None:
        admin = await self.connect("admin")

        async def alone() -> bool:
            query = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
            return bool(await admin.fetchval(query) == 0)

        await until(alone)
        await admin.close()


@pytest.fixture
async def people(postgres: Cluster) -> AsyncIterator[People]:
    """Sessions that end with the test, on a server that runs."""
    if postgres.pid is None:
        await asyncio.to_thread(postgres.restart)
    crowd = People(postgres)
    yield crowd
    await crowd.leave()


def options_for(cluster: Cluster, **changes: Any) -> DatabaseOptions:
    """How to reach this server as its superuser."""
    secret = Secret(cluster.password)

    async def password() -> Secret:
        return secret

    options = DatabaseOptions(
        host=cluster.host,
        port=cluster.port,
        user=cluster.user,
        database="postgres",
        password=password,
        tls="disable",
    )
    return replace(options, **changes)


Look = Callable[..., Awaitable[DatabaseReading]]


@pytest.fixture
async def sources(postgres: Cluster) -> AsyncIterator[Callable[..., DatabaseSource]]:
    """Makes sources, and closes them at the end."""
    made: list[DatabaseSource] = []

    def make(
        *, clock: Clock | None = None, timeout_s: float = 5.0, **changes: Any
    ) -> DatabaseSource:
        source = DatabaseSource(
            replace(SPEC, timeout_s=timeout_s),
            options_for(postgres, **changes),
            clock or SystemClock(),
        )
        made.append(source)
        return source

    yield make
    for source in made:
        await source.aclose()


@pytest.fixture
async def look(sources: Callable[..., DatabaseSource]) -> Look:
    """One look with a source of its own."""

    async def once(**changes: Any) -> DatabaseReading:
        return reading_of(await sources(**changes).read())

    return once


def reading_of(harvest: Harvest) -> DatabaseReading:
    assert isinstance(harvest.payload, DatabaseReading)
    return harvest.payload


def number(harvest: Harvest, metric: str) -> float | None:
    return next(reading.value for reading in harvest.numbers if reading.metric == metric)


def reason(harvest: Harvest, metric: str) -> str:
    return next(reading.reason for reading in harvest.numbers if reading.metric == metric)


def by_application(reading: DatabaseReading) -> dict[str, SessionReading]:
    return {str(session.application): session for session in reading.sessions}


def secret_getter(value: str) -> Callable[[], Awaitable[Secret]]:
    async def getter() -> Secret:
        return Secret(value)

    return getter
