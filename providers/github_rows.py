"""What GitHub tells as rows of a pane; pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from providers.deploy_readings import DeployState
from providers.github_jobs import Approval, Deployment, Job, Run, Workflow
from providers.system_readings import Condition, Record
from providers.text import Foreign

STUCK_AFTER: Final = timedelta(minutes=10)
"""How long a run may be queued before that is worth a word: no runner takes it."""

CONDITIONS: Final[Mapping[DeployState, Condition]] = {
    DeployState.QUEUED: Condition.NOTABLE,
    DeployState.BUILDING: Condition.NOTABLE,
    DeployState.STARTING: Condition.NOTABLE,
    DeployState.BLOCKED: Condition.DEGRADED,
    DeployState.SUCCEEDED: Condition.FINE,
    DeployState.FAILED: Condition.DEGRADED,
    DeployState.CANCELED: Condition.NOTABLE,
    DeployState.UNKNOWN: Condition.UNKNOWN,
}

WORKFLOW_STATES: Final[Mapping[str, Condition]] = {
    "active": Condition.FINE,
    "deleted": Condition.NOTABLE,
    "disabled_fork": Condition.NOTABLE,
    "disabled_inactivity": Condition.DEGRADED,
    "disabled_manually": Condition.DEGRADED,
}
"""By `state` of a workflow; one that is off deploys nothing and tells nobody."""

DEPLOYMENT_STATES: Final[Mapping[str, Condition]] = {
    "success": Condition.FINE,
    "inactive": Condition.NOTABLE,
    "queued": Condition.NOTABLE,
    "pending": Condition.NOTABLE,
    "in_progress": Condition.NOTABLE,
    "failure": Condition.DEGRADED,
    "error": Condition.DEGRADED,
}
"""By `state` of a deployment's newest status."""


def run_record(run: Run, now: datetime, *, over: bool = False) -> Record:
    """A run as a row; a failure that is `over` has been made good, or was only a proposal."""
    queued = run.state is DeployState.QUEUED
    stuck = queued and now - run.created_at > STUCK_AFTER
    words = f"{run.word} for {_minutes(now - run.created_at)}: no runner takes it"
    return Record(
        id=run.id,
        title=run.title or run.workflow,
        condition=Condition.DEGRADED if stuck else _condition(run, over=over),
        state=Foreign(words) if stuck else run.word,
        at=run.changed_at,
        details=(
            ("workflow", run.workflow),
            ("branch", run.branch),
            ("commit", Foreign(run.sha.text[:7])),
            ("by", run.by),
            ("attempt", Foreign(str(run.attempt))),
        ),
        url=run.url,
    )


def _condition(run: Run, *, over: bool) -> Condition:
    if over and run.state is DeployState.FAILED:
        return Condition.NOTABLE
    return CONDITIONS.get(run.state, Condition.UNKNOWN)


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min"


def job_record(run: Run, job: Job) -> Record:
    """A job as a row."""
    return Record(
        id=job.id,
        title=job.name,
        condition=CONDITIONS.get(job.state, Condition.UNKNOWN),
        state=job.word,
        at=job.ended_at or job.started_at,
        details=(
            ("step", job.step),
            ("run", run.title or run.workflow),
            ("runner", job.runner),
        ),
        url=job.url,
    )


def approval_record(run: Run, approval: Approval) -> Record:
    """An approval as a row."""
    ours = "you may approve it" if approval.may_approve else "others approve it"
    timer = f", and a timer of {approval.wait_minutes} min" if approval.wait_minutes else ""
    return Record(
        id=f"{run.id}/{approval.environment.line(60)}",
        title=approval.environment,
        condition=Condition.DEGRADED,
        state=Foreign(f"waits{timer}: {ours}"),
        at=run.changed_at,
        details=(
            ("run", run.title or run.workflow),
            ("by", Foreign(", ".join(approval.reviewers[:5]))),
        ),
        url=run.url,
    )


def workflow_record(workflow: Workflow) -> Record:
    """A workflow as a row."""
    return Record(
        id=workflow.id,
        title=workflow.name,
        condition=WORKFLOW_STATES.get(workflow.state.text, Condition.UNKNOWN),
        state=Foreign(workflow.state.text.replace("_", " ")),
        details=(("file", workflow.path),),
        url=workflow.url,
    )


def deployment_record(deployment: Deployment) -> Record:
    """The newest deployment of an environment as a row."""
    known = deployment.state.text
    return Record(
        id=deployment.id,
        title=deployment.environment,
        condition=DEPLOYMENT_STATES.get(known, Condition.UNKNOWN),
        state=Foreign(known.replace("_", " ") or "no status yet"),
        at=deployment.created_at,
        details=(
            ("commit", Foreign(deployment.sha.text[:7])),
            ("by", deployment.by),
            ("said", deployment.said),
        ),
        url=deployment.url,
    )
