"""How much of a configuration is watched: all of it, or what somebody asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from providers.base import SourceKind
from tui.one_environment import sources_within, within
from tui.wire_specs import workspace_specs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.workspace import WorkspaceSpec
    from providers.base import Source
    from tui.config.model import Config


class Extent(Struct, frozen=True, kw_only=True):
    """All of it, unless something is said."""

    workspace: str | None = None
    """This one alone."""

    environment: str | None = None
    """This one alone, and what belongs to none."""

    logs: bool = True
    """The logs too, which tell nothing where nobody looks through them."""

    def specs(self, config: Config) -> tuple[WorkspaceSpec, ...]:
        """What is watched."""
        specs = (one for one in workspace_specs(config) if self.workspace in {None, one.name})
        return tuple(within(one, self.environment) for one in specs)

    def of(self, every: Iterable[Source]) -> list[Source]:
        """The sources that are asked."""
        named = [one for one in every if self.workspace in {None, one.spec.workspace}]
        kept = [one for one in named if self.logs or one.spec.kind is not SourceKind.LOGS]
        return sources_within(kept, self.environment)


ALL = Extent()
