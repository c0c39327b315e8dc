"""Names, certificates and mail records by real questions to a real resolver on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.faults import Fault, FaultKind, Faults
from demo.intake import StreamIntake
from demo.names import zone
from demo.vendors.dns import DnsServer, Zone
from demo.vendors.tls_site import TlsSite
from providers.base import SourceKind
from providers.clock import SystemClock
from providers.dns_client import DnsOutcome, NameServers
from providers.domain_mapping import HostView, resolution
from providers.domains import DomainsOptions, DomainsSource, HostOptions, ZoneOptions
from providers.errors import BadAnswer, ProviderError, TimedOut, Unreachable
from providers.system_readings import Condition, Record, SystemReading
from tests.examples import examples
from tests.vendor_rigs import numbers_of, spec_of
from tests.vendor_server import dead_port

PATIENT_S = 20.0
"""For what answers: on a busy machine it may take a while."""

SHORT_S = 0.4
"""For what does not."""


@asynccontextmanager
async def resolver(
    known: Zone | None = None, faults: Faults | None = None
) -> AsyncIterator[DnsServer]:
    server = DnsServer(zone() if known is None else known, faults)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


def servers(*ports: int, timeout_s: float = PATIENT_S) -> NameServers:
    return NameServers([("127.0.0.1", port) for port in ports], timeout_s=timeout_s)


def source(port: int, **options: object) -> DomainsSource:
    chosen: dict[str, object] = {"title": "Domains", "query_timeout_s": PATIENT_S} | options
    made = DomainsOptions(resolvers=(("127.0.0.1", port),), **chosen)  # type: ignore[arg-type]  # named by the test
    return DomainsSource(spec_of("DNS", SourceKind.SYSTEM), made, SystemClock())


async def records(given: DomainsSource, section: str) -> Mapping[str, Record]:
    payload = (await given.read()).payload
    assert isinstance(payload, SystemReading)
    found = next(each for each in payload.sections if each.key == section)
    return {record.id: record for record in found.records}


async def test_a_name_is_followed_over_its_aliases() -> None:
    async with resolver() as server:
        answer = await servers(server.port).ask("www.lma.com", "A")

    assert answer.outcome is DnsOutcome.FOUND
    assert (answer.chain, answer.values) == (("cname.vercel-dns.com",), ("127.0.0.1",))


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (FaultKind.NOT_FOUND, DnsOutcome.NO_NAME),
        (FaultKind.UNAVAILABLE, DnsOutcome.SERVER_FAILED),
        (FaultKind.FORBIDDEN, DnsOutcome.REFUSED),
        (FaultKind.HANG, DnsOutcome.TIMED_OUT),
    ],
)
async def test_each_way_to_fail_has_its_own_word(fault: FaultKind, outcome: DnsOutcome) -> None:
    faults = Faults()
    faults.on(Fault(service="dns", kind=fault))
    timeout_s = SHORT_S if fault is FaultKind.HANG else PATIENT_S
    async with resolver(faults=faults) as server:
        answer = await servers(server.port, timeout_s=timeout_s).ask("www.lma.com", "A")

    assert answer.outcome is outcome


async def test_no_such_name_and_no_such_record_are_two_things() -> None:
    async with resolver() as server:
        asked = servers(server.port)
        assert (await asked.ask("nowhere.lma.com", "A")).outcome is DnsOutcome.NO_NAME
        assert (await asked.ask("lma.com", "AAAA")).outcome is DnsOutcome.NO_RECORD


async def test_nobody_at_the_port() -> None:
    answer = await servers(dead_port()).ask("lma.com", "A")

    assert answer.outcome is DnsOutcome.UNREACHABLE


async def test_the_next_resolver_is_asked_when_one_is_dead() -> None:
    async with resolver() as server:
        answer = await servers(dead_port(), server.port).ask("lma.com", "A")

    assert answer.outcome is DnsOutcome.FOUND
    assert answer.server == f"127.0.0.1:{server.port}"


async def test_a_long_answer_comes_over_tcp() -> None:
    long = {"lma.com": {"TXT": [f'"{n:03}{"x" * 240}"' for n in range(20)]}}
    async with resolver(long) as server:
        answer = await servers(server.port).ask("lma.com", "TXT")

    assert len(answer.values) == 20


async def test_a_lost_datagram_is_sent_again() -> None:
    faults = Faults()
    faults.on(Fault(service="dns", kind=FaultKind.HANG, times=1))
    async with resolver(faults=faults) as server:
        answer = await servers(server.port, timeout_s=3.0).ask("lma.com", "A")

    assert answer.outcome is DnsOutcome.FOUND
    assert len(server.asked) == 2


class _Liar(asyncio.DatagramProtocol):
    """Answers each datagram with the same bytes."""

    def __init__(self, says: bytes) -> None:
        self._says = says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        # The right id, so that only what follows can be wrong.
        self._transport.sendto(data[:2] + self._says, addr)


@settings(max_examples=examples(40))
@given(says=st.binary(max_size=80))
async def test_whatever_a_datagram_holds_nothing_breaks(says: bytes) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Liar(says), local_addr=("127.0.0.1", 0)
    )
    try:
        port = transport.get_extra_info("sockname")[1]
        asked = NameServers([("127.0.0.1", port)], timeout_s=0.02)
        answer = await asked.ask("lma.com", "A")
    finally:
        transport.close()

    assert answer.values == ()


async def _cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(2)
    writer.write(b"\x02\x00half an answer")
    writer.close()


async def _garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(2)
    writer.write(b"\x00\x20" + b"\xff" * 32)
    await writer.drain()
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize(
    ("stream", "outcomes"),
    [
        (_cut, {DnsOutcome.BAD_ANSWER, DnsOutcome.UNREACHABLE}),
        (_half, {DnsOutcome.BAD_ANSWER, DnsOutcome.UNREACHABLE}),
        (_garbage, {DnsOutcome.BAD_ANSWER, DnsOutcome.UNREACHABLE}),
        (_hang, {DnsOutcome.TIMED_OUT}),
    ],
)
async def test_a_long_answer_that_goes_wrong_over_tcp(
    stream: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]],
    outcomes: set[DnsOutcome],
) -> None:
    long = {"lma.com": {"TXT": [f'"{n:03}{"x" * 240}"' for n in range(20)]}}
    loop = asyncio.get_running_loop()
    honest = DnsServer(long)

    class Truncating(_Liar):
        def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
            answer = honest.answer(data, 512)
            assert answer is not None
            self._transport.sendto(answer, addr)

    over_tcp = StreamIntake(stream)
    port = over_tcp.open()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Truncating(b""), local_addr=("127.0.0.1", port)
    )
    timeout_s = SHORT_S if stream is _hang else PATIENT_S
    answer = await servers(port, timeout_s=timeout_s).ask("lma.com", "TXT")
    transport.close()
    await over_tcp.close()

    assert answer.outcome in outcomes
    assert answer.values == ()


async def test_an_address_is_looked_at_without_a_name_server(site: TlsSite) -> None:
    given = (HostOptions(host="127.0.0.1", port=site.port, ca_file=str(site.ca_file)),)
    found = await records(source(dead_port(), hosts=given), "certificates")

    assert "not for 127.0.0.1" in found["127.0.0.1"].state.text


@pytest.mark.parametrize("name", ["a" * 64 + ".com", "..", "\ud800.com", ""])
async def test_a_name_that_cannot_exist_is_not_asked_for(name: str) -> None:
    async with resolver() as server:
        answer = await servers(server.port).ask(name, "A")

    assert answer.outcome in {DnsOutcome.NO_NAME, DnsOutcome.NO_RECORD}


@pytest.mark.parametrize(
    ("expected", "condition"),
    [
        ((), Condition.FINE),
        (("cname.vercel-dns.com",), Condition.FINE),
        (("CNAME.Vercel-DNS.com.",), Condition.FINE),
        (("*.vercel-dns.com",), Condition.FINE),
        (("127.0.0.0/8",), Condition.FINE),
        (("127.0.0.1",), Condition.FINE),
        (("203.0.113.7", "127.0.0.1"), Condition.FINE),
        (("203.0.113.7",), Condition.BROKEN),
        (("*.onrender.com",), Condition.BROKEN),
    ],
)
async def test_where_a_name_should_lead(expected: Sequence[str], condition: Condition) -> None:
    async with resolver() as server:
        answers = (await servers(server.port).ask("www.lma.com", "A"),)

    judged, _ = resolution(HostView(host="www.lma.com", expected=tuple(expected), answers=answers))
    assert judged is condition


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[TlsSite]:
    hosts = {
        "www.lma.com": timedelta(days=71),
        "admin.lma.com": timedelta(days=16, hours=1),
        "api.lma.com": timedelta(days=3),
        "merchant.lma.com": timedelta(days=-2),
    }
    made = TlsSite(hosts, tmp_path, SystemClock().now().at)
    await made.open()
    yield made
    await made.close()


def hosts(site: TlsSite, *names: str, trusted: bool = True) -> tuple[HostOptions, ...]:
    ca_file = str(site.ca_file) if trusted else None
    return tuple(HostOptions(host=name, port=site.port, ca_file=ca_file) for name in names)


async def test_certificates_are_judged_by_their_days(site: TlsSite) -> None:
    names = ("www.lma.com", "admin.lma.com", "api.lma.com", "merchant.lma.com")
    async with resolver() as server:
        looked = source(server.port, hosts=hosts(site, *names))
        found = await records(looked, "certificates")
        harvest = await looked.read()

    assert [found[name].condition for name in names] == [
        Condition.FINE,
        Condition.DEGRADED,
        Condition.BROKEN,
        Condition.BROKEN,
    ]
    assert found["www.lma.com"].state.text == "71 d left, chain trusted"
    assert "expired" in found["merchant.lma.com"].state.text
    assert "Demo Authority R1" in dict(found["www.lma.com"].details)["issuer"].text
    numbers = numbers_of(harvest)
    assert numbers["certificate_days"] == pytest.approx(-2, abs=0.01)
    assert numbers["certificates_untrusted"] == 1
    assert numbers["without_http2"] == 0


async def test_an_unknown_authority_is_not_trusted(site: TlsSite) -> None:
    async with resolver() as server:
        looked = source(server.port, hosts=hosts(site, "www.lma.com", trusted=False))
        found = await records(looked, "certificates")

    assert found["www.lma.com"].condition is Condition.BROKEN
    assert "unknown CA" in found["www.lma.com"].state.text


async def test_a_certificate_for_another_name(site: TlsSite) -> None:
    async with resolver() as server:
        looked = source(server.port, hosts=hosts(site, "localloop.com"))
        found = await records(looked, "certificates")

    assert "not for localloop.com" in found["localloop.com"].state.text


async def test_a_server_without_http2_is_counted(tmp_path: Path) -> None:
    now = SystemClock().now().at
    old = TlsSite({"www.lma.com": timedelta(days=50)}, tmp_path, now, ("http/1.1",))
    await old.open()
    async with resolver() as server:
        harvest = await source(server.port, hosts=hosts(old, "www.lma.com")).read()
    await old.close()

    assert numbers_of(harvest)["without_http2"] == 1


async def test_a_closed_port_is_no_expired_certificate(site: TlsSite) -> None:
    await site.refuse()
    async with resolver() as server:
        looked = source(server.port, hosts=hosts(site, "www.lma.com"))
        found = await records(looked, "certificates")
        numbers = numbers_of(await looked.read())

    assert found["www.lma.com"].condition is Condition.UNKNOWN
    assert "refused" in found["www.lma.com"].state.text
    assert numbers["certificate_days"] is None
    assert numbers["without_http2"] is None


async def test_mail_records_and_name_servers() -> None:
    lma = ZoneOptions(
        domain="lma.com", dkim=("resend", "old"), name_servers=("ns1.vercel-dns.com",)
    )
    local = ZoneOptions(domain="localloop.com", dkim=("resend",))
    async with resolver() as server:
        looked = source(server.port, zones=(lma, local))
        mail = await records(looked, "mail")
        delegated = await records(looked, "name_servers")
        harvest = await looked.read()

    assert {name: each.state.text for name, each in mail.items()} == {
        "lma.com SPF": "present",
        "lma.com DKIM resend": "present",
        "lma.com DKIM old": "missing",
        "lma.com DMARC": "p=quarantine",
        "localloop.com SPF": "present",
        "localloop.com DKIM resend": "present",
        "localloop.com DMARC": "p=none",
    }
    assert "3 of 10" in dict(mail["lma.com SPF"].details)["why"].text
    assert delegated["lma.com NS"].condition is Condition.BROKEN
    assert numbers_of(harvest)["mail_problems"] == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(FaultKind.HANG, TimedOut), (FaultKind.FORBIDDEN, Unreachable)],
)
async def test_a_silent_resolver_says_nothing_of_the_names(
    fault: FaultKind, kind: type[ProviderError]
) -> None:
    faults = Faults()
    faults.on(Fault(service="dns", kind=fault))
    async with resolver(faults=faults) as server:
        looked = source(
            server.port,
            hosts=(HostOptions(host="www.lma.com"),),
            query_timeout_s=SHORT_S if kind is TimedOut else PATIENT_S,
        )
        with pytest.raises(kind) as caught:
            await looked.read()

    assert str(server.port) in caught.value.reason
    assert not isinstance(caught.value, BadAnswer)


async def test_a_dead_resolver_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await source(dead_port(), zones=(ZoneOptions(domain="lma.com"),)).read()


async def test_one_name_that_is_gone_does_not_blind_the_others() -> None:
    given = (HostOptions(host="gone.lma.com"), HostOptions(host="www.lma.com", tls=False))
    async with resolver() as server:
        found = await records(source(server.port, hosts=given), "names")

    assert found["gone.lma.com"].condition is Condition.BROKEN
    assert "NXDOMAIN" in found["gone.lma.com"].state.text
    assert found["www.lma.com"].condition is Condition.FINE


async def test_hostile_records_are_drawn_and_do_nothing() -> None:
    hostile = {"lma.com": {"TXT": ['"v=spf1 \\027]52;c;aGk=\\007 -all"', '"v=DMARC1; p=[/red]"']}}
    async with resolver(hostile) as server:
        mail = await records(source(server.port, zones=(ZoneOptions(domain="lma.com"),)), "mail")

    shown = "".join(word.text for each in mail.values() for _, word in each.details)
    assert "\x1b" not in shown
    assert "\x07" not in shown
