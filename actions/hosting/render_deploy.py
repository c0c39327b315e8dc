"""Deploys one commit of a Render service, out of those that were deployed before.

Source: `POST /services/{id}/deploys`: 201 with the deploy, or 202 without a body where it waits
behind another. It leaves autodeploy as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.hosting.candidates import between, is_older, label, same
from actions.hosting.migrations import migrations
from actions.hosting.places import short
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
from actions.plan import Change, Plan, Target, Undo
from actions.preconditions import Checked
from actions.verbs import Sent, Settled, Unplannable
from providers.deploy_readings import DeployReading
from providers.text import Foreign

NAME: Final = "deploy-commit"
_FEWEST: Final = 7


class DeployCommit(RenderVerb):
    """A build of one commit, and then live."""

    name: str = NAME
    settle_s: float = 1_200.0

    def planned(self, target: Target, look: RenderLook, parameters: Mapping[str, str]) -> Plan:
        """Which commit, with or without what earlier builds left."""
        place = look.place
        found = _known(look, parameters.get("commit", ""))
        clear = parameters.get("clear-cache", "false") == "true"
        body = {
            "commitId": found.commit.text,
            "clearCache": "clear" if clear else "do_not_clear",
        }
        return Plan(
            verb=self.name,
            title=f"Deploy {short(found.commit)} to {place.title}",
            target=target,
            parameters=(
                ("commit", found.commit.text),
                ("clear-cache", "true" if clear else "false"),
            ),
            steps=(step(place, "deploy", "/deploys", body),),
            changes=(Change(field="serves", before=label(look.live), after=label(found)),),
            pins=(*service_pins(look), *made_pins(look, found, "api")),
            effects=effects_of(
                look,
                "instance is replaced once it is built",
                "instances are replaced once it is built",
            ),
            side_effects=tuple(_side_effects(look, clear=clear)),
            undo=_undo(target, look),
            no_undo="" if look.live else "nothing is live that could be put back",
            watches=place.watches,
            needs=(NEEDS,),
            sources=place.sources,
            takes_s=300.0,
            look_at=look.details.service.dashboard_url,
        )

    def checked(self, look: RenderLook, plan: Plan) -> Iterator[Precondition]:
        """Nothing else is deploying, and what it would take back."""
        checks = Checked(at=look.at)
        found = _known(look, dict(plan.parameters)["commit"])
        yield from whose(look)
        yield from runs(look, what="be given a commit", without=("cron_job",))
        yield idle(look)
        yield checks.met("known", f"{label(found)} was deployed here before as {found.id}")
        if same(found, look.live):
            yield checks.warns("same", f"{label(found)} is what serves now: it is built again")
        if is_older(found, look.live, look.deploys):
            yield migrations(look.at, between(look.deploys, found, look.live))

    async def send(self, plan: Plan, key: str) -> Sent:
        """The one request; where it has to wait, Render gives no id."""
        del key
        (only,) = http_steps(plan)
        answer = await self.place(plan.target).send(only)
        made = made_id(answer.value)
        words = f"{answer.status} accepted, {f'deploy {made}' if made else 'it waits for another'}"
        return Sent(answer=answer_id(answer), words=words, marks=(("deploy", made),))

    async def read_back(self, reads: RenderReads, plan: Plan, sent: Sent | None) -> Settled:
        """The new deploy, to its end."""
        return landed(await made_deploy(reads, plan, sent))


def _known(look: RenderLook, asked: str) -> DeployReading:
    """The newest deploy of a commit that is named whole or by its beginning.

    Raises:
        Unplannable: Render never deployed such a commit here, or it could be several.
    """
    wanted = asked.strip().lower()
    plain = len(wanted) >= _FEWEST and all(one in "0123456789abcdef" for one in wanted)
    if not plain:
        raise Unplannable(f"commit: at least {_FEWEST} characters of one that was deployed before")
    found = [one for one in look.deploys if one.commit.text.lower().startswith(wanted)]
    if not found:
        raise Unplannable(f"commit {wanted[:12]} is not among the deploys of {look.place.title}")
    if len({one.commit for one in found}) > 1:
        raise Unplannable(f"commit {wanted[:12]} could be several: say more of it")
    return found[0]


def _side_effects(look: RenderLook, *, clear: bool) -> Iterator[str]:
    yield "it is built first; what serves now serves on until the new build is healthy"
    yield "pre-deploy commands run again, migrations with them; older schemas are not put back"
    if clear:
        yield "the build cache is cleared: it takes longer"
    if look.details.service.auto_deploy:
        yield "autodeploy stays on: the next push replaces it"


def _undo(target: Target, look: RenderLook) -> Undo | None:
    if look.live is None:
        return None
    return Undo(
        verb="rollback-api",
        target=target,
        parameters=(("to", look.live.id), ("autodeploy-off", "false")),
        words=Foreign(f"roll back to {label(look.live)}").line(120),
    )
