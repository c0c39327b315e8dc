"""What a vendor's status page says; written by people, some minutes late."""

from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda


class Component(Struct, frozen=True, kw_only=True):
    """One part of the vendor."""

    id: str
    name: str
    status: str = "operational"
    since: datetime
    """When its status last changed."""


class Update(Struct, frozen=True, kw_only=True):
    """One message about an incident."""

    status: str
    body: str
    at: datetime


class PageIncident(Struct, frozen=True, kw_only=True):
    """One incident; not resolved while its last update says otherwise."""

    id: str
    name: str
    impact: str
    components: tuple[str, ...]
    """Names."""

    updates: tuple[Update, ...]
    """Oldest first, at least one."""

    @property
    def status(self) -> str:
        """What the last update says."""
        return self.updates[-1].status

    @property
    def resolved(self) -> bool:
        """Whether it is over."""
        return self.status in {"resolved", "postmortem"}


class PageMaintenance(Struct, frozen=True, kw_only=True):
    """A maintenance that was announced."""

    id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    components: tuple[str, ...] = ()

    def status(self, now: datetime) -> str:
        """`scheduled`, `in_progress` or `completed`."""
        if now < self.starts_at:
            return "scheduled"
        return "in_progress" if now < self.ends_at else "completed"


class StatusPage(Struct):
    """One vendor's page.

    Args:
        agenda: When things happen.
        name: The vendor.
        url: Where the real page would be.
        components: Names of its parts.
    """

    agenda: Agenda
    name: str
    url: str
    components: dict[str, Component] = field(default_factory=dict)
    incidents: list[PageIncident] = field(default_factory=list)
    maintenances: list[PageMaintenance] = field(default_factory=list)
    updated_at: datetime | None = None

    @property
    def id(self) -> str:
        """The page's identity."""
        return ids.token("page", self.name, length=12)

    def add_components(self, *names: str) -> None:
        """Put in parts that are operational, and have been for a month."""
        since = self.agenda.now - timedelta(days=30)
        for name in names:
            id_ = ids.token("component", self.name, name, length=12)
            self.components[name] = Component(id=id_, name=name, since=since)

    def _touch(self) -> datetime:
        self.updated_at = self.agenda.now
        return self.updated_at

    def _set(self, names: tuple[str, ...], status: str) -> None:
        for name in names:
            changed = replace(self.components[name], status=status, since=self.agenda.now)
            self.components[name] = changed

    def report(
        self, name: str, impact: str, components: tuple[str, ...], status: str, body: str
    ) -> PageIncident:
        """Open an incident; `status` is that of its components."""
        at = self._touch()
        self._set(components, status)
        made = PageIncident(
            id=ids.token("incident", self.name, name, at, length=12),
            name=name,
            impact=impact,
            components=components,
            updates=(Update(status="investigating", body=body, at=at),),
        )
        self.incidents.append(made)
        return made

    def update(self, name: str, status: str, body: str) -> None:
        """Say more about the newest incident of that name; `resolved` makes its parts well.

        Raises:
            KeyError: There is none.
        """
        at = self._touch()
        places = [place for place, each in enumerate(self.incidents) if each.name == name]
        if not places:
            raise KeyError(name)
        old = self.incidents[places[-1]]
        said = (*old.updates, Update(status=status, body=body, at=at))
        self.incidents[places[-1]] = replace(old, updates=said)
        if status == "resolved":
            self._set(old.components, "operational")

    def unresolved(self) -> list[PageIncident]:
        """What is not over, newest first."""
        return [each for each in reversed(self.incidents) if not each.resolved]

    def indicator(self) -> tuple[str, str]:
        """The page's one word and its sentence."""
        impacts = {each.impact for each in self.unresolved()}
        for word, sentence in (
            ("critical", "Major Service Outage"),
            ("major", "Partial System Outage"),
            ("minor", "Minor Service Outage"),
        ):
            if word in impacts:
                return word, sentence
        now = self.agenda.now
        if any(each.status(now) == "in_progress" for each in self.maintenances):
            return "maintenance", "Service Under Maintenance"
        return "none", "All Systems Operational"
