"""The source of what is used of the vendors' rate limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model_api_budget import ApiBudgetSystem
    from tui.config.model_system import SystemSetting
    from tui.config.model_workspace import Workspace

_SHARED: Final = ("api_budget_used_percent", "calls_per_minute")
METRICS: Final[Mapping[str, tuple[str, ...]]] = {"": _SHARED}
_SYSTEM: Final = "API budget"
_TIMEOUT_S: Final = 5.0


def metrics(setting: SystemSetting, workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """The worst of all, our calls, and one for each account."""
    from providers.api_budget import metric_of

    names = accounts_of(setting, workspace)
    return {"": (*_SHARED, *(metric_of(name) for name in names))}


def accounts_of(setting: SystemSetting, workspace: Workspace) -> tuple[str, ...]:
    """The accounts that are counted: those that are named, or all that the workspace uses."""
    named: tuple[str, ...] = getattr(setting, "accounts", ())
    return named or tuple(dict.fromkeys(_used(workspace)))


def _used(workspace: Workspace) -> Iterator[str]:
    for service in workspace.services.values():
        for place in service.environments.values():
            yield from (each.account for each in (place.deploys, place.runs) if each is not None)
    # By attributes alone: a configuration that was kept has no models.
    for systems in vars(workspace.systems).values():
        for system in systems.values():
            for field, name in vars(system).items():
                if name and (field == "account" or field.endswith("_account")):
                    yield name


def sources(place: Place[ApiBudgetSystem]) -> Iterator[Source]:
    """The one source; asks nobody, ever."""
    setting = place.setting
    spec = place.spec(_SYSTEM, Area.NONE, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    yield place.late(spec, "providers.api_budget", _source)


def _source(place: Place[ApiBudgetSystem], spec: SourceSpec) -> Source:
    from providers.api_budget import ApiBudgetSource

    names = accounts_of(place.setting, place.config.workspaces[place.workspace])
    return ApiBudgetSource(
        spec,
        spec.title,
        {name: place.api(name) for name in names},
        {name: place.config.accounts[name].kind for name in names},
        place.clock,
    )
