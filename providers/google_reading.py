"""Google Calendar as readings: the reach of the credential, and what is to come. Pure."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.errors import NotFound, ProviderError, Unauthorized
from providers.google_mapping import RIGHTS, STATUSES, SYSTEM, Calendar, Event
from providers.google_pages import Paged
from providers.numbers import Number
from providers.parts import blindness, worst
from providers.personal import masked
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign

PRIMARY: Final = "primary"
_DAY_S: Final = 86_400.0
_NOT_SEEN: Final = "share it with the account, or check its id in calendars:"


class Reach(Struct, frozen=True, kw_only=True):
    """What the credential sees."""

    calendars: Paged[Calendar]
    unlisted: tuple[tuple[str, Paged[None] | ProviderError], ...]
    """Calendars of the configuration that are not in the list, with what a look at them gave."""

    token_left_s: float | None
    """Seconds until the access token is renewed; None where none was bought."""

    scopes: tuple[str, ...]


REACH_METRICS: Final = ("calendars", "calendars_missing", "token_left_s")


def reach_numbers(found: Reach) -> list[Number]:
    """The numbers of `REACH_METRICS`."""
    doubtful = _doubtful(found)
    return [
        Number(
            metric="calendars",
            value=None if found.calendars.more else len(found.calendars.items),
            reason="more than were asked for",
        ),
        Number(
            metric="calendars_missing",
            value=None if doubtful else len(_missing(found)),
            reason=doubtful[0].reason if doubtful else "",
        ),
        Number(
            metric="token_left_s",
            value=found.token_left_s,
            unit="s",
            reason="the credential is used as it is",
        ),
    ]


def reach_reading(found: Reach) -> SystemReading:
    """The main reading; degraded when a calendar that is wanted cannot be read."""
    missing = _missing(found)
    count = len(found.calendars.items) + len(found.unlisted) - len(missing) - len(_doubtful(found))
    words = [f"token good, {count} calendar{'' if count == 1 else 's'} seen"]
    if found.token_left_s is None:
        words = [f"API answers, {count} calendar{'' if count == 1 else 's'} seen"]
    words += [f"{len(missing)} NOT READABLE"] if missing else []
    notices = (found.calendars.notice, "there are more calendars" if found.calendars.more else "")
    return SystemReading(
        system=SYSTEM,
        condition=worst([_of_look(look) for _, look in found.unlisted]),
        summary=Foreign(", ".join(words)),
        sections=(_calendars(found),),
        notices=tuple(notice for notice in notices if notice),
    )


def unlisted(calendars: Paged[Calendar], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The calendars that are wanted and not in the list, as far as that was read."""
    seen = {each.id.lower() for each in calendars.items}
    return tuple(each for each in wanted if each != PRIMARY and each.lower() not in seen)


def _missing(found: Reach) -> list[str]:
    """Those that the credential may not read, or that are not there."""
    return [name for name, look in found.unlisted if isinstance(look, NotFound | Unauthorized)]


def _doubtful(found: Reach) -> list[ProviderError]:
    """Why it is not known of some whether they could be read."""
    errors = [look for _, look in found.unlisted if isinstance(look, ProviderError)]
    return [each for each in errors if not isinstance(each, NotFound | Unauthorized)]


def _of_look(look: Paged[None] | ProviderError) -> Condition:
    if not isinstance(look, ProviderError):
        return Condition.FINE
    known = isinstance(look, NotFound | Unauthorized)
    return Condition.DEGRADED if known else Condition.UNKNOWN


def _look(place: int, name: str, look: Paged[None] | ProviderError) -> Record:
    failed = isinstance(look, ProviderError)
    note = "not in the account's list"
    if isinstance(look, ProviderError):
        note = _NOT_SEEN if isinstance(look, NotFound | Unauthorized) else blindness(look)
    title = masked(Foreign(name) if isinstance(look, ProviderError) else look.title)
    return Record(
        id=f"unlisted/{place}",
        title=title or masked(Foreign(name)),
        condition=_of_look(look),
        state=Foreign("not readable" if failed else "readable"),
        details=(("right", Foreign("")), ("zone", Foreign("")), ("note", Foreign(note))),
    )


