"""What one look at a workflow, its runs and what is live gave, and what stands in the way. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from actions.guard_values import Because, Precondition
from actions.plan import Change, Danger, Effect, Undo
from actions.preconditions import Checked
from actions.workflows.places import WorkflowPlace, live_of
from actions.workflows.repo import Commit, Declared, Distance, Rights
from monitor.words import noun
from providers.clock import Moment
from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.github_jobs import Run, Workflow
from providers.text import EMPTY, Foreign

_NONE: Final = "none"


class Seen(Struct, frozen=True, kw_only=True):
    """All that one look gave."""

    place: WorkflowPlace
    ref: str
    commit: Commit
    workflow: Workflow
    declared: Declared
    inputs: Mapping[str, str]
    runs: tuple[Run, ...]
    deploys: DeploysReading | None
    login: str
    distance: Distance | None
    """From what is live to what is deployed."""

    at: Moment

    @property
    def live(self) -> DeployReading | None:
        """What serves now, as the hosting vendor says."""
        return None if self.deploys is None else live_of(self.deploys)

    @property
    def last_number(self) -> int:
        """Of the newest run; 0 when there was none."""
        return max((run.number for run in self.runs), default=0)

    @property
    def last_good(self) -> Run | None:
        """The last run for this place that ended well."""
        good = (run for run in self.mine if run.state is DeployState.SUCCEEDED)
        return next(good, None)

    @property
    def live_pin(self) -> str:
        """Names what is live now, as exactly as anybody can tell."""
        if self.live is not None:
            return self.live.id
        return _NONE if self.last_good is None else f"run {self.last_good.id}"

    @property
    def mine(self) -> tuple[Run, ...]:
        """The runs that are not plainly for another environment."""
        return tuple(run for run in self.runs if not is_elsewhere(run, self.place))


def is_elsewhere(run: Run, place: WorkflowPlace) -> bool:
    """Whether a run says by its title, or by its branch, that it deploys to another environment."""
    words = frozenset(run.title.line().casefold().replace("(", " ").replace(")", " ").split())
    if place.environment.casefold() in words:
        return False
    return any(name.casefold() in words for name in place.others)


def changes(seen: Seen) -> Iterator[Change]:
    """What is live and what will be, and the inputs."""
    place, live, last = seen.place, seen.live, seen.last_good
    before = EMPTY
    if live is not None:
        before = Foreign(f"{live.commit.text[:7]} {live.message.line(80)} · live")
    elif last is not None:
        before = Foreign(f"{last.sha.text[:7]} run #{last.number} ended well")
    after = Foreign(f"{seen.commit.words} · {seen.ref}")
    yield Change(field="serves", before=before, after=after)
    for name, value in seen.inputs.items():
        if name == "environment" and value == place.environment:
            continue
        yield Change(field=f"input {Foreign(name).line(40)}", before=EMPTY, after=Foreign(value))


def inverse(seen: Seen) -> Undo | None:
    """Back to what is live now; None where nobody says what that is, or nobody can."""
    live, rollback = seen.live, seen.place.rollback
    if live is None or rollback is None:
        return None
    return Undo(
        verb=rollback.verb,
        target=rollback.target,
        parameters=(("to", live.id),),
        words=f"roll back to {live.commit.text[:7] or live.id} {live.message.line(60)}".rstrip(),
    )


def effects(seen: Seen) -> Iterator[Effect]:
    """Who or what is hit, as far as GitHub knows."""
    found, at = seen.distance, seen.at.at
    reason = "" if found is not None else "GitHub does not say how far they are apart"
    ahead = None if found is None else float(found.ahead)
    new = noun(ahead, "new commit", "new commits")
    yield Effect(words=new, number=ahead, reason=reason, measured_at=at)
    reason = "GitHub tells none"
    yield Effect(words="requests a minute", number=None, reason=reason, measured_at=at)


def danger(seen: Seen) -> Danger:
    """How heavy it is: some inputs deploy everything at once."""
    heavy = {(one.name, value) for one in seen.place.inputs for value in one.heavy}
    return Danger.OUTAGE if heavy & set(seen.inputs.items()) else Danger.CHANGE


def usual_s(seen: Seen) -> float | None:
    """How long the last good run took."""
    last = seen.last_good
    return None if last is None else (last.changed_at - last.created_at).total_seconds()


def preconditions(seen: Seen, rights: Rights) -> Iterator[Precondition]:
    """What has to hold before it is started."""
    checks, state = Checked(at=seen.at), seen.workflow.state
    closed = "it is archived or disabled" if rights.archived or rights.disabled else ""
    yield checks.unless("repository", closed, "it is in use")
    yield _may_write(rights.may_write, checks)
    off = "" if state.text == "active" else f"the workflow is off ({state.line(30)})"
    yield checks.unless("workflow", off, "the workflow is switched on")
    yield _idle(seen)
    yield from _hosting(seen)


def _may_write(may: bool | None, checks: Checked) -> Precondition:
    if may is None:
        words = "GitHub does not say whether this token may write; it may refuse"
        return checks.warns("right", words)
    lacks = "" if may else "the token may not write: Actions: write"
    return checks.unless("right", lacks, "the token may write")


def _idle(seen: Seen) -> Precondition:
    """No run for this place is under way, or waits for a person."""
    for run in seen.mine:
        under_way = run.state.running or run.state is DeployState.BLOCKED or run.unheard_of
        if under_way and run.word.text != "action_required":
            words = f"run #{run.number} by {run.by.line(40)} is {run.word.line(30)}: wait for it"
            return Checked(at=seen.at).blocks("idle", words)
    return Checked(at=seen.at).met("idle", "no run is under way")


def _hosting(seen: Seen) -> Iterator[Precondition]:
    if seen.deploys is None:
        return
    running = [one for one in seen.deploys.deploys if one.state.running]
    no = f"{len(running)} deploy under way at {running[0].vendor}" if running else ""
    yield Checked(at=seen.at).unless("hosting idle", no, "no deploy is under way there")


def warnings(seen: Seen) -> Iterator[Because]:
    """What a person should know first."""
    live = seen.live
    if live is not None and live.commit.text == seen.commit.sha:
        yield Because(code="same", words="this commit is live already")
    if seen.distance is not None and seen.distance.behind:
        count = seen.distance.behind
        many = f"{count} commits that are live are not in it"
        back = noun(count, "1 commit that is live is not in it", many)
        yield Because(code="behind", words=f"this takes back: {back}")
    if seen.place.deploys is not None and live is None:
        yield Because(code="live-unknown", words="nobody says what is live now")
    if seen.declared.inputs is None:
        words = f"the inputs were not read from the file: {seen.declared.why}"
        yield Because(code="inputs", words=words)
    if seen.ref != seen.place.branch and seen.place.branch:
        words = f"not the usual branch {Foreign(seen.place.branch).line(60)}"
        yield Because(code="ref", words=words)
