"""Render: what a service wrote, page by page and then as it comes.

The first read takes the newest lines, each one after it the lines since, with some seconds of
overlap for lines that arrive late; a line is handed down once.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.deploy_readings import DeployReading
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.log_numbers import Seen, numbers_of
from providers.log_paths import RecentRequests
from providers.log_readings import LogLevel, LogLine, LogsReading, Printed
from providers.render import SYSTEM
from providers.text import EMPTY, Foreign
from providers.vendor import Sorted, entries, segment, sort_out

OPERATION: Final = "read logs"
PAGE: Final = 100
"""The most that Render gives at once."""

MOST_PAGES: Final = 5
OVERLAP: Final = timedelta(seconds=15)
FIRST_SPAN: Final = timedelta(minutes=15)
LEVELS: Final[Mapping[str, LogLevel]] = {
    "trace": LogLevel.DEBUG,
    "debug": LogLevel.DEBUG,
    "info": LogLevel.INFO,
    "notice": LogLevel.INFO,
    "warn": LogLevel.WARNING,
    "warning": LogLevel.WARNING,
    "error": LogLevel.ERROR,
    "err": LogLevel.ERROR,
    "critical": LogLevel.ERROR,
    "alert": LogLevel.ERROR,
    "emergency": LogLevel.ERROR,
    "fatal": LogLevel.ERROR,
    "panic": LogLevel.ERROR,
}
"""By the label `level`, in any case."""

_COLOURS: Final = re.compile("\N{SYMBOL FOR ESCAPE}\\[[0-9;]{0,16}m")
"""What programs colour their lines with, as `Foreign` shows it."""


class LogQuery(Struct, frozen=True, kw_only=True):
    """Which lines; each filter is left out when empty, and takes any of several values."""

    levels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    """`app`, `request`, `build`."""

    texts: tuple[str, ...] = ()
    """Parts of the message; `*` stands for anything."""

    paths: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def params(self) -> list[tuple[str, str]]:
        """As Render takes them."""
        named = {
            "level": self.levels,
            "type": self.types,
            "text": self.texts,
            "path": self.paths,
            "statusCode": self.statuses,
        }
        return [(name, value) for name, values in named.items() for value in values]


class LogPage(Struct, frozen=True, kw_only=True):
    """Some lines, and where those before them are."""

    lines: Sorted[LogLine]
    more: bool
    start: str
    """`startTime` of the next page."""

    end: str
    """`endTime` of the next page."""

    at: Moment


async def log_page(
    api: Api,
    owner_id: str,
    service_id: str,
    query: LogQuery,
    *,
    start: str,
    end: str = "",
) -> LogPage:
    """The newest lines of a span that match; newest page first.

    Args:
        api: The account's client.
        owner_id: The workspace of the service.
        service_id: Whose lines.
        query: Which lines.
        start: The earliest time, in ISO 8601 with a zone.
        end: The latest; empty: now.

    Raises:
        ProviderError: Render did not give them.
    """
    params = [("ownerId", owner_id), ("resource", service_id), *query.params()]
    params += [("startTime", start), *([("endTime", end)] if end else [])]
    params += [("direction", "backward"), ("limit", str(PAGE))]
    answer = await api.get(OPERATION, "/logs", params=params)
    fields = Fields(answer.value, SYSTEM, OPERATION)
    return LogPage(
        lines=sort_out(entries(answer.value, "logs", SYSTEM, OPERATION), line_of, "line"),
        more=fields.optional_flag("hasMore") or False,
        start=_time(fields, "nextStartTime") or start,
        end=_time(fields, "nextEndTime") or end,
        at=answer.at,
    )


def _time(fields: Fields, name: str) -> str:
    at = fields.optional_moment_iso(name)
    return "" if at is None else iso(at)


def line_of(item: Fields) -> LogLine:
    """One line.

    Raises:
        BadAnswer: It has no id, time or message, or a field is of the wrong type.
    """
    labels = {one.word("name"): one.optional_text("value") or EMPTY for one in item.items("labels")}
    status = labels.get("statusCode", EMPTY).text
    level = labels.get("level", EMPTY).text.casefold()
    return LogLine(
        id=item.word("id"),
        at=item.moment_iso("timestamp"),
        level=LEVELS.get(level, LogLevel.UNKNOWN),
        text=Foreign(_COLOURS.sub("", item.text("message").text)),
        origin=labels.get("instance") or labels.get("type", EMPTY),
        method=labels.get("method", EMPTY),
        path=labels.get("path", EMPTY),
        status=int(status)
        if status.isascii() and status.isdecimal() and len(status) == 3
        else None,
    )


class RenderLogsOptions(Struct, frozen=True, kw_only=True):
    """Whose lines, and which.

    Raises:
        ValueError: The service cannot be named in a path.
    """

    service_id: str
    query: LogQuery = LogQuery()

    def __post_init__(self) -> None:
        segment(self.service_id)


class RenderLogsSource:
    """What one service of Render writes.

    Args:
        spec: Name and cadence.
        options: Whose lines, and which.
        api: The account's client, its base with `/v1`; shared, and closed by whoever made it.
        clock: Tells the span of the first read.
        requests: Told of the requests in the lines.
    """

    def __init__(
        self,
        spec: SourceSpec,
        options: RenderLogsOptions,
        api: Api,
        clock: Clock,
        requests: RecentRequests | None = None,
    ) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._clock = clock
        self._requests = requests
        self._seen = Seen()
        self._owner_id = ""
        self._since: datetime | None = None

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the lines since the last read.

        Raises:
            ProviderError: Render did not give them.
        """
        owner_id = self._owner_id or await self._read_owner()
        since = self._since
        start = iso(since - OVERLAP if since else self._clock.now().at - FIRST_SPAN)
        pages = [await self._page(owner_id, start)]
        # How far the log goes back before the first read is nothing that was left out.
        while since is not None and pages[-1].more and len(pages) < MOST_PAGES:
            last = pages[-1]
            following = await self._page(owner_id, last.start, last.end)
            if following.end == last.end:
                break
            pages.append(following)
        lines = self._seen.new(line for page in pages for line in page.lines.readable())
        if self._requests is not None:
            self._requests.note(lines)
        self._since = max([line.at for line in lines], default=since)
        gap = since is not None and pages[-1].more
        notices = tuple(dict.fromkeys(page.lines.notice for page in pages if page.lines.notice))
        reading = LogsReading(lines=lines, gap=gap, notices=notices)
        at = pages[-1].at
        numbers = tuple(numbers_of(self._spec.id, lines, at))
        return Harvest(payload=reading, numbers=numbers, at=at)

    async def _page(self, owner_id: str, start: str, end: str = "") -> LogPage:
        options = self._options
        return await log_page(
            self._api, owner_id, options.service_id, options.query, start=start, end=end
        )

    async def _read_owner(self) -> str:
        self._owner_id = await owner_of(self._api, self._options.service_id)
        return self._owner_id


async def owner_of(api: Api, service_id: str) -> str:
    """The workspace of a service, which every question about its log has to name.

    Raises:
        ProviderError: Render did not tell.
    """
    operation = "read service"
    answer = await api.get(operation, f"/services/{segment(service_id)}", etag=True)
    return Fields(answer.value, SYSTEM, operation).word("ownerId")


async def build_log(api: Api, service_id: str, deploy: DeployReading) -> Printed:
    """The last lines that the build of a deploy printed, told from others by their time.

    Raises:
        ProviderError: Render did not give them.
    """
    if deploy.created_at is None:
        return Printed(lines=(), notice="Render does not say when this deploy began")
    end = "" if deploy.ended_at is None else iso(deploy.ended_at + OVERLAP)
    owner_id = await owner_of(api, service_id)
    query = LogQuery(types=("build",))
    start = iso(deploy.created_at - OVERLAP)
    page = await log_page(api, owner_id, service_id, query, start=start, end=end)
    lines = tuple(sorted(page.lines.readable(), key=lambda line: line.at))
    return Printed(lines=lines, notice=page.lines.notice)


def iso(at: datetime) -> str:
    """With a zone: described as seconds of the epoch, typed as a date."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
