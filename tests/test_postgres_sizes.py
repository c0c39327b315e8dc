"""What is asked only now and then: sizes, and the statements' times."""

from collections.abc import Callable

import pytest

from providers.postgres.source import DatabaseSource
from tests.fakes import ManualClock
from tests.postgres_fixtures import Look, People, number, reading_of, reason

FAKE_EXTENSION = """
DROP SCHEMA IF EXISTS "Ext ensions" CASCADE; CREATE SCHEMA "Ext ensions";
CREATE TABLE "Ext ensions".times (calls bigint, ms float8);
INSERT INTO "Ext ensions".times VALUES (10, 100);
CREATE FUNCTION "Ext ensions".pg_stat_statements(boolean)
    RETURNS TABLE (dbid oid, calls bigint, {column} float8) LANGUAGE sql
    AS $$ SELECT d.oid, t.calls, t.ms FROM "Ext ensions".times t, pg_database d
          WHERE d.datname = current_database() $$;
SET allow_system_table_mods = on;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    SELECT 99999, 'pg_stat_statements', 10, n.oid, false, '{version}'
    FROM pg_namespace n WHERE n.nspname = 'Ext ensions';
"""


async def test_tables_with_capitals_and_blanks_are_measured(people: People, look: Look) -> None:
    admin = await people.connect("setup")
    await admin.execute("""DROP TABLE IF EXISTS "Order Items", "a""b";
        CREATE TABLE "Order Items" AS SELECT g, repeat('x', 500) FROM generate_series(1, 2000) AS g;
        CREATE TABLE "a""b" AS SELECT 1 AS one; ANALYZE "Order Items"; ANALYZE "a""b" """)
    try:
        reading = await look()

        first = reading.largest_tables[0]
        assert (str(first.schema), str(first.name)) == ("public", "Order Items")
        assert first.total_bytes is not None
        assert first.total_bytes > 1_000_000
        assert first.estimated_rows == 2000
        assert 'a"b' in {str(table.name) for table in reading.largest_tables}
        assert reading.size_bytes is not None
        assert reading.size_bytes > first.total_bytes
    finally:
        await admin.execute('DROP TABLE "Order Items", "a""b"')


async def test_a_locked_table_costs_the_sizes_and_not_the_look(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    migration = await people.run(
        "migration",
        "DROP TABLE IF EXISTS huge; CREATE TABLE huge AS SELECT generate_series(1, 9000) AS id",
        "ANALYZE huge",
        "BEGIN",
        "LOCK TABLE huge IN ACCESS EXCLUSIVE MODE",
    )

    harvest = await sources(statement_timeout_s=0.1).read()

    assert reading_of(harvest).largest_tables == ()
    assert number(harvest, "connections_used") == 2
    await migration.execute("ROLLBACK; DROP TABLE huge")


async def test_the_size_is_read_once_a_minute(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    clock = ManualClock()
    source = sources(clock=clock)
    before = number(await source.read(), "database_size_bytes")
    admin = await people.connect("setup")
    await admin.execute("CREATE TABLE bulk AS SELECT repeat('x', 900) FROM generate_series(1, 999)")
    try:
        clock.advance(59)
        assert number(await source.read(), "database_size_bytes") == before
        clock.advance(1)
        assert (number(await source.read(), "database_size_bytes") or 0) > (before or 0)
    finally:
        await admin.execute("DROP TABLE bulk")


async def test_without_pg_stat_statements_the_average_says_so(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    harvest = await sources().read()

    assert number(harvest, "query_avg_ms") is None
    assert "not installed" in reason(harvest, "query_avg_ms")


@pytest.mark.parametrize(
    ("version", "column"),
    [("1.7", "total_time"), ("1.8", "total_exec_time"), ("1.12", "total_exec_time")],
)
async def test_the_average_is_of_what_ran_between_two_looks(
    people: People, sources: Callable[..., DatabaseSource], version: str, column: str
) -> None:
    admin = await people.connect("setup")
    await admin.execute(FAKE_EXTENSION.format(version=version, column=column))
    try:
        clock = ManualClock()
        source = sources(clock=clock)
        first = await source.read()
        await admin.execute('UPDATE "Ext ensions".times SET calls = 14, ms = 300')
        clock.advance(15)
        second = await source.read()
        clock.advance(15)
        third = await source.read()
        await admin.execute('UPDATE "Ext ensions".times SET calls = 1, ms = 3')
        clock.advance(15)
        fourth = await source.read()
    finally:
        await admin.execute("""DELETE FROM pg_extension WHERE oid = 99999;
            DROP SCHEMA "Ext ensions" CASCADE""")

    assert reason(first, "query_avg_ms") == "needs a second look"
    assert number(second, "query_avg_ms") == 50
    assert reason(third, "query_avg_ms") == "no statement ended since the last look"
    assert reason(fourth, "query_avg_ms") == "the server's counters were reset"


async def test_rates_come_with_the_second_look(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    source = sources()
    first = await source.read()
    second = await source.read()

    for metric in ("transactions_per_s", "rollbacks_per_s", "deadlocks", "temp_bytes_per_s"):
        assert reason(first, metric) == "needs a second look"
        assert (number(second, metric) or 0) >= 0
        assert reason(second, metric) == ""
