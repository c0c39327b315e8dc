"""Endpoints: any answer and the lack of one is a reading, never green by mistake (P23, P26)."""

import asyncio
import json
import re

import pytest

from providers.endpoint import AssertionSpec, MetricSpec
from providers.errors import RateLimited, Unauthorized
from providers.probe_readings import Role
from providers.readings import Trouble
from providers.secrets import Secret
from tests.endpoint_rigs import check_once, endpoint, probe
from tests.fakes import ManualClock
from tests.hostile_texts import TEXTS, forbidden
from tests.misbehaviour import MISBEHAVIOURS, deadline_s
from tests.servers import Talk, answer, sending, serving

TOKEN = "tok-0815-klmnopqrst"
HEALTH = {
    "status": "ok",
    "version": "4f2a91c",
    "checks": {"database": {"status": "ok", "latency": 4.2}, "queue": None},
    "workers": 3,
    "memory": {"percent": 41.5},
}
OK_ASSERTION = (AssertionSpec(path="status", equals="ok"),)


async def _token() -> Secret:
    return Secret(TOKEN)


def _body(value: object) -> bytes:
    return json.dumps(value).encode()


async def test_a_healthy_answer() -> None:
    async with serving(sending(answer(_body(HEALTH)))) as server:
        reading, numbers = await check_once(
            server.url("/health?key=hidden"),
            role=Role.DEEP,
            assertions=OK_ASSERTION,
            metrics=(
                MetricSpec(name="memory", path="memory.percent", unit="%"),
                MetricSpec(name="latency", path="checks.database.latency", unit="s", scale=0.001),
            ),
            version_path="version",
        )
    assert reading.failure is None
    assert reading.status == 200
    assert reading.status_expected
    assert reading.url == server.url("/health")
    assert reading.version.text == "4f2a91c"
    assert reading.http_version == "HTTP/1.1"
    assert reading.role is Role.DEEP
    assert '"status": "ok"' in reading.body.text
    assert [(each.expectation, each.passed) for each in reading.assertions] == [
        ('status == "ok"', True)
    ]
    assert numbers["up"].value == 1.0
    assert numbers["memory"].value == 41.5
    assert numbers["latency"].value == pytest.approx(0.0042)
    assert numbers["certificate_days"].value is None
    assert numbers["certificate_days"].reason == "plain http"
    latency_ms = numbers["latency_ms"].value
    assert latency_ms is not None
    assert 0 < latency_ms < 2_000


async def test_69_texts_in_an_answer_are_harmless() -> None:
    left = list(TEXTS.values())

    async def say(talk: Talk) -> None:
        text = left[0]
        body = json.dumps({"status": text, "version": text}) + text
        await sending(answer(body.encode("utf-8", "replace"), headers=["X-Version: v"]))(talk)

    async with serving(say) as server:
        while left:
            reading, _ = await check_once(
                server.url(), assertions=OK_ASSERTION, version_path="version"
            )
            shown = [reading.body.text, reading.version.text, str(reading.failure)]
            shown += [each.found.text for each in reading.assertions]
            assert not forbidden("".join(shown)), left[0][:40]
            left.pop(0)


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_every_misbehaviour_is_a_reading_in_words(name: str) -> None:
    script, _, words = MISBEHAVIOURS[name]
    async with serving(script) as server:
        reading, numbers = await check_once(
            server.url("/health"),
            timeout_s=deadline_s(name),
            body_limit_bytes=5 * 1024 * 1024,
            assertions=OK_ASSERTION,
            metrics=(MetricSpec(name="memory", path="memory.percent"),),
        )
    assert reading.failure is not None
    assert len(reading.failure.sentence) > 10
    assert reading.failure.advice, "what next (promise P26)"
    if reading.status_expected:
        assert re.search(words.replace("Vendor", ""), reading.failure.sentence)
    assert numbers["up"].value == 0.0
    assert numbers["memory"].value is None
    assert numbers["memory"].reason
    # A number for the latency only where a whole answer came.
    assert numbers["latency_ms"].reason or reading.status is not None


