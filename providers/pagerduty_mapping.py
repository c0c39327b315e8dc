"""PagerDuty's answers made ours: incidents, who is on call, services, windows; pure.

Source: PagerDuty/api-schema REST v2 at 91a06fb3. Times carry the zone of the account; a shift
without an end never ends.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.system_readings import Condition
from providers.text import EMPTY, Foreign
from providers.vendor import https_url

SYSTEM: Final = "PagerDuty"
TRIGGERED: Final = "triggered"
ACKNOWLEDGED: Final = "acknowledged"
HIGH: Final = "high"

SERVICES: Final = {
    "active": Condition.FINE,
    "warning": Condition.NOTABLE,
    "critical": Condition.BROKEN,
    "maintenance": Condition.PAUSED,
    "disabled": Condition.PAUSED,
}
"""By the status of a service: `warning` has acknowledged incidents, `critical` triggered ones."""

_INCIDENTS: Final = {
    (TRIGGERED, HIGH): Condition.BROKEN,
    (TRIGGERED, "low"): Condition.DEGRADED,
    (ACKNOWLEDGED, HIGH): Condition.DEGRADED,
    (ACKNOWLEDGED, "low"): Condition.NOTABLE,
}


class Incident(Struct, frozen=True, kw_only=True):
    """One incident that is not resolved."""

    id: str
    number: int | None
    title: Foreign
    status: str
    urgency: str
    """`high` or `low`; `unknown` when it is not told."""

    priority: Foreign
    service: Foreign
    assigned: tuple[Foreign, ...]
    acknowledged_by: tuple[Foreign, ...]
    created_at: datetime
    changed_at: datetime | None
    url: str

    @property
    def condition(self) -> Condition:
        """How bad it is; words that we do not know are unknown."""
        return _INCIDENTS.get((self.status, self.urgency), Condition.UNKNOWN)


class OnCall(Struct, frozen=True, kw_only=True):
    """One shift of one person on one level of one policy."""

    policy_id: str
    policy: Foreign
    level: int
    user_id: str
    person: Foreign
    schedule: Foreign
    """Empty: the person stands in the policy itself."""

    start: datetime | None
    """None: since ever."""

    end: datetime | None
    """None: for good."""

    url: str
    """The schedule, where it is changed; the person where there is none."""

    @property
    def id(self) -> str:
        """Tells it from the others."""
        began = self.start.isoformat() if self.start else "always"
        return f"{self.policy_id[:40]}/{self.level}/{self.user_id[:40]}/{began}"

    def covers(self, now: datetime) -> bool:
        """Whether it is this person's turn."""
        return (self.start is None or self.start <= now) and (self.end is None or now < self.end)


class Policy(Struct, frozen=True, kw_only=True):
    """Who is paged first, and who when nobody comes."""

    id: str
    name: Foreign
    levels: int
    url: str


class Service(Struct, frozen=True, kw_only=True):
    """A thing that is paged for."""

    id: str
    name: Foreign
    status: str
    policy_id: str
    last_incident_at: datetime | None
    url: str

    @property
    def condition(self) -> Condition:
        """By PagerDuty's own word."""
        return SERVICES.get(self.status, Condition.UNKNOWN)


class Window(Struct, frozen=True, kw_only=True):
    """A time in which nobody is paged for a service."""

    id: str
    title: Foreign
    services: tuple[Foreign, ...]
    start: datetime
    end: datetime
    created_by: Foreign
    url: str

    def covers(self, now: datetime) -> bool:
        """Whether it is under way."""
        return self.start <= now < self.end


