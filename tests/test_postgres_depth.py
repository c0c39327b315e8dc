"""The thorough look at a real server: what it finds, and that no part takes another down."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from demo.postgres_cluster import Cluster
from providers.errors import (
    ProviderError,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from providers.postgres.depth import DepthOptions, depth_units
from providers.postgres.past import Sample
from providers.system_readings import Condition
from tests.fakes import ManualClock
from tests.postgres_fake_server import (
    READY,
    Behaviour,
    error,
    fails_with,
    fake_server,
    hangs_up,
    logs_in_and_says,
    silent,
    speaks_http,
)
from tests.postgres_fixtures import People, number, reason, secret_getter
from tests.postgres_parts import KnownPast, deep, detail, record, section, system_of
from tests.test_postgres_sizes import FAKE_EXTENSION
from tui.wire_names import DEPTH_METRICS

NARROW = "depth-narrow"
SHOP = DepthOptions(schemas=("Shop",))

SCHEMA = """
DROP SCHEMA IF EXISTS "Shop" CASCADE; CREATE SCHEMA "Shop"; SET search_path TO "Shop";
CREATE TABLE "Order Items" (id integer PRIMARY KEY, kind text, note text, size integer);
INSERT INTO "Order Items" SELECT g, 'a', repeat('x', 200), g % 7 FROM generate_series(1, 3000) AS g;
CREATE INDEX items_size ON "Order Items" (size);
CREATE UNIQUE INDEX items_promise ON "Order Items" (id, kind);
CREATE TABLE small (id integer); INSERT INTO small VALUES (1);
ANALYZE "Order Items"; ANALYZE small;
"""

SEGMENT_BYTES = 1024**2
"""What `demo.postgres_blank` has initdb write the log in."""


@pytest.fixture
async def shop(people: People) -> AsyncIterator[People]:
    """A schema with capitals and blanks in its names."""
    admin = await people.run("setup", SCHEMA)
    yield people
    await people.leave()
    admin = await people.connect("setup")
    await admin.execute('DROP SCHEMA "Shop" CASCADE')


@pytest.fixture
async def narrow(people: People) -> str:
    """A role that may log in and nothing else; gives its password."""
    admin = await people.connect("setup")
    await admin.execute(f"""DROP ROLE IF EXISTS "{NARROW}";
        CREATE ROLE "{NARROW}" LOGIN PASSWORD 'narrow-password'""")
    return "narrow-password"


async def test_every_part_is_read_and_every_number_named(people: People) -> None:
    harvest = await deep(people.cluster).read()

    reading = system_of(harvest)
    told = {each.metric for each in harvest.numbers if ":" not in each.metric}
    assert told == set(depth_units()) == set(DEPTH_METRICS)
    blind = {one.key for one in reading.sections if one.blind}
    assert blind == {"slow_mean", "slow_total"}
    assert "not installed" in section(harvest, "slow_mean").blind
    assert "CREATE EXTENSION" in section(harvest, "slow_mean").blind
    assert reading.condition in {Condition.FINE, Condition.NOTABLE}


async def test_tables_come_largest_first_with_growth_since_the_last_read(shop: People) -> None:
    clock = ManualClock()
    source = deep(shop.cluster, options=SHOP, clock=clock)
    first = await source.read()
    admin = await shop.connect("setup")
    await admin.execute("""INSERT INTO "Shop".small SELECT generate_series(1, 50000)""")
    clock.advance(7200)
    second = await source.read()

    titles = [each.title.text for each in section(first, "tables").records]
    assert titles == ["Shop.Order Items", "Shop.small"]
    items = record(first, "tables", "Order Items")
    assert (detail(items, "growth"), detail(items, "since")) == ("—", "needs a second look")
    assert detail(items, "rows, about") == "3k"
    grown = record(second, "tables", "small")
    assert detail(grown, "growth").startswith("+1.")
    assert detail(grown, "since") == "2026-11-21 16:00Z, 2h00m ago"
    assert detail(record(second, "tables", "Order Items"), "growth") == "0 B"
    day = number(second, "tables_growth_bytes_per_day") or 0
    before = number(first, "table_bytes:Shop.small") or 0
    after = number(second, "table_bytes:Shop.small") or 0
    assert day == pytest.approx((after - before) * 12)
    assert reason(first, "tables_growth_bytes_per_day") == "needs sizes that are an hour old"


async def test_growth_is_told_against_last_week_where_history_has_it(shop: People) -> None:
    clock = ManualClock()
    week = timedelta(days=6, hours=20)
    past = KnownPast(Sample(at=clock.now().at - week, value=1024.0))
    source = deep(shop.cluster, options=SHOP, clock=clock, past=past)

    harvest = await source.read()

    items = record(harvest, "tables", "Order Items")
    assert detail(items, "since") == "2026-11-14 20:00Z, 6d20h ago"
    assert detail(items, "growth").startswith("+")
    assert {metric for _, metric in past.asked} == {
        "database_bytes",
        "table_bytes:Shop.Order%20Items",
        "table_bytes:Shop.small",
    }
    clock.advance(60)
    await source.read()
    tables = [metric for _, metric in past.asked if metric != "database_bytes"]
    assert len(tables) == 2


async def test_a_database_that_grows_says_when_it_is_full(people: People) -> None:
    clock = ManualClock()
    month = KnownPast(Sample(at=clock.now().at - timedelta(days=10), value=0.0))
    options = DepthOptions(capacity_bytes=2.0 * 1024**3)
    harvest = await deep(people.cluster, options=options, clock=clock, past=month).read()
    small = DepthOptions(capacity_bytes=1024.0)
    full = await deep(people.cluster, options=small, clock=clock, past=month).read()
    unknown = await deep(people.cluster, clock=clock, past=month).read()
    first = await deep(people.cluster, options=options, clock=clock).read()

    total = number(harvest, "database_bytes") or 0
    assert total > 1_000_000
    assert number(harvest, "database_growth_bytes_per_day") == pytest.approx(total / 10)
    days = (2 * 1024**3 - total) / (total / 10)
    assert number(harvest, "days_to_full") == pytest.approx(days)
    assert detail(record(harvest, "growth", "this database"), "since").endswith("10d00h ago")
    assert number(full, "days_to_full") == 0
    assert system_of(full).condition is Condition.DEGRADED
    assert "full in 0 d" in system_of(full).summary.text
    assert "capacity_gib" in reason(unknown, "days_to_full")
    assert reason(first, "days_to_full") == "needs a size that is an hour old"


async def test_unused_indexes_are_those_that_keep_no_promise(shop: People) -> None:
    harvest = await deep(shop.cluster, options=SHOP).read()

    titles = [each.title.text for each in section(harvest, "unused_indexes").records]
    assert titles == ["Shop.items_size"]
    assert number(harvest, "unused_indexes") == 1
    assert (number(harvest, "unused_index_bytes") or 0) > 8000
    admin = await shop.connect("setup")
    await admin.execute("""SET enable_seqscan = off;
        SELECT count(*) FROM "Shop"."Order Items" WHERE size = 3;
        SELECT pg_stat_force_next_flush()""")
    again = await deep(shop.cluster, options=SHOP).read()
    assert section(again, "unused_indexes").records == ()
    assert number(again, "unused_indexes") == 0


async def test_index_use_stands_beside_the_planners_statistics(shop: People) -> None:
    admin = await shop.connect("setup")
    for _ in range(3):
        await admin.execute('SELECT count(*) FROM "Shop"."Order Items" WHERE note = $$y$$')
    await admin.execute("SELECT pg_stat_force_next_flush()")

    harvest = await deep(shop.cluster, options=SHOP).read()

    use = record(harvest, "index_use", "Order Items")
    assert int(detail(use, "whole scans")) >= 3
    statistics = section(harvest, "column_statistics")
    assert "not index use" in statistics.title
    kind = record(harvest, "column_statistics", "Order Items.kind")
    assert detail(kind, "n_distinct") == "1"
    size = record(harvest, "column_statistics", "Order Items.size")
    assert detail(size, "n_distinct") == "7"


async def test_a_wait_for_a_lock_names_who_holds_it(shop: People) -> None:
    worker = await shop.run("billing-worker", "BEGIN", 'UPDATE "Shop".small SET id = 2')
    waiter = await shop.connect("lma-api")
    shop.hang(waiter, 'UPDATE "Shop".small SET id = 3')
    await shop.waits(waiter)

    harvest = await deep(shop.cluster, options=SHOP).read()

    (wait,) = section(harvest, "locks").records
    assert wait.title.text == f"lma-api pid {waiter.get_server_pid()}"
    assert f"pid {worker.get_server_pid()} billing-worker" in detail(wait, "blocked by")
    assert "idle in transaction" in detail(wait, "blocked by")
    assert "UPDATE" in detail(wait, "statement")
    assert number(harvest, "lock_waits") == 1
    assert "1 waits for a lock" in system_of(harvest).summary.text
    assert system_of(harvest).condition is Condition.NOTABLE


async def test_connections_are_grouped_and_counted(people: People) -> None:
    for _ in range(3):
        await people.connect("lma-api")
    await people.run("billing", "BEGIN")

    harvest = await deep(people.cluster).read()

    api = record(harvest, "connections", "lma-api")
    assert (api.state.text, detail(api, "connections")) == ("idle", "3")
    assert record(harvest, "connections", "billing").state.text == "idle in transaction"
    assert number(harvest, "applications") == 3


async def test_dead_rows_and_a_table_without_autovacuum(shop: People) -> None:
    admin = await shop.connect("setup")
    # A server that is quick to clean up must not get there first.
    await admin.execute("""ALTER TABLE "Shop".small SET (autovacuum_enabled = false);
        ALTER TABLE "Shop"."Order Items" SET (autovacuum_vacuum_threshold = 1000000,
            autovacuum_analyze_threshold = 1000000);
        UPDATE "Shop"."Order Items" SET kind = 'b';
        UPDATE "Shop".small SET id = 5""")
    await admin.execute("SELECT pg_stat_force_next_flush()")

    harvest = await deep(shop.cluster, options=SHOP).read()

    assert (number(harvest, "dead_tuples") or 0) >= 3000
    assert int(detail(record(harvest, "vacuum", "Order Items"), "dead rows").rstrip("k")) == 3
    small = record(harvest, "vacuum", "Shop.small")
    assert (small.state.text, small.condition) == ("autovacuum off for it", Condition.NOTABLE)


async def test_a_sequence_that_ends_is_told_before_it_does(shop: People) -> None:
    admin = await shop.connect("setup")
    await admin.execute("""CREATE SEQUENCE "Shop".ids AS smallint;
        SELECT setval('"Shop".ids', 32000)""")

    harvest = await deep(shop.cluster, options=SHOP).read()

    ids = record(harvest, "limits", "sequence Shop.ids")
    assert (ids.state.text, ids.condition) == ("98 %", Condition.DEGRADED)
    assert (number(harvest, "limits_worst_percent") or 0) > 97
    assert "near its limit: sequence Shop.ids" in system_of(harvest).summary.text


async def test_the_log_has_a_rate_with_the_second_look(shop: People) -> None:
    source = deep(shop.cluster, options=SHOP)
    first = await source.read()
    admin = await shop.connect("setup")
    await admin.execute("""INSERT INTO "Shop".small SELECT generate_series(1, 20000);
        SELECT pg_sleep(0.5)""")
    second = await source.read()

    assert reason(first, "wal_bytes_per_s") == "needs a second look"
    assert (number(second, "wal_bytes_per_s") or 0) > 10_000
    assert (number(second, "wal_bytes") or 0) >= SEGMENT_BYTES
    assert record(second, "wal", "written").state.text.endswith("/s")


@pytest.mark.parametrize(("version", "prefix"), [("1.7", ""), ("1.8", "exec_"), ("1.12", "exec_")])
async def test_slow_statements_by_mean_and_by_total(
    people: People, version: str, prefix: str
) -> None:
    admin = await people.connect("setup")
    await admin.execute(STATEMENTS.format(version=version, prefix=prefix))
    try:
        harvest = await deep(people.cluster).read()
    finally:
        await admin.execute("""DELETE FROM pg_extension WHERE oid = 99999;
            DROP SCHEMA "Ext ensions" CASCADE""")

    by_mean = [each.title.text for each in section(harvest, "slow_mean").records]
    by_total = [each.title.text for each in section(harvest, "slow_total").records]
    assert by_mean == ["SELECT slow", "SELECT often", "<insufficient privilege>", "SELECT once"]
    assert by_total == ["SELECT often", "SELECT slow", "SELECT once", "<insufficient privilege>"]
    assert number(harvest, "slowest_mean_ms") == 900
    assert detail(record(harvest, "slow_total", "often"), "share of all time") == "57 %"
    assert any("1 statements of other roles are hidden" in each
               for each in system_of(harvest).notices)  # fmt: skip


STATEMENTS = """
DROP SCHEMA IF EXISTS "Ext ensions" CASCADE; CREATE SCHEMA "Ext ensions";
CREATE TABLE "Ext ensions".kept (queryid bigint, userid oid, calls bigint, rows bigint,
    total float8, mean float8, query text);
