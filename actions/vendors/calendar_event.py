"""An event of Google Calendar as it is now, and who would be told.

Of guests only their number is kept, never who they are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from actions.vendors.spots import Spot
from actions.verbs import Unplannable
from providers.errors import NotFound
from providers.fields import Fields
from providers.google_mapping import SYSTEM, event_of
from providers.google_token import fresh_token
from providers.text import EMPTY, Foreign
from providers.vendor import segment

WRITERS: Final = frozenset({"writer", "writerWithoutPrivateAccess", "owner"})
SCOPE: Final = "https://www.googleapis.com/auth/"
WRITING: Final = frozenset(
    f"{SCOPE}{each}" for each in ("calendar", "calendar.events", "calendar.events.owned")
)
MOST_INSTANCES: Final = 250


class CalendarSpot(Spot, frozen=True, kw_only=True):
    """One system of Google Calendar."""

    calendars: tuple[str, ...]
    """Ids of those that are watched."""


class Occasion(Struct, frozen=True, kw_only=True):
    """One event, one instance of a series, or a series."""

    calendar: str
    id: str
    etag: str
    title: Foreign
    status: str
    start: datetime | None
    end: datetime | None
    all_day: bool
    guests: int
    series: str
    """Id of the series that it is an instance of; empty: of none."""

    is_series: bool
    own: bool | None
    """Whether this calendar is its organizer; None: Google does not say."""

    url: str


class Rights(Struct, frozen=True, kw_only=True):
    """What the credential may do in a calendar."""

    role: str
    """`accessRole`."""

    scopes: tuple[str, ...]
    """Of the token; empty where Google does not list them."""

    @property
    def trouble(self) -> str:
        """Why an event can not be changed with it; empty when it can."""
        if self.role not in WRITERS:
            return f"the account may only {self.role or 'read'} the calendar: share it for changes"
        if self.scopes and not WRITING & set(self.scopes):
            return "the token lacks the scope calendar.events: consent anew, with it"
        return ""


async def occasion(spot: Spot, calendar: str, event: str) -> Occasion:
    """Read one event.

    Raises:
        Unplannable: There is none.
        ProviderError: It could not be read.
    """
    operation = "read event"
    try:
        path = f"/calendars/{segment(calendar)}/events/{segment(event)}"
        answer = await spot.api.get(operation, path)
    except ValueError:
        raise Unplannable("that can not be the id of an event") from None
    except NotFound as error:
        raise Unplannable(f"there is no such event: {error.sentence}") from None
    fields = Fields(answer.value, SYSTEM, operation)
    shown = event_of(fields)
    if shown.id != event:
        raise Unplannable("Google answered with another event")
    organizer = fields.optional_fields("organizer")
    return Occasion(
        calendar=calendar,
        id=shown.id,
        etag=fields.text("etag").line(200),
        title=shown.title or Foreign("(no title)"),
        status=shown.status,
        start=shown.start,
        end=shown.end,
        all_day=shown.all_day,
        guests=shown.guests,
        series=fields.optional_word("recurringEventId") or "",
        is_series=bool(fields.words("recurrence")),
        own=_is_own(organizer, calendar),
        url=shown.url,
    )


def _is_own(organizer: Fields | None, calendar: str) -> bool | None:
    if organizer is None:
        return None
    if organizer.flag("self", default=False):
        return True
    said = organizer.text("email", EMPTY).text
    # `primary` names the credential's own calendar, whatever its address.
    return None if not said or calendar == "primary" else said.lower() == calendar.lower()


async def instances_to_come(spot: Spot, calendar: str, series: str) -> int | None:
    """How many instances of a series are to come; None when there are more than were read.

    Raises:
        ProviderError: They could not be read.
    """
    operation = "list instances"
    now = f"{spot.clock.now().at:%Y-%m-%dT%H:%M:%SZ}"
    answer = await spot.api.get(
        operation,
        f"/calendars/{segment(calendar)}/events/{segment(series)}/instances",
        params=[("timeMin", now), ("maxResults", str(MOST_INSTANCES))],
    )
    fields = Fields(answer.value, SYSTEM, operation)
    found = [one for one in fields.items("items") if one.word("status", "unknown") != "cancelled"]
    return None if "nextPageToken" in fields else len(found)


async def rights(spot: Spot, calendar: str) -> Rights:
    """What the credential of actions may do there.

    Raises:
        ProviderError: Google did not say.
    """
    operation = "read rights"
    token = await fresh_token(spot.api)
    answer = await spot.api.get(
        operation, f"/calendars/{segment(calendar)}/events", params=[("maxResults", "1")]
    )
    role = Fields(answer.value, SYSTEM, operation).word("accessRole", "unknown")
    return Rights(role=role, scopes=token.scopes if token is not None else ())


def told_to(parameters: Mapping[str, str]) -> str:
    """Whom Google writes to about it.

    Raises:
        Unplannable: It is neither of the choices.
    """
    chosen = parameters.get("send-updates") or "all"
    if chosen not in {"all", "none"}:
        raise Unplannable("send-updates is all or none")
    return chosen
