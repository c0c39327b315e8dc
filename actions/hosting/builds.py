"""Stops a build that is under way, at Vercel or Render.

Sources: `PATCH /v12/deployments/{id}/cancel` and `POST /services/{id}/deploys/{deploy}/cancel`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from actions.guard_values import Precondition
from actions.hosting.candidates import label
from actions.hosting.places import RENDER, Place, Places, service_target, short
from actions.hosting.render_base import NEEDS as RENDER_NEEDS
from actions.hosting.render_base import step
from actions.hosting.render_reads import RenderReads
from actions.hosting.vercel_reads import VercelReads
from actions.http_steps import answer_id, http_steps
from actions.plan import Change, Danger, Effect, HttpStep, Plan, Target, Undo
from actions.preconditions import Checked
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import age_words
from providers.clock import Moment
from providers.deploy_readings import DeployReading, DeployState
from providers.errors import NotFound
from providers.text import Foreign
from providers.vendor import segment
from providers.vercel_mapping import reading_of

NAME: Final = "cancel-build"
VERCEL_NEEDS: Final = "a token of a team member who may deploy"
_STOPPABLE: Final = frozenset(
    {DeployState.QUEUED, DeployState.BUILDING, DeployState.STARTING, DeployState.BLOCKED}
)


class BuildLook(Struct, frozen=True, kw_only=True):
    """A build at one moment."""

    place: Place
    at: Moment
    deploy: DeployReading
    owner: str
    """The service or project it is of, as the vendor says."""

    right: bool
    """It is of the service or project that was meant."""


class CancelBuild(UndoneAsPlanned):
    """Stops one build.

    Args:
        places: Of the configuration.
    """

    name: str = NAME
    settle_s: float = 60.0

    def __init__(self, places: Places) -> None:
        self.places = places

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """One request; see `Verb.plan`."""
        del parameters
        return _planned(target, await self._look(target))

    async def pin(self, plan: Plan) -> Pinned:
        """Look whether it still builds; see `Verb.pin`."""
        look = await self._look(plan.target)
        again = _planned(plan.target, look)
        return Pinned(plan=again, preconditions=tuple(_checked(look)))

    async def send(self, plan: Plan, key: str) -> Sent:
        """Send it once; neither vendor has an idempotency key."""
        del key
        (only,) = http_steps(plan)
        answer = await self.places.of_target(plan.target).send(only)
        return Sent(answer=answer_id(answer), words=f"{answer.status} accepted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """How the build ended; see `Verb.settled`."""
        del sent
        deploy = (await self._look(plan.target)).deploy
        words = f"{deploy.id} is {deploy.vendor_state.line(30)}"
        if deploy.state is DeployState.CANCELED:
            return Settled(state=State.DONE, words=words)
        if deploy.state in _STOPPABLE:
            return Settled(state=State.PENDING, words=words)
        if deploy.state is DeployState.UNKNOWN:
            return Settled(state=State.UNKNOWN, words=words)
        return Settled(state=State.FAILED, words=f"it ended before it could be stopped: {words}")

    async def _look(self, target: Target) -> BuildLook:
        place = self.places.of_target(target)
        if target.kind != "build":
            raise Unplannable("name a build: this is a service")
        build = target.identity.rpartition("/")[2]
        return await (_at_render if place.vendor == RENDER else _at_vercel)(place, build)


async def _at_render(place: Place, build: str) -> BuildLook:
    reads = RenderReads(place)
    details = await reads.details()
    try:
        found = await reads.deploy(details, build)
    except (NotFound, ValueError):
        raise Unplannable(_gone(place, build)) from None
    return BuildLook(
        place=place,
        at=place.api.clock.now(),
        deploy=found,
        owner=details.service.id,
        right=details.service.id == place.id and found.id == build,
    )


async def _at_vercel(place: Place, build: str) -> BuildLook:
    reads = VercelReads(place)
    project = await reads.project()
    owned = await reads.named(build)
    if owned is None:
        raise Unplannable(_gone(place, build))
    found = reading_of(
        owned.deployment,
        service=place.service,
        environment=place.environment,
        live_id=project.live.id if project.live is not None else None,
    )
    return BuildLook(
        place=place,
        at=place.api.clock.now(),
        deploy=found,
        owner=project.id,
        right=owned.deployment.project_id == project.id,
    )


def _gone(place: Place, build: str) -> str:
    named = Foreign(build).line(60)
    return f"{place.vendor} knows no build {named} of {place.title}: it is gone, or another's"


def _planned(target: Target, look: BuildLook) -> Plan:
    place, deploy = look.place, look.deploy
    return Plan(
        verb=NAME,
        title=f"Cancel the build of {place.title}",
        target=target,
        steps=(_step(place, deploy),),
        changes=(
            Change(
                field=label(deploy).line(60) or "build",
                before=Foreign("under way"),
                after=Foreign("canceled"),
            ),
        ),
        pins=(("owner", look.owner),),
        effects=(_runs_for(look),),
        side_effects=(
            "what serves now serves on",
            "a pre-deploy command that has begun is not taken back",
        ),
        undo=_undo(place, deploy),
        no_undo="a build can not be resumed: start a new one",
        needs=(RENDER_NEEDS if place.vendor == RENDER else VERCEL_NEEDS,),
        danger=Danger.LIGHT,
        sources=place.sources,
        takes_s=10.0,
        look_at=deploy.url,
    )


def _runs_for(look: BuildLook) -> Effect:
    begun, at = look.deploy.created_at, look.at.at
    return Effect(
        words="of building are lost",
        number=None if begun is None else max(0.0, (at - begun).total_seconds()),
        unit="s",
        reason="" if begun is not None else "when it began is not known",
        measured_at=at,
    )


def _step(place: Place, deploy: DeployReading) -> HttpStep:
    if place.vendor == RENDER:
        return step(place, "cancel the build", f"/deploys/{segment(deploy.id)}/cancel")
    team = f"?teamId={segment(place.team)}" if place.team else ""
    return HttpStep(
        title="cancel the build",
        method="PATCH",
        url=f"{place.base_url}/v12/deployments/{segment(deploy.id)}/cancel{team}",
    )


def _undo(place: Place, deploy: DeployReading) -> Undo | None:
    if place.vendor != RENDER or not short(deploy.commit):
        return None
    return Undo(
        verb="deploy-commit",
        target=service_target(place),
        parameters=(("commit", deploy.commit.text),),
        words=f"build {short(deploy.commit)} again",
    )


def _checked(look: BuildLook) -> Iterator[Precondition]:
    checks, deploy = Checked(at=look.at), look.deploy
    yield checks.either(
        "own",
        holds=look.right,
        met=f"a build of {look.owner}",
        otherwise=f"it is no build of {look.place.id}",
    )
    said = deploy.vendor_state.line(30)
    begun = deploy.created_at
    age = age_words((look.at.at - begun).total_seconds()) if begun else "some time ago"
    yield checks.either(
        "under-way",
        holds=deploy.state in _STOPPABLE,
        met=f"it is {said}, begun {age}",
        otherwise=f"it is over: {said}",
    )
