"""From the configuration to the sources that are asked. Builds clients, asks nobody.

Providers are imported by the kinds that the configuration uses, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from providers.base import Source, SourceKind, SourceSpec
from providers.clock import Clock
from tui.late_source import LateSource
from tui.wire_clients import Clients
from tui.wire_databases import database_sources
from tui.wire_deploys import deploy_sources
from tui.wire_endpoints import endpoint_sources
from tui.wire_names import status_page_id
from tui.wire_systems import system_sources

if TYPE_CHECKING:
    from tui.config.model import Config, StatusPage, Workspace


def sources(
    config: Config,
    shared: Clients,
    clock: Clock,
    begun: Mapping[str, Sequence[Source]] = MappingProxyType({}),
) -> Iterator[Source]:
    """Every source of every workspace.

    Args:
        config: What names them.
        shared: What they share.
        clock: The time.
        begun: The endpoints of a workspace, where those are there already.
    """
    for name, workspace in config.workspaces.items():
        ready = begun.get(name)
        yield from (
            endpoint_sources(name, workspace, shared.secrets, clock) if ready is None else ready
        )
        yield from database_sources(name, workspace, shared, clock)
        yield from deploy_sources(name, workspace, config, shared)
        yield from _status_pages(name, workspace, clock)
        yield from system_sources(name, workspace, config, shared, clock)


def _status_pages(name: str, workspace: Workspace, clock: Clock) -> Iterator[Source]:
    for page_name, page in workspace.status_pages.items():
        yield _status_page(name, page_name, page, clock)


def _status_page(workspace: str, name: str, page: StatusPage, clock: Clock) -> Source:
    spec = SourceSpec(
        id=status_page_id(workspace, name),
        workspace=workspace,
        environment="",
        kind=SourceKind.VENDOR_STATUS,
        title=page.title,
        system=f"{page.title} status page",
        interval_s=page.every_s,
        timeout_s=page.timeout_s,
    )
    return LateSource(spec, "providers.statuspage", partial(_of_page, spec, page, clock))


def _of_page(spec: SourceSpec, page: StatusPage, clock: Clock) -> Source:
    from providers.http import Api
    from providers.statuspage import StatusPageOptions, StatusPageSource

    api = Api(system=spec.system, base_url=page.url, clock=clock, deadline_s=page.timeout_s)
    options = StatusPageOptions(
        vendor=page.title, components=page.components, format=page.format, page=page.url
    )
    return StatusPageSource(spec, options, api)
