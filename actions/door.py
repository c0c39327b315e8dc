"""The door as the program has it: the runner, its audit, what is shown of both.

Lives in the engine's loop and begins after the first answers. The verbs are made when somebody
first asks for one, for what they need would only delay the wall. A changed configuration counts
at once for what may be done; verbs are made anew at the next chance, and an action under way ends
with those it began with.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from actions.audit import PAST_BYTES, Audit
from actions.audit_chain import Verified
from actions.audit_entries import AuditEntry
from actions.door_state import NOTHING_YET, DoorState
from actions.families import Catalogue, Family
from actions.flight import Limits, error_words
from actions.guard_values import Confirmation, Facts
from actions.lease import Lease, Leases
from actions.plan import Plan, Target
from actions.policy import Policy
from actions.record import Record
from actions.runner import Runner
from actions.running import Proposal, Running
from actions.verbs import Unplannable
from monitor.contained import Contained
from providers.clock import Clock
from providers.errors import ProviderError

PATIENCE_S: Final = 8.0
"""At the end of the program an action under way is waited for so long."""

_LOG = logging.getLogger("quarterdeck.actions")


class Loaded(Struct, frozen=True, kw_only=True):
    """What was made of one configuration."""

    families: Sequence[Family]
    aclose: Callable[[], Awaitable[None]]
    """Gives back what they alone use."""


Load = Callable[[], Awaitable[Loaded]]


class Door:
    """Used in the engine's loop; `state`, `catalogue` and `refusal` by any thread.

    Args:
        audit: The record.
        policy: Whether anything may be changed, of the configuration in use.
        load: Makes the verbs of the configuration in use.
        facts: What the newest snapshot says of a plan's target.
        clock: The time.
        limits: How long is waited for what.
    """

    def __init__(
        self,
        *,
        audit: Audit,
        policy: Policy,
        load: Load,
        facts: Callable[[Plan], Facts],
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        self.catalogue: Catalogue | None = None
        """What can be done; None until `ready` was awaited once."""

        self.on_state: Callable[[DoorState], None] | None = None
        """Told in the engine's loop after each change; must not block."""

        self.clock = clock
        self.record = Record(audit, clock)
        self._policy = policy
        self._load = load
        self._loaded: Loaded | None = None
        self._old: list[Loaded] = []
        self._turn = asyncio.Lock()
        self._state = NOTHING_YET
        self._runner = Runner(
            record=self.record,
            leases=Leases(audit, lambda: self._policy, clock),
            policy=lambda: self._policy,
            verbs={},
            facts=facts,
            clock=clock,
            limits=limits,
        )
        self._runner.on_change = self._ran

    @property
    def state(self) -> DoorState:
        """How everything stands; replaced whole."""
        return self._state

    def refusal(self, workspace: str, environment: str) -> str | None:
        """Why an environment may not be changed, whatever is asked; None: a lease may be."""
        return self._policy.refusal(workspace, environment)

    def configure(self, policy: Policy, load: Load) -> None:
        """Go on with a changed configuration: its policy at once, its verbs when next asked."""
        self._policy = policy
        self._load = load
        if self._loaded is not None:
            self._old.append(self._loaded)
            self._loaded = None

    async def ready(self) -> Catalogue:
        """What can be done with the configuration in use; made once."""
        async with self._turn:
            if self._loaded is None or self.catalogue is None:
                loaded = await self._load()
                self.catalogue = Catalogue(loaded.families)
                self._runner.verbs = self.catalogue.verbs
                self._loaded = loaded
            if self._old and not self._runner.under_way:
                old, self._old = self._old, []
                await _closed(old)
            return self.catalogue

    async def propose(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Proposal:
        """Plan an action and ask the guard; changes nothing.

        Raises:
            Unplannable: It makes no sense, or there is no such verb.
            ProviderError: What has to be known first could not be read.
        """
        await self.ready()
        return await self._runner.propose(await self._planned(verb, target, parameters))

    async def start(self, proposal: Proposal, confirmation: Confirmation) -> Running:
        """Begin what was confirmed, as a task of this loop; how it goes on stands in `state`.

        Raises:
            Unplannable: The confirmation belongs to nothing that was shown.
        """
        if confirmation.proposal != proposal.id:
            raise Unplannable("this confirmation is for something else")
        begins = self._runner.awaits(proposal.id)
        task = self._runner.start(confirmation)
        if begins:
            for one in self._runner.running:
                if one.id == proposal.id:
                    return one
        return await asyncio.shield(task)

    async def cancelled(self, proposal: Proposal, why: str) -> None:
        """The person was shown it and said no."""
        await self._runner.cancel(proposal, why)

    async def arm(
        self, workspace: str, environment: str, *, reason: str, minutes: float, incident: str = ""
    ) -> Lease:
        """Arm an environment for a while.

        Raises:
            LeaseRefused: It may not be armed, or not for so long, or no reason is given.
            AuditTrouble: It could not be written down, so it is not armed.
        """
        leases = self._runner.leases
        try:
            return await self.record.hand(
                lambda: leases.grant(
                    workspace, environment, reason=reason, minutes=minutes, incident=incident
                )
            )
        finally:
            self._tell(leases=leases.held)

    async def disarm(self, workspace: str, environment: str) -> bool:
        """Disarm an environment.

        Returns:
            Whether it was armed.

        Raises:
            AuditTrouble: It is disarmed, and that could not be written down.
        """
        leases = self._runner.leases
        try:
            return await self.record.hand(lambda: leases.give_back(workspace, environment))
        finally:
            self._tell(leases=leases.held)

    async def entries(self, most: int = 2_000) -> tuple[AuditEntry, ...]:
        """The last entries of the audit, oldest first.

        Raises:
            AuditTrouble: It can not be read.
        """
        return (await self.record.recent(PAST_BYTES))[-most:]

    async def verified(self) -> Verified:
        """Whether the audit is whole.

        Raises:
            AuditTrouble: It can not be read.
        """
        return await self.record.hand(self.record.audit.verify)

    async def aclose(self, patience_s: float = PATIENCE_S) -> None:
        """Wait a while for what is under way; what takes longer is recorded as unknown."""
        await self._runner.aclose(patience_s)
        loaded = [*self._old, *([self._loaded] if self._loaded is not None else [])]
        self._old, self._loaded = [], None
        await _closed(loaded)

    async def _planned(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Plan:
        found: list[Plan] = []
        with Contained() as contained:
            found.append(await self._runner.plan(verb, target, parameters))
        error = contained.error
        if isinstance(error, (Unplannable, ProviderError)):
            raise error
        if error is not None:
            _LOG.error("an action could not be planned", exc_info=error)
            raise Unplannable(f"it could not be planned: {error_words(error)}") from None
        return found[0]

    def _ran(self, running: Running) -> None:
        del running
        self._tell(running=self._runner.running)

    def _tell(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)
        if self.on_state is not None:
            with Contained() as contained:
                self.on_state(self._state)
            if contained.error is not None:
                _LOG.error("how actions stand could not be told", exc_info=contained.error)


async def _closed(loaded: Sequence[Loaded]) -> None:
    for one in loaded:
        with Contained() as contained:
            await one.aclose()
        if contained.error is not None:
            _LOG.error("what actions used could not be given back", exc_info=contained.error)
