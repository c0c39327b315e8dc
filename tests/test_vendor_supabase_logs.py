"""Supabase's logs: each line once, none lost without a word, at most so many."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.errors import ServerFailed
from providers.log_readings import LogLevel, LogLine, LogsReading
from providers.supabase_analytics import FURTHEST, bounds
from providers.supabase_logs import KINDS, LIMIT, SupabaseLogs
from tests import vendor_data_supabase as data
from tests.fakes import ManualClock
from tests.vendor_data import T0_MS
from tests.vendor_rigs import client, numbers_of
from tests.vendor_rigs_supabase import logs
from tests.vendor_server import Asked, Reply, VendorServer, json_reply, vendor_server

T0 = datetime.fromtimestamp(T0_MS / 1000, UTC)


class Shelf:
    """A log that grows, and answers within the bounds of the question as Supabase does."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.broken = False

    def write(self, *at_s: float) -> None:
        first = len(self.rows)
        self.rows += [data.auth_row(first + place, at) for place, at in enumerate(at_s)]

    def __call__(self, asked: Asked) -> Reply:
        if self.broken:
            return json_reply({"message": "no"}, 500)
        start, end = (
            datetime.fromisoformat(asked.value(f"iso_timestamp_{which}") or "").timestamp() * 1e6
            for which in ("start", "end")
        )
        found = [row for row in self.rows if start <= row["timestamp"] <= end]
        found.sort(key=lambda row: -row["timestamp"])
        return json_reply({"result": found[:LIMIT]})


@asynccontextmanager
async def reading(
    answer: Callable[[Asked], Reply], kind: str = "logs-auth"
) -> AsyncIterator[tuple[SupabaseLogs, ManualClock, VendorServer]]:
    clock = ManualClock(T0)
    async with (
        vendor_server(answer) as server,
        client(server.url, system="Supabase", clock=clock) as api,
    ):
        yield logs(api, kind, clock), clock, server


async def lines_of(source: SupabaseLogs) -> LogsReading:
    payload = (await source.read()).payload
    assert isinstance(payload, LogsReading)
    return payload


def ids(found: LogsReading) -> list[str]:
    return [line.id for line in found.lines]


async def test_every_line_comes_once_and_in_order_also_a_late_one() -> None:
    shelf = Shelf()
    shelf.write(-30, -20)
    async with reading(shelf) as (source, clock, _):
        first = await lines_of(source)
        clock.advance(60)
        shelf.write(-10, 50)
        second = await lines_of(source)
        clock.advance(60)
        third = await lines_of(source)

    assert ids(first) == ["row-0", "row-1"]
    assert ids(second) == ["row-2", "row-3"]
    assert ids(third) == []
    assert [first.gap, second.gap, third.gap] == [False] * 3


async def test_more_than_is_asked_for_is_a_gap_and_said() -> None:
    shelf = Shelf()
    shelf.write(-5)
    async with reading(shelf) as (source, clock, _):
        await lines_of(source)
        clock.advance(60)
        shelf.write(*(1 + place * 0.2 for place in range(LIMIT + 50)))
        found = await lines_of(source)

    assert found.gap
    assert len(found.lines) == LIMIT
    assert found.lines[-1].id == f"row-{LIMIT + 50}"
    assert found.notices == (f"only the newest {LIMIT} lines since the read before were asked for",)


async def test_full_answer_that_reaches_back_far_enough_is_no_gap() -> None:
    shelf = Shelf()
    shelf.write(*(-100 + place * 0.5 for place in range(LIMIT)))
    async with reading(shelf) as (source, clock, _):
        first = await lines_of(source)
        clock.advance(5)
        shelf.write(2)
        second = await lines_of(source)

    assert not first.gap
    assert not second.gap
    assert ids(second) == [f"row-{LIMIT}"]


async def test_after_a_failure_nothing_is_lost() -> None:
    shelf = Shelf()
    async with reading(shelf) as (source, clock, _):
        await lines_of(source)
        clock.advance(30)
        shelf.write(10)
        shelf.broken = True
        with pytest.raises(ServerFailed):
            await source.read()
        clock.advance(600)
        shelf.broken = False
        found = await lines_of(source)

    assert ids(found) == ["row-0"]


