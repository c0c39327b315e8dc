"""What GitHub remembers: workflows and their runs. A deploying run really deploys.

A dispatch, a rerun and a cancel are requests: the run follows later. Without `return_run_details`
a dispatch does not even say which run it made (vendor-apis §10).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda
from demo.commits import Author, Commit
from demo.vendors.github_models import Conclusion, Repo, Run, RunStatus, Workflow
from demo.vendors.wire import Refusal

QUEUE_S: Final = 2.0
TEST_S: Final = 3.0
CI_S: Final = 14.0
CANCEL_S: Final = 2.0
MOST_INPUTS: Final = 25

Report = Callable[[Conclusion], None]
"""Tells GitHub how a deploy ended."""

Deployer = Callable[[Run, Report], bool]
"""Carries a deploying run out; False when the run deploys nothing."""


def _deploys_nothing(_run: Run, _report: Report) -> bool:
    return False


class GitHub(Struct):
    """All repositories of the demo world's GitHub.

    Args:
        agenda: When things happen.
        deployer: What a deploying run does to the world.
    """

    agenda: Agenda
    deployer: Deployer = _deploys_nothing
    repos: dict[str, Repo] = field(default_factory=dict)
    workflows: dict[int, Workflow] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    operator: Author | None = None
    """Whose token dispatches."""

    def repo(self, owner: str, name: str) -> Repo:
        """One repository.

        Raises:
            Refusal: There is none, or it is hidden.
        """
        found = self.repos.get(f"{owner}/{name}")
        if found is None:
            raise Refusal(404, "", "Not Found")
        return found

    def workflow(self, repo: Repo, id_or_file: str) -> Workflow:
        """A workflow by number or by file name.

        Raises:
            Refusal: The repository has none such.
        """
        for workflow in self.workflows.values():
            if workflow.repo == repo.full_name and id_or_file in {str(workflow.id), workflow.file}:
                return workflow
        raise Refusal(404, "", "Not Found")

    def run(self, repo: Repo, id_: int) -> Run:
        """One run.

        Raises:
            Refusal: The repository has none such.
        """
        found = self.runs.get(id_)
        if found is None or found.repo != repo.full_name:
            raise Refusal(404, "", "Not Found")
        return found

    def of(self, repo: Repo, workflow: Workflow | None = None) -> list[Run]:
        """The runs of a repository or of one workflow, newest first."""
        found = [
            run
            for run in self.runs.values()
            if run.repo == repo.full_name and (workflow is None or run.workflow_id == workflow.id)
        ]
        return sorted(found, key=lambda run: (run.created_at, run.id), reverse=True)

    def add(self, runs: Iterable[Run]) -> None:
        """Put in runs that are over."""
        self.runs.update((run.id, run) for run in runs)

    def begin(
        self,
        workflow: Workflow,
        commit: Commit,
        actor: Author,
        event: str,
        inputs: Mapping[str, str] | None = None,
    ) -> Run:
        """Queue a run."""
        mine = (run.number for run in self.runs.values() if run.workflow_id == workflow.id)
        number = 1 + max(mine, default=0)
        now = self.agenda.now
        run = Run(
            id=ids.github("run", workflow.id, number, now),
            repo=workflow.repo,
            workflow_id=workflow.id,
            number=number,
            commit=commit,
            actor=actor,
            event=event,
            created_at=now,
            started_at=now,
            updated_at=now,
            inputs=dict(inputs or {}),
        )
        self.runs[run.id] = run
        self._schedule(run)
        return run

    def _schedule(self, run: Run) -> None:
        self.agenda.after(QUEUE_S, lambda: self._start(run.id, run.attempt))
        self.agenda.after(QUEUE_S + TEST_S, lambda: self._work(run.id, run.attempt))

    def _is_current(self, id_: int, attempt: int) -> bool:
        run = self.runs[id_]
        return run.attempt == attempt and run.status is not RunStatus.COMPLETED

    def _start(self, id_: int, attempt: int) -> None:
        if self._is_current(id_, attempt):
            self._set(id_, status=RunStatus.IN_PROGRESS)

    def _work(self, id_: int, attempt: int) -> None:
        if not self._is_current(id_, attempt):
            return
        deploys = self.deployer(self.runs[id_], lambda how: self._conclude(id_, attempt, how))
        if not deploys:
            rest_s = CI_S - QUEUE_S - TEST_S
            self.agenda.after(rest_s, lambda: self._conclude(id_, attempt, Conclusion.SUCCESS))

    def _conclude(self, id_: int, attempt: int, how: Conclusion) -> None:
        if not self._is_current(id_, attempt):
            return
        workflow = self.workflows[self.runs[id_].workflow_id]
        failed = workflow.jobs[-1] if how is Conclusion.FAILURE else ""
        self._set(id_, status=RunStatus.COMPLETED, conclusion=how, failed_job=failed)

    def _set(
        self,
        id_: int,
        *,
        status: RunStatus,
        conclusion: Conclusion | None = None,
        failed_job: str = "",
    ) -> None:
        self.runs[id_] = replace(
            self.runs[id_],
            status=status,
            conclusion=conclusion,
            failed_job=failed_job,
            updated_at=self.agenda.now,
        )

    def dispatch(self, repo: Repo, workflow: Workflow, ref: str, inputs: Mapping[str, str]) -> Run:
        """Start a workflow by hand.

        Raises:
            Refusal: It cannot be dispatched, or not like that.
        """
        if workflow.inputs is None:
            raise _unprocessable("Workflow does not have 'workflow_dispatch' trigger")
        if ref not in repo.branches:
            raise _unprocessable(f"No ref found for: {ref}")
        _check_inputs(workflow, inputs)
        newest = self.head(repo, ref)
        actor = self.operator or newest.author
        return self.begin(workflow, newest, actor, "workflow_dispatch", inputs)

    def head(self, repo: Repo, ref: str) -> Commit:
        """The newest commit of a branch, as far as runs know it."""
        runs = self.of(repo)
        on_branch = [run.commit for run in runs if run.commit.branch == ref]
        return max(on_branch or [run.commit for run in runs], key=lambda commit: commit.at)

    def rerun(self, run: Run) -> None:
        """Run the same commit again, as another attempt.

        Raises:
            Refusal: It still runs.
        """
        if run.status is not RunStatus.COMPLETED:
            raise Refusal(403, "", "This workflow is already running")
        again = replace(
            run,
            attempt=run.attempt + 1,
            status=RunStatus.QUEUED,
            conclusion=None,
            failed_job="",
            started_at=self.agenda.now,
            updated_at=self.agenda.now,
        )
        self.runs[run.id] = again
        self._schedule(again)

    def cancel(self, run: Run) -> None:
        """Ask a run to stop.

        Raises:
            Refusal: It is over.
        """
        if run.status is RunStatus.COMPLETED:
            raise Refusal(409, "", "Cannot cancel a workflow run that is completed.")
        self.agenda.after(
            CANCEL_S, lambda: self._conclude(run.id, run.attempt, Conclusion.CANCELLED)
        )


def _unprocessable(message: str) -> Refusal:
    return Refusal(422, "", message)


def _check_inputs(workflow: Workflow, inputs: Mapping[str, str]) -> None:
    known = workflow.inputs or {}
    if len(inputs) > MOST_INPUTS:
        raise _unprocessable(f"you may only define up to {MOST_INPUTS} `inputs`")
    if unexpected := sorted(set(inputs) - set(known)):
        raise _unprocessable(f"Unexpected inputs provided: {unexpected}")
    for name, expected in known.items():
        if name not in inputs and expected.required:
            raise _unprocessable(f"Required input '{name}' not provided")
        if name in inputs and inputs[name] not in expected.options:
            raise _unprocessable(
                f"Provided value '{inputs[name]}' for input '{name}' not in the list of allowed "
                f"values {list(expected.options)}"
            )
