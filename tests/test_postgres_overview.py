"""What is made of the server's own figures; a standby, and rows that are not as asked."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.postgres_cluster import Cluster
from providers.clock import SystemClock
from providers.postgres.overview import overview_from
from providers.postgres.rows import MALFORMED
from providers.postgres.sessions import sessions_from
from providers.postgres.source import DatabaseSource
from providers.postgres.statements import Identifier, statement
from tests.postgres_fixtures import SPEC, number, options_for, reading_of, reason

ROW: dict[str, Any] = {
    "at_s": 1000.0,
    "started_s": 1.0,
    "version": 160004,
    "in_recovery": False,
    "replay_lag_s": None,
    "sees_all": True,
    "own_role": b"quarterdeck",
    "maximum": 60,
    "reserved": 5,
    "backends": 44,
    "used": 41,
    "long_queries": 2,
    "idle_in_transaction": 1,
    "blocked": 3,
    "oldest_transaction_s": 12.5,
    "states": ["active", "idle"],
    "state_sessions": [2, 39],
    "applications": [b"lma-api", b""],
    "application_sessions": [40, 1],
    "stats_reset_s": None,
    "commits": 10,
    "rollbacks": 1,
    "blocks_hit": 5,
    "blocks_read": 5,
    "deadlocks": 0,
    "temp_bytes": 0,
}


@pytest.fixture(scope="module")
def standby() -> Iterator[Cluster]:
    cluster = Cluster({"wal_level": "replica"})
    cluster.start()
    try:
        cluster.kill()
        (cluster.folder / "data" / "standby.signal").touch()
        cluster.restart()
        yield cluster
    finally:
        cluster.stop()


async def test_a_standby_is_read_like_any_other_and_says_so(standby: Cluster) -> None:
    source = DatabaseSource(SPEC, options_for(standby), SystemClock())
    try:
        async with asyncio.timeout(10):
            harvest = await source.read()
    finally:
        await source.aclose()

    assert reading_of(harvest).in_recovery
    assert number(harvest, "connections_used") == 1
    assert reason(harvest, "replay_lag_s") or number(harvest, "replay_lag_s") is not None


def test_what_is_reserved_is_not_available() -> None:
    connections = overview_from(ROW).connections

    assert connections is not None
    assert (connections.used, connections.available, connections.maximum) == (41, 55, 60)
    assert connections.by_state == {"active": 2, "idle": 39}


def test_the_version_is_said_as_people_say_it() -> None:
    assert overview_from(ROW).version_text == "16.4"


def test_no_open_transaction_is_an_age_of_nothing() -> None:
    assert overview_from(ROW | {"oldest_transaction_s": None}).oldest_transaction_s == 0.0


def test_a_role_with_an_awkward_name_is_quoted_in_the_grant() -> None:
    row = ROW | {"sees_all": False, "own_role": b'a"b;\x1b'}

    (sentence,) = overview_from(row).missing_privileges

    assert 'TO "a""b;␛";' in sentence


junk = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()


@given(st.sampled_from(sorted(ROW)), junk | st.lists(junk))
def test_a_row_with_anything_in_it_is_read_or_refused(column: str, value: object) -> None:
    try:
        overview = overview_from(ROW | {column: value})
    except MALFORMED:
        return

    assert overview.connections is not None


@given(st.lists(st.dictionaries(st.sampled_from(["pid", "matching", "state"]), junk)))
def test_sessions_with_anything_in_them_are_read_or_refused(rows: list[dict[str, Any]]) -> None:
    refused = False
    try:
        sessions = sessions_from(rows)
    except MALFORMED:
        refused = True

    assert refused or sessions.listed == ()


def test_only_numbers_and_checked_names_get_into_a_statement() -> None:
    with pytest.raises(TypeError):
        statement("database_size", anything="1; DROP TABLE orders")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError):
        statement("database_size", anything=True)
    with pytest.raises(ValueError, match="NUL"):
        Identifier.quoted("a\0b")
    sized = statement(
        "statement_times", schema=Identifier.quoted('x"y'), total_time=Identifier("t")
    )
    assert '"x""y".pg_stat_statements(false)' in sized
    assert "--" not in sized
