"""Vercel: the runtime log of what serves production.

The vendor sends a line for each log and request while somebody listens, and keeps the connection
open. A read listens for some seconds and takes what comes; what is written while nobody listens is
not to be had, and the reading says so.
"""

import zlib
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.errors import BadAnswer, NotFound
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api, Tail
from providers.http_body import decode_json
from providers.http_stream import Taken
from providers.log_numbers import Seen, numbers_of
from providers.log_paths import RecentRequests
from providers.log_readings import LogLevel, LogLine, LogsReading
from providers.text import EMPTY, Foreign
from providers.vendor import Entry, Sorted, segment, sort_out, told_segment
from providers.vercel import SYSTEM
from providers.vercel_mapping import PRODUCTION
from providers.vercel_project import project_of

OPERATION: Final = "read runtime logs"
LONGEST_ROW: Final = 120
LEVELS: Final[Mapping[str, LogLevel]] = {
    "trace": LogLevel.DEBUG,
    "debug": LogLevel.DEBUG,
    "info": LogLevel.INFO,
    "warning": LogLevel.WARNING,
    "error": LogLevel.ERROR,
    "fatal": LogLevel.ERROR,
}
"""By `level`."""

_DELIMITER: Final = "delimiter"


class VercelLogsOptions(Struct, frozen=True, kw_only=True):
    """Whose log, and how much of it.

    Raises:
        ValueError: The project cannot be named in a path.
    """

    project: str
    team: str | None
    listen_s: float = 5.0
    most_lines: int = 500

    def __post_init__(self) -> None:
        segment(self.project)


class VercelLogsSource:
    """The runtime log of one project's production.

    Args:
        spec: Name and cadence.
        options: Whose, and how much.
        api: The account's client; shared, and closed by whoever made it.
        requests: Told of the requests in the lines.
    """

    def __init__(
        self,
        spec: SourceSpec,
        options: VercelLogsOptions,
        api: Api,
        requests: RecentRequests | None = None,
    ) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._requests = requests
        self._seen = Seen()

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Listen for a while to what serves production now.

        Raises:
            ProviderError: Vercel did not give what was asked, or nothing serves.
        """
        project_id, deployment_id = await self._live()
        options = self._options
        project = told_segment(project_id, SYSTEM, OPERATION)
        deployment = told_segment(deployment_id, SYSTEM, OPERATION)
        path = f"/v1/projects/{project}/deployments/{deployment}/runtime-logs"
        streamed = await self._api.lines(
            OPERATION,
            path,
            Tail(patience_s=options.listen_s, most_lines=options.most_lines),
            params=self._team(),
            headers={"Accept": "application/stream+json"},
        )
        found = lines_of(streamed.taken)
        fresh = self._seen.new(found.readable())
        if self._requests is not None:
            self._requests.note(fresh)
        return self._harvest(fresh, streamed.taken, found.notice, streamed.at)

    def _harvest(
        self, fresh: tuple[LogLine, ...], taken: Taken, notice: str, at: Moment
    ) -> Harvest:
        notices = (*self._share(), notice, *_left_out(taken))
        reading = LogsReading(
            lines=fresh, gap=taken.cut.by_limit, notices=tuple(filter(None, notices))
        )
        return Harvest(payload=reading, numbers=tuple(numbers_of(self._spec.id, fresh, at)), at=at)

    def _share(self) -> tuple[str, ...]:
        listened, every = self._options.listen_s, self._spec.interval_s
        return (
            f"Vercel tells only what is written while we listen: {listened:.3g} s of each "
            f"{every:.3g} s",
        )

    async def _live(self) -> tuple[str, str]:
        operation = "read project"
        path = f"/v9/projects/{segment(self._options.project)}"
        answer = await self._api.get(operation, path, params=self._team(), etag=True)
        project = project_of(Fields(answer.value, SYSTEM, operation), PRODUCTION)
        if project.live is None and project.problems:
            raise BadAnswer(SYSTEM, operation, project.problems[0])
        if project.paused or project.live is None:
            reason = "the project is paused" if project.paused else "nothing serves production"
            advice = "there is a log again when it serves"
            raise NotFound(SYSTEM, OPERATION, reason, advice=advice)
        return project.id, project.live.id

    def _team(self) -> list[tuple[str, str]]:
        return [("teamId", self._options.team)] if self._options.team else []


def _left_out(taken: Taken) -> tuple[str, ...]:
    found = [f"left out for being too long: {taken.too_long}"] if taken.too_long else []
    if taken.cut.by_limit:
        found.append(f"lines were left out: {taken.cut.value}")
    return tuple(found)


def lines_of(taken: Taken) -> Sorted[LogLine]:
    """The lines of a stream, one JSON object each; one that is none is left out and counted."""
    items: list[Entry] = []
    broken: list[BadAnswer] = []
    for number, raw in enumerate(taken.lines):
        try:
            value = decode_json(SYSTEM, OPERATION, raw)
        except BadAnswer as error:
            value = None
            broken.append(error)
        items.append(Entry(value=value, system=SYSTEM, operation=OPERATION, path=f"$[{number}]"))
    found = sort_out(items, line_of, "line")
    if broken and len(broken) == len(items):
        # What it is instead, such as a page, says more than that it is no object.
        return Sorted(kept=(), notice=found.notice, hopeless=broken[0])
    return found


def line_of(item: Fields) -> LogLine | None:
    """One line; None for a delimiter, which ends what one request wrote.

    Raises:
        BadAnswer: It lacks what names it, or a field is of the wrong type.
    """
    if item.optional_word("source") == _DELIMITER:
        return None
    text = _message(item)
    level = item.optional_text("level") or EMPTY
    at_ms = item.integer("timestampInMs")
    # A request writes several lines under one row.
    mark = zlib.crc32(text.text.encode())
    return LogLine(
        id=f"{item.word('rowId')[:LONGEST_ROW]}/{at_ms}/{mark:08x}",
        at=item.moment_ms("timestampInMs"),
        level=LEVELS.get(level.text, LogLevel.UNKNOWN),
        text=text,
        origin=item.optional_text("source") or EMPTY,
        method=item.optional_text("requestMethod") or EMPTY,
        path=item.optional_text("requestPath") or EMPTY,
        status=status_of(item.optional_integer("responseStatusCode")),
    )


def _message(item: Fields) -> Foreign:
    text = item.text("message")
    return Foreign(f"{text.text} …") if item.optional_flag("messageTruncated") else text


def status_of(number: int | None) -> int | None:
    """A status of HTTP; Vercel writes 0 or -1 where no answer was given."""
    return number if number is not None and 100 <= number <= 599 else None
