"""Restarts a Render service: its instances are replaced, the build stays.

Source: `POST /services/{id}/restart`, which answers without a body. That it happened shows as the
event `server_restarted`, not as a deploy.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

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
from actions.hosting.render_restarts import NOT_SO_FAR, newer, ours
from actions.plan import Change, Danger, Plan, Target
from actions.verbs import Sent, Settled, State
from monitor.words import clock_words
from providers.errors import ProviderError
from providers.parts import tried
from providers.text import Foreign

NAME: Final = "restart-api"


class RestartApi(RenderVerb):
    """New instances of the same build."""

    name: str = NAME

    async def look(self, target: Target, parameters: Mapping[str, str]) -> RenderLook:
        """The service, with its restarts so far."""
        look = await super().look(target, parameters)
        restarts = await RenderReads(look.place).restarts()
        return replace(look, restarts=restarts)

    def planned(self, target: Target, look: RenderLook, parameters: Mapping[str, str]) -> Plan:
        """One request; what is pinned is the last restart."""
        del parameters
        place, wanted = look.place, look.details.wanted
        alone = wanted is not None and wanted <= 1
        before = "as they run" if wanted is None else str(wanted)
        return Plan(
            verb=self.name,
            title=f"Restart {place.title}",
            target=target,
            steps=(step(place, "restart", "/restart"),),
            changes=(
                Change(field="instances", before=Foreign(before), after=Foreign(f"{before}, anew")),
            ),
            pins=(
                *service_pins(look),
                ("restarted", look.restarts[0].id if look.restarts else ""),
            ),
            effects=effects_of(look, "instance is replaced", "instances are replaced"),
            side_effects=tuple(_side_effects(alone=alone)),
            no_undo="a restart can not be taken back",
            watches=place.watches,
            needs=(NEEDS,),
            danger=Danger.OUTAGE if alone else Danger.CHANGE,
            sources=place.sources,
            takes_s=60.0,
            look_at=look.details.service.dashboard_url,
        )

    def checked(self, look: RenderLook, plan: Plan) -> Iterator[Precondition]:
        """Of a kind that restarts, running, and nothing under way."""
        del plan
        yield from whose(look)
        yield from runs(look, what="be restarted", without=("cron_job", "static_site"))
        yield idle(look)

    async def read_back(self, reads: RenderReads, plan: Plan, sent: Sent | None) -> Settled:
        """The event that was not there before; where the answer was lost, only if it is ours."""
        since = newer(await reads.restarts(), plan.pinned["restarted"])
        if sent is None:
            whose_key = await tried(reads.key_of())
            known = "" if isinstance(whose_key, ProviderError) else whose_key.text
            found = ours(since, plan.request, known)
            if isinstance(found, Settled):
                return found
        elif since:
            found = since[0]
        else:
            return NOT_SO_FAR
        instances = await reads.instances()
        words = f"restarted at {clock_words(found.at)}, {len(instances)} instances run"
        return Settled(state=State.DONE, words=words)


def _side_effects(*, alone: bool) -> Iterator[str]:
    yield "requests under way have 30 s to end unless the service is set otherwise"
    yield "what it keeps in memory is lost; the same build starts again"
    if alone:
        yield "one instance alone: users may meet a gap"
