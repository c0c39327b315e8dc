"""Somebody looked for themselves: what was left behind is put right, what was unknown is known.

The vendor's console changes things that no verb sees. An entry says so, by whom and why; what it
speaks of is not shown any more. It changes nothing else: the guard goes by outcomes.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from actions.audit_entries import AuditEntry, AuditKind, Draft
from actions.guard import LONGEST_REASON
from actions.names import says_something
from actions.record import Record
from actions.undo import SETTLED
from actions.verbs import Unplannable

SHORTEST: Final = 6
"""So much of a request's id names it."""


async def settle(record: Record, request: str, reason: str) -> AuditEntry:
    """Write down that somebody looked.

    Args:
        record: The audit.
        request: Of the action, or how it begins.
        reason: What was found, and where.

    Raises:
        Unplannable: There is no such action, or no reason is given.
        AuditTrouble: It could not be written.
    """
    return (await record.decide(partial(_settled, request, reason)))[-1]


def _settled(request: str, reason: str, entries: tuple[AuditEntry, ...]) -> Sequence[Draft]:
    if not says_something(reason) or len(reason) > LONGEST_REASON:
        raise Unplannable(f"it takes a reason of 1 to {LONGEST_REASON} characters: what was found")
    named = {
        one.request: one
        for one in entries
        if one.kind is AuditKind.INTENT and one.request.startswith(request)
    }
    if len(request) < SHORTEST or len(named) != 1:
        raise Unplannable(f"no action, or more than one, begins with {request!r}")
    [intent] = named.values()
    return (
        Draft(
            kind=AuditKind.NOTE,
            action=SETTLED,
            workspace=intent.workspace,
            environment=intent.environment,
            title=intent.title,
            target=intent.target,
            target_name=intent.target_name,
            request=intent.request,
            reason=reason.strip(),
        ),
    )
