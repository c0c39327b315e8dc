"""Which sessions are listed, and what is said of them, on a real server."""

from collections.abc import Callable

import asyncpg
import pytest

from providers.database_readings import SessionState
from providers.postgres.source import DatabaseSource
from tests.postgres_fixtures import Look, People, by_application, number, reading_of
from tests.waiting import until

YOUNG_S = 0.05
TABLE = """DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id int PRIMARY KEY, total int);
INSERT INTO orders SELECT g, 0 FROM generate_series(1, 9) AS g"""


async def is_old(people: People, connection: asyncpg.Connection) -> None:
    """Wait until the session's last statement counts as long for `YOUNG_S`."""
    admin = await people.connect("admin")
    pid = connection.get_server_pid()

    async def old() -> bool:
        query = """SELECT clock_timestamp() - greatest(query_start, state_change)
            > interval '60 ms' FROM pg_stat_activity WHERE pid = $1"""
        return bool(await admin.fetchval(query, pid))

    await until(old)
    await admin.close()


async def test_a_long_query_is_listed_with_all_that_is_known_of_it(
    people: People, look: Look
) -> None:
    report = await people.connect("report-cron")
    people.hang(report, "SELECT pg_sleep(60) /* nightly */")
    await is_old(people, report)

    reading = await look(long_query_s=YOUNG_S)

    session = by_application(reading)["report-cron"]
    assert session.pid == report.get_server_pid()
    assert session.state is SessionState.ACTIVE
    assert str(session.wait) == "Timeout:PgSleep"
    assert str(session.client) == "127.0.0.1"
    assert (str(session.user), str(session.database)) == ("postgres", "postgres")
    assert str(session.query) == "SELECT pg_sleep(60) /* nightly */"
    assert session.query_cut is None
    assert session.query_age_s is not None
    assert session.query_age_s > YOUNG_S
    assert session.transaction_age_s is not None
    assert session.backend_type == "client backend"
    assert session.blocked_by == ()


@pytest.mark.parametrize(("letter", "kept"), [("x", 1023), ("é", 1022)])
async def test_a_statement_that_fills_the_servers_room_is_told_as_cut(
    people: People, look: Look, letter: str, kept: int
) -> None:
    report = await people.connect("report-cron")
    # One letter of two bytes would not fit whole into what is left.
    people.hang(report, f"SELECT pg_sleep(60) /*{letter * 2_000}*/")
    await is_old(people, report)

    session = by_application(await look(long_query_s=YOUNG_S))["report-cron"]

    assert len(str(session.query).encode()) == kept
    assert session.query_cut == 1023
    assert session.cut_words.startswith("cut after 1,023 bytes: the server's")


async def test_five_minutes_is_the_rule_when_nothing_else_is_said(
    people: People, look: Look
) -> None:
    report = await people.connect("report-cron")
    people.hang(report, "SELECT pg_sleep(60)")
    await people.waits(report, "Timeout")

    assert "report-cron" not in by_application(await look())