def incident_of(item: Fields) -> Incident:
    """One incident.

    Raises:
        BadAnswer: It says not which it is, how it stands, or since when.
    """
    assignees = [each.optional_fields("assignee") for each in _listed(item, "assignments")]
    acknowledgers = [
        each.optional_fields("acknowledger") for each in _listed(item, "acknowledgements")
    ]
    return Incident(
        id=item.word("id"),
        number=item.optional_integer("incident_number"),
        title=item.optional_text("title") or item.text("summary"),
        status=item.word("status"),
        urgency=item.word("urgency", "unknown"),
        priority=_summary(item.optional_fields("priority")),
        service=_summary(item.optional_fields("service")),
        assigned=_names(assignees),
        acknowledged_by=_names(acknowledgers),
        created_at=item.moment_iso("created_at"),
        changed_at=item.optional_moment_iso("last_status_change_at"),
        url=_url(item),
    )


def on_call_of(item: Fields) -> OnCall:
    """One shift.

    Raises:
        BadAnswer: It says not who, or on which level.
    """
    policy, user = item.optional_fields("escalation_policy"), item.fields("user")
    schedule = item.optional_fields("schedule")
    return OnCall(
        policy_id=(policy.optional_word("id") if policy else None) or "",
        policy=_summary(policy),
        level=item.integer("escalation_level"),
        user_id=user.word("id"),
        person=user.optional_text("summary") or user.text("name"),
        schedule=_summary(schedule),
        start=item.optional_moment_iso("start"),
        end=item.optional_moment_iso("end"),
        url=(_url(schedule) if schedule else "") or _url(user),
    )


def policy_of(item: Fields) -> Policy:
    """One escalation policy.

    Raises:
        BadAnswer: It has no id, no name or no list of rules.
    """
    return Policy(
        id=item.word("id"),
        name=item.optional_text("name") or item.text("summary"),
        levels=len(item.items("escalation_rules")),
        url=_url(item),
    )


def service_of(item: Fields) -> Service:
    """One service.

    Raises:
        BadAnswer: It has no id or no name.
    """
    policy = item.optional_fields("escalation_policy")
    return Service(
        id=item.word("id"),
        name=item.optional_text("name") or item.text("summary"),
        status=item.word("status", "unknown"),
        policy_id=(policy.optional_word("id") if policy else None) or "",
        last_incident_at=item.optional_moment_iso("last_incident_timestamp"),
        url=_url(item),
    )


def window_of(item: Fields) -> Window:
    """One maintenance window.

    Raises:
        BadAnswer: It has no id, no beginning or no end.
    """
    return Window(
        id=item.word("id"),
        title=item.optional_text("description") or _summary(item) or Foreign("maintenance"),
        services=_names(_listed(item, "services")),
        start=item.moment_iso("start_time"),
        end=item.moment_iso("end_time"),
        created_by=_summary(item.optional_fields("created_by")),
        url=_url(item),
    )


def wanted(services: Sequence[Service], named: Sequence[str]) -> tuple[Service, ...]:
    """The services that are meant by their ids or names; all of them when none is named."""
    names = {name.casefold() for name in named}
    return tuple(
        one
        for one in services
        if not names or one.id.casefold() in names or one.name.text.casefold() in names
    )


def end_of_turn(shift: OnCall, shifts: Sequence[OnCall]) -> datetime | None:
    """When somebody else takes over; None when nobody does as far as `shifts` go.

    Shifts of one person that follow each other without a gap are one turn.
    """
    end = shift.end
    same = {
        one.start: one.end
        for one in shifts
        if (one.policy_id, one.level, one.user_id) == (shift.policy_id, shift.level, shift.user_id)
    }
    for _ in range(len(same)):
        if end is None or end not in same:
            break
        end = same[end]
    return end


def _listed(item: Fields, name: str) -> list[Fields]:
    return item.optional_items(name) or []


def _names(people: Sequence[Fields | None]) -> tuple[Foreign, ...]:
    return tuple(name for name in map(_summary, people) if name)


def _summary(reference: Fields | None) -> Foreign:
    if reference is None:
        return EMPTY
    return reference.optional_text("summary") or reference.optional_text("name") or EMPTY


def _url(item: Fields) -> str:
    said = item.optional_text("html_url")
    return https_url(said.text) if said is not None else ""
