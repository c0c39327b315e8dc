"""What PagerDuty said, as the common shape of systems; pure.

The worst that matters: an incident nobody has acknowledged (broken when urgent, else degraded),
one that is worked on (degraded when urgent, else notable), nobody on call on the first level
(degraded) or on another one (notable), a service that pages nobody (paused).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from providers.errors import ProviderError
from providers.pagerduty_found import Found
from providers.pagerduty_mapping import (
    HIGH,
    SYSTEM,
    TRIGGERED,
    Incident,
    OnCall,
    Policy,
    Service,
    end_of_turn,
)
from providers.parts import blindness, worst
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import clock_words

MOST_GAPS: Final = 20
"""Empty levels told of."""


def reading_of(found: Found) -> SystemReading:
    """Everything as sections."""
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found),
        summary=Foreign(", ".join(_summary(found))),
        sections=(
            _incidents(found.incidents),
            _on_call(found),
            _services(found.services),
            _windows(found),
            _next(found),
        ),
        notices=tuple(_notices(found)),
    )


def _condition(found: Found) -> Condition:
    incidents = () if isinstance(found.incidents, ProviderError) else found.incidents
    services = () if isinstance(found.services, ProviderError) else found.services
    # A critical service is one with a triggered incident, which counts by its urgency already.
    states = [one.condition for one in services if one.condition is not Condition.BROKEN]
    gaps = [_gap_condition(level) for _, level in found.gaps()]
    nobody = [Condition.DEGRADED] if found.nobody else []
    return worst([*(one.condition for one in incidents), *states, *gaps, *nobody])


def _gap_condition(level: int) -> Condition:
    return Condition.DEGRADED if level == 1 else Condition.NOTABLE


def _summary(found: Found) -> Iterator[str]:
    if isinstance(found.incidents, ProviderError):
        yield "incidents not known"
    else:
        triggered = sum(one.status == TRIGGERED for one in found.incidents)
        open_ = len(found.incidents)
        yield f"{open_} open, {triggered} not acknowledged" if open_ else "no open incident"
    first = [shift.person.line(40) for shift in found.now_on_call() if shift.level == 1]
    if first:
        yield f"on call: {', '.join(dict.fromkeys(first))}"
    elif found.nobody:
        yield "nobody on call"


def _notices(found: Found) -> Iterator[str]:
    if found.nobody:
        yield "nobody is on call on the first level: see the schedule and its overrides"
    for policy, level in found.gaps()[:MOST_GAPS]:
        yield f"nobody is on call on level {level} of {policy.name.line(60)}: see its schedule"
    if not isinstance(found.windows, ProviderError):
        for window in found.windows:
            if window.covers(found.at):
                names = ", ".join(name.line(40) for name in window.services) or "some services"
                yield (
                    f"nobody is paged for {names} until {clock_words(window.end)}: "
                    f"{window.title.line(80)}"
                )
    yield from found.notices


def _incidents(incidents: tuple[Incident, ...] | ProviderError) -> Section:
    title = "Open incidents"
    if isinstance(incidents, ProviderError):
        return Section(key="incidents", title=title, blind=blindness(incidents))
    first = sorted(incidents, key=lambda one: one.created_at, reverse=True)
    first.sort(key=lambda one: (one.status != TRIGGERED, one.urgency != HIGH))
    records = tuple(
        Record(
            id=one.id,
            title=one.title,
            condition=one.condition,
            state=Foreign(one.status),
            at=one.changed_at or one.created_at,
            details=(
                ("number", EMPTY if one.number is None else Foreign(f"#{one.number}")),
                ("urgency", Foreign(one.urgency)),
                ("priority", one.priority),
                ("assigned to", _people(one.assigned)),
                ("acknowledged by", _people(one.acknowledged_by)),
                ("since", Foreign(clock_words(one.created_at))),
                ("state since", _time(one.changed_at)),
                ("service", one.service),
            ),
            url=one.url,
            change=True,
        )
        for one in first
    )
    return Section(key="incidents", title=title, records=records, empty="no open incident")


def _on_call(found: Found) -> Section:
    blind = blindness(found.shifts)
    people = [_shift(one, found, change=True) for one in found.now_on_call()]
    records = () if blind else (*people, *(_gap(*gap) for gap in found.gaps()[:MOST_GAPS]))
    return Section(
        key="on_call",
        title="On call now",
        records=records,
        blind=blind,
        empty="nobody is on call",
    )


def _gap(policy: Policy, level: int) -> Record:
    """A level of a policy that has nobody now."""
    nobody = Foreign("nobody")
    return Record(
        id=f"{policy.id[:40]}/{level}/nobody",
        title=nobody,
        condition=_gap_condition(level),
        state=Foreign(f"level {level}"),
        details=(
            ("until", EMPTY),
            ("since", EMPTY),
            ("schedule", EMPTY),
            ("policy", policy.name),
            ("level", Foreign(str(level))),
            ("person", nobody),
        ),
        url=policy.url,
    )


def _shift(shift: OnCall, found: Found, *, change: bool = False) -> Record:
    shifts = () if isinstance(found.shifts, ProviderError) else found.shifts
    until = end_of_turn(shift, shifts)
    return Record(
        id=shift.id,
        title=shift.person,
        condition=Condition.FINE,
        state=Foreign(f"level {shift.level}"),
        at=shift.start,
        details=(
            ("until", _time(until) or Foreign("further notice")),
            ("since", _time(shift.start)),
            ("schedule", shift.schedule),
            ("policy", shift.policy),
            ("level", Foreign(str(shift.level))),
            ("person", shift.person),
        ),
        url=shift.url,
        change=change,
    )


def _next(found: Found) -> Section:
    """Who takes over in the coming days; a shift that merely goes on is no hand-over."""
    title = "Next on call, 7 days"
    if isinstance(found.shifts, ProviderError):
        return Section(key="next", title=title, blind=blindness(found.shifts))
    ended = {(one.policy_id, one.level, one.user_id, one.end) for one in found.shifts}
    coming = [
        one
        for one in found.shifts
        if one.start is not None
        and one.start > found.at
        and (one.policy_id, one.level, one.user_id, one.start) not in ended
    ]
    coming.sort(key=lambda one: (one.start or found.at, one.level))
    records = tuple(_shift(one, found) for one in coming)
    return Section(key="next", title=title, records=records, empty="no hand-over in 7 days")


def _services(services: tuple[Service, ...] | ProviderError) -> Section:
    if isinstance(services, ProviderError):
        return Section(key="services", title="Services", blind=blindness(services))
    records = tuple(
        Record(
            id=one.id,
            title=one.name,
            condition=one.condition,
            state=Foreign(one.status),
            at=one.last_incident_at,
            details=(("last incident", _time(one.last_incident_at)),),
            url=one.url,
        )
        for one in services
    )
    return Section(key="services", title="Services", records=records, empty="no service")


def _windows(found: Found) -> Section:
    title = "Maintenance windows"
    if isinstance(found.windows, ProviderError):
        return Section(key="windows", title=title, blind=blindness(found.windows))
    records = tuple(
        Record(
            id=one.id,
            title=one.title,
            condition=Condition.PAUSED if one.covers(found.at) else Condition.FINE,
            state=Foreign("under way" if one.covers(found.at) else "to come"),
            at=one.start,
            details=(
                ("from", Foreign(clock_words(one.start))),
                ("until", Foreign(clock_words(one.end))),
                ("services", _people(one.services)),
                ("made by", one.created_by),
            ),
            url=one.url,
            change=one.covers(found.at),
        )
        for one in sorted(found.windows, key=lambda one: one.start)
    )
    return Section(key="windows", title=title, records=records, empty="none, none to come")


def _people(names: tuple[Foreign, ...]) -> Foreign:
    return Foreign(", ".join(name.line(80) for name in names))


def _time(at: datetime | None) -> Foreign:
    return EMPTY if at is None else Foreign(clock_words(at))
