"""GitHub as a system: what runs, what failed where, who must approve, what holds deploys up.

Every question is asked with the tag of its last answer, and an unchanged answer costs nothing of
the 5,000 requests an hour. A calm repository costs some ten requests an hour, one that deploys all
day a few hundred.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from providers.base import SourceSpec
from providers.clock import Clock
from providers.deploy_readings import DeployState
from providers.errors import ProviderError
from providers.fields import Fields
from providers.github import HEADERS, SYSTEM
from providers.github_jobs import (
    Approval,
    Deployment,
    Job,
    Repository,
    Run,
    Workflow,
    approval_of,
    deployment_of,
    job_of,
    repository_of,
    run_of,
    status_of,
    workflow_of,
)
from providers.github_reading import Told, failing, harvest_of
from providers.harvest import Harvest
from providers.http import Answer, Api
from providers.paced import Paced
from providers.parts import answered, tried
from providers.vendor import Sorted, entries, segment, sort_out

SELDOM_S: Final = 600.0
MOST_RUNS: Final = 50
MOST_LOOKED_INTO: Final = 4
"""Runs whose jobs are asked for."""

MOST_ENVIRONMENTS: Final = 6
Query = Sequence[tuple[str, str]]


class GitHubSystemOptions(Struct, frozen=True, kw_only=True):
    """Which repository, and what of it matters.

    Raises:
        ValueError: A name cannot stand in a path.
    """

    owner: str
    repo: str
    workflows: tuple[str, ...] = ()
    """File names of those that deploy; only of these it counts that they are off. Empty: all."""

    environments: tuple[str, ...] = ()
    """Whose newest deployment is shown; empty: of all that the newest deployments name."""

    def __post_init__(self) -> None:
        segment(self.owner)
        segment(self.repo)


class GitHubSystemSource:
    """One repository of GitHub.

    Args:
        spec: Name and cadence.
        options: Which, and what of it.
        api: The account's client; shared, and closed by whoever made it.
        clock: Tells what is due.
    """

    def __init__(
        self, spec: SourceSpec, options: GitHubSystemOptions, api: Api, clock: Clock
    ) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._clock = clock
        self._path = f"/repos/{segment(options.owner)}/{segment(options.repo)}"
        self._repository = Paced(SELDOM_S, clock, self._read_repository)
        self._workflows = Paced(SELDOM_S, clock, self._read_workflows)
        self._asked = 0
        self._unchanged = 0

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the runs, then for what the running, failed and waiting ones hold.

        Raises:
            ProviderError: GitHub gave nothing of what was asked.
        """
        self._asked = self._unchanged = 0
        runs, repository, workflows, deployments = await asyncio.gather(
            tried(self._read_runs()),
            tried(self._repository.read()),
            tried(self._workflows.read()),
            tried(self._read_deployments()),
        )
        asked = ((repository, self._repository.asked), (workflows, self._workflows.asked))
        answered([runs, deployments, *(part for part, fresh in asked if fresh)])
        known = () if isinstance(runs, ProviderError) else runs.kept
        jobs, approvals = await asyncio.gather(self._jobs_of(known), self._approvals_of(known))
        told = Told(
            runs=runs,
            repository=repository,
            workflows=workflows,
            watched=self._options.workflows,
            deployments=deployments,
            jobs=jobs,
            approvals=approvals,
            unchanged_percent=100 * self._unchanged / self._asked if self._asked else None,
            budget=self._api.budget,
            at=self._clock.now(),
        )
        return harvest_of(self._spec.id, told)

    async def _get(
        self, operation: str, path: str, params: Query = (), *, listed: str | None = None
    ) -> Answer:
        answer = await self._api.get(
            operation, path, params=params, headers=HEADERS, etag=True, listed=listed
        )
        self._asked += 1
        self._unchanged += answer.not_modified
        return answer

    async def _read_runs(self) -> Sorted[Run]:
        operation = "list workflow runs"
        params = [("per_page", str(MOST_RUNS)), ("exclude_pull_requests", "true")]
        path, name = f"{self._path}/actions/runs", "workflow_runs"
        answer = await self._get(operation, path, params, listed=name)
        found = sort_out(entries(answer.value, name, SYSTEM, operation), run_of, "run")
        newest = sorted(found.readable(), key=lambda run: run.created_at, reverse=True)
        return Sorted(kept=tuple(newest), notice=found.notice)

    async def _read_repository(self) -> Repository:
        operation = "read repository"
        answer = await self._get(operation, self._path)
        return repository_of(Fields(answer.value, SYSTEM, operation))

    async def _read_workflows(self) -> Sorted[Workflow]:
        operation = "list workflows"
        path = f"{self._path}/actions/workflows"
        answer = await self._get(operation, path, [("per_page", "100")])
        found = sort_out(
            entries(answer.value, "workflows", SYSTEM, operation), workflow_of, "workflow"
        )
        return Sorted(kept=found.readable(), notice=found.notice)

    async def _read_deployments(self) -> tuple[Deployment, ...]:
        """The newest deployment of each environment, with its newest status."""
        operation = "list deployments"
        params = [("per_page", str(MOST_RUNS))]
        answer = await self._get(operation, f"{self._path}/deployments", params, listed="")
        items = entries(answer.value, "", SYSTEM, operation)
        found = sort_out(items, deployment_of, "deployment").readable()
        newest: dict[str, Deployment] = {}
        for one in sorted(found, key=lambda each: each.created_at, reverse=True):
            wanted = self._options.environments
            if not wanted or one.environment.text in wanted:
                newest.setdefault(one.environment.text, one)
        chosen = list(newest.values())[:MOST_ENVIRONMENTS]
        return tuple(await asyncio.gather(*(self._with_status(one) for one in chosen)))

    async def _with_status(self, deployment: Deployment) -> Deployment:
        operation = "list deployment statuses"
        path = f"{self._path}/deployments/{segment(deployment.id)}/statuses"
        answer = await self._get(operation, path, [("per_page", "1")])
        found = sort_out(entries(answer.value, "", SYSTEM, operation), status_of, "status")
        if not found.readable():
            return deployment
        status = found.kept[0]
        return replace(deployment, state=status.state, said=status.said, url=status.url)

    async def _jobs_of(
        self, runs: Sequence[Run]
    ) -> tuple[tuple[Run, tuple[Job, ...] | ProviderError], ...]:
        running = [run for run in runs if run.state.running]
        chosen = [*running, *failing(runs)][:MOST_LOOKED_INTO]
        found = await asyncio.gather(*(tried(self._read_jobs(run)) for run in chosen))
        return tuple(zip(chosen, found, strict=True))

    async def _read_jobs(self, run: Run) -> tuple[Job, ...]:
        operation = "list jobs"
        path = f"{self._path}/actions/runs/{segment(run.id)}/jobs"
        answer = await self._get(operation, path, [("filter", "latest"), ("per_page", "50")])
        return sort_out(entries(answer.value, "jobs", SYSTEM, operation), job_of, "job").readable()

    async def _approvals_of(
        self, runs: Sequence[Run]
    ) -> tuple[tuple[Run, tuple[Approval, ...] | ProviderError], ...]:
        waiting = [run for run in runs if run.state is DeployState.BLOCKED][:MOST_LOOKED_INTO]
        found = await asyncio.gather(*(tried(self._read_approvals(run)) for run in waiting))
        return tuple(zip(waiting, found, strict=True))

    async def _read_approvals(self, run: Run) -> tuple[Approval, ...]:
        operation = "list pending deployments"
        path = f"{self._path}/actions/runs/{segment(run.id)}/pending_deployments"
        answer = await self._get(operation, path)
        found = sort_out(entries(answer.value, "", SYSTEM, operation), approval_of, "approval")
        return found.readable()
