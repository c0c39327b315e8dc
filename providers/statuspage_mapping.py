"""A status page's words made ours; pure.

Source: the documented answer of Atlassian Statuspage's public `GET /api/v2/summary.json`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.text import EMPTY, Foreign
from providers.vendor import Entry, Sorted, entries, https_url, sort_out
from providers.vendor_readings import VendorIncident, VendorReading, VendorState

INDICATORS: Final[Mapping[str, VendorState]] = {
    "none": VendorState.OPERATIONAL,
    "minor": VendorState.DEGRADED,
    "major": VendorState.PARTIAL_OUTAGE,
    "critical": VendorState.MAJOR_OUTAGE,
    "maintenance": VendorState.MAINTENANCE,
}
"""By `status.indicator`, for the whole page."""

COMPONENTS: Final[Mapping[str, VendorState]] = {
    "operational": VendorState.OPERATIONAL,
    "degraded_performance": VendorState.DEGRADED,
    "partial_outage": VendorState.PARTIAL_OUTAGE,
    "major_outage": VendorState.MAJOR_OUTAGE,
    "under_maintenance": VendorState.MAINTENANCE,
}
"""By the `status` of a component."""

MOST_EVENTS: Final = 50
"""Incidents and maintenances told of; a page with more says so in its description."""

_WORST_LAST: Final = (
    VendorState.OPERATIONAL,
    VendorState.MAINTENANCE,
    VendorState.UNKNOWN,
    VendorState.DEGRADED,
    VendorState.PARTIAL_OUTAGE,
    VendorState.MAJOR_OUTAGE,
)
_INCIDENT_OVER: Final = frozenset({"resolved", "postmortem"})
_MAINTENANCE_ACTIVE: Final = frozenset({"in_progress", "verifying"})


class Summary(Struct, frozen=True, kw_only=True):
    """A whole answer as decoded, and whom to name when it breaks the contract."""

    value: object
    system: str
    operation: str
    page: str = ""
    """The page's own address, where links in the answer are relative to it."""

    def fields(self) -> Fields:
        """The answer as an object.

        Raises:
            BadAnswer: It is none.
        """
        return Fields(self.value, self.system, self.operation)

    def entries(self, name: str) -> Sequence[Entry]:
        """One of its lists.

        Raises:
            BadAnswer: There is no such list.
        """
        return entries(self.value, name, self.system, self.operation)


class Component(Struct, frozen=True, kw_only=True):
    """One component of a page, or a group of them."""

    id: str
    name: Foreign
    state: VendorState
    group: bool
    group_id: str


class Chosen(Struct, frozen=True, kw_only=True):
    """The components that the configuration asks for."""

    components: tuple[Component, ...]
    absent: tuple[str, ...]
    """Names that are not on the page."""


def worst(states: Sequence[VendorState]) -> VendorState:
    """The worst of some states; unknown is worse than fine. Unknown for none at all."""
    return max(states, key=_WORST_LAST.index, default=VendorState.UNKNOWN)


def component_of(item: Fields) -> Component:
    """Read one component.

    Raises:
        BadAnswer: A required field is missing or of the wrong type.
    """
    return Component(
        id=item.word("id"),
        name=item.text("name"),
        state=COMPONENTS.get(item.text("status").text, VendorState.UNKNOWN),
        group=item.optional_flag("group") or False,
        group_id=item.optional_word("group_id") or "",
    )


def choose(components: Sequence[Component], wanted: Sequence[str]) -> Chosen:
    """Find the named components by name (whatever its case) or id; a group stands for its members.

    Several components may bear one name, one in each region: all of them are meant.
    """
    found: dict[str, Component] = {}
    absent: list[str] = []
    for name in wanted:
        matches = list(_matches(components, name))
        found |= {component.id: component for component in matches}
        absent.extend(() if matches else (name,))
    return Chosen(components=tuple(found.values()), absent=tuple(absent))


def _matches(components: Sequence[Component], name: str) -> Iterator[Component]:
    folded = name.casefold()
    named = [one for one in components if folded in {one.name.text.casefold(), one.id.casefold()}]
    groups = {one.id for one in named if one.group}
    yield from (one for one in named if not one.group)
    yield from (one for one in components if one.group_id in groups and not one.group)


