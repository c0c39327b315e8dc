"""Redirects: counted, told, and never with a credential (P16)."""

from pathlib import Path

import pytest

from providers.secrets import Secret
from tests.endpoint_rigs import check_once
from tests.servers import Authority, Script, Talk, answer, sending, serving

TOKEN = "tok-2342-uvwxyzabcd"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def _token() -> Secret:
    return Secret(TOKEN)


def _to(location: str, status: int = 302) -> Script:
    return sending(answer(b"", status=f"{status} Moved", headers=[f"Location: {location}"]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_followed_where_allowed(status: int, method: str) -> None:
    last = answer(b"" if method == "HEAD" else b"{}")
    async with serving(sending(last)) as other, serving(_to(other.url("/b?c"), status)) as server:
        reading, numbers = await check_once(
            server.url("/a"), method=method, follow_redirects=1, headers={"X-Team": "ops"}
        )
    assert reading.failure is None
    assert reading.redirects == 1
    assert reading.status == 200
    assert reading.url == server.url("/a")
    assert numbers["up"].value == 1.0
    assert other.requests[0].startswith(f"{method} /b?c HTTP/1.1\r\n".encode())
    assert b"X-Team" in server.requests[0]
    # Nothing of ours for strangers.
    assert b"X-Team" not in other.requests[0]
    assert b"User-Agent: quarterdeck" in other.requests[0]


async def test_within_one_origin_headers_go_along() -> None:
    async def script(talk: Talk) -> None:
        if b" /a " in server.requests[-1]:
            await talk.send(answer(b"", status="302 F", headers=["Location: b"]))
        else:
            await talk.send(answer())

    async with serving(script, keep=True) as server:
        reading, _ = await check_once(
            server.url("/a"), follow_redirects=1, headers={"X-Team": "ops"}
        )
    assert reading.failure is None
    assert server.requests[1].startswith(b"GET /b HTTP/1.1\r\n")
    assert b"X-Team: ops" in server.requests[1]
    assert server.connections == 1


@pytest.mark.parametrize(
    "path", ["/elsewhere", "//127.0.0.1:{other}/x", "http://127.0.0.1:{other}"]
)
async def test_never_with_a_secret(path: str) -> None:
    async with serving(sending(answer())) as other:
        async with serving(_to(path.replace("{other}", str(other.port)))) as server:
            reading, numbers = await check_once(
                server.url(), follow_redirects=5, secret=_token, secret_header="apikey"
            )
        assert other.requests == []
    assert len(server.requests) == 1
    assert reading.failure is not None
    assert "not followed with a secret" in reading.failure.sentence
    assert numbers["up"].value == 0.0


async def test_not_followed_by_default() -> None:
    async with serving(_to("https://login.example/?next=%2Fhealth&t=geheim")) as server:
        reading, _ = await check_once(server.url())
    assert reading.failure is not None
    assert reading.failure.sentence == (
        "answered 302, expected 200: a redirect to https://login.example/, not followed"
    )
    assert reading.redirects == 0


async def test_a_redirect_can_be_what_is_expected() -> None:
    async with serving(_to("/login")) as server:
        reading, _ = await check_once(server.url(), expect=(302,), follow_redirects=3)
    assert reading.failure is None
    assert len(server.requests) == 1


async def test_loops_end() -> None:
    async with serving(_to("/again"), keep=True) as server:
        reading, _ = await check_once(server.url(), follow_redirects=4)
    assert reading.failure is not None
    assert reading.failure.sentence.endswith("/again, not followed after 4 of them")
    assert len(server.requests) == 5
    assert reading.redirects == 4


async def test_the_deadline_covers_all_hops() -> None:
    async def slow(talk: Talk) -> None:
        if not await talk.gone(0.15):
            await talk.send(answer(b"", status="302 F", headers=["Location: /on"]))

    async with serving(slow) as server:
        reading, _ = await check_once(server.url(), follow_redirects=10, timeout_s=0.4)
    assert reading.failure is not None
    assert reading.failure.sentence.startswith("no complete answer within")
    assert 350 < reading.phases.total_ms < 2_000
    assert len(server.requests) <= 3


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("ftp://x.example/", "must begin with http"),
        ("javascript:alert(1)", "must begin with http"),
        ("http://x.example:99999/", "port must lie between"),
        ("http://x.example:port/", "can not be read"),
        ("http://user:geheim@x.example/", "is not used"),
        ("http://xn--/", "no host that can be looked up"),
        ("http://" + "a" * 10_000, "longer than"),
        ("http://[::1", "can not be read"),
        ("\x80\xff", ""),
        ("http://nosuch.invalid/", "DNS name not found"),
    ],
)
async def test_targets_that_are_none(location: str, words: str) -> None:
    async with serving(_to(location)) as server:
        reading, numbers = await check_once(server.url(), follow_redirects=3)
    assert reading.failure is not None
    assert words in reading.failure.sentence or "name server" in reading.failure.sentence
    assert "geheim" not in reading.failure.sentence
    assert numbers["up"].value == 0.0


async def test_never_from_https_to_http(authority: Authority, tmp_path: Path) -> None:
    tls = authority.server(tmp_path, "127.0.0.1")
    async with serving(sending(answer())) as other:
        async with serving(_to(other.url()), tls=tls) as server:
            reading, _ = await check_once(
                server.url(), follow_redirects=3, ca_file=authority.ca_file(tmp_path)
            )
        assert other.requests == []
    assert reading.failure is not None
    assert "not followed from https to http" in reading.failure.sentence
