"""Rolls a Render service back to a deploy that was live before.

Source: `POST /services/{id}/rollback` (a new deploy of an old build) and `PATCH /services/{id}`
(autodeploy). Render leaves autodeploy on after a rollback: the next push brings the bad commit
back. So turning it off is offered as a second request, which goes out once the first was taken.

| the first request | the second | what is told |
| --- | --- | --- |
| refused, or never left | not sent | failed: nothing was changed |
| taken | taken | done once the deploy is live |
| taken | refused, or its answer lost | done once it is live, and that autodeploy is still on |
| its answer lost | not sent | what the list of deploys says; autodeploy as it is |
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from actions.failures import error_words, is_certain
from actions.guard_values import Precondition
from actions.hosting.autodeploy import is_off, off_words, switch_step, trigger_of
from actions.hosting.candidates import FEW_WORDS, before, between, is_older, label, same
from actions.hosting.migrations import migrations
from actions.hosting.places import Place, service_target, short
from actions.hosting.render_base import (
    NEEDS,
    RenderVerb,
    effects_of,
    idle,
    runs,
    service_pins,
    step,
    whose,
)
from actions.hosting.render_made import landed, made_deploy, made_id, made_pins
from actions.hosting.render_reads import RenderLook, RenderReads
from actions.http_steps import answer_id, http_steps
from actions.plan import Change, HttpStep, Plan, Remaining, Target, Undo
from actions.preconditions import Checked
from actions.verbs import Sent, Settled, Unplannable
from monitor.words import age_words
from providers.deploy_readings import DeployReading, DeployState
from providers.errors import NotFound, ProviderError
from providers.text import Foreign

NAME: Final = "rollback-api"
_UNHEARD: Final = "the second request was not sent, or nobody heard its answer"
ON: Final = "true"
OFF: Final = "false"

_NOT_UNDONE: Final = "not undone: migrations, variables (today's hold), cron jobs"


class RollbackApi(RenderVerb):
    """Back to an old build, and autodeploy off where that is wanted."""

    name: str = NAME
    settle_s: float = 600.0

    async def look(self, target: Target, parameters: Mapping[str, str]) -> RenderLook:
        """The service, and the deploy that is named where it is not among the newest."""
        look = await super().look(target, parameters)
        asked = parameters.get("to", "")
        if not asked or look.deploy(asked) is not None:
            return look
        try:
            found = await RenderReads(look.place).deploy(look.details, asked)
        except (NotFound, ValueError):
            raise Unplannable(
                f"Render knows no deploy {Foreign(asked).line(60)} of this service: "
                "it is gone, or another service's"
            ) from None
        return replace(look, deploys=(*look.deploys, found))

    def planned(self, target: Target, look: RenderLook, parameters: Mapping[str, str]) -> Plan:
        """Where to, by which requests."""
        to = _wanted(look, parameters.get("to", ""))
        off = parameters.get("autodeploy-off", ON) == ON and not is_off(look.details)
        back = is_older(to, look.live, look.deploys)
        place = look.place
        steps = [step(place, "roll back", "/rollback", {"deployId": to.id})]
        steps += [switch_step(place, look.details, on=False)] if off else []
        return Plan(
            verb=self.name,
            title=f"Roll back {place.title}" if back else f"Roll {place.title} forward",
            target=target,
            parameters=(("to", to.id), ("autodeploy-off", ON if off else OFF)),
            steps=tuple(steps),
            changes=tuple(_changes(look, to, off=off)),
            pins=(*service_pins(look), *made_pins(look, to, "rollback")),
            effects=effects_of(look, "instance is replaced", "instances are replaced in turn"),
            side_effects=tuple(_side_effects(look, off=off)),
            undo=_undo(target, look),
            no_undo="" if look.live else "nothing is live that could be put back",
            remains=(_remains(place, look),) if off else (),
            watches=place.watches,
            needs=(NEEDS,),
            sources=place.sources,
            takes_s=90.0,
            look_at=look.details.service.dashboard_url,
        )

    def checked(self, look: RenderLook, plan: Plan) -> Iterator[Precondition]:
        """The service, the candidate, and what lies between."""
        yield from whose(look)
        yield from runs(look, what="be rolled back", without=("cron_job", "static_site"))
        yield idle(look)
        parameters = dict(plan.parameters)
        to = _wanted(look, parameters["to"])
        yield _was_live(look, to)
        if same(to, look.live):
            yield Checked(at=look.at).warns("same", "it is of the commit that serves now")
        if is_older(to, look.live, look.deploys):
            yield migrations(look.at, between(look.deploys, to, look.live))
        if parameters["autodeploy-off"] == OFF and not is_off(look.details):
            words = "autodeploy stays on: the next push brings the bad commit back"
            yield Checked(at=look.at).warns("autodeploy", words)

    async def send(self, plan: Plan, key: str) -> Sent:
        """The rollback; then, once it was taken, autodeploy off."""
        del key
        place = self.place(plan.target)
        first, *others = http_steps(plan)
        answer = await place.send(first)
        made = made_id(answer.value)
        words = f"{answer.status} accepted, deploy {made or 'without an id'}"
        marks = [("deploy", made)]
        for one in others:
            trouble = await _second(place, one)
            marks.append(("autodeploy", trouble))
            words += f"; {trouble or 'autodeploy turned off'}"
        return Sent(answer=answer_id(answer), words=words, marks=tuple(marks))

    async def read_back(self, reads: RenderReads, plan: Plan, sent: Sent | None) -> Settled:
        """The new deploy, and whether autodeploy is as it should be."""
        made = await made_deploy(reads, plan, sent)
        if dict(plan.parameters)["autodeploy-off"] == OFF:
            return landed(made)
        trouble = dict(sent.marks).get("autodeploy", "") if sent is not None else _UNHEARD
        details = await reads.details()
        found = landed(made, f"; {off_words(details, trouble)}")
        return replace(found, left=is_off(details))


def _wanted(look: RenderLook, asked: str) -> DeployReading:
    """The deploy that is named, else the last that was live before."""
    found = look.deploy(asked) if asked else before(look.deploys, look.live)
    if found is None:
        raise Unplannable(f"no deploy of {look.place.title} was live before the one that is")
    return found


async def _second(place: Place, one: HttpStep) -> str:
    """Send it; what went wrong, in words, or nothing."""
    try:
        await place.send(one)
    except ProviderError as error:
        known = "was not turned off" if is_certain(error) else "may not be off"
        return f"autodeploy {known}: {error_words(error)}"
    return ""


def _changes(look: RenderLook, to: DeployReading, *, off: bool) -> Iterator[Change]:
    before_it = f"{label(look.live, FEW_WORDS)} ({look.live.id})" if look.live else "nothing"
    yield Change(
        field="serves",
        before=Foreign(before_it),
        after=Foreign(f"{label(to, FEW_WORDS)} ({to.id} anew)"),
    )
    if off:
        trigger = trigger_of(look.details)
        yield Change(field="autodeploy", before=Foreign(f"on: {trigger}"), after=Foreign("off"))


def _side_effects(look: RenderLook, *, off: bool) -> Iterator[str]:
    yield _NOT_UNDONE
    yield "a new deploy of that build: nothing is built"
    if off:
        yield "should the second request fail, the rollback goes on with autodeploy on"
    elif is_off(look.details):
        yield "autodeploy is off, and stays off"


def _was_live(look: RenderLook, to: DeployReading) -> Precondition:
    checks = Checked(at=look.at)
    if look.live is not None and to.id == look.live.id:
        return checks.blocks("was-live", f"{label(to)} is what serves now")
    if to.state is not DeployState.PREVIOUS:
        return checks.blocks(
            "was-live", f"{label(to)} was never live: it is {to.vendor_state.line(30)}"
        )
    age = age_words((look.at.at - to.live_at).total_seconds()) if to.live_at else "some time ago"
    return checks.met("was-live", f"{short(to.commit) or to.id} was live before (went live {age})")


def _undo(target: Target, look: RenderLook) -> Undo | None:
    if look.live is None:
        return None
    return Undo(
        verb=NAME,
        target=target,
        parameters=(("to", look.live.id), ("autodeploy-off", OFF)),
        words=f"put {label(look.live)} back",
    )


def _remains(place: Place, look: RenderLook) -> Remaining:
    undo = Undo(
        verb="autodeploy-on",
        target=service_target(place),
        parameters=(("trigger", trigger_of(look.details)),),
        words=f"turn autodeploy of {place.title} on again",
    )
    return Remaining(words=f"autodeploy of {place.title} is off: no push goes live", undo=undo)
