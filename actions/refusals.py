"""Refusals in the audit: the same one once a minute, for a key that repeats is no news."""

import math
from typing import Final

from msgspec.structs import replace

from actions.audit_entries import AuditKind, Draft
from actions.guard_values import Because, Confirmation
from actions.plan import Plan
from actions.record import Record, about
from actions.running import Phase, Proposal, Running
from actions.verbs import Outcome, Unplannable
from providers.clock import Clock

_AGAIN_S: Final = 60.0


class Refusals:
    """Used in the engine's loop.

    Args:
        record: The audit.
        clock: The time.
    """

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._said: dict[tuple[str, ...], float] = {}

    async def of_plan(self, proposal: Proposal) -> None:
        """The guard said no to what was proposed."""
        decision, plan = proposal.decision, proposal.plan
        codes = (one.code for one in decision.reasons)
        if self._is_news((plan.verb, plan.target.place, plan.target.key, *codes)):
            draft = about(AuditKind.REFUSED, plan, proposal.id)
            await self._record.insist(replace(draft, words=decision.words))

    async def of_use(self, confirmation: Confirmation, plan: Plan | None, why: str) -> Running:
        """A confirmation does not count: it was used, or belongs to nothing that was shown.

        Args:
            confirmation: What was given.
            plan: What it was for; None where that is not known.
            why: Why it does not count.

        Raises:
            Unplannable: Nobody knows what it was for.
        """
        reason = Because(code="used", words=f"this confirmation does not count: {why}")
        if plan is None:
            if self._is_news(("never shown",)):
                words = f"a confirmation of what was never shown: {confirmation.proposal}"
                await self._record.insist(Draft(kind=AuditKind.REFUSED, words=words))
            raise Unplannable(reason.words)
        if self._is_news(("used", confirmation.proposal)):
            draft = about(AuditKind.REFUSED, plan, confirmation.proposal)
            await self._record.insist(replace(draft, words=reason.words))
        return Running(
            id=confirmation.proposal,
            plan=plan,
            reason=confirmation.reason,
            phase=Phase.OVER,
            began=self._clock.now(),
            outcome=Outcome.REFUSED,
            words=reason.words,
            because=(reason,),
        )

    def _is_news(self, said: tuple[str, ...]) -> bool:
        """Whether a refusal was not written down just now."""
        now_s = self._clock.now().tick_s
        if now_s - self._said.get(said, -math.inf) < _AGAIN_S:
            return False
        recent = {key: at for key, at in self._said.items() if now_s - at < _AGAIN_S}
        self._said = {**recent, said: now_s}
        return True
