"""Stop a run of a workflow that is under way.

A request to cancel is one: jobs that always run go on, and what a deploy has put out by then
stays. Whether it stopped is read from the run itself.
"""

from collections.abc import Mapping
from typing import Final

from actions.guard_values import Because
from actions.http_steps import http_steps
from actions.plan import Change, Danger, Effect, Plan, Target
from actions.preconditions import Checked
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from actions.workflows.repo import Repo
from monitor.words import noun
from providers.clock import Clock
from providers.deploy_readings import DeployState
from providers.errors import NotFound
from providers.github_jobs import Job, Run
from providers.text import Foreign

FORCE: Final = "force"
NAME: Final = "cancel-run"
_KIND: Final = "run"
_OVER: Final = frozenset({DeployState.SUCCEEDED, DeployState.FAILED, DeployState.CANCELED})


def run_identity(repo: str, run: str) -> str:
    """Names the target."""
    return f"github:{repo}/runs/{run}"


class CancelRun(UndoneAsPlanned):
    """Stops one run.

    Args:
        repos: Every repository that runs are read from, by workspace and name.
        clock: Tells when something was looked at.
        sources: Ids of the sources that read the runs, by workspace and name.
    """

    name = NAME
    settle_s = 300.0

    def __init__(
        self,
        repos: Mapping[tuple[str, str], Repo],
        clock: Clock,
        sources: Mapping[tuple[str, str], str],
    ) -> None:
        self._repos = dict(repos)
        self._clock = clock
        self._sources = dict(sources)

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`."""
        run, jobs = await self._look(target)
        return self._planned(target, parameters, run, jobs)

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        run, jobs = await self._look(plan.target)
        over = run.state in _OVER or (run.state is DeployState.UNKNOWN and not run.unheard_of)
        ended = f"run #{run.number} is over: {run.word.line(30)}" if over else ""
        idle = Checked(at=self._clock.now()).unless("under way", ended, "it is under way")
        late = [job for job in jobs if job.state.running and "deploy" in job.name.text.casefold()]
        warnings = tuple(
            Because(code=f"deploying:{job.id}", words=f"job {job.name.line(60)} is at work already")
            for job in late
        )
        made = self._planned(plan.target, dict(plan.parameters), run, jobs)
        return Pinned(plan=made, preconditions=(idle,), warnings=warnings)

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`; a second one would change nothing more."""
        del key
        (step,) = http_steps(plan)
        answer = await self._repo(plan.target).send("cancel run", step)
        return Sent(words=f"{answer.status} accepted: it is asked to stop")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`."""
        del sent
        run = await self._repo(plan.target).run(_run_id(plan.target))
        if f"{run.attempt}" != plan.pinned["attempt"]:
            words = f"run #{run.number} was begun again: attempt {run.attempt}"
            return Settled(state=State.UNKNOWN, words=words)
        if run.state is DeployState.CANCELED:
            return Settled(state=State.DONE, words=f"run #{run.number} is cancelled")
        if run.state in _OVER:
            words = f"run #{run.number} ended first: {run.word.line(30)}"
            return Settled(state=State.FAILED, words=words)
        words = f"run #{run.number} is {run.word.line(30)}"
        return Settled(state=State.PENDING, words=f"{words}; jobs that always run go on")

    def _repo(self, target: Target) -> Repo:
        name = target.identity.removeprefix("github:").partition("/runs/")[0]
        repo = self._repos.get((target.workspace, name))
        if repo is None or target.kind != _KIND:
            raise Unplannable(f"{target.workspace} has no such repository")
        return repo

    async def _look(self, target: Target) -> tuple[Run, tuple[Job, ...]]:
        repo, id_ = self._repo(target), _run_id(target)
        try:
            return await repo.run(id_), await repo.jobs(id_)
        except NotFound:
            raise Unplannable(f"{repo.name} has no run {Foreign(id_).line(30)}") from None

    def _planned(
        self, target: Target, parameters: Mapping[str, str], run: Run, jobs: tuple[Job, ...]
    ) -> Plan:
        repo = self._repo(target)
        force = parameters.get(FORCE, "") == "true"
        tail = f"/actions/runs/{run.id}/{'force-cancel' if force else 'cancel'}"
        running = [job for job in jobs if job.state.running]
        source = self._sources.get((target.workspace, repo.name), "")
        return Plan(
            verb=self.name,
            title=f"Cancel run #{run.number} of {run.workflow.line(60)}",
            target=target,
            parameters=tuple((name, value) for name, value in parameters.items() if value),
            steps=(repo.step("cancel", tail),),
            changes=(_change(run),),
            pins=(
                ("run", run.id),
                ("attempt", f"{run.attempt}"),
                ("commit", run.sha.line(64)),
                ("under way", str(run.state not in _OVER).lower()),
            ),
            effects=(
                Effect(
                    words=noun(len(running), "job at work is stopped", "jobs at work are stopped"),
                    number=float(len(running)),
                    measured_at=self._clock.now().at,
                ),
            ),
            side_effects=(
                "what it has put out or migrated by now stays so",
                "no job goes on, those that always run neither: they clean up nothing"
                if force
                else "jobs that always run go on; force stops them too",
            ),
            no_undo="start the workflow again",
            needs=("Actions: write",),
            danger=Danger.CHANGE,
            sources=(source,) if source else (),
            look_at=run.url or repo.page,
        )


def _change(run: Run) -> Change:
    return Change(
        field=f"run #{run.number}",
        before=Foreign(f"{run.word.line(30)} · {run.title.line(60)}"),
        after=Foreign("cancelled"),
    )


def _run_id(target: Target) -> str:
    return target.identity.partition("/runs/")[2]
