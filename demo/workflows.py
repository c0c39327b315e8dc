"""The workflows of both repositories, and their past runs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from demo import history, ids
from demo.history import LMA_REPO, LOCALLOOP_REPO, Past
from demo.seed import BUILD, commit_of
from demo.vendors.github_models import Conclusion, Input, Repo, Run, RunStatus, Workflow
from demo.vendors.github_state import GitHub

_ENVIRONMENT: Final = Input(options=("production", "staging"))
_APP: Final = Input(options=("all", "web", "merchant", "admin"))


def _workflow(
    repo: str, name: str, file: str, jobs: tuple[str, ...], inputs: dict[str, Input] | None = None
) -> Workflow:
    return Workflow(
        id=ids.github("workflow", repo, file) % 100_000_000,
        repo=repo,
        name=name,
        file=file,
        jobs=jobs,
        inputs=inputs,
    )


DEPLOY_API: Final = _workflow(
    LMA_REPO, "Deploy API", "deploy-api.yml", ("test", "deploy"), {"environment": _ENVIRONMENT}
)
DEPLOY_WEB: Final = _workflow(
    LMA_REPO,
    "Deploy web",
    "deploy-web.yml",
    ("build", "deploy"),
    {"app": _APP, "environment": _ENVIRONMENT},
)
CI_LMA: Final = _workflow(LMA_REPO, "CI", "ci.yml", ("lint", "test"))
CI_LOCALLOOP: Final = _workflow(LOCALLOOP_REPO, "CI", "ci.yml", ("lint", "test", "e2e"))
RELEASE: Final = _workflow(
    LOCALLOOP_REPO, "Release", "release.yml", ("build", "publish"), {"environment": _ENVIRONMENT}
)


def add_repos(github: GitHub) -> None:
    """Put in both repositories with their workflows and past runs."""
    born = github.agenda.now - timedelta(days=900)
    for full_name in (LMA_REPO, LOCALLOOP_REPO):
        owner, _, name = full_name.partition("/")
        github.repos[full_name] = Repo(owner=owner, name=name, created_at=born)
    for workflow in (DEPLOY_API, DEPLOY_WEB, CI_LMA, CI_LOCALLOOP, RELEASE):
        github.workflows[workflow.id] = workflow
    deploying: tuple[tuple[Workflow, Sequence[Past], str, dict[str, str]], ...] = (
        (DEPLOY_API, history.API_PRODUCTION, "main", {"environment": "production"}),
        (DEPLOY_API, history.API_STAGING, "staging", {"environment": "staging"}),
        (DEPLOY_WEB, history.WEB_PRODUCTION, "main", {"app": "all", "environment": "production"}),
        (CI_LMA, history.WEB_STAGING, "staging", {}),
        (CI_LOCALLOOP, history.LOCALLOOP_PRODUCTION, "main", {}),
    )
    for workflow, pasts, branch, inputs in deploying:
        _add_runs(github, workflow, pasts, branch, inputs)
    github.add([_waiting_run(github)])


def _waiting_run(github: GitHub) -> Run:
    """A release that waits for somebody to approve it: waiting, not stuck."""
    began = github.agenda.now - timedelta(minutes=52)
    past = history.LOCALLOOP_STAGING[0]
    return Run(
        id=ids.github("run", RELEASE.id, "waiting"),
        repo=RELEASE.repo,
        workflow_id=RELEASE.id,
        number=41,
        commit=commit_of(past, github.agenda.now),
        actor=past.author,
        event="workflow_dispatch",
        created_at=began,
        started_at=began,
        updated_at=began + timedelta(minutes=2),
        status=RunStatus.WAITING,
        inputs={"environment": "production"},
    )


def _add_runs(
    github: GitHub, workflow: Workflow, pasts: Sequence[Past], branch: str, inputs: dict[str, str]
) -> None:
    now = github.agenda.now
    first = 100 + len(github.runs)
    for number, past in enumerate(sorted(pasts, key=lambda past: -past.minutes_ago), start=first):
        ended = now - timedelta(minutes=past.minutes_ago)
        failed = past.outcome == "failed"
        run = Run(
            id=ids.github("run", workflow.id, number),
            repo=workflow.repo,
            workflow_id=workflow.id,
            number=number,
            commit=replace(commit_of(past, now), branch=branch),
            actor=past.author,
            event="workflow_dispatch" if inputs else "push",
            created_at=ended - BUILD - timedelta(seconds=30),
            started_at=ended - BUILD - timedelta(seconds=25),
            updated_at=ended,
            status=RunStatus.COMPLETED,
            conclusion=_RUN_ENDS[past.outcome],
            inputs=inputs,
            failed_job=workflow.jobs[-1] if failed else "",
        )
        github.add([run])


_RUN_ENDS: Final = {
    "served": Conclusion.SUCCESS,
    "failed": Conclusion.FAILURE,
    "canceled": Conclusion.CANCELLED,
}
