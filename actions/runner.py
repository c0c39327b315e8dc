"""The one way to change the world: proposes, asks the guard twice, records, sends once, reads back.

Lives in the engine's loop. An action is a task of that loop: leaving the screen that began it, or
losing the terminal, does not touch it. When the program ends, `aclose` waits for it a while; what
is not settled by then is recorded as unknown and found by `actions.reconcile` at the next start.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from actions.audit import AuditTrouble, is_alive, open_intents
from actions.audit_entries import AuditEntry, AuditKind
from actions.errand import Errand
from actions.guard import decided
from actions.guard_values import (
    Because,
    Confirmation,
    Facts,
    Question,
    Verdict,
)
from actions.lease import Leases
from actions.limits import Limits
from actions.pinning import pinned
from actions.plan import Plan, Target
from actions.policy import Policy
from actions.proposals import Proposals
from actions.record import Record, about
from actions.refusals import Refusals
from actions.running import Proposal, Running
from actions.verbs import Outcome, Pinned, Unplannable, Verb
from monitor.contained import Contained
from providers.clock import Clock

FactsOf = Callable[[Plan], Facts]
"""What the newest snapshot says of a plan's target; without preconditions, which verbs look at."""

_LOG = logging.getLogger("quarterdeck.actions")

MOST_KEPT = 50
"""Actions that are over and still shown."""

_LEFT = "the program ended while it was looked at: nothing was sent"


