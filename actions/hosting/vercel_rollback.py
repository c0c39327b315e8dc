"""Moves production of a Vercel project to another build: a rollback, or a promote; one is said.

Sources: `POST /v1/projects/{id}/rollback/{deployment}` and `POST /v10/projects/{id}/promote/…`.
Both only point the domains elsewhere, neither builds; both answer without a body, and what became
of them stands in the project's `lastAliasRequest` alone.

| the deployment | is moved to by |
| --- | --- |
| older than what serves, served before | rollback: Vercel notes why, auto-assign stops |
| newer than what serves, or never served | promote: auto-assign is on from then on |
| a preview | nothing: promoting it would put a build with preview's variables in production |
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.hosting.candidates import FEW_WORDS, before, between, is_older, label
from actions.hosting.migrations import migrations
from actions.hosting.places import VERCEL, Place, Places
from actions.hosting.vercel_checks import aside, owned, ready
from actions.hosting.vercel_reads import VercelLook, VercelReads
from actions.http_steps import REASON, answer_id, http_steps, reason_of
from actions.nearness import is_near
from actions.plan import Change, Effect, HttpStep, Plan, Remaining, Target, Undo
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import noun
from providers.deploy_readings import DeployReading, DeployState
from providers.errors import ProviderError
from providers.text import Foreign
from providers.vendor import segment
from providers.vercel_mapping import PRODUCTION, Deployment
from providers.vercel_project import Project

NAME: Final = "rollback-web"
NEWEST: Final = "newest"
"""In place of an id: the newest build that is ready and serves nothing yet."""

NEEDS: Final = "a token of an owner or member of the team"


class RollbackWeb(UndoneAsPlanned):
    """Points production's domains at another build.

    Args:
        places: Of the configuration.
    """

    name: str = NAME
    settle_s: float = 180.0

    def __init__(self, places: Places) -> None:
        self.places = places

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """Where to, and by which of the two; see `Verb.plan`."""
        return _planned(target, await self._look(target, parameters))

    async def pin(self, plan: Plan) -> Pinned:
        """Look again; see `Verb.pin`."""
        look = await self._look(plan.target, dict(plan.parameters))
        return Pinned(plan=_planned(plan.target, look), preconditions=tuple(_checked(look)))

    async def send(self, plan: Plan, key: str) -> Sent:
        """The one request, with the reason where Vercel takes it; it has no idempotency key."""
        del key
        (only,) = http_steps(plan)
        answer = await self._place(plan.target).send(only, reason_of(plan))
        return Sent(answer=answer_id(answer), words=f"{answer.status} accepted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """What the project says; see `Verb.settled`."""
        reads = VercelReads(self._place(plan.target))
        project = await reads.project()
        found = _settled(plan, project, lost=sent is None)
        if found.state is not State.FAILED:
            return found
        try:
            failed = await reads.failed_domains(project.id)
        except ProviderError:
            return found
        more = f"; not moved: {', '.join(failed[:5])}" if failed else ""
        return Settled(state=found.state, words=f"{found.words}{more}")

    def _place(self, target: Target) -> Place:
        return self.places.of_target(target, VERCEL)

    async def _look(self, target: Target, parameters: Mapping[str, str]) -> VercelLook:
        """The project, with the deployment that is asked for or the one to go back to."""
        place = self._place(target)
        if place.target != PRODUCTION:
            raise Unplannable(f"{place.words} is no production of a project: nothing to point at")
        reads, asked = VercelReads(place), parameters.get("to", "")
        if asked and asked != NEWEST:
            return await reads.look(asked)
        first = await reads.look("")
        return await reads.look(_default(first, newest=asked == NEWEST))


def _default(look: VercelLook, *, newest: bool) -> str:
    if not newest:
        found = before(look.readings(), look.live)
        if found is None:
            raise Unplannable(f"nothing of {look.place.title} served before what does now")
        return found.id
    for one in look.deployments:
        if one.id == look.live_id:
            break
        if one.mapped is DeployState.READY and one.target == PRODUCTION:
            return one.id
    raise Unplannable(f"no newer build of {look.place.title} is ready: deploy one")


def _named(look: VercelLook) -> Deployment:
    """The deployment to move to, as the list tells of it where it does."""
    if look.named is None:
        raise Unplannable("no deployment is named")
    id_ = look.named.deployment.id
    return next((one for one in look.deployments if one.id == id_), look.named.deployment)


def _goes_back(look: VercelLook, to: Deployment) -> bool:
    """Whether it is a rollback; else a promote."""
    return to.served and is_older(look.reading(to), look.live, look.readings())


def _planned(target: Target, look: VercelLook) -> Plan:
    to, place = _named(look), look.place
    back = _goes_back(look, to)
    return Plan(
        verb=NAME,
        title=f"Roll back {place.title}" if back else f"Promote a build of {place.title}",
        target=target,
        parameters=(("to", to.id),),
        steps=(_step(look, to, back=back),),
        changes=tuple(_changes(look, to, back=back)),
        pins=(
            ("project", look.project.id),
            ("owner", look.owner_id),
            ("live", look.live_id),
            ("auto-assign", str(look.project.auto_assign)),
            ("kind", "rollback" if back else "promote"),
            ("last-move", _moved(look.project)),
        ),
        effects=tuple(_effects(look)),
        side_effects=tuple(_side_effects(back=back)),
        undo=_undo(target, look, back=back),
        no_undo="" if look.live_id else "nothing serves that could be put back",
        remains=(_remains(place, target),) if back else (),
        watches=place.watches,
        needs=(NEEDS,),
        sources=place.sources,
        takes_s=15.0,
        look_at=next((one.url for one in look.deployments if one.id == look.live_id), ""),
    )


def _step(look: VercelLook, to: Deployment, *, back: bool) -> HttpStep:
    place = look.place
    way, version = ("rollback", "v1") if back else ("promote", "v10")
    query = [f"teamId={segment(place.team)}"] if place.team else []
    query += [f"description={REASON}"] if back else []
    url = f"{place.base_url}/{version}/projects/{segment(look.project.id)}/{way}/{segment(to.id)}"
    return HttpStep(
        title="roll back" if back else "promote",
        method="POST",
        url=f"{url}?{'&'.join(query)}" if query else url,
    )


def _changes(look: VercelLook, to: Deployment, *, back: bool) -> Iterator[Change]:
    live = f"{label(look.live, FEW_WORDS)} ({look.live_id})" if look.live_id else "nothing"
    yield Change(
        field="serves",
        before=Foreign(live),
        after=Foreign(f"{label(look.reading(to), FEW_WORDS)} ({to.id})"),
    )
    now = {True: "on", False: "off", None: "not said"}[look.project.auto_assign]
    then = "off" if back else "on"
    if now != then:
        yield Change(field="auto-assign of domains", before=Foreign(now), after=Foreign(then))


def _effects(look: VercelLook) -> Iterator[Effect]:
    at = look.at.at
    yield Effect(
        words=noun(len(look.domains), "domain moves", "domains move"),
        number=float(len(look.domains)) if look.domains else None,
        reason="" if look.domains else "the project does not say which it has",
        measured_at=at,
    )
    yield Effect(
        words="requests a minute",
        number=None,
        reason="it takes Observability Plus",
        measured_at=at,
    )


def _side_effects(*, back: bool) -> Iterator[str]:
    if back:
        yield "not undone: migrations, and what the API serves"
        yield "a rollback, not a promote: domains are pointed back, nothing is built"
        yield "the old build keeps its own environment variables and cron jobs"
    else:
        yield "a promote, not a rollback: domains are pointed at it, nothing is built"
        yield "auto-assign is on from then on: the next production build goes live by itself"
        yield "Vercel notes no reason for a promote; it stands in the audit here"


def _undo(target: Target, look: VercelLook, *, back: bool) -> Undo | None:
    if not look.live_id:
        return None
    way = "promote" if back else "roll back to"
    return Undo(
        verb=NAME,
        target=target,
        parameters=(("to", look.live_id),),
        words=f"{way} {label(look.live)} again",
    )


def _remains(place: Place, target: Target) -> Remaining:
    undo = Undo(
        verb=NAME,
        target=target,
        parameters=(("to", NEWEST),),
        words="promote a newer build",
    )
    words = f"auto-assign of {place.title} is off: no new build goes live"
    return Remaining(words=words, undo=undo)


def _moved(project: Project) -> str:
    """Names the last promote or rollback, so that a new one is told from it."""
    request = project.request
    if request is None:
        return ""
    return f"{request.kind.line(20)} {request.to_id} {request.requested_at.isoformat()}"


def _settled(plan: Plan, project: Project, *, lost: bool) -> Settled:
    """By what serves, and by the last request to move it."""
    to, pins = dict(plan.parameters)["to"], plan.pinned
    live = project.live.id if project.live is not None else "nothing"
    known = {to: _named_in(plan), pins["live"]: "what served before"}
    serves = known.get(live, live)
    request = project.request
    if request is None or _moved(project) == pins["last-move"]:
        if live == to:
            return Settled(state=State.DONE, words=f"{serves} serves")
        return Settled(state=State.PENDING, words="Vercel tells of no new move so far")
    said = f"{request.kind.line(20)} {request.status.line(20)}"
    if request.to_id != to:
        return Settled(
            state=State.UNKNOWN,
            words=f"another move came: {said} to {request.to_id}; {serves} serves",
        )
    if lost and not is_near(request.requested_at, plan.request):
        words = f"{said}, asked for too late to be this one; {serves} serves"
        return Settled(state=State.UNKNOWN, words=words)
    if request.under_way or (request.succeeded and live != to):
        return Settled(state=State.UNDER_WAY, words=f"{said}; {serves} serves so far")
    if request.succeeded:
        return Settled(state=State.DONE, words=f"{said}; {serves} serves")
    if request.status.text in {"failed", "skipped"}:
        return Settled(state=State.FAILED, words=f"{said}; {serves} serves")
    return Settled(state=State.UNKNOWN, words=f"{said}; {serves} serves")


def _named_in(plan: Plan) -> str:
    """What it moves to, as it was shown."""
    return plan.changes[0].after.line(120)


def _checked(look: VercelLook) -> Iterator[Precondition]:
    to = _named(look)
    back = _goes_back(look, to)
    yield from owned(look)
    yield from ready(look, to, back=back)
    yield from aside(look, back=back)
    taken: tuple[DeployReading, ...] = between(look.readings(), look.reading(to), look.live)
    if back:
        yield migrations(look.at, taken)
