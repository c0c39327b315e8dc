"""Vercel: what a project serves, and its recent deployments.

Two calls: the project says what is live and what became of the last promote or rollback, the list
says the rest. The list is asked each time; the project only while something moves, after the list
has changed, or when what it said is 20 seconds old.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.deploy_readings import DeployReading, DeployState
from providers.deploys import MOST_PAGES, PAGE, checked_limit, harvest_of, is_news
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.log_readings import Printed
from providers.vendor import Entry, Sorted, entries, segment, sort_out
from providers.vercel_mapping import PREVIEW, PRODUCTION, Deployment, listed, reading_of
from providers.vercel_project import Project, build_notices, notices_of, project_of

SYSTEM: Final = "Vercel"
PROJECT_EVERY_S: Final = 20.0
"""How old the project may grow while nothing moves."""


class VercelOptions(Struct, frozen=True, kw_only=True):
    """Which deployments of which project.

    Raises:
        ValueError: The project cannot be named in a path, or the limit is out of bounds.
    """

    project: str
    """Id (`prj_…`) or name."""

    team: str | None
    """Id of the team; without it Vercel looks in the personal account and finds nothing."""

    service: str
    environment: str
    limit: int = 20
    target: str = ""
    """`production`, `preview` or the slug of a custom environment; empty: production for the
    environment of that name, else preview."""

    branch: str | None = None
    """Only deployments of this branch; previews have a live one only where it is given."""

    def __post_init__(self) -> None:
        segment(self.project)
        checked_limit(self.limit)

    @property
    def vercel_target(self) -> str:
        """The target as Vercel names it."""
        return self.target or (PRODUCTION if self.environment == PRODUCTION else PREVIEW)


class VercelSource:
    """The deploys of one Vercel project in one environment.

    Args:
        spec: Name and cadence.
        options: What to ask for.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: VercelOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._project: Project | None = None
        self._project_at: Moment | None = None
        self._seen: tuple[Deployment, ...] = ()

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the list, and for the project where that is due.

        Raises:
            ProviderError: Vercel did not give what was asked.
        """
        if self._project is None:
            project = await self._read_project()
            found, at = await self._list(project)
        else:
            found, at = await self._list(self._project)
            due = self._project_due(found.kept, at)
            project = await self._read_project() if due else self._project
        self._seen = found.kept
        return self._harvest(project, found, at)

    async def printed(self, deploy: DeployReading) -> Printed:
        """The end of what a build printed.

        Raises:
            ProviderError: Vercel did not give it.
        """
        from providers.vercel_builds import build_events

        found = await build_events(self._api, deploy.id, self._options.team)
        return Printed(lines=found.kept, notice=found.notice)

    def _project_due(self, found: Sequence[Deployment], at: Moment) -> bool:
        project, read_at = self._project, self._project_at
        if project is None or read_at is None or tuple(found) != self._seen:
            return True
        moving = any(one.state(None).running for one in found)
        asked = project.request is not None and project.request.under_way
        return moving or asked or read_at.age_s(at) >= PROJECT_EVERY_S

    async def _read_project(self) -> Project:
        operation = "read project"
        answer = await self._api.get(
            operation,
            f"/v9/projects/{segment(self._options.project)}",
            params=self._team(),
            etag=True,
        )
        fields = Fields(answer.value, SYSTEM, operation)
        self._project = project_of(fields, self._options.vercel_target)
        self._project_at = answer.at
        return self._project

    async def _list(self, project: Project) -> tuple[Sorted[Deployment], Moment]:
        """Pages until there are enough, or Vercel has no more, or gives nothing older."""
        operation = "list deployments"
        items: list[Entry] = []
        until: int | None = None
        pages = 0
        while True:
            answer = await self._api.get(
                operation, "/v7/deployments", params=self._query(project, until), etag=True
            )
            pages += 1
            items += entries(answer.value, "deployments", SYSTEM, operation)
            pagination = Fields(answer.value, SYSTEM, operation).fields("pagination")
            older = pagination.optional_integer("next")
            if older is None or (until is not None and older >= until):
                break
            if len(items) >= self._options.limit or pages == MOST_PAGES:
                break
            until = older
        wanted = items[: self._options.limit]
        return sort_out(wanted, lambda item: self._own(listed(item), project), "deploy"), answer.at

    def _query(self, project: Project, until: int | None) -> list[tuple[str, str]]:
        query = [
            ("projectId", project.id),
            ("limit", str(min(self._options.limit, PAGE))),
            ("target", self._options.vercel_target),
            *self._team(),
        ]
        if self._options.branch:
            query.append(("branch", self._options.branch))
        if until is not None:
            query.append(("until", str(until)))
        return query

    def _team(self) -> list[tuple[str, str]]:
        return [("teamId", self._options.team)] if self._options.team else []

    def _own(self, deployment: Deployment, project: Project) -> Deployment | None:
        """None for one that was not asked for: staging must never pass for production."""
        elsewhere = deployment.project_id not in {"", project.id}
        branch, wanted = deployment.branch.text, self._options.branch
        other_branch = bool(wanted and branch and branch != wanted)
        if elsewhere or other_branch or deployment.target != self._options.vercel_target:
            return None
        return deployment

    def _harvest(self, project: Project, found: Sorted[Deployment], at: Moment) -> Harvest:
        deployments = {one.id: one for one in found.readable()}
        if project.live is not None:
            deployments.setdefault(project.live.id, project.live)
        newest_first = sorted(deployments.values(), key=lambda one: one.created_at, reverse=True)
        live_id = self._live_id(project, newest_first)
        return harvest_of(
            self._spec.id,
            [self._reading(one, project, live_id) for one in newest_first],
            at=at,
            live_id=live_id,
            notices=(
                *notices_of(project, self._options.vercel_target, at.at),
                *build_notices(newest_first, live_id),
                found.notice,
            ),
            budget=self._api.budget,
            moving=self._moving(project, at),
        )

    def _moving(self, project: Project, at: Moment) -> bool:
        request = project.request
        return request is not None and request.under_way and is_news(request.requested_at, at)

    def _live_id(self, project: Project, newest_first: Sequence[Deployment]) -> str | None:
        """What serves: told by the project, or the newest that a branch's domain points at."""
        if project.paused:
            return None
        if project.live is not None:
            return project.live.id
        plain_preview = self._options.vercel_target == PREVIEW and not self._options.branch
        if plain_preview or self._options.vercel_target == PRODUCTION:
            return None
        serving = (
            one.id for one in newest_first if one.mapped is DeployState.READY and one.aliased
        )
        return next(serving, None)

    def _reading(
        self, deployment: Deployment, project: Project, live_id: str | None
    ) -> DeployReading:
        return reading_of(
            deployment,
            service=self._options.service,
            environment=self._options.environment,
            live_id=live_id,
            moved_at=project.moved_at(deployment.id),
        )
