"""A good guest of the database: read only, bounded, blind to planted names, nothing left behind."""

from collections.abc import Callable

import asyncpg
import pytest

from providers.postgres.answer import only_value
from providers.postgres.connection import Connection
from providers.postgres.options import PoolerMode
from providers.postgres.source import DatabaseSource
from providers.postgres.target import resolve_target
from tests.postgres_fixtures import (
    Look,
    People,
    by_application,
    number,
    options_for,
    reading_of,
    reason,
    secret_getter,
)

NARROW = "watcher-narrow"


@pytest.fixture
async def narrow(people: People) -> str:
    """A role that may log in and nothing else; gives its password."""
    admin = await people.connect("setup")
    await admin.execute(f"""DROP ROLE IF EXISTS "{NARROW}";
        CREATE ROLE "{NARROW}" LOGIN PASSWORD 'narrow-password'""")
    return "narrow-password"


async def test_a_planted_search_path_changes_nothing(people: People, look: Look) -> None:
    setup = await people.connect("setup")
    await setup.execute("""DROP SCHEMA IF EXISTS planted CASCADE; CREATE SCHEMA planted;
        CREATE VIEW planted.pg_stat_activity AS
            SELECT * FROM pg_catalog.pg_stat_activity WHERE false;
        CREATE FUNCTION planted.now() RETURNS timestamptz LANGUAGE sql
            AS $$ SELECT '1999-01-01'::timestamptz $$;
        CREATE FUNCTION planted.never(text, text) RETURNS boolean LANGUAGE sql
            AS $$ SELECT false $$;
        CREATE OPERATOR planted.= (LEFTARG = text, RIGHTARG = text, FUNCTION = planted.never);
        CREATE OPERATOR planted.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = planted.never);
        ALTER ROLE postgres SET search_path = planted, pg_catalog""")
    try:
        worker = await people.run("billing-worker", "BEGIN")
        await worker.execute("SELECT pg_advisory_lock(7)")
        waiter = await people.connect("lma-api")
        people.hang(waiter, "SELECT pg_advisory_lock(7)")
        await people.waits(waiter)

        reading = await look(idle_in_transaction_s=0)

        assert {"billing-worker", "lma-api"} <= set(by_application(reading))
        assert reading.connections is not None
        assert reading.connections.used >= 3
    finally:
        await setup.execute("""ALTER ROLE postgres RESET search_path;
            DROP SCHEMA planted CASCADE""")


