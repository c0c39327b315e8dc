"""Jobs of a run, approvals it waits for, and what else holds a deploy up; pure.

Source: GitHub's specification of `…/runs/{run_id}/jobs`, `…/pending_deployments`, `…/workflows`,
`…/deployments`, its statuses and `/repos/{owner}/{repo}`.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from providers.deploy_readings import DeployState
from providers.fields import Fields
from providers.github_mapping import CONCLUSIONS, STATES, state_of
from providers.text import EMPTY, Foreign
from providers.vendor import https_url


class Run(Struct, frozen=True, kw_only=True):
    """One run of the list, with what the deploys pane does not need."""

    id: str
    workflow_id: str
    workflow: Foreign
    title: Foreign
    branch: Foreign
    sha: Foreign
    by: Foreign
    event: Foreign
    state: DeployState
    word: Foreign
    number: int
    attempt: int
    created_at: datetime
    changed_at: datetime
    url: str

    @property
    def unheard_of(self) -> bool:
        """Whether GitHub uses a word for it that we have none for: it may run, wait or be over."""
        return self.state is DeployState.UNKNOWN and self.word.text not in CONCLUSIONS


def run_of(item: Fields) -> Run:
    """One run.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    status = item.optional_text("status") or EMPTY
    state, word = state_of(status, item.optional_text("conclusion") or EMPTY)
    actor = item.optional_fields("triggering_actor") or item.optional_fields("actor")
    return Run(
        id=str(item.integer("id")),
        workflow_id=str(item.integer("workflow_id")),
        workflow=item.optional_text("name") or EMPTY,
        title=Foreign((item.optional_text("display_title") or EMPTY).line(200)),
        branch=item.optional_text("head_branch") or EMPTY,
        sha=item.text("head_sha"),
        by=(actor.optional_text("login") if actor else None) or EMPTY,
        event=item.text("event"),
        state=state,
        word=word,
        number=item.integer("run_number"),
        attempt=item.optional_integer("run_attempt") or 1,
        created_at=item.optional_moment_iso("run_started_at") or item.moment_iso("created_at"),
        changed_at=item.moment_iso("updated_at"),
        url=https_url(item.text("html_url").text),
    )


class Job(Struct, frozen=True, kw_only=True):
    """One job of a run."""

    id: str
    name: Foreign
    state: DeployState
    word: Foreign
    step: Foreign
    """The step that failed or is under way; empty otherwise."""

    started_at: datetime | None
    ended_at: datetime | None
    runner: Foreign
    url: str


def job_of(item: Fields) -> Job:
    """One job.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    status = item.optional_text("status") or EMPTY
    state, word = state_of(status, item.optional_text("conclusion") or EMPTY)
    return Job(
        id=str(item.integer("id")),
        name=item.text("name"),
        state=state,
        word=word,
        step=_telling_step(item.optional_items("steps") or []),
        started_at=item.optional_moment_iso("started_at"),
        ended_at=item.optional_moment_iso("completed_at"),
        runner=item.optional_text("runner_name") or EMPTY,
        url=https_url((item.optional_text("html_url") or EMPTY).text),
    )


def _telling_step(steps: Sequence[Fields]) -> Foreign:
    """The first that failed, else the one under way."""
    running = EMPTY
    for step in steps:
        conclusion = step.optional_text("conclusion") or EMPTY
        if CONCLUSIONS.get(conclusion.text) is DeployState.FAILED:
            return step.text("name")
        status = step.optional_text("status") or EMPTY
        if STATES.get(status.text) is DeployState.BUILDING:
            running = running or step.text("name")
    return running


class Approval(Struct, frozen=True, kw_only=True):
    """One environment that a run waits for."""

    environment: Foreign
    may_approve: bool
    """Whether the owner of our token may."""

    reviewers: tuple[str, ...]
    wait_minutes: int
    """A timer runs besides; 0: none."""


def approval_of(item: Fields) -> Approval:
    """One item of the pending deployments.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    reviewers = (one.optional_fields("reviewer") for one in item.items("reviewers"))
    named = (one.optional_text("login") or one.optional_text("name") for one in reviewers if one)
    return Approval(
        environment=item.fields("environment").text("name", EMPTY),
        may_approve=item.flag("current_user_can_approve"),
        reviewers=tuple(name.line(60) for name in named if name),
        wait_minutes=item.integer("wait_timer"),
    )


class Workflow(Struct, frozen=True, kw_only=True):
    """One workflow file."""

    id: str
    name: Foreign
    path: Foreign
    state: Foreign
    url: str


def workflow_of(item: Fields) -> Workflow:
    """One workflow.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    return Workflow(
        id=str(item.integer("id")),
        name=item.text("name"),
        path=item.text("path"),
        state=item.text("state"),
        url=https_url(item.text("html_url").text),
    )


class Deployment(Struct, frozen=True, kw_only=True):
    """The newest deployment of one environment, as GitHub keeps them."""

    id: str
    environment: Foreign
    sha: Foreign
    by: Foreign
    created_at: datetime
    state: Foreign = EMPTY
    """Of its newest status; empty when it was given none."""

    said: Foreign = EMPTY
    url: str = ""


def deployment_of(item: Fields) -> Deployment:
    """One deployment, its state not known yet.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    creator = item.optional_fields("creator")
    return Deployment(
        id=str(item.integer("id")),
        environment=item.text("environment"),
        sha=item.text("sha"),
        by=(creator.optional_text("login") if creator else None) or EMPTY,
        created_at=item.moment_iso("created_at"),
    )


class Status(Struct, frozen=True, kw_only=True):
    """One status of a deployment."""

    state: Foreign
    said: Foreign
    url: str


def status_of(item: Fields) -> Status:
    """One status; the list has the newest first.

    Raises:
        BadAnswer: It has no state.
    """
    return Status(
        state=item.text("state"),
        said=item.optional_text("description") or EMPTY,
        url=https_url((item.optional_text("target_url") or EMPTY).text),
    )


class Repository(Struct, frozen=True, kw_only=True):
    """What of a repository can hold every deploy up."""

    name: Foreign
    default_branch: Foreign
    archived: bool
    disabled: bool
    url: str


def repository_of(answer: Fields) -> Repository:
    """The repository.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    return Repository(
        name=answer.text("full_name"),
        default_branch=answer.text("default_branch", EMPTY),
        archived=answer.optional_flag("archived") or False,
        disabled=answer.optional_flag("disabled") or False,
        url=https_url(answer.text("html_url").text),
    )
