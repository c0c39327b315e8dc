"""Start the workflow that deploys a service, and follow its run to the end.

| what | where it is read |
| --- | --- |
| what will be live | the commit that the branch points at now; pinned |
| what is live now | the hosting vendor, else the last run that ended well; pinned |
| the inputs | the workflow's file at that branch, else the configuration |
| which run it became | GitHub's answer; where that is lost, the one new run (`_found`) |
"""

from collections.abc import Mapping, Sequence
from typing import Final

from actions.http_steps import http_steps
from actions.plan import Plan, Target
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from actions.workflows.inputs import filled
from actions.workflows.places import WorkflowPlace, live_of
from actions.workflows.repo import Commit, Declared, Distance, Repo
from actions.workflows.run_words import ended_words, pending_words
from actions.workflows.seen import (
    Seen,
    changes,
    danger,
    effects,
    inverse,
    is_elsewhere,
    preconditions,
    usual_s,
    warnings,
)
from providers.clock import Clock
from providers.deploy_readings import DeployReading, DeployState
from providers.errors import BadAnswer, NotFound, Refused
from providers.fields import Fields
from providers.github import SYSTEM
from providers.github_jobs import Run
from providers.text import Foreign

SETTLE_S: Final = 2_700.0
"""A run that has not ended by then is told as unknown; it goes on all the same."""

REF: Final = "ref"
INPUTS: Final = "inputs"
"""Parameters of ours; every other one is an input of the workflow."""

_BY_HAND: Final = "workflow_dispatch"