async def test_an_idle_session_is_no_long_query_except_by_the_runbook_to_the_letter(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    idler = await people.run("web", "SELECT 'done long ago'")
    await is_old(people, idler)

    source = sources(long_query_s=YOUNG_S)
    corrected = await source.read()
    await source.aclose()
    literal = await sources(long_query_s=YOUNG_S, basis="runbook").read()

    assert number(corrected, "long_queries") == 0
    assert number(literal, "long_queries") == 1
    assert "web" not in by_application(reading_of(corrected))
    listed = by_application(reading_of(literal))["web"]
    assert listed.state is SessionState.IDLE


async def test_idle_in_transaction_stands_apart_and_counts_from_its_state(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    worker = await people.run("billing-worker", "BEGIN", "SELECT 1")
    await is_old(people, worker)

    harvest = await sources(long_query_s=YOUNG_S, idle_in_transaction_s=YOUNG_S).read()

    assert number(harvest, "idle_in_transaction") == 1
    assert number(harvest, "long_queries") == 0
    session = by_application(reading_of(harvest))["billing-worker"]
    assert session.state is SessionState.IDLE_IN_TRANSACTION
    assert session.state_age_s is not None
    assert session.state_age_s > YOUNG_S
    assert (number(harvest, "oldest_transaction_s") or 0) > YOUNG_S


async def test_a_failed_transaction_left_open_is_told_apart(people: People, look: Look) -> None:
    worker = await people.run("billing-worker", "BEGIN")
    with pytest.raises(asyncpg.PostgresError):
        await worker.execute("SELECT 1 / 0")
    await is_old(people, worker)

    session = by_application(await look(idle_in_transaction_s=YOUNG_S))["billing-worker"]

    assert session.state is SessionState.IDLE_IN_TRANSACTION_ABORTED


async def test_a_chain_of_three_is_whole_however_young_its_links(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    await (await people.run("setup", TABLE)).close()
    first = await people.run("billing-worker", "BEGIN", "UPDATE orders SET total = 1 WHERE id = 1")
    second = await people.run("lma-api", "BEGIN", "UPDATE orders SET total = 2 WHERE id = 2")
    people.hang(second, "UPDATE orders SET total = 2 WHERE id = 1")
    await people.waits(second)
    third = await people.connect("metabase")
    people.hang(third, "UPDATE orders SET total = 3 WHERE id = 2")
    await people.waits(third)

    harvest = await sources(long_query_s=300, idle_in_transaction_s=300).read()

    sessions = by_application(reading_of(harvest))
    assert set(sessions) == {"billing-worker", "lma-api", "metabase"}
    assert sessions["billing-worker"].blocked_by == ()
    assert sessions["billing-worker"].state is SessionState.IDLE_IN_TRANSACTION
    assert sessions["lma-api"].blocked_by == (first.get_server_pid(),)
    assert str(sessions["lma-api"].wait) == "Lock:transactionid"
    assert sessions["metabase"].blocked_by == (second.get_server_pid(),)
    assert number(harvest, "blocked") == 2


async def test_an_idle_session_that_holds_a_lock_is_listed_as_the_blocker(
    people: People, look: Look
) -> None:
    holder = await people.run("cron", "SELECT pg_advisory_lock(42)")
    waiter = await people.connect("lma-api")
    people.hang(waiter, "SELECT pg_advisory_lock(42)")
    await people.waits(waiter)

    sessions = by_application(await look())

    assert sessions["cron"].state is SessionState.IDLE
    assert sessions["lma-api"].blocked_by == (holder.get_server_pid(),)


async def test_a_prepared_transaction_blocks_as_pid_0_and_is_named(
    people: People, look: Look
) -> None:
    setup = await people.run("setup", TABLE)
    await setup.execute("BEGIN; DELETE FROM orders WHERE id = 1; PREPARE TRANSACTION 'order[/red]'")
    try:
        waiter = await people.connect("lma-api")
        people.hang(waiter, "UPDATE orders SET total = 1 WHERE id = 1")
        await people.waits(waiter)

        reading = await look()

        assert by_application(reading)["lma-api"].blocked_by == (0,)
        (prepared,) = reading.prepared_transactions
        assert str(prepared.gid) == "order[/red]"
        assert str(prepared.owner) == "postgres"
        assert prepared.age_s is not None
    finally:
        await setup.execute("ROLLBACK PREPARED 'order[/red]'")


async def test_prepared_transactions_are_not_asked_for_while_they_block_nobody(
    people: People, look: Look
) -> None:
    setup = await people.run("setup", TABLE)
    await setup.execute("BEGIN; DELETE FROM orders WHERE id = 1; PREPARE TRANSACTION 'quiet'")
    try:
        assert (await look()).prepared_transactions == ()
    finally:
        await setup.execute("ROLLBACK PREPARED 'quiet'")


async def test_we_do_not_list_ourselves(people: People, look: Look) -> None:
    reading = await look(long_query_s=0, idle_in_transaction_s=0, basis="runbook")

    assert "quarterdeck" not in by_application(reading)
    assert reading.connections is not None
    assert ("quarterdeck", 1) in [
        (str(name), count) for name, count in reading.connections.by_application
    ]


async def test_another_quarterdeck_between_two_statements_is_not_idle_in_transaction(
    people: People, look: Look
) -> None:
    await people.run("quarterdeck", "BEGIN READ ONLY")

    assert by_application(await look()) == {}


async def test_the_list_is_bounded_keeps_the_oldest_and_says_how_many_are_missing(
    people: People, sources: Callable[..., DatabaseSource]
) -> None:
    for turn in range(5):
        sleeper = await people.connect(f"sleeper-{turn}")
        people.hang(sleeper, "SELECT pg_sleep(60)")
        await people.waits(sleeper, "Timeout")
    await is_old(people, sleeper)

    harvest = await sources(long_query_s=YOUNG_S, row_limit=2).read()

    reading = reading_of(harvest)
    assert list(by_application(reading)) == ["sleeper-0", "sleeper-1"]
    assert reading.sessions_left_out == 3
    assert number(harvest, "long_queries") == 5


async def test_blockers_survive_the_bound(people: People, look: Look) -> None:
    for turn in range(3):
        sleeper = await people.connect(f"sleeper-{turn}")
        people.hang(sleeper, "SELECT pg_sleep(60)")
        await people.waits(sleeper, "Timeout")
    await people.run("cron", "SELECT pg_advisory_lock(43)")
    waiter = await people.connect("lma-api")
    people.hang(waiter, "SELECT pg_advisory_lock(43)")
    await people.waits(waiter)

    reading = await look(long_query_s=0, row_limit=2)

    assert set(by_application(reading)) == {"cron", "lma-api"}