def _calendars(found: Reach) -> Section:
    looks = [_look(place, *each) for place, each in enumerate(found.unlisted)]
    unlisted_first = tuple(sorted(looks, key=lambda each: each.condition is Condition.FINE))
    records = tuple(
        Record(
            id=f"calendar/{place}",
            title=each.name,
            condition=Condition.FINE,
            state=Foreign(RIGHTS.get(each.right, each.right)),
            details=(
                ("right", Foreign(each.right)),
                ("zone", Foreign(each.zone)),
                ("note", Foreign("its own" if each.primary else "")),
            ),
        )
        for place, each in enumerate(found.calendars.items)
    )
    return Section(
        key="calendars",
        title="Calendars",
        records=(*unlisted_first, *records),
        empty="no calendar is shared with the account",
    )


class Agenda(Struct, frozen=True, kw_only=True):
    """What is to come, each calendar or why it was not read."""

    calendars: tuple[tuple[str, Paged[Event] | ProviderError], ...]
    """By id, in the order of the configuration."""

    now: datetime
    ahead_s: float


AGENDA_METRICS: Final = ("events_upcoming", "events_cancelled")


def agenda_numbers(found: Agenda) -> list[Number]:
    """The numbers of `AGENDA_METRICS`; none while a calendar could not be read."""
    errors = [outcome for _, outcome in found.calendars if isinstance(outcome, ProviderError)]
    events = [each for paged in _read(found) for each in paged.items]
    whole = not errors and not any(paged.more for paged in _read(found))
    reason = errors[0].reason if errors else "more events than were asked for"
    cancelled = sum(each.status == "cancelled" for each in events)
    counts = (("events_upcoming", len(events) - cancelled), ("events_cancelled", cancelled))
    return [
        Number(metric=name, value=count if whole else None, reason=reason) for name, count in counts
    ]


def agenda_reading(found: Agenda) -> SystemReading:
    """The reading of what is to come; degraded when a calendar could not be read.

    Unknown when an event stands in a way that we have no word for.
    """
    blind = len(found.calendars) - len(_read(found))
    events = [each for paged in _read(found) for each in paged.items]
    cancelled = sum(each.status == "cancelled" for each in events)
    words = [f"{len(events) - cancelled} events in {found.ahead_s / _DAY_S:g} d"]
    words += [f"{cancelled} cancelled"] if cancelled else []
    words += [f"{blind} of {len(found.calendars)} calendars NOT READABLE"] if blind else []
    return SystemReading(
        system=SYSTEM,
        condition=_of_agenda(events, blind),
        summary=Foreign(", ".join(words)),
        sections=tuple(
            _events(place, name, outcome) for place, (name, outcome) in enumerate(found.calendars)
        ),
        notices=tuple(paged.notice for paged in _read(found) if paged.notice),
    )


def _of_agenda(events: list[Event], blind: int) -> Condition:
    if blind:
        return Condition.DEGRADED
    known = all(each.status in STATUSES for each in events)
    return Condition.FINE if known else Condition.UNKNOWN


def _read(found: Agenda) -> list[Paged[Event]]:
    return [each for _, each in found.calendars if not isinstance(each, ProviderError)]


def _events(place: int, name: str, outcome: Paged[Event] | ProviderError) -> Section:
    # The title is ours: the name that the calendar gives itself stands in a column.
    key, title = f"events-{place}", f"Events: {masked(Foreign(name)).line(60)}"
    if isinstance(outcome, ProviderError):
        return Section(key=key, title=title, blind=blindness(outcome))
    calendar = masked(outcome.title)
    return Section(
        key=key,
        title=title,
        records=tuple(_event(each, calendar) for each in outcome.items),
        empty="no event in that time",
        more=1 if outcome.more else 0,
    )


def _event(event: Event, calendar: Foreign) -> Record:
    return Record(
        id=event.id,
        title=event.title or Foreign("(no title)"),
        condition=STATUSES.get(event.status, Condition.UNKNOWN),
        state=Foreign(event.status),
        at=event.start,
        details=(
            ("calendar", calendar),
            ("length", Foreign(_length(event))),
            ("guests", Foreign(_guests(event))),
            ("series", Foreign("yes" if event.series else "")),
        ),
        url=event.url,
    )


def _length(event: Event) -> str:
    if event.start is None or event.end is None:
        return ""
    minutes = (event.end - event.start).total_seconds() / 60
    if event.all_day:
        return f"{minutes / 1440:g} d"
    return f"{minutes / 60:g} h" if minutes >= 60 else f"{minutes:g} min"


def _guests(event: Event) -> str:
    if not event.guests:
        return ""
    said = ", ".join(f"{count} {answer}" for answer, count in event.answers)
    return f"{event.guests}: {said}"
