"""What the verbs of Render have in common: how they look, and what they look at first."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from actions.guard_values import Precondition
from actions.hosting.places import RENDER, Place, Places
from actions.hosting.render_reads import RenderLook, RenderReads
from actions.hosting.stands_on import NO_DATABASE
from actions.http_steps import answer_id, http_step, http_steps
from actions.plan import Effect, HttpStep, Plan, Target
from actions.preconditions import Checked
from actions.verbs import Pinned, Sent, Settled, UndoneAsPlanned
from monitor.words import age_words, noun
from providers.errors import ProviderError
from providers.vendor import segment

NEEDS: Final = "an API key that may deploy in this workspace"


class RenderVerb(UndoneAsPlanned, ABC):
    """One change to one Render service.

    Args:
        places: Of the configuration.
    """

    name: str
    settle_s: float = 300.0

    def __init__(self, places: Places) -> None:
        self.places = places

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """What it would do; see `Verb.plan`."""
        look = await self.look(target, parameters)
        return self.planned(target, look, parameters)

    async def pin(self, plan: Plan) -> Pinned:
        """Look again; see `Verb.pin`."""
        parameters = dict(plan.parameters)
        look = await self.look(plan.target, parameters)
        again = self.planned(plan.target, look, parameters)
        return Pinned(plan=again, preconditions=tuple(self.checked(look, again)))

    async def send(self, plan: Plan, key: str) -> Sent:
        """Send the one request of the plan; Render has no idempotency key."""
        del key
        place = self.place(plan.target)
        (step,) = http_steps(plan)
        answer = await place.send(step)
        return Sent(answer=answer_id(answer), words=f"{answer.status} accepted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """Read back; see `Verb.settled`."""
        return await self.read_back(RenderReads(self.place(plan.target)), plan, sent)

    async def look(self, target: Target, parameters: Mapping[str, str]) -> RenderLook:
        """The service, read afresh."""
        del parameters
        return await RenderReads(self.place(target)).look()

    def place(self, target: Target) -> Place:
        """Where the target is hosted.

        Raises:
            Unplannable: The configuration does not know it.
        """
        return self.places.of_target(target, RENDER)

    @abstractmethod
    def planned(self, target: Target, look: RenderLook, parameters: Mapping[str, str]) -> Plan:
        """The plan for what was seen."""

    @abstractmethod
    def checked(self, look: RenderLook, plan: Plan) -> Iterator[Precondition]:
        """The preconditions of what was seen."""

    @abstractmethod
    async def read_back(self, reads: RenderReads, plan: Plan, sent: Sent | None) -> Settled:
        """How far it has come."""


def step(
    place: Place, title: str, tail: str, body: object = None, method: str = "POST"
) -> HttpStep:
    """One request to the service."""
    path = f"/services/{segment(place.id)}{tail}"
    return http_step(place.base_url, title, method, path, json=body)


def service_pins(look: RenderLook) -> tuple[tuple[str, str], ...]:
    """What has to be as it was: whose service it is, and what serves."""
    return (
        ("service", look.details.service.id),
        ("owner", look.details.owner_id),
        ("live", look.live.id if look.live else ""),
    )


def effects_of(look: RenderLook, one: str, many: str) -> tuple[Effect, ...]:
    """Who is hit, measured now.

    Args:
        look: What was seen.
        one: What becomes of the only running copy, in words.
        many: The same of several.
    """
    at, seen = look.at.at, look.traffic.per_minute
    running = look.instances
    count, why = (
        (None, running.reason) if isinstance(running, ProviderError) else (float(len(running)), "")
    )
    sessions = Effect(
        words=look.sessions.words,
        number=look.sessions.number,
        reason=look.sessions.reason,
        measured_at=at,
    )
    return (
        Effect(
            words="requests a minute",
            number=seen.number,
            reason=seen.reason,
            measured_at=at,
        ),
        Effect(words=noun(count, one, many), number=count, reason=why, measured_at=at),
        # A service that stands on no database has no sessions to be told of.
        *(() if look.sessions is NO_DATABASE else (sessions,)),
    )


def whose(look: RenderLook) -> Iterator[Precondition]:
    """The right service, of the right owner, and whose key it is."""
    checks, details = Checked(at=look.at), look.details
    yield checks.either(
        "service",
        holds=details.service.id == look.place.id,
        met=f"{details.name.line(60)} ({details.service.id}) of {details.owner_id or 'no owner'}",
        otherwise=f"Render answered for {details.service.id}, not for {look.place.id}",
    )
    if isinstance(look.key_of, ProviderError):
        yield checks.unknown("right", f"whose API key this is: {look.key_of.reason}")
        return
    # What a key may do Render says only by refusing: nothing that anybody could decide by.
    yield checks.met("right", f"the key is {look.key_of.line(40)}'s")


def runs(look: RenderLook, *, what: str, without: Sequence[str]) -> Iterator[Precondition]:
    """Not suspended, and of a kind that this can be done to.

    Args:
        look: What was seen.
        what: What is to be done, as in `be restarted`.
        without: Kinds of service it can not be done to.
    """
    checks, details = Checked(at=look.at), look.details
    kind = details.type.replace("_", " ") or "service of an unknown kind"
    yield checks.either(
        "kind",
        holds=bool(details.type) and details.type not in without,
        met=f"a {kind}",
        otherwise=f"a {kind} can not {what}",
    )
    by = ", ".join(details.service.suspenders[:5])
    yield checks.either(
        "not-suspended",
        holds=not details.service.suspended,
        met="not suspended",
        otherwise=f"suspended{f' by {by}' if by else ''}: resume it first",
    )
    if details.service.maintenance:
        yield checks.warns("maintenance", "maintenance mode is on: users see its page either way")


def idle(look: RenderLook) -> Precondition:
    """No deploy is under way."""
    checks = Checked(at=look.at)
    if not look.running:
        return checks.met("idle", "no deploy is running")
    one = look.running[0]
    age = age_words((look.at.at - one.created_at).total_seconds()) if one.created_at else "?"
    words = f"{one.id} is {one.vendor_state.line(30)}, begun {age}"
    return checks.blocks("idle", f"a deploy is running: {words}; cancel it or wait")