async def test_connections_count_against_what_ordinary_users_can_have(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    await people.connect("lma-api")
    await people.connect("lma-api")

    harvest = await sources().read()

    counts = reading_of(harvest).connections
    assert counts is not None
    assert (counts.maximum, counts.available) == (40, 37)
    assert counts.used == 3
    assert counts.by_state == {"idle": 2, "active": 1}
    assert [(str(name), many) for name, many in counts.by_application] == [
        ("lma-api", 2),
        ("quarterdeck", 1),
    ]
    assert number(harvest, "connections_percent") == pytest.approx(100 * 3 / 37)
    apart = [one for one in harvest.numbers if one.metric == "connections_by_application"]
    assert [(one.group, one.value) for one in apart] == [
        ("", 2),
        ("lma-api", 2),
        ("quarterdeck", 1),
    ]


async def test_a_role_that_may_not_look_gets_a_useful_pane_that_says_so_once(
    people: People, narrow: str, sources: Callable[..., DatabaseSource]
) -> None:
    await people.run("lma-api", "BEGIN")
    await people.connect("web")
    source = sources(user=NARROW, password=secret_getter(narrow))

    harvest = await source.read()

    reading = reading_of(harvest)
    assert len(reading.missing_privileges) == 1
    assert f'GRANT pg_read_all_stats TO "{NARROW}";' in reading.missing_privileges[0]
    assert reading.connections is not None
    assert not reading.connections.exact
    assert reading.connections.used >= 3
    for unseen in ("long_queries", "idle_in_transaction", "blocked", "oldest_transaction_s"):
        assert number(harvest, unseen) is None
        assert reason(harvest, unseen) == "needs pg_read_all_stats"


async def test_a_grant_is_seen_at_the_next_look(
    people: People, narrow: str, sources: Callable[..., DatabaseSource]
) -> None:
    source = sources(user=NARROW, password=secret_getter(narrow))
    assert reading_of(await source.read()).missing_privileges

    admin = await people.connect("admin")
    await admin.execute(f'GRANT pg_read_all_stats TO "{NARROW}"')

    harvest = await source.read()
    assert reading_of(harvest).missing_privileges == ()
    assert number(harvest, "long_queries") == 0


@pytest.mark.parametrize("pooler", ["none", "transaction"])
async def test_nothing_is_left_behind_in_the_session(people: People, pooler: PoolerMode) -> None:
    target = await resolve_target(options_for(people.cluster, pooler=pooler))
    connection = Connection(target)
    await connection.open()
    settings = "SELECT name, setting FROM pg_catalog.pg_settings ORDER BY name"
    driver = connection._driver
    assert driver is not None
    before = await driver.fetch(settings)

    async with connection.transaction(1.0) as rows:
        await rows.fetch("SELECT 1")

    assert await driver.fetch(settings) == before
    named = "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"
    assert await driver.fetchval(named) == 0
    await connection.close()


async def test_behind_a_transaction_pooler_nothing_is_set_at_the_start(people: People) -> None:
    target = await resolve_target(options_for(people.cluster, pooler="transaction"))
    connection = Connection(target)
    await connection.open()
    admin = await people.connect("admin")
    names = await admin.fetch(
        "SELECT application_name FROM pg_stat_activity WHERE backend_type = 'client backend'"
    )
    await connection.close()

    assert sorted(row[0] for row in names) == ["", "admin"]


async def test_behind_a_transaction_pooler_the_look_is_the_same(people: People, look: Look) -> None:
    await people.run("billing-worker", "BEGIN")

    reading = await look(pooler="transaction", idle_in_transaction_s=0)

    assert reading.pooled
    assert "billing-worker" in by_application(reading)
    assert "quarterdeck" not in by_application(reading)


async def test_the_transaction_is_read_only_and_its_limits_hold(people: People) -> None:
    connection = Connection(await resolve_target(options_for(people.cluster)))
    await connection.open()

    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with connection.transaction(1.0) as rows:
            await rows.fetch("CREATE TABLE pg_temp.nothing AS SELECT 1")
    with pytest.raises(asyncpg.QueryCanceledError):
        async with connection.transaction(0.05) as rows:
            await rows.fetch("SELECT pg_sleep(30)")
    async with connection.transaction(1.0) as rows:
        (row,) = await rows.fetch("SELECT current_setting('search_path') AS path")

    assert row["path"] == "pg_catalog, pg_temp"
    assert connection.is_open
    await connection.close()


class Old(Connection):
    """What is done with a server that does not time each statement of a message."""

    version_major = 12


@pytest.mark.parametrize("kind", [Connection, Old])
async def test_a_look_in_one_message_is_read_only_and_its_limits_hold(
    people: People, kind: type[Connection]
) -> None:
    connection = kind(await resolve_target(options_for(people.cluster)))
    await connection.open()
    driver = connection._driver
    assert driver is not None
    settings = "SELECT name, setting FROM pg_catalog.pg_settings ORDER BY name"
    before = await driver.fetch(settings)

    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await connection.converse("CREATE TABLE pg_temp.nothing AS SELECT 1", 1.0)
    with pytest.raises(asyncpg.QueryCanceledError):
        await connection.converse("SELECT pg_sleep(30)", 0.05)
    asked = ["transaction_read_only", "lock_timeout", "search_path", "application_name"]
    shown = ",".join(f"current_setting('{name}')" for name in asked)
    said = await connection.converse(f"SELECT concat_ws('|', {shown})", 3.0)

    assert only_value(said) == b"on|1s|pg_catalog, pg_temp|quarterdeck"
    assert await driver.fetch(settings) == before
    assert not driver.is_in_transaction()
    assert connection.is_open
    await connection.close()


async def test_looking_for_a_long_time_takes_one_connection(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    source = sources()
    for _ in range(20):
        await source.read()
    admin = await people.connect("admin")

    ours = await admin.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quarterdeck'"
    )

    assert ours == 1


async def test_closing_twice_gives_the_connection_back(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    source = sources()
    await source.read()
    await source.aclose()
    await source.aclose()
    admin = await people.connect("admin")

    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'quarterdeck'"
    assert await admin.fetchval(count) == 0
