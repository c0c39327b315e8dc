"""What Vercel remembers: projects, deployments, and which of them serves production.

Promote and roll back only re-point production domains, they never rebuild; both are accepted at
once and happen later (vendor-apis §1). After a roll back new production builds stay staged until
somebody promotes.
"""

import enum
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda
from demo.commits import Commit
from demo.vendors.vercel_variables import Variable
from demo.vendors.wire import Refusal

QUEUE_S: Final = 1.0
INITIALIZE_S: Final = 1.5
BUILD_S: Final = 9.0
ALIAS_START_S: Final = 0.5
ALIAS_DONE_S: Final = 2.5


class ReadyState(enum.Enum):
    """`readyState` of a deployment."""

    QUEUED = "QUEUED"
    INITIALIZING = "INITIALIZING"
    BUILDING = "BUILDING"
    READY = "READY"
    ERROR = "ERROR"
    CANCELED = "CANCELED"
    BLOCKED = "BLOCKED"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in {ReadyState.READY, ReadyState.ERROR, ReadyState.CANCELED}


class Deployment(Struct, frozen=True, kw_only=True):
    """One deployment."""

    id: str
    project_id: str
    commit: Commit
    created_at: datetime
    target: str | None = "production"
    """None is a preview."""

    source: str = "git"
    state: ReadyState = ReadyState.QUEUED
    building_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    served: bool = False
    """Whether it has served production, now or before."""

    error_code: str = ""
    error_message: str = ""


class AliasJob(enum.Enum):
    """`lastAliasRequest.jobStatus`."""

    PENDING = "pending"
    IN_PROGRESS = "in-progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


class AliasRequest(Struct, frozen=True, kw_only=True):
    """A promote or roll back, with how far it has come."""

    kind: str
    """`promote` or `rollback`."""

    from_id: str
    to_id: str
    requested_at: datetime
    status: AliasJob = AliasJob.PENDING


class Project(Struct, frozen=True, kw_only=True):
    """One project: a web app with its production domains."""

    id: str
    name: str
    team_id: str
    domains: tuple[str, ...]
    repo: str
    """`owner/name`."""

    created_at: datetime
    updated_at: datetime
    variables: tuple[Variable, ...] = ()
    live_id: str = ""
    auto_assign: bool = True
    paused: bool = False
    last_alias: AliasRequest | None = None
    rolled_back_to: str = ""
    rollback_description: str = ""
    rollback_at: datetime | None = None


