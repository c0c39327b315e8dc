"""The door as the program has it: the runner, its audit, and what is shown of both.

Lives in the engine's loop and begins when somebody acts or has acted. Verbs are made when first
asked for: what they need would only delay the wall. A changed configuration counts at once for what
may be done; an action under way ends with the verbs it began with.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from actions.agreement import asked
from actions.audit import Audit, AuditTrouble
from actions.book import Book
from actions.chores import Chores
from actions.door_audit import AuditFollower
from actions.door_state import DoorState
from actions.failures import error_words
from actions.families import Catalogue
from actions.guard_values import Ask, Confirmation, Facts
from actions.lease import Lease, Leases
from actions.limits import Limits
from actions.plan import Plan, Target
from actions.policy import Policy
from actions.record import Record
from actions.runner import Runner
from actions.running import Phase, Proposal, Running
from actions.shelf import Load, Shelf
from actions.shown import Shown
from actions.verbs import Unplannable, Verb
from actions.watching import Watching
from monitor.contained import Contained
from monitor.events import Event
from monitor.snapshot import Snapshot
from providers.clock import Clock
from providers.errors import ProviderError

PATIENCE_S: Final = 8.0
"""At the end of the program an action under way is waited for so long."""

_LOG = logging.getLogger("quarterdeck.actions")


class Door:
    """Used in the engine's loop; `state`, `catalogue` and `refusal` by any thread.

    Args:
        audit: The record.
        policy: Whether anything may be changed, of the configuration in use.
        load: Makes the verbs of the configuration in use.
        facts: What the newest snapshot says of a plan's target.
        clock: The time.
        limits: How long is waited for what.
        note: Puts an event on the timeline.
        latest: The newest snapshot: what should recover is followed on it.
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
        note: Callable[[Event], None] = lambda _: None,
        latest: Callable[[], Snapshot | None] = lambda: None,
    ) -> None:
        self.clock = clock
        self.record = Record(audit, clock)
        self._policy = policy
        self._shown = Shown(audit.author, clock, note)
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
        self._shelf = Shelf(load, lambda: self._runner.under_way)
        self._follower = self._following()
        every_s = self._runner.limits.watch_s
        self._watching = Watching(self.record, latest, clock, self._runner.tell, every_s)
        self._chores = Chores()
        self.book = self._booking()

    @property
    def state(self) -> DoorState:
        """How everything stands; replaced whole."""
        return self._shown.state

    @property
    def on_state(self) -> Callable[[DoorState], None] | None:
        """Told in the engine's loop after each change; must not block."""
        return self._shown.on_state

    @on_state.setter
    def on_state(self, told: Callable[[DoorState], None] | None) -> None:
        self._shown.on_state = told

    @property
    def catalogue(self) -> Catalogue | None:
        """What can be done; None until `ready` was awaited once."""
        return self._shelf.catalogue

    def refusal(self, workspace: str, environment: str) -> str | None:
        """Why an environment may not be changed, whatever is asked; None: a lease may be."""
        return self._policy.refusal(workspace, environment)

    def lease_s(self, workspace: str, environment: str) -> float:
        """How long an environment may be armed at most, in seconds."""
        return self._policy.rules_of(workspace, environment).lease_s

    def configure(self, policy: Policy, load: Load) -> None:
        """Go on with a changed configuration: its policy at once, its verbs when next asked."""
        self._policy = policy
        self._shelf.replace(load)
        if self.catalogue is not None:
            # What rows offer follows it, too.
            self._chores.begin(self.ready, "verbs")
        self._shown.tell(leases=self._runner.leases.held)

    def begin(self) -> None:
        """Follow the audit, and see to intents that nobody ended; returns at once."""
        self._chores.begin(self._follower.run, "the audit")
        self._chores.begin(self._begin_settling, "open intents")

    async def refresh(self) -> None:
        """Look at the audit now."""
        await self._follower.look()

    async def ready(self) -> Catalogue:
        """What can be done with the configuration in use."""
        catalogue = await self._shelf.ready()
        self._runner.verbs = catalogue.verbs
        return catalogue

    async def _verbs(self) -> Mapping[str, Verb]:
        return (await self.ready()).verbs

    async def plan(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Plan:
        """What an action would do; changes nothing and asks nobody's leave.

        Raises:
            Unplannable: It makes no sense, or there is no such verb.
            ProviderError: What has to be known first could not be read.
        """
        await self.ready()
        found: list[Plan] = []
        with Contained() as contained:
            found.append(await self._runner.plan(verb, target, parameters))
        error = contained.error
        if isinstance(error, (Unplannable, ProviderError)):
            raise error
        if error is not None:
            _LOG.error("an action could not be planned", exc_info=error)
            raise Unplannable(f"it could not be planned: {error_words(error)}")
        return found[0]

    async def look(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Proposal:
        """As `propose`, and nothing is written; what comes of it can not be confirmed."""
        return await self._runner.look(await self.plan(verb, target, parameters))

    async def propose(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Proposal:
        """Plan an action and ask the guard; changes nothing.

        Where a second person has to agree, that is asked for in the audit.

        Raises:
            Unplannable: It makes no sense, or there is no such verb.
            ProviderError: What has to be known first could not be read.
            AuditTrouble: The audit is damaged or can not be written: nothing could be sent.
        """
        plan = await self.plan(verb, target, parameters)
        await self._follower.check()
        if self._shown.state.trouble:
            raise AuditTrouble(self._shown.state.trouble)
        proposal = await self._runner.propose(plan)
        if Ask.APPROVAL in proposal.decision.asks:
            await self.record.decide(partial(asked, proposal.plan, self.record.audit.author))
            await self._follower.look()
        return proposal

    async def start(self, proposal: Proposal, confirmation: Confirmation) -> Running:
        """Begin what was confirmed, as a task of this loop; how it goes on stands in `state`.

        Raises:
            Unplannable: The confirmation belongs to nothing that was shown.
        """
        if confirmation.proposal != proposal.id:
            raise Unplannable("this confirmation is for something else")
        begins = self._runner.awaits(proposal.id)
        task = self._runner.start(confirmation)
        begun = [one for one in self._runner.running if one.id == proposal.id]
        if not begins or not begun:
            return await asyncio.shield(task)
        self._watching.began(begun[0])
        return begun[0]

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
        grant = partial(
            self._runner.leases.grant, workspace, environment,
            reason=reason, minutes=minutes, incident=incident,
        )  # fmt: skip
        try:
            return await self.record.hand(grant)
        finally:
            self._shown.tell(leases=self._runner.leases.held)

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
            self._shown.tell(leases=leases.held)

    async def end(self, patience_s: float) -> None:
        """Begin nothing more and wait for what is under way; what takes longer is unknown."""
        await self._runner.end(patience_s)

    async def aclose(self, patience_s: float = PATIENCE_S) -> None:
        """Wait a while for what is under way; what takes longer is recorded as unknown."""
        await asyncio.gather(self._chores.aclose(), self._runner.end(patience_s))
        self.record.close()
        await self._shelf.aclose()

    async def _begin_settling(self) -> None:
        """Read back what became of intents whose program is gone."""
        await self._follower.look()
        if await self.book.settle_open():
            await self._follower.look()

    def _following(self) -> AuditFollower:
        shown = self._shown
        return AuditFollower(
            self.record,
            self.clock,
            shown.digest,
            shown.read,
            shown.troubled,
            lambda: not self._policy.forbids_all,
            self._runner.limits.audit_s,
        )

    def _booking(self) -> Book:
        return Book(
            self.record,
            self.clock,
            self._verbs,
            self._runner.limits,
            told=self._shown.found,
            news=self._shown.followed,
            learned=self._runner.learn,
        )

    def _ran(self, running: Running) -> None:
        self._shown.tell(running=self._runner.running)
        if running.over and running.watch is None and self._watching.wanted(running):
            self._chores.begin(partial(self._watching.follow, running), "what should recover")
        if running.over or running.phase is Phase.SENDING:
            self._chores.begin(self._follower.look, "the audit")
