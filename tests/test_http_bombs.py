"""Bombs cost at most 80 MiB and do not hold up the loop for long (P19)."""

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from providers.clock import SystemClock
from providers.errors import BadAnswer, ProviderError, TooLarge
from providers.http import Answer, Api
from tests.servers import MIB, Script, Talk, answer, endless, gzip_bomb, sending, serving

_GZIP = ["Content-Encoding: gzip"]


@contextmanager
def at_most(limit_mib: int) -> Iterator[None]:
    """Fails when more memory than this was in use at once, over what was before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < limit_mib * MIB, f"{peak / MIB:.0f} MiB"


async def _raised(script: Script, deadline_s: float = 20.0) -> ProviderError:
    async with serving(script) as server:
        api = Api(system="V", base_url=server.url(), clock=SystemClock(), deadline_s=deadline_s)
        with pytest.raises(ProviderError) as raised:
            await api.get("x", "/")
        return raised.value


async def test_gzip_bomb_of_a_gibibyte() -> None:
    bomb = answer(gzip_bomb(1024), headers=_GZIP)
    with at_most(80):
        error = await _raised(sending(bomb))
    assert isinstance(error, TooLarge)
    assert error.reason == "its body went past 5 MiB and was not read to the end"


async def test_a_bomb_inside_a_bomb_is_opened_once() -> None:
    """One coding is undone; what is inside stays compressed and is no JSON."""
    inner = gzip_bomb(64)
    with at_most(80):
        error = await _raised(sending(answer(gzip.compress(inner, 1), headers=_GZIP)))
    assert isinstance(error, BadAnswer)


async def test_thousands_of_empty_gzip_members() -> None:
    members = gzip.compress(b"") * 50_000
    began = time.process_time()
    error = await _raised(sending(answer(members, headers=_GZIP)))
    assert "something follows the end" in error.reason
    assert time.process_time() - began < 2.0


async def test_endless_body() -> None:
    with at_most(80):
        error = await _raised(endless)
    assert isinstance(error, TooLarge)


async def test_json_that_grows_when_read() -> None:
    """Five megabytes of empty lists would be 130 MiB of Python objects."""
    body = b"[" + b"{}," * (5 * MIB // 3 - 10) + b"{}]"
    with at_most(80):
        error = await _raised(sending(answer(body)))
    assert "more than 200,000 values" in error.reason


async def test_most_values_allowed_fit_into_the_limit() -> None:
    body = b"[" + b'{"k":[]},' * 66_000 + b"0]"
    with at_most(80):
        async with serving(sending(answer(body))) as server:
            api = Api(system="V", base_url=server.url(), clock=SystemClock())
            found = await api.get("x", "/")
    assert isinstance(found.value, list)
    assert len(found.value) == 66_001


async def _crumbs(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await talk.send(b"1\r\n \r\n" * 4_000)


@pytest.mark.parametrize(
    "script", [_crumbs, endless, sending(answer(gzip_bomb(256), headers=_GZIP))]
)
async def test_others_go_on_while_a_bomb_is_read(script: Script) -> None:
    """The loop never works for 300 ms in one go, by the CPU's own clock."""
    longest_s = 0.0
    reading = asyncio.create_task(_raised(script))
    last_s = time.thread_time()
    while not reading.done():
        await asyncio.sleep(0)
        now_s = time.thread_time()
        longest_s = max(longest_s, now_s - last_s)
        last_s = now_s
    assert isinstance(await reading, TooLarge)
    assert longest_s < 0.3


async def test_all_hostile_at_once_stay_within_it_and_refuse_nobody_usual() -> None:
    """Thirty bodies of 5 MiB each would be 150; what is of a usual length is read beside them."""
    usual = answer(b"[" + b'{"name": "a"},' * 10_000 + b"0]")
    with at_most(80):
        async with serving(endless) as bad, serving(sending(usual)) as good:
            crowd = [
                Api(system="V", base_url=bad.url(), clock=SystemClock(), deadline_s=20.0)
                for _ in range(30)
            ]
            well = Api(system="V", base_url=good.url(), clock=SystemClock(), deadline_s=20.0)
            *errors, found = await asyncio.gather(
                *(one.get("x", "/") for one in crowd), well.get("x", "/"), return_exceptions=True
            )
    assert {type(error) for error in errors} == {TooLarge}
    assert any("while others were as long" in str(error) for error in errors)
    assert isinstance(found, Answer)
