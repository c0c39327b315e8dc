"""The sources of systems, by kind. A kind's module is imported when the configuration uses it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Protocol, cast

from providers.base import Source
from providers.clock import Clock
from tui.wire_clients import Clients
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model import Config, Workspace
    from tui.config.model_systems import SystemSetting

WIRES: Final[Mapping[str, str]] = {
    "vercel": "tui.wire_vercel",
    "render": "tui.wire_render",
    "github": "tui.wire_github",
    "auth_security": "tui.wire_auth_security",
    "stripe": "tui.wire_stripe",
    "resend": "tui.wire_resend",
    "google_calendar": "tui.wire_google_calendar",
    "sentry": "tui.wire_sentry",
    "pagerduty": "tui.wire_pagerduty",
    "slack": "tui.wire_slack",
    "supabase": "tui.wire_supabase",
    "supabase_auth": "tui.wire_supabase_auth",
    "domains": "tui.wire_domains",
    "web_vitals": "tui.wire_web_vitals",
    "business": "tui.wire_business",
    "scripts": "tui.wire_scripts",
    "api_budget": "tui.wire_api_budget",
}
"""The module that builds the sources of each kind under `systems:`."""


class Wire(Protocol):
    """What such a module offers."""

    METRICS: Mapping[str, tuple[str, ...]]
    """Names of the numbers of each part's source; the main part is ``""``. For KPIs."""

    def sources(self, place: Place[SystemSetting]) -> Iterator[Source]:
        """Every source of one system; asks nobody."""
        ...


def wire_of(kind: str) -> Wire:
    """The module of a kind.

    Raises:
        KeyError: There is no such kind.
    """
    return cast(Wire, importlib.import_module(WIRES[kind]))


def metrics_of(
    kind: str, setting: SystemSetting, workspace: Workspace
) -> Mapping[str, tuple[str, ...]]:
    """The numbers of one system by part; some kinds have those that the configuration names."""
    module = wire_of(kind)
    made: Callable[[SystemSetting, Workspace], Mapping[str, tuple[str, ...]]] | None = getattr(
        module, "metrics", None
    )
    return module.METRICS if made is None else made(setting, workspace)


def system_sources(
    name: str, workspace: Workspace, config: Config, shared: Clients, clock: Clock
) -> Iterator[Source]:
    """Every source of every system of one workspace."""
    for kind in WIRES:
        systems: Mapping[str, SystemSetting] = getattr(workspace.systems, kind)
        for key, setting in systems.items():
            place = Place(
                workspace=name,
                kind=kind,
                name=key,
                setting=setting,
                config=config,
                shared=shared,
                clock=clock,
            )
            yield from wire_of(kind).sources(place)
