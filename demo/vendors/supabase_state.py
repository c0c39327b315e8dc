"""Supabase's memory: projects that pause, wake, restart and grow, and their backups."""

import enum
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec import Struct, field

from demo.agenda import Agenda
from demo.eye import Look
from demo.vendors.supabase_people import People
from demo.vendors.wire import RateWindow, Refusal

GIB: Final = 2**30
READ_ONLY_LIFTED: Final = timedelta(minutes=15)
_PER_MINUTE: Final = 120


def ref_of(name: str) -> str:
    """A project's reference: twenty letters, the same for the same name."""
    digest = hashlib.sha256(f"supabase/{name}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:20])


class Status(enum.Enum):
    """`status` of a project, as far as one of ours gets there."""

    ACTIVE_HEALTHY = "ACTIVE_HEALTHY"
    INACTIVE = "INACTIVE"
    PAUSING = "PAUSING"
    RESTORING = "RESTORING"
    COMING_UP = "COMING_UP"
    RESTARTING = "RESTARTING"


class Timing(Struct, frozen=True, kw_only=True):
    """How long things take here; the vendor's own take minutes."""

    pause_s: float = 4.0
    restore_s: float = 10.0
    come_up_s: float = 6.0
    restart_s: float = 8.0


class Body(Protocol):
    """What is behind a project: a database, and whoever works it."""

    async def look(self) -> Look:
        """How the database stands now."""
        ...

    def strain_at(self, at: datetime) -> float:
        """How hard it was on the product, from 0 to 1."""
        ...


class Calm:
    """Behind a project of which nothing else is known."""

    async def look(self) -> Look:
        """A database that answers."""
        return Look(used=11, ours=4)

    def strain_at(self, at: datetime) -> float:
        """Nothing is hard, at any instant."""
        del at
        return 0.0


class Attack(Struct, frozen=True, kw_only=True):
    """Somebody who tries passwords."""

    address: str
    per_minute: int
    since: datetime


class Project(Struct, kw_only=True):
    """One project."""

    ref: str
    name: str
    organization: str
    created_at: datetime
    region: str = "eu-central-1"
    compute: str = "small"
    """Size of the machine, as in `ci_small`."""

    disk_gib: int = 8
    used_gib: float = 3.2
    pitr: bool = False
    secret_key: str = ""
    status: Status = Status.ACTIVE_HEALTHY
    read_only: bool = False
    read_only_lifted_until: datetime | None = None
    body: Body = field(default_factory=Calm)
    people: People
    attacks: list[Attack] = field(default_factory=list)
    failed_backups: set[str] = field(default_factory=set)
    """Dates of nights in which the backup failed."""

    generation: int = 0
    """Counts changes of state: an older plan does nothing any more."""

    @property
    def awake(self) -> bool:
        """Whether its database and its services answer."""
        return self.status is Status.ACTIVE_HEALTHY

    def lifted(self, now: datetime) -> bool:
        """Whether the read-only mode is switched off for a while."""
        until = self.read_only_lifted_until
        return until is not None and now < until


class Supabase(Struct):
    """All projects of one world.

    Args:
        agenda: When things happen.
    """

    agenda: Agenda
    timing: Timing = Timing()
    projects: dict[str, Project] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    """Name by slug."""

    rate: RateWindow = field(default_factory=lambda: RateWindow(limit=_PER_MINUTE, window_s=60))
    """How much each token may ask of each project."""

    def add(self, name: str, organization: str, *, users: int = 0, **more: object) -> Project:
        """Put a project in, half a year old."""
        created = self.agenda.now - timedelta(days=190)
        made = Project(
            ref=ref_of(name),
            name=name,
            organization=organization,
            created_at=created,
            people=People(agenda=self.agenda, product=name),
            **more,  # type: ignore[arg-type]  # named by the caller
        )
        made.people.settle_in(users)
        self.projects[made.ref] = made
        return made

    def project(self, ref: str) -> Project:
        """A project by reference.

        Raises:
            Refusal: There is none.
        """
        if ref not in self.projects:
            raise Refusal(404, "not_found", "Project not found")
        return self.projects[ref]

    def pause(self, project: Project) -> None:
        """Put a project to sleep.

        Raises:
            Refusal: It is not awake.
        """
        if not project.awake:
            raise Refusal(400, "bad_state", f"Project is {project.status.value}")
        self._pass_through(project, (Status.PAUSING, self.timing.pause_s), end=Status.INACTIVE)

    def restore(self, project: Project) -> None:
        """Wake a project; for a while it can be cancelled.

        Raises:
            Refusal: It is not paused.
        """
        if project.status is not Status.INACTIVE:
            raise Refusal(400, "bad_state", "Project is not paused")
        self._pass_through(
            project,
            (Status.RESTORING, self.timing.restore_s),
            (Status.COMING_UP, self.timing.come_up_s),
            end=Status.ACTIVE_HEALTHY,
        )

    def cancel_restore(self, project: Project) -> None:
        """Let it sleep on.

        Raises:
            Refusal: It is not being restored.
        """
        if project.status is not Status.RESTORING:
            raise Refusal(400, "bad_state", "Project is not being restored")
        self._become(project, Status.INACTIVE)

    def restart(self, project: Project) -> None:
        """Restart database and pooler: for a while nothing answers.

        Raises:
            Refusal: It is not awake.
        """
        if not project.awake:
            raise Refusal(400, "bad_state", f"Project is {project.status.value}")
        step = (Status.RESTARTING, self.timing.restart_s)
        self._pass_through(project, step, end=Status.ACTIVE_HEALTHY)

    def lift_read_only(self, project: Project) -> None:
        """Take writes again for a quarter of an hour.

        Raises:
            Refusal: It takes writes.
        """
        if not project.read_only:
            raise Refusal(400, "bad_state", "Project is not in read-only mode")
        project.read_only_lifted_until = self.agenda.now + READ_ONLY_LIFTED

    def fill_disk(self, project: Project, share: float) -> None:
        """Fill the disk to a share from 0 to 1; from 95 % on writes are refused."""
        project.used_gib = project.disk_gib * share
        project.read_only = share >= 0.95

    def attack(self, project: Project, address: str, per_minute: int) -> None:
        """Let somebody try passwords from now on."""
        made = Attack(address=address, per_minute=per_minute, since=self.agenda.now)
        project.attacks.append(made)

    def _pass_through(self, project: Project, *steps: tuple[Status, float], end: Status) -> None:
        (first, seconds), *rest = (*steps, (end, 0.0))
        self._become(project, first)
        plan = project.generation

        def go_on() -> None:
            if project.generation == plan:
                self._next(project, rest)

        self.agenda.after(seconds, go_on)

    def _next(self, project: Project, rest: list[tuple[Status, float]]) -> None:
        *steps, (end, _) = rest
        if steps:
            self._pass_through(project, *steps, end=end)
        else:
            self._become(project, end)

    def _become(self, project: Project, status: Status) -> None:
        project.status = status
        project.generation += 1


NIGHTS: Final = 7


def nights(project: Project, now: datetime) -> list[datetime]:
    """When the last backups were made, newest first: every night at 02:17."""
    last = now.replace(hour=2, minute=17, second=4, microsecond=0)
    if last > now:
        last -= timedelta(days=1)
    made = (last - timedelta(days=days) for days in range(NIGHTS))
    return [at for at in made if at >= project.created_at]


MACHINES: Final[Mapping[str, tuple[int, int]]] = {
    "micro": (1, 60),
    "small": (2, 90),
    "medium": (4, 120),
}
"""Memory in GiB and connections, by the size of the machine."""