class Runner:
    """Used in the engine's loop.

    Args:
        record: The audit.
        leases: What is armed.
        policy: Whether anything may be changed; asked each time.
        verbs: By name.
        facts: Asks the newest snapshot.
        clock: The time.
        limits: How long is waited for what.
    """

    def __init__(
        self,
        *,
        record: Record,
        leases: Leases,
        policy: Callable[[], Policy],
        verbs: Mapping[str, Verb],
        facts: FactsOf,
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        self.record = record
        self.leases = leases
        self.policy = policy
        self.verbs = verbs
        self.clock = clock
        self.limits = limits or Limits()
        self.on_change: Callable[[Running], None] | None = None
        """Told of each step, in the engine's loop; must not block."""

        self._facts = facts
        self._proposals = Proposals()
        self._known: dict[str, Running] = {}
        self._tasks: dict[str, asyncio.Task[Running]] = {}
        self._busy: dict[str, str] = {}
        self._refusals = Refusals(record, clock)
        self._closing = False

    def awaits(self, proposal: str) -> bool:
        """Whether a proposal is shown and neither confirmed nor cancelled so far."""
        return proposal in self._proposals

    @property
    def under_way(self) -> bool:
        """Whether anything is being carried out."""
        return bool(self._tasks)

    @property
    def running(self) -> tuple[Running, ...]:
        """Actions under way and the last that are over, oldest first."""
        return tuple(self._known.values())

    async def plan(self, verb: str, target: Target, parameters: Mapping[str, str]) -> Plan:
        """What a verb would do to a target; changes nothing and asks nobody's leave.

        Raises:
            Unplannable: It makes no sense, or there is no such verb.
            ProviderError: What has to be known first could not be read.
        """
        found = self.verbs.get(verb)
        if found is None:
            raise Unplannable(f"there is no action {verb!r}")
        async with asyncio.timeout(self.limits.pin_s):
            return await found.plan(target, parameters)

    async def look(self, plan: Plan) -> Proposal:
        """Look at the target and ask the guard what is missing; changes and writes nothing.

        What comes of it can not be confirmed: that takes `propose`.
        """
        pinned, trouble = await self.pinned(plan)
        entries: Sequence[AuditEntry] = ()
        try:
            entries = await self.record.recent()
        except AuditTrouble as error:
            trouble = (*trouble, Because(code="audit", words=f"no record, no action: {error}"))
        question = self.question(plan, pinned, entries, None)
        decision = decided(question, trouble)
        return Proposal(
            id=os.urandom(12).hex(),
            plan=plan if pinned is None else pinned.plan,
            decision=decision,
            preconditions=question.facts.preconditions,
            at=self.clock.now(),
        )

    async def propose(self, plan: Plan) -> Proposal:
        """As `look`; a refusal stands in the audit, a challenge can be confirmed or cancelled."""
        proposal = await self.look(plan)
        if proposal.decision.verdict is Verdict.REFUSE:
            self._proposals.refuse(proposal)
            await self._refusals.of_plan(proposal)
        else:
            self._proposals.show(proposal)
        return proposal

    async def cancel(self, proposal: Proposal, why: str = "cancelled in the dialog") -> None:
        """A person was asked and said no; that stands in the audit as well."""
        if self._proposals.answer(proposal.id) is not None:
            await self._say_no(proposal, why)

    def start(self, confirmation: Confirmation) -> "asyncio.Task[Running]":
        """Begin to carry out what was confirmed, as a task of this loop.

        A confirmation begins at most one: another one with it is refused. Whoever only waits for
        the task has to shield it.
        """
        proposal = self._proposals.answer(confirmation.proposal)
        if proposal is None or self._closing:
            why = "the program is ending" if self._closing else "it was used, or never shown"
            known = self._known.get(confirmation.proposal)
            plan = proposal.plan if proposal is not None else known.plan if known else None
            return asyncio.ensure_future(self._refusals.of_use(confirmation, plan, why))
        place = f"{proposal.plan.target.place} {proposal.plan.target.key}"
        errand = Errand(self, proposal, confirmation, busy=self._busy.get(place, ""))
        task = asyncio.ensure_future(errand.run())
        self._tasks[proposal.id] = task
        self.tell(errand.state)
        if place not in self._busy:
            self._busy[place] = proposal.plan.title
            task.add_done_callback(lambda _: self._busy.pop(place, None))
        task.add_done_callback(lambda _: self._tasks.pop(proposal.id, None))
        return task

    async def carry_out(self, confirmation: Confirmation) -> Running:
        """As `start`, and wait for the end; being cancelled does not cancel the action."""
        return await asyncio.shield(self.start(confirmation))

    async def end(self, patience_s: float) -> None:
        """Begin nothing more and wait for what is under way; what takes longer is unknown.

        What somebody still looked at is cancelled, and the audit has it.
        """
        self._closing = True
        left = self._proposals.leave()
        noes = (self._say_no(proposal, _LEFT) for proposal in left)
        await asyncio.gather(self._landed(patience_s), *noes)

    async def _landed(self, patience_s: float) -> None:
        tasks = set(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=patience_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def aclose(self, patience_s: float) -> None:
        """As `end`, and give back the thread that writes."""
        await self.end(patience_s)
        self.record.close()

    async def pinned(self, plan: Plan) -> tuple[Pinned | None, tuple[Because, ...]]:
        """The target read afresh, or why it could not be."""
        return await pinned(self.verbs.get(plan.verb), plan, self.limits.pin_s)

    def question(
        self,
        plan: Plan,
        pinned: Pinned | None,
        entries: Sequence[AuditEntry],
        confirmation: Confirmation | None,
        busy: str | None = None,
    ) -> Question:
        """What the guard is asked, of this very moment."""
        facts = self._facts(plan)
        if pinned is not None:
            facts = replace(
                facts,
                preconditions=facts.preconditions + pinned.preconditions,
                warnings=facts.warnings + pinned.warnings,
            )
        target = plan.target
        author = self.record.audit.author
        place = f"{target.place} {target.key}"
        others = (one for one in open_intents(entries) if one.session != author.session)
        return Question(
            plan=plan if pinned is None else pinned.plan,
            policy=self.policy(),
            lease=self.leases.current(target.workspace, target.environment),
            facts=replace(facts, now=self.clock.now()),
            entries=entries,
            operator=author.operator,
            login=author.login,
            confirmation=confirmation,
            busy=self._busy.get(place, "") if busy is None else busy,
            alive=frozenset(one.request for one in others if is_alive(one, author)),
        )

    def learn(self, outcome: AuditEntry) -> None:
        """Take in how an action ended that was over, and that nobody knew the end of."""
        known = self._known.get(outcome.request)
        if known is not None and known.over:
            ended, undo = Outcome(outcome.outcome), known.plan.undo
            undo = undo if ended is Outcome.DONE else None
            self.tell(replace(known, outcome=ended, words=outcome.words, undo=undo))

    def tell(self, running: Running) -> None:
        """Take in how an action stands now, and tell whoever listens."""
        self._known[running.id] = running
        over = [one.id for one in self._known.values() if one.over]
        for old in over[:-MOST_KEPT]:
            del self._known[old]
        if self.on_change is not None:
            # A screen that can not draw it is no reason to stop in the middle of it.
            with Contained() as contained:
                self.on_change(running)
            if contained.error is not None:
                _LOG.error("an action could not be told of", exc_info=contained.error)

    async def _say_no(self, proposal: Proposal, why: str) -> None:
        draft = about(AuditKind.CANCELLED, proposal.plan, proposal.id)
        await self.record.insist(replace(draft, words=why))
