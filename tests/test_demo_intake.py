"""A port that closes leaves no connection behind, however far each of them has come."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator

import pytest

from demo.intake import Intake, StreamIntake, Talk
from demo.kept_port import KeptPort
from demo.serve import Listener
from providers.clock import SystemClock
from tests.servers import Authority

TURNS = range(10)
"""How often the loop turns between a connection's coming and the port's closing."""


async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.read()
    finally:
        writer.close()


async def floods(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Writes more than any buffer takes, to one who does not read."""
    try:
        while True:
            writer.write(b"x" * 1_000_000)
            await writer.drain()
    finally:
        writer.close()


@contextlib.contextmanager
def comes(port: int) -> Iterator[socket.socket]:
    """A client in the backlog: the kernel has taken it, the loop has not."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.setblocking(False)
        yield client


async def turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def sees_the_end(client: socket.socket) -> bool:
    """Whether the other side closed the connection, one way or another."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(5):
            while await loop.sock_recv(client, 1_000_000):
                pass
    return True


def nobody_else_is_busy() -> bool:
    return asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("turns", TURNS)
@pytest.mark.parametrize("talk", [listens, floods])
@pytest.mark.parametrize("rudely", [False, True])
async def test_whoever_is_just_coming_in_is_let_go(turns: int, talk: Talk, rudely: bool) -> None:
    intake = StreamIntake(talk)
    with comes(intake.open()) as client:
        await turn(turns)
        await intake.close(rudely=rudely)

        assert not intake.is_open
        assert nobody_else_is_busy()
        assert await sees_the_end(client)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows, and a client that trusts it."""
    folder, authority = tmp_path_factory.mktemp("intake"), Authority()
    trusting = ssl.create_default_context(cafile=authority.ca_file(folder))
    return authority.server(folder, "127.0.0.1"), trusting


Certified = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.mark.parametrize("turns", TURNS)
async def test_a_handshake_that_never_begins_ends_with_the_port(
    turns: int, certified: Certified
) -> None:
    intake = StreamIntake(listens, tls=certified[0])
    with comes(intake.open()) as client:
        await turn(turns)
        await intake.close()

        assert nobody_else_is_busy()
        assert await sees_the_end(client)


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_a_handshake_under_way_ends_with_the_port(turns: int, certified: Certified) -> None:
    intake = StreamIntake(listens, tls=certified[0])
    port = intake.open()
    shaking = asyncio.create_task(asyncio.open_connection("127.0.0.1", port, ssl=certified[1]))
    await turn(turns)
    await intake.close()
    with contextlib.suppress(OSError):
        reader, writer = await shaking
        assert await reader.read() == b""
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    assert nobody_else_is_busy()


async def test_a_client_that_speaks_no_tls_is_let_go(certified: Certified) -> None:
    intake = StreamIntake(listens, tls=certified[0])
    with comes(intake.open()) as client:
        await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\n\r\n")
        assert await sees_the_end(client)
    await intake.close()


@pytest.fixture
async def intake() -> AsyncIterator[Intake]:
    made = StreamIntake(listens)
    yield made
    await made.close()


async def test_a_refused_port_keeps_those_it_has(intake: Intake) -> None:
    port = intake.open()
    with comes(port) as client:
        await turn(5)
        await intake.refuse()
        with pytest.raises(BlockingIOError):
            client.recv(1)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


async def test_an_answer_in_two_pieces_is_not_held_back() -> None:
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def tells(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        told.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    intake = StreamIntake(tells)
    with comes(intake.open()):
        assert await told
    await intake.close()


async def test_a_port_opens_again(intake: Intake) -> None:
    port = intake.open()
    await intake.close()
    assert intake.open(port=port) == port
    assert intake.is_open


@pytest.mark.parametrize("turns", TURNS)
async def test_an_app_lets_go_who_is_just_coming_in(turns: int) -> None:
    async def app(_scope: object, receive: object, _send: object) -> None:
        raise AssertionError("nothing was asked")

    listener = Listener(app, SystemClock())
    await listener.open()
    with comes(listener.port) as client:
        await turn(turns)
        await listener.close()

        assert nobody_else_is_busy()
        assert await sees_the_end(client)


async def test_a_port_that_refuses_stays_ours_and_is_opened_again() -> None:
    intake = StreamIntake(listens)
    port = intake.open()
    await intake.close(keep=True)
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", port))
        await intake.close(keep=True)
    assert intake.open(port=port) == port
    with comes(port):
        await intake.close()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))


async def test_a_port_that_was_not_opened_again_is_free_at_the_end() -> None:
    intake = StreamIntake(listens)
    port = intake.open()
    await intake.close(keep=True)
    await intake.close()
    with KeptPort(port) as anew:
        assert anew.port == port
