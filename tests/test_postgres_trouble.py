"""Servers that are gone, hung, full, strange or hostile: words in time, and recovery."""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable

import pytest

from demo.postgres_cluster import Cluster
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    ServerFailed,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from providers.postgres.source import DatabaseSource
from tests.postgres_fake_server import (
    READY,
    Behaviour,
    cheats_at_scram,
    error,
    fails_with,
    fake_server,
    hangs_up,
    logs_in_and_says,
    message,
    silent,
    speaks_http,
)
from tests.postgres_fixtures import People, number, reading_of, secret_getter
from tests.vendor_server import dead_port

Make = Callable[..., DatabaseSource]


async def failure_of(source: DatabaseSource) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await source.read()
    assert caught.value.reason.strip()
    return caught.value


async def test_a_restart_between_two_looks_goes_unnoticed(people: People, sources: Make) -> None:
    source = sources()
    await source.read()

    await asyncio.to_thread(people.cluster.restart)

    assert number(await source.read(), "connections_used") == 1


async def test_a_session_ended_by_an_administrator_is_replaced_at_once(
    people: People, sources: Make
) -> None:
    source = sources()
    await source.read()
    admin = await people.connect("admin")
    await admin.execute("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'quarterdeck'""")

    assert number(await source.read(), "connections_used") == 2


async def test_a_killed_server_is_told_in_words_until_it_is_back(
    people: People, sources: Make
) -> None:
    source = sources()
    await source.read()
    await asyncio.to_thread(people.cluster.kill)

    for _ in range(3):
        told = await failure_of(source)
        assert isinstance(told, Unreachable)
        assert "connection refused" in told.reason
        assert f"127.0.0.1:{people.cluster.port}" in told.advice

    await asyncio.to_thread(people.cluster.restart)
    assert reading_of(await source.read()).server_version


async def test_a_frozen_server_takes_no_longer_than_allowed_and_thaws(
    people: People, sources: Make
) -> None:
    source = sources(timeout_s=0.3)
    await source.read()
    people.cluster.freeze()
    try:
        began = time.monotonic()
        held = await failure_of(source)
        anew = await failure_of(source)
        await source.aclose()
        took_s = time.monotonic() - began
    finally:
        people.cluster.thaw()

    for told in (held, anew):
        assert isinstance(told, TimedOut)
        assert "within 0.3 s" in told.reason
    assert took_s < 8
    assert number(await source.read(), "connections_used") is not None


async def test_a_server_that_takes_the_call_and_is_silent(sources: Make) -> None:
    async with fake_server(silent) as server:
        began = time.monotonic()
        told = await failure_of(sources(port=server.port, timeout_s=0.2))

        assert isinstance(told, TimedOut)
        assert time.monotonic() - began < 8


async def test_a_hung_goodbye_is_cut_short(people: People, sources: Make) -> None:
    source = sources()
    await source.read()
    people.cluster.freeze()
    try:
        began = time.monotonic()
        await source.aclose()
        assert time.monotonic() - began < 8
    finally:
        people.cluster.thaw()


async def test_a_cancelled_look_lets_go_and_the_next_one_works(
    people: People, sources: Make
) -> None:
    source = sources()
    await source.read()
    people.cluster.freeze()
    try:
        look = asyncio.ensure_future(source.read())
        await asyncio.sleep(0)
        look.cancel()
        with pytest.raises(asyncio.CancelledError):
            await look
    finally:
        people.cluster.thaw()

    assert number(await source.read(), "connections_used") is not None


async def test_too_many_connections_is_said_and_passes(people: People, sources: Make) -> None:
    admin = await people.connect("setup")
    await admin.execute("""DROP ROLE IF EXISTS watcher;
        CREATE ROLE watcher LOGIN PASSWORD 'watcher-password'; GRANT pg_monitor TO watcher""")
    crowd = [
        await people.connect("lma-api", user="watcher", password="watcher-password")
        for _ in range(36)
    ]
    source = sources(user="watcher", password=secret_getter("watcher-password"))

    told = await failure_of(source)
    crowd[0].terminate()

    assert isinstance(told, ServerFailed)
    assert "too many connections" in told.reason
    assert told.advice
    async with asyncio.timeout(5):
        while True:
            try:
                harvest = await source.read()
            except ServerFailed:
                continue
            break
    assert (number(harvest, "connections_percent") or 0) >= 100


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"password": secret_getter("wrong-password")}, Unauthorized, "password was refused"),
        ({"user": "nobody_of_that_name"}, Unauthorized, "password was refused"),
        ({"database": "no_such_database"}, NotFound, "no such database"),
        ({"host": "no-such-host.invalid", "tls": "verify-full"}, Unreachable, "name"),
        ({"host": "a..b", "tls": "verify-full"}, Unreachable, "none that can exist"),
        ({"host": "x" * 70, "tls": "verify-full"}, Unreachable, "none that can exist"),
        ({"host": "/no/such/folder"}, Unreachable, "no socket"),
        ({"host": ""}, NotFound, "no host is configured"),
    ],
)
async def test_wrong_settings_are_told_apart(
    people: People, sources: Make, changes: dict[str, object], kind: type, words: str
) -> None:
    told = await failure_of(sources(**changes))

    assert type(told) is kind
    assert words in told.reason


async def test_nothing_listens(sources: Make) -> None:
    told = await failure_of(sources(port=dead_port()))

    assert isinstance(told, Unreachable)
    assert "refused" in told.reason


async def test_nothing_listens_at_any_of_several_addresses(sources: Make) -> None:
    told = await failure_of(sources(host="localhost", port=dead_port()))

    assert isinstance(told, Unreachable)
    assert "refused" in told.reason


