"""Answers that never end: what comes within the bounds, and not a byte or a second more."""

import asyncio
import gzip
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import BadAnswer, ProviderError, TimedOut, Unauthorized, Unreachable
from providers.http import Api, Tail
from providers.http_stream import Cut, LineCutter, Taken
from tests.servers import Talk, serving
from tests.vendor_rigs import TOKEN, client

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/stream+json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
QUICK = Tail(patience_s=0.15)


def chunk(text: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(text), text)


@asynccontextmanager
async def streaming(*pieces: bytes, hang: bool = True) -> AsyncIterator[Api]:
    """A client and a server that sends the pieces and then keeps the connection open."""

    async def script(talk: Talk) -> None:
        await talk.reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            await talk.send(piece)
        if hang:
            await talk.hang()

    async with serving(script, read_head=False) as server, client(server.url()) as api:
        yield api


async def taken(api: Api, tail: Tail = QUICK) -> Taken:
    return (await api.lines("read logs", "/logs", tail)).taken


async def test_what_came_until_the_time_was_over_is_the_answer() -> None:
    async with streaming(CHUNKED, chunk(b'{"a":1}\n{"a"'), chunk(b":2}\n{unfinish")) as api:
        got = await taken(api)

    assert got == Taken(lines=(b'{"a":1}', b'{"a":2}'), cut=Cut.TIME)
    assert not got.cut.by_limit


async def test_a_stream_that_says_nothing_is_no_failure() -> None:
    async with streaming(CHUNKED) as api:
        assert await taken(api) == Taken(cut=Cut.TIME)


async def test_without_a_first_byte_the_deadline_of_a_request_and_the_patience_are_the_limit() -> (
    None
):
    async with (
        serving(_silent, read_head=False) as server,
        client(server.url(), deadline_s=0.1) as api,
    ):
        with pytest.raises(TimedOut, match=r"within 0\.25 s"):
            await taken(api)


async def _silent(talk: Talk) -> None:
    await talk.reader.readuntil(b"\r\n\r\n")
    await talk.hang()


async def test_a_stream_that_ends_keeps_its_last_line() -> None:
    async with streaming(CHUNKED, chunk(b"one\r\n\n \ntwo"), b"0\r\n\r\n") as api:
        assert await taken(api) == Taken(lines=(b"one", b"two"))


async def test_too_many_lines() -> None:
    async with streaming(CHUNKED, chunk(b"x\n" * 50)) as api:
        got = await taken(api, Tail(patience_s=5.0, most_lines=10))

    assert len(got.lines) == 10
    assert got.cut is Cut.LINES
    assert got.cut.by_limit


async def test_too_many_bytes_are_not_read_to_the_end() -> None:
    """The server would send for ever and as fast as it can."""

    async def flood(talk: Talk) -> None:
        await talk.reader.readuntil(b"\r\n\r\n")
        await talk.send(CHUNKED)
        while True:
            await talk.send(chunk((b"y" * 999 + b"\n") * 16))

    async with serving(flood, read_head=False) as server, client(server.url()) as api:
        got = await taken(api, Tail(patience_s=5.0, most_lines=10**6, most_bytes=100_000))

    assert got.cut is Cut.BYTES
    assert len(got.lines) == 100


async def test_one_line_without_an_end_fills_no_memory() -> None:
    async with streaming(CHUNKED, *[chunk(b"z" * 9_000)] * 8, chunk(b"\nshort\n")) as api:
        got = await taken(api)

    assert got.lines == (b"short",)
    assert got.too_long == 1


async def test_nothing_compressed_is_taken() -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    head = HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with streaming(head, chunk(bomb)) as api:
        with pytest.raises(BadAnswer, match="compressed"):
            await taken(api)


async def test_a_break_after_the_first_line_keeps_it() -> None:
    async with streaming(CHUNKED, chunk(b"one\n"), hang=False) as api:
        assert await taken(api) == Taken(lines=(b"one",), cut=Cut.BROKEN)


async def test_a_break_before_it_is_a_failure() -> None:
    async with streaming(CHUNKED, b"5\r\non", hang=False) as api:
        with pytest.raises((Unreachable, BadAnswer)):
            await taken(api)


async def test_crumbs() -> None:
    """A byte a chunk costs a hundred times what it brings."""
    async with streaming(CHUNKED, chunk(b"n") * 4_000) as api:
        with pytest.raises(ProviderError, match="crumbs"):
            await taken(api, Tail(patience_s=5.0))


async def test_a_refusal_is_read_whole_and_told() -> None:
    body = json.dumps({"error": {"message": "wrong team"}}).encode()
    head = b"HTTP/1.1 403 F\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with streaming(head + body) as api:
        with pytest.raises(Unauthorized, match="wrong team") as caught:
            await taken(api)

    assert TOKEN not in str(caught.value)


async def test_a_cancelled_read_ends_at_once() -> None:
    async with streaming(CHUNKED, chunk(b"one\n")) as api:
        task = asyncio.create_task(taken(api, Tail(patience_s=60.0)))
        await asyncio.wait([task], timeout=0.1)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=2.0)

    assert done
    assert task.cancelled()


LINES = st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=20)


def pieces(whole: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return (whole[a:b] for a, b in itertools.pairwise(edges))


@given(lines=LINES, cuts=st.lists(st.integers(0, 1_000), max_size=10))
def test_however_it_is_cut_on_the_way_the_lines_are_the_same(
    lines: list[bytes], cuts: list[int]
) -> None:
    cutter = LineCutter(Tail(patience_s=1.0))
    for piece in pieces(b"\n".join(lines), cuts):
        assert not cutter.feed(piece)

    assert cutter.taken().lines == tuple(line.removesuffix(b"\r") for line in lines if line.strip())


@given(whole=st.binary(max_size=400), cuts=st.lists(st.integers(0, 1_000), max_size=10))
def test_whatever_comes_the_bounds_hold(whole: bytes, cuts: list[int]) -> None:
    tail = Tail(patience_s=1.0, most_lines=5, most_bytes=100, longest_line_bytes=20)
    cutter = LineCutter(tail)
    for piece in pieces(whole, cuts):
        if cutter.feed(piece):
            break
    got = cutter.taken()

    assert len(got.lines) <= 5
    assert sum(map(len, got.lines)) <= 100
    assert all(len(line) <= 20 for line in got.lines)
