"""Whether anything may be changed at all: decided in one place, the strictest setting wins."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field

LONGEST_LEASE_S: Final = 1_800.0
"""How long an environment may be armed unless the configuration says otherwise."""


class EnvironmentRules(Struct, frozen=True, kw_only=True):
    """What holds in one environment besides read-only."""

    production: bool = True
    """The target's name is typed."""

    lease_s: float = LONGEST_LEASE_S
    """How long it may be armed at most."""

    approval: bool = False
    """A second person has to agree to the very plan."""


STRICTEST: Final = EnvironmentRules()
"""For an environment that nobody has described."""


class Policy(Struct, frozen=True, kw_only=True):
    """Who said that nothing may be changed, and what is asked for where something may.

    Each level can only forbid. An environment that the policy does not know is read-only: what
    nobody has thought about is not written to (promise P6). What belongs to no single environment
    (an empty name) is held to the strictest of its workspace.
    """

    flag_read_only: bool = False
    """`--read-only` on the command line."""

    global_read_only: bool = True
    """`settings.read_only` of the configuration; the default is to refuse."""

    environments: Mapping[str, bool] = field(default_factory=dict)
    """Read-only or not, by `workspace/environment`."""

    rules: Mapping[str, EnvironmentRules] = field(default_factory=dict)
    """By `workspace/environment`."""

    @property
    def forbids_all(self) -> bool:
        """Whether nothing may be changed anywhere."""
        return self.flag_read_only or self.global_read_only or all(self.environments.values())

    def refusal(self, workspace: str, environment: str) -> str | None:
        """Why this environment may not be changed, or None when a lease may be asked for."""
        if self.flag_read_only:
            return "read-only: started with --read-only"
        if self.global_read_only:
            return "read-only: settings.read_only is true"
        places = self._places(workspace, environment)
        for place in places:
            if self.environments.get(place, True):
                return f"read-only: {place} does not allow changes"
        return None if places else f"read-only: {workspace} has no environments"

    def rules_of(self, workspace: str, environment: str) -> EnvironmentRules:
        """What is asked for there: of several environments the strictest."""
        found = [self.rules.get(place, STRICTEST) for place in self._places(workspace, environment)]
        if not found:
            return STRICTEST
        return EnvironmentRules(
            production=any(one.production for one in found),
            lease_s=min(one.lease_s for one in found),
            approval=any(one.approval for one in found),
        )

    def _places(self, workspace: str, environment: str) -> list[str]:
        if environment:
            return [f"{workspace}/{environment}"]
        return sorted(place for place in self.environments if place.startswith(f"{workspace}/"))
