"""Resolving an issue of Sentry, and opening it again.

Source: Sentry's "Update an issue". Only ever one issue by its id: the call for many acts, without
ids, on everything that matches its query.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.http_steps import http_step
from actions.plan import Change, Danger, Effect, Plan, Target, Undo
from actions.vendors.sentry import Issue, SentrySpot, issue_of, scopes_of
from actions.vendors.spots import Spots
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import noun
from providers.fields import Fields
from providers.sentry_counts import SYSTEM
from providers.text import Foreign

RESOLVE: Final = "resolve-issue"
UNRESOLVE: Final = "unresolve-issue"
WRITING: Final = frozenset({"event:write", "event:admin"})
_FLAGS: Final = {"": False, "false": False, "true": True}


class _SetStatus(UndoneAsPlanned, ABC):
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
        scopes = await scopes_of(spot)
        return Pinned(plan=again, preconditions=tuple(self._preconditions(spot, found, scopes)))

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`; Sentry has no idempotency key, and setting a status twice is once."""
        del key
        spot, _ = self._spots.of(plan.target)
        answer = await spot.send(plan, self.title.lower())
        now = Fields(answer.value, SYSTEM, self.name).optional_word("status") or ""
        return Sent(words="taken", marks=((_ANSWERED, now),))

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: what the issue says of itself."""
        spot, rest = self._spots.of(plan.target)
        found = await issue_of(spot, rest)
        if found.status != self.wanted and self._came_back(plan, sent, found):
            words = "it was resolved, and an event has opened it again since: it goes on"
            return Settled(state=State.DONE, words=words)
        words = f"Sentry says that it is {_state(found)}"
        return Settled(
            state=State.DONE if found.status == self.wanted else State.PENDING, words=words
        )

    def _came_back(self, plan: Plan, sent: Sent | None, found: Issue) -> bool:
        """Whether it was what was wanted, and is not any more: errors come by the second."""
        del plan, sent, found
        return False

    def _chosen(self, parameters: Mapping[str, str]) -> dict[str, str]:
        del parameters
        return {}

    @abstractmethod
    def _besides(self, chosen: Mapping[str, str]) -> Iterator[str]: ...

    def _plan(
        self,
        spot: SentrySpot,
        target: Target,
        found: Issue,
        chosen: Mapping[str, str],
        body: object,
    ) -> Plan:
        return Plan(
            verb=self.name,
            title=f"{self.title} {found.short_id.line(40)}",
            target=target,
            parameters=tuple(chosen.items()),
            steps=(
                http_step(
                    spot.url,
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
            pins=_pins(found),
            effects=_effects(spot, found),
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
        yield spot.checks.unless(
            "scope",
            "the token lacks the scope event:write" if lacks else "",
            unlisted if scopes is None else "the token has event:write",
        )
        known = not spot.projects or {found.project, found.project_id} & set(spot.projects)
        other = "" if known else f"project {found.project} is none of {spot.place}"
        yield spot.checks.unless("project", other, f"project {found.project}")
        already = f"it is {_state(found)} already" if found.status == self.wanted else ""
        yield spot.checks.unless("status", already, f"it is {_state(found)}")


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

    def _came_back(self, plan: Plan, sent: Sent | None, found: Issue) -> bool:
        if found.substatus != _REGRESSED:
            return False
        answered = {} if sent is None else dict(sent.marks)
        before = plan.changes[0].before.text
        return answered.get(_ANSWERED) == self.wanted or _REGRESSED not in before

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


_REGRESSED: Final = "regressed"
"""Only what was resolved can be."""

_ANSWERED: Final = "answered"
_BACK: Final = {RESOLVE: "resolve", UNRESOLVE: "open"}


def _pins(found: Issue) -> tuple[tuple[str, str], ...]:
    return (
        ("issue", found.id),
        ("project", found.project),
        ("status", found.status),
        ("in next release", str(found.in_next_release).lower()),
    )


def _effects(spot: SentrySpot, found: Issue) -> tuple[Effect, ...]:
    at = spot.clock.now().at
    numbers = (
        (noun(found.events, "event so far", "events so far"), found.events),
        (noun(found.users, "user hit", "users hit"), found.users),
    )
    return tuple(
        Effect(
            words=words,
            number=number,
            reason="" if number is not None else "Sentry does not say",
            measured_at=at,
        )
        for words, number in numbers
    )


def _state(found: Issue) -> str:
    if found.status == "resolved" and found.in_next_release:
        return "resolved in the next release"
    return f"{found.status} ({found.substatus})" if found.substatus else found.status


def _wanted(status: str, chosen: Mapping[str, str]) -> str:
    later = chosen.get("in-next-release") == "true"
    return f"{status} in the next release" if later else status
