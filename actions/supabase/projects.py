"""The projects of the configuration, and how one stands at this moment."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from actions.database.ground import Ground
from actions.plan import Target
from actions.targets import target_at
from actions.verbs import Unplannable
from monitor.contained import Contained
from providers.errors import ProviderError
from providers.fields import Fields
from providers.http import Api
from providers.postgres.fate import looking
from providers.postgres.rows import integer
from providers.postgres.statements import statement
from providers.supabase_mapping import project_of
from providers.text import Foreign

SYSTEM: Final = "Supabase"
READ: Final = "read project"


class Site(Struct, frozen=True, kw_only=True):
    """One project."""

    workspace: str
    environment: str
    """Empty: it belongs to no single one."""

    production: bool
    name: str
    """Key of the system in the configuration."""

    title: str
    ref: str
    api: Api
    url: str
    """Where the API begins."""

    source: str
    ground: Ground | None = None
    """Its database, where the configuration knows which one it is."""

    @property
    def place(self) -> str:
        """`lma/production/main`."""
        return f"{self.workspace}/{self.environment or '-'}/{self.name}"

    @property
    def target(self) -> Target:
        """It as what is acted upon."""
        typed = "-".join(filter(None, (self.workspace, self.environment, self.name)))
        return target_at(self, "project", identity=self.ref, name=Foreign(self.title), typed=typed)


class Stand(Struct, frozen=True, kw_only=True):
    """How a project stands."""

    name: Foreign
    status: str
    region: Foreign
    started: str = ""
    """When its server was started; empty: not known."""

    clients: int | None = None
    why: str = ""
    """Why its database was not looked at."""


class Sites:
    """All that the configuration knows.

    Args:
        sites: One a project.
    """

    def __init__(self, sites: Iterable[Site]) -> None:
        self.all: Mapping[str, Site] = {one.place: one for one in sites}

    def of_source(self, source: str) -> Site | None:
        """The project behind a source: its own, or that of its database."""
        for one in self.all.values():
            database = one.ground.source if one.ground is not None else ""
            for own in filter(None, (one.source, database)):
                if source == own or source.startswith(f"{own}."):
                    return one
        return None

    def of_target(self, target: Target) -> Site:
        """The project that a target means.

        Raises:
            Unplannable: The configuration does not know it, or not any more.
        """
        for one in self.all.values():
            if one.target.key == target.key and one.target.place == target.place:
                return one
        raise Unplannable(f"the configuration knows no project {target.identity}")


async def stand_of(site: Site, *, database: bool) -> Stand:
    """The project as the vendor tells of it; its database besides, if it can be asked.

    Raises:
        Unplannable: The vendor tells of another project.
        ProviderError: The vendor could not be asked.
    """
    answer = await site.api.get(READ, f"/v1/projects/{site.ref}")
    project = project_of(Fields(answer.value, SYSTEM, READ))
    if project.ref != site.ref:
        raise Unplannable(f"the vendor told of another project than {site.ref}")
    stand = Stand(name=project.name, status=project.status.text, region=project.region)
    if not database or site.ground is None:
        why = "" if not database else "which database it is, is not configured"
        return _with(stand, why=why)
    with Contained() as contained:
        async with looking(site.ground.options, "look at the server") as look:
            (row,) = await look.rows(statement("action_started"))
        return _with(stand, started=str(row["started"]), clients=integer(row, "clients"))
    if not isinstance(contained.error, ProviderError):
        return _with(stand, why="it could not be asked")
    return _with(stand, why=contained.error.reason)


def _with(stand: Stand, *, started: str = "", clients: int | None = None, why: str = "") -> Stand:
    return Stand(
        name=stand.name,
        status=stand.status,
        region=stand.region,
        started=started,
        clients=clients,
        why=why,
    )