def reading_of(summary: Summary, vendor: str, wanted: Sequence[str]) -> VendorReading:
    """The page as a reading.

    With components configured, the state is the worst of theirs and only incidents that touch
    one of them, or that name none, are told; without, the page's own indicator decides.

    Args:
        summary: As it came.
        vendor: In the operator's words.
        wanted: Names or ids of components; may be empty.

    Raises:
        BadAnswer: It is no summary of a status page.
    """
    answer = summary.fields()
    status = answer.fields("status")
    listed = sort_out(summary.entries("components"), component_of, "component")
    chosen = choose(listed.readable(), wanted)
    ids = frozenset(component.id for component in chosen.components)
    events = _events(summary, ids)
    indicator = INDICATORS.get(status.text("indicator").text, VendorState.UNKNOWN)
    return VendorReading(
        vendor=vendor,
        state=_chosen_state(chosen) if wanted else indicator,
        description=_description(
            status.text("description"), chosen, (listed.notice, events.notice)
        ),
        components=_shown(chosen) if wanted else _ailing(listed.kept),
        incidents=events.kept,
        updated_at=answer.fields("page").optional_moment_iso("updated_at"),
    )


def _chosen_state(chosen: Chosen) -> VendorState:
    missing = (VendorState.UNKNOWN,) if chosen.absent else ()
    return worst((*(component.state for component in chosen.components), *missing))


def _shown(chosen: Chosen) -> tuple[tuple[Foreign, VendorState], ...]:
    present = ((component.name, component.state) for component in chosen.components)
    absent = ((Foreign(name), VendorState.UNKNOWN) for name in chosen.absent)
    return (*present, *absent)


def _ailing(components: Sequence[Component]) -> tuple[tuple[Foreign, VendorState], ...]:
    return tuple(
        (component.name, component.state)
        for component in components
        if not component.group and component.state is not VendorState.OPERATIONAL
    )


def _description(said: Foreign, chosen: Chosen, notices: Sequence[str]) -> Foreign:
    """The page's own sentence, after what it does not know and we could not read."""
    absent = (f"not on the page: {', '.join(chosen.absent)}",) if chosen.absent else ()
    parts = (*absent, *(notice for notice in notices if notice), said.text)
    return Foreign("; ".join(parts))


def _events(summary: Summary, ids: frozenset[str]) -> Sorted[VendorIncident]:
    """Incidents that are not over, then maintenances under way."""
    incidents, works = summary.entries("incidents"), summary.entries("scheduled_maintenances")
    open_ones = sort_out(incidents, lambda item: _incident(item, ids), "incident")
    active = sort_out(works, lambda item: _maintenance(item, ids), "maintenance")
    every = (*open_ones.kept, *active.kept)
    more = f"{len(every) - MOST_EVENTS} more incidents" if len(every) > MOST_EVENTS else ""
    notices = filter(None, (open_ones.notice, active.notice, more))
    return Sorted(kept=every[:MOST_EVENTS], notice="; ".join(notices))


def _incident(item: Fields, ids: frozenset[str]) -> VendorIncident | None:
    over = item.text("status").text in _INCIDENT_OVER
    began = "started_at" if item.optional_text("started_at") else "created_at"
    return None if over or not _touches(item, ids) else _event(item, began)


def _maintenance(item: Fields, ids: frozenset[str]) -> VendorIncident | None:
    active = item.text("status").text in _MAINTENANCE_ACTIVE
    return _event(item, "scheduled_for") if active and _touches(item, ids) else None


def _touches(item: Fields, ids: frozenset[str]) -> bool:
    """Whether it concerns one of the chosen; it does when it names no component at all."""
    named = {component.word("id") for component in item.optional_items("components") or ()}
    return not ids or not named or bool(named & ids)


def _event(item: Fields, began: str) -> VendorIncident:
    link = item.optional_text("shortlink") or EMPTY
    return VendorIncident(
        id=item.word("id"),
        title=item.text("name"),
        state=item.text("status"),
        impact=item.optional_text("impact") or EMPTY,
        began_at=item.optional_moment_iso(began),
        url=https_url(link.text),
    )
