"""What is made of the server's own figures; a standby, and rows that are not as asked."""

import asyncio
from binascii import b2a_base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from demo.postgres_cluster import Cluster
from providers.clock import SystemClock
from providers.database_readings import SessionReading, SessionState
from providers.postgres.answer import look_from, only_value, who_from
from providers.postgres.overview import Overview, overview_from
from providers.postgres.rows import MALFORMED
from providers.postgres.sessions import Listing
from providers.postgres.source import DatabaseSource
from providers.postgres.statements import Identifier, statement
from providers.postgres.texts import Texts
from providers.secrets import Secret
from tests.postgres_fake_server import READY, message
from tests.postgres_fixtures import SPEC, blank, number, options_for, reading_of, reason


def base64(text: str) -> str:
    return b2a_base64(text.encode()).decode()


ROW: dict[str, Any] = {
    "at_s": 1000.0,
    "started_s": 1.0,
    "version": 160004,
    "in_recovery": False,
    "replay_lag_s": None,
    "sees_all": True,
    "own_role": base64("quarterdeck"),
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
    "applications": [base64("lma-api"), ""],
    "application_sessions": [40, 1],
    "stats_reset_s": None,
    "commits": 10,
    "rollbacks": 1,
    "blocks_hit": 5,
    "blocks_read": 5,
    "deadlocks": 0,
    "temp_bytes": 0,
    "matching": 1,
    "people": [],
    "sessions": [],
}
WHO: dict[str, Any] = {
    "pid": 7,
    "backend_start": "2026-01-02T03:04:05.000006Z",
    "database": base64("lma"),
    "role": base64("lma"),
    "application": base64("web"),
    "client": base64("local"),
    "backend_type": "client backend",
    "state": "active",
    "query_id": None,
    "query": base64("SELECT 'the-key-to-it-all'"),
    "query_cut": None,
}
SESSION: list[Any] = [base64("Lock:tuple"), 2.5, 3.5, 0.5, [5, 0, 5]]


def overview_of(row: dict[str, Any]) -> Overview:
    return overview_from(look_from(json.encode(row)), Texts())


@pytest.fixture(scope="module")
def standby() -> Iterator[Cluster]:
    cluster = Cluster({"wal_level": "replica"}, blank())
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
    connections = overview_of(ROW).connections

    assert connections is not None
    assert (connections.used, connections.available, connections.maximum) == (41, 55, 60)
    assert connections.by_state == {"active": 2, "idle": 39}


def test_the_version_is_said_as_people_say_it() -> None:
    assert overview_of(ROW).version_text == "16.4"


def test_no_open_transaction_is_an_age_of_nothing() -> None:
    assert overview_of(ROW | {"oldest_transaction_s": None}).oldest_transaction_s == 0.0


def test_a_role_with_an_awkward_name_is_quoted_in_the_grant() -> None:
    row = ROW | {"sees_all": False, "own_role": base64('a"b;\x1b')}

    (sentence,) = overview_of(row).missing_privileges

    assert 'TO "a""b;␛";' in sentence


junk = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()


@given(st.sampled_from(sorted(ROW)), junk | st.lists(junk))
def test_a_look_with_anything_in_it_is_read_or_refused(column: str, value: object) -> None:
    try:
        overview = overview_of(ROW | {column: value})
    except MALFORMED:
        return

    assert overview.connections is not None


@given(st.integers(min_value=-1, max_value=4), st.sampled_from(sorted(WHO)), junk | st.lists(junk))
def test_sessions_with_anything_in_them_are_read_or_refused(
    place: int, column: str, value: object
) -> None:
    person, session = WHO, list(SESSION)
    if place < 0:
        person = WHO | {column: value}
    else:
        session[place] = value
    try:
        row = look_from(json.encode(ROW | {"people": [person], "sessions": [session]}))
        sessions = Listing(Texts()).sessions_from(row)
    except MALFORMED:
        return

    assert len(sessions.listed) == 1


@given(st.binary(max_size=80) | st.lists(st.binary(max_size=9)).map(lambda rows: spoken(*rows)))
def test_a_value_is_found_or_refused_in_whatever_was_said(said: bytes) -> None:
    try:
        value = only_value(said)
    except ValueError:
        return

    assert value in said


