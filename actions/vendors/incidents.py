"""Acknowledging, resolving and writing on an incident of PagerDuty."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.plan import NOTHING, Change, Danger, Effect, Plan, Target
from actions.vendors.pager import Case, PagerSpot, Paging, acting, case_of, paging_of, watched
from actions.vendors.spots import Spots
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import noun, span_words
from providers.pagerduty_mapping import ACKNOWLEDGED, SYSTEM, TRIGGERED
from providers.text import Foreign
from providers.vendor import segment

ACKNOWLEDGE: Final = "acknowledge-incident"
RESOLVE: Final = "resolve-incident"
NOTE: Final = "note-incident"
RESOLVED: Final = "resolved"
LONGEST_NOTE: Final = 2_000
_NEEDS: Final = ("a key that is not read-only, or incidents.write",)


class _OnIncident(UndoneAsPlanned, ABC):
    """What is done to one incident.

    Args:
        spots: The accounts.
    """

    name = ""
    title = ""
    settle_s = 20.0

    def __init__(self, spots: Spots[PagerSpot]) -> None:
        self._spots = spots

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        spot, rest = self._spots.of(plan.target)
        again = await self.plan(plan.target, dict(plan.parameters))
        case = await case_of(spot, rest)
        service = await paging_of(spot, case.service_id)
        here = (*await acting(spot), watched(spot, service))
        return Pinned(plan=again, preconditions=(*here, *self._preconditions(spot, case)))

    @abstractmethod
    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`."""

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`; PagerDuty has no idempotency key for this."""
        del key
        spot, _ = self._spots.of(plan.target)
        await spot.send(plan, self.title.lower())
        return Sent(words="taken")

    @abstractmethod
    def _preconditions(self, spot: PagerSpot, case: Case) -> Iterator[Precondition]: ...


class _SetStatus(_OnIncident):
    """Changes the status of an incident."""

    wanted = ""

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`."""
        spot, rest = self._spots.of(target)
        case = await case_of(spot, rest)
        service = await paging_of(spot, case.service_id)
        said = self._said(parameters)
        incident = case.incident
        number = f"#{incident.number}" if incident.number is not None else rest
        before, after = Foreign(incident.status), Foreign(self.wanted)
        return Plan(
            verb=self.name,
            title=f"{self.title} {number}",
            target=target,
            parameters=said,
            steps=(
                spot.step(
                    f"mark {number} {self.wanted}",
                    "PUT",
                    f"/incidents/{segment(rest)}",
                    {"incident": _status_body(self.wanted, said)},
                ),
            ),
            changes=(Change(field="status", before=before, after=after),),
            pins=_pins(case),
            effects=_paged(spot, case),
            side_effects=tuple(self._besides(service)),
            no_undo=self._no_undo(service),
            needs=_NEEDS,
            danger=Danger.LIGHT if self.wanted == ACKNOWLEDGED else Danger.CHANGE,
            sources=(spot.source,),
            cool_down_s=15.0,
            look_at=incident.url,
        )

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: the status, and who it says has it."""
        del sent
        spot, rest = self._spots.of(plan.target)
        case = await case_of(spot, rest)
        status, holders = case.incident.status, case.holders
        by = f" by {holders}" if status == ACKNOWLEDGED and holders else ""
        words = f"PagerDuty says that it is {status}{by}"
        if status == self.wanted:
            return Settled(state=State.DONE, words=words)
        if status == RESOLVED:
            return Settled(state=State.UNKNOWN, words=f"{words}: somebody ended it meanwhile")
        return Settled(state=State.PENDING, words=words)

    def _said(self, parameters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """What else is sent, by its name."""
        del parameters
        return ()

    @abstractmethod
    def _besides(self, service: Paging) -> Iterator[str]: ...

    @abstractmethod
    def _no_undo(self, service: Paging) -> str: ...


class AcknowledgeIncident(_SetStatus):
    """Says that somebody is at it."""

    name = ACKNOWLEDGE
    title = "Acknowledge"
    wanted = ACKNOWLEDGED

    def _besides(self, service: Paging) -> Iterator[str]:
        yield "no further escalation"
        if service.acknowledged_s is None:
            yield "the acknowledgement does not end by itself"
        else:
            after = span_words(service.acknowledged_s)
            yield f"pages again after {after} unless it is resolved"

    def _no_undo(self, service: Paging) -> str:
        if service.acknowledged_s is None:
            return "who has it can hand it on in PagerDuty"
        return f"it ends by itself after {span_words(service.acknowledged_s)}"

    def _preconditions(self, spot: PagerSpot, case: Case) -> Iterator[Precondition]:
        status = case.incident.status
        has = f"acknowledged already by {case.holders or 'somebody'}"
        trouble = (
            "" if status == TRIGGERED else has if status == ACKNOWLEDGED else f"it is {status}"
        )
        yield spot.checks.unless("status", trouble, "nobody is at it")


class ResolveIncident(_SetStatus):
    """Says that it is over."""

    name = RESOLVE
    title = "Resolve"
    wanted = RESOLVED

    def _said(self, parameters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        said = Foreign(parameters.get("resolution", "").strip()).text
        if len(said) > LONGEST_NOTE:
            raise Unplannable(f"how it ended has at most {LONGEST_NOTE} characters")
        return (("resolution", said),)

    def _besides(self, service: Paging) -> Iterator[str]:
        yield "an integration that still sees it opens a new one"
        yield "nobody is called any more"

    def _no_undo(self, service: Paging) -> str:
        return "resolved is for good: page anew if it was too early"

    def _preconditions(self, spot: PagerSpot, case: Case) -> Iterator[Precondition]:
        status = case.incident.status
        over = "" if status in {TRIGGERED, ACKNOWLEDGED} else f"it is {status} already"
        yield spot.checks.unless("status", over, f"it is {status}")
        untouched = "nobody has acknowledged it so far" if status == TRIGGERED else ""
        yield spot.checks.warns_if("acknowledged", untouched, f"acknowledged by {case.holders}")


class NoteIncident(_OnIncident):
    """Writes on an incident."""

    name = NOTE
    title = "Write on"

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`."""
        spot, rest = self._spots.of(target)
        text = Foreign(parameters.get("text", "").strip()).text
        if not text or len(text) > LONGEST_NOTE:
            raise Unplannable(f"a note has 1 to {LONGEST_NOTE} characters")
        case = await case_of(spot, rest)
        like_it = await _notes_like(spot, rest, text)
        incident = case.incident
        number = f"#{incident.number}" if incident.number is not None else rest
        return Plan(
            verb=self.name,
            title=f"{self.title} {number}",
            target=target,
            parameters=(("text", text),),
            steps=(
                spot.step(
                    f"write on {number}",
                    "POST",
                    f"/incidents/{segment(rest)}/notes",
                    {"note": {"content": text}},
                ),
            ),
            changes=(Change(field="note", before=NOTHING, after=Foreign(text)),),
            pins=(("incident", incident.id), ("notes like it", str(len(like_it)))),
            effects=_paged(spot, case),
            side_effects=("whoever follows it is told",),
            no_undo="PagerDuty keeps notes for good",
            needs=_NEEDS,
            danger=Danger.LIGHT,
            sources=(spot.source,),
            cool_down_s=5.0,
            look_at=incident.url,
        )

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: one note more of these very words."""
        del sent
        spot, rest = self._spots.of(plan.target)
        found = await _notes_like(spot, rest, dict(plan.parameters)["text"])
        if len(found) > int(plan.pinned["notes like it"]):
            return Settled(state=State.DONE, words=f"PagerDuty shows it, note {found[0]}")
        return Settled(state=State.PENDING, words="PagerDuty does not show it so far")

    def _preconditions(self, spot: PagerSpot, case: Case) -> Iterator[Precondition]:
        over = "it is resolved: few will read it" if case.incident.status == RESOLVED else ""
        yield spot.checks.warns_if("status", over, f"it is {case.incident.status}")


def _status_body(status: str, said: tuple[tuple[str, str], ...]) -> dict[str, str]:
    given = {name: text for name, text in said if text}
    return {"type": "incident_reference", "status": status, **given}


async def _notes_like(spot: PagerSpot, incident: str, text: str) -> list[str]:
    """Ids of the notes of these words, the newest first."""
    found = await spot.read("list notes", f"/incidents/{segment(incident)}/notes")
    notes = found.items("notes")
    return [one.word("id") for one in notes if one.text("content").text == text]


def _pins(case: Case) -> tuple[tuple[str, str], ...]:
    incident = case.incident
    return (
        ("incident", incident.id),
        ("system", SYSTEM),
        ("service", case.service_id),
        ("status", incident.status),
        ("acknowledged by", case.holders),
        ("urgency", incident.urgency),
    )


def _paged(spot: PagerSpot, case: Case) -> tuple[Effect, ...]:
    """Whom it is paging now."""
    at = spot.clock.now().at
    count = len(case.incident.assigned)
    words = noun(count, "person is called by it", "people are called by it")
    return (Effect(words=words, number=count, measured_at=at),)
