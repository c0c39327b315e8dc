"""From the configuration to the sources that are asked. Builds clients, asks nobody.

Providers are imported by the kinds that the configuration uses, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from providers.base import Source, SourceKind, SourceSpec
from providers.clock import Clock
from providers.probe_readings import Role
from tui.wire_clients import Clients, local_file
from tui.wire_databases import database_sources
from tui.wire_deploys import deploy_sources
from tui.wire_names import check_id, status_page_id
from tui.wire_specs import check_title, checked_environments
from tui.wire_systems import system_sources

if TYPE_CHECKING:
    from providers.endpoint import AssertionSpec, MetricSpec
    from tui.config.model import (
        Assertion,
        Check,
        Config,
        Metric,
        StatusPage,
        Workspace,
    )


def sources(config: Config, shared: Clients, clock: Clock) -> Iterator[Source]:
    """Every source of every workspace."""
    for name, workspace in config.workspaces.items():
        yield from _endpoints(name, workspace, shared, clock)
        yield from database_sources(name, workspace, shared, clock)
        yield from deploy_sources(name, workspace, config, shared)
        yield from _status_pages(name, workspace, clock)
        yield from system_sources(name, workspace, config, shared, clock)


def _endpoints(name: str, workspace: Workspace, shared: Clients, clock: Clock) -> Iterator[Source]:
    for service_name, service in workspace.services.items():
        for check_name, check in service.checks.items():
            for environment, url in checked_environments(workspace, service, check):
                spec = SourceSpec(
                    id=check_id(name, environment, service_name, check_name),
                    workspace=name,
                    environment=environment,
                    kind=SourceKind.ENDPOINT,
                    title=check_title(service, check),
                    system="HTTP",
                    interval_s=check.every_s,
                    timeout_s=check.timeout_s,
                )
                yield _endpoint(spec, url, check, shared, clock)


def _endpoint(spec: SourceSpec, url: str, check: Check, shared: Clients, clock: Clock) -> Source:
    from providers.endpoint import EndpointOptions, EndpointSource

    options = EndpointOptions(
        url=f"{url}{check.path}",
        method=check.method,
        expect=check.expect,
        headers=check.headers,
        secret=shared.secrets[check.secret] if check.secret else None,
        secret_header=check.secret_header,
        secret_prefix=check.secret_prefix,
        role=Role(check.role),
        assertions=tuple(_assertion(given) for given in check.assertions),
        metrics=tuple(_metric(given) for given in check.metrics),
        metrics_format=check.metrics_format if check.metrics else None,
        version_path=check.version.path if check.version else None,
        version_header=check.version.header if check.version else None,
        follow_redirects=check.redirects,
        ca_file=local_file(check.ca_file),
        fresh_every=check.fresh_every,
        http2=check.http2,
        body_limit_bytes=check.body_limit_bytes,
    )
    return EndpointSource(spec, options, clock)


def _assertion(given: Assertion) -> AssertionSpec:
    from providers.endpoint import AssertionSpec

    return AssertionSpec(
        path=given.path,
        equals=given.equals,
        matches=given.matches,
        at_least=given.at_least,
        at_most=given.at_most,
        exists=given.exists,
    )


def _metric(given: Metric) -> MetricSpec:
    from providers.endpoint import MetricSpec

    return MetricSpec(name=given.name, path=given.path, unit=given.unit, scale=given.scale)


def _status_pages(name: str, workspace: Workspace, clock: Clock) -> Iterator[Source]:
    for page_name, page in workspace.status_pages.items():
        yield _status_page(name, page_name, page, clock)


def _status_page(workspace: str, name: str, page: StatusPage, clock: Clock) -> Source:
    from providers.http import Api
    from providers.statuspage import StatusPageOptions, StatusPageSource

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
    api = Api(system=spec.system, base_url=page.url, clock=clock, deadline_s=page.timeout_s)
    options = StatusPageOptions(
        vendor=page.title, components=page.components, format=page.format, page=page.url
    )
    return StatusPageSource(spec, options, api)
