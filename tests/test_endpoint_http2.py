"""HTTP/2, where a check asks for it: spoken, broken, and flooded."""

import asyncio
import time
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from tests.endpoint_rigs import check_once, endpoint, probe
from tests.servers import Authority, Script, Talk, sending, serving

_SETTINGS = bytes.fromhex("000000 04 00 00000000")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def _http2(talk: Talk) -> None:
    """A server of HTTP/2 that answers each request at once."""
    link = H2Connection(H2Configuration(client_side=False))
    link.initiate_connection()
    await talk.send(link.data_to_send())
    while data := await talk.reader.read(65_536):
        for event in link.receive_data(data):
            if isinstance(event, RequestReceived):
                link.send_headers(event.stream_id, [(":status", "200")])
                link.send_data(event.stream_id, b'{"version": "two"}', end_stream=True)
        await talk.send(link.data_to_send())


async def test_http2_is_spoken_when_asked_for(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1", protocols=("h2", "http/1.1"))
    async with serving(_http2, tls=tls, read_head=False) as server:
        source = endpoint(
            server.url(),
            http2=True,
            fresh_every=100,
            version_path="version",
            ca_file=authority.ca_file(tmp_path),
        )
        for _ in range(3):
            reading, _ = probe(await source.read())
            assert reading.failure is None
            assert reading.http_version == "HTTP/2"
            assert reading.version.text == "two"
        await source.aclose()
    assert server.connections == 1


async def test_http2_that_is_garbage(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1", protocols=("h2",))
    for garbage in (b"HTTP/1.1 200 OK\r\n\r\n", b"\0" * 50, b"\xff" * 500, b""):
        async with serving(sending(garbage), tls=tls, read_head=False) as server:
            reading, numbers = await check_once(
                server.url(), http2=True, timeout_s=1, ca_file=authority.ca_file(tmp_path)
            )
        assert reading.failure is not None
        assert len(reading.failure.sentence) > 10
        assert numbers["up"].value == 0.0


def _flood(frame: bytes, before: bytes = b"") -> Script:
    async def script(talk: Talk) -> None:
        await talk.send(_SETTINGS + before)
        while True:
            await talk.send(frame * 2_000)

    return script


_HEADERS = bytes.fromhex("000001 01 04 00000001 88")


@pytest.mark.parametrize(
    "script",
    [
        _flood(_SETTINGS),
        _flood(bytes.fromhex("000008 06 00 00000000 0102030405060708")),
        _flood(bytes.fromhex("000000 77 00 00000000")),
        _flood(bytes.fromhex("000001 00 00 00000001 20"), _HEADERS),
        _flood(bytes.fromhex("000000 00 00 00000001"), _HEADERS),
        _flood(
            bytes.fromhex("000001 09 00 00000001 88"), bytes.fromhex("000001 01 00 00000001 88")
        ),
    ],
)
async def test_floods_of_frames_end_at_the_deadline(
    script: Script, authority: Authority, tmp_path: Path
) -> None:
    """Settings, pings, unknown frames, crumbs, empty pieces, endless headers."""
    tls = authority.server(tmp_path, "127.0.0.1", protocols=("h2",))
    longest_s, last_s = 0.0, time.thread_time()
    async with serving(script, tls=tls, read_head=False) as server:
        ca_file = authority.ca_file(tmp_path)
        checking = asyncio.create_task(
            check_once(server.url(), http2=True, timeout_s=0.5, ca_file=ca_file)
        )
        while not checking.done():
            await asyncio.sleep(0)
            now_s = time.thread_time()
            longest_s, last_s = max(longest_s, now_s - last_s), now_s
        reading, _ = await checking
    assert reading.failure is not None
    assert "HTTP/2" in reading.failure.sentence or "within 0.5 s" in reading.failure.sentence
    assert longest_s < 0.6