@pytest.mark.parametrize(
    ("limit_bytes", "advice"),
    [(4096, "or raise body_limit in the configuration"), (5 * 1024 * 1024, "no more is ever read")],
)
async def test_a_body_past_its_limit(limit_bytes: int, advice: str) -> None:
    async with serving(sending(answer(b" " * (limit_bytes + 1)))) as server:
        reading, _ = await check_once(server.url("/health"), body_limit_bytes=limit_bytes)
    assert reading.failure is not None
    assert "its body is said to be" in reading.failure.sentence
    assert advice in reading.failure.advice


@pytest.mark.parametrize(
    ("status", "trouble", "sentence"),
    [
        (503, Trouble.SERVER_FAILED, "answered 503, expected 200 (pool exhausted)"),
        (401, Trouble.UNAUTHORIZED, "answered 401, expected 200 (pool exhausted)"),
        (403, Trouble.UNAUTHORIZED, "answered 403, expected 200 (pool exhausted)"),
        (404, Trouble.NOT_FOUND, "answered 404, expected 200 (pool exhausted)"),
        (429, Trouble.RATE_LIMITED, "answered 429, expected 200 (pool exhausted)"),
        (418, Trouble.BAD_ANSWER, "answered 418, expected 200 (pool exhausted)"),
        (206, Trouble.BAD_ANSWER, "answered 206, expected 200"),
    ],
)
async def test_an_unexpected_status(status: int, trouble: Trouble, sentence: str) -> None:
    body = _body({"status": "down", "message": "pool exhausted", "memory": {"percent": 99}})
    async with serving(sending(answer(body, status=f"{status} X"))) as server:
        reading, numbers = await check_once(
            server.url(),
            assertions=OK_ASSERTION,
            metrics=(MetricSpec(name="memory", path="memory.percent"),),
        )
    assert reading.failure is not None
    assert reading.failure.trouble is trouble
    assert reading.failure.sentence == sentence
    assert reading.status == status
    assert not reading.status_expected
    assert numbers["up"].value == 0.0
    assert numbers["latency_ms"].value is not None
    # What a sick service says of itself is still worth reading.
    assert numbers["memory"].value == 99.0
    assert not reading.assertions[0].passed


async def test_other_statuses_can_be_expected() -> None:
    async with serving(sending(answer(status="401 No"))) as server:
        reading, numbers = await check_once(server.url(), expect=(401, 403))
    assert reading.failure is None
    assert numbers["up"].value == 1.0


async def test_a_body_that_breaks_keeps_the_status() -> None:
    async with serving(sending(answer(b"half", status="503 Oh", length=100))) as server:
        reading, numbers = await check_once(server.url())
    assert reading.status == 503
    assert reading.failure is not None
    assert reading.failure.sentence.startswith("answered 503, expected 200; the answer was cut")
    assert numbers["latency_ms"].value is None


async def test_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    async with serving(sending(head)) as server:
        reading, numbers = await check_once(server.url(), method="HEAD")
    assert server.requests[0].startswith(b"HEAD / HTTP/1.1\r\n")
    assert reading.failure is None
    assert numbers["up"].value == 1.0


@pytest.mark.parametrize(
    ("options", "body", "version"),
    [
        ({"version_path": "v"}, b'{"v": "1.2.3"}', "1.2.3"),
        ({"version_path": "v"}, b'{"v": 7}', "7"),
        ({"version_path": "v"}, b'{"v": null}', ""),
        ({"version_path": "v"}, b'{"v": {"a": 1}}', ""),
        ({"version_path": "v"}, b'{"v": "a\\u001b]0;x\\u0007"}', "a␛]0;x␇"),
        ({"version_path": "v"}, b'{"v": "' + b"x" * 500 + b'"}', "x" * 99 + "…"),
        ({"version_path": "v["}, b'{"v": 1}', ""),
        ({"version_header": "X-Version"}, b"", "hdr-9"),
    ],
)
async def test_the_version(options: dict[str, object], body: bytes, version: str) -> None:
    async with serving(sending(answer(body, headers=["X-Version: hdr-9"]))) as server:
        reading, _ = await check_once(server.url(), **options)
    assert reading.version.text == version


