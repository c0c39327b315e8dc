"""Whether anything may be changed at all: decided in one place, the strictest setting wins."""

from collections.abc import Mapping

from msgspec import Struct, field


class Policy(Struct, frozen=True, kw_only=True):
    """Who said that nothing may be changed.

    Each level can only forbid. An environment that the policy does not know is read-only: what
    nobody has thought about is not written to (promise P6).
    """

    flag_read_only: bool = False
    """`--read-only` on the command line."""

    global_read_only: bool = True
    """`settings.read_only` of the configuration; the default is to refuse."""

    environments: Mapping[str, bool] = field(default_factory=dict)
    """Read-only or not, by `workspace/environment`."""

    def refusal(self, workspace: str, environment: str) -> str | None:
        """Why this environment may not be changed, or None when a lease may be asked for."""
        if self.flag_read_only:
            return "read-only: started with --read-only"
        if self.global_read_only:
            return "read-only: settings.read_only is true"
        forbidden = self.environments.get(f"{workspace}/{environment}", True)
        if forbidden:
            return f"read-only: {workspace}/{environment} does not allow changes"
        return None
