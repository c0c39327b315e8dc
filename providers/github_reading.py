"""Everything one read of a GitHub repository told, made one reading; pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.deploy_readings import DeployState
from providers.deploys import is_news, soon_s
from providers.errors import ProviderError
from providers.github_jobs import Approval, Deployment, Job, Repository, Run, Workflow
from providers.github_rows import (
    STUCK_AFTER,
    approval_record,
    deployment_record,
    job_record,
    run_record,
    workflow_record,
)
from providers.harvest import Harvest
from providers.limiter import RateBudget
from providers.parts import blindness, worst
from providers.readings import Reading, SourceId
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.vendor import Sorted

METRICS: Final = (
    "running",
    "waiting_for_approval",
    "failed_24h",
    "failing_workflows",
    "queued_longest_s",
    "workflows_off",
    "api_budget_used_percent",
    "unchanged_percent",
)
_UNITS: Final = {
    "queued_longest_s": "s",
    "api_budget_used_percent": "%",
    "unchanged_percent": "%",
}
DAY: Final = timedelta(hours=24)
MOST_SHOWN: Final = 20
_ENDED: Final = frozenset({DeployState.SUCCEEDED, DeployState.FAILED})
_PROPOSED: Final = frozenset({"pull_request", "pull_request_target", "merge_group"})
"""Events of what is not merged yet: it may fail."""


class Told(Struct, frozen=True, kw_only=True):
    """The outcome of each question of one read."""

    runs: Sorted[Run] | ProviderError
    repository: Repository | ProviderError
    workflows: Sorted[Workflow] | ProviderError
    watched: tuple[str, ...]
    deployments: tuple[Deployment, ...] | ProviderError
    jobs: tuple[tuple[Run, tuple[Job, ...] | ProviderError], ...]
    approvals: tuple[tuple[Run, tuple[Approval, ...] | ProviderError], ...]
    unchanged_percent: float | None
    budget: RateBudget | None
    at: Moment

    @property
    def known_runs(self) -> tuple[Run, ...]:
        """The runs, newest first, as far as they could be read."""
        return () if isinstance(self.runs, ProviderError) else self.runs.kept

    @property
    def off(self) -> tuple[Workflow, ...]:
        """Workflows of interest that are switched off."""
        if isinstance(self.workflows, ProviderError):
            return ()
        off = (one for one in self.workflows.kept if one.state.text != "active")
        return tuple(one for one in off if not self.watched or _file(one) in self.watched)


def _file(workflow: Workflow) -> str:
    return workflow.path.text.rpartition("/")[2]


def failing(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The failed runs after which none of the same workflow and branch went well.

    What is only proposed, in a pull request, does not count.

    Args:
        runs: Newest first.
    """
    found: dict[tuple[str, str], Run] = {}
    for run in runs:
        if run.state in _ENDED and run.event.text not in _PROPOSED:
            found.setdefault((run.workflow_id, run.branch.text), run)
    return tuple(run for run in found.values() if run.state is DeployState.FAILED)


def harvest_of(source: SourceId, told: Told) -> Harvest:
    """The reading and its numbers."""
    reading = SystemReading(
        system="GitHub",
        condition=_condition(told),
        summary=_summary(told),
        sections=tuple(_sections(told)),
        notices=tuple(dict.fromkeys(filter(None, _notices(told)))),
    )
    moving = any(run.state.running and is_news(run.created_at, told.at) for run in told.known_runs)
    return Harvest(
        payload=reading,
        numbers=tuple(_numbers(source, told)),
        at=told.at,
        again_s=soon_s(told.budget, moving=moving),
    )


def _condition(told: Told) -> Condition:
    repository = told.repository
    closed = not isinstance(repository, ProviderError) and (
        repository.archived or repository.disabled
    )
    found = [Condition.UNKNOWN if isinstance(told.runs, ProviderError) else Condition.FINE]
    found += [Condition.BROKEN] if closed else []
    found += [Condition.DEGRADED] if told.off or _stuck(told) or failing(told.known_runs) else []
    found += [Condition.UNKNOWN] if any(run.unheard_of for run in told.known_runs) else []
    waiting = any(run.state is DeployState.BLOCKED for run in told.known_runs)
    found += [Condition.NOTABLE] if waiting else []
    return worst(found)


def _stuck(told: Told) -> bool:
    return _queued_longest(told) > STUCK_AFTER.total_seconds()


def _queued_longest(told: Told) -> float:
    now = told.at.at
    queued = (run for run in told.known_runs if run.state is DeployState.QUEUED)
    return max(((now - run.created_at).total_seconds() for run in queued), default=0.0)


