"""What was done, as events of the timeline: so that a verb is seen as a cause. Pure.

Also what other operators of the host did, for all of it comes from the audit.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from actions.audit_entries import AuditEntry, AuditKind
from actions.verbs import Outcome
from monitor.events import Event, EventKind
from monitor.verdicts import Level

LOOK_BACK: Final = timedelta(hours=24)
"""What is older when first seen is no news."""

_LEVELS: Final = {
    Outcome.DONE.value: Level.OK,
    Outcome.FAILED.value: Level.WARNING,
    Outcome.REFUSED.value: Level.OK,
    Outcome.UNKNOWN.value: Level.WARNING,
}


def events_of(entries: Iterable[AuditEntry], now: datetime) -> Iterator[Event]:
    """An event for each intent, each outcome and each look at what should recover."""
    for one in entries:
        if now - one.at > LOOK_BACK:
            continue
        if one.kind is AuditKind.INTENT:
            yield _event(one, Level.OK, f"{one.what} by {one.who}", "")
        elif one.kind is AuditKind.OUTCOME:
            level = _LEVELS.get(one.outcome, Level.UNKNOWN)
            yield _event(one, level, f"{one.what}: {one.outcome}", "/outcome")
        elif one.kind is AuditKind.WATCH:
            level = Level.OK if one.outcome == "verified" else Level.WARNING
            yield _event(one, level, f"{one.what}: {one.outcome}", "/watch")


def _event(entry: AuditEntry, level: Level, text: str, suffix: str) -> Event:
    why = entry.words if suffix else " · ".join(x for x in (entry.incident, entry.reason) if x)
    return Event(
        at=entry.at,
        kind=EventKind.ACTION,
        level=level,
        text=text,
        detail=f"{text} · {why}" if why else "",
        environment=entry.environment,
        key=f"action/{entry.request}{suffix}",
        workspace=entry.workspace,
    )
