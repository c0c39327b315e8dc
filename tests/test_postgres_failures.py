"""Every failure has words of ours, and none of them is the driver's."""

import errno
import socket
import ssl

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from providers.postgres.failures import DRIVER_ERRORS, NotTheProtocol, translated
from providers.postgres.target import Target
from providers.secrets import Secret

TARGET = Target(
    host="db.abcd.supabase.co",
    port=5432,
    database="postgres",
    user="ops",
    password=Secret("swordfish-and-chips"),
    tls="verify-full",
    ca_file=None,
    pooler="none",
)

SERVER_ERRORS = sorted(
    {
        kind
        for kind in vars(asyncpg.exceptions).values()
        if isinstance(kind, type) and issubclass(kind, asyncpg.PostgresError)
    },
    key=lambda kind: kind.__name__,
)


def told(error: BaseException, target: Target | None = TARGET) -> ProviderError:
    assert isinstance(error, DRIVER_ERRORS)
    return translated(error, operation="look at the server", target=target, limit_s=5.0)


def server_error(state: str, message: str) -> asyncpg.PostgresError:
    error: asyncpg.PostgresError = asyncpg.PostgresError.new({"C": state, "M": message})
    return error


def test_every_error_of_a_server_has_a_reason_even_without_a_text() -> None:
    assert len(SERVER_ERRORS) > 200
    assert [kind for kind in SERVER_ERRORS if not told(kind("")).reason.strip()] == []


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        OSError(),
        ConnectionError(),
        ConnectionResetError(),
        ConnectionError("unexpected connection_lost() call"),
        EOFError(),
        ValueError("invalid DSN: swordfish-and-chips"),
        ssl.SSLError(),
        ssl.SSLCertVerificationError(),
        socket.gaierror(),
        asyncpg.InterfaceError(""),
        asyncpg.InternalClientError(),
        NotTheProtocol(""),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("target", [TARGET, None], ids=["known", "unknown"])
def test_every_error_of_the_driver_has_a_reason_of_ours(
    error: Exception, target: Target | None
) -> None:
    failure = told(error, target)

    assert failure.reason.strip()
    assert "swordfish" not in f"{failure.sentence} {failure.advice}"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (server_error("53300", "sorry, too many clients already"), ServerFailed, "too many"),
        (server_error("28P01", "password authentication failed"), Unauthorized, "password"),
        (server_error("28000", "no pg_hba.conf entry"), Unauthorized, "may not connect"),
        (server_error("28999", "something new"), Unauthorized, "may not connect"),
        (server_error("3D000", "database does not exist"), NotFound, "no such database"),
        (server_error("57P03", "starting up"), ServerFailed, "takes no connections now"),
        (server_error("57P01", "terminating connection"), Unreachable, "ended the connection"),
        (server_error("57014", "canceling statement"), TimedOut, "time limit"),
        (server_error("55P03", "lock timeout"), TimedOut, "lock"),
        (server_error("42501", "permission denied"), Unauthorized, "may not read"),
        (server_error("42703", "column does not exist"), BadAnswer, "does not know"),
        (server_error("26000", "prepared statement"), ServerFailed, "pooler"),
        (server_error("08006", "broken"), Unreachable, "broke off"),
        (server_error("XX000", "internal"), ServerFailed, "error XX000"),
        (server_error("08P01", "no more connections allowed"), ServerFailed, "too many"),
        (OSError(errno.EHOSTUNREACH, "x"), Unreachable, "no route to the host"),
        (OSError(errno.EIO, "x"), Unreachable, "input/output error"),
        (
            OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1, 0, 0)"),
            Unreachable,
            "refused",
        ),
        (socket.gaierror(socket.EAI_AGAIN, "x"), Unreachable, "name service"),
        (ConnectionError("error response during SSL exchange"), Unreachable, "before TLS"),
    ],
)
def test_each_kind_of_trouble_is_told_apart(
    error: Exception, kind: type[ProviderError], words: str
) -> None:
    failure = told(error)

    assert type(failure) is kind
    assert words in failure.reason


def test_a_direct_supabase_host_without_an_address_is_explained() -> None:
    assert "IPv6" in told(socket.gaierror(socket.EAI_NONAME, "x")).advice


def test_the_servers_last_words_before_it_hung_up_are_kept() -> None:
    lost = asyncpg.ConnectionDoesNotExistError("connection was closed")
    lost.__cause__ = server_error("53300", "remaining connection slots are reserved")

    failure = told(lost)

    assert "too many connections" in failure.reason
    assert "remaining connection slots" in failure.sentence


@given(state=st.text(max_size=8), message=st.text(max_size=200))
def test_whatever_a_server_says_is_drawn_safely_and_never_empty(state: str, message: str) -> None:
    failure = told(server_error(state, message))

    assert failure.reason.strip()
    assert "\x1b" not in failure.sentence
    assert "swordfish-and-chips" not in failure.sentence


def test_a_password_in_a_servers_words_is_taken_out() -> None:
    assert "•••" in told(server_error("28P01", "not swordfish-and-chips")).sentence
