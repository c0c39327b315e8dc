"""The verbs on Supabase projects, from `systems.supabase`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from actions.supabase.family import SupabaseFamily
from actions.supabase.projects import Site, Sites
from tui.wire_names import system_id
from tui.wire_verbs_database import grounds

if TYPE_CHECKING:
    from actions.database.ground import Ground
    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from tui.config.model import Config
    from tui.wire_clients import Clients


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """One family; none where there is no project."""
    sites = Sites(_sites(config, apis, shared))
    return [SupabaseFamily(sites, clock)] if sites.all else []


def _sites(config: Config, apis: Mapping[str, Api], shared: Clients) -> Iterator[Site]:
    known = grounds(config, shared).all.values()
    for name, workspace in config.workspaces.items():
        for key, setting in workspace.systems.supabase.items():
            environment = setting.environment or ""
            place = workspace.environments.get(environment)
            here = [one for one in known if (one.workspace, one.environment) == (name, environment)]
            yield Site(
                workspace=name,
                environment=environment,
                production=place is None or place.production,
                name=key,
                title=setting.title or f"{workspace.title} database",
                ref=setting.project,
                api=apis[setting.account],
                url=config.accounts[setting.account].url,
                source=str(system_id(name, setting.environment, "supabase", key)),
                ground=_only(here),
            )


def _only(grounds_here: list[Ground]) -> Ground | None:
    """The database of an environment; of several nobody knows which one is the project's."""
    return grounds_here[0] if len(grounds_here) == 1 else None
