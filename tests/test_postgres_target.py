"""Where a database is: DSNs taken apart without a word of them in any message."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import NotFound, Unauthorized
from providers.postgres.options import DatabaseOptions
from providers.postgres.target import BadDsn, Target, is_loopback, parse_dsn, resolve_target
from tests.postgres_fixtures import secret_getter


async def target_of(dsn: str | None = None, **changes: Any) -> Target:
    getter = secret_getter(dsn) if dsn is not None else None
    return await resolve_target(DatabaseOptions(dsn=getter, **changes))


async def test_a_dsn_gives_everything() -> None:
    target = await target_of("postgresql://ops:p%40ss%2Fword@db.lma.com:5433/lma%20main")

    assert (target.host, target.port) == ("db.lma.com", 5433)
    assert (target.user, target.database) == ("ops", "lma main")
    assert target.password is not None
    assert target.password.reveal() == "p@ss/word"
    assert target.tls == "verify-full"


async def test_parts_that_a_dsn_leaves_out_come_from_the_options() -> None:
    target = await target_of(
        "postgres://@/", host="db.lma.com", user="ops", password=secret_getter("from-elsewhere")
    )

    assert (target.host, target.port, target.database) == ("db.lma.com", 5432, "ops")
    assert target.password is not None
    assert target.password.reveal() == "from-elsewhere"


@pytest.mark.parametrize(
    ("dsn", "host", "port"),
    [
        ("postgresql://u:secret@[2001:db8::1]:5432/d", "2001:db8::1", 5432),
        ("postgresql://u@%2Fvar%2Frun%2Fpostgresql/d", "/var/run/postgresql", 5432),
        ("postgresql://u@/d?host=/tmp&port=5433", "/tmp", 5433),
        ("postgresql://u:secret@db.lma.com", "db.lma.com", 5432),
    ],
)
async def test_hosts_of_every_kind(dsn: str, host: str, port: int) -> None:
    target = await target_of(dsn)

    assert (target.host, target.port) == (host, port)


SECRET = "Zebra9Quagga"


@pytest.mark.parametrize("character", "/#?@")
def test_a_password_that_needs_encoding_is_told_how_and_not_quoted(character: str) -> None:
    with pytest.raises(BadDsn) as caught:
        parse_dsn(f"postgresql://ops:{SECRET}{character}{SECRET}@db.lma.com:5432/lma")

    told = f"{caught.value} {caught.value.advice} {caught.value.__cause__}"
    assert f"%{ord(character):02X}" in caught.value.advice
    for piece in (SECRET, "ops", "db.lma.com", "lma"):
        assert piece not in told


@pytest.mark.parametrize(
    "dsn",
    [
        f"mysql://u:{SECRET}@h/d",
        f"u:{SECRET}@h/d",
        f"postgresql://u:{SECRET}@h:{SECRET}/d",
        f"postgresql://u:{SECRET}@h:99999/d",
        f"postgresql://u:{SECRET}@h1,h2/d",
        f"postgresql://u:{SECRET}%@h/d",
        f"postgresql://u:{SECRET}%ff@h/d",
        f"postgresql://u:{SECRET}%00@h/d",
        f"postgresql://u:{SECRET}\x1b@h/d",
        f"postgresql://u:{SECRET} x@h/d",
        f"postgresql://u:{SECRET}@[::1/d",
        f"postgresql://u:{SECRET}@h/d?port={SECRET}",
        "postgresql://u:" + SECRET + "@h:" + "9" * 5000 + "/d",
    ],
)
def test_broken_dsns_are_told_without_a_word_of_them(dsn: str) -> None:
    with pytest.raises(BadDsn) as caught:
        parse_dsn(dsn)

    assert caught.value.reason
    assert SECRET not in f"{caught.value} {caught.value.advice} {caught.value.__cause__}"


@given(st.text(min_size=1, max_size=40))
def test_every_password_survives_when_it_is_encoded(password: str) -> None:
    if "\0" in password or any("\ud800" <= c <= "\udfff" for c in password):
        return
    parts = parse_dsn(f"postgresql://u:{quote(password, safe='')}@h/d")

    assert parts.password == password


@given(st.text(max_size=60))
def test_whatever_the_text_it_is_parsed_or_refused_in_words(text: str) -> None:
    told = ""
    try:
        parse_dsn(f"postgresql://{text}")
    except BadDsn as error:
        told = error.sentence

    assert len(text) < 8 or text not in told


@pytest.mark.parametrize(
    ("configured", "asked", "used"),
    [
        ("verify-full", "require", "verify-full"),
        ("verify-full", "disable", "verify-full"),
        ("verify-full", "prefer", "verify-full"),
        ("require", "verify-full", "verify-full"),
        ("require", "allow", "require"),
    ],
)
async def test_a_dsn_can_ask_for_more_tls_and_never_for_less(
    configured: str, asked: str, used: str
) -> None:
    target = await target_of(f"postgresql://u:secret@h/d?sslmode={asked}", tls=configured)

    assert target.tls == used


@pytest.mark.parametrize(
    ("host", "port", "mode"),
    [
        ("db.abcd.supabase.co", 5432, "none"),
        ("aws-0-eu-west-1.pooler.supabase.com", 5432, "session"),
        ("aws-0-eu-west-1.pooler.supabase.com", 6543, "transaction"),
        ("db.abcd.supabase.co", 6543, "transaction"),
        ("pgbouncer.internal", 6432, "transaction"),
        ("/run/pgbouncer", 6432, "none"),
    ],
)
async def test_poolers_are_known_by_their_address(host: str, port: int, mode: str) -> None:
    assert (await target_of(host=host, port=port, user="u")).pooler == mode


async def test_the_configuration_knows_better_than_the_address() -> None:
    target = await target_of(host="h", port=6543, user="u", pooler="session")

    assert not target.transaction_pooled


async def test_a_dsn_for_prisma_says_that_it_is_pooled() -> None:
    assert (await target_of("postgresql://u:secret@h/d?pgbouncer=true")).transaction_pooled


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("/tmp", True),
        ("localhost.evil.com", False),
        ("127.0.0.1.evil.com", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound to it
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_loopback_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


async def test_a_password_over_a_clear_connection_is_refused_wherever_it_came_from() -> None:
    with pytest.raises(Unauthorized, match="in clear"):
        await target_of("postgresql://u:secret@db.lma.com/d", tls="disable")


async def test_without_a_password_a_trusted_network_may_go_without_tls() -> None:
    assert (await target_of(host="10.0.0.5", user="u", tls="disable")).tls == "disable"


async def test_a_database_without_a_user_is_not_configured() -> None:
    with pytest.raises(NotFound, match="no user"):
        await target_of(host="h")
