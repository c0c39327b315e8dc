"""What is left of a product when only one of its environments is asked; pure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from monitor.workspace import EndpointRowSpec, WorkspaceSpec
from providers.base import Source

if TYPE_CHECKING:
    from tui.config.model import Workspace


def unknown_environment(
    workspaces: "Mapping[str, Workspace]", only: str | None, environment: str | None
) -> str:
    """Why an environment can not be shown alone, in words; empty when it can."""
    names = dict.fromkeys(
        name
        for workspace, found in workspaces.items()
        if only in {None, workspace}
        for name in found.environments
    )
    if environment is None or environment in names:
        return ""
    return f"no environment {environment!r}; there are: {', '.join(names)}"


def within(spec: WorkspaceSpec, environment: str | None) -> WorkspaceSpec:
    """The product without its other environments; what belongs to none stays. None: all of it."""
    if environment is None:
        return spec
    mine = {environment, ""}
    return replace(
        spec,
        rows=tuple(_row(row, environment) for row in spec.rows if environment in row.checks),
        kpis=tuple(one for one in spec.kpis if one.environment in mine),
        databases=tuple(one for one in spec.databases if one.environment in mine),
    )


def sources_within(sources: Sequence[Source], environment: str | None) -> list[Source]:
    """The sources of one environment and those that belong to none."""
    if environment is None:
        return list(sources)
    return [one for one in sources if one.spec.environment in {environment, ""}]


def _row(row: EndpointRowSpec, environment: str) -> EndpointRowSpec:
    return replace(row, checks={environment: row.checks[environment]})
