"""GitHub: what a job printed, for the page of a run that failed."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.github import HEADERS
from providers.http import Api, Tail
from providers.http_stream import Cut
from providers.log_readings import LogLevel, LogLine
from providers.secrets import redact
from providers.text import Foreign
from providers.vendor import segment

OPERATION: Final = "read the log of a job"
MOST_LINES: Final = 500
"""Of the end, where a failure stands."""

WHOLE: Final = Tail(patience_s=10.0, most_lines=50_000, most_bytes=4 * 1024 * 1024)

_STAMP: Final = re.compile(r"^\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) ?")
_MARK: Final = re.compile(r"^##\[(error|warning|debug|command|group|endgroup|section|notice)\]")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]{0,16}m")
_LEVELS: Final = {
    "error": LogLevel.ERROR,
    "warning": LogLevel.WARNING,
    "debug": LogLevel.DEBUG,
}


class JobLog(Struct, frozen=True, kw_only=True):
    """The end of what a job printed."""

    lines: tuple[LogLine, ...]
    """Oldest first."""

    notice: str = ""
    """What is not there, if anything."""


async def job_log(api: Api, owner: str, repo: str, job_id: str) -> JobLog:
    """The last lines of a job that ended; GitHub has none of one that runs.

    The log lies at another company, whose link is followed without the token.

    Args:
        api: The account's client.
        owner: Of the repository.
        repo: Its name.
        job_id: The job's number.

    Raises:
        ProviderError: GitHub did not lead to it, or it is not there.
    """
    path = f"/repos/{segment(owner)}/{segment(repo)}/actions/jobs/{segment(job_id)}/logs"
    streamed = await api.linked_lines(OPERATION, path, WHOLE, headers=HEADERS)
    taken = streamed.taken
    lines = tuple(log_lines(job_id, taken.lines, streamed.at))
    notice = "" if taken.cut is Cut.ENDED else f"the end is missing: {taken.cut.value}"
    return JobLog(lines=lines[-MOST_LINES:], notice=notice)


def log_lines(job_id: str, raw: Iterable[bytes], read_at: Moment) -> Iterator[LogLine]:
    """The lines of a log; one without a time has that of the line before it.

    Args:
        job_id: The job's number.
        raw: As they came.
        read_at: Stands for the time of lines before the first that has one.
    """
    at = read_at.at
    for number, line in enumerate(raw):
        text = line.decode("utf-8", "replace")
        stamp = _STAMP.match(text)
        if stamp is not None:
            at = _moment(stamp[1], at)
            text = text[stamp.end() :]
        mark = _MARK.match(text)
        plain = _COLOURS.sub("", text[mark.end() :] if mark else text)
        yield LogLine(
            id=f"{job_id}/{number}",
            at=at,
            level=_LEVELS.get(mark[1], LogLevel.INFO) if mark else LogLevel.INFO,
            text=Foreign(redact(plain)),
        )


def _moment(text: str, before: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return before
