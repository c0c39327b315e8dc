"""Whatever a server does: an error of the tree, in words, within the deadline (P19, P26, P27)."""

import asyncio
import re
import time

import pytest

from providers.clock import SystemClock
from providers.errors import BadAnswer, ProviderError, Unreachable
from providers.http import Api
from providers.http_advice import AFTER_STAGE
from providers.http_wire import Stage
from providers.secrets import Secret
from tests.misbehaviour import MISBEHAVIOURS, deadline_s
from tests.servers import Talk, answer, sending, serving


async def _token() -> Secret:
    return Secret("tok-0815-misbehaviour")


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_every_misbehaviour_has_words(name: str) -> None:
    script, kind, words = MISBEHAVIOURS[name]
    async with serving(script) as server:
        api = Api(
            system="Vendor",
            base_url=server.url(),
            clock=SystemClock(),
            secret=_token,
            deadline_s=deadline_s(name),
        )
        began = time.monotonic()
        with pytest.raises(ProviderError) as raised:
            await api.get("list things", "/things")
        took_s = time.monotonic() - began
        await api.aclose()
    error = raised.value
    assert isinstance(error, kind)
    assert re.search(words, error.sentence), error.sentence
    assert error.sentence.startswith("Vendor: list things: ")
    assert error.advice, "what next (promise P26)"
    assert "\x00" not in error.sentence
    assert took_s < deadline_s(name) + 8


async def test_a_broken_answer_is_not_reported_as_a_bug_of_the_parser() -> None:
    """Every reason is one of ours: no class names, no text of a library."""
    foreign = re.compile(r"Error\b|Exception|h11|httpcore|0x")
    for name, (script, _, _) in MISBEHAVIOURS.items():
        async with serving(script) as server:
            api = Api(system="V", base_url=server.url(), clock=SystemClock(), deadline_s=0.05)
            with pytest.raises(ProviderError) as raised:
                await api.get("x", "/")
        assert not foreign.search(raised.value.reason), (name, raised.value.reason)


async def test_refused_and_unknown_names() -> None:
    async with serving(sending()) as server:
        gone = server.url()
    refused = Api(system="V", base_url=gone, clock=SystemClock(), deadline_s=2)
    with pytest.raises(Unreachable, match="connection refused") as raised:
        await refused.get("x", "/")
    assert "is anything listening" in raised.value.advice
    unknown = Api(system="V", base_url="http://no.such.invalid", clock=SystemClock(), deadline_s=5)
    with pytest.raises(Unreachable, match=r"DNS name not found|name server gave no answer"):
        await unknown.get("x", "/")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("hung", "see in its logs what holds it up, or raise timeout"),
        ("header drip", "look at the proxy before it"),
        ("body that stops", "how fast and where it stops; or raise timeout"),
        ("reset", "a firewall or a proxy on the way"),
        ("closed at once", "a proxy without a server behind it"),
        ("half a body", "a proxy gave up"),
        ("bad chunk size", "with curl -v"),
        ("endless body", "check its address"),
        ("JSON cut", "see what it answers, with curl"),
    ],
)
async def test_what_to_do_next(name: str, advice: str) -> None:
    script, _, _ = MISBEHAVIOURS[name]
    async with serving(script) as server:
        api = Api(
            system="V", base_url=server.url(), clock=SystemClock(), deadline_s=deadline_s(name)
        )
        with pytest.raises(ProviderError) as raised:
            await api.get("x", "/")
    assert advice in raised.value.advice


def test_every_stage_has_advice_of_its_own() -> None:
    assert set(AFTER_STAGE) == set(Stage)
    assert len(set(AFTER_STAGE.values())) == len(Stage)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (answer(b'{"a": [1, 2, 3, 4, 5, 6, 7', length=99), "closed after 26 bytes of its body"),
        (answer(b"{", length=99, headers=["X-Long: " + "a" * 500]), "after 1 byte of its body"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "after 2 bytes of"),
        (b"HTTP/1.1 200 OK\r\nX: ", "closed in the middle of its headers"),
    ],
)
async def test_a_cut_answer_tells_how_much_of_its_body_came(sent: bytes, words: str) -> None:
    async with serving(sending(sent)) as server:
        api = Api(system="V", base_url=server.url(), clock=SystemClock(), deadline_s=5)
        with pytest.raises(BadAnswer, match=words):
            await api.get("x", "/")


async def silent(talk: Talk) -> None:
    await talk.hang()


async def test_a_cancelled_request_leaves_nothing_open() -> None:
    async with serving(silent) as server:
        api = Api(system="V", base_url=server.url(), clock=SystemClock(), deadline_s=60)
        asking = asyncio.create_task(api.get("x", "/"))
        await server.asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    # An open socket would be a ResourceWarning, and those are errors here.
