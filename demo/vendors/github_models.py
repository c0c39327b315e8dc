"""GitHub's things as values."""

import enum
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from demo.commits import Author, Commit


class RunStatus(enum.Enum):
    """`status` of a run or a job."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    """For a person to approve the environment."""
    COMPLETED = "completed"


class Conclusion(enum.Enum):
    """`conclusion` of a completed run."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"


class Repo(Struct, frozen=True, kw_only=True):
    """One repository."""

    owner: str
    name: str
    created_at: datetime
    branches: tuple[str, ...] = ("main", "staging")

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


class Input(Struct, frozen=True, kw_only=True):
    """An input of a workflow that can be dispatched."""

    options: tuple[str, ...]
    required: bool = True


class Workflow(Struct, frozen=True, kw_only=True):
    """One workflow file."""

    id: int
    repo: str
    name: str
    file: str
    jobs: tuple[str, ...]
    """Names of its jobs, in order."""

    inputs: Mapping[str, Input] | None = None
    """None: it has no `workflow_dispatch`."""


class Run(Struct, frozen=True, kw_only=True):
    """One run of one workflow."""

    id: int
    repo: str
    workflow_id: int
    number: int
    commit: Commit
    actor: Author
    event: str
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    status: RunStatus = RunStatus.QUEUED
    conclusion: Conclusion | None = None
    attempt: int = 1
    inputs: Mapping[str, str] = field(default_factory=dict)
    failed_job: str = ""
    """Name of the job that failed, of a run that did."""

    @property
    def environment(self) -> str:
        """What a deploying run deploys to; empty for the others."""
        return self.inputs.get("environment", "")