class DeployByWorkflow(UndoneAsPlanned):
    """Starts the workflow of one service, in any environment that has one.

    Args:
        name: `deploy-api`.
        places: Where it can be done.
        clock: Tells when something was looked at.
    """

    settle_s = SETTLE_S

    def __init__(self, name: str, places: Sequence[WorkflowPlace], clock: Clock) -> None:
        self.name = name
        self._places = {(one.workspace, one.identity): one for one in places}
        self._clock = clock

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`."""
        return self._planned(target, parameters, await self._look(target, parameters))

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        parameters = dict(plan.parameters)
        seen = await self._look(plan.target, parameters)
        rights = await seen.place.repo.rights()
        made = self._planned(plan.target, parameters, seen)
        return Pinned(
            plan=made,
            preconditions=tuple(preconditions(seen, rights)),
            warnings=tuple(warnings(seen)),
        )

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`; GitHub knows no idempotency key, a second one would be a second run."""
        del key
        (step,) = http_steps(plan)
        answer = await self._place(plan.target).repo.send("start workflow", step)
        if answer.value is None:
            return Sent(words=f"{answer.status} accepted; which run it is, is looked for")
        try:
            fields = Fields(answer.value, SYSTEM, "start workflow")
            run = str(fields.integer("workflow_run_id"))
        except BadAnswer:
            return Sent(words=f"{answer.status} accepted; which run it is, is looked for")
        return Sent(answer=run, words=f"{answer.status} accepted, run {run}", marks=(("run", run),))

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`."""
        place = self._place(plan.target)
        run = await self._found(place, plan, sent)
        if isinstance(run, Settled):
            return run
        if run.state in {DeployState.SUCCEEDED, DeployState.FAILED, DeployState.CANCELED}:
            done = run.state is DeployState.SUCCEEDED
            words = await ended_words(place.repo, run)
            return Settled(state=State.DONE if done else State.FAILED, words=words)
        if run.state is DeployState.UNKNOWN and not run.unheard_of:
            # `neutral`: it ended, and says neither that it deployed nor that it did not.
            return Settled(state=State.UNKNOWN, words=f"run #{run.number} ended {run.word.text}")
        return Settled(state=State.UNDER_WAY, words=await pending_words(place.repo, run))

    def _place(self, target: Target) -> WorkflowPlace:
        place = self._places.get((target.workspace, target.identity))
        if place is None or place.environment != target.environment:
            raise Unplannable(f"{target.place} has no such workflow any more")
        return place

    async def _look(self, target: Target, parameters: Mapping[str, str]) -> Seen:
        place = self._place(target)
        repo, ref = place.repo, parameters.get(REF, "") or place.branch
        if not ref:
            raise Unplannable("say which branch: --set ref=main; the configuration names none")
        workflow = await repo.workflow(place.workflow)
        if workflow is None:
            raise Unplannable(f"{repo.name} has no workflow {place.workflow}")
        try:
            commit = await repo.commit(ref)
        except (NotFound, Refused):
            shown = Foreign(ref).line(60)
            why = "or this token may not read contents"
            raise Unplannable(f"{repo.name} has no branch or tag {shown}, {why}") from None
        found = await repo.declared(place.workflow, ref)
        if not found.by_hand:
            raise Unplannable(f"{place.workflow} has no workflow_dispatch at {ref}")
        deploys = None if place.deploys is None else await place.deploys()
        live = None if deploys is None else live_of(deploys)
        return Seen(
            place=place,
            ref=ref,
            commit=commit,
            workflow=workflow,
            declared=found,
            inputs=_inputs(place, found, parameters),
            runs=await repo.runs(place.workflow),
            deploys=deploys,
            distance=await _distance(repo, live, commit),
            login=await repo.login(),
            at=self._clock.now(),
        )

    def _planned(self, target: Target, parameters: Mapping[str, str], seen: Seen) -> Plan:
        place = seen.place
        body = {"ref": seen.ref, "inputs": dict(seen.inputs), "return_run_details": True}
        tail = f"/actions/workflows/{place.workflow}/dispatches"
        return Plan(
            verb=self.name,
            title=f"Deploy {place.title}",
            target=target,
            parameters=tuple((name, value) for name, value in parameters.items() if value),
            steps=(place.repo.step(f"start {place.workflow}", tail, body),),
            changes=tuple(changes(seen)),
            pins=(
                ("commit", seen.commit.sha),
                ("live", seen.live_pin),
                ("last run", f"#{seen.last_number}"),
                ("account", seen.login or "an app"),
            ),
            effects=tuple(effects(seen)),
            side_effects=_SIDE_EFFECTS,
            undo=inverse(seen),
            no_undo="" if inverse(seen) else _NO_UNDO,
            watches=place.watches,
            needs=("Actions: write", "Contents: read"),
            danger=danger(seen),
            sources=tuple(filter(None, (place.source, place.deploys_source))),
            takes_s=usual_s(seen),
            look_at=place.repo.page,
        )

    async def _found(self, place: WorkflowPlace, plan: Plan, sent: Sent | None) -> Run | Settled:
        """The run that it became; or that it is not there, or that nobody can tell which.

        Where the answer is lost: the one run by hand of this commit and of our own account whose
        number is above the last one that was there.
        """
        id_ = dict(sent.marks).get("run") if sent is not None else None
        if id_ is not None:
            return await place.repo.run(id_)
        pinned = plan.pinned
        after = int(pinned["last run"].lstrip("#"))
        asked = (("event", _BY_HAND), ("head_sha", pinned["commit"]))
        runs = [
            run
            for run in await place.repo.runs(place.workflow, *asked)
            if run.number > after
            and run.event.text == _BY_HAND
            and run.sha.text == pinned["commit"]
            and pinned["account"] in {"an app", run.by.line(80)}
            and not is_elsewhere(run, place)
        ]
        if len(runs) > 1:
            which = " or ".join(f"#{run.number}" for run in reversed(runs))
            return Settled(state=State.UNKNOWN, words=f"it may be run {which}")
        if not runs:
            return Settled(state=State.PENDING, words=f"no run above #{after} of this commit")
        return runs[0]


async def _distance(repo: Repo, live: DeployReading | None, commit: Commit) -> Distance | None:
    if live is None or not live.commit:
        return None
    return await repo.distance(live.commit.text, commit.sha)


_NO_UNDO: Final = "nobody says what is live; while the run goes it can be cancelled (K)"
_SIDE_EFFECTS: Final = (
    "the workflow does what its file at that branch says: migrations too, and nothing undoes them",
    "the branch may move before the run begins: then the newer commit is deployed",
    "environment variables and secrets are those of now",
)


def _inputs(place: WorkflowPlace, found: Declared, parameters: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in parameters.items() if name not in {REF, INPUTS}}
    given = {name: value for name, value in given.items() if value}
    given |= _written(parameters.get(INPUTS, ""))
    known = found.inputs if found.inputs is not None else place.inputs or None
    fixed = dict(place.fixed)
    for one in known or ():
        # By its name and its options an input says that it is the environment: nobody chooses.
        fits = one.name == "environment" and (not one.options or place.environment in one.options)
        if fits and one.name not in fixed:
            fixed[one.name] = place.environment
    return filled(known, fixed, given)


def _written(text: str) -> dict[str, str]:
    """Inputs in one text: `app=web, debug=true`."""
    pairs = [one.strip() for one in text.split(",") if one.strip()]
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise Unplannable(f"inputs are written name=value, …; not {Foreign(pair).line(60)}")
        found[name.strip()] = value.strip()
    return found
