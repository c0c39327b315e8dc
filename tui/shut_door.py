"""The door for actions while nobody acts: it says what may be changed, and opens when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from actions.door import Door
    from actions.policy import Policy


class ShutDoor:
    """As `Door` where nothing was ever done; by any thread, `opened` in the engine's loop.

    Args:
        policy: Whether anything may be changed, of the configuration in use.
        opened: Opens it, and gives what takes its place in `engine.door`.
    """

    state = None
    catalogue = None

    def __init__(self, policy: Policy, opened: Callable[[], Awaitable[Door]]) -> None:
        self.policy = policy
        self.opened = opened

    def refusal(self, workspace: str, environment: str) -> str | None:
        """As `Door.refusal`."""
        return self.policy.refusal(workspace, environment)

    def lease_s(self, workspace: str, environment: str) -> float:
        """As `Door.lease_s`."""
        return self.policy.rules_of(workspace, environment).lease_s
