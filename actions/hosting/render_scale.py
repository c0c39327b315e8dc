"""Sets the number of instances of a Render service.

Source: `POST /services/{id}/scale`. It is accepted and ignored while autoscaling is on, so that is
looked at first; what it came to is read back.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
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
from actions.hosting.render_reads import RenderLook, RenderReads
from actions.plan import Change, Plan, Target, Undo
from actions.preconditions import Checked
from actions.verbs import Sent, Settled, State, Unplannable
from monitor.words import noun
from providers.text import Foreign

NAME: Final = "scale-api"
MOST: Final = 100
"""Render takes no more."""

_MANY_TIMES: Final = 3
"""More than so many times what runs now is worth a second look."""


class ScaleApi(RenderVerb):
    """More instances, or fewer."""

    name: str = NAME

    def planned(self, target: Target, look: RenderLook, parameters: Mapping[str, str]) -> Plan:
        """From how many to how many."""
        place, before = look.place, look.details.wanted
        count = wanted_count(parameters.get("instances", ""))
        word = "not known" if before is None else str(before)
        return Plan(
            verb=self.name,
            title=f"Scale {place.title} to {count}",
            target=target,
            parameters=(("instances", str(count)),),
            steps=(step(place, "scale", "/scale", {"numInstances": count}),),
            changes=(Change(field="instances", before=Foreign(word), after=Foreign(str(count))),),
            pins=(*service_pins(look), ("instances", word)),
            effects=effects_of(look, "instance runs now", "instances run now"),
            side_effects=tuple(_side_effects(before, count)),
            undo=None
            if before is None
            else Undo(
                verb=NAME,
                target=target,
                parameters=(("instances", str(before)),),
                words=f"scale back to {before}",
            ),
            no_undo="how many there were is not known" if before is None else "",
            watches=place.watches,
            needs=(NEEDS,),
            sources=place.sources,
            takes_s=60.0,
            look_at=look.details.service.dashboard_url,
        )

    def checked(self, look: RenderLook, plan: Plan) -> Iterator[Precondition]:
        """Autoscaling is off, and it would change anything."""
        checks, count = Checked(at=look.at), int(dict(plan.parameters)["instances"])
        yield from whose(look)
        yield from runs(look, what="be scaled", without=("cron_job", "static_site"))
        scaling = look.details.service.autoscaling
        yield checks.either(
            "autoscaling",
            holds=scaling is None,
            met="autoscaling is off",
            otherwise=""
            if scaling is None
            else f"autoscaling is on ({scaling[0]} to {scaling[1]}): Render would ignore it",
        )
        yield checks.either(
            "differs",
            holds=look.details.wanted != count,
            met=f"it is set to {look.details.wanted} now",
            otherwise=f"it is set to {count} already",
        )
        before = look.details.wanted
        if before is not None and count > _MANY_TIMES * max(before, 1):
            yield checks.warns("many", f"{count} is {count / max(before, 1):.0f} times what it was")
        yield idle(look)

    async def read_back(self, reads: RenderReads, plan: Plan, sent: Sent | None) -> Settled:
        """What it is set to, and how many run."""
        del sent
        count = int(dict(plan.parameters)["instances"])
        details, instances = await reads.details(), await reads.instances()
        words = f"set to {details.wanted}, {len(instances)} run"
        if details.wanted != count:
            return Settled(state=State.PENDING, words=words)
        state = State.DONE if len(instances) == count else State.UNDER_WAY
        return Settled(state=state, words=words)


def wanted_count(said: str) -> int:
    """The number that is asked for.

    Raises:
        Unplannable: It is none, or not one that Render takes.
    """
    plain = said.strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 3):
        raise Unplannable(f"instances: a whole number from 1 to {MOST}")
    count = int(plain)
    if not 1 <= count <= MOST:
        raise Unplannable(f"instances: from 1 to {MOST}, not {count}")
    return count


def _side_effects(before: int | None, count: int) -> Iterator[str]:
    if before is not None and count < before:
        ended = before - count
        many = f"{ended} instances end, with the requests they are at"
        yield noun(ended, "1 instance ends, with the requests it is at", many)
    else:
        yield "each instance is paid for, and opens its own database connections"
    yield "Render keeps the number over deploys; its plan may allow fewer than asked for"
