"""One system of the configuration with everything its sources are made from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from providers.base import Area, Source, SourceKind, SourceSpec
from providers.clock import Clock
from providers.secrets import SecretGetter
from tui.late_source import LateSource
from tui.wire_clients import Clients, local_file
from tui.wire_names import system_id

if TYPE_CHECKING:
    from providers.http import Api
    from providers.log_paths import RecentRequests
    from tui.config.model import Config
    from tui.config.model_systems import SystemSetting

Kind = TypeVar("Kind", bound="SystemSetting", covariant=True)


class Place(Struct, Generic[Kind], frozen=True, kw_only=True):
    """Where a system stands in the configuration, and what its sources share."""

    workspace: str
    kind: str
    """Key under `systems:`, such as `stripe`."""

    name: str
    """Key under the kind, such as `main`."""

    setting: Kind
    config: Config
    shared: Clients
    clock: Clock

    def spec(
        self,
        system: str,
        area: Area,
        *,
        interval_s: float,
        timeout_s: float,
        part: str = "",
        unseen_interval_s: float = 0.0,
        kind: SourceKind = SourceKind.SYSTEM,
    ) -> SourceSpec:
        """How one source of this system is named and asked.

        Args:
            system: The vendor in its own spelling: `Stripe`.
            area: The pane it belongs to.
            interval_s: How often it is asked while a pane shows it.
            timeout_s: For all requests of one read.
            part: Which of the system's sources it is; empty for the main one.
            unseen_interval_s: How often while no pane shows it; 0: the same.
            kind: What it reads.
        """
        title = self.setting.title or system
        return SourceSpec(
            id=system_id(self.workspace, self.setting.environment, self.kind, self.name, part),
            workspace=self.workspace,
            environment=self.setting.environment or "",
            kind=kind,
            title=f"{title} {part}".strip(),
            system=system,
            interval_s=interval_s,
            timeout_s=timeout_s,
            area=area,
            unseen_interval_s=unseen_interval_s,
        )

    def late(
        self, spec: SourceSpec, module: str, make: Callable[[Place[Kind], SourceSpec], Source]
    ) -> Source:
        """A source that is made when it is first read.

        Args:
            spec: Of the source.
            module: What `make` imports.
            make: Makes it.
        """
        return LateSource(spec, module, partial(make, self, spec))

    def api(self, account: str) -> Api:
        """The client of an account; closed by the wiring."""
        return self.shared.apis[account]

    def secret(self, name: str) -> SecretGetter:
        """The getter of a secret."""
        return self.shared.secrets[name]

    def file(self, path: str | None) -> Path | None:
        """A path of the configuration with `~` filled in."""
        found = local_file(path)
        return None if found is None else Path(found)


def recent_requests() -> RecentRequests:
    """What a system's log says of paths, for the source that tells it with the service."""
    from providers.log_paths import RecentRequests

    return RecentRequests()
