"""A Supabase project in our words; pure.

Source: the vendor's specification of the Management API v1 (`GET /v1/projects/{ref}`, `…/health`,
`…/readonly`, `…/config/disk/util`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.parts import worst
from providers.supabase_parts import SYSTEM, amount
from providers.system_readings import Condition
from providers.text import EMPTY, Foreign

STATES: Final[Mapping[str, Condition]] = {
    "ACTIVE_HEALTHY": Condition.FINE,
    "ACTIVE_UNHEALTHY": Condition.DEGRADED,
    "COMING_UP": Condition.DEGRADED,
    "GOING_DOWN": Condition.BROKEN,
    "INACTIVE": Condition.PAUSED,
    "INIT_FAILED": Condition.BROKEN,
    "PAUSING": Condition.PAUSED,
    "PAUSE_FAILED": Condition.DEGRADED,
    "REMOVED": Condition.BROKEN,
    "RESTORING": Condition.DEGRADED,
    "RESTORE_FAILED": Condition.BROKEN,
    "RESTARTING": Condition.DEGRADED,
    "RESIZING": Condition.DEGRADED,
    "UPGRADING": Condition.DEGRADED,
    "UNKNOWN": Condition.UNKNOWN,
}
"""By the project's `status`; anything else is unknown, never fine."""

HEALTH: Final[Mapping[str, Condition]] = {
    "ACTIVE_HEALTHY": Condition.FINE,
    "COMING_UP": Condition.DEGRADED,
    "UNHEALTHY": Condition.BROKEN,
}
"""By a service's `status`."""

ASLEEP: Final[Mapping[str, str]] = {
    "INACTIVE": "the project is paused",
    "PAUSING": "the project is being paused",
    "REMOVED": "the project was removed",
    "INIT_FAILED": "the project never came up",
}
"""States in which there is nothing behind the project to ask, in words."""

_WORDS: Final[Mapping[str, str]] = {
    "INACTIVE": "paused: its name and its pooler refuse everybody until it is restored",
    "PAUSING": "being paused",
    "RESTORING": "being restored, which takes minutes and may fall back to paused",
    "COMING_UP": "coming up",
    "RESTARTING": "restarting, database and pooler are away",
    "RESTORE_FAILED": "its restore failed",
    "UPGRADING": "being upgraded",
    "RESIZING": "being resized",
    "REMOVED": "removed",
    "INIT_FAILED": "it never came up",
}
_VITAL: Final = frozenset({"db", "db_postgres_user", "pooler", "pg_bouncer"})
"""Without them nothing works; without another one a part of the product does not."""


class Project(Struct, frozen=True, kw_only=True):
    """One project as the management API tells of it."""

    ref: str
    name: Foreign
    region: Foreign
    status: Foreign
    database_version: Foreign
    created_at: datetime | None

    @property
    def asleep(self) -> str:
        """Why nothing behind it can be asked; empty while it can."""
        return ASLEEP.get(self.status.text, "")


class Service(Struct, frozen=True, kw_only=True):
    """One of the services of a project."""

    name: Foreign
    status: Foreign
    error: Foreign
    version: Foreign

    @property
    def own(self) -> Condition:
        """How it stands itself."""
        return HEALTH.get(self.status.text, Condition.UNKNOWN)

    @property
    def of_project(self) -> Condition:
        """What its state means for the project as a whole."""
        broken = self.own is Condition.BROKEN
        return Condition.DEGRADED if broken and self.name.text not in _VITAL else self.own


class ReadOnly(Struct, frozen=True, kw_only=True):
    """Whether the database takes writes."""

    enabled: bool
    lifted: bool
    lifted_until: Foreign

    @property
    def condition(self) -> Condition:
        """A database that takes no writes does not do what it is there for."""
        if self.lifted:
            return Condition.DEGRADED
        return Condition.BROKEN if self.enabled else Condition.FINE


class Disk(Struct, frozen=True, kw_only=True):
    """The data disk."""

    size_bytes: float
    used_bytes: float
    available_bytes: float

    @property
    def used_percent(self) -> float | None:
        """Of what ordinary writers can fill; None for a disk without room at all."""
        room = self.used_bytes + self.available_bytes
        return 100 * self.used_bytes / room if room > 0 else None