def spoken(*rows: bytes) -> bytes:
    told = (b"\0\1" + len(row).to_bytes(4) + row for row in rows)
    return message(b"C", b"SET\0") + b"".join(message(b"D", row) for row in told) + READY


def test_the_first_value_counts_whatever_stands_around_it() -> None:
    assert only_value(message(b"N", b"DDDD") + spoken(b"{}", b"[]")) == b"{}"


@pytest.mark.parametrize("place", [1, 2, 3])
def test_an_age_of_less_than_nothing_is_refused(place: int) -> None:
    session = [-0.001 if at == place else value for at, value in enumerate(SESSION)]

    with pytest.raises(TypeError, match="sessions"):
        look_from(json.encode(ROW | {"sessions": [session]}))


def test_what_is_refused_is_not_quoted() -> None:
    with pytest.raises(TypeError) as caught:
        who_from(json.encode(WHO | {"backend_start": "the-key-to-it-all"}))

    assert "backend_start" in str(caught.value)
    assert "the-key" not in str(caught.value)


@given(junk | st.lists(junk))
def test_people_who_do_not_fit_the_sessions_are_refused(people: object) -> None:
    listing = Listing(Texts())
    listed(listing, (WHO, SESSION))

    row = look_from(json.encode(ROW | {"people": people, "sessions": [SESSION]}))
    with pytest.raises(MALFORMED):
        listing.sessions_from(row)


Told = tuple[dict[str, Any], list[Any]]
"""Who it is, and what changes about it."""


def listed(listing: Listing, *told: Told) -> list[SessionReading]:
    people, sessions = [one[0] for one in told], [one[1] for one in told]
    look = look_from(json.encode(ROW | {"people": people, "sessions": sessions}))
    return list(listing.sessions_from(look).listed)


def test_a_session_that_goes_on_is_told_with_its_new_ages_and_waits() -> None:
    listing = Listing(Texts())
    (before,) = listed(listing, (WHO, SESSION))

    (after,) = listed(listing, (WHO, [None, 12.5, 13.5, None, None]))

    assert (before.query_age_s, before.transaction_age_s, before.state_age_s) == (2.5, 3.5, 0.5)
    assert (before.wait.text, before.blocked_by) == ("Lock:tuple", (5, 0))
    assert (after.query_age_s, after.transaction_age_s, after.state_age_s) == (12.5, 13.5, None)
    assert (after.wait.text, after.blocked_by) == ("", ())
    assert after.query is before.query


def test_a_session_that_does_something_else_is_made_anew() -> None:
    listing = Listing(Texts())
    (before,) = listed(listing, (WHO, SESSION))

    (after,) = listed(listing, (WHO | {"query": base64("COMMIT"), "state": "idle"}, SESSION))

    assert (after.query.text, after.state) == ("COMMIT", SessionState.IDLE)
    assert (after.pid, after.user) == (before.pid, before.user)


def test_sessions_stay_themselves_while_others_come_and_go_around_them() -> None:
    listing = Listing(Texts())
    other = WHO | {"pid": 8, "query": base64("SELECT 8")}
    older, younger = [None, 9.0, 9.0, 9.0, None], [None, 1.0, 1.0, 1.0, None]
    (before,) = listed(listing, (WHO, younger))

    both = listed(listing, (other, older), (WHO, younger))
    turned = listed(listing, (WHO, older), (other, younger))
    alone = listed(listing, (WHO, older))

    assert [session.pid for session in both] == [8, 7]
    assert [session.pid for session in turned] == [7, 8]
    assert [session.pid for session in alone] == [7]
    assert both[1].query is turned[0].query is alone[0].query is before.query


def test_a_secret_learnt_later_goes_from_a_text_that_was_there_before() -> None:
    texts = Texts()
    texts.out_of_date()
    assert "the-key-to-it-all" in texts.of(WHO["query"]).text
    assert not texts.out_of_date()

    Secret("the-key-to-it-all")

    assert texts.out_of_date()
    assert "the-key-to-it-all" not in texts.of(WHO["query"]).text


def test_the_texts_that_are_kept_are_bounded() -> None:
    texts = Texts()
    first = texts.of(base64("first"))
    assert texts.of(base64("first")) is first

    for number_ in range(20):
        texts.of(base64(f"{number_}" + "x" * 60_000))

    assert texts.of(base64("first")) is not first


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
