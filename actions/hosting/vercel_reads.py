"""A Vercel project, read afresh before production is moved and after."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from actions.hosting.places import Place
from actions.verbs import Unplannable
from providers.clock import Moment
from providers.deploy_readings import DeployReading
from providers.errors import BadAnswer, NotFound, ProviderError
from providers.fields import Fields
from providers.parts import tried
from providers.text import EMPTY, Foreign
from providers.vendor import entries, segment, sort_out, told_segment
from providers.vercel import SYSTEM
from providers.vercel_mapping import Deployment, listed, reading_of, single
from providers.vercel_moves import Release, release_of
from providers.vercel_project import Project, project_of

MOST: Final = 50


class Owned(Struct, frozen=True, kw_only=True):
    """One deployment, and whose it is."""

    deployment: Deployment
    owner_id: str
    hobby: bool
    """Its team's plan goes back one deployment only."""


class VercelLook(Struct, frozen=True, kw_only=True):
    """A project at one moment."""

    place: Place
    at: Moment
    project: Project
    name: Foreign
    owner_id: str
    domains: tuple[Foreign, ...]
    """What leads to the target that is moved."""

    deployments: tuple[Deployment, ...]
    """Of the target, newest first."""

    named: Owned | None
    """The deployment that was asked for."""

    release: Release | None
    user: Foreign | ProviderError
    """Whose token is used."""

    role: str
    """That person's role in the team, in capitals; empty where Vercel does not say."""

    @property
    def live_id(self) -> str:
        """What serves now; empty while nothing does."""
        return self.project.live.id if self.project.live is not None else ""

    @property
    def live(self) -> DeployReading | None:
        """The same as one of the common list."""
        return self.reading(self.project.live) if self.project.live is not None else None

    def reading(self, deployment: Deployment) -> DeployReading:
        """A deployment as one of the common list."""
        return reading_of(
            deployment,
            service=self.place.service,
            environment=self.place.environment,
            live_id=self.live_id,
            moved_at=self.project.moved_at(deployment.id),
        )

    def readings(self) -> tuple[DeployReading, ...]:
        """All of them, newest first."""
        return tuple(self.reading(one) for one in self.deployments)


class VercelReads:
    """Asks Vercel about one place, without remembering anything.

    Args:
        place: Which project.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._api = place.api
        self._team = [("teamId", place.team)] if place.team else []

    async def look(self, named: str) -> VercelLook:
        """All there is to know first.

        Args:
            named: Id of the deployment that is asked for; empty: none so far.

        Raises:
            ProviderError: The project, or its deployments, could not be read.
            Unplannable: The deployment that is named is not there.
        """
        operation = "read project"
        fields = await self._project(operation)
        project = project_of(fields, self._place.target)
        deployments, owned, release, user, role = await asyncio.gather(
            self._deployments(project.id),
            self.named(named),
            self._release(fields),
            tried(self._user()),
            self._role(),
        )
        known = {one.id: one for one in deployments}
        if project.live is not None:
            known.setdefault(project.live.id, project.live)
        if owned is not None:
            # Only the list tells whether it may be gone back to; the rest is fresher here.
            known.setdefault(owned.deployment.id, owned.deployment)
        newest_first = sorted(known.values(), key=lambda one: one.created_at, reverse=True)
        return VercelLook(
            place=self._place,
            at=self._api.clock.now(),
            project=project,
            name=fields.optional_text("name") or EMPTY,
            owner_id=fields.optional_word("accountId") or "",
            domains=_domains(fields, self._place.target),
            deployments=tuple(newest_first),
            named=owned,
            release=release,
            user=user,
            role=role,
        )

    async def project(self) -> Project:
        """What serves, and how the last promote or rollback went."""
        return project_of(await self._project("read project"), self._place.target)

    async def _project(self, operation: str) -> Fields:
        path = f"/v9/projects/{segment(self._place.id)}"
        answer = await self._api.get(operation, path, params=self._team)
        return Fields(answer.value, SYSTEM, operation)

    async def _deployments(self, project_id: str) -> Sequence[Deployment]:
        operation = "list deployments"
        params = [
            ("projectId", project_id),
            ("target", self._place.target),
            ("limit", str(MOST)),
            *self._team,
        ]
        answer = await self._api.get(operation, "/v7/deployments", params=params)
        items = entries(answer.value, "deployments", SYSTEM, operation)
        found = sort_out(items, listed, "deploy").readable()
        return [one for one in found if one.project_id in {"", project_id}]

    async def named(self, id_: str) -> Owned | None:
        """One deployment of the team, of whichever project.

        Raises:
            Unplannable: The team has none of that id.
            ProviderError: It could not be read.
        """
        if not id_:
            return None
        operation = "read deployment"
        try:
            path = f"/v13/deployments/{segment(id_)}"
            answer = await self._api.get(operation, path, params=self._team)
        except (NotFound, ValueError):
            raise Unplannable(
                f"Vercel knows no deployment {Foreign(id_).line(60)} of "
                f"{self._place.team or 'the personal account'}: it is gone, or another team's"
            ) from None
        fields = Fields(answer.value, SYSTEM, operation)
        found = single(fields)
        if found.id != id_:
            raise BadAnswer(SYSTEM, operation, "it answers with another deployment")
        return Owned(
            deployment=found,
            owner_id=fields.optional_word("ownerId") or "",
            hobby=(fields.optional_text("plan") or EMPTY).text == "hobby",
        )

    async def _release(self, fields: Fields) -> Release | None:
        """The rolling release, asked for only where the project has any."""
        if "rollingRelease" not in fields:
            return None
        operation = "read the rolling release"
        path = f"/v1/projects/{segment(self._place.id)}/rolling-release"
        answer = await self._api.get(operation, path, params=self._team)
        return release_of(Fields(answer.value, SYSTEM, operation))

    async def _user(self) -> Foreign:
        operation = "read user"
        answer = await self._api.get(operation, "/v2/user")
        user = Fields(answer.value, SYSTEM, operation).fields("user")
        return user.optional_text("username") or user.text("email")

    async def _role(self) -> str:
        """The role in the team, where Vercel tells it; what can not be read is not told."""
        if not self._place.team:
            return "OWNER"
        operation = "list teams"
        try:
            answer = await self._api.get(operation, "/v2/teams", params=[("limit", "100")])
            for team in Fields(answer.value, SYSTEM, operation).items("teams"):
                if team.word("id") == self._place.team:
                    member = team.optional_fields("membership")
                    return (member.optional_word("role") or "").upper() if member else ""
        except ProviderError:
            return ""
        return ""

    async def failed_domains(self, project_id: str) -> tuple[str, ...]:
        """The domains that the last promote or rollback could not move."""
        operation = "list the domains of the last promote"
        project = told_segment(project_id, SYSTEM, operation)
        params = [("failedOnly", "true"), ("limit", "20"), *self._team]
        answer = await self._api.get(
            operation, f"/v1/projects/{project}/promote/aliases", params=params
        )
        items = entries(answer.value, "aliases", SYSTEM, operation)
        return sort_out(items, lambda one: one.word("alias"), "domain").readable()


def _domains(fields: Fields, target: str) -> tuple[Foreign, ...]:
    """The domains of what serves the target; none where the project does not say."""
    targets = fields.optional_fields("targets")
    serving = targets.optional_fields(target) if targets else None
    return tuple(Foreign(one) for one in serving.words("alias")) if serving else ()
