"""What the screens ask of the door for actions; `tui.door_link.DoorLink` is one."""

from collections.abc import Mapping
from typing import Protocol

from actions.audit_chain import Verified
from actions.audit_entries import AuditEntry
from actions.door_state import DoorState
from actions.families import Catalogue
from actions.guard_values import Confirmation
from actions.lease import Lease
from actions.plan import Target
from actions.running import Proposal, Running


class ScreenDoor(Protocol):
    """Everything that can be asked; what raises what stands at `DoorLink`."""

    @property
    def state(self) -> DoorState | None:
        """How everything stands; None while nobody acts or has acted."""
        ...

    @property
    def catalogue(self) -> Catalogue | None:
        """What can be done; None until `ready` was awaited once."""
        ...

    def refusal(self, workspace: str, environment: str) -> str | None:
        """Why an environment may not be changed, whatever is asked; None: a lease may be."""
        ...

    def lease_s(self, workspace: str, environment: str) -> float:
        """How long an environment may be armed at most."""
        ...

    async def ready(self) -> Catalogue:
        """What can be done with the configuration in use."""
        ...

    async def find(self, verb: str, words: str) -> Target:
        """The target that somebody names in words."""
        ...

    async def propose(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Proposal:
        """Plan an action and ask the guard."""
        ...

    async def start(self, proposal: Proposal, confirmation: Confirmation) -> Running:
        """Begin what was confirmed."""
        ...

    async def cancelled(self, proposal: Proposal, why: str) -> None:
        """The person was shown it and said no."""
        ...

    async def arm(
        self, workspace: str, environment: str, *, reason: str, minutes: float, incident: str = ""
    ) -> Lease:
        """Arm an environment for a while."""
        ...

    async def disarm(self, workspace: str, environment: str) -> bool:
        """Disarm an environment; whether it was armed."""
        ...

    async def settle(self, request: str, reason: str) -> AuditEntry:
        """Write down that somebody looked: it is put right, or known."""
        ...

    async def approve(self, fingerprint: str, reason: str) -> AuditEntry:
        """Agree to a plan that somebody else asks a second person for."""
        ...

    async def look_again(self, request: str) -> str:
        """Read back now what became of an action that nobody knows the end of; in words."""
        ...

    async def entries(self, most: int = 2_000) -> tuple[AuditEntry, ...]:
        """The last entries of the audit, oldest first."""
        ...

    async def verified(self) -> Verified:
        """Whether the audit is whole."""
        ...
