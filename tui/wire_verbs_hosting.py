"""The verbs of Vercel and Render, from services and their deploys as configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from actions.hosting.family import Hosting
from actions.hosting.places import RENDER, VERCEL, Place, Places
from actions.hosting.stands_on import StandsOn
from providers.base import Source, SourceKind, SourceSpec
from providers.clock import Clock
from providers.vercel_mapping import PREVIEW, PRODUCTION
from tui.wire_databases import SYSTEM, database_options
from tui.wire_names import check_id, database_id, deploys_id, system_id

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
                    yield _place(ground, apis, where, service, place.deploys)


def _place(
    ground: _Ground,
    apis: Mapping[str, Api],
    where: tuple[str, str, str],
    service: Service,
    deploys: Deploys,
) -> Place:
    name, environment, service_name = where
    config = ground.config
    workspace, account = config.workspaces[name], config.accounts[deploys.account]
    vendor = _VENDORS[account.kind]
    id_ = (deploys.service_id if vendor == RENDER else deploys.project) or ""
    usual = PRODUCTION if environment == PRODUCTION else PREVIEW
    return Place(
        vendor=vendor,
        workspace=name,
        environment=environment,
        production=workspace.environments[environment].production,
        service=service_name,
        title=service.title,
        id=id_,
        team=(account.team or "") if vendor == VERCEL else "",
        target=(deploys.target or usual) if vendor == VERCEL else "",
        base_url=account.url,
        api=apis[deploys.account],
        source=deploys_id(*where),
        stands_on=ground.below(name, environment, service) if vendor == RENDER else None,
        boards=tuple(_boards(workspace, name, account.kind, id_)),
        watches=tuple(_watches(workspace, name, environment, service_name)),
    )


def _boards(workspace: Workspace, name: str, kind: str, id_: str) -> Iterator[str]:
    """The systems that show the same project or service."""
    for system, setting in getattr(workspace.systems, kind).items():
        shown = setting.service_id if kind == "render" else setting.project
        if shown == id_:
            yield system_id(name, setting.environment, kind, system)


def _watches(workspace: Workspace, name: str, environment: str, service: str) -> Iterator[str]:
    """Its checks there, and the KPIs that are made of them."""
    place = workspace.services[service].environments[environment]
    for check_name, check in workspace.services[service].checks.items():
        meant = check.environments is None or environment in check.environments
        if meant and place.url is not None:
            yield check_id(name, environment, service, check_name)
    for key, kpi in workspace.kpis.items():
        checks = [(one.check or "").partition("/")[0] for one in kpi.sources]
        if kpi.environment == environment and service in checks:
            yield key
