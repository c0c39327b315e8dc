"""Google Calendar: whether a token can be bought, whether the API answers, and what is to come.

Two sources: the token and the calendar list (1 request, 1 for each chosen calendar that is not in
it, and 1 an hour for a token), and the events of the chosen calendars (1 each). A user is allowed
600 requests a minute.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.account_part import AccountPart
from providers.errors import NotFound
from providers.google_mapping import SYSTEM, Event, calendar_of, event_of
from providers.google_pages import Paged, paged
from providers.google_reading import (
    Agenda,
    Reach,
    agenda_numbers,
    agenda_reading,
    reach_numbers,
    reach_reading,
    unlisted,
)
from providers.google_token import fresh_token
from providers.harvest import Harvest
from providers.parts import answered, tried
from providers.vendor import segment

__all__ = ["SYSTEM", "CalendarAgenda", "CalendarOptions", "CalendarReach"]

LIST: Final = "/users/me/calendarList"
MOST_PAGES: Final = 4
PAGE: Final = 250
MOST_CALENDARS: Final = 20


class CalendarOptions(Struct, frozen=True, kw_only=True):
    """Which calendars, and how far ahead.

    Raises:
        ValueError: No calendar, too many, or one that cannot be named in a path.
    """

    calendars: tuple[str, ...] = ("primary",)
    """Their ids; `primary` is the credential's own, which a service account has no use for."""

    ahead_s: float = 7 * 86_400.0
    most_events: int = 50
    """Of each calendar."""

    def __post_init__(self) -> None:
        if not 0 < len(self.calendars) <= MOST_CALENDARS:
            raise ValueError(f"name 1 to {MOST_CALENDARS} calendars")
        for each in self.calendars:
            segment(each)


class CalendarReach(AccountPart[CalendarOptions]):
    """Whether the integration works at all: a token is bought, and `calendarList` answers."""

    async def read(self) -> Harvest:
        """Ask once.

        Raises:
            ProviderError: No token can be bought, or the API does not answer. A used-up quota is
                `RateLimited`, a right that is missing `Unauthorized`, though both are HTTP 403.
        """
        token = await fresh_token(self._api)
        page = [("maxResults", str(PAGE))]
        calendars = await paged(
            self._api, LIST, calendar_of, "calendar", params=page, most_pages=MOST_PAGES
        )
        names = unlisted(calendars, self._options.calendars)
        looks = await asyncio.gather(*(tried(self._look(each)) for each in names))
        found = Reach(
            calendars=calendars,
            unlisted=tuple(zip(names, looks, strict=True)),
            token_left_s=token.left_s(self._api.clock.now()) if token else None,
            scopes=token.scopes if token else (),
        )
        return self._harvest(reach_reading(found), reach_numbers(found))

    async def _look(self, calendar: str) -> Paged[None]:
        """Whether a calendar can be read that nobody put into the account's list.

        That is how it is for a service account: sharing alone adds nothing to its list.
        """
        path = f"/calendars/{segment(calendar)}/events"
        return await paged(self._api, path, lambda _: None, "event", params=[("maxResults", "1")])


class CalendarAgenda(AccountPart[CalendarOptions]):
    """What is to come in the chosen calendars, cancelled events included."""

    async def read(self) -> Harvest:
        """Ask for each calendar once; one that fails is told in its section.

        Raises:
            ProviderError: No token can be bought, or no calendar could be read.
        """
        await fresh_token(self._api)
        now = self._api.clock.now().at
        names = self._options.calendars
        outcomes = await asyncio.gather(*(tried(self._events(each, now)) for each in names))
        answered(outcomes)
        found = Agenda(
            calendars=tuple(zip(names, outcomes, strict=True)),
            now=now,
            ahead_s=self._options.ahead_s,
        )
        return self._harvest(agenda_reading(found), agenda_numbers(found))

    async def _events(self, calendar: str, now: datetime) -> Paged[Event]:
        end = now + timedelta(seconds=self._options.ahead_s)
        query = [
            ("timeMin", iso_seconds(now)),
            ("timeMax", iso_seconds(end)),
            ("singleEvents", "true"),
            ("orderBy", "startTime"),
            ("showDeleted", "true"),
            ("maxResults", str(self._options.most_events)),
        ]
        path = f"/calendars/{segment(calendar)}/events"
        try:
            return await paged(self._api, path, event_of, "event", params=query)
        except NotFound as error:
            error.advice = "share the calendar with the account, or check its id in calendars:"
            raise


def iso_seconds(at: datetime) -> str:
    """A time as Google takes it: RFC 3339 with its zone."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
