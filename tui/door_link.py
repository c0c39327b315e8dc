"""The door for actions as the screen has it: every call runs in the engine's loop.

What is shown may be read at once, in any thread. Nothing here decides anything: whether something
may be done is the guard's business, over there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from tui.shut_door import ShutDoor

if TYPE_CHECKING:
    from actions.audit_chain import Verified
    from actions.audit_entries import AuditEntry
    from actions.door import Door
    from actions.door_state import DoorState
    from actions.families import Catalogue
    from actions.guard_values import Confirmation
    from actions.lease import Lease
    from actions.plan import Target
    from actions.running import Proposal, Running
    from tui.engine_link import EngineCalls, EngineLink

T = TypeVar("T")


class NoDoor(Exception):
    """Nothing can be done now: the program begins or ends; in words."""


class DoorLink:
    """Used in the screen's loop.

    Args:
        engine: The engine's thread.
    """

    def __init__(self, engine: EngineLink) -> None:
        self._engine = engine

    @property
    def state(self) -> DoorState | None:
        """How everything stands; None while nobody acts or has acted."""
        door = self._door
        return None if door is None else door.state

    @property
    def catalogue(self) -> Catalogue | None:
        """What can be done; None until `ready` was awaited once."""
        door = self._door
        return None if door is None else door.catalogue

    def refusal(self, workspace: str, environment: str) -> str | None:
        """Why an environment may not be changed, whatever is asked; None: a lease may be."""
        door = self._door
        return _NOT_YET if door is None else door.refusal(workspace, environment)

    def lease_s(self, workspace: str, environment: str) -> float:
        """How long an environment may be armed at most, in seconds; 0 before the first answers."""
        door = self._door
        return 0.0 if door is None else door.lease_s(workspace, environment)

    async def ready(self) -> Catalogue:
        """What can be done with the configuration in use."""
        return await self._there(lambda door: door.ready())

    async def find(self, verb: str, words: str) -> Target:
        """The target that somebody names, as `Family.target`.

        Raises:
            Unplannable: There is none, or there are several.
            ProviderError: It could not be looked up.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: _found(door, verb, words))

    async def propose(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Proposal:
        """As `Door.propose`.

        Raises:
            Unplannable: It makes no sense, or there is no such verb.
            ProviderError: What has to be known first could not be read.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.propose(verb, target, parameters))

    async def start(self, proposal: Proposal, confirmation: Confirmation) -> Running:
        """As `Door.start`.

        Raises:
            Unplannable: The confirmation belongs to nothing that was shown.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.start(proposal, confirmation))

    async def cancelled(self, proposal: Proposal, why: str) -> None:
        """The person was shown it and said no."""
        await self._there(lambda door: door.cancelled(proposal, why))

    async def arm(
        self, workspace: str, environment: str, *, reason: str, minutes: float, incident: str = ""
    ) -> Lease:
        """As `Door.arm`.

        Raises:
            LeaseRefused: It may not be armed, or not for so long, or no reason is given.
            AuditTrouble: It could not be written down, so it is not armed.
            NoDoor: The program begins or ends.
        """
        return await self._there(
            lambda door: door.arm(
                workspace, environment, reason=reason, minutes=minutes, incident=incident
            )
        )

    async def disarm(self, workspace: str, environment: str) -> bool:
        """Disarm an environment; whether it was armed.

        Raises:
            AuditTrouble: It is disarmed, and that could not be written down.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.disarm(workspace, environment))

    async def approve(self, fingerprint: str, reason: str) -> AuditEntry:
        """Agree to a plan that somebody else asks a second person for.

        Raises:
            Unplannable: Nobody asks for it, or only oneself does, or no reason is given.
            AuditTrouble: It could not be written.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.book.approve(fingerprint, reason))

    async def settle(self, request: str, reason: str) -> AuditEntry:
        """Write down that somebody looked: it is put right, or known.

        Raises:
            Unplannable: There is no such action, or no reason is given.
            AuditTrouble: It could not be written.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.book.settle(request, reason))

    async def look_again(self, request: str) -> str:
        """As `Book.look_again`.

        Raises:
            Unplannable: There is no such action, or its end is known.
            AuditTrouble: The audit can not be read or written.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.book.look_again(request))

    async def entries(self, most: int = 2_000) -> tuple[AuditEntry, ...]:
        """The last entries of the audit, oldest first.

        Raises:
            AuditTrouble: It can not be read.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.book.entries(most))

    async def verified(self) -> Verified:
        """Whether the audit is whole.

        Raises:
            AuditTrouble: It can not be read.
            NoDoor: The program begins or ends.
        """
        return await self._there(lambda door: door.book.verified())

    @property
    def _door(self) -> Door | ShutDoor | None:
        # Below the screen nobody but the wiring knows what an action is.
        return cast("Door | ShutDoor | None", self._engine.door)

    async def _there(self, call: Callable[[Door], Awaitable[T]]) -> T:
        async def called(engine: EngineCalls) -> T:
            door = cast("Door | ShutDoor | None", engine.door)
            if door is None:
                raise NoDoor(_NOT_YET)
            return await call(await _open(door))

        try:
            future = self._engine.submit(called, 0.0)
        except RuntimeError as error:
            raise NoDoor(str(error)) from None
        return await asyncio.wrap_future(future)


async def _found(door: Door, verb: str, words: str) -> Target:
    from actions.verbs import Unplannable

    family = (await door.ready()).family_of(verb)
    if family is None:
        raise Unplannable(f"there is no {verb} in this configuration")
    return await family.target(verb, words)


async def _open(door: Door | ShutDoor) -> Door:
    """The door itself; a shut one is opened."""
    return await door.opened() if isinstance(door, ShutDoor) else door


_NOT_YET = "not yet: the first answers come first"
