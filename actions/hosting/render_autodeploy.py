"""Turns the autodeploy of a Render service on or off."""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.hosting.autodeploy import COMMIT, TRIGGERS, is_off, switch_step, trigger_of
from actions.hosting.render_base import NEEDS, RenderVerb, runs, whose
from actions.hosting.render_reads import RenderLook, RenderReads
from actions.plan import Change, Danger, Plan, Remaining, Target, Undo
from actions.preconditions import Checked
from actions.verbs import Sent, Settled, State, Unplannable
from providers.text import Foreign

ON_NAME: Final = "autodeploy-on"
OFF_NAME: Final = "autodeploy-off"


class _Switch(RenderVerb):
    """What both ways have in common."""

    on: bool
    settle_s: float = 30.0

    def planned(self, target: Target, look: RenderLook, parameters: Mapping[str, str]) -> Plan:
        """One request to the service."""
        place, details = look.place, look.details
        trigger = _trigger(parameters.get("trigger", "") or COMMIT)
        now = "off" if is_off(details) else f"on: {trigger_of(details)}"
        word = "on" if self.on else "off"
        back = _back(target, look, on=not self.on)
        return Plan(
            verb=self.name,
            title=f"Turn autodeploy of {place.title} {word}",
            target=target,
            parameters=(("trigger", trigger),) if self.on else (),
            steps=(switch_step(place, details, on=self.on, trigger=trigger),),
            changes=(
                Change(
                    field="autodeploy",
                    before=Foreign(now),
                    after=Foreign(f"on: {trigger}" if self.on else "off"),
                ),
            ),
            pins=(("service", details.service.id), ("owner", details.owner_id)),
            side_effects=(_ON_WORDS if self.on else _OFF_WORDS,),
            undo=back,
            remains=()
            if self.on
            else (Remaining(words=f"autodeploy of {place.title} is off", undo=back),),
            needs=(NEEDS,),
            danger=Danger.LIGHT,
            sources=place.sources,
            takes_s=5.0,
            cool_down_s=5.0,
            look_at=details.service.dashboard_url,
        )

    def checked(self, look: RenderLook, plan: Plan) -> Iterator[Precondition]:
        """It would change anything."""
        del plan
        checks, off = Checked(at=look.at), is_off(look.details)
        yield from whose(look)
        yield from (
            one
            for one in runs(look, what="deploy by itself", without=())
            if one.name != "not-suspended"
        )
        if not self.on:
            yield checks.either("differs", holds=not off, met="it is on", otherwise="it is off")
        elif off:
            yield checks.met("differs", "it is off")
        else:
            # Somebody turned it on elsewhere: to say so again is how the banner is ended.
            yield checks.warns("differs", "it is on already: this changes nothing at Render")

    async def read_back(self, reads: RenderReads, plan: Plan, sent: Sent | None) -> Settled:
        """What the service says now."""
        del plan, sent
        details = await reads.details()
        off = is_off(details)
        words = "autodeploy is off" if off else f"autodeploy is on: {trigger_of(details)}"
        return Settled(state=State.DONE if off is not self.on else State.PENDING, words=words)


_ON_WORDS: Final = "the next push to its branch is deployed by itself; nothing is deployed now"
_OFF_WORDS: Final = "no push is deployed by itself until it is on again; nothing is deployed now"


class AutodeployOn(_Switch):
    """Pushes are deployed again."""

    name: str = ON_NAME
    on: bool = True


class AutodeployOff(_Switch):
    """Pushes are not deployed any more."""

    name: str = OFF_NAME
    on: bool = False


def _back(target: Target, look: RenderLook, *, on: bool) -> Undo:
    if not on:
        return Undo(verb=OFF_NAME, target=target, words="turn autodeploy off again")
    trigger = trigger_of(look.details)
    return Undo(
        verb=ON_NAME,
        target=target,
        parameters=(("trigger", trigger),),
        words=f"turn autodeploy on again ({trigger})",
    )


def _trigger(said: str) -> str:
    if said not in TRIGGERS:
        raise Unplannable(f"trigger: {' or '.join(TRIGGERS)}, not {Foreign(said).line(20)}")
    return said
