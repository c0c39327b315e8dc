"""Which restart of a Render service was ours, when the answer was lost. Pure.

Render's request has no key and its event no request, so a restart counts as ours when it is newer
than all that were there just before it was sent, came within minutes of it, is nobody else's by
name, and is the only such one. All else is left as not known: two people restart in one incident.
"""

from collections.abc import Sequence
from typing import Final

from actions.nearness import is_near
from actions.plan import Request
from actions.verbs import Settled, State
from monitor.words import clock_words
from providers.render_events import Event

NOT_SO_FAR: Final = Settled(state=State.PENDING, words="Render tells of no restart so far")


def newer(restarts: Sequence[Event], known: str) -> list[Event]:
    """Those after the one that was the last when it was planned, newest first.

    Args:
        restarts: As Render tells them, newest first.
        known: Id of that one; empty: there was none.
    """
    ids = [one.id for one in restarts]
    return list(restarts[: ids.index(known)] if known in ids else restarts)


def ours(restarts: Sequence[Event], request: Request | None, key_of: str) -> Event | Settled:
    """The restart that was asked for, or why it can not be told.

    Args:
        restarts: Those that are new since, newest first.
        request: Who asked for it, and when.
        key_of: Whose API key we have: an address; empty where that is not told.
    """
    if request is None or not restarts:
        return NOT_SO_FAR
    near = [
        one
        for one in restarts
        if is_near(one.at, request) and not _is_anothers(one.by.text, key_of)
    ]
    named = [one for one in near if key_of and one.by.text.casefold() == key_of.casefold()]
    found = named or near
    if len(found) == 1:
        return found[0]
    told = ", ".join(_told(one) for one in restarts[:_MOST_TOLD])
    if not found:
        words = f"Render tells of no restart that could be this one, only of others: {told}"
        return Settled(state=State.PENDING, words=words)
    return Settled(state=State.UNKNOWN, words=f"which restart was this one is not told: {told}")


_MOST_TOLD: Final = 3


def _is_anothers(by: str, key_of: str) -> bool:
    """Only addresses can be compared; Render may tell a name or an id instead."""
    return "@" in by and "@" in key_of and by.casefold() != key_of.casefold()


def _told(one: Event) -> str:
    return f"{clock_words(one.at)}{f' by {one.by.line(40)}' if one.by else ''}"
