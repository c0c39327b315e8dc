"""What the audit says of the last shift: what can be taken back, what was left behind. Pure.

Everything is derived from the entries alone, so it survives a restart and is the same for every
operator of the host.

| shown | from | until |
| --- | --- | --- |
| an undo | an outcome *done* with an inverse | 12 hours; its verb was done to its target since |
| what was left behind | *done*, the plan's `remains` | what puts it right was done; *settled* |
| a residual | *done*, the plan's `counts_down_s` | the time is over |
| unsettled | *unknown*; an intent left by its program | 12 hours; done since; *settled* |
| wanted | somebody was asked to agree to a plan | an hour; it was carried out |
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from actions.audit_entries import AuditEntry, AuditKind
from actions.door_state import Left, Residual, UndoCard, Unsettled, Wanted
from actions.plan import BrokenPlan, Plan, Undo, plan_of, undo_of
from actions.targets import is_of
from actions.verbs import Outcome

SHIFT: Final = timedelta(hours=12)
"""How long what was done can be taken back from its card."""

REMEMBERED: Final = timedelta(days=7)
"""How long what was left behind is told of, if nobody puts it right from here."""

WANTED: Final = timedelta(hours=1)
"""How long a second person's agreement is asked for; as long as it holds."""

SETTLED: Final = "settled"
"""What a note says about an action that somebody looked at for themselves."""

Alive = Callable[[AuditEntry], bool]
"""Whether the program that wrote an intent may still be at it."""