async def test_credential_and_headers() -> None:
    echo = f"you said {TOKEN}".encode()
    async with serving(sending(answer(echo))) as server:
        reading, _ = await check_once(
            server.url("/metrics"),
            secret=_token,
            secret_header="X-Api-Key",
            secret_prefix="",
            headers={"X-Team": "ops", "Host": "evil.example", "User-Agent": "mine"},
        )
    sent = server.requests[0].decode()
    assert f"X-Api-Key: {TOKEN}\r\n" in sent
    assert "X-Team: ops\r\n" in sent
    assert "User-Agent: mine\r\n" in sent
    assert "quarterdeck" not in sent
    assert "evil.example" not in sent
    assert reading.body.text == "you said •••"


async def test_without_its_secret_nothing_is_asked() -> None:
    async def fails() -> Secret:
        raise Unauthorized("secret", "look up", "no such file", advice="make it")

    async def never() -> Secret:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(sending(answer())) as server:
        for secret, words in ((fails, "no such file"), (never, "was not there within 0.1 s")):
            source = endpoint(server.url(), secret=secret, timeout_s=0.1)
            with pytest.raises(Unauthorized, match=words):
                await source.read()
            await source.aclose()
        plain = endpoint("http://192.0.2.1/", secret=_token)
        with pytest.raises(Unauthorized, match="not sent over plain http"):
            await plain.read()
    assert server.requests == []


async def test_a_header_that_can_not_be_sent() -> None:
    async with serving(sending(answer())) as server:
        reading, _ = await check_once(server.url(), headers={"X-A": "a\r\nX-B: b"})
    assert server.requests == []
    assert reading.failure is not None
    assert "characters that HTTP can not carry" in reading.failure.sentence


@pytest.mark.parametrize("url", ["", "ftp://x", "http://", "http://u:geheim@x/", "http://x:0"])
async def test_an_address_that_is_none(url: str) -> None:
    reading, numbers = await check_once(url, metrics=(MetricSpec(name="m", path="m"),))
    assert reading.failure is not None
    assert reading.failure.trouble is Trouble.NOT_CONFIGURED
    assert "geheim" not in reading.failure.sentence
    assert all(each.value is None and each.reason for each in numbers.values())


async def test_the_body_is_kept_as_foreign_text() -> None:
    body = b"\x1b[2Jline\r\n" + "\u202eevil".encode() + b"\xff" + b"y" * 200_000
    async with serving(sending(answer(body, kind="text/plain"))) as server:
        reading, _ = await check_once(server.url())
    assert reading.failure is None
    assert "\x1b" not in reading.body.text
    assert "\u202e" not in reading.body.text
    assert len(reading.body.text) <= 65_536


async def test_slow_is_not_failed() -> None:
    """How slow is too slow is judged elsewhere; here it is a number."""

    async def script(talk: Talk) -> None:
        await talk.gone(0.05)
        await talk.send(answer())

    async with serving(script) as server:
        reading, numbers = await check_once(server.url())
    assert reading.failure is None
    assert (numbers["latency_ms"].value or 0) >= 50
    assert (reading.phases.first_byte_ms or 0) >= 50


async def test_closing_twice_and_reading_again() -> None:
    async with serving(sending(answer())) as server:
        source = endpoint(server.url())
        probe(await source.read())
        await source.aclose()
        await source.aclose()
        reading, _ = probe(await source.read())
        assert reading.failure is None
        await source.aclose()


async def test_a_service_that_asks_for_patience_is_left_alone() -> None:
    clock = ManualClock()
    refused = answer(status="429 Slow Down", headers=["Retry-After: 30"])

    async def script(talk: Talk) -> None:
        await talk.send(refused if len(server.requests) == 1 else answer())

    async with serving(script) as server:
        source = endpoint(server.url(), clock=clock)
        reading, _ = probe(await source.read())
        assert reading.status == 429
        with pytest.raises(RateLimited) as raised:
            await source.read()
        assert raised.value.retry_after_s == 30.0
        assert len(server.requests) == 1
        clock.advance(31)
        reading, _ = probe(await source.read())
        assert reading.failure is None
        await source.aclose()
