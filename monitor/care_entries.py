"""What people say about alerts, as lines of a journal that others may write to as well.

    {"v":1,"id":"…","at":"2026-11-22T03:10:00Z","kind":"acknowledged","operator":"ana",…}

Whoever can write to the journal can write anything into it: a line is decoded strictly, its texts
are cleaned and bounded, and what it asks for beyond the rules (a snooze for a year) makes it a
broken line. Pure.
"""

import enum
import os
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from monitor.verdicts import Level
from providers.text import Foreign

VERSION: Final = 1
"""Of a line; lines of newer versions are kept in the file and not understood."""

LONGEST_LINE: Final = 8_192
"""Bytes of one line."""

LONGEST_NOTE: Final = 200
LONGEST_ACKNOWLEDGEMENT: Final = timedelta(days=7)
LONGEST_SNOOZE: Final = timedelta(hours=24)
LONGEST_MAINTENANCE: Final = timedelta(days=3)
LONGEST_CLAIM: Final = timedelta(days=30)

_LONGEST_NAME: Final = 64
_LONGEST_SUBJECT: Final = 120
_LONGEST_KEY: Final = 1_000
_SLACK: Final = timedelta(seconds=1)


class EntryKind(enum.Enum):
    """What an entry says."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    TAKEN_BACK = "taken back"
    """An operator takes back what was said of the alert."""

    ENDED = "ended"
    """The alert cleared: what was said of it does not hold for the next time."""

    WORSE = "worse"
    """The alert got worse: what was said of it before holds no more."""

    MAINTENANCE = "maintenance"
    """A maintenance window begins; its key says of what (`monitor.maintenance_orders`)."""

    MAINTENANCE_OVER = "maintenance over"
    """It ends before its time; its key is the id of the entry that began it."""

    CLAIM = "claim"
    """Somebody's program does a thing that is to be done once, such as telling of an alert."""


class CareEntry(Struct, frozen=True, kw_only=True):
    """One line; all texts are safe to draw."""

    id: str
    at: datetime
    kind: EntryKind
    operator: str
    login: str
    host: str
    workspace: str
    key: str
    """Of the alert, or of the claim."""

    onset: datetime | None = None
    """When the trouble began, as whoever wrote it saw it."""

    until: datetime | None = None
    level: Level = Level.OK
    """How bad it was: what was said ends when it gets worse."""

    subject: str = ""
    """What it was about in a few words, for when the alert is gone."""

    note: str = ""
    shared: bool = True
    """Whether others can read it; False while it could not be written."""

    @property
    def short_operator(self) -> str:
        """The name without the host, for one line."""
        return self.operator.partition("@")[0] or self.operator


class BrokenLine(Exception):
    """A line that says nothing: why."""


class NewerLine(BrokenLine):
    """A line of a version that this program does not know."""


_Time = Annotated[datetime, Meta(tz=True)]
_Name = Annotated[str, Meta(max_length=400)]


class _Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry as it is written."""

    v: int
    id: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[0-9A-Za-z-]+$")]
    at: _Time
    kind: _Name
    operator: _Name
    login: _Name = ""
    host: _Name = ""
    workspace: _Name = ""
    key: Annotated[str, Meta(min_length=1, max_length=_LONGEST_KEY)]
    onset: _Time | None = None
    until: _Time | None = None
    level: _Name = Level.OK.word
    subject: Annotated[str, Meta(max_length=2_000)] = ""
    note: Annotated[str, Meta(max_length=2_000)] = ""


class _Version(Struct, frozen=True):
    v: int


_KINDS: Final = {kind.value: kind for kind in EntryKind}
_LEVELS: Final = {level.word: level for level in Level}
_LONGEST: Final = {
    EntryKind.ACKNOWLEDGED: LONGEST_ACKNOWLEDGEMENT,
    EntryKind.SNOOZED: LONGEST_SNOOZE,
    EntryKind.MAINTENANCE: LONGEST_MAINTENANCE,
    EntryKind.CLAIM: LONGEST_CLAIM,
}
"""Kinds that must say until when they hold, and how long that may be."""


def new_id() -> str:
    """An id that nobody else gives."""
    return os.urandom(8).hex()


def encode(entry: CareEntry) -> bytes:
    """The entry as one line, with its newline."""
    line = _Line(
        v=VERSION,
        id=entry.id,
        at=entry.at,
        kind=entry.kind.value,
        operator=entry.operator,
        login=entry.login,
        host=entry.host,
        workspace=entry.workspace,
        key=entry.key[:_LONGEST_KEY],
        onset=entry.onset,
        until=entry.until,
        level=entry.level.word,
        subject=entry.subject[:_LONGEST_SUBJECT],
        note=entry.note[:LONGEST_NOTE],
    )
    return msgspec.json.encode(line) + b"\n"


def decode(text: bytes) -> CareEntry:
    """The entry of one line.

    Raises:
        BrokenLine: It is none, or asks for more than the rules give.
        NewerLine: It is of a version that came later.
    """
    if len(text) > LONGEST_LINE:
        raise BrokenLine("too long")
    try:
        if msgspec.json.decode(text, type=_Version).v > VERSION:
            raise NewerLine("of a newer version")
        line = msgspec.json.decode(text, type=_Line)
    except (ValueError, RecursionError) as error:
        raise BrokenLine("no entry") from error
    kind, level = _KINDS.get(line.kind), _LEVELS.get(line.level)
    if kind is None or level is None:
        raise BrokenLine("an unknown kind or level")
    _bounded(kind, line)
    return CareEntry(
        id=line.id,
        at=line.at,
        kind=kind,
        operator=_name(line.operator),
        login=_name(line.login),
        host=_name(line.host),
        workspace=_name(line.workspace),
        key=line.key,
        onset=line.onset,
        until=line.until,
        level=level,
        subject=Foreign(line.subject).line(_LONGEST_SUBJECT),
        note=Foreign(line.note).line(LONGEST_NOTE),
    )


def _bounded(kind: EntryKind, line: _Line) -> None:
    longest = _LONGEST.get(kind)
    if longest is None:
        return
    if line.until is None or not line.at <= line.until <= _after(line.at, longest):
        raise BrokenLine("holds for longer than it may")


def _after(at: datetime, span: timedelta) -> datetime:
    try:
        return at + span + _SLACK
    except OverflowError as error:
        raise BrokenLine("a time beyond all times") from error


def _name(text: str) -> str:
    return Foreign(text).line(_LONGEST_NAME)
