"""A job's log lies elsewhere: followed once, without the token, and only where one may go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from demo.serve import served
from demo.vendors.github_jobs import jobs
from demo.vendors.github_models import Conclusion
from providers.clock import Moment, SystemClock
from providers.errors import BadAnswer, NotFound, ProviderError, Unauthorized, Unreachable
from providers.github_logs import MOST_LINES, job_log, log_lines, run_log
from providers.http import Api
from providers.http_address import parse_address
from providers.http_exchange import Reply as Sent
from providers.http_link import follow
from providers.http_stream import Tail
from providers.log_readings import LogLevel, Printed
from providers.secrets import Secret
from tests.demo_rig import Stage
from tests.vendor_rigs import TOKEN, client
from tests.vendor_server import Asked, Reply, VendorServer, json_reply, vendor_server

LOG = (
    "\ufeff2026-11-18T11:06:40.1234567Z ##[group]Run npm test\n"
    "2026-11-18T11:06:41.0000000Z \x1b[31mFAIL\x1b[0m pool.test.ts\n"
    "    at line 7\n"
    "2026-11-18T11:06:42.5Z ##[error]Process completed with exit code 1.\n"
)


def text(body: str, status: int = 200) -> Reply:
    return Reply(status=status, body=body.encode(), headers=(("Content-Type", "text/plain"),))


@asynccontextmanager
async def moved(elsewhere: Reply, status: int = 302) -> AsyncIterator[tuple[str, VendorServer]]:
    """A vendor that leads to another host name of this machine, and what was asked there."""

    async with vendor_server(lambda _asked: elsewhere) as store:
        there = store.url.replace("127.0.0.1", "localhost") + "/logs/7?sig=s3cret"
        reply = Reply(status=status, headers=(("Location", there),))
        async with vendor_server(lambda _asked: reply) as server:
            yield server.url, store


async def read(url: str) -> Printed:
    async with client(url) as api:
        return await job_log(api, "lma", "api", "7")


async def test_the_end_of_a_log_line_by_line() -> None:
    async with moved(text(LOG)) as (url, store):
        log = await read(url)

    assert [line.text.text for line in log.lines] == [
        "Run npm test",
        "FAIL pool.test.ts",
        "    at line 7",
        "Process completed with exit code 1.",
    ]
    assert [line.level for line in log.lines] == [*[LogLevel.INFO] * 3, LogLevel.ERROR]
    assert log.lines[2].at == log.lines[1].at == datetime(2026, 11, 18, 11, 6, 41, tzinfo=UTC)
    assert log.notice == ""
    (asked,) = store.asked
    assert asked.value("sig") == "s3cret"
    assert "authorization" not in asked.headers
    assert TOKEN not in f"{asked.headers}{asked.query}"


async def test_only_the_end_of_a_long_log() -> None:
    whole = "".join(f"2026-11-18T11:06:40Z line {number}\n" for number in range(2_000))
    async with moved(text(whole)) as (url, _store):
        log = await read(url)

    assert len(log.lines) == MOST_LINES
    assert log.lines[-1].text.text == "line 1999"


async def test_a_log_that_goes_on_says_that_its_end_is_missing() -> None:
    async with moved(text("x" * 1_000 + "\n")) as (url, _store):
        log = await read(url)
    assert log.notice == ""

    broken = Reply(body=b"one\n", claimed_length=9_000)
    async with moved(broken) as (url, _store):
        log = await read(url)
    assert log.notice == "the end is missing: the connection broke"


async def test_a_second_redirect_is_not_followed() -> None:
    again = Reply(status=302, headers=(("Location", "http://127.0.0.1:1/"),))
    async with moved(again) as (url, _store):
        with pytest.raises(BadAnswer, match="not followed"):
            await read(url)


async def test_a_link_that_is_too_old_says_nothing_of_its_signature() -> None:
    async with moved(text("<Error>expired</Error>", 403)) as (url, _store):
        with pytest.raises(ProviderError) as caught:
            await read(url)

    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (json_reply({"message": "Not Found"}, 404), NotFound),
        (json_reply({"message": "Bad credentials"}, 401), Unauthorized),
        (json_reply({}), BadAnswer),
        (Reply(status=302), BadAnswer),
        (Reply(status=302, headers=(("Location", "file:///etc/passwd"),)), BadAnswer),
        (Reply(status=302, headers=(("Location", "//other/x"),)), BadAnswer),
        (Reply(status=302, headers=(("Location", "http://127.0.0.1:1/x"),)), Unreachable),
    ],
)
async def test_what_leads_nowhere(reply: Reply, kind: type[ProviderError]) -> None:
    def answer(_asked: Asked) -> Reply:
        return reply

    async with vendor_server(answer) as server:
        with pytest.raises(kind):
            await read(server.url)


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://storage.example/log", "without TLS"),
        ("https://127.0.0.1/log", "this machine"),
        ("https://169.254.169.254/latest/meta-data", "this machine"),
    ],
)
async def test_a_vendor_elsewhere_can_not_lead_to_this_machine(location: str, why: str) -> None:
    reply = Sent(status=302, headers=(("location", location),), body=b"")
    with pytest.raises(ProviderError) as caught:
        await follow(
            "GitHub",
            "read",
            reply,
            parse_address("https://api.github.com"),
            Tail(patience_s=1.0),
            clock=SystemClock(),
            deadline_s=2.0,
        )

    assert why in f"{caught.value.reason} {caught.value.advice}"


async def test_the_demo_s_own_log_refuses_a_token_and_is_read() -> None:
    rig = Stage()
    state = rig.estate.github
    repo = state.repo("lma-commerce", "lma")
    run = next(run for run in state.of(repo) if run.conclusion is Conclusion.FAILURE)
    failed = jobs(run, state.workflows[run.workflow_id])[-1]
    app = rig.services.apps()["github"]
    async with served(app, rig.clock) as url:
        async with client(url) as stranger:
            with pytest.raises(Unauthorized):
                await job_log(stranger, "lma-commerce", "lma", "7")
        async with admitted(rig, url) as api:
            log = await job_log(api, "lma-commerce", "lma", str(failed.id))

        async with admitted(rig, url) as api:
            whole = await run_log(api, "lma-commerce", "lma", str(run.id))

    assert whole.lines == log.lines
    assert failed.name in whole.by.text
    assert log.lines[-1].level is LogLevel.ERROR
    assert "exit code 1" in log.lines[-1].text.text


async def secret_of(rig: Stage) -> Secret:
    return Secret(rig.credentials.github)


@asynccontextmanager
async def admitted(rig: Stage, url: str) -> AsyncIterator[Api]:
    api = Api(system="GitHub", base_url=url, clock=SystemClock(), secret=partial(secret_of, rig))
    try:
        yield api
    finally:
        await api.aclose()


def test_lines_before_the_first_time_and_times_that_are_none() -> None:
    at = Moment(at=datetime(2026, 11, 18, tzinfo=UTC), tick_s=0.0)
    raw = (b"early", b"2026-99-18T11:06:40Z odd", b"\xff##[error]bytes")
    lines = list(log_lines("7", raw, at))

    assert {line.at for line in lines} == {at.at}
    assert [line.id for line in lines] == ["7/0", "7/1", "7/2"]
