"""The Supabase projects of both products, with their real databases behind them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from demo.credentials import Credentials
from demo.eye import Eye, Look
from demo.vendors.supabase import Grant, SupabaseApi
from demo.vendors.supabase_project import ProjectSite
from demo.vendors.supabase_state import Project, Supabase

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from demo.pulse import Pulse

PRODUCTS: Final = ("lma", "localloop")


class Backing(Struct, frozen=True, kw_only=True):
    """A project stands on the product's real database, and feels how the product does."""

    eye: Eye
    pulse: "Pulse | None" = None

    async def look(self) -> Look:
        """The database as the product sees it."""
        return await self.eye.look()

    def strain_at(self, at: datetime) -> float:
        """How hard it was on the product; always calm for one without a pulse."""
        return self.pulse.strain_at(at) if self.pulse else 0.0


def add_projects(supabase: Supabase) -> None:
    """One project a product."""
    supabase.organizations |= {"lma": "LMA Commerce", "localloop": "LocalLoop"}
    supabase.add("lma", "lma", users=180, compute="small", disk_gib=16, used_gib=6.1, pitr=True)
    supabase.add("localloop", "localloop", users=240, compute="micro", used_gib=3.4)


def project_of(supabase: Supabase, product: str) -> Project:
    """The project of a product."""
    return next(one for one in supabase.projects.values() if one.name == product)


def supabase_apps(
    supabase: Supabase,
    words: Credentials,
    eyes: Mapping[str, Eye],
    pulses: "Mapping[str, Pulse]",
) -> "Iterator[tuple[str, ASGIApp]]":
    """The management API, and each project's own site, by name.

    Args:
        supabase: What it remembers.
        words: What opens it.
        eyes: How each product sees its database, by product.
        pulses: How the API of LMA does, by environment.
    """
    keys = {"lma": words.supabase_key_lma, "localloop": words.supabase_key_localloop}
    bodies = {
        "lma": Backing(eye=eyes["lma"], pulse=pulses["production"]),
        "localloop": Backing(eye=eyes["localloop"]),
    }
    grants = {
        words.supabase_lma: Grant(organizations=("lma",)),
        words.supabase_localloop: Grant(organizations=("localloop",)),
    }
    yield "supabase", SupabaseApi(supabase, grants).app()
    for product in PRODUCTS:
        project = project_of(supabase, product)
        project.secret_key, project.body = keys[product], bodies[product]
        yield f"supabase-{product}", ProjectSite(project, supabase.agenda).app()
