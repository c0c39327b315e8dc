"""Supabase: the newest lines of a project's logs, by time.

One question a read, with bounds, at most `LIMIT` lines. Lines arrive up to a minute late, so each
question reaches back a little beyond the one before, and what was read already is left out. The
questions are in the BigQuery dialect of the endpoint `logs.all`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.log_numbers import Seen
from providers.log_readings import LogLevel, LogLine, LogsReading
from providers.numbers import Number
from providers.supabase_analytics import LOGS, analytics_rows, bounds, row_moment
from providers.supabase_parts import Part
from providers.text import EMPTY, Foreign
from providers.vendor import sort_out

METRICS: Final = ("lines", "errors")
LIMIT: Final = 200
"""Lines of one answer; the questions below end with it."""

FIRST: Final = timedelta(minutes=15)
"""How far the first read looks back."""

OVERLAP: Final = timedelta(seconds=120)
"""How far a question reaches back beyond the one before: lines arrive late."""

FEWEST_REMEMBERED: Final = 4 * LIMIT

_AUTH_LEVELS: Final = {
    "trace": LogLevel.DEBUG,
    "debug": LogLevel.DEBUG,
    "info": LogLevel.INFO,
    "warn": LogLevel.WARNING,
    "warning": LogLevel.WARNING,
    "error": LogLevel.ERROR,
    "fatal": LogLevel.ERROR,
    "panic": LogLevel.ERROR,
}
_POSTGRES_LEVELS: Final = {
    **{f"DEBUG{number}": LogLevel.DEBUG for number in range(1, 6)},
    "DEBUG": LogLevel.DEBUG,
    "LOG": LogLevel.INFO,
    "INFO": LogLevel.INFO,
    "NOTICE": LogLevel.INFO,
    "WARNING": LogLevel.WARNING,
    "ERROR": LogLevel.ERROR,
    "FATAL": LogLevel.ERROR,
    "PANIC": LogLevel.ERROR,
}


class LogKind(Struct, frozen=True, kw_only=True):
    """One of the logs of a project: the question, and how its rows are read."""

    sql: str
    parse: Callable[[Fields], LogLine]


def _auth_line(row: Fields) -> LogLine:
    said = _loose(row, "msg") or _loose(row, "event_message")
    error, address = _loose(row, "error"), _loose(row, "remote_addr")
    words = f"{said}: {error}" if error else said.text
    level = _AUTH_LEVELS.get(_loose(row, "level").text.lower(), LogLevel.UNKNOWN)
    status = _status(row, "status")
    return LogLine(
        id=row.word("id"),
        at=row_moment(row),
        level=_refused(level, status),
        text=Foreign(f"{words} (from {address})" if address else words),
        origin=Foreign("auth"),
        path=_loose(row, "path"),
        status=status,
    )


def _refused(level: LogLevel, status: int | None) -> LogLevel:
    """Refused sign-ins are written as info: a thousand of them would pass every filter by level."""
    if level is LogLevel.INFO and status is not None and status >= 400:
        return _level_of_status(status)
    return level


def _postgres_line(row: Fields) -> LogLine:
    severity = _loose(row, "error_severity").text.upper()
    return LogLine(
        id=row.word("id"),
        at=row_moment(row),
        level=_POSTGRES_LEVELS.get(severity, LogLevel.UNKNOWN),
        text=row.text("event_message"),
        origin=_loose(row, "identifier"),
    )


def _api_line(row: Fields) -> LogLine:
    status = _status(row, "status_code")
    return LogLine(
        id=row.word("id"),
        at=row_moment(row),
        level=_level_of_status(status),
        text=row.text("event_message"),
        origin=_loose(row, "identifier"),
        method=_loose(row, "method"),
        path=_loose(row, "path"),
        status=status,
    )


def _level_of_status(status: int | None) -> LogLevel:
    if status is None:
        return LogLevel.UNKNOWN
    if status >= 500:
        return LogLevel.ERROR
    return LogLevel.WARNING if status >= 400 else LogLevel.INFO


def _loose(row: Fields, name: str) -> Foreign:
    """A column that may hold anything: the free form of a log promises nothing."""
    try:
        return row.text(name, EMPTY)
    except BadAnswer:
        return EMPTY


def _status(row: Fields, name: str) -> int | None:
    """A status as a number or as text; None where there is none."""
    try:
        word = row.optional_word(name)
    except BadAnswer:
        return None
    return int(word) if word and word.isdecimal() and len(word) == 3 else None


KINDS: Final[Mapping[str, LogKind]] = {
    "logs-auth": LogKind(
        sql="select id, auth_logs.timestamp, event_message, metadata.level, metadata.status, "
        "metadata.path, metadata.msg, metadata.error, metadata.remote_addr from auth_logs "
        "cross join unnest(metadata) as metadata order by timestamp desc limit 200",
        parse=_auth_line,
    ),
    "logs-postgres": LogKind(
        sql="select id, postgres_logs.timestamp, identifier, event_message, "
        "parsed.error_severity from postgres_logs cross join unnest(metadata) as m "
        "cross join unnest(m.parsed) as parsed order by timestamp desc limit 200",
        parse=_postgres_line,
    ),
    "logs-api": LogKind(
        sql="select id, edge_logs.timestamp, identifier, event_message, request.method, "
        "request.path, response.status_code from edge_logs cross join unnest(metadata) as m "
        "cross join unnest(m.request) as request cross join unnest(m.response) as response "
        "order by timestamp desc limit 200",
        parse=_api_line,
    ),
}
"""By the name of the part."""


class SupabaseLogs(Part):
    """One log of one project.

    Args:
        spec: Name and cadence.
        ref: The project's reference.
        kind: Which log, a key of `KINDS`.
        api: The account's client; shared, and closed by whoever made it.
        clock: Tells until when to ask.
    """

    def __init__(self, spec: SourceSpec, ref: str, kind: str, api: Api, clock: Clock) -> None:
        super().__init__(spec, ref, api)
        self._kind = KINDS[kind]
        self._operation = f"read {kind.replace('-', ' ')}"
        self._clock = clock
        self._asked_until: datetime | None = None
        self._seen = Seen(FEWEST_REMEMBERED)

    async def read(self) -> Harvest:
        """Ask for the lines since the read before.

        Raises:
            ProviderError: Supabase did not give them; the next read asks for them again.
        """
        end, before = self._clock.now().at, self._asked_until
        start = end - FIRST if before is None else before - OVERLAP
        params = (("sql", self._kind.sql), *bounds(start, end))
        answer = await self._get(self._operation, LOGS, params)
        rows = analytics_rows(answer.value, self._operation)
        found = sort_out(rows[:LIMIT], self._kind.parse, "line")
        lines = sorted(found.readable(), key=lambda line: line.at)
        fresh = self._seen.new(lines)
        payload = LogsReading(
            lines=fresh,
            gap=before is not None and len(rows) >= LIMIT and _all_after(lines, before),
            notices=tuple(filter(None, (found.notice, _cut(rows, before)))),
        )
        self._asked_until = end
        return Harvest(
            payload=payload, numbers=self._readings(_figures(fresh), answer.at), at=answer.at
        )


def _all_after(lines: Sequence[LogLine], before: datetime) -> bool:
    """Whether even the oldest line is younger than the last question: some are missing."""
    return bool(lines) and lines[0].at > before


def _cut(rows: Sequence[object], before: datetime | None) -> str:
    if len(rows) < LIMIT:
        return ""
    since = "the last 15 minutes" if before is None else "the read before"
    return f"only the newest {LIMIT} lines since {since} were asked for"


def _figures(lines: Sequence[LogLine]) -> tuple[Number, ...]:
    errors = sum(line.level is LogLevel.ERROR for line in lines)
    return (
        Number(metric="lines", value=len(lines), unit="count"),
        Number(metric="errors", value=errors, unit="count"),
    )
