"""Logs of Vercel and Render: each line once, gaps told, and what they say of busy paths."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import BadAnswer, NotFound
from providers.log_numbers import Seen
from providers.log_paths import RecentRequests
from providers.log_readings import LogLevel, LogLine
from providers.render_logs import LogQuery
from providers.system_readings import Condition
from providers.text import Foreign
from providers.vercel_builds import build_events
from providers.vercel_logs import VercelLogsOptions, VercelLogsSource
from tests import vendor_data as data
from tests import vendor_data_platform as more
from tests.platform_rig import detail, staged
from tests.vendor_rigs import client, numbers_of, shifted_clock
from tests.vendor_rigs_platform import RUNTIME_LOG, SERVICE_LOG, runtime_log, service_log
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

T0 = datetime.fromtimestamp(data.T0_MS / 1000, UTC)


def streamed(*lines: data.Json, raw: bytes = b"") -> Reply:
    kind = (("Content-Type", "application/stream+json"),)
    return Reply(body=more.stream(*lines) + raw, headers=kind)


def vercel(changed: dict[str, Any] | None = None, **options: Any) -> Any:
    def build(api: Any, _clock: Any, **chosen: Any) -> VercelLogsSource:
        return runtime_log(api, **chosen)

    return staged(build, RUNTIME_LOG, clock=shifted_clock(), changed=changed, **options)


async def test_lines_of_what_serves_now() -> None:
    failed = more.runtime_line(2, level="fatal", responseStatusCode=502, source="edge-function")
    reply = streamed(failed, more.runtime_line(1), more.runtime_line(3, source="delimiter"))
    async with vercel({"/runtime-logs": reply}) as stage:
        harvest = await stage.read()
        (asked,) = stage.asked("/runtime-logs")

    first, second = harvest.payload.lines
    assert asked.path == "/v1/projects/prj_1/deployments/dpl_1/runtime-logs"
    assert asked.value("teamId") == "team_1"
    assert asked.headers["accept"] == "application/stream+json"
    assert (first.level, first.status, first.path.text) == (LogLevel.INFO, 200, "/checkout")
    assert (second.level, second.origin.text) == (LogLevel.ERROR, "edge-function")
    assert second.at == T0 + timedelta(seconds=2)
    assert not harvest.payload.gap
    assert "only what is written while we listen: 0.2 s of each 30 s" in harvest.payload.notices[0]
    assert numbers_of(harvest) == {
        "lines": 2.0,
        "errors": 1.0,
        "requests": 2.0,
        "http_5xx_percent": 50.0,
    }


async def test_a_line_that_is_told_twice_is_handed_down_once() -> None:
    async with vercel({"/runtime-logs": streamed(more.runtime_line(1))}) as stage:
        first = await stage.logs()
        stage.bodies["/runtime-logs"] = streamed(more.runtime_line(1), more.runtime_line(2))
        second = await stage.logs()

    assert [line.text.text for line in first.lines] == ["GET /checkout 200, 1"]
    assert [line.text.text for line in second.lines] == ["GET /checkout 200, 2"]


async def test_two_lines_of_one_request_are_two() -> None:
    lines = (more.runtime_line(1, message="a"), more.runtime_line(1, message="b"))
    async with vercel({"/runtime-logs": streamed(*lines)}) as stage:
        assert len((await stage.logs()).lines) == 2


async def test_more_than_is_taken_at_once_is_a_gap() -> None:
    lines = [more.runtime_line(number) for number in range(30)]
    async with vercel({"/runtime-logs": streamed(*lines)}, most_lines=10) as stage:
        reading = await stage.logs()

    assert len(reading.lines) == 10
    assert reading.gap
    assert "lines were left out: there were too many lines" in reading.notices


async def test_a_cut_message_says_so_and_no_status_is_none() -> None:
    line = more.runtime_line(1, messageTruncated=True, responseStatusCode=0, level="loud")
    async with vercel({"/runtime-logs": streamed(line)}) as stage:
        harvest = await stage.read()

    (only,) = harvest.payload.lines
    assert only.text.text.endswith(" …")
    assert only.status is None
    assert only.level is LogLevel.UNKNOWN
    assert numbers_of(harvest)["http_5xx_percent"] is None


async def test_a_line_that_is_no_json_is_left_out_and_told() -> None:
    reply = streamed(more.runtime_line(1), raw=b"oops\n" + json.dumps([1]).encode() + b"\n")
    async with vercel({"/runtime-logs": reply}) as stage:
        reading = await stage.logs()

    assert len(reading.lines) == 1
    assert any("2 lines could not be read" in notice for notice in reading.notices)


@pytest.mark.parametrize(
    ("raw", "why"), [(b"oops\n", "not JSON"), (b"<html><body>Sign in</body>\n", "HTML instead")]
)
async def test_nothing_but_nonsense_is_a_bad_answer(raw: bytes, why: str) -> None:
    async with vercel({"/runtime-logs": streamed(raw=raw)}) as stage:
        with pytest.raises(BadAnswer, match=why):
            await stage.read()


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"paused": True}, "the project is paused"), ({"targets": {}}, "nothing serves production")],
)
async def test_without_anything_that_serves_there_is_no_log(
    changes: dict[str, Any], why: str
) -> None:
    async with vercel({"/projects/lma-web": more.project(**changes)}) as stage:
        with pytest.raises(NotFound, match=why):
            await stage.read()
        assert stage.asked("/runtime-logs") == []


async def test_events_of_a_build_in_both_of_its_shapes() -> None:
    old = {
        "type": "stderr",
        "created": data.T0_MS + 5,
        "payload": {
            "deploymentId": "dpl_1",
            "id": "old",
            "serial": "9",
            "date": data.T0_MS + 5,
            "text": "warning: peer dependency",
        },
    }
    failed = more.build_event(7, type="stderr", level="error", text="Command exited with 1")
    state = more.build_event(8, type="deployment-state", text="")
    listed = [state, failed, old, more.build_event(1, type="command", text="npm run build")]

    async with (
        vendor_server(lambda _asked: json_reply(listed)) as server,
        client(server.url) as api,
    ):
        found = await build_events(api, "dpl_1", "team_1", most=50)
    (asked,) = server.asked

    assert [line.text.text for line in found.kept] == [
        "npm run build",
        "warning: peer dependency",
        "Command exited with 1",
    ]
    assert [line.level for line in found.kept] == [
        LogLevel.INFO,
        LogLevel.WARNING,
        LogLevel.ERROR,
    ]
    assert dict(asked.query) == {
        "builds": "1",
        "direction": "backward",
        "limit": "50",
        "teamId": "team_1",
    }


def render(changed: dict[str, Any] | None = None, **options: Any) -> Any:
    clock = options.pop("clock", None) or shifted_clock()
    return staged(
        service_log, SERVICE_LOG, clock=clock, base_path="/v1", changed=changed, **options
    )


async def test_lines_of_a_service_with_what_their_labels_say() -> None:
    text = "\x1b[31mtimed out\x1b[0m"
    line = more.log(
        7, text, type="request", level="ERROR", statusCode="503", path="/v1/x", method="GET"
    )
    async with render({"/logs": more.logs(line)}) as stage:
        harvest = await stage.read()
        (asked,) = stage.asked("/logs")

    (only,) = harvest.payload.lines
    assert only.text.text == "timed out"
    assert (only.level, only.status) == (LogLevel.ERROR, 503)
    assert (only.method.text, only.path.text, only.origin.text) == ("GET", "/v1/x", "request")
    assert asked.value("ownerId") == "tea-1"
    assert asked.value("startTime") == "2026-11-18T12:15:00.000Z"
    assert numbers_of(harvest)["http_5xx_percent"] == 100.0


async def test_filters_go_out_repeated() -> None:
    query = LogQuery(
        levels=("error", "warning"),
        types=("app",),
        texts=("pool",),
        paths=("/v1/x",),
        statuses=("503",),
    )
    async with render(query=query) as stage:
        await stage.read()
        (asked,) = stage.asked("/logs")

    assert [value for name, value in asked.query if name == "level"] == ["error", "warning"]
    assert asked.value("type") == "app"
    assert asked.value("text") == "pool"
    assert asked.value("path") == "/v1/x"
    assert asked.value("statusCode") == "503"


async def test_each_read_goes_on_where_the_last_one_ended_and_a_little_before() -> None:
    later = more.log(2, at="2026-11-18T12:29:58.500Z")
    async with render({"/logs": more.logs(more.log(1, at="2026-11-18T12:29:50Z"))}) as stage:
        first = await stage.logs()
        stage.bodies["/logs"] = more.logs(later, more.log(1, at="2026-11-18T12:29:50Z"))
        second = await stage.logs()
        stage.bodies["/logs"] = more.logs()
        third = await stage.logs()
        fourth = await stage.logs()
        starts = [asked.value("startTime") for asked in stage.asked("/logs")]
        owners = stage.asked("/services/srv-1")

    assert [line.id for line in first.lines] == ["log-1"]
    assert [line.id for line in second.lines] == ["log-2"]
    assert third.lines == fourth.lines == ()
    assert starts[1:] == [
        "2026-11-18T12:29:35.000Z",
        "2026-11-18T12:29:43.500Z",
        "2026-11-18T12:29:43.500Z",
    ]
    assert len(owners) == 1


async def test_a_busy_service_is_read_page_by_page_and_what_is_too_much_is_a_gap() -> None:
    pages = 0

    def answer(asked: Asked) -> Reply:
        nonlocal pages
        if not asked.path.endswith("/logs"):
            return json_reply(data.render_service())
        pages += 1
        end = f"2026-11-18T12:{29 - pages:02d}:00Z"
        line = more.log(pages, at=end)
        return json_reply(more.logs(line, more=True, start=data.T0_ISO, end=end))

    async with (
        vendor_server(answer) as server,
        client(server.url + "/v1", clock=shifted_clock()) as api,
    ):
        source = service_log(api, shifted_clock())
        first = (await source.read()).payload
        after_first = pages
        second = (await source.read()).payload

    assert after_first == 1, "what was before the first read is not left out"
    assert not first.gap  # type: ignore[union-attr]  # a reading of logs
    assert pages == 6
    assert second.gap  # type: ignore[union-attr]  # a reading of logs
    ends = [asked.value("endTime") for asked in server.asked if asked.path.endswith("/logs")]
    assert ends[:3] == [None, None, "2026-11-18T12:27:00.000Z"]


async def test_a_vendor_that_gives_the_same_page_for_ever_is_not_followed() -> None:
    same = more.logs(more.log(1), more=True, end=more.NOW_ISO)
    async with render({"/logs": same}) as stage:
        await stage.read()
        reading = await stage.logs()

    assert len(stage.asked("/logs")) == 3
    assert reading.gap


def request(path: str, status: int, number: int = 0) -> LogLine:
    return LogLine(
        id=f"{path}/{status}/{number}",
        at=T0,
        level=LogLevel.INFO,
        text=Foreign("x"),
        path=Foreign(path),
        status=status,
    )


def test_busy_failing_and_odd_paths() -> None:
    requests = RecentRequests()
    requests.note([request("/a?b=1", 200, n) for n in range(40)])
    requests.note([request("/a", 502)])
    requests.note([request("/wp-login.php", 404, n) for n in range(25)])
    requests.note([request("/pay", 500, n) for n in range(3)])
    requests.note([LogLine(id="l", at=T0, level=LogLevel.INFO, text=Foreign("no request"))])
    found = requests.section()

    assert [one.title.text for one in found.records] == ["/wp-login.php", "/a", "/pay"]
    odd, busy, failing = found.records
    assert (odd.state.text, odd.condition) == ("mostly refused", Condition.NOTABLE)
    assert (busy.state.text, busy.condition) == ("failing at times", Condition.NOTABLE)
    assert (failing.state.text, failing.condition) == ("mostly failing", Condition.DEGRADED)
    assert detail(odd, "requests") == "25"
    assert detail(odd, "refused") == "100 %"
    assert found.title == "Busiest paths of the last 69 logged requests"


def test_no_request_yet() -> None:
    assert RecentRequests().section().empty == "no request in the logs read so far"


@given(st.lists(st.tuples(st.text(max_size=4), st.integers(100, 599)), max_size=60))
def test_paths_are_counted_whole(pairs: list[tuple[str, int]]) -> None:
    requests = RecentRequests(most=20)
    requests.note([request(path, status) for path, status in pairs])
    uses = requests.uses()

    counted = [pair for pair in pairs if Foreign(pair[0])]
    assert sum(use.requests for use in uses) == min(20, len(counted))
    assert all(use.failed + use.refused <= use.requests for use in uses)


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=8))
def test_each_line_is_new_once(reads: list[list[int]]) -> None:
    seen = Seen()
    fresh = [line.id for read in reads for line in seen.new(request("/a", 200, n) for n in read)]

    assert len(fresh) == len(set(fresh))
    assert set(fresh) == {request("/a", 200, n).id for read in reads for n in read}


def test_more_paths_than_are_shared_are_counted_all_the_same() -> None:
    requests = RecentRequests()
    requests.note(request(f"/{n % 300}", 200, n) for n in range(600))
    assert {use.requests for use in requests.uses()} == {2}
    assert len(requests.uses()) == 300


def test_only_so_many_are_remembered_and_what_comes_again_longer() -> None:
    seen = Seen(fewest=2)
    lines = [request("/a", 200, n) for n in range(4)]

    assert len(seen.new(lines[:3])) == 3
    assert not seen.new([lines[0]])
    assert len(seen.new(lines[3:])) == 1
    assert [line.id for line in seen.new(lines[:2])] == [lines[1].id]


def test_a_log_needs_a_project_that_can_stand_in_a_path() -> None:
    with pytest.raises(ValueError, match="identifier"):
        VercelLogsOptions(project="..", team=None)
