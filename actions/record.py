"""The audit for whoever lives in an event loop: one thread writes, nobody is held up."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from actions.audit import Audit, AuditTrouble, Decide
from actions.audit_entries import AuditEntry, AuditKind, Draft
from actions.audit_file import TAIL_BYTES
from actions.plan import Plan, plan_json
from actions.verbs import Outcome, Sent
from monitor.errands import Errands
from providers.clock import Clock

T = TypeVar("T")

_TRIES = 3
_PAUSE_S = 1.0


class Record:
    """Writes to the audit from an event loop.

    Args:
        audit: The file.
        clock: Waits between two tries.
    """

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self.audit = audit
        self._clock = clock
        self._errands = Errands("audit")

    async def decide(self, upon: Decide) -> tuple[AuditEntry, ...]:
        """As `Audit.decide`; when the caller is cancelled, it is finished first.

        Raises:
            AuditTrouble: It could not be written.
        """
        return await self._whole(lambda: self.audit.decide(upon))

    async def append(self, draft: Draft) -> AuditEntry:
        """As `Audit.append`; when the caller is cancelled, it is finished first.

        Raises:
            AuditTrouble: It could not be written.
        """
        return await self._whole(lambda: self.audit.append(draft))

    async def recent(self, most_bytes: int = TAIL_BYTES) -> tuple[AuditEntry, ...]:
        """As `Audit.recent`.

        Raises:
            AuditTrouble: It can not be read.
        """
        return await self._errands.run(lambda: self.audit.recent(most_bytes))

    async def hand(self, errand: Callable[[], T]) -> T:
        """Have something else done where the audit is written; once begun, it is finished.

        Raises:
            AuditTrouble: What the errand raises.
        """
        return await self._whole(errand)

    async def ask(self, errand: Callable[[], T]) -> T:
        """Have something looked at where the audit is written; who is cancelled does not wait.

        Raises:
            AuditTrouble: What the errand raises.
        """
        return await self._errands.run(errand)

    async def insist(self, draft: Draft) -> str:
        """Write what has happened already, trying more than once.

        Returns:
            Why it could not be written; empty when it was.
        """
        trouble = ""
        for attempt in range(_TRIES):
            if attempt:
                await self._clock.sleep(_PAUSE_S)
            try:
                await self.append(draft)
            except AuditTrouble as error:
                trouble = str(error)
            else:
                return ""
        return trouble

    def close(self) -> None:
        """End the thread once it has done what it was sent for."""
        self._errands.close()

    async def _whole(self, errand: Callable[[], T]) -> T:
        # Half of it may be on the disk: whoever is cancelled still has to know which.
        task = asyncio.ensure_future(self._errands.run(errand))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            if task.done() and not task.cancelled():
                # Looked at, so that nobody complains that it was not.
                task.exception()
            raise


_WITH_PLAN = frozenset({AuditKind.INTENT, AuditKind.ASKED})


def about(
    kind: AuditKind, plan: Plan, request: str, *, reason: str = "", incident: str = ""
) -> Draft:
    """An entry about a plan; the plan itself stands in the intent, and where agreement is asked."""
    return Draft(
        kind=kind,
        workspace=plan.target.workspace,
        environment=plan.target.environment,
        production=plan.target.production,
        action=plan.verb,
        target=plan.target.key,
        target_name=plan.target.name.line(120),
        title=plan.title,
        reason=reason,
        incident=incident,
        fingerprint=plan.fingerprint,
        request=request,
        cool_down_s=plan.cool_down_s,
        plan=plan_json(plan) if kind in _WITH_PLAN else None,
    )


def agreed(plan: Plan, reason: str) -> Draft:
    """A second person agrees to this very plan; the guard looks at who wrote it, and when."""
    return about(AuditKind.APPROVAL, plan, "", reason=reason)


def ended(draft: Draft, outcome: Outcome, words: str, sent: Sent | None = None) -> Draft:
    """The outcome that belongs to an intent."""
    return replace(
        draft,
        kind=AuditKind.OUTCOME,
        plan=None,
        outcome=outcome.value,
        words=words,
        answer="" if sent is None else sent.answer,
    )
