"""Resolving an issue of Sentry, and opening it again.

Source: Sentry's "Update an issue". Only ever one issue by its id: the call for many acts, without
ids, on everything that matches its query.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from actions.guard_values import Precondition
from actions.plan import Change, Danger, Effect, Plan, Target, Undo
from actions.vendors.spots import Spot, Spots
from actions.vendors.steps import carried_out, request
from actions.verbs import Pinned, Sent, Settled, State, Unplannable
from providers.errors import NotFound
from providers.fields import Fields, list_items
from providers.sentry_counts import SYSTEM
from providers.text import EMPTY, Foreign
from providers.vendor import https_url, segment

RESOLVE: Final = "resolve-issue"
UNRESOLVE: Final = "unresolve-issue"
WRITING: Final = frozenset({"event:write", "event:admin"})
_FLAGS: Final = {"": False, "false": False, "true": True}


class SentrySpot(Spot, frozen=True, kw_only=True):
    """One system of Sentry."""

    organization: str
    projects: tuple[str, ...]
    """Slugs or ids of those that are watched; empty: all."""

    async def read(self, operation: str, path: str) -> Fields:
        """Ask for something of the organisation.

        Raises:
            ProviderError: It could not be read.
        """
        answer = await self.api.get(operation, f"{self.root}{path}")
        return Fields(answer.value, SYSTEM, operation)

    @property
    def root(self) -> str:
        """Where everything of the organisation is."""
        return f"/api/0/organizations/{segment(self.organization)}"


class Issue(Struct, frozen=True, kw_only=True):
    """One issue as it is now."""

    id: str
    short_id: Foreign
    title: Foreign
    status: str
    substatus: str
    in_next_release: bool
    project: str
    project_id: str
    events: float | None
    users: int | None
    last_seen: datetime | None
    url: str


async def issue_of(spot: SentrySpot, id_: str) -> Issue:
    """Read one issue.

    Raises:
        Unplannable: There is none, or that is no id.
        ProviderError: It could not be read.
    """
    if not (id_.isascii() and id_.isdigit() and len(id_) <= 30):
        raise Unplannable("that is no id of an issue: a number, as at the end of its address")
    try:
        fields = await spot.read("read issue", f"/issues/{id_}/")
    except NotFound as error:
        raise Unplannable(f"there is no such issue: {error.sentence}") from None
    if fields.word("id") != id_:
        raise Unplannable("Sentry answered with another issue: it was merged into that one")
    project, details = fields.fields("project"), fields.optional_fields("statusDetails")
    return Issue(
        id=id_,
        short_id=fields.text("shortId"),
        title=fields.text("title", EMPTY),
        status=fields.word("status"),
        substatus=fields.optional_word("substatus") or "",
        in_next_release=bool(details and details.flag("inNextRelease", default=False)),
        project=project.word("slug"),
        project_id=project.word("id"),
        events=_count(fields.optional_word("count")),
        users=fields.optional_integer("userCount"),
        last_seen=fields.optional_moment_iso("lastSeen"),
        url=https_url(fields.text("permalink", EMPTY).text),
    )


def _count(said: str | None) -> float | None:
    """Sentry writes it as text."""
    return float(said) if said and said.isdecimal() and len(said) < 16 else None


async def _scopes(spot: SentrySpot) -> tuple[str, ...] | None:
    """What the token may do in the organisation; None where Sentry does not list it."""
    operation = "list organisations"
    answer = await spot.api.get(operation, "/api/0/organizations/")
    for one in list_items(answer.value, SYSTEM, operation):
        if one.text("slug").text == spot.organization:
            return one.words("access") or None
    return None


class _SetStatus:
    """Sets the status of one issue.

    Args:
        spots: The organisations.
    """

    name = ""
    title = ""
    wanted = ""
    back = ""
    settle_s = 20.0

    def __init__(self, spots: Spots[SentrySpot]) -> None:
        self._spots = spots

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`."""
        spot, rest = self._spots.of(target)
        chosen = self._chosen(parameters)
        found = await issue_of(spot, rest)
        body: dict[str, object] = {"status": self.wanted}
        if chosen.get("in-next-release") == "true":
            body["statusDetails"] = {"inNextRelease": True}
        return self._plan(spot, target, found, chosen, body)

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        spot, rest = self._spots.of(plan.target)
        again = await self.plan(plan.target, dict(plan.parameters))
        found = await issue_of(spot, rest)
        scopes = await _scopes(spot)
        return Pinned(plan=again, preconditions=tuple(self._preconditions(spot, found, scopes)))

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`; Sentry has no idempotency key, and setting a status twice is once."""
        del key
        spot, _ = self._spots.of(plan.target)
        await carried_out(spot, plan, self.title.lower())
        return Sent(words="taken")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: what the issue says of itself."""
        del sent
        spot, rest = self._spots.of(plan.target)
        found = await issue_of(spot, rest)
        words = f"Sentry says that it is {_state(found)}"
        return Settled(
            state=State.DONE if found.status == self.wanted else State.PENDING, words=words
        )

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        """See `Verb.undo`."""
        del sent
        return plan.undo

    def _chosen(self, parameters: Mapping[str, str]) -> dict[str, str]:
        del parameters
        return {}

    def _besides(self, chosen: Mapping[str, str]) -> Iterator[str]:
        raise NotImplementedError

    def _plan(
        self,
        spot: SentrySpot,
        target: Target,
        found: Issue,
        chosen: Mapping[str, str],
        body: object,
    ) -> Plan:
        at = spot.clock.now().at
        unknown = "Sentry does not say"
        return Plan(
            verb=self.name,
            title=f"{self.title} {found.short_id.line(40)}",
            target=target,
            parameters=tuple(chosen.items()),
            steps=(
                request(
                    spot,
                    f"mark it {self.wanted}",
                    "PUT",
                    f"{spot.root}/issues/{found.id}/",
                    json=body,
                ),
            ),
            changes=(
                Change(
                    field="status",
                    before=Foreign(_state(found)),
                    after=Foreign(_wanted(self.wanted, chosen)),
                ),
            ),
            pins=(
                ("issue", found.id),
                ("project", found.project),
                ("status", found.status),
                ("in next release", str(found.in_next_release).lower()),
            ),
            effects=(
                Effect(
                    words="events so far",
                    number=found.events,
                    reason="" if found.events is not None else unknown,
                    measured_at=at,
                ),
                Effect(
                    words="users hit",
                    number=found.users,
                    reason="" if found.users is not None else unknown,
                    measured_at=at,
                ),
            ),
            side_effects=tuple(self._besides(chosen)),
            undo=Undo(verb=self.back, target=target, words=f"{_BACK[self.back]} it again"),
            needs=("event:write", "org:read"),
            danger=Danger.LIGHT,
            sources=(spot.source,),
            cool_down_s=15.0,
            look_at=found.url,
        )

    def _preconditions(
        self, spot: SentrySpot, found: Issue, scopes: tuple[str, ...] | None
    ) -> Iterator[Precondition]:
        lacks = scopes is not None and not WRITING & set(scopes)
        unlisted = "Sentry does not list the token's scopes"
        yield spot.unless(
            "scope",
            "the token lacks the scope event:write" if lacks else "",
            unlisted if scopes is None else "the token has event:write",
        )
        known = not spot.projects or {found.project, found.project_id} & set(spot.projects)
        other = "" if known else f"project {found.project} is none of {spot.place}"
        yield spot.unless("project", other, f"project {found.project}")
        already = f"it is {_state(found)} already" if found.status == self.wanted else ""
        yield spot.unless("status", already, f"it is {_state(found)}")


class ResolveIssue(_SetStatus):
    """Marks an issue resolved, at once or with the next release."""

    name = RESOLVE
    title = "Resolve"
    wanted = "resolved"
    back = UNRESOLVE

    def _chosen(self, parameters: Mapping[str, str]) -> dict[str, str]:
        said = parameters.get("in-next-release", "")
        if said not in _FLAGS:
            raise Unplannable("in-next-release is true or false")
        return {"in-next-release": str(_FLAGS[said]).lower()}

    def _besides(self, chosen: Mapping[str, str]) -> Iterator[str]:
        if chosen["in-next-release"] == "true":
            yield "only an event of a later release opens it again"
        else:
            yield "the next event opens it again, as a regression"
        yield "whoever follows it is told"


class UnresolveIssue(_SetStatus):
    """Opens an issue again."""

    name = UNRESOLVE
    title = "Open again"
    wanted = "unresolved"
    back = RESOLVE

    def _besides(self, chosen: Mapping[str, str]) -> Iterator[str]:
        del chosen
        yield "whoever follows it is told"


_BACK: Final = {RESOLVE: "resolve", UNRESOLVE: "open"}


def _state(found: Issue) -> str:
    if found.status == "resolved" and found.in_next_release:
        return "resolved in the next release"
    return f"{found.status} ({found.substatus})" if found.substatus else found.status


def _wanted(status: str, chosen: Mapping[str, str]) -> str:
    later = chosen.get("in-next-release") == "true"
    return f"{status} in the next release" if later else status
