"""What is looked at before production of a Vercel project is moved; pure."""

from collections.abc import Iterator
from typing import Final

from actions.guard_values import Precondition
from actions.hosting.candidates import before, label
from actions.hosting.vercel_reads import VercelLook
from actions.preconditions import Checked
from monitor.words import age_words
from providers.deploy_readings import DeployState
from providers.errors import ProviderError
from providers.vercel_mapping import PRODUCTION, Deployment

_MAY: Final = frozenset({"OWNER", "MEMBER"})
_MAY_NOT: Final = frozenset({"VIEWER", "VIEWER_FOR_PLUS", "BILLING"})
"""Roles of a team that may never change production; others depend on the project."""


def owned(look: VercelLook) -> Iterator[Precondition]:
    """The right team and project, and a token that may."""
    checks, place = Checked(at=look.at), look.place
    owner = look.owner_id or "nobody"
    yield checks.either(
        "project",
        holds=not place.team or look.owner_id == place.team,
        met=f"project {look.name.line(60)} ({look.project.id}) of {owner}",
        otherwise=f"the project is of {owner}, not of {place.team}",
    )
    named = look.named
    if named is not None:
        theirs = named.deployment.project_id
        same = theirs == look.project.id and named.owner_id in {"", look.owner_id}
        yield checks.either(
            "own",
            holds=same,
            met="the deployment is one of this project",
            otherwise=f"the deployment is of another project ({theirs or 'not said'})",
        )
    yield _right(look)


def _right(look: VercelLook) -> Precondition:
    checks = Checked(at=look.at)
    if isinstance(look.user, ProviderError):
        return checks.unknown("right", f"whose token this is: {look.user.reason}")
    who = look.user.line(60)
    if look.role in _MAY:
        return checks.met("right", f"the token is {who}'s, {look.role.lower()} of the team")
    if look.role in _MAY_NOT:
        return checks.blocks("right", f"{who} is {look.role.lower()} of the team: may not do this")
    if look.role:
        role = look.role.lower().replace("_", " ")
        return checks.warns("right", f"{who} is {role} of the team: may be refused")
    # Without a role nothing is told that anybody could decide by.
    return checks.met("right", f"the token is {who}'s")


def ready(look: VercelLook, to: Deployment, *, back: bool) -> Iterator[Precondition]:
    """The deployment can serve production, and does not."""
    checks, said = Checked(at=look.at), label(look.reading(to))
    yield checks.either(
        "production",
        holds=to.target == PRODUCTION,
        met="built for production",
        otherwise=f"{said} is a build for {to.target}, with other variables: deploy it instead",
    )
    state = to.ready_state.line(20)
    yield checks.either(
        "ready",
        holds=to.mapped is DeployState.READY,
        met=f"{said} is ready",
        otherwise=f"{said} can not serve: it is {state}",
    )
    yield checks.either(
        "other",
        holds=to.id != look.live_id,
        met="it is not what serves now",
        otherwise=f"{said} is what serves now",
    )
    if to.served:
        live_at = look.reading(to).live_at
        age = age_words((look.at.at - live_at).total_seconds()) if live_at else "some time ago"
        yield checks.met("was-live", f"it served production before (went live {age})")
    else:
        yield checks.warns("was-live", f"{said} never served production: promoting is no way back")
    if back and look.named is not None and look.named.hobby:
        yield _one_step(look, to)


def _one_step(look: VercelLook, to: Deployment) -> Precondition:
    """On the smallest plan only the last one can be gone back to."""
    checks, last = Checked(at=look.at), before(look.readings(), look.live)
    if last is not None and last.id == to.id:
        return checks.met("plan", "the Hobby plan goes back one deployment, and this is the one")
    return checks.blocks("plan", "the Hobby plan goes back one deployment only (HTTP 402)")


def aside(look: VercelLook, *, back: bool) -> Iterator[Precondition]:
    """Nothing else moves production."""
    checks, request = Checked(at=look.at), look.project.request
    moving = request is not None and request.under_way
    kind = request.kind.line(20) if request is not None else ""
    yield checks.either(
        "idle",
        holds=not moving,
        met="no promote or rollback is under way",
        otherwise=f"a {kind} is under way: Vercel would refuse another (HTTP 409)",
    )
    if look.release is not None and look.release.state.text == "ACTIVE":
        yield checks.blocks("rolling", "a rolling release is under way: end it at Vercel first")
    building = [one for one in look.deployments if look.reading(one).state.running]
    if building:
        then = "it will not go live by itself" if back else "it takes over when it is ready"
        yield checks.warns("building", f"a build for production is under way: {then}")
    if look.project.paused:
        yield checks.warns("paused", "the project is paused and serves nothing, either way")