def _summary(told: Told) -> Foreign:
    if isinstance(told.runs, ProviderError):
        return Foreign(f"the runs could not be read: {blindness(told.runs)}")
    counts = (
        (sum(run.state.running for run in told.known_runs), "running"),
        (_waiting(told), "waiting for approval"),
        (len(failing(told.known_runs)), "failing"),
        (len(told.off), "workflows off"),
        (sum(run.unheard_of for run in told.known_runs), "in a state we have no word for"),
    )
    said = ", ".join(f"{number} {words}" for number, words in counts if number)
    newest = told.known_runs[0] if told.known_runs else None
    last = f"last: {newest.workflow.line(40)} {newest.word.line(20)}" if newest else "no run"
    return Foreign(f"{said or 'nothing runs, nothing waits'} · {last}")


def _waiting(told: Told) -> int:
    return sum(run.state is DeployState.BLOCKED for run in told.known_runs)


def _sections(told: Told) -> Iterator[Section]:
    yield _approvals(told)
    yield _jobs(told)
    runs = told.known_runs
    now = failing(runs)
    yield Section(
        key="runs",
        title="Runs",
        records=tuple(
            run_record(run, told.at.at, over=run not in now) for run in runs[:MOST_SHOWN]
        ),
        empty="no run yet",
        blind=blindness(told.runs),
        more=max(0, len(runs) - MOST_SHOWN),
    )
    deployments = () if isinstance(told.deployments, ProviderError) else told.deployments
    yield Section(
        key="deployments",
        title="Newest deployment of each environment",
        records=tuple(deployment_record(one) for one in deployments),
        empty="no workflow tells GitHub of its deployments",
        blind=blindness(told.deployments),
    )
    yield Section(
        key="blocking",
        title="What holds every deploy up",
        records=tuple(_blocking(told)),
        empty="nothing",
        blind=blindness(told.workflows) or blindness(told.repository),
    )


def _approvals(told: Told) -> Section:
    records: list[Record] = []
    for run, found in told.approvals:
        if isinstance(found, ProviderError):
            records.append(_unread(run, found))
        else:
            records += [approval_record(run, one) for one in found]
    return Section(
        key="approvals", title="Waiting for approval", records=tuple(records), empty="nothing waits"
    )


def _unread(run: Run, error: ProviderError) -> Record:
    """A run whose insides could not be read is still one that a person should know of."""
    return Record(
        id=f"{run.id}/unread",
        title=run.title or run.workflow,
        condition=Condition.UNKNOWN,
        state=Foreign(f"not read: {blindness(error)}"),
        at=run.changed_at,
        url=run.url,
    )


def _jobs(told: Told) -> Section:
    records: list[Record] = []
    for run, found in told.jobs:
        if isinstance(found, ProviderError):
            records.append(_unread(run, found))
        else:
            telling = [one for one in found if one.state is not DeployState.SUCCEEDED]
            records += [job_record(run, one) for one in telling]
    return Section(
        key="jobs",
        title="Jobs that run or failed",
        records=tuple(records[:MOST_SHOWN]),
        empty="none",
        more=max(0, len(records) - MOST_SHOWN),
    )


def _blocking(told: Told) -> Iterator[Record]:
    repository = told.repository
    if not isinstance(repository, ProviderError):
        words = [("archived", repository.archived), ("disabled by GitHub", repository.disabled)]
        for word, holds in words:
            if holds:
                yield Record(
                    id=word,
                    title=repository.name,
                    condition=Condition.BROKEN,
                    state=Foreign(f"the repository is {word}"),
                    details=(("file", Foreign("")),),
                    url=repository.url,
                )
    yield from (workflow_record(one) for one in told.off)


def _notices(told: Told) -> Iterator[str]:
    if not isinstance(told.runs, ProviderError):
        yield told.runs.notice
    if not isinstance(told.workflows, ProviderError):
        yield told.workflows.notice
        known = {_file(one) for one in told.workflows.kept}
        for name in told.watched:
            if name not in known:
                yield f"there is no workflow {name}"
    for run in told.known_runs:
        if run.state is DeployState.BLOCKED:
            yield f"a run waits for approval: {run.title.line(80) or run.id}"


def _numbers(source: SourceId, told: Told) -> Iterator[Reading]:
    values: dict[str, float | None] = {
        "api_budget_used_percent": told.budget.used_percent if told.budget else None,
        "unchanged_percent": told.unchanged_percent,
    }
    # A run that could not be read may have been the one that failed.
    if not isinstance(told.runs, ProviderError) and not told.runs.notice:
        values |= _of_runs(told)
    if not isinstance(told.workflows, ProviderError):
        values["workflows_off"] = len(told.off)
    for metric in METRICS:
        yield Reading.of(source, metric, values.get(metric), _UNITS.get(metric, "count"), told.at)


def _of_runs(told: Told) -> dict[str, float | None]:
    since = told.at.at - DAY
    runs = told.known_runs
    failed = sum(run.state is DeployState.FAILED and run.created_at >= since for run in runs)
    return {
        "running": sum(run.state.running for run in runs),
        "waiting_for_approval": _waiting(told),
        "failed_24h": failed,
        "failing_workflows": len(failing(runs)),
        "queued_longest_s": _queued_longest(told),
    }