BROKEN_TEXT = message(b"E", b"SERROR\0CXX000\0M\xff\xfe\xc3\0\0")
SASL_CONTINUE = message(b"R", b"\0\0\0\x0br=a,s=b,i=1")
ROW_DESCRIPTION = message(b"T", b"\0\1pid\0" + bytes(18))

STRANGE: list[tuple[str, Behaviour, type[ProviderError], str]] = [
    ("http", speaks_http, ProviderError, ""),
    ("hangs up", hangs_up, Unreachable, "lost"),
    (
        "starting",
        fails_with("57P03", "the database system is starting up"),
        ServerFailed,
        "starting",
    ),
    (
        "reserved",
        fails_with("53300", "remaining connection slots are reserved"),
        ServerFailed,
        "too many connections",
    ),
    (
        "supavisor full",
        fails_with("XX000", "Max client connections reached"),
        ServerFailed,
        "too many connections",
    ),
    (
        "paused",
        fails_with("XX000", "Tenant or user not found"),
        Unauthorized,
        "does not know this project",
    ),
    (
        "start-up settings",
        fails_with("08P01", "unsupported startup parameter: search_path"),
        Unauthorized,
        "refuses settings",
    ),
    ("hba", fails_with("28000", 'no pg_hba.conf entry for host "x"'), Unauthorized, "may not"),
    ("empty", fails_with("", ""), ServerFailed, "error"),
    ("odd code", fails_with("\x1b[31m", "\x1b]0;x\x07"), ServerFailed, "error"),
    ("garbage", logs_in_and_says(b"\xff" * 64), ProviderError, ""),
    ("no rows", logs_in_and_says(message(b"C", b"SELECT 0\0") + READY), ProviderError, ""),
    (
        "failing",
        logs_in_and_says(error("XX001", "invalid page in block 7") + READY),
        ServerFailed,
        "XX001",
    ),
    ("broken text", logs_in_and_says(BROKEN_TEXT + READY), ProviderError, ""),
    ("cheating", cheats_at_scram, BadAnswer, "protocol"),
    ("no order", logs_in_and_says(READY, greeting=SASL_CONTINUE), Unreachable, "lost"),
    ("less than nothing", logs_in_and_says(b"C" + b"\xba\xbd\xd4\xe0" * 9), Unreachable, "lost"),
    ("cut command", logs_in_and_says(message(b"C", b"") + READY), BadAnswer, "protocol"),
    ("no version", logs_in_and_says(READY, greeting=b""), BadAnswer, "not PostgreSQL's protocol"),
    ("row before its time", logs_in_and_says(ROW_DESCRIPTION + READY), ProviderError, ""),
]


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [case[1:] for case in STRANGE],
    ids=[case[0] for case in STRANGE],
)
async def test_strange_servers_end_in_words(
    sources: Make,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    behaviour: Behaviour,
    kind: type[ProviderError],
    words: str,
) -> None:
    async with fake_server(behaviour) as server:
        source = sources(port=server.port, timeout_s=0.5 if kind is TimedOut else 15.0)
        told = await failure_of(source)
        again = await failure_of(source)

    assert isinstance(told, kind)
    assert type(again) is type(told)
    assert words in told.reason
    assert "\x1b" not in told.sentence
    assert capfd.readouterr().err == ""
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_server_that_never_stops_sending_is_hung_up_on(
    people: People, sources: Make
) -> None:
    source = sources()
    await source.read()
    source._look_sql = "SELECT repeat('x', 1000) AS flood FROM generate_series(1, 100000)"

    told = await failure_of(source)

    assert isinstance(told, TooLarge)
    assert "4 MiB" in told.reason
    await source.aclose()
    assert number(await sources().read(), "connections_used") is not None


async def test_the_password_is_in_no_message(people: People, sources: Make) -> None:
    behaviour = fails_with("28P01", "failed with p4ss-w0rd-of-ours")
    async with fake_server(behaviour) as server:
        source = sources(port=server.port, password=secret_getter("p4ss-w0rd-of-ours"))
        told = await failure_of(source)

    assert "•••" in told.sentence
    assert "p4ss-w0rd" not in "".join(traceback.format_exception(told)) + told.advice


async def test_a_row_of_the_wrong_kind_is_a_bad_answer(people: People, sources: Make) -> None:
    source = sources()
    await source.read()
    source._look_sql = """SELECT '{"sees_all": "x"}'"""

    told = await failure_of(source)

    assert isinstance(told, BadAnswer)
    assert "sees_all" in told.reason


@pytest.mark.parametrize(
    "answer",
    ["SELECT 1 WHERE false", "SELECT NULL", "SELECT 'no JSON'", "SELECT '{'", "SELECT '[]'", ""],
)
async def test_an_answer_of_another_form_is_a_bad_answer_and_passes(
    people: People, sources: Make, answer: str
) -> None:
    source = sources()
    await source.read()
    good, source._look_sql = source._look_sql, answer

    assert isinstance(await failure_of(source), BadAnswer)
    source._look_sql = good

    assert number(await source.read(), "connections_used") == 1


async def test_the_pane_is_right_again_after_a_bad_answer(people: People, sources: Make) -> None:
    source = sources()
    await source.read()
    good = source._look_sql
    source._look_sql = "SELECT 1 / 0 AS nothing"
    told = await failure_of(source)
    assert isinstance(told, ServerFailed)
    source._look_sql = good

    assert number(await source.read(), "connections_used") == 1


async def test_a_hung_secret_is_told_as_such(sources: Make) -> None:
    never = asyncio.Event()

    async def stuck() -> object:
        return await never.wait()

    told = await failure_of(sources(password=stuck, timeout_s=0.05))

    assert isinstance(told, TimedOut)
    assert "secret" in told.reason


def test_the_cluster_is_up_for_the_next_module(postgres: Cluster) -> None:
    assert postgres.pid is not None
