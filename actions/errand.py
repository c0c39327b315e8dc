"""One confirmed action from the second look at the guard to its outcome in the audit."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from actions.audit import AuditTrouble
from actions.audit_entries import AuditEntry, AuditKind, Draft
from actions.bugs import log_bug
from actions.flight import Flight, Landed, unknown_words
from actions.guard import decided
from actions.guard_values import Because, Confirmation, Decision, Verdict
from actions.plan import Request, Undo, undo_json
from actions.record import about, ended
from actions.running import Happened, Phase, Proposal, Running
from actions.verbs import Outcome, Pinned, Settled, State
from monitor.contained import Contained

if TYPE_CHECKING:
    from actions.runner import Runner

_PARTING_S = 3.0
"""When the program ends: for writing down that it did."""

_FIRST_SAID = 10
_LAST_SAID = 190

_NO_VERB = Because(code="no-verb", words="the configuration does not have this action any more")
_INTERRUPTED = "interrupted: the program ended before it was settled"


class Errand:
    """Used once, by the runner.

    Args:
        runner: Whose action it is.
        proposal: What was shown.
        confirmation: What was given.
        busy: What is under way at the same target already; it is refused then.
    """

    def __init__(
        self, runner: "Runner", proposal: Proposal, confirmation: Confirmation, *, busy: str
    ) -> None:
        self._runner = runner
        self._clock = runner.clock
        self._record = runner.record
        self._plan = replace(
            proposal.plan,
            request=Request(
                id=proposal.id,
                at=self._clock.now().at,
                operator=runner.record.audit.author.operator,
                reason=confirmation.reason.strip(),
                incident=confirmation.incident,
            ),
        )
        self._confirmation = confirmation
        self._busy = busy
        # The configuration may change meanwhile, and with it the runner's verbs.
        self._verb = runner.verbs.get(proposal.plan.verb)
        self._flight: Flight | None = None
        self._landed: Landed | None = None
        self._draft = about(
            AuditKind.INTENT,
            self._plan,
            proposal.id,
            reason=confirmation.reason.strip(),
            incident=confirmation.incident,
        )
        self._state = Running(
            id=proposal.id,
            plan=proposal.plan,
            reason=confirmation.reason,
            phase=Phase.CHECKING,
            began=self._clock.now(),
        )

    @property
    def state(self) -> Running:
        """How it stands."""
        return self._state

    async def run(self) -> Running:
        """Carry it out; whatever happens, the outcome is recorded."""
        try:
            with Contained() as contained:
                return await self._run()
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PARTING_S):
                    await self._part(_INTERRUPTED)
            raise
        log_bug(f"{self._plan.verb}: carrying it out", contained.error)
        kind = type(contained.error).__name__
        return await self._part(f"a bug in quarterdeck ({kind})")

    async def _run(self) -> Running:
        self._news(Phase.CHECKING, "preconditions are looked at again")
        pinned, trouble = await self._runner.pinned(self._plan)
        if pinned is None or self._verb is None:
            return await self._refused(trouble or (_NO_VERB,))
        try:
            decision, intent = await self._intend(pinned, trouble)
        except AuditTrouble as error:
            words = f"no record, no action: {error}"
            return self._over(Outcome.REFUSED, words, (Because(code="audit", words=words),))
        if intent is None:
            return self._over(Outcome.REFUSED, decision.words, decision.reasons)
        self._state = replace(self._state, intent=intent.seq)
        self._news(Phase.CHECKING, f"intent written to the audit, #{intent.seq}")
        late = self._too_late()
        if late:
            return await self._land(Landed(outcome=Outcome.REFUSED, words=f"not sent: {late}"))
        self._flight = Flight(
            self._verb,
            self._plan,
            self._state.id,
            self._clock,
            self._runner.limits,
            self._news,
        )
        return await self._land(await self._flight.run())

    async def _intend(
        self, pinned: Pinned, trouble: tuple[Because, ...]
    ) -> tuple[Decision, AuditEntry | None]:
        """Ask the guard with the audit locked, and write the intent before it is unlocked.

        So of two programs that begin at once the second one sees the first one's intent.
        """
        made: list[Decision] = []

        def upon(entries: tuple[AuditEntry, ...]) -> Sequence[Draft]:
            question = self._runner.question(
                self._plan, pinned, entries, self._confirmation, self._busy
            )
            # The confirmation may name another plan than the one that would be sent.
            decision = decided(question, trouble)
            made.append(decision)
            if decision.verdict is Verdict.ALLOW:
                return (self._draft,)
            refused = replace(self._draft, kind=AuditKind.REFUSED, plan=None)
            return (replace(refused, words=decision.words),)

        written = await self._record.decide(upon)
        allowed = made[-1].verdict is Verdict.ALLOW
        return made[-1], written[-1] if allowed else None

    def _too_late(self) -> str:
        """What was withdrawn while the disk was waited for."""
        target = self._plan.target
        if self._runner.leases.current(target.workspace, target.environment) is None:
            return f"{target.place} is not armed any more"
        return self._runner.policy().refusal(target.workspace, target.environment) or ""

    async def _refused(self, reasons: tuple[Because, ...]) -> Running:
        words = "; ".join(one.words for one in reasons)
        draft = replace(self._draft, kind=AuditKind.REFUSED, plan=None, words=words)
        await self._record.insist(draft)
        return self._over(Outcome.REFUSED, words, reasons)

    async def _land(self, landed: Landed) -> Running:
        self._landed = landed
        undo = self._undo(landed)
        draft = ended(self._draft, landed.outcome, landed.words, landed.sent)
        draft = replace(draft, undo=undo_json(undo), nothing_left=not landed.left)
        trouble = await self._record.insist(draft)
        self._state = replace(self._state, recorded=not trouble, undo=undo)
        words = landed.words
        if trouble:
            words = f"{words}. The outcome is not in the audit: {trouble}"
        return self._over(landed.outcome, words)

    def _undo(self, landed: Landed) -> Undo | None:
        """The inverse of what was done; a bug in preparing it must not hide the outcome."""
        if landed.outcome is not Outcome.DONE or self._verb is None:
            return None
        found: list[Undo | None] = []
        with Contained() as contained:
            found.append(self._verb.undo(self._plan, landed.sent))
        log_bug(f"{self._plan.verb}: preparing its inverse", contained.error)
        return found[0] if found else None

    async def _part(self, why: str) -> Running:
        """It was cut off: say what is known of it."""
        if self._state.over:
            return self._state
        if self._landed is not None:
            return await self._landed_all_the_same(self._landed)
        if self._flight is not None:
            followed = self._state.phase is Phase.FOLLOWING
            last = Settled(state=State.PENDING, words=self._state.words if followed else "")
            far = "taken" if followed else "sent"
            words = unknown_words(self._plan, f"{far}; {why}", last)
            self._state = replace(self._state, goes_on=followed)
            landed = Landed(outcome=Outcome.UNKNOWN, words=words, sent=self._flight.sent)
            return await self._land(landed)
        words = f"not sent; {why}"
        if await self._stands(AuditKind.INTENT):
            return await self._land(Landed(outcome=Outcome.REFUSED, words=words))
        return await self._refused((Because(code="interrupted", words=words),))

    async def _landed_all_the_same(self, landed: Landed) -> Running:
        """It was known already, and cut off while that was written down."""
        if await self._stands(AuditKind.OUTCOME):
            return self._over(landed.outcome, landed.words)
        return await self._land(landed)

    async def _stands(self, kind: AuditKind) -> bool:
        """Whether an entry about this request got to the disk before it was cut off."""
        try:
            entries = await self._record.recent()
        except AuditTrouble:
            return False
        return any(one.kind is kind and one.request == self._state.id for one in entries)

    def _news(self, phase: Phase, words: str) -> None:
        # A script may say something new for hours: the first and the last of it are kept.
        log = (*self._state.log, Happened(at=self._clock.now(), words=words))
        log = (*log[:_FIRST_SAID], *log[_FIRST_SAID:][-_LAST_SAID:])
        outcome = Outcome.UNKNOWN if phase is Phase.RECONCILING else None
        self._state = replace(self._state, phase=phase, words=words, outcome=outcome, log=log)
        self._runner.tell(self._state)

    def _over(self, outcome: Outcome, words: str, because: tuple[Because, ...] = ()) -> Running:
        log = (*self._state.log, Happened(at=self._clock.now(), words=words))
        self._state = replace(
            self._state, phase=Phase.OVER, outcome=outcome, words=words, because=because, log=log
        )
        self._runner.tell(self._state)
        return self._state