class Insight(Struct, frozen=True, kw_only=True):
    """All that one read learnt; None for what could not be read."""

    project: Project
    services: Sequence[Service] | None = None
    read_only: ReadOnly | None = None
    disk: Disk | None = None
    unreachable: str | None = None
    """Why its database takes no connection from here; empty: it does; None: not tried."""

    @property
    def condition(self) -> Condition:
        """The worst that matters.

        The status alone is not believed: Supabase may call a project healthy whose database does
        not answer. Without word from its services it is unknown.
        """
        own = STATES.get(self.project.status.text, Condition.UNKNOWN)
        if self.project.asleep:
            return own
        found = [own, *(service.of_project for service in self.services or ())]
        if not self.services:
            found.append(Condition.UNKNOWN)
        if self.read_only is not None:
            found.append(self.read_only.condition)
        if self.unreachable:
            found.append(Condition.BROKEN)
        return worst(found)

    @property
    def summary(self) -> Foreign:
        """One line: what the status says, and what stands against it."""
        status = self.project.status.text
        known = _WORDS.get(status)
        if known is not None:
            return Foreign(known)
        against = tuple(self._against())
        if status == "ACTIVE_HEALTHY" and against:
            return Foreign(f"called healthy, but {'; '.join(against)}")
        rest = against or tuple(self._well())
        return Foreign("; ".join((self._status_words(), *rest)))

    def _status_words(self) -> str:
        status = self.project.status.text
        if status not in STATES:
            return f"in a state we do not know: {self.project.status.line(60)}"
        return "healthy" if status == "ACTIVE_HEALTHY" else status.replace("_", " ").lower()

    def _against(self) -> list[str]:
        sick = [each.name.line(20) for each in self.services or () if each.own is Condition.BROKEN]
        found = [f"{', '.join(sick)} unhealthy"] if sick else []
        if self.unreachable:
            found.append(f"not reachable from here: {self.unreachable}")
        if self.read_only is not None and self.read_only.condition is not Condition.FINE:
            lifted = self.read_only.lifted
            found.append("read-only, lifted for a while" if lifted else "read-only: writes fail")
        return found

    def _well(self) -> list[str]:
        found = []
        if self.services is not None:
            healthy = sum(each.own is Condition.FINE for each in self.services)
            found.append(f"{healthy} of {len(self.services)} services well")
        percent = None if self.disk is None else self.disk.used_percent
        if self.disk is not None and percent is not None:
            found.append(f"disk {percent:.0f} % of {amount(self.disk.size_bytes)}")
        return found


def project_of(fields: Fields) -> Project:
    """A project.

    Raises:
        BadAnswer: It lacks what every project has.
    """
    database = fields.optional_fields("database")
    return Project(
        ref=fields.word("ref"),
        name=fields.text("name"),
        region=fields.text("region", EMPTY),
        status=fields.text("status"),
        database_version=database.text("version", EMPTY) if database else EMPTY,
        created_at=_lenient_moment(fields, "created_at"),
    )


def service_of(fields: Fields) -> Service:
    """A service of the health answer.

    Raises:
        BadAnswer: It has no name or no status.
    """
    info = fields.optional_fields("info")
    return Service(
        name=fields.text("name"),
        status=fields.text("status"),
        error=fields.text("error", EMPTY),
        version=info.text("version", EMPTY) if info else EMPTY,
    )


def read_only_of(fields: Fields) -> ReadOnly:
    """The read-only mode.

    Raises:
        BadAnswer: It does not say whether it is on.
    """
    return ReadOnly(
        enabled=fields.flag("enabled"),
        lifted=fields.flag("override_enabled", default=False),
        lifted_until=fields.text("override_active_until", EMPTY),
    )


def disk_of(fields: Fields) -> Disk:
    """The file system of the data disk.

    Raises:
        BadAnswer: A size is missing or below zero.
    """
    metrics = fields.fields("metrics")
    disk = Disk(
        size_bytes=metrics.number("fs_size_bytes"),
        used_bytes=metrics.number("fs_used_bytes"),
        available_bytes=metrics.number("fs_avail_bytes"),
    )
    if min(disk.size_bytes, disk.used_bytes, disk.available_bytes) < 0:
        raise BadAnswer(SYSTEM, "read disk", f"{metrics.path}: a size below zero")
    return disk


def _lenient_moment(fields: Fields, name: str) -> datetime | None:
    """A time that nothing depends on."""
    try:
        return fields.optional_moment_iso(name)
    except BadAnswer:
        return None
