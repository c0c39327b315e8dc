"""What should be well after an action: the checks of a service, and the KPIs made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.wire_names import check_id

if TYPE_CHECKING:
    from tui.config.model import Workspace


def checks_of(name: str, workspace: Workspace, environment: str, service: str) -> Iterator[str]:
    """Ids of the checks of a service in one environment; none where it has no address there."""
    setting = workspace.services[service]
    place = setting.environments.get(environment)
    if place is None or place.url is None:
        return
    for key, check in setting.checks.items():
        if check.environments is None or environment in check.environments:
            yield check_id(name, environment, service, key)


def kpis_of(workspace: Workspace, environment: str, service: str) -> Iterator[str]:
    """Keys of the KPIs of an environment that are made of a service's checks."""
    for key, kpi in workspace.kpis.items():
        services = [(one.check or "").partition("/")[0] for one in kpi.sources]
        if kpi.environment == environment and service in services:
            yield key
