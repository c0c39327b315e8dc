"""Which of the things people said about an alert holds now; pure.

What was said holds from then on, until the time it names, and no longer than the trouble it was
said of:

| what happens                                 | acknowledged      | snoozed           |
|----------------------------------------------|-------------------|-------------------|
| its time is up                               | over              | over              |
| the alert clears                             | over              | over              |
| the alert is there again after it cleared    | not acknowledged  | not snoozed       |
| it gets worse than it was when this was said | over, for good    | over, for good    |
| it gets better, and fires on                 | holds             | holds             |
| somebody says something else of it           | over: the last    | over: the last    |
|                                              | one holds         | one holds         |
| two say something at the same time           | holds before a    | gives way: what   |
|                                              | snooze            | is louder holds   |
| somebody takes it back                       | over              | over              |
| the entry is of a time still to come         | not yet           | not yet           |

Whether it is the same trouble is told by when it began: before this was said, it is. A program that
has only just begun to look does not know (an alert was there when it came); then the journal has
the word: nobody noted that it cleared. All programs are on one host, so their clocks are one.

The order of the entries does not matter: by time, then by kind, then by id.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from monitor.alert_view import AlertView, Care, CareKind
from monitor.care_entries import CareEntry, EntryKind

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
"""When an alert began that was there before anybody looked."""

SLACK: Final = timedelta(seconds=1)
"""Onsets are kept to the second."""

AHEAD: Final = timedelta(seconds=5)
"""An entry may be so much ahead of a clock that was set back a little."""

Said = Mapping[str, tuple[CareEntry, ...]]
"""What was said of each alert by its key, in the order in which it counts."""

NOTHING_SAID: Final[Said] = {}

_CARES: Final = {
    EntryKind.SNOOZED: CareKind.SNOOZED,
    EntryKind.ACKNOWLEDGED: CareKind.ACKNOWLEDGED,
}
_LOUDNESS: Final = {
    EntryKind.SNOOZED: 0,
    EntryKind.ACKNOWLEDGED: 1,
    EntryKind.WORSE: 2,
    EntryKind.TAKEN_BACK: 3,
    EntryKind.ENDED: 4,
}
"""Of two entries of one time the louder counts as the later."""


def said_of(entries: Iterable[CareEntry]) -> Said:
    """Entries by the alert they are about; an id that is there twice counts once."""
    known: dict[str, CareEntry] = {}
    for entry in entries:
        if entry.kind in _LOUDNESS:
            before = known.get(entry.id)
            known[entry.id] = entry if before is None else min(before, entry, key=_whole)
    said: dict[str, list[CareEntry]] = {}
    for entry in sorted(known.values(), key=_order):
        said.setdefault(entry.key, []).append(entry)
    return {key: tuple(about) for key, about in said.items()}


def cared(
    alerts: Sequence[AlertView],
    said: Said,
    now: datetime,
    seen: Mapping[str, datetime] | None = None,
) -> tuple[AlertView, ...]:
    """The alerts with what holds of what was said of them, in the same order.

    Args:
        alerts: What fires or is about to.
        said: What was said.
        now: The instant.
        seen: Since when each alert has been there without a break, where that is earlier than
            its onset says; `BEGINNING` for one that was there before anybody looked.
    """
    if not said:
        return tuple(alerts)
    return tuple(
        replace(alert, care=_care(holding)) if (holding := held(alert, said, now, seen)) else alert
        for alert in alerts
    )


def held(
    alert: AlertView, said: Said, now: datetime, seen: Mapping[str, datetime] | None = None
) -> CareEntry | None:
    """The entry that holds for an alert; None when none does."""
    last = next(reversed(_of_this_time(alert, said, now, seen)), None)
    if last is None or last.kind not in _CARES or alert.level > last.level:
        return None
    return last if last.until is not None and now < last.until else None


def worsened(
    alerts: Iterable[AlertView],
    said: Said,
    now: datetime,
    seen: Mapping[str, datetime] | None = None,
) -> tuple[str, ...]:
    """Keys of alerts that have got worse than they were when somebody said something of them."""
    found = []
    for alert in alerts:
        last = next(reversed(_of_this_time(alert, said, now, seen)), None)
        if last is not None and last.kind in _CARES and alert.level > last.level:
            found.append(alert.key)
    return tuple(found)


def answered_at(
    alert: AlertView, said: Said, now: datetime, seen: Mapping[str, datetime] | None = None
) -> datetime | None:
    """When somebody was first at it; also after that acknowledgement has run out.

    One that was taken back was none, and one of a milder alert does not count for a worse one.
    """
    first: datetime | None = None
    for entry in _of_this_time(alert, said, now, seen):
        if entry.kind in {EntryKind.TAKEN_BACK, EntryKind.WORSE}:
            first = None
        elif entry.kind is EntryKind.ACKNOWLEDGED and entry.level >= alert.level:
            first = first or entry.at
    return first


def snoozed_last(alerts: Sequence[AlertView]) -> tuple[AlertView, ...]:
    """The same order, with what is snoozed at the end."""
    return tuple(sorted(alerts, key=is_snoozed))


def is_snoozed(alert: AlertView) -> bool:
    """Whether nobody wants to hear of it for now."""
    return alert.care is not None and alert.care.kind is CareKind.SNOOZED


def _of_this_time(
    alert: AlertView, said: Said, now: datetime, seen: Mapping[str, datetime] | None
) -> list[CareEntry]:
    """What was said of an alert since its trouble began."""
    about = said.get(alert.key, ())
    if not about:
        return []
    known = (seen or {}).get(alert.key, alert.began)
    began = min(known, alert.began)
    found = [one for one in about if began <= one.at + SLACK and one.at <= now + AHEAD]
    if known != BEGINNING:
        # Our own eyes know better than somebody else's note.
        return [one for one in found if one.kind is not EntryKind.ENDED]
    ends = [place for place, one in enumerate(found) if one.kind is EntryKind.ENDED]
    return found[ends[-1] + 1 :] if ends else found


def _care(entry: CareEntry) -> Care:
    return Care(
        kind=_CARES[entry.kind],
        operator=entry.short_operator,
        host=entry.host,
        at=entry.at,
        until=entry.until or entry.at,
        note=entry.note,
        id=entry.id,
        shared=entry.shared,
    )


def _order(entry: CareEntry) -> tuple[datetime, int, str]:
    return entry.at, _LOUDNESS[entry.kind], entry.id


def _whole(entry: CareEntry) -> tuple[datetime, int, str]:
    """An order of entries that claim the same id, so that it is the same one in every program."""
    return entry.at, -_LOUDNESS[entry.kind], repr(entry)
