"""Api: credentials that stay at home, manners, memory for ETags (P15, P16, P18, P21)."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Mapping

import pytest

from providers.clock import SystemClock
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    ServerFailed,
    TimedOut,
    Unauthorized,
)
from providers.http import Api
from providers.secrets import Secret
from tests.servers import Server, answer, sending, serving

TOKEN = "tok-4711-abcdefghij"


async def _token() -> Secret:
    return Secret(TOKEN)


def _api(server: Server, **more: object) -> Api:
    given: dict[str, object] = {"clock": SystemClock(), "deadline_s": 2.0, "secret": _token}
    return Api(system="Vendor", base_url=server.url("/v1"), **(given | more))  # type: ignore[arg-type]


def _sent(server: Server) -> Mapping[str, str]:
    """The header lines of the last request, names in lower case."""
    lines = server.requests[-1].decode().split("\r\n")[1:-2]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


async def test_what_is_sent() -> None:
    async with serving(sending(answer(b'{"a": 1}'))) as server:
        api = _api(server, headers={"X-Version": "3"})
        found = await api.get(
            "list", "/things", params=[("q", "a b&c=d/é"), ("q", "2")], headers={"X-Once": "1"}
        )
    assert found.value == {"a": 1}
    assert found.status == 200
    assert server.requests[0].startswith(
        b"GET /v1/things?q=a%20b%26c%3Dd%2F%C3%A9&q=2 HTTP/1.1\r\n"
    )
    sent = _sent(server)
    assert sent["host"] == f"127.0.0.1:{server.port}"
    assert sent["authorization"] == f"Bearer {TOKEN}"
    assert sent["accept-encoding"] == "identity"
    assert sent["user-agent"] == "quarterdeck"
    assert sent["x-version"] == "3"
    assert sent["x-once"] == "1"
    assert "cookie" not in sent


async def test_each_request_has_a_connection_of_its_own() -> None:
    """So bytes after an answer can not become the answer to the next request."""
    smuggled = answer(b'{"who": "smuggled"}')
    script = sending(answer(b'{"who": "real"}'), smuggled)
    async with serving(script, keep=True) as server:
        api = _api(server)
        values = [(await api.get("x", "/")).value for _ in range(3)]
    assert values == [{"who": "real"}] * 3
    assert server.connections == 3


async def test_cookies_are_not_kept() -> None:
    async with serving(sending(answer(headers=["Set-Cookie: a=b"]))) as server:
        api = _api(server)
        await api.get("x", "/")
        await api.get("x", "/")
    assert "cookie" not in _sent(server)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with serving(sending(answer())) as other:
        moved = sending(answer(status=f"{status} Moved", headers=[f"Location: {other.url('/')}"]))
        async with serving(moved) as server:
            with pytest.raises(BadAnswer, match="redirects to"):
                await _api(server).get("x", "/")
    assert other.requests == []


@pytest.mark.parametrize(
    "path", ["@evil.example/", ":1@evil.example/", "//evil.example/", "/../../x", "\\evil.example"]
)
async def test_a_path_can_not_lead_to_another_origin(path: str) -> None:
    async with serving(sending(answer())) as server:
        # With a base address that has no path the host itself could be continued.
        api = Api(
            system="V", base_url=server.url(), clock=SystemClock(), secret=_token, deadline_s=1
        )
        with contextlib.suppress(BadAnswer):
            await api.get("x", path)
    # Either refused, or asked of the right server.
    assert all(f"Host: 127.0.0.1:{server.port}".encode() in each for each in server.requests)


async def test_a_credential_is_not_sent_in_clear_to_elsewhere() -> None:
    api = Api(
        system="V", base_url="http://192.0.2.1", clock=SystemClock(), secret=_token, deadline_s=1
    )
    with pytest.raises(Unauthorized, match="not sent over plain http"):
        await api.get("x", "/")


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(sending(answer(b'"proxy"'))) as proxy, serving(sending(answer())) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert (await _api(server).get("x", "/")).value == {}
    assert proxy.requests == []


async def _fails() -> Secret:
    raise Unauthorized("secret", "look up", "the file is readable by others", advice="chmod 600 it")


async def _times_out() -> Secret:
    raise TimeoutError


async def _never() -> Secret:
    await asyncio.Event().wait()
    raise AssertionError


async def _line_break() -> Secret:
    return Secret("tok-with-newline-1234\n")


async def _empty() -> Secret:
    return Secret("")


@pytest.mark.parametrize(
    ("secret", "kind", "words", "advice"),
    [
        (_fails, Unauthorized, "the file is readable by others", "chmod 600 it"),
        (_times_out, Unauthorized, "could not be had", "doctor"),
        (_line_break, Unauthorized, "characters that HTTP can not carry", "line break"),
        (_empty, Unauthorized, "is empty", ""),
        (_never, TimedOut, "while waiting for its turn", ""),
    ],
)
async def test_a_missing_secret(
    secret: object, kind: type[ProviderError], words: str, advice: str
) -> None:
    deadline_s = 0.2 if secret is _never else 20.0
    async with serving(sending(answer())) as server:
        with pytest.raises(kind, match=words) as raised:
            await _api(server, secret=secret, deadline_s=deadline_s).get("x", "/")
    assert advice in raised.value.advice
    assert raised.value.system == "Vendor"
    assert "newline-1234" not in str(raised.value)
    assert server.requests == []


async def test_the_credential_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    echo = json.dumps({"error": {"message": f"bad token {TOKEN}"}}).encode()
    script = sending(answer(echo, status="401 No", headers=[f"X-Echo: {TOKEN}"]))
    caplog.set_level(logging.DEBUG)
    async with serving(script) as server:
        api = _api(server)
        with pytest.raises(Unauthorized) as raised:
            await api.get("x", "/", params=[("token", "query-secret")])
    error = raised.value
    assert error.detail is not None
    assert error.detail.text == "bad token •••"
    shown = f"{error!r} {error} {error.__cause__!r} {api!r} {caplog.text}"
    assert TOKEN not in shown
    assert "query-secret" not in shown


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"code": "forbidden", "message": "Not yours"}}', "Not yours"),
        (b'{"error": "invalid_token", "error_description": "It expired"}', "It expired"),
        (b'{"errors": [{"message": "First"}, {"message": "Second"}]}', "First"),
        (b'{"message": "Bad credentials", "documentation_url": "x"}', "Bad credentials"),
        (b'{"id": "e1"}', ""),
        (b'"just text"', "just text"),
        (b"upstream connect error\nsecond line", "upstream connect error"),
        (b"<html><title>  502\n Bad Gateway</title>", "502 Bad Gateway"),
        (b'{"message": "\\u001b[31mred\\ud800"}', "␛[31mred<U+D800>"),
        (b'{"message": "' + b"x" * 9_000 + b'"}', "x" * 299 + "…"),
        (b"\xff\xfe\x00", "\ufffd\ufffd␀"),
        (b"[" * 50_000, "[" * 299 + "…"),
        (b"", ""),
    ],
)
async def test_what_the_vendor_said(body: bytes, said: str) -> None:
    async with serving(sending(answer(body, status="500 Oh"))) as server:
        with pytest.raises(ServerFailed) as raised:
            await _api(server).get("x", "/")
    assert raised.value.detail is not None
    assert raised.value.detail.text == said


@pytest.mark.parametrize("status", ["204 No Content", "205 Reset Content"])
async def test_an_answer_that_may_be_empty(status: str) -> None:
    async with serving(sending(answer(b"", status=status))) as server:
        assert (await _api(server).get("x", "/")).value is None


@pytest.mark.parametrize("body", [b"", b" \r\n"])
async def test_an_empty_body_is_called_that(body: bytes) -> None:
    """Not `$: expected a list`, which would be a word on what stands in it."""
    async with serving(sending(answer(body))) as server:
        with pytest.raises(BadAnswer) as raised:
            await _api(server).get("x", "/")
    assert raised.value.reason == "an empty body instead of JSON"
    assert raised.value.advice


async def test_a_404_does_not_tell_more_than_it_knows() -> None:
    async with serving(sending(answer(status="404 No"))) as server:
        with pytest.raises(NotFound) as raised:
            await _api(server).get("read project", "/x")
    assert re.search("team or account", raised.value.advice)


async def test_closing_twice_is_fine() -> None:
    api = Api(system="V", base_url="https://example.invalid", clock=SystemClock())
    await api.aclose()
    await api.aclose()


@pytest.mark.parametrize(
    "base_url",
    [
        "ftp://example.com",
        "example.com",
        "",
        "https://",
        "https://user:pw@example.com",
        "http://x:99999",
        "http://xn--",
        "http://[::1",
        "https://" + "a" * 5_000,
        "http://ex ample.com",
        "http://a..b",
        "http://-a.b",
        "http://" + "a" * 64 + ".b",
        "http://\x00",
    ],
)
def test_base_addresses_that_are_none(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"address|port|host") as raised:
        Api(system="V", base_url=base_url, clock=SystemClock())
    assert "pw" not in str(raised.value)
