"""The one decision: refuse, challenge or allow. Pure; `actions/runner.py` is its one caller.

It is asked twice, with the same function: when a plan is proposed (no confirmation yet), and on
the newest facts just before it is sent. The first row that fits decides; all reasons of a refusal
are told, not only the first.

| # | if | then |
| --- | --- | --- |
| 1 | read-only by flag, for all, for the environment, or that is not known | refuse |
| 2 | our own network is down | refuse |
| 3 | the provider never answered, or its data is older than the limit | refuse |
| 4 | the target's short name can not be typed plainly | refuse |
| 5 | a precondition blocks, or is not known | refuse |
| 6 | the plan made anew differs from the one shown (fingerprint) | refuse |
| 7 | an action on the same target is under way, here or by anybody on this host | refuse |
| 8 | the same verb went there within its cool-down, done or unknown (not its undo) | refuse |
| 9 | no confirmation: | challenge: lease?, reason, in production the name, approval? |
| 10 | the confirmation is for another plan, older than 5 min, of another clock, or used | refuse |
| 11 | no lease holds, no reason, the name is not exactly the short name, no approval | refuse |
| 12 | there is a warning now that was not there when it was confirmed | refuse |
| 13 | otherwise | allow |

Names are compared character by character and never folded: a short name is ASCII (`plan.typable`),
so a look-alike, another case, a blank or an invisible mark is another name. Unicode would make
some look-alikes the same (U+212A, the Kelvin sign, becomes K under NFC): so nothing is normalised,
and what is typed beyond ASCII is refused with its name.

A second person agrees by an entry in the audit: of another account, for this very fingerprint, not
older than an hour, and for one intent.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from actions.audit import open_intents
from actions.audit_entries import AuditEntry, AuditKind
from actions.guard_values import (
    Ask,
    Because,
    Confirmation,
    Decision,
    Question,
    Standing,
    Verdict,
)
from actions.lease import JUMP_S, clocks_disagree
from actions.names import says_something
from actions.plan import BrokenPlan, Plan, is_typable, oddities, undo_of
from actions.targets import is_of
from actions.verbs import FOLLOWED_S
from monitor.words import age_words

CONFIRMED_S: Final = 300.0
"""How long a confirmation holds."""

APPROVED: Final = timedelta(hours=1)
"""How long a second person's word holds."""

UNDER_WAY: Final = timedelta(minutes=15)
"""An intent without an outcome is taken for an action under way for so long; longer while its
program is there, which follows what goes on."""

LATELY: Final = timedelta(minutes=15)
"""What was done to a target within this is worth a warning."""

LONGEST_REASON: Final = 500


def decide(question: Question) -> Decision:
    """Refuse, challenge or allow, by the table above."""
    warnings = tuple(_warnings(question))
    reasons = [*_world(question), *_others(question)]
    confirmation = question.confirmation
    if confirmation is None:
        if reasons:
            return _refused(reasons, warnings)
        asks = tuple(_asks(question))
        return Decision(verdict=Verdict.CHALLENGE, asks=asks, warnings=warnings)
    reasons += [*_confirmed(question, confirmation), *_given(question, confirmation)]
    reasons += _unseen(warnings, confirmation)
    if reasons:
        return _refused(reasons, warnings)
    return Decision(verdict=Verdict.ALLOW, warnings=warnings)


def decided(question: Question, trouble: Sequence[Because]) -> Decision:
    """What the guard says, with what else stands in the way."""
    found = decide(question)
    known = {one.code for one in found.reasons}
    more = tuple(one for one in trouble if one.code not in known)
    if not more:
        return found
    return replace(found, verdict=Verdict.REFUSE, reasons=found.reasons + more, asks=())


def _refused(reasons: Sequence[Because], warnings: tuple[Because, ...]) -> Decision:
    return Decision(verdict=Verdict.REFUSE, reasons=tuple(reasons), warnings=warnings)


