"""What an operator wants to page for, and whom that calls."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from actions.vendors.pager import PagerSpot, Paging
from actions.verbs import Unplannable
from providers.pagerduty_mapping import on_call_of
from providers.text import Foreign

URGENCIES: Final = ("high", "low")
LONGEST_TITLE: Final = 200
LONGEST_DETAILS: Final = 2_000


class Wanted(Struct, frozen=True, kw_only=True):
    """What an operator wants to say, and to whom."""

    title: str
    details: str
    urgency: str
    policy: str
    """Id of an escalation policy; empty: the service's own."""

    assignee: str
    """Id of a person; empty: whoever is on call."""

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """In the order of the form."""
        return (
            ("title", self.title),
            ("details", self.details),
            ("urgency", self.urgency),
            ("escalation-policy", self.policy),
            ("assignee", self.assignee),
        )


class Called(Struct, frozen=True, kw_only=True):
    """Who is called first."""

    ids: tuple[str, ...]
    names: str
    policy: Foreign


def wanted_of(parameters: Mapping[str, str]) -> Wanted:
    """What the form says.

    Raises:
        Unplannable: It is incomplete, or contradicts itself.
    """
    title = Foreign(parameters.get("title", "")).line(LONGEST_TITLE)
    wanted = Wanted(
        title=title,
        details=Foreign(parameters.get("details", "").strip()).text[:LONGEST_DETAILS],
        urgency=parameters.get("urgency") or URGENCIES[0],
        policy=parameters.get("escalation-policy", "").strip(),
        assignee=parameters.get("assignee", "").strip(),
    )
    if not title:
        raise Unplannable("say what it is about: title")
    if wanted.urgency not in URGENCIES:
        raise Unplannable("urgency is high or low")
    if wanted.policy and wanted.assignee:
        # Sent together they have landed on a level of the policy that pages nobody.
        raise Unplannable("either an escalation policy or an assignee, not both")
    for id_ in (wanted.policy, wanted.assignee):
        if id_ and not (id_.isascii() and id_.isalnum() and len(id_) <= 40):
            raise Unplannable("escalation-policy and assignee are ids, such as PT20YPA")
    return wanted


async def called_by(spot: PagerSpot, service: Paging, wanted: Wanted) -> Called:
    """Who is called first, as things stand.

    Raises:
        ProviderError: It could not be read.
    """
    policy = wanted.policy or service.policy_id
    if wanted.assignee:
        return Called(ids=(wanted.assignee,), names=wanted.assignee, policy=Foreign("nobody else"))
    found = await spot.read(
        "list on-calls", "/oncalls", [("escalation_policy_ids[]", policy), ("limit", "100")]
    )
    shifts = [on_call_of(one) for one in found.items("oncalls")]
    first = [one for one in shifts if one.level == 1 and one.covers(spot.clock.now().at)]
    people = {one.user_id: one.person.line(60) for one in first}
    name = next((one.policy for one in first if one.policy), Foreign(policy))
    return Called(
        ids=tuple(sorted(people)),
        names=", ".join(people[id_] for id_ in sorted(people)) or "nobody",
        policy=name,
    )
