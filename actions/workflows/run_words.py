"""What a run of a workflow says of itself, for whoever follows it."""

from actions.workflows.repo import Repo
from providers.deploy_readings import DeployState
from providers.errors import ProviderError
from providers.github_jobs import Job, Run


async def _jobs(repo: Repo, run: Run) -> tuple[Job, ...]:
    try:
        return await repo.jobs(run.id)
    except ProviderError:
        # The run itself was read; what its jobs do is only told besides.
        return ()


async def pending_words(repo: Repo, run: Run) -> str:
    """`run #2292 in_progress: deploy, step Run`."""
    head = f"run #{run.number} {run.word.line(30)}"
    if run.state is DeployState.BLOCKED:
        return f"{head}: a person has to approve it at GitHub"
    for job in await _jobs(repo, run):
        if job.state.running:
            step = f", step {job.step.line(60)}" if job.step else ""
            return f"{head}: {job.name.line(60)}{step}"
    return head


async def ended_words(repo: Repo, run: Run) -> str:
    """`run #2292 ended: success`; of a failure which job and step."""
    head = f"run #{run.number} of {run.sha.text[:7]} ended: {run.word.line(30)}"
    if run.state is DeployState.SUCCEEDED:
        return head
    for job in await _jobs(repo, run):
        if job.state is DeployState.FAILED:
            step = f", step {job.step.line(60)}" if job.step else ""
            return f"{head}, in {job.name.line(60)}{step}"
    return head
