"""What is told of a session that is to be signalled. Pure."""

from actions.database.sessions import ACTIVE, Seen
from actions.plan import Effect
from monitor.words import noun
from providers.clock import Moment


def session_words(seen: Seen) -> str:
    """Whose it is, and since when: `api as app, since 2026-11-22 03:10:04Z`."""
    application, role = seen.application.line(40) or "no name", seen.role.line(40)
    return f"{application} as {role}, since {seen.started[:19].replace('T', ' ')}Z"


def stopped(seen: Seen) -> str:
    """What becomes of the statement that is shown."""
    if seen.state == ACTIVE:
        return "stopped; nothing of it is kept"
    if seen.transaction_s is None:
        return "over already; what it did stays"
    return "over already; rolled back with its transaction"


def effects(seen: Seen, at: Moment) -> tuple[Effect, ...]:
    """Who waits for it, and how long it has been at it."""
    waiting = noun(seen.waiters, "session waits for it", "sessions wait for it")
    found = [Effect(words=waiting, number=seen.waiters, measured_at=at.at)]
    if seen.query_s is not None and seen.state == ACTIVE:
        words = "since its statement began"
        found.append(Effect(words=words, number=round(seen.query_s), unit="s", measured_at=at.at))
    if seen.transaction_s is None:
        found.append(
            Effect(words="its transaction", number=None, reason="it is in none", measured_at=at.at)
        )
    else:
        words = "of its transaction are lost"
        found.append(
            Effect(words=words, number=round(seen.transaction_s), unit="s", measured_at=at.at)
        )
    return tuple(found)
