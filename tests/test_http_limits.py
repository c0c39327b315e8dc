"""Api: told to wait, at most so many at once, and asking only for what changed (P21)."""

import asyncio
import json
from email.utils import format_datetime

import pytest

from providers.clock import Clock, SystemClock
from providers.errors import RateLimited, ServerFailed
from providers.http import Api
from tests.fakes import START, ManualClock
from tests.servers import Server, Talk, answer, sending, serving


def _api(server: Server, clock: Clock | None = None) -> Api:
    return Api(
        system="Vendor", base_url=server.url("/v1"), clock=clock or SystemClock(), deadline_s=2.0
    )


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("Retry-After: 7", 7.0),
        ("Retry-After: 0", 1.0),
        ("Retry-After: -5", 1.0),
        ("Retry-After: 99999999999", 900.0),
        ("Retry-After: 1e300", 900.0),
        ("Retry-After: inf", 900.0),
        ("Retry-After: nan", 60.0),
        ("Retry-After: soon", 60.0),
        (f"Retry-After: {format_datetime(START.replace(minute=2), usegmt=True)}", 120.0),
        ("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", 900.0),
        ("Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", 1.0),
        ("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 30", 30.0),
        (f"X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {START.timestamp() + 45:.0f}", 45.0),
        ("RateLimit-Remaining: 0\r\nRateLimit-Reset: 12", 12.0),
        ("X-Other: 1", 60.0),
    ],
)
async def test_told_to_wait(header: str, wait_s: float) -> None:
    clock = ManualClock()
    refused = answer(b"{}", status="429 Slow Down", headers=[header])

    async def script(talk: Talk) -> None:
        await talk.send(refused if len(server.requests) == 1 else answer())

    async with serving(script) as server:
        api = _api(server, clock=clock)
        with pytest.raises(RateLimited) as raised:
            await api.get("x", "/")
        assert raised.value.retry_after_s == pytest.approx(wait_s, abs=1)
        with pytest.raises(RateLimited, match="told to wait, asked again from"):
            await api.get("y", "/")
        assert len(server.requests) == 1
        clock.advance(wait_s + 1)
        assert (await api.get("y", "/")).status == 200


async def test_github_says_it_with_403() -> None:
    headers = ["X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 30"]
    async with serving(sending(answer(status="403 No", headers=headers))) as server:
        with pytest.raises(RateLimited):
            await _api(server).get("x", "/")


async def test_the_last_allowed_request_is_the_last() -> None:
    clock = ManualClock()
    headers = ["X-RateLimit-Limit: 100", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 30"]
    async with serving(sending(answer(headers=headers))) as server:
        api = _api(server, clock=clock)
        assert (await api.get("x", "/")).status == 200
        assert api.budget is not None
        assert api.budget.used_percent == 100.0
        with pytest.raises(RateLimited):
            await api.get("x", "/")
    assert len(server.requests) == 1


async def test_a_503_with_retry_after_is_a_failure_and_a_wait() -> None:
    refused = sending(answer(status="503 Oh", headers=["Retry-After: 30"]))
    async with serving(refused) as server:
        api = _api(server, clock=ManualClock())
        with pytest.raises(ServerFailed):
            await api.get("x", "/")
        with pytest.raises(RateLimited):
            await api.get("x", "/")


async def test_at_most_four_at_once() -> None:
    going, most = 0, 0
    enough = asyncio.Event()

    async def script(talk: Talk) -> None:
        nonlocal going, most
        going += 1
        most = max(most, going)
        if going == 4:
            enough.set()
        await enough.wait()
        going -= 1
        await talk.send(answer())

    async with serving(script) as server:
        api = _api(server)
        async with asyncio.TaskGroup() as group:
            for _ in range(12):
                group.create_task(api.get("x", "/"))
    assert most == 4
    assert len(server.requests) == 12


async def test_unchanged_answers_are_remembered() -> None:
    async def script(talk: Talk) -> None:
        tag = "two" if len(server.requests) > 2 else "one"
        if f'If-None-Match: "{tag}"'.encode() in server.requests[-1]:
            await talk.send(b"HTTP/1.1 304 Same\r\n\r\n")
        else:
            await talk.send(answer(json.dumps(tag).encode(), headers=[f'ETag: "{tag}"']))

    async with serving(script) as server:
        api = _api(server)
        found = [await api.get("x", "/a", etag=True) for _ in range(4)]
        plain = await api.get("x", "/a")
    assert [each.value for each in found] == ["one", "one", "two", "two"]
    assert [each.not_modified for each in found] == [False, True, False, True]
    assert found[1].at.tick_s > found[0].at.tick_s
    assert not plain.not_modified
    assert b"If-None-Match" not in server.requests[-1]


async def test_memory_for_tags_is_bounded_and_by_address() -> None:
    async def script(talk: Talk) -> None:
        await talk.send(answer(b"1", headers=['ETag: "t"']))

    async with serving(script) as server:
        api = _api(server)
        for number in range(70):
            await api.get("x", f"/{number}", etag=True)
        await api.get("x", "/0", etag=True)
        assert b"If-None-Match" not in server.requests[-1]
        await api.get("x", "/69", etag=True)
        assert b'If-None-Match: "t"' in server.requests[-1]
        await api.get("x", "/69", etag=True, params=[("page", "2")])
        assert b"If-None-Match" not in server.requests[-1]
