"""Connections of a check: kept, made anew, never trusted with somebody else's answer."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.endpoint_rigs import check_once, endpoint, probe
from tests.servers import Authority, Talk, answer, sending, serving


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def _who(name: str) -> bytes:
    return answer(json.dumps({"version": name}).encode())


async def test_a_connection_is_kept_and_its_phases_say_so() -> None:
    async with serving(sending(_who("a")), keep=True) as server:
        source = endpoint(server.url().replace("127.0.0.1", "localhost"), fresh_every=100)
        first, numbers = probe(await source.read())
        second, later = probe(await source.read())
        await source.aclose()
    assert server.connections == 1
    assert first.phases.dns_ms is not None
    assert first.phases.connect_ms is not None
    assert first.phases.tls_ms is None
    assert first.phases.first_byte_ms is not None
    assert first.phases.body_ms is not None
    assert "connect_ms" in numbers
    assert second.phases.dns_ms is None
    assert second.phases.connect_ms is None
    assert second.phases.first_byte_ms is not None
    assert "connect_ms" not in later
    parts = (first.phases.dns_ms, first.phases.connect_ms, first.phases.first_byte_ms)
    assert first.phases.total_ms >= sum(parts)
    assert numbers["latency_ms"].value == first.phases.total_ms


@pytest.mark.parametrize(("every", "connections"), [(1, 7), (3, 3), (10, 1)])
async def test_every_nth_check_is_fresh(every: int, connections: int) -> None:
    async with serving(sending(_who("a")), keep=True) as server:
        source = endpoint(server.url(), fresh_every=every)
        for _ in range(7):
            await source.read()
        await source.aclose()
    assert server.connections == connections


async def test_an_idle_connection_ends_after_three_intervals() -> None:
    async with serving(sending(_who("a")), keep=True) as server:
        source = endpoint(server.url(), fresh_every=100, interval_s=1e-6)
        for _ in range(3):
            await source.read()
        await source.aclose()
    assert server.connections == 3


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_REAL = b'{"version": "real"}'
_BAD = _who("smuggled")


@pytest.mark.parametrize(
    "parts",
    [
        (_who("real") + _BAD,),
        (_who("real"), _BAD),
        (_who("real") + b"\r\n",),
        (_who("real") + b"H",),
        (_CHUNKED + b"13\r\n" + _REAL + b"\r\n0\r\n\r\n" + _BAD,),
        (_CHUNKED + b"13\r\n" + _REAL + b"\r\n0\r\nTrailer: x\r\n\r\n" + _BAD,),
        (b"HTTP/1.1 103 Hints\r\n\r\n" + _who("real") + _BAD,),
        # So long that the rest does not fit into what is read at once.
        (answer(_REAL + b" " * (16_384 - 100)) + _BAD * 200,),
    ],
)
@pytest.mark.parametrize("encrypted", [False, True])
async def test_bytes_after_an_answer_are_never_the_next_answer(
    parts: tuple[bytes, ...], encrypted: bool, authority: Authority, tmp_path: Path
) -> None:
    tls = authority.server(tmp_path, "127.0.0.1") if encrypted else None
    async with serving(sending(*parts), tls=tls, keep=True) as server:
        source = endpoint(
            server.url(),
            fresh_every=100,
            version_path="version",
            ca_file=authority.ca_file(tmp_path),
        )
        for _ in range(6):
            reading, numbers = probe(await source.read())
            assert reading.version.text == "real"
            assert numbers["up"].value == 1.0
        await source.aclose()


async def test_bytes_that_come_late_close_the_connection() -> None:
    later = asyncio.Event()
    sent = asyncio.Event()

    async def script(talk: Talk) -> None:
        await talk.send(_who("real"))
        if server.connections == 1:
            await later.wait()
            await talk.send(_BAD)
            sent.set()

    async with serving(script, keep=True) as server:
        source = endpoint(server.url(), fresh_every=100, version_path="version")
        await source.read()
        later.set()
        await sent.wait()
        reading, _ = probe(await source.read())
        await source.aclose()
    assert reading.version.text == "real"
    assert server.connections == 2


async def test_a_kept_connection_that_was_closed_is_no_failure() -> None:
    """The server may close at the very moment the next request leaves."""

    async def script(talk: Talk) -> None:
        # Reads the second request of a connection and hangs up on it.
        if talk.number == 0:
            await talk.send(_who("a"))
        else:
            talk.reset()

    async with serving(script, keep=True) as server:
        source = endpoint(server.url(), fresh_every=100)
        readings = [probe(await source.read())[0] for _ in range(4)]
        await source.aclose()
    assert [each.failure for each in readings] == [None] * 4
    # Each after the first was sent twice: once in vain, once on a new connection.
    assert len(server.requests) == 7


async def test_a_new_connection_that_breaks_is_a_failure() -> None:
    async def script(talk: Talk) -> None:
        talk.reset()

    async with serving(script) as server:
        reading, _ = await check_once(server.url())
    assert reading.failure is not None
    assert len(server.requests) == 1


async def test_a_server_that_closes_each_time() -> None:
    async with serving(sending(_who("a"))) as server:
        source = endpoint(server.url(), fresh_every=100)
        for _ in range(5):
            reading, _ = probe(await source.read())
            assert reading.failure is None
        await source.aclose()


async def test_a_failure_is_followed_by_recovery() -> None:
    async def script(talk: Talk) -> None:
        if len(server.requests) == 2:
            await talk.hang()
        await talk.send(_who("a"))

    async with serving(script, keep=True) as server:
        source = endpoint(server.url(), fresh_every=100, timeout_s=2.0)
        failures = [probe(await source.read())[0].failure for _ in range(4)]
        await source.aclose()
    assert [bool(each) for each in failures] == [False, True, False, False]


async def test_two_reads_at_once_do_not_mix() -> None:
    async def script(talk: Talk) -> None:
        await talk.send(_who("a"))

    async with serving(script, keep=True) as server:
        source = endpoint(server.url(), version_path="version")
        harvests = await asyncio.gather(*(source.read() for _ in range(8)))
        await source.aclose()
    assert {probe(each)[0].version.text for each in harvests} == {"a"}


async def test_cookies_are_not_sent_back() -> None:
    async with serving(sending(answer(headers=["Set-Cookie: a=b; Path=/"])), keep=True) as server:
        source = endpoint(server.url())
        await source.read()
        await source.read()
        await source.aclose()
    assert b"cookie" not in b"".join(server.requests).lower()


async def test_the_certificate(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1", "api.example")
    async with serving(sending(_who("a")), tls=tls, keep=True) as server:
        source = endpoint(server.url(), fresh_every=100, ca_file=authority.ca_file(tmp_path))
        first, numbers = probe(await source.read())
        kept, later = probe(await source.read())
        await source.aclose()
    assert server.connections == 1
    assert first.phases.tls_ms is not None
    assert kept.phases.tls_ms is None
    for reading in (first, kept):
        assert reading.certificate is not None
        assert reading.certificate.trusted
        assert reading.certificate.subject.text == "127.0.0.1"
        assert reading.certificate.issuer.text == "Quarterdeck test CA"
    assert numbers["certificate_days"].value == pytest.approx(30, abs=0.01)
    assert later["certificate_days"].value == pytest.approx(30, abs=0.01)


async def test_an_expired_certificate_still_tells_its_dates(
    authority: Authority, tmp_path: Path
) -> None:
    import datetime as dt

    ends = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    tls = authority.server(tmp_path, "127.0.0.1", ends=ends)
    async with serving(sending(_who("a")), tls=tls) as server:
        reading, numbers = await check_once(
            server.url(), ca_file=authority.ca_file(tmp_path), secret=None
        )
    assert reading.failure is not None
    assert reading.failure.sentence == f"TLS: certificate expired on {ends:%Y-%m-%d}"
    assert reading.certificate is not None
    assert not reading.certificate.trusted
    assert reading.certificate.subject.text == "127.0.0.1"
    assert numbers["certificate_days"].value == pytest.approx(-2, abs=0.01)
    assert numbers["up"].value == 0.0
    assert server.requests == []
