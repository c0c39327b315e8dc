"""The verbs of Vercel and Render, from services and their deploys as configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from actions.hosting.family import Hosting
from actions.hosting.places import RENDER, VERCEL, Place, Places
from providers.vercel_mapping import PREVIEW, PRODUCTION
from tui.wire_names import check_id, deploys_id, system_id

if TYPE_CHECKING:
    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from tui.config.model import Config, Deploys, Service, Workspace
    from tui.wire_clients import Clients

_VENDORS: Final = {"render": RENDER, "vercel": VERCEL}


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """One family for both vendors; none where nothing is hosted with them."""
    del shared, clock
    places = Places(_places(config, apis))
    return [Hosting(places)] if places.all else []


def _places(config: Config, apis: Mapping[str, Api]) -> Iterator[Place]:
    for name, workspace in config.workspaces.items():
        for service_name, service in workspace.services.items():
            for environment, place in service.environments.items():
                if place.deploys is not None:
                    where = (name, environment, service_name)
                    yield _place(config, apis, where, service, place.deploys)


def _place(
    config: Config,
    apis: Mapping[str, Api],
    where: tuple[str, str, str],
    service: Service,
    deploys: Deploys,
) -> Place:
    name, environment, service_name = where
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
