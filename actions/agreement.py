"""A second person's word for a plan: asked for and given in the audit. Pure.

Whether it counts is the guard's business (`actions.guard`): another account, this very plan, not
older than an hour, once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from actions.audit_entries import AuditEntry, AuditKind, Author, Draft
from actions.guard import LONGEST_REASON
from actions.names import says_something
from actions.plan import Plan
from actions.record import about
from actions.undo import WANTED
from actions.verbs import Unplannable
from providers.clock import Moment

SHORTEST: Final = 8
"""So much of a fingerprint names a plan."""

_AGAIN: Final = timedelta(minutes=10)
"""Asked for within this, a plan is not asked for again."""


def asked(plan: Plan, author: Author, entries: tuple[AuditEntry, ...]) -> Sequence[Draft]:
    """That a second person is asked to agree to a plan; nothing where that stands there already.

    Args:
        plan: What is to be agreed to.
        author: Who asks.
        entries: The last of the audit, oldest first.
    """
    own = [
        one
        for one in entries
        if one.kind is AuditKind.ASKED
        and one.fingerprint == plan.fingerprint
        and one.login == author.login
    ]
    used = [
        one
        for one in entries
        if one.kind is AuditKind.INTENT and one.fingerprint == plan.fingerprint
    ]
    if own and (not used or used[-1].seq < own[-1].seq) and entries[-1].at - own[-1].at < _AGAIN:
        return ()
    return (about(AuditKind.ASKED, plan, ""),)


def agreement(
    fingerprint: str, reason: str, author: Author, now: Moment, entries: tuple[AuditEntry, ...]
) -> Sequence[Draft]:
    """That this person agrees to a plan somebody else asks for.

    Args:
        fingerprint: Of the plan, or how it begins.
        reason: Why.
        author: Who agrees.
        now: The present.
        entries: The last of the audit, oldest first.

    Raises:
        Unplannable: Nobody asks for it, or only oneself does, or no reason is given.
    """
    if not says_something(reason) or len(reason) > LONGEST_REASON:
        raise Unplannable(f"an agreement needs a reason of 1 to {LONGEST_REASON} characters")
    found = wanted(fingerprint, entries, now)
    if found.login == author.login or found.operator == author.operator:
        raise Unplannable("somebody of another account has to agree, not who asked")
    return (
        Draft(
            kind=AuditKind.APPROVAL,
            workspace=found.workspace,
            environment=found.environment,
            production=found.production,
            action=found.action,
            target=found.target,
            target_name=found.target_name,
            title=found.title,
            reason=reason.strip(),
            fingerprint=found.fingerprint,
        ),
    )


def wanted(fingerprint: str, entries: Sequence[AuditEntry], now: Moment) -> AuditEntry:
    """The newest entry that asks for a plan.

    Raises:
        Unplannable: There is none of the last hour, or more than one plan begins so.
    """
    if len(fingerprint) < SHORTEST:
        raise Unplannable(f"at least {SHORTEST} characters of the fingerprint")
    found = {
        one.fingerprint: one
        for one in entries
        if one.kind is AuditKind.ASKED
        and one.fingerprint.startswith(fingerprint)
        and now.at - one.at <= WANTED
    }
    if len(found) != 1:
        few = "nobody asked for this within the last hour"
        raise Unplannable("more than one plan begins so" if found else few)
    return next(iter(found.values()))
