"""GitHub's jobs and their logs, invented from what happened to the run."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from demo import ids
from demo.vendors.github_models import Conclusion, Run, RunStatus, Workflow
from demo.vendors.github_shapes import WEB, node_id, repo_url
from demo.vendors.wire import iso_seconds

_STEPS: Final = ("Set up job", "Run actions/checkout@v4", "Install", "Run")


class Job(Struct, frozen=True, kw_only=True):
    """One job of one attempt of a run."""

    id: int
    run: Run
    name: str
    status: RunStatus
    conclusion: Conclusion | None
    started_at: datetime
    completed_at: datetime | None


def jobs(run: Run, workflow: Workflow) -> list[Job]:
    """The jobs of the latest attempt: one after the other, the last as long as the run."""
    made: list[Job] = []
    for place, name in enumerate(workflow.jobs):
        last = place == len(workflow.jobs) - 1
        started = run.started_at + timedelta(seconds=2 * place)
        over = run.status is RunStatus.COMPLETED or (
            run.status is RunStatus.IN_PROGRESS and not last
        )
        made.append(
            Job(
                id=ids.github("job", run.id, run.attempt, name),
                run=run,
                name=name,
                status=RunStatus.COMPLETED if over else run.status,
                conclusion=_conclusion(run, name) if over else None,
                started_at=started,
                completed_at=_ended(run, started, last=last) if over else None,
            )
        )
    return made


def _conclusion(run: Run, name: str) -> Conclusion:
    if run.conclusion is None or run.failed_job not in {"", name}:
        return Conclusion.SUCCESS
    return run.conclusion


def _ended(run: Run, started: datetime, *, last: bool) -> datetime:
    return max(started, run.updated_at) if last else started + timedelta(seconds=2)


def job(shown: Job, workflow: Workflow) -> dict[str, object]:
    """A job as JSON, with its steps."""
    run = shown.run
    url = f"{repo_url(run.repo)}/actions/jobs/{shown.id}"
    return {
        "id": shown.id,
        "run_id": run.id,
        "run_url": f"{repo_url(run.repo)}/actions/runs/{run.id}",
        "run_attempt": run.attempt,
        "node_id": node_id("CheckRun", shown.id),
        "head_sha": run.commit.sha,
        "head_branch": run.commit.branch,
        "url": url,
        "html_url": f"{WEB}/{run.repo}/actions/runs/{run.id}/job/{shown.id}",
        "status": shown.status.value,
        "conclusion": shown.conclusion.value if shown.conclusion else None,
        "created_at": iso_seconds(run.created_at),
        "started_at": iso_seconds(shown.started_at),
        "completed_at": iso_seconds(shown.completed_at) if shown.completed_at else None,
        "name": shown.name,
        "steps": [_step(shown, number, name) for number, name in enumerate(_STEPS, start=1)],
        "check_run_url": f"{repo_url(run.repo)}/check-runs/{shown.id}",
        "labels": ["ubuntu-latest"],
        "runner_id": 4,
        "runner_name": "GitHub Actions 4",
        "runner_group_id": 2,
        "runner_group_name": "GitHub Actions",
        "workflow_name": workflow.name,
    }


def _step(shown: Job, number: int, name: str) -> dict[str, object]:
    last = number == len(_STEPS)
    over = shown.status is RunStatus.COMPLETED
    failed = last and shown.conclusion is Conclusion.FAILURE
    running = RunStatus.IN_PROGRESS if last else RunStatus.COMPLETED
    status = RunStatus.COMPLETED if over else running
    done = over or not last
    return {
        "name": name,
        "number": number,
        "status": status.value,
        "conclusion": ("failure" if failed else "success") if done else None,
        "started_at": iso_seconds(shown.started_at),
        "completed_at": iso_seconds(shown.completed_at or shown.started_at) if done else None,
    }


def log(shown: Job) -> str:
    """What the job printed."""
    at = iso_seconds(shown.started_at)
    lines = [f"{at} ##[group]{name}\n{at} done" for name in _STEPS]
    if shown.conclusion is Conclusion.FAILURE:
        lines.append(f"{at} ##[error]Process completed with exit code 1.")
    return "\n".join(lines) + "\n"
