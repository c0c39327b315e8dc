"""From the configuration to what the monitor watches. Pure: reads nothing, asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from monitor.workspace import (
    CheckSpec,
    DatabaseSpec,
    EndpointRowSpec,
    EnvironmentSpec,
    ServiceSpec,
    WorkspaceSpec,
)
from providers.probe_readings import Role
from providers.readings import SourceId
from tui.wire_kpis import kpi_spec
from tui.wire_maintenance import maintenance
from tui.wire_names import (
    check_id,
    database_id,
    deploys_id,
    runs_id,
    status_page_id,
)
from tui.wire_people import contacts, links, severities
from tui.wire_response import business_hours, response_by_level

if TYPE_CHECKING:
    from tui.config.model import (
        Check,
        Config,
        Service,
        Workspace,
    )

_DAY_S: Final = 86_400.0


def workspace_specs(config: Config) -> tuple[WorkspaceSpec, ...]:
    """What is watched, in the order of the file."""
    return tuple(
        replace(_workspace(name, workspace), maintenance=maintenance(config, name))
        for name, workspace in config.workspaces.items()
    )


def checked_environments(
    workspace: Workspace, service: Service, check: Check
) -> Iterator[tuple[str, str]]:
    """Where a check is made: pairs of environment and base URL, in the order of the wall."""
    for environment in workspace.environments:
        if check.environments is not None and environment not in check.environments:
            continue
        place = service.environments.get(environment)
        if place is not None and place.url is not None:
            yield environment, place.url


def _workspace(name: str, workspace: Workspace) -> WorkspaceSpec:
    return WorkspaceSpec(
        name=name,
        title=workspace.title,
        environments=tuple(
            EnvironmentSpec(name=key, label=value.label, production=value.production)
            for key, value in workspace.environments.items()
        ),
        services=tuple(_service(name, key, service) for key, service in workspace.services.items()),
        rows=tuple(_rows(name, workspace)),
        kpis=tuple(kpi_spec(name, key, kpi, workspace) for key, kpi in workspace.kpis.items()),
        databases=tuple(_databases(name, workspace)),
        deploy_sources=tuple(_deploy_sources(name, workspace)),
        vendor_sources=tuple(status_page_id(name, page) for page in workspace.status_pages),
        severities=severities(workspace),
        contacts=contacts(workspace),
        links=links(workspace),
        business_hours=business_hours(workspace),
        response_by_level=response_by_level(workspace),
    )


def _service(workspace: str, name: str, service: Service) -> ServiceSpec:
    return ServiceSpec(
        name=name,
        title=service.title,
        depends_on=service.depends_on,
        deploys={
            environment: deploys_id(workspace, environment, name)
            for environment, place in service.environments.items()
            if place.deploys is not None
        },
    )


def _rows(workspace_name: str, workspace: Workspace) -> Iterator[EndpointRowSpec]:
    for service_name, service in workspace.services.items():
        for check_name, check in service.checks.items():
            places = list(checked_environments(workspace, service, check))
            yield EndpointRowSpec(
                key=f"{service_name}/{check_name}",
                title=check_title(service, check),
                service=service_name,
                checks={
                    environment: _check(
                        check_id(workspace_name, environment, service_name, check_name), check
                    )
                    for environment, _ in places
                },
            )


def check_title(service: Service, check: Check) -> str:
    """The row's name: what the file says, else the service and its path."""
    if check.title:
        return check.title
    return service.title if check.path == "/" else f"{service.title} {check.path}"


def _check(source: SourceId, check: Check) -> CheckSpec:
    return CheckSpec(
        source=source,
        role=Role(check.role),
        slow_ms=None if check.slow_over_s is None else check.slow_over_s * 1000,
        failures_to_fire=check.failures_to_fire,
        successes_to_clear=check.successes_to_clear,
        keep_firing_s=check.keep_firing_s,
        flapping=check.flapping,
        severity=check.severity or "",
        runbook=check.runbook or "",
        certificate_warning_days=check.certificate.warning_s / _DAY_S,
        certificate_critical_days=check.certificate.critical_s / _DAY_S,
    )


def _databases(workspace_name: str, workspace: Workspace) -> Iterator[DatabaseSpec]:
    for name, database in workspace.databases.items():
        for environment in workspace.environments:
            if environment in database.environments:
                yield DatabaseSpec(
                    source=database_id(workspace_name, environment, name),
                    title=database.title,
                    environment=environment,
                    name=name,
                    long_query_s=database.long_query_s,
                    long_query_critical_s=database.long_query_critical_s,
                    severity=database.severity or "",
                    runbook=database.runbook or "",
                )


def _deploy_sources(workspace_name: str, workspace: Workspace) -> Iterator[SourceId]:
    for name, service in workspace.services.items():
        for environment, place in service.environments.items():
            if place.deploys is not None:
                yield deploys_id(workspace_name, environment, name)
            if place.runs is not None:
                yield runs_id(workspace_name, environment, name)