INSERT INTO "Ext ensions".kept VALUES
    (1, 10, 10, 10, 9000, 900, 'SELECT slow'), (2, 10, 10000, 5, 20000, 2, 'SELECT often'),
    (3, 10, 1, 1, 5000, 5000, 'SELECT once'),
    (NULL, 10, 6, 1, 1000, 1, '<insufficient privilege>');
CREATE FUNCTION "Ext ensions".pg_stat_statements(boolean) RETURNS TABLE (dbid oid, userid oid,
    queryid bigint, calls bigint, rows bigint, total_{prefix}time float8, mean_{prefix}time float8,
    query text) LANGUAGE sql AS $$
    SELECT d.oid, k.userid, k.queryid, k.calls, k.rows, k.total, k.mean, k.query
    FROM "Ext ensions".kept AS k, pg_database AS d WHERE d.datname = current_database() $$;
SET allow_system_table_mods = on;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    SELECT 99999, 'pg_stat_statements', 10, n.oid, false, '{version}'
    FROM pg_namespace AS n WHERE n.nspname = 'Ext ensions';
"""


async def test_an_extension_that_does_not_answer_costs_its_own_lists_alone(people: People) -> None:
    admin = await people.connect("setup")
    # Without the columns that are asked for.
    await admin.execute(FAKE_EXTENSION.format(version="1.12", column="something_else"))
    try:
        harvest = await deep(people.cluster).read()
    finally:
        await admin.execute("""DELETE FROM pg_extension WHERE oid = 99999;
            DROP SCHEMA "Ext ensions" CASCADE""")

    assert "does not know what we ask for" in section(harvest, "slow_mean").blind
    assert number(harvest, "slowest_mean_ms") is None
    assert not section(harvest, "limits").blind


async def test_a_role_that_may_log_in_alone_is_told_what_it_lacks(
    shop: People, narrow: str
) -> None:
    await shop.connect("lma-api")
    source = deep(shop.cluster, options=SHOP, user=NARROW, password=secret_getter(narrow))

    harvest = await source.read()

    assert "pg_read_all_stats" in section(harvest, "connections").blind
    assert number(harvest, "applications") is None
    assert "may 0 of 2" in section(harvest, "column_statistics").blind
    assert any("GRANT pg_monitor" in each for each in system_of(harvest).notices)
    assert number(harvest, "wal_bytes") is None
    assert [each.title.text for each in section(harvest, "tables").records] != []
    assert number(harvest, "xid_age") is not None


async def test_a_locked_table_costs_the_sizes_and_nothing_else(shop: People) -> None:
    migration = await shop.run(
        "migration", "BEGIN", 'LOCK TABLE "Shop".small IN ACCESS EXCLUSIVE MODE'
    )

    harvest = await deep(shop.cluster, options=SHOP, statement_timeout_s=0.15).read()

    assert "time limit" in section(harvest, "tables").blind
    assert number(harvest, "tables_bytes") is None
    assert not section(harvest, "connections").blind
    assert not section(harvest, "limits").blind
    await migration.execute("ROLLBACK")


async def test_what_takes_long_is_asked_seldom_and_says_of_when_it_is(shop: People) -> None:
    migration = await shop.run(
        "migration", "BEGIN", 'LOCK TABLE "Shop".small IN ACCESS EXCLUSIVE MODE'
    )
    clock = ManualClock()
    source = deep(shop.cluster, options=SHOP, clock=clock, statement_timeout_s=0.15)
    await source.read()
    await migration.execute("ROLLBACK")
    clock.advance(3)
    soon = await source.read()
    clock.advance(120)
    later = await source.read()

    assert section(soon, "tables").blind
    assert any("Table sizes: as of 16:00Z" in each for each in system_of(soon).notices)
    assert not section(later, "tables").blind


async def test_no_connection_outlives_a_read_and_two_take_turns(people: People) -> None:
    turn = asyncio.Lock()
    crowd = [deep(people.cluster, turn=turn) for _ in range(4)]
    admin = await people.connect("admin")
    ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quarterdeck'"
    reading = asyncio.gather(*(source.read() for source in crowd))
    seen = []
    while not reading.done():
        seen.append(await admin.fetchval(ours))
    await reading

    assert max(seen) == 1
    left = [await admin.fetchval(ours) for _ in range(20)]
    assert left[-1] == 0
    for source in crowd:
        await source.aclose()


@pytest.mark.parametrize(
    ("behaviour", "kind", "said"),
    [
        (silent, TimedOut, "no answer"),
        (hangs_up, Unreachable, ""),
        (speaks_http, Unreachable, "the connection was lost"),
        (fails_with("53300", "sorry, too many clients already"), ServerFailed, "no slot is free"),
        (fails_with("28P01", "password authentication failed"), Unauthorized, "was refused"),
        (fails_with("57P03", "the database system is starting up"), ServerFailed, "starting"),
        (logs_in_and_says(error("XX000", "boom") + READY), ServerFailed, "XX000"),
        (logs_in_and_says(b"Z\x7f\xff\xff\xff"), ProviderError, ""),
    ],
)
async def test_a_bad_server_is_an_error_in_words(
    postgres: Cluster, behaviour: Behaviour, kind: type[ProviderError], said: str
) -> None:
    timeout_s = 0.6 if kind is TimedOut else 15.0
    async with fake_server(behaviour) as server:
        with pytest.raises(kind) as caught:
            await deep(postgres, timeout_s=timeout_s, port=server.port).read()
    assert caught.value.reason
    assert said in caught.value.reason
    assert "PostgreSQL" in caught.value.sentence


async def test_a_server_that_stops_half_way_keeps_the_time(people: People) -> None:
    source = deep(people.cluster, timeout_s=1.5)
    await source.read()
    await asyncio.to_thread(people.cluster.freeze)
    try:
        async with asyncio.timeout(3):
            with pytest.raises(ProviderError):
                await source.read()
    finally:
        await asyncio.to_thread(people.cluster.thaw)
    assert system_of(await source.read()).sections


@pytest.fixture(scope="module")
def replicating() -> Iterator[Cluster]:
    """A server that others could stream from."""
    cluster = Cluster({"wal_level": "logical", "max_wal_senders": "4", "max_connections": "20"})
    cluster.start()
    yield cluster
    cluster.stop()


async def test_a_slot_that_nobody_reads_is_told_with_what_it_holds(replicating: Cluster) -> None:
    crowd = People(replicating)
    admin = await crowd.connect("setup")
    await admin.execute("SELECT pg_create_physical_replication_slot('standby_two', true)")
    await admin.execute("SELECT pg_create_logical_replication_slot('realtime', 'pgoutput')")
    await admin.execute("CREATE TABLE bulk AS SELECT generate_series(1, 50000)")

    harvest = await deep(replicating).read()
    await crowd.leave()

    slot = record(harvest, "slots", "standby_two")
    assert (slot.state.text, slot.condition) == ("inactive", Condition.NOTABLE)
    assert detail(slot, "kind") == "physical"
    assert detail(record(harvest, "slots", "realtime"), "kind") == "logical pgoutput"
    assert number(harvest, "slots_inactive") == 2
    assert (number(harvest, "slots_lag_bytes") or 0) > 1_000_000
    assert "2 inactive slots" in system_of(harvest).summary.text


async def test_a_role_that_may_more_than_watch_is_told(shop: People, narrow: str) -> None:
    how: dict[str, Any] = {"user": NARROW, "password": secret_getter(narrow)}
    modest = await deep(shop.cluster, options=SHOP, **how).read()
    admin = await shop.connect("setup")
    await admin.execute(f"""GRANT pg_signal_backend TO "{NARROW}";
        GRANT USAGE ON SCHEMA "Shop" TO "{NARROW}"; GRANT DELETE ON "Shop".small TO "{NARROW}" """)
    wide = await deep(shop.cluster, options=SHOP, **how).read()
    mighty = await deep(shop.cluster, options=SHOP).read()

    assert section(modest, "own_role").records == ()
    titles = [each.title.text for each in section(wide, "own_role").records]
    assert titles == [
        f"{NARROW} may end other people's sessions (pg_signal_backend)",
        f"{NARROW} may write to 1 table",
    ]
    assert any("may write to 1 table" in each for each in system_of(wide).notices)
    assert [each.title.text for each in section(mighty, "own_role").records] == [
        "postgres is a superuser"
    ]
