"""Names and connects: bounded, raced, and one stuck name holds up nobody else (P19, P20)."""

import asyncio
import logging
import socket
import threading

import pytest

from providers.clock import SystemClock
from providers.connectivity import Connectivity
from providers.errors import TimedOut, Unreachable
from providers.http import Api
from providers.http_address import parse_address
from providers.http_connect import connect_any
from providers.http_exchange import Call, Line
from providers.http_resolve import MOST_LOOKUPS, Resolver, SocketAddress, ask_system, literal
from providers.http_wire import Wire
from tests.servers import answer, sending, serving
from tests.vendor_server import dead_port

_LOOPBACK: SocketAddress = (socket.AF_INET, ("127.0.0.1", 80))


class _Names:
    """A name server that answers when told to."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.asked: list[str] = []

    def ask(self, host: str, port: int) -> list[SocketAddress]:
        self.asked.append(host)
        if host.startswith("stuck"):
            self.release.wait(20)
        if host == "unknown":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [_LOOPBACK]


async def test_a_stuck_name_holds_up_nobody_else() -> None:
    names = _Names()
    resolver = Resolver(names.ask)
    stuck = [asyncio.create_task(resolver.look_up(f"stuck{n}", 1)) for n in range(40)]
    async with asyncio.timeout(5):
        assert await resolver.look_up("fine", 1) == [_LOOPBACK]
    assert not any(task.done() for task in stuck)
    names.release.set()
    assert await asyncio.gather(*stuck) == [[_LOOPBACK]] * 40


async def test_a_stuck_name_is_asked_once() -> None:
    names = _Names()
    resolver = Resolver(names.ask)
    for _ in range(5):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await resolver.look_up("stuck", 1)
    assert names.asked == ["stuck"]
    waiting = asyncio.create_task(resolver.look_up("stuck", 1))
    names.release.set()
    assert await waiting == [_LOOPBACK]
    await resolver.look_up("stuck", 1)
    assert names.asked == ["stuck"] * 2


async def test_lookups_are_bounded() -> None:
    names = _Names()
    resolver = Resolver(names.ask)
    tasks = [asyncio.create_task(resolver.look_up(f"stuck{n}", 1)) for n in range(MOST_LOOKUPS)]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="hang already"):
        await resolver.look_up("one more", 1)
    names.release.set()
    await asyncio.gather(*tasks)
    assert await resolver.look_up("one more", 1) == [_LOOPBACK]


async def test_a_name_nobody_waits_for_any_more_may_fail() -> None:
    names = _Names()
    resolver = Resolver(names.ask)
    with pytest.raises(socket.gaierror):
        await resolver.look_up("unknown", 1)
    with pytest.raises(socket.gaierror):
        await resolver.look_up("unknown", 1)


def test_a_loop_that_ended_meanwhile() -> None:
    names = _Names()
    resolver = Resolver(names.ask)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await resolver.look_up("stuck", 1)

    asyncio.run(give_up())
    names.release.set()
    # Another loop asks anew and is not given the future of the first.
    assert asyncio.run(resolver.look_up("stuck", 1)) == [_LOOPBACK]


@pytest.mark.parametrize(
    ("host", "is_literal"),
    [("127.0.0.1", True), ("::1", True), ("fe80::1%eth0", True), ("a.b", False), ("1.2", False)],
)
def test_literals(host: str, is_literal: bool) -> None:
    assert literal(host) is is_literal


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "203.0.113.7", "::1", "::ffff:127.0.0.1", "2001:db8::"]
)
async def test_an_address_is_looked_up_by_nobody(host: str) -> None:
    names = _Names()
    found = await Resolver(names.ask).look_up(host, 81)
    assert found == ask_system(host, 81)
    assert names.asked == []


@pytest.mark.parametrize("host", ["fe80::1%eth0", "0x7f.1", "127.1", "localhost", "a.b"])
async def test_what_is_no_whole_address_is_asked_for(host: str) -> None:
    names = _Names()
    await Resolver(names.ask).look_up(host, 81)
    assert names.asked == [host]


async def test_the_first_address_that_answers_is_taken() -> None:
    dead: SocketAddress = (socket.AF_INET, ("127.0.0.1", dead_port()))
    async with serving(sending(answer())) as server:
        alive: SocketAddress = (socket.AF_INET, ("127.0.0.1", server.port))
        for order in ([dead, alive], [alive, dead], [dead, dead, alive]):
            connected = await connect_any(order)
            assert connected.getpeername()[1] == server.port
            connected.close()


async def test_no_address_answers() -> None:
    dead: SocketAddress = (socket.AF_INET, ("127.0.0.1", dead_port()))
    with pytest.raises(ConnectionRefusedError):
        await connect_any([dead, dead])
    with pytest.raises(OSError, match="no address"):
        await connect_any([])


async def test_an_address_that_says_nothing_is_not_waited_for() -> None:
    """A full backlog drops what comes, as a firewall would."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        silent: SocketAddress = (socket.AF_INET, full.getsockname())
        async with serving(sending(answer())) as server:
            alive: SocketAddress = (socket.AF_INET, ("127.0.0.1", server.port))
            async with asyncio.timeout(3):
                connected = await connect_any([silent, alive])
            assert connected.getpeername()[1] == server.port
            connected.close()


async def test_the_deadline_holds_while_connecting() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        api = Api(system="V", base_url=url, clock=SystemClock(), deadline_s=1.0)
        with pytest.raises(TimedOut, match=r"within 1 s, while connecting"):
            await api.get("x", "/")


async def test_strangers_can_not_lead_us_home() -> None:
    async with serving(sending(answer())) as server:
        for host in ("127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]", "0"):
            address = parse_address(f"http://{host}:{server.port}/")
            line = Line(address, SystemClock(), away_only=True)
            call = Call(
                system="HTTP",
                operation="check",
                method="GET",
                address=address,
                headers=(),
                deadline_s=2,
                body_limit_bytes=1_000,
            )
            with pytest.raises(Unreachable, match="leads to this machine"):
                await line.ask(call, Wire(SystemClock(), 10_000))
    assert server.connections == 0


async def test_a_call_does_not_show_its_headers() -> None:
    call = Call(
        system="HTTP",
        operation="check",
        method="GET",
        address=parse_address("https://x.example/a?token=geheim"),
        headers=(("Authorization", "geheim"),),
        deadline_s=2,
        body_limit_bytes=1,
    )
    assert repr(call) == "Call(GET https://x.example/a)"


def test_foreign_loggers_stay_silent() -> None:
    for name in ("httpcore.connection", "httpcore.http11", "httpx", "hpack.hpack"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


async def test_online_when_one_target_takes_a_connection() -> None:
    async with serving(sending(), read_head=False) as server:
        targets = (("nosuch.invalid", 443), ("127.0.0.1", server.port))
        assert await Connectivity(targets, SystemClock()).check() is None


async def test_a_refusal_is_an_answer() -> None:
    targets = (("127.0.0.1", dead_port()),)
    assert await Connectivity(targets, SystemClock()).check() is None


async def test_offline_in_words() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        targets = (("127.0.0.1", port), ("nosuch.invalid", 443), ("a b", 1))
        reason = await Connectivity(targets, SystemClock(), timeout_s=0.2).check()
    assert reason is not None
    assert reason.startswith(f"none of 127.0.0.1:{port}, nosuch.invalid:443 and a b:1 answers")
    assert "route" in reason


async def test_without_targets_nothing_is_claimed() -> None:
    assert await Connectivity((), SystemClock()).check() is None
