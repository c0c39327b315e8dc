"""Paging people: opening an incident of PagerDuty by hand.

The incident's key is made of the service and the title, so that the same page is refused while one
like it is open, and is found again when the answer is lost.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from actions.guard_values import Precondition
from actions.plan import NOTHING, Change, Danger, Effect, Plan, Target, Undo
from actions.vendors.incidents import RESOLVE
from actions.vendors.page_wanted import Called, Wanted, called_by, wanted_of
from actions.vendors.pager import PagerSpot, Paging, acting, paging_of, watched
from actions.vendors.spots import Spots, mark_of
from actions.verbs import Pinned, Sent, Settled, State
from monitor.words import noun
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.pagerduty_mapping import SYSTEM, incident_of
from providers.text import Foreign
from providers.vendor import told_segment

PAGE: Final = "page"
_SILENT: Final = {
    "maintenance": "it is in maintenance: nobody would be paged",
    "disabled": "it is disabled: nobody would be paged",
}


class Page:
    """Opens an incident on a service.

    Args:
        spots: The accounts.
    """

    name = PAGE
    settle_s = 30.0

    def __init__(self, spots: Spots[PagerSpot]) -> None:
        self._spots = spots

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`; whom it calls is asked for now."""
        spot, rest = self._spots.of(target)
        wanted = wanted_of(parameters)
        service = await paging_of(spot, rest)
        called = await called_by(spot, service, wanted)
        return _plan(spot, target, service, wanted, called)

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        spot, rest = self._spots.of(plan.target)
        again = await self.plan(plan.target, dict(plan.parameters))
        service = await paging_of(spot, rest)
        key = again.pinned["incident key"]
        known = await _of_key(spot, rest, key)
        conditions = (
            *await acting(spot),
            watched(spot, service),
            *_preconditions(spot, service, again, known),
        )
        baseline = (("incidents of its key", " ".join(one.word("id") for one in known)),)
        return Pinned(plan=replace(again, baseline=baseline), preconditions=conditions)

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`; a second one of its key would be refused while it is open."""
        del key
        spot, _ = self._spots.of(plan.target)
        answer = await spot.send(plan, "open incident")
        try:
            fields = Fields(answer.value, SYSTEM, "open incident").fields("incident")
            made = fields.word("id")
            number = fields.optional_integer("incident_number")
        except BadAnswer as error:
            error.after_sending = True
            raise
        marks = (("incident", made), ("number", "" if number is None else str(number)))
        return Sent(answer=made, words=f"opened #{number or made}", marks=marks)

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: whether it is there, and as it was promised."""
        spot, rest = self._spots.of(plan.target)
        made = dict(sent.marks).get("incident", "") if sent is not None else ""
        if made:
            operation = "read incident"
            path = f"/incidents/{told_segment(made, SYSTEM, operation)}"
            return _compared(plan, (await spot.read(operation, path)).fields("incident"))
        before = set(dict(plan.baseline).get("incidents of its key", "").split())
        found = await _of_key(spot, rest, plan.pinned["incident key"])
        new = [one for one in found if one.word("id") not in before]
        if not new:
            return Settled(state=State.PENDING, words="PagerDuty shows no incident of its key")
        return _compared(plan, new[0])

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        """Resolve what was opened; whoever was called was called."""
        marks = dict(sent.marks) if sent is not None else {}
        if not marks.get("incident"):
            return None
        spot, _ = self._spots.of(plan.target)
        number = marks.get("number", "")
        name = Foreign(f"#{number} {dict(plan.parameters)['title']}")
        return Undo(
            verb=RESOLVE,
            target=spot.target("incident", marks["incident"], name, number),
            words="resolve the incident that it opened",
        )


def _body(service: Paging, wanted: Wanted, key: str) -> dict[str, object]:
    incident: dict[str, object] = {
        "type": "incident",
        "title": wanted.title,
        "service": {"id": service.id, "type": "service_reference"},
        "urgency": wanted.urgency,
        "incident_key": key,
    }
    if wanted.details:
        incident["body"] = {"type": "incident_body", "details": wanted.details}
    if wanted.policy:
        incident["escalation_policy"] = {
            "id": wanted.policy,
            "type": "escalation_policy_reference",
        }
    if wanted.assignee:
        person = {"id": wanted.assignee, "type": "user_reference"}
        incident["assignments"] = [{"assignee": person}]
    return {"incident": incident}


def _plan(spot: PagerSpot, target: Target, service: Paging, wanted: Wanted, called: Called) -> Plan:
    key = f"quarterdeck-{mark_of(PAGE, service.id, wanted.title)}"
    name = service.name.line(60)
    return Plan(
        verb=PAGE,
        title=f"Page {called.names} for {name}" if called.ids else f"Page for {name}",
        target=target,
        parameters=wanted.parameters,
        steps=(
            spot.step(
                f"open an incident on {name}", "POST", "/incidents", _body(service, wanted, key)
            ),
        ),
        changes=_changes(wanted, called),
        pins=_pins(service, wanted, called, key),
        effects=(
            Effect(
                words=noun(len(called.ids), "person called first", "people called first"),
                number=len(called.ids),
                measured_at=spot.clock.now().at,
            ),
        ),
        side_effects=(
            "without an answer the next level is called",
            "subscribers of the service are told",
            *(("low urgency may wait for business hours",) if wanted.urgency == "low" else ()),
        ),
        no_undo="whoever was called was called; resolve it then",
        needs=("a key that is not read-only, or incidents.write",),
        danger=Danger.CHANGE,
        look_at=service.url,
    )


def _changes(wanted: Wanted, called: Called) -> tuple[Change, ...]:
    return (
        Change(field="incident", before=NOTHING, after=Foreign(wanted.title)),
        Change(field="called first", before=NOTHING, after=Foreign(called.names)),
        Change(field="escalates by", before=NOTHING, after=called.policy),
        Change(field="urgency", before=NOTHING, after=Foreign(wanted.urgency)),
    )


def _pins(service: Paging, wanted: Wanted, called: Called, key: str) -> tuple[tuple[str, str], ...]:
    return (
        ("service", service.id),
        ("status", service.status),
        ("escalation policy", wanted.policy or service.policy_id),
        ("called first", " ".join(called.ids)),
        ("incident key", key),
    )


async def _of_key(spot: PagerSpot, service: str, key: str) -> list[Fields]:
    """Incidents of a key on a service, the newest first, resolved ones as well."""
    query = [
        ("incident_key", key),
        ("service_ids[]", service),
        ("date_range", "all"),
        ("sort_by", "created_at:desc"),
        ("limit", "100"),
    ]
    found = await spot.read("list incidents", "/incidents", query)
    return [one for one in found.items("incidents") if one.optional_word("incident_key") == key]


def _preconditions(
    spot: PagerSpot, service: Paging, plan: Plan, known: list[Fields]
) -> Iterator[Precondition]:
    silent = _SILENT.get(service.status, "")
    yield spot.checks.unless("status", silent, f"{service.name.line(60)} is {service.status}")
    open_ = [incident_of(one) for one in known if one.word("status") != "resolved"]
    here = f"#{open_[0].number} of these very words is {open_[0].status}" if open_ else ""
    yield spot.checks.unless("not twice", here, "none of these words is open")
    nobody = "" if plan.pinned["called first"] else "nobody is on call on the first level"
    yield spot.checks.warns_if(
        "on call", nobody, f"{plan.changes[1].after.line(80)} is called first"
    )


def _compared(plan: Plan, made: Fields) -> Settled:
    """What was promised, held against what is there."""
    incident, pins = incident_of(made), plan.pinned
    policy = made.optional_fields("escalation_policy")
    followed = policy.word("id") if policy is not None else pins["escalation policy"]
    parameters = dict(plan.parameters)
    people = ", ".join(name.line(60) for name in incident.assigned)
    wrong = []
    if made.fields("service").word("id") != pins["service"]:
        wrong.append("on another service")
    if incident.urgency != parameters["urgency"]:
        wrong.append(f"of {incident.urgency} urgency")
    if not parameters["assignee"] and followed != pins["escalation policy"]:
        wrong.append("by another escalation policy")
    if not incident.assigned and incident.status != "resolved":
        wrong.append("assigned to nobody")
    words = f"#{incident.number or incident.id} is {incident.status}"
    if wrong:
        return Settled(state=State.FAILED, words=f"{words}, but {', '.join(wrong)}: look at it")
    return Settled(state=State.DONE, words=f"{words}, assigned to {people or 'nobody any more'}")
