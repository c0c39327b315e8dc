"""The target of a plan, read afresh before anything is decided about it."""

import asyncio

from actions.bugs import log_bug
from actions.failures import error_words
from actions.guard_values import Because
from actions.plan import Plan
from actions.verbs import Pinned, Unplannable, Verb
from monitor.contained import Contained
from providers.errors import ProviderError


async def pinned(
    verb: Verb | None, plan: Plan, within_s: float
) -> tuple[Pinned | None, tuple[Because, ...]]:
    """The target as it is now, or why it could not be read; and whether it is another one.

    Args:
        verb: Who reads it; None: there is no such action.
        plan: What was shown.
        within_s: How long it may take.
    """
    if verb is None:
        return None, (Because(code="no-verb", words=f"there is no action {plan.verb!r}"),)
    found: list[Pinned] = []
    with Contained() as contained:
        async with asyncio.timeout(within_s):
            found.append(await verb.pin(plan))
    if contained.error is not None:
        log_bug(f"{plan.verb}: reading its target", contained.error)
        return None, (_unread(contained.error),)
    if found[0].plan.fingerprint != plan.fingerprint:
        words = "it is not any more what was shown: look again"
        return found[0], (Because(code="changed", words=words),)
    return found[0], ()


def _unread(error: Exception) -> Because:
    if isinstance(error, Unplannable):
        return Because(code="gone", words=str(error))
    code = "unreadable" if isinstance(error, (ProviderError, TimeoutError)) else "bug"
    return Because(code=code, words=f"not looked at: {error_words(error)}")