async def test_bounds_of_the_questions() -> None:
    async with reading(Shelf()) as (source, clock, server):
        await source.read()
        clock.advance(60)
        await source.read()

    spans = [
        (asked.value("iso_timestamp_start"), asked.value("iso_timestamp_end"))
        for asked in server.asked
    ]
    assert spans == [
        ("2026-11-18T10:51:40Z", "2026-11-18T11:06:40Z"),
        ("2026-11-18T11:04:40Z", "2026-11-18T11:07:40Z"),
    ]
    assert server.asked[0].value("sql") == KINDS["logs-auth"].sql


def test_a_question_never_spans_more_than_a_day() -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)

    asked = dict(bounds(long_ago, T0))

    assert asked["iso_timestamp_start"] == f"{T0 - FURTHEST:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_is_bounded(kind: str) -> None:
    assert KINDS[kind].sql.endswith(f"limit {LIMIT}")


async def line_of(kind: str, row: Any) -> LogLine:
    async with reading(lambda _asked: json_reply({"result": [row]}), kind) as (source, _, _):
        (line,) = (await lines_of(source)).lines
        return line


@pytest.mark.parametrize(
    ("kind", "row", "level"),
    [
        ("logs-auth", data.auth_row(level="info", status="200"), LogLevel.INFO),
        ("logs-auth", data.auth_row(level="info", status="400"), LogLevel.WARNING),
        ("logs-auth", data.auth_row(level="fatal"), LogLevel.ERROR),
        ("logs-auth", data.auth_row(level="odd"), LogLevel.UNKNOWN),
        ("logs-auth", data.auth_row(level=None), LogLevel.UNKNOWN),
        ("logs-postgres", data.postgres_row("LOG"), LogLevel.INFO),
        ("logs-postgres", data.postgres_row("FATAL"), LogLevel.ERROR),
        ("logs-postgres", data.postgres_row("DEBUG2"), LogLevel.DEBUG),
        ("logs-postgres", data.postgres_row("WHISPER"), LogLevel.UNKNOWN),
        ("logs-api", data.edge_row(200), LogLevel.INFO),
        ("logs-api", data.edge_row(404), LogLevel.WARNING),
        ("logs-api", data.edge_row(503), LogLevel.ERROR),
        ("logs-api", data.edge_row(status_code=None), LogLevel.UNKNOWN),
    ],
)
async def test_level(kind: str, row: Any, level: LogLevel) -> None:
    assert (await line_of(kind, row)).level is level


async def test_line_of_the_auth_server() -> None:
    line = await line_of("logs-auth", data.auth_row())

    assert line.at == T0
    assert line.text.text == (
        "400: Invalid login credentials: invalid_credentials (from 192.0.2.7)"
    )
    assert (line.path.text, line.status) == ("/token", 400)


async def test_line_of_the_api() -> None:
    line = await line_of("logs-api", data.edge_row(503))

    assert line.at == T0
    assert (line.method.text, line.path.text, line.status) == ("GET", "/rest/v1/events", 503)


async def test_numbers_count_new_lines_and_errors() -> None:
    rows = [
        data.postgres_row("ERROR", id="a"),
        data.postgres_row("LOG", id="b"),
        data.postgres_row("PANIC", id="c"),
    ]
    async with reading(lambda _asked: json_reply({"result": rows}), "logs-postgres") as (
        source,
        _,
        _,
    ):
        first, second = await source.read(), await source.read()

    assert numbers_of(first) == {"lines": 3.0, "errors": 2.0}
    assert numbers_of(second) == {"lines": 0.0, "errors": 0.0}


async def test_line_that_can_not_be_read_is_said() -> None:
    rows = [data.auth_row(), data.auth_row(2, timestamp="soon"), {"id": "x"}]
    async with reading(lambda _asked: json_reply({"result": rows})) as (source, _, _):
        found = await lines_of(source)

    assert ids(found) == ["row-1"]
    assert found.notices[0].startswith("2 lines could not be read")
