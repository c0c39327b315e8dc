"""Google Calendar's answers turned into values. Pure.

Of guests only their number and their answers are kept, never who they are.
"""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.personal import masked
from providers.system_readings import Condition
from providers.text import EMPTY, Foreign
from providers.vendor import https_url

SYSTEM: Final = "Google Calendar"

STATUSES: Final = {
    "confirmed": Condition.FINE,
    "tentative": Condition.FINE,
    "cancelled": Condition.NOTABLE,
}
"""By the status of an event."""

RIGHTS: Final = {
    "freeBusyReader": "free/busy",
    "reader": "read",
    "writerWithoutPrivateAccess": "write",
    "writer": "write",
    "owner": "own",
}
"""By `accessRole`."""


class Calendar(Struct, frozen=True, kw_only=True):
    """A calendar that the credential sees."""

    id: str
    """As Google writes it; for people it is an e-mail address, so it is not shown."""

    name: Foreign
    right: str
    """Google's word."""

    primary: bool
    zone: str


class Event(Struct, frozen=True, kw_only=True):
    """One event, or one instance of a series."""

    id: str
    title: Foreign
    status: str
    start: datetime | None
    """None where Google gives no start, as of a cancelled instance; midnight UTC of an all-day
    event."""

    all_day: bool
    end: datetime | None
    updated: datetime | None
    series: bool
    guests: int
    answers: tuple[tuple[str, int], ...]
    """How many guests gave each answer."""

    url: str


def calendar_of(fields: Fields) -> Calendar:
    """An entry of the calendar list; raises BadAnswer where the contract is broken."""
    raw = fields.text("id").line(250)
    name = fields.optional_text("summaryOverride") or fields.text("summary", EMPTY)
    return Calendar(
        id=raw,
        name=masked(name or Foreign(raw)),
        right=fields.word("accessRole", "unknown"),
        primary=fields.flag("primary", default=False),
        zone=fields.optional_word("timeZone") or "",
    )


def event_of(fields: Fields) -> Event:
    """An event; raises BadAnswer where the contract is broken."""
    start, all_day = _when(fields.optional_fields("start"))
    end, _ = _when(fields.optional_fields("end"))
    guests = fields.optional_items("attendees") or []
    answers = Counter(each.word("responseStatus", "unknown") for each in guests)
    return Event(
        id=fields.word("id"),
        title=masked(fields.text("summary", EMPTY)),
        status=fields.word("status", "unknown"),
        start=start,
        all_day=all_day,
        end=end,
        updated=fields.optional_moment_iso("updated"),
        series="recurringEventId" in fields,
        guests=len(guests),
        answers=tuple(sorted(answers.items())),
        url=https_url(fields.text("htmlLink", EMPTY).text),
    )


def _when(fields: Fields | None) -> tuple[datetime | None, bool]:
    """An instant, or the beginning of a day of an all-day event, which has no time zone."""
    if fields is None:
        return None, False
    day = fields.optional_text("date")
    if day is None:
        return fields.optional_moment_iso("dateTime"), False
    try:
        found = date.fromisoformat(day.text[:10])
    except ValueError:
        reason = f"{fields.path}.date: not a date"
        raise BadAnswer(SYSTEM, "list events", reason) from None
    return datetime(found.year, found.month, found.day, tzinfo=UTC), True