def _world(question: Question) -> Iterator[Because]:
    """Rows 1 to 6 without the fingerprint: whether anybody may do this now."""
    target, facts = question.plan.target, question.facts
    forbidden = question.policy.refusal(target.workspace, target.environment)
    if forbidden is not None:
        yield Because(code="read-only", words=forbidden)
    if facts.offline:
        yield Because(code="offline", words=f"this machine is offline: {facts.offline}")
    if facts.data_age_s is None:
        yield Because(code="unknown", words="its system never answered: nothing is known of it")
    elif not facts.data_age_s <= facts.fresh_s:
        age = f"{facts.data_age_s:.0f} s old, at most {facts.fresh_s:.0f} s"
        yield Because(code="stale", words=f"what is known of it is too old: {age}")
    if not is_typable(target.short_name):
        odd = ", ".join(oddities(target.short_name)) or "it can not be typed"
        yield Because(code="name-odd", words=f"its name is not plain: {odd}")
    for one in facts.preconditions:
        if one.standing is Standing.BLOCK:
            yield Because(code=f"blocked:{one.name}", words=one.words)
        elif one.standing is Standing.UNKNOWN:
            yield Because(code=f"not-known:{one.name}", words=f"not known: {one.words}")


def _others(question: Question) -> Iterator[Because]:
    """Rows 7 and 8: what is under way, and what was just done."""
    plan = question.plan
    if question.busy:
        yield Because(code="busy", words=f"under way: {question.busy}")
    at = question.facts.now.at
    here = [one for one in question.entries if is_of(one, plan.target.key, plan.target.place)]
    for one in open_intents(here):
        if _is_under_way(question, one) and not _own(question, one):
            words = f"{one.title or one.action} by {one.who} is under way, begun {_ago(one, at)}"
            yield Because(code="under-way", words=words)
    last = _last_done(here, plan.verb)
    if last is None:
        return
    passed_s = (at - last.at).total_seconds()
    left_s = plan.cool_down_s - max(0.0, passed_s)
    # What is dated after now was written by another clock: it is a warning and holds up nobody.
    if left_s > 0 and passed_s >= -JUMP_S and not _takes_back(plan, last):
        words = f"{_told(last, at)}: wait {left_s:.0f} s"
        yield Because(code="cool-down", words=words)


def _asks(question: Question) -> Iterator[Ask]:
    """Row 9."""
    target = question.plan.target
    rules = question.policy.rules_of(target.workspace, target.environment)
    if not _leased(question):
        yield Ask.LEASE
    yield Ask.REASON
    if target.production or rules.production:
        yield Ask.NAME
    if rules.approval and not _approved(question):
        yield Ask.APPROVAL


def _confirmed(question: Question, confirmation: Confirmation) -> Iterator[Because]:
    """Rows 6 and 10: whether it is for this plan, and still good."""
    now = question.facts.now
    if confirmation.fingerprint != question.plan.fingerprint:
        yield Because(code="changed", words="it is not any more what was shown: look again")
    if clocks_disagree(confirmation.at, now):
        yield Because(code="clock", words="the clock was changed since it was shown: look again")
    elif not confirmation.at.age_s(now) <= CONFIRMED_S:
        minutes = CONFIRMED_S / 60
        yield Because(code="too-old", words=f"shown more than {minutes:.0f} min ago: look again")
    if any(
        one.kind is AuditKind.INTENT and one.request == confirmation.proposal
        for one in question.entries
    ):
        yield Because(code="used", words="this confirmation was used already")


def _given(question: Question, confirmation: Confirmation) -> Iterator[Because]:
    """Row 11: whether all that is asked for was given."""
    target = question.plan.target
    rules = question.policy.rules_of(target.workspace, target.environment)
    if not _leased(question):
        yield Because(code="no-lease", words=f"{target.place} is not armed, or no longer")
    if not says_something(confirmation.reason):
        yield Because(code="no-reason", words="no reason is given")
    elif len(confirmation.reason) > LONGEST_REASON:
        yield Because(code="no-reason", words=f"the reason is longer than {LONGEST_REASON}")
    if (target.production or rules.production) and confirmation.typed != target.short_name:
        yield Because(code="name", words=not_the_name(confirmation.typed, target.short_name))
    if rules.approval and not _approved(question):
        yield Because(code="no-approval", words="nobody else has agreed to it, or too long ago")


