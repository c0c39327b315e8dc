"""The demo world's database: real, busy as asked, and gone without a trace."""

import socket
import stat
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import psutil
import pytest
import pytest_asyncio
from msgspec.structs import replace

from demo.agenda import Agenda
from demo.estate import Estate
from demo.incident import TryPasswords, perform
from demo.postgres import DemoDatabase
from demo.postgres_crowd import Level
from demo.sign_ins import SignIns
from demo.supabase_world import project_of
from providers.clock import SystemClock
from providers.database_readings import DatabaseReading, SessionReading, SessionState
from providers.postgres.options import DatabaseOptions
from providers.postgres.source import DatabaseSource
from tests.fakes import ManualClock
from tests.postgres_fixtures import SPEC, blank, by_application, number, reading_of, secret_getter
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent


# One database for the module, so one loop for it and for all that talk to it.
pytestmark = [pytest.mark.xdist_group("demo-postgres"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoDatabase]:
    made = DemoDatabase(blank())
    await made.start(tmp_path_factory.mktemp("demo"))
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def watcher(database: DemoDatabase) -> AsyncIterator[DatabaseSource]:
    await database.set_load("calm")
    source = source_for(database)
    yield source
    await source.aclose()


def source_for(database: DemoDatabase) -> DatabaseSource:
    options = DatabaseOptions(
        host=database.host,
        port=database.port,
        user=database.user,
        database=database.database,
        password=secret_getter(database.password_file.read_text()),
        tls="disable",
        long_query_s=0.0,
        idle_in_transaction_s=0.0,
    )
    return DatabaseSource(replace(SPEC), options, SystemClock())


async def eventually(
    watcher: DatabaseSource, holds: Callable[[DatabaseReading], bool]
) -> DatabaseReading:
    latest: list[DatabaseReading] = []

    async def holds_now() -> bool:
        latest.append(reading_of(await watcher.read()))
        return holds(latest[-1])

    await until(holds_now)
    return latest[-1]


async def test_it_starts_calm_and_quarterdeck_sees_all_of_it(
    database: DemoDatabase, watcher: DatabaseSource
) -> None:
    harvest = await watcher.read()

    reading = reading_of(harvest)
    assert database.load == "calm"
    assert reading.missing_privileges == ()
    assert number(harvest, "blocked") == 0
    assert (number(harvest, "connections_percent") or 0) < 50
    assert reading.connections is not None
    assert reading.connections.maximum == 65
    assert reading.connections.available == 55
    names = {str(name) for name, _ in reading.connections.by_application}
    assert {"lma-api", "billing-worker", "metabase", "report-cron"} <= names


async def test_the_incident_blocks_and_takes_almost_every_connection(
    database: DemoDatabase, watcher: DatabaseSource
) -> None:
    await database.set_load("incident")

    reading = await eventually(watcher, lambda seen: len(_blocked(seen)) >= 5)

    assert reading.connections is not None
    assert reading.connections.used / reading.connections.available > 0.9
    holder = by_application(reading)["billing-worker"]
    assert holder.state is SessionState.IDLE_IN_TRANSACTION
    assert str(holder.query) == "UPDATE orders SET status = 'settled' WHERE id = $1"
    chain = {session.pid: session for session in reading.sessions}
    assert any(
        holder.pid in chain[middle].blocked_by
        for session in _blocked(reading)
        for middle in session.blocked_by
        if middle in chain
    )


def _blocked(reading: DatabaseReading) -> list[SessionReading]:
    return [session for session in reading.sessions if session.blocked_by]


async def test_ending_the_forgotten_transaction_lets_the_queue_go(
    database: DemoDatabase, watcher: DatabaseSource
) -> None:
    await database.set_load("incident")
    reading = await eventually(watcher, lambda seen: len(_blocked(seen)) >= 5)
    holder = by_application(reading)["billing-worker"]
    admin = await database._admin()

    await admin.execute("SELECT pg_terminate_backend($1)", holder.pid)
    await admin.close()

    later = await eventually(watcher, lambda seen: len(_blocked(seen)) < 5)
    assert holder.pid not in {session.pid for session in later.sessions}


async def test_it_comes_back_from_the_incident(
    database: DemoDatabase, watcher: DatabaseSource
) -> None:
    levels: tuple[Level, ...] = ("building", "incident", "building", "calm")
    for level in levels:
        await database.set_load(level)

    harvest = await watcher.read()

    assert number(harvest, "blocked") == 0
    assert number(harvest, "idle_in_transaction") == 0
    assert (number(harvest, "connections_used") or 99) < 25


async def test_a_kill_is_a_kill_and_the_restart_keeps_port_and_rows(
    database: DemoDatabase, watcher: DatabaseSource
) -> None:
    await watcher.read()
    port = database.port
    await database.kill()
    assert not database.running
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind((database.host, port))

    await database.restart()

    assert database.port == port
    assert (number(await watcher.read(), "connections_used") or 0) > 10


async def test_the_schema_is_supabases_with_row_security_and_no_policies(
    database: DemoDatabase,
) -> None:
    admin = await database._admin()
    try:
        secured = await admin.fetch("""SELECT relname FROM pg_class
            WHERE relnamespace = 'auth'::regnamespace AND relkind = 'r' AND relrowsecurity""")
        assert {row[0] for row in secured} == {
            *("users", "sessions", "refresh_tokens", "mfa_amr_claims", "audit_log_entries")
        }
        assert await admin.fetchval("SELECT count(*) FROM pg_policies") == 0
        assert await admin.fetchval("""SELECT count(*) FROM auth.audit_log_entries
            WHERE payload->>'action' = 'login'""")
        for table in ("orders", "items", "payments", "events", "registrations"):
            assert await admin.fetchval("SELECT reltuples FROM pg_class WHERE relname = $1", table)
        ended = await admin.fetchval("""WITH gone AS (DELETE FROM auth.sessions
            WHERE user_id = (SELECT user_id FROM auth.sessions LIMIT 1) RETURNING id)
            SELECT count(*) FROM gone""")
        assert ended >= 1
    finally:
        await admin.close()


async def test_the_watcher_can_look_and_not_touch(database: DemoDatabase) -> None:
    connection = await asyncpg.connect(
        host=database.host,
        port=database.port,
        user=database.user,
        password=database.password_file.read_text(),
        database=database.database,
        ssl=False,
    )
    try:
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute("UPDATE orders SET note = '' WHERE id = 1")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity")
    finally:
        await connection.close()


async def test_the_password_file_is_ours_alone(database: DemoDatabase) -> None:
    assert stat.S_IMODE(database.password_file.stat().st_mode) == 0o600


def _entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_stopping_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    database = DemoDatabase(blank())
    await database.start(tmp_path)
    folder = database._cluster.folder
    pid = database._cluster.pid
    guard = database._cluster._guard
    assert pid is not None
    assert guard is not None

    await database.stop()
    await database.stop()

    assert not psutil.pid_exists(pid)
    assert not psutil.pid_exists(guard.pid)
    assert _entries(folder.parent).isdisjoint({folder.name})
    assert _entries(tmp_path) == set()


async def test_it_is_there_within_three_seconds_of_work(tmp_path: Path) -> None:
    database = DemoDatabase(blank())
    began = time.process_time()
    await database.start(tmp_path)
    took_s = time.process_time() - began
    await database.stop()

    assert took_s < 6


async def test_who_guesses_passwords_leaves_rows_in_the_products_own_tables(
    database: DemoDatabase,
) -> None:
    clock = ManualClock()
    estate = Estate(Agenda(clock))
    perform(TryPasswords(product="lma", address="203.0.113.66", per_minute=90), estate)
    clock.advance(120)
    await SignIns(database, project_of(estate.supabase, "lma"), clock).look()
    admin = await database._admin()
    try:
        failed = await admin.fetchval("""SELECT count(*) FROM public.sign_in_attempts
            WHERE outcome = 'failed' AND ip = '203.0.113.66'""")
        refreshed = await admin.fetchval("""SELECT count(*) FROM auth.audit_log_entries
            WHERE payload ->> 'action' = 'token_refreshed' AND ip_address LIKE '203.0.113.%'""")
    finally:
        await admin.close()

    assert (failed, refreshed) == (3, 2)
