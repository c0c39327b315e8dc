"""GitHub: what a job printed, for the page of a run that failed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from providers.clock import Moment
from providers.deploy_readings import DeployState
from providers.github import HEADERS, SYSTEM
from providers.github_jobs import Job, job_of
from providers.http import Api, Tail
from providers.http_stream import Cut
from providers.log_readings import LogLevel, LogLine, Printed
from providers.secrets import redact
from providers.text import Foreign
from providers.vendor import entries, segment, sort_out

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


async def run_log(api: Api, owner: str, repo: str, run_id: str) -> Printed:
    """The last lines of the job of a run that failed first, else of its last one.

    Args:
        api: The account's client.
        owner: Of the repository.
        repo: Its name.
        run_id: The run's number.

    Raises:
        ProviderError: GitHub did not give the jobs or the log.
    """
    operation = "list jobs"
    path = f"/repos/{segment(owner)}/{segment(repo)}/actions/runs/{segment(run_id)}/jobs"
    params = [("filter", "latest"), ("per_page", "50")]
    answer = await api.get(operation, path, params=params, headers=HEADERS)
    found = sort_out(entries(answer.value, "jobs", SYSTEM, operation), job_of, "job").readable()
    job = telling(found)
    if job is None:
        return Printed(lines=(), notice="no job has ended yet: GitHub has no log before")
    log = await job_log(api, owner, repo, job.id)
    step = f" · {job.step.line(80)}" if job.step else ""
    return replace(log, by=Foreign(f"{job.name.line(80)}{step}"))


def telling(jobs: Sequence[Job]) -> Job | None:
    """The first that failed, else the last that ended; None where none has."""
    ended = [job for job in jobs if job.ended_at is not None]
    failed = (job for job in ended if job.state is DeployState.FAILED)
    return next(failed, ended[-1] if ended else None)


async def job_log(api: Api, owner: str, repo: str, job_id: str) -> Printed:
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
    return Printed(lines=lines[-MOST_LINES:], notice=notice)


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