class Aftermath(Struct, frozen=True, kw_only=True):
    """What follows from the audit."""

    undos: tuple[UndoCard, ...] = ()
    left: tuple[Left, ...] = ()
    residuals: tuple[Residual, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    wanted: tuple[Wanted, ...] = ()


class _Deed(Struct, frozen=True, kw_only=True):
    """An intent with what became of it."""

    intent: AuditEntry
    outcome: AuditEntry | None
    plan: Plan | None

    @property
    def done(self) -> AuditEntry | None:
        """Its outcome, if it was done."""
        one = self.outcome
        return one if one is not None and one.outcome == Outcome.DONE.value else None


def aftermath(entries: Sequence[AuditEntry], now: datetime, alive: Alive) -> Aftermath:
    """What is shown of the last shift.

    Args:
        entries: The last of the audit, oldest first.
        now: The present.
        alive: Whether the program that wrote an intent may still be at it.
    """
    deeds = list(_deeds([one for one in entries if now - one.at <= REMEMBERED]))
    looked = {one.request for one in entries if one.action == SETTLED}
    return Aftermath(
        undos=tuple(reversed([*_undos(deeds, now)])),
        left=tuple(one for one in _left(deeds) if one.request not in looked),
        residuals=tuple(_residuals(deeds, now)),
        unsettled=tuple(one for one in _unsettled(deeds, now, alive) if one.request not in looked),
        wanted=tuple(_wanted(entries, now)),
    )


def plan_in(entry: AuditEntry) -> Plan | None:
    """The plan of an intent, as far as it can be read."""
    try:
        return plan_of({k: v for k, v in (entry.plan or {}).items() if k != "fingerprint"})
    except BrokenPlan:
        return None


def _deeds(entries: Sequence[AuditEntry]) -> Iterator[_Deed]:
    outcomes = {one.request: one for one in entries if one.kind is AuditKind.OUTCOME}
    for one in entries:
        if one.kind is AuditKind.INTENT:
            yield _Deed(intent=one, outcome=outcomes.get(one.request), plan=plan_in(one))


def _undos(deeds: Sequence[_Deed], now: datetime) -> Iterator[UndoCard]:
    for deed in deeds:
        done = deed.done
        if done is None or deed.plan is None or now - done.at > SHIFT:
            continue
        undo = _inverse(done, deed.plan)
        if undo is None or _was_done(deeds, undo, done):
            continue
        yield UndoCard(
            request=done.request,
            title=_title(deed),
            workspace=done.workspace,
            environment=done.environment,
            at=done.at,
            who=done.who,
            undo=undo,
        )


def _inverse(done: AuditEntry, plan: Plan) -> Undo | None:
    """What only the answer told goes before what was planned."""
    if done.undo is None:
        return plan.undo
    try:
        return undo_of(done.undo)
    except BrokenPlan:
        return plan.undo


def _left(deeds: Sequence[_Deed]) -> Iterator[Left]:
    for deed in deeds:
        done = deed.done
        if done is None or deed.plan is None or done.nothing_left:
            continue
        for one in deed.plan.remains:
            if not _was_done(deeds, one.undo, done):
                yield Left(
                    request=done.request,
                    workspace=done.workspace,
                    environment=done.environment,
                    since=done.at,
                    who=done.who,
                    remaining=one,
                )


def _residuals(deeds: Sequence[_Deed], now: datetime) -> Iterator[Residual]:
    for deed in deeds:
        done = deed.done
        if done is None or deed.plan is None or not 0 < deed.plan.counts_down_s < _LONGEST_S:
            continue
        until = done.at + timedelta(seconds=deed.plan.counts_down_s)
        if until > now:
            yield Residual(
                request=done.request,
                workspace=done.workspace,
                title=_title(deed),
                words=deed.plan.counts_down,
                until=until,
            )


_LONGEST_S: Final = REMEMBERED.total_seconds()


def _unsettled(deeds: Sequence[_Deed], now: datetime, alive: Alive) -> Iterator[Unsettled]:
    for deed in deeds:
        one = deed.outcome or deed.intent
        lost = deed.outcome is None and not alive(deed.intent)
        unknown = deed.outcome is not None and deed.outcome.outcome == Outcome.UNKNOWN.value
        if now - one.at > SHIFT or not (lost or unknown) or _done_since(deeds, deed.intent):
            continue
        look = f"look at {deed.plan.look_at}" if deed.plan and deed.plan.look_at else ""
        yield Unsettled(
            request=one.request,
            workspace=one.workspace,
            environment=one.environment,
            title=one.title or one.action,
            target_name=one.target_name,
            since=deed.intent.at,
            who=one.who,
            words=one.words
            if unknown
            else f"begun, and never ended in the audit; {look}".rstrip("; "),
        )


def _wanted(entries: Sequence[AuditEntry], now: datetime) -> Iterator[Wanted]:
    """The newest of each plan that was not carried out since, and that nobody agreed to."""
    asked: dict[str, AuditEntry] = {}
    for one in entries:
        if one.kind is AuditKind.ASKED:
            asked[one.fingerprint] = one
        elif one.kind in {AuditKind.INTENT, AuditKind.APPROVAL}:
            asked.pop(one.fingerprint, None)
    for one in asked.values():
        plan = plan_in(one)
        if plan is not None and now - one.at <= WANTED:
            yield Wanted(
                fingerprint=one.fingerprint,
                plan=plan,
                at=one.at,
                who=one.who,
                login=one.login,
                reason=one.reason,
            )


def _was_done(deeds: Sequence[_Deed], undo: Undo, since: AuditEntry) -> bool:
    """Whether what takes it back was done after it."""
    return any(
        one.done is not None
        and one.done.seq > since.seq
        and one.intent.action == undo.verb
        and is_of(one.intent, undo.target.key, undo.target.place)
        for one in deeds
    )


def _done_since(deeds: Sequence[_Deed], intent: AuditEntry) -> bool:
    """Whether the same was done to the same target after an intent: then it is known again."""
    return any(
        one.done is not None
        and one.intent.seq > intent.seq
        and one.intent.action == intent.action
        and is_of(one.intent, intent.target, intent.place)
        for one in deeds
    )


def _title(deed: _Deed) -> str:
    """`Roll back API production: 7d20b5e → 51b9a02`."""
    one, plan = deed.intent, deed.plan
    changed = plan.changes[0] if plan is not None and plan.changes else None
    what = f": {changed.before.line(24)} → {changed.after.line(24)}" if changed else ""
    return f"{one.what} {one.environment}".rstrip() + what