class Vercel(Struct):
    """All teams of the demo world's Vercel.

    Args:
        agenda: When things happen.
    """

    agenda: Agenda
    projects: dict[str, Project] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    _serial: int = 0

    def project(self, id_or_name: str, team_id: str | None) -> Project:
        """A project of the team that is asked; others' are hidden, not forbidden."""
        for project in self.projects.values():
            if id_or_name in {project.id, project.name} and project.team_id == team_id:
                return project
        raise Refusal(404, "not_found", "Project not found.")

    def deployment(self, id_or_url: str, team_id: str | None) -> Deployment:
        """A deployment by id or by host name."""
        wanted = id_or_url.removeprefix("https://")
        for deployment in self.deployments.values():
            project = self.projects[deployment.project_id]
            if project.team_id == team_id and wanted in {deployment.id, host(project, deployment)}:
                return deployment
        raise Refusal(404, "not_found", "The deployment could not be found.")

    def of(self, project_id: str) -> list[Deployment]:
        """A project's deployments, newest first."""
        found = [each for each in self.deployments.values() if each.project_id == project_id]
        return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)

    def live(self, project_id: str) -> Deployment | None:
        """What serves production now."""
        return self.deployments.get(self.projects[project_id].live_id)

    def is_candidate(self, deployment: Deployment) -> bool:
        """Whether production can be rolled back to it: it served before and does not now."""
        live_id = self.projects[deployment.project_id].live_id
        return deployment.served and deployment.id != live_id

    def add(self, deployments: Iterable[Deployment]) -> None:
        """Put in deployments that are over; the newest that served is what serves."""
        for deployment in deployments:
            self.deployments[deployment.id] = deployment
            if deployment.served:
                project = self.projects[deployment.project_id]
                self.projects[project.id] = replace(project, live_id=deployment.id)

    def create(
        self,
        project_id: str,
        commit: Commit,
        *,
        source: str = "git",
        target: str | None = "production",
        failure: tuple[str, str] | None = None,
        on_end: Callable[[Deployment], None] | None = None,
    ) -> Deployment:
        """Begin a deployment: queued now, ready (or failed, by code and message) later.

        Args:
            project_id: Whose.
            commit: What is built.
            source: What began it, in the vendor's words.
            target: `production`, or None for a preview.
            failure: Code and message of the error it will end in; None: it will be ready.
            on_end: Called when it is over, whichever way it went.
        """
        self._serial += 1
        made = Deployment(
            id=ids.vercel("dpl", project_id, commit.sha, self._serial, self.agenda.now),
            project_id=project_id,
            commit=commit,
            created_at=self.agenda.now,
            target=target,
            source=source,
        )
        self.deployments[made.id] = made
        self.agenda.after(QUEUE_S, lambda: self._initialize(made.id))
        self.agenda.after(QUEUE_S + INITIALIZE_S, lambda: self._build(made.id))
        end_s = QUEUE_S + INITIALIZE_S + BUILD_S
        self.agenda.after(end_s, lambda: self._end(made.id, failure, on_end))
        return made

    def _initialize(self, id_: str) -> None:
        if not self.deployments[id_].state.over:
            self.deployments[id_] = replace(self.deployments[id_], state=ReadyState.INITIALIZING)

    def _build(self, id_: str) -> None:
        if not self.deployments[id_].state.over:
            self.deployments[id_] = replace(
                self.deployments[id_], state=ReadyState.BUILDING, building_at=self.agenda.now
            )

    def _end(
        self,
        id_: str,
        failure: tuple[str, str] | None,
        on_end: Callable[[Deployment], None] | None,
    ) -> None:
        deployment = self.deployments[id_]
        if deployment.state.over:
            return
        now = self.agenda.now
        if failure is not None:
            code, message = failure
            ended = replace(
                deployment,
                state=ReadyState.ERROR,
                ended_at=now,
                error_code=code,
                error_message=message,
            )
        else:
            ended = replace(deployment, state=ReadyState.READY, ready_at=now, ended_at=now)
        self.deployments[id_] = ended
        if ended.state is ReadyState.READY and ended.target == "production":
            self._assign(ended)
        if on_end is not None:
            on_end(self.deployments[id_])

    def _assign(self, deployment: Deployment) -> None:
        project = self.projects[deployment.project_id]
        if project.auto_assign:
            self._serve(project, deployment.id)

    def _serve(self, project: Project, id_: str) -> None:
        self.deployments[id_] = replace(self.deployments[id_], served=True)
        self.projects[project.id] = replace(project, live_id=id_, updated_at=self.agenda.now)

    def cancel(self, deployment: Deployment) -> Deployment:
        """Stop a build that is not over."""
        if deployment.state.over:
            raise Refusal(
                400, "bad_request", "Cannot cancel deployment: it is already in a final state."
            )
        canceled = replace(deployment, state=ReadyState.CANCELED, ended_at=self.agenda.now)
        self.deployments[deployment.id] = canceled
        return canceled

    def point(self, kind: str, project: Project, to: Deployment, description: str = "") -> None:
        """Accept a promote or a roll back; production moves a little later."""
        if to.project_id != project.id or to.state is not ReadyState.READY:
            raise Refusal(
                422, "unprocessable_entity", "The deployment is not ready or of another project."
            )
        if to.id == project.live_id:
            raise Refusal(409, "conflict", "The deployment is already the current production one.")
        pending = project.last_alias
        if pending and pending.status in {AliasJob.PENDING, AliasJob.IN_PROGRESS}:
            raise Refusal(409, "conflict", "Another promote or rollback is in progress.")
        if kind == "rollback" and not self.is_candidate(to):
            raise Refusal(422, "unprocessable_entity", "The deployment never served production.")
        request = AliasRequest(
            kind=kind, from_id=project.live_id, to_id=to.id, requested_at=self.agenda.now
        )
        self.projects[project.id] = replace(project, last_alias=request)
        self.agenda.after(ALIAS_START_S, lambda: self._mark(project.id, AliasJob.IN_PROGRESS))
        self.agenda.after(ALIAS_DONE_S, lambda: self._point(project.id, request, description))

    def _mark(self, project_id: str, status: AliasJob) -> None:
        project = self.projects[project_id]
        if project.last_alias is not None:
            marked = replace(project.last_alias, status=status)
            self.projects[project_id] = replace(project, last_alias=marked)

    def _point(self, project_id: str, request: AliasRequest, description: str) -> None:
        back = request.kind == "rollback"
        self._mark(project_id, AliasJob.SUCCEEDED)
        self._serve(self.projects[project_id], request.to_id)
        self.projects[project_id] = replace(
            self.projects[project_id],
            auto_assign=not back,
            rolled_back_to=request.to_id if back else "",
            rollback_description=description if back else "",
            rollback_at=self.agenda.now if back else None,
        )

    def pause(self, project: Project, *, paused: bool) -> None:
        """Take the project off the net, or put it back."""
        self.projects[project.id] = replace(project, paused=paused, updated_at=self.agenda.now)


def host(project: Project, deployment: Deployment) -> str:
    """The deployment's own host name, which never moves."""
    return f"{project.name}-{deployment.id[-9:]}-{project.team_id[5:9]}.vercel.app"
