"""The verbs of Vercel and Render, from services and their deploys as configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from actions.hosting.family import Hosting
from actions.hosting.places import RENDER, VERCEL, Place, Places
from actions.hosting.stands_on import StandsOn
from providers.base import Source, SourceKind, SourceSpec
from providers.clock import Clock
from providers.vercel_mapping import PREVIEW, PRODUCTION
from tui.wire_databases import SYSTEM, database_options
from tui.wire_names import database_id, deploys_id, system_id
from tui.wire_watches import checks_of, kpis_of

if TYPE_CHECKING:
    from actions.families import Family
    from providers.http import Api
    from tui.config.model import Config, Deploys, Service, Workspace
    from tui.wire_clients import Clients

_LOOK_S: Final = 5.0
_VENDORS: Final = {"render": RENDER, "vercel": VERCEL}


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """One family for both vendors; none where nothing is hosted with them."""
    places = Places(_places(config, apis, _Ground(config, shared, clock)))
    return [Hosting(places)] if places.all else []


class _Ground:
    """What it takes to look at a database."""

    def __init__(self, config: Config, shared: Clients, clock: Clock) -> None:
        self.config = config
        self._shared = shared
        self._clock = clock

    def below(self, name: str, environment: str, service: Service) -> StandsOn | None:
        """The first database that a service stands on there."""
        databases = self.config.workspaces[name].databases
        for key in service.depends_on:
            if key in databases and environment in databases[key].environments:
                look = partial(self._source, name, environment, key)
                return StandsOn(title=databases[key].title, make=look)
        return None

    def _source(self, name: str, environment: str, key: str) -> Source:
        """One look, by the login that watches."""
        from providers.postgres.source import DatabaseSource

        database = self.config.workspaces[name].databases[key]
        spec = SourceSpec(
            id=database_id(name, environment, key),
            workspace=name,
            environment=environment,
            kind=SourceKind.DATABASE,
            title=database.title,
            system=SYSTEM,
            interval_s=database.environments[environment].every_s,
            timeout_s=_LOOK_S,
        )
        options = database_options(database, database.environments[environment], self._shared)
        return DatabaseSource(spec, options, self._clock)


def _places(config: Config, apis: Mapping[str, Api], ground: _Ground) -> Iterator[Place]:
    for name, workspace in config.workspaces.items():
        for service_name, service in workspace.services.items():
            for environment, place in service.environments.items():
                if place.deploys is not None:
                    where = (name, environment, service_name)
                    yield _watched(ground, hosted(config, apis, where, place.deploys))


def hosted(
    config: Config, apis: Mapping[str, Api], where: tuple[str, str, str], deploys: Deploys
) -> Place:
    """Where a service runs, without what looks at it there.

    Args:
        config: What names the account.
        apis: The clients for actions.
        where: Workspace, environment and service.
        deploys: What the configuration says of its deploys there.
    """
    name, environment, service = where
    workspace, account = config.workspaces[name], config.accounts[deploys.account]
    vendor = _VENDORS[account.kind]
    usual = PRODUCTION if environment == PRODUCTION else PREVIEW
    return Place(
        vendor=vendor,
        workspace=name,
        environment=environment,
        production=workspace.environments[environment].production,
        service=service,
        title=workspace.services[service].title,
        id=(deploys.service_id if vendor == RENDER else deploys.project) or "",
        team=(account.team or "") if vendor == VERCEL else "",
        target=(deploys.target or usual) if vendor == VERCEL else "",
        base_url=account.url,
        api=apis[deploys.account],
    )


def _watched(ground: _Ground, place: Place) -> Place:
    """With its sources, boards and checks, and the database below it."""
    name, environment, service = place.workspace, place.environment, place.service
    workspace = ground.config.workspaces[name]
    at_render = place.vendor == RENDER
    return replace(
        place,
        source=deploys_id(name, environment, service),
        stands_on=ground.below(name, environment, workspace.services[service])
        if at_render
        else None,
        boards=tuple(_boards(workspace, name, "render" if at_render else "vercel", place.id)),
        watches=(
            *checks_of(name, workspace, environment, service),
            *kpis_of(workspace, environment, service),
        ),
    )


def _boards(workspace: Workspace, name: str, kind: str, id_: str) -> Iterator[str]:
    """The systems that show the same project or service."""
    for system, setting in getattr(workspace.systems, kind).items():
        shown = setting.service_id if kind == "render" else setting.project
        if shown == id_:
            yield system_id(name, setting.environment, kind, system)
