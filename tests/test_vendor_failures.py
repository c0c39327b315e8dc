"""One suite for all vendor sources: whatever goes wrong out there ends in an error of the tree."""

from collections.abc import Sequence

import pytest

from providers.base import Source
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from tests.vendor_rigs import RIGS, TEXT_RIGS, TOKEN, Rig, client, connected
from tests.vendor_server import Reply, dead_port, html_reply, json_reply, vendor_server

MOST_RETRY_S = 15 * 60.0

pytestmark = pytest.mark.parametrize("rig", [*RIGS, *TEXT_RIGS], ids=str)


async def failure_of(source: Source) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await source.read()
    error = caught.value
    assert error.system
    assert error.operation
    assert error.reason
    assert TOKEN not in f"{error.sentence}{error.advice}{error.detail}{error!r}"
    return error


async def failures(rig: Rig, replies: Sequence[Reply]) -> list[ProviderError]:
    """What one source makes of one wrong answer after the other."""
    shown, errors = list(replies[:1]), []
    async with connected(rig, lambda _asked: shown[0]) as (source, _server):
        for shown[0] in replies:
            print(shown[0].status, shown[0].body[:20])  # told when it fails
            errors.append(await failure_of(source))
    return errors


async def failure(rig: Rig, reply: Reply, *, deadline_s: float = 5.0) -> ProviderError:
    async with connected(rig, lambda _asked: reply, deadline_s=deadline_s) as (source, _server):
        return await failure_of(source)


async def test_refused(rig: Rig) -> None:
    async with client(f"http://127.0.0.1:{dead_port()}", credential=rig.credential) as api:
        error = await failure_of(rig.build(api))

    assert type(error) is Unreachable
    assert "refused" in error.reason


async def test_reset(rig: Rig) -> None:
    assert type(await failure(rig, Reply(reset=True))) is Unreachable


async def test_hung(rig: Rig) -> None:
    assert type(await failure(rig, Reply(silent=True), deadline_s=0.2)) is TimedOut


async def test_dripping_body_ends_at_the_deadline_for_the_whole_request(rig: Rig) -> None:
    reply = Reply(body=b"[]", drip=True)

    assert type(await failure(rig, reply, deadline_s=0.2)) is TimedOut


async def test_status_of_trouble(rig: Rig) -> None:
    kinds = {
        401: Unauthorized,
        403: Unauthorized,
        404: NotFound,
        500: ServerFailed,
        502: ServerFailed,
        503: ServerFailed,
    }
    replies = [json_reply({"message": "no"}, status) for status in kinds]

    errors = await failures(rig, replies)

    assert [type(error) for error in errors] == list(kinds.values())


async def test_status_of_trouble_with_a_page_of_html(rig: Rig) -> None:
    for error in await failures(rig, [html_reply(status) for status in (401, 404, 500, 503)]):
        assert isinstance(error, Unauthorized | NotFound | ServerFailed)
        assert "<" not in error.sentence


async def test_too_many_requests(rig: Rig) -> None:
    waits = {
        "7": (7.0, 7.0),
        "99999999999": (MOST_RETRY_S, MOST_RETRY_S),
        "Sat, 21 Nov 2099 10:00:00 GMT": (MOST_RETRY_S, MOST_RETRY_S),
        "-5": (0.0, MOST_RETRY_S),
        "soon": (0.0, MOST_RETRY_S),
        "nan": (0.0, MOST_RETRY_S),
    }
    for told, (least_s, most_s) in waits.items():
        error = await failure(rig, json_reply({"message": "slow down"}, 429, Retry_After=told))

        assert isinstance(error, RateLimited), told
        assert least_s <= error.retry_after_s <= most_s, told


async def test_wrong_shape_is_a_bad_answer_that_says_what_is_wrong(rig: Rig) -> None:
    bodies = [
        b"",
        b"null",
        b"true",
        b"7",
        b'"text"',
        b"[[]]",
        b"[null]",
        b"{}",
        b'{"deployments": null, "workflow_runs": null, "page": null}',
        b'{"id": 5, "targets": 1, "page": [], "workflow_runs": {}, "components": 0}',
        b"NaN",
        b"[" * 20_000,
        b'{"a": ' + b"1" * 6_000 + b"}",
        b"\xff\xfe",
        b'{"deployments": [',
    ]
    errors = await failures(rig, [Reply(body=body) for body in bodies])

    assert [
        body for body, error in zip(bodies, errors, strict=True) if not isinstance(error, BadAnswer)
    ] == []


async def test_html_instead_of_json(rig: Rig) -> None:
    error = await failure(rig, html_reply())

    assert isinstance(error, BadAnswer)
    assert "HTML" in error.reason


async def test_half_a_body(rig: Rig) -> None:
    error = await failure(rig, Reply(body=b'{"deploy', claimed_length=5_000), deadline_s=1.0)

    assert isinstance(error, BadAnswer | Unreachable)


async def test_claimed_10_gb_is_refused_unread(rig: Rig) -> None:
    error = await failure(rig, Reply(body=b"{", claimed_length=10_000_000_000))

    assert isinstance(error, BadAnswer)


async def test_redirect_is_not_followed_and_the_credential_stays(rig: Rig) -> None:
    async with vendor_server(lambda _asked: json_reply({})) as elsewhere:
        target = elsewhere.url.replace("127.0.0.1", "localhost") + "/x"
        moved = Reply(status=302, headers=(("Location", target),))
        error = await failure(rig, moved)

    assert isinstance(error, BadAnswer)
    assert elsewhere.asked == []


async def test_credential_goes_out_in_its_header_alone(rig: Rig) -> None:
    async with connected(rig, rig.healthy) as (source, server):
        await source.read()

    assert server.asked
    for asked in server.asked:
        sent = asked.headers.get("authorization")
        assert sent == (f"Bearer {TOKEN}" if rig.credential else None)
        assert TOKEN not in asked.raw_path + str(asked.query)


async def test_recovers_by_itself(rig: Rig) -> None:
    troubles = [json_reply({}, 500), Reply(reset=True), html_reply(), json_reply([None])]

    async with connected(rig, lambda asked: troubles[0] if troubles else rig.healthy(asked)) as (
        source,
        _server,
    ):
        while troubles:
            await failure_of(source)
            del troubles[0]
        harvest = await source.read()

    assert harvest.numbers


async def test_closing_twice_is_nothing(rig: Rig) -> None:
    async with connected(rig, rig.healthy) as (source, _server):
        await source.aclose()
        await source.aclose()
