"""Values of a PagerDuty account."""

from datetime import datetime, timedelta

from msgspec import Struct

from demo import ids


def pager_id(*parts: object) -> str:
    """Such as `PT4KHLK`; the same for the same parts."""
    return f"P{ids.token('pagerduty', *parts, length=6).upper()}"


class PagerUser(Struct, frozen=True, kw_only=True):
    """Somebody who can be paged."""

    name: str
    email: str
    role: str = "user"

    @property
    def id(self) -> str:
        """By the address."""
        return pager_id("user", self.email)


class Schedule(Struct, frozen=True, kw_only=True):
    """People who take turns."""

    name: str
    users: tuple[PagerUser, ...]
    turn: timedelta
    epoch: datetime
    """A time at which the first of them began."""

    @property
    def id(self) -> str:
        """By the name."""
        return pager_id("schedule", self.name)

    def shifts(
        self, since: datetime, until: datetime
    ) -> list[tuple[PagerUser, datetime, datetime]]:
        """The turns that touch a time, whole."""
        number = (since - self.epoch) // self.turn
        found = []
        while (start := self.epoch + number * self.turn) <= until:
            found.append((self.users[number % len(self.users)], start, start + self.turn))
            number += 1
        return found


class Policy(Struct, frozen=True, kw_only=True):
    """Who is paged first, and who when nobody comes."""

    name: str
    levels: tuple[Schedule | PagerUser, ...]
    delay_minutes: int = 5

    @property
    def id(self) -> str:
        """By the name."""
        return pager_id("policy", self.name)


class PagerService(Struct, frozen=True, kw_only=True):
    """A thing that is paged for."""

    name: str
    description: str
    policy: Policy
    routing_key: str
    """What its integration sends events with."""

    @property
    def id(self) -> str:
        """By the name."""
        return pager_id("service", self.name)


class Window(Struct, frozen=True, kw_only=True):
    """A maintenance window."""

    description: str
    starts_at: datetime
    ends_at: datetime
    services: tuple[PagerService, ...]
    created_by: PagerUser

    @property
    def id(self) -> str:
        """By what it is for."""
        return pager_id("window", self.description, self.starts_at)


class Note(Struct, frozen=True, kw_only=True):
    """What somebody wrote on an incident."""

    id: str
    user: PagerUser
    content: str
    at: datetime


class LogEntry(Struct, frozen=True, kw_only=True):
    """Something that happened to an incident."""

    id: str
    kind: str
    """`trigger`, `acknowledge`, `resolve`, `annotate`, `snooze`, `escalate`, `unacknowledge`."""

    incident_id: str
    at: datetime
    summary: str
    agent: PagerUser | None
    """None: the service itself."""


class PagerIncident(Struct, frozen=True, kw_only=True):
    """One incident."""

    id: str
    number: int
    title: str
    key: str
    service: PagerService
    urgency: str
    status: str
    created_at: datetime
    changed_at: datetime
    severity: str = "critical"
    details: str = ""
    by: PagerUser | None = None
    """Who changed it last; None: the service itself."""

    acknowledged: tuple[tuple[PagerUser, datetime], ...] = ()
    priority: str = ""
    own_policy: Policy | None = None
    """Instead of the service's."""

    assignee: PagerUser | None = None
    """Called instead of whom a policy names."""

    @property
    def policy(self) -> Policy:
        """By which it is escalated."""
        return self.own_policy or self.service.policy

    def level(self, now: datetime) -> int:
        """How far it has been escalated, from 1."""
        levels = len(self.policy.levels)
        if self.status != "triggered":
            now = self.changed_at
        steps = (now - self.created_at) // timedelta(minutes=self.policy.delay_minutes)
        return min(levels, 1 + max(0, steps))