def _warnings(question: Question) -> Iterator[Because]:
    """What is shown and has to have been seen, but holds up nobody."""
    for one in question.facts.preconditions:
        if one.standing is Standing.WARN:
            yield Because(code=f"warns:{one.name}", words=one.words)
    yield from question.facts.warnings
    yield from _history(question)


def _history(question: Question) -> Iterator[Because]:
    """What the audit says of this target that a person should know first."""
    at, target = question.facts.now.at, question.plan.target
    here = [one for one in question.entries if is_of(one, target.key, target.place)]
    for one in here:
        if _ended(one) and at - one.at <= LATELY:
            yield Because(code=f"lately:{one.request}", words=_told(one, at))
    for one in open_intents(here):
        if not _is_under_way(question, one) and not _own(question, one):
            words = f"what became of {one.title or one.action} by {one.who} is not known"
            yield Because(code=f"open:{one.request}", words=words)


def _unseen(warnings: Sequence[Because], confirmation: Confirmation) -> Iterator[Because]:
    """Row 12: what has come up since it was shown."""
    for one in warnings:
        if one.code not in confirmation.seen:
            yield Because(code=f"new:{one.code}", words=f"new since it was shown: {one.words}")


def _leased(question: Question) -> bool:
    lease, target = question.lease, question.plan.target
    return lease is not None and lease.place == target.place and lease.holds(question.facts.now)


def _approved(question: Question) -> bool:
    """Whether somebody else agreed to this very plan, lately, and it was not carried out since."""
    at, fingerprint = question.facts.now.at, question.plan.fingerprint
    good = False
    for one in question.entries:
        if one.fingerprint != fingerprint:
            continue
        if one.kind is AuditKind.INTENT:
            good = False
        elif one.kind is AuditKind.APPROVAL:
            other = one.login != question.login and one.operator != question.operator
            good = good or (other and timedelta(0) <= at - one.at <= APPROVED)
    return good


def _is_under_way(question: Question, intent: AuditEntry) -> bool:
    followed_s = FOLLOWED_S if intent.request in question.alive else 0.0
    return question.facts.now.at - intent.at <= UNDER_WAY + timedelta(seconds=followed_s)


def _own(question: Question, entry: AuditEntry) -> bool:
    confirmation = question.confirmation
    return confirmation is not None and entry.request == confirmation.proposal


def _ended(entry: AuditEntry) -> bool:
    """An outcome that may have changed something."""
    return entry.kind is AuditKind.OUTCOME and entry.outcome in {"done", "unknown"}


def _last_done(entries: Sequence[AuditEntry], verb: str) -> AuditEntry | None:
    done = (one for one in reversed(entries) if _ended(one) and one.action == verb)
    return next(done, None)


def _takes_back(plan: Plan, last: AuditEntry) -> bool:
    """Whether it is the very inverse that was prepared for what was done last: it need not wait."""
    if last.outcome != "done" or last.undo is None:
        return False
    try:
        undo = undo_of(last.undo)
    except BrokenPlan:
        return False
    wanted = set(undo.parameters)
    return undo.verb == plan.verb and bool(wanted) and wanted <= set(plan.parameters)


def _told(entry: AuditEntry, at: datetime) -> str:
    known = "" if entry.outcome == "done" else ", and its outcome is not known"
    return f"{entry.title or entry.action} {_ago(entry, at)} by {entry.who}{known}"


def _ago(entry: AuditEntry, at: datetime) -> str:
    return age_words(max(0.0, (at - entry.at).total_seconds()))


def not_the_name(typed: str, name: str) -> str:
    """Why what was typed is not the name; a look-alike is told as one."""
    if not typed:
        return f"the name is not typed: {name}"
    odd = oddities(typed)
    if odd:
        return f"that is not {name}: {', '.join(odd)}"
    return f"that is not {name}, letter by letter"
