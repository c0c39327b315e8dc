"""Maintenance that is started by hand: as an entry of the journal, as a window and as an event."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct
from msgspec.structs import replace

from monitor.care_entries import LONGEST_MAINTENANCE, LONGEST_NOTE, CareEntry, EntryKind
from monitor.events import Event, EventKind
from monitor.maintenance import Covered, Once, Window
from monitor.verdicts import Level
from monitor.words import span_words
from providers.text import Foreign

ALL: Final = "all"
"""Key of an entry about everything."""

_PARTS: Final = ("names", "checks", "kpis", "environments")
_MOST_PARTS: Final = 64
_TITLE: Final = 60


class MaintenanceOrder(Struct, frozen=True, kw_only=True):
    """What an operator wants to work on, or that the work is done."""

    workspace: str
    lasts_s: float = 0.0
    about: Covered = Covered()
    note: str = ""
    ends: str = ""
    """Id of the entry whose window ends now; empty: one begins."""


def entry_of(entry: CareEntry, order: MaintenanceOrder) -> CareEntry:
    """A new entry with all that the order says."""
    if order.ends:
        return replace(entry, kind=EntryKind.MAINTENANCE_OVER, key=order.ends)
    lasts = min(timedelta(seconds=order.lasts_s), LONGEST_MAINTENANCE)
    return replace(
        entry,
        kind=EntryKind.MAINTENANCE,
        key=key_of(order.about),
        until=entry.at + lasts,
        subject=about_words(order.about),
        note=Foreign(order.note).line(LONGEST_NOTE),
    )


def key_of(about: Covered) -> str:
    """What a window is about, as the key of its entry."""
    parts = [(name, one) for name in _PARTS for one in sorted(getattr(about, name))]
    return urlencode(parts, safe="/") or ALL


def about_of(key: str) -> Covered | None:
    """What an entry's key says; None for one that says nothing, so that it mutes nothing."""
    if key == ALL:
        return Covered()
    try:
        pairs = parse_qsl(key, strict_parsing=True, max_num_fields=_MOST_PARTS)
    except ValueError:
        return None
    if any(name not in _PARTS or not _is_name(value) for name, value in pairs):
        return None
    found = {name: frozenset(value for one, value in pairs if one == name) for name in _PARTS}
    about = Covered(**found)
    return about if about != Covered() else None


def _is_name(value: str) -> bool:
    """Whoever can write to the journal may write anything; names of a configuration are ASCII."""
    return value.isascii() and value.isprintable()


def about_words(about: Covered) -> str:
    """`api, main in production`; `everything`."""
    things = ", ".join((*sorted(about.names), *sorted(about.checks), *sorted(about.kpis)))
    where = f" in {', '.join(sorted(about.environments))}" if about.environments else ""
    return f"{things or 'everything'}{where}"


def windows_of(entries: Iterable[CareEntry]) -> tuple[Window, ...]:
    """The windows that operators started; each ends at its time, or when somebody ends it."""
    known = {one.id: one for one in entries if one.kind in _KINDS}
    over: dict[str, datetime] = {}
    for entry in known.values():
        if entry.kind is EntryKind.MAINTENANCE_OVER:
            over[entry.key] = min(entry.at, over.get(entry.key, entry.at))
    return tuple(_windows(sorted(known.values(), key=lambda one: (one.at, one.id)), over))


def _windows(entries: Iterable[CareEntry], over: dict[str, datetime]) -> Iterator[Window]:
    for entry in entries:
        about = about_of(entry.key) if entry.kind is EntryKind.MAINTENANCE else None
        if about is None or entry.until is None:
            continue
        ends = max(entry.at, min(entry.until, over.get(entry.id, entry.until)))
        yield Window(
            key=entry.id,
            title=title_of(entry),
            when=Once(begins=entry.at, ends=ends),
            about=about,
            operator=entry.operator,
            note=entry.note,
        )


_KINDS: Final = frozenset({EntryKind.MAINTENANCE, EntryKind.MAINTENANCE_OVER})


def title_of(entry: CareEntry) -> str:
    """What it is called: the note, else what it is about."""
    return Foreign(entry.note or about_words(about_of(entry.key) or Covered())).line(_TITLE)


def did_words(entry: CareEntry) -> str:
    """What was done, for whoever did it."""
    if entry.until is None:
        return "maintenance ended"
    lasts = span_words((entry.until - entry.at).total_seconds())
    return f"maintenance of {entry.subject} for {lasts}, until {entry.until:%H:%M}Z"


def over_event(entry: CareEntry, workspace: str) -> Event:
    """On the timeline who ended one; that one begins is told of every window."""
    text = f"{entry.short_operator} ended the maintenance"
    return Event(
        at=entry.at,
        kind=EventKind.OPERATOR,
        level=Level.OK,
        text=text,
        detail=text,
        key=f"care/{entry.id}",
        workspace=workspace,
    )
