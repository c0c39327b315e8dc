"""What Google remembers: who may have tokens, the tokens, calendars and their events."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda

TOKEN_S: Final = 3_599
SCOPE: Final = "https://www.googleapis.com/auth/"
OWNER: Final = "ops@localloop.com"
EVENTS: Final = "events@localloop.com"
WRITING: Final = frozenset({"calendar", "calendar.events", "calendar.events.owned"})
READING: Final = frozenset({"calendar.calendarlist.readonly", "calendar.events.readonly"})


class Client(Struct, frozen=True, kw_only=True):
    """An OAuth client with the consent of a person."""

    id: str
    secret: str
    refresh_token: str
    scopes: frozenset[str] = READING


class Machine(Struct, frozen=True, kw_only=True):
    """A service account."""

    email: str
    public_pem: str
    """Its public key."""


class Pass(Struct, frozen=True, kw_only=True):
    """An access token that was given out."""

    scopes: frozenset[str]
    ends_at: datetime


class Guest(Struct, kw_only=True):
    """Somebody who was invited."""

    email: str
    answer: str = "needsAction"


class Event(Struct, kw_only=True):
    """One event, or one instance of a series."""

    id: str
    title: str
    start: datetime
    end: datetime
    updated: datetime
    status: str = "confirmed"
    all_day: bool = False
    series: str = ""
    """Identity of the series."""

    repeats: str = ""
    """Of a series: its rule."""

    guests: list[Guest] = field(default_factory=list)
    version: int = 1
    told: str = ""
    """Who was told of its cancellation: the `sendUpdates` of that request."""

    @property
    def etag(self) -> str:
        """Changes with every change."""
        return f'"{self.id}{self.version}"'


class Calendar(Struct, kw_only=True):
    """One calendar."""

    id: str
    summary: str
    right: str
    primary: bool = False
    events: dict[str, Event] = field(default_factory=dict)
    """With each instance of a series."""

    series: dict[str, Event] = field(default_factory=dict)


class GoogleCalendars(Struct):
    """One project's world.

    Args:
        agenda: Whose time passes.
    """

    agenda: Agenda
    clients: dict[str, Client] = field(default_factory=dict)
    """By refresh token."""

    machines: dict[str, Machine] = field(default_factory=dict)
    """By e-mail address."""

    passes: dict[str, Pass] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def seed(self) -> None:
        """Two calendars with a fortnight of events."""
        now = self.agenda.now.replace(minute=0, second=0, microsecond=0)
        own = Calendar(id=OWNER, summary="LocalLoop ops", right="owner", primary=True)
        shared = Calendar(id=EVENTS, summary="LocalLoop events", right="writer")
        self.calendars = {own.id: own, shared.id: shared}
        for title, days, hour, guests in (
            ("Jazz in the park", 1, 19, 4),
            ("Night market", 2, 17, 6),
            ("Repair café", 3, 14, 3),
            ("Open-air cinema", 5, 20, 8),
        ):
            start = (now + timedelta(days=days)).replace(hour=hour)
            self._add(shared, title, start, timedelta(hours=2, minutes=30), guests)
        for week in range(4):
            start = (now + timedelta(days=4 + 7 * week)).replace(hour=9)
            self._add(shared, "Farmers' market", start, timedelta(hours=4), 2, "market")
        day = (now + timedelta(days=6)).replace(hour=0)
        self._add(shared, "Neighbourhood day", day, timedelta(days=1), 0).all_day = True
        self._add(own, "On-call hand-over", now + timedelta(days=2), timedelta(minutes=30), 2)

    def _add(
        self,
        calendar: Calendar,
        title: str,
        start: datetime,
        length: timedelta,
        guests: int,
        series: str = "",
    ) -> Event:
        token = ids.token("event", calendar.id, title, series)
        id_ = f"{token}_{start:%Y%m%dT%H%M%SZ}" if series else token
        names = ("ana", "ben", "chloe", "deniz", "emil", "fatma", "gil", "hana")
        answers = ("accepted", "accepted", "tentative", "needsAction", "declined")
        event = Event(
            id=id_,
            title=title,
            start=start,
            end=start + length,
            updated=self.agenda.now - timedelta(days=3),
            series=token if series else "",
            guests=[
                Guest(email=f"{name}@example.com", answer=answers[place % len(answers)])
                for place, name in enumerate(names[:guests])
            ],
        )
        calendar.events[id_] = event
        if series and token not in calendar.series:
            calendar.series[token] = replace(
                event, id=token, series="", repeats="RRULE:FREQ=WEEKLY;COUNT=4"
            )
        return event

    def give(self, scopes: frozenset[str]) -> str:
        """A new access token."""
        token = f"ya29.{secrets.token_urlsafe(32)}"
        ends_at = self.agenda.now + timedelta(seconds=TOKEN_S)
        self.passes[token] = Pass(scopes=scopes, ends_at=ends_at)
        return token

    def revoke(self) -> None:
        """Take every access token and every consent back."""
        self.passes.clear()
        self.clients.clear()

    def calendar(self, name: str) -> Calendar | None:
        """By id; `primary` is the owner's own."""
        return self.calendars.get(OWNER if name == "primary" else name)
