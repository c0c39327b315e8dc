"""PagerDuty as it is now: who would act, what an incident and a service are like.

Source: PagerDuty REST v2. Every write names who acts in the header `From`; the key of a person acts
as that person whatever it says.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from actions.guard_values import Precondition
from actions.http_steps import http_step
from actions.plan import HttpStep
from actions.vendors.spots import Spot
from actions.verbs import Unplannable
from providers.errors import BadAnswer, NotFound
from providers.fields import Fields
from providers.pagerduty import HEADERS
from providers.pagerduty_account import READ_ONLY_ROLES
from providers.pagerduty_mapping import SYSTEM, Incident, incident_of
from providers.text import EMPTY, Foreign
from providers.vendor import segment

NO_SENDER: Final = (
    "nobody to act as: set actions.pagerduty.from to an e-mail address of the account, or "
    "settings.operator to yours"
)


class PagerSpot(Spot, frozen=True, kw_only=True):
    """One system of PagerDuty."""

    sender: str
    """E-mail address for the header `From`; empty: none is configured."""

    services: tuple[str, ...]
    """Names or ids of those that are watched; empty: all."""

    def step(self, title: str, method: str, path: str, json: object) -> HttpStep:
        """A write as it will be sent."""
        headers = (("Accept", HEADERS["Accept"]), ("From", self.sender))
        return http_step(self.url, title, method, path, json=json, headers=headers)

    async def read(
        self, operation: str, path: str, params: Sequence[tuple[str, str]] = ()
    ) -> Fields:
        """Ask for something.

        Raises:
            ProviderError: It could not be read.
        """
        answer = await self.api.get(operation, path, params=params, headers=HEADERS)
        return Fields(answer.value, SYSTEM, operation)


class Case(Struct, frozen=True, kw_only=True):
    """An incident with what matters before it is changed."""

    incident: Incident
    service_id: str
    policy_id: str

    @property
    def holders(self) -> str:
        """Who acknowledged it."""
        return ", ".join(name.line(60) for name in self.incident.acknowledged_by)


class Paging(Struct, frozen=True, kw_only=True):
    """A service with how it pages."""

    id: str
    name: Foreign
    status: str
    policy_id: str
    policy: Foreign
    acknowledged_s: int | None
    """After so long an acknowledgement ends; None: never."""

    url: str


async def case_of(spot: PagerSpot, incident: str) -> Case:
    """Read one incident.

    Raises:
        Unplannable: There is none.
        ProviderError: It could not be read.
    """
    fields = await _one(spot, "incident", incident)
    service, policy = fields.fields("service"), fields.optional_fields("escalation_policy")
    return Case(
        incident=incident_of(fields),
        service_id=service.word("id"),
        policy_id=(policy.optional_word("id") if policy else None) or "",
    )


async def paging_of(spot: PagerSpot, service: str) -> Paging:
    """Read one service.

    Raises:
        Unplannable: There is none.
        ProviderError: It could not be read.
    """
    fields = await _one(spot, "service", service)
    policy = fields.fields("escalation_policy")
    return Paging(
        id=service,
        name=fields.optional_text("name") or fields.text("summary"),
        status=fields.word("status", "unknown"),
        policy_id=policy.word("id"),
        policy=policy.optional_text("summary") or Foreign(policy.word("id")),
        acknowledged_s=fields.optional_integer("acknowledgement_timeout"),
        url=fields.text("html_url", EMPTY).line(200),
    )


async def _one(spot: PagerSpot, kind: str, id_: str) -> Fields:
    """What PagerDuty says of one thing, held against its id."""
    try:
        found = await spot.read(f"read {kind}", f"/{kind}s/{segment(id_)}")
    except NotFound as error:
        raise Unplannable(f"there is no such {kind}: {error.sentence}") from None
    fields = found.fields(kind)
    if fields.word("id") != id_:
        raise Unplannable(f"PagerDuty answered with another {kind}")
    return fields


async def acting(spot: PagerSpot) -> tuple[Precondition, ...]:
    """Whether the key may write, and as whom, as far as PagerDuty tells.

    Raises:
        ProviderError: It did not say.
    """
    if not spot.sender:
        return (spot.checks.unless("sender", NO_SENDER, ""),)
    try:
        me = (await spot.read("read user", "/users/me")).fields("user")
    except BadAnswer as error:
        # What PagerDuty answers to the key of an account: it belongs to nobody.
        if "(HTTP 400)" not in error.reason:
            raise
        words = f"acts as {spot.sender}; PagerDuty does not tell whether the key may write"
        return (spot.checks.warns_if("key", words, ""),)
    role, email = me.word("role", "unknown"), me.text("email", EMPTY).line(120)
    name = (me.optional_text("name") or me.text("summary", EMPTY)).line(60)
    reads = f"its key only reads: {name} is {role}" if role in READ_ONLY_ROLES else ""
    other = email.lower() != spot.sender.lower() if email else False
    stands = f"the key acts as {name}, and not as {spot.sender}" if other else ""
    return (
        spot.checks.unless("key", reads, f"the key may write ({role})"),
        spot.checks.warns_if("sender", stands, f"it acts as {spot.sender}"),
    )


def watched(spot: PagerSpot, service: Paging) -> Precondition:
    """Whether a service is one of those that the configuration names."""
    named = {each.casefold() for each in spot.services}
    known = not named or {service.id.casefold(), service.name.text.casefold()} & named
    trouble = "" if known else f"{service.name.line(60)} is no service of {spot.place}"
    return spot.checks.unless("service", trouble, f"service {service.name.line(60)}")
