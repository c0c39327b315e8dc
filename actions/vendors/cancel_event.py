"""Cancelling an event of Google Calendar, and putting it back.

Source: Calendar API v3, "Events: patch". `If-Match` refuses an event that was edited meanwhile.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from actions.guard_values import Precondition
from actions.http_steps import http_step
from actions.plan import Change, Danger, Effect, HttpStep, Plan, Target, Undo
from actions.vendors.calendar_event import (
    CalendarSpot,
    Occasion,
    instances_to_come,
    occasion,
    rights,
    told_to,
)
from actions.vendors.spots import Spots
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import noun
from providers.fields import Fields
from providers.google_mapping import SYSTEM
from providers.text import Foreign
from providers.vendor import clock_words, segment

CANCEL: Final = "cancel-event"
RESTORE: Final = "restore-event"
_NEEDS: Final = ("scope calendar.events", "calendar shared: make changes to events")
_BESIDES: Final = (
    "refunds and tickets are left as they are",
    "copies at other providers may stay",
)
_PARTS: Final = ("instance", "series")


class _Mark(UndoneAsPlanned, ABC):
    """Sets the status of one event."""

    name = ""
    wanted = ""
    back = ""
    """The inverse: its name, and in words."""

    settle_s = 20.0

    def __init__(self, spots: Spots[CalendarSpot]) -> None:
        self._spots = spots

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`."""
        spot, found = await self._occasion(target, parameters)
        to_come: int | None = 1
        if found.is_series:
            to_come = await instances_to_come(spot, found.calendar, found.id)
        return self._plan(spot, target, found, told_to(parameters), to_come)

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        parameters = dict(plan.parameters)
        spot, found = await self._occasion(plan.target, parameters)
        again = await self.plan(plan.target, parameters)
        may = await rights(spot, found.calendar)
        first = spot.checks.unless(
            "rights", may.trouble, f"the account may {may.role or 'write'} there"
        )
        return Pinned(plan=again, preconditions=(first, *self._preconditions(spot, found)))

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`; Google has no idempotency key, the etag does as well."""
        del key
        spot, _ = self._spots.of(plan.target)
        await spot.send(plan, plan.title.lower())
        return Sent(words="taken")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: what the event says of itself."""
        del sent
        spot, rest = self._spots.of(plan.target)
        calendar = rest.partition("/")[0]
        operation = "read event"
        path = f"/calendars/{segment(calendar)}/events/{segment(plan.pinned['event'])}"
        answer = await spot.api.get(operation, path)
        status = Fields(answer.value, SYSTEM, operation).word("status", "unknown")
        state = State.DONE if status == self.wanted else State.PENDING
        return Settled(state=state, words=f"Google says that it is {status}")

    async def _occasion(
        self, target: Target, parameters: Mapping[str, str]
    ) -> tuple[CalendarSpot, Occasion]:
        spot, rest = self._spots.of(target)
        calendar, _, event = rest.partition("/")
        if calendar not in spot.calendars or not event:
            raise Unplannable("that calendar is none of those that are watched")
        part = parameters.get("part") or "instance"
        if part not in _PARTS:
            raise Unplannable("part is instance or series")
        found = await occasion(spot, calendar, event)
        if part == "series":
            if not found.series and not found.is_series:
                raise Unplannable("it is no part of a series")
            found = await occasion(spot, calendar, found.series or found.id)
        elif found.is_series:
            raise Unplannable("it is a whole series: say part=series")
        return spot, found

    @abstractmethod
    def _title(self, found: Occasion) -> str: ...

    @abstractmethod
    def _back_words(self, found: Occasion, tells: str) -> str: ...

    @abstractmethod
    def _besides(self, found: Occasion, tells: str) -> tuple[str, ...]: ...

    @abstractmethod
    def _preconditions(self, spot: CalendarSpot, found: Occasion) -> Iterator[Precondition]: ...

    def _plan(
        self, spot: CalendarSpot, target: Target, found: Occasion, tells: str, to_come: int | None
    ) -> Plan:
        part = "series" if found.is_series else "instance"
        parameters = (("send-updates", tells), ("part", part))
        before, after = Foreign(found.status), Foreign(self.wanted)
        return Plan(
            verb=self.name,
            title=self._title(found),
            target=target,
            parameters=parameters,
            steps=(self._step(spot, found, tells),),
            changes=(Change(field="status", before=before, after=after),),
            pins=_pins(found, part),
            effects=tuple(_effects(spot, found, to_come)),
            side_effects=self._besides(found, tells),
            undo=Undo(
                verb=self.back,
                target=target,
                parameters=parameters,
                words=self._back_words(found, tells),
            ),
            needs=_NEEDS,
            danger=Danger.CHANGE,
            sources=(spot.source,),
            look_at=found.url or "https://calendar.google.com",
        )

    def _step(self, spot: CalendarSpot, found: Occasion, tells: str) -> HttpStep:
        what = "the whole series" if found.is_series else _kind(found)
        return http_step(
            spot.url,
            f"mark {what} {self.wanted}",
            "PATCH",
            f"/calendars/{segment(found.calendar)}/events/{segment(found.id)}",
            json={"status": self.wanted},
            params=(("sendUpdates", tells),),
            headers=(("If-Match", found.etag),),
        )


class CancelEvent(_Mark):
    """Marks an event, or a series, cancelled."""

    name = CANCEL
    wanted = "cancelled"
    back = RESTORE

    def _title(self, found: Occasion) -> str:
        return f"Cancel {_named(found)}"

    def _back_words(self, found: Occasion, tells: str) -> str:
        written = "; guests are written to again" if tells == "all" and found.guests else ""
        return f"put {_named(found)} back{written}"

    def _besides(self, found: Occasion, tells: str) -> tuple[str, ...]:
        if tells == "all":
            whom = {0: "nobody: no guest is invited", 1: "the one guest"}
            all_ = f"all {found.guests} guests"
            return (f"Google writes to {whom.get(found.guests, all_)}", *_BESIDES)
        return ("Google writes to nobody: guests just see it gone", *_BESIDES)

    def _preconditions(self, spot: CalendarSpot, found: Occasion) -> Iterator[Precondition]:
        gone = "it is cancelled already" if found.status == "cancelled" else ""
        yield spot.checks.unless("status", gone, f"it is {found.status}")
        yield from _common(spot, found)


class RestoreEvent(_Mark):
    """Marks a cancelled event confirmed again."""

    name = RESTORE
    wanted = "confirmed"
    back = CANCEL

    def _title(self, found: Occasion) -> str:
        return f"Put {_named(found)} back"

    def _back_words(self, found: Occasion, tells: str) -> str:
        del tells
        return f"cancel {_named(found)} again"

    def _besides(self, found: Occasion, tells: str) -> tuple[str, ...]:
        del found, tells
        return ("guests have to answer the invitation anew",)

    def _preconditions(self, spot: CalendarSpot, found: Occasion) -> Iterator[Precondition]:
        there = "" if found.status == "cancelled" else f"it is not cancelled, but {found.status}"
        yield spot.checks.unless("status", there, "it is cancelled")
        yield from _common(spot, found)


def _pins(found: Occasion, part: str) -> tuple[tuple[str, str], ...]:
    return (
        ("event", found.id),
        ("etag", found.etag),
        ("status", found.status),
        ("title", found.title.line(200)),
        ("begins", _begins(found)),
        ("guests", str(found.guests)),
        ("part", part),
    )


def _effects(spot: CalendarSpot, found: Occasion, to_come: int | None) -> Sequence[Effect]:
    at = spot.clock.now().at
    guests = Effect(
        words=noun(found.guests, "guest invited", "guests invited"),
        number=found.guests,
        measured_at=at,
    )
    if not found.is_series:
        return (guests,)
    reason = "more than can be read at once" if to_come is None else ""
    coming = Effect(
        words=noun(to_come, "date to come", "dates to come"),
        number=to_come,
        reason=reason,
        measured_at=at,
    )
    return (coming, guests)


def _common(spot: CalendarSpot, found: Occasion) -> Iterator[Precondition]:
    now = spot.clock.now().at
    over = found.end is not None and found.end <= now and not found.is_series
    begun = found.start is not None and found.start <= now and not found.is_series
    late = "it is over" if over else "it is under way" if begun else ""
    yield spot.checks.warns_if("time", late, f"it begins {_begins(found)}")
    if found.own is None:
        words = "Google does not say who organizes it"
        yield spot.checks.warns("organizer", words)
        return
    other = "" if found.own else "another calendar organizes it: guests may keep it"
    yield spot.checks.warns_if("organizer", other, "this calendar organizes it")


def _kind(found: Occasion) -> str:
    return "one date of a series" if found.series else "the event"


def _named(found: Occasion) -> str:
    """Which, and when: titles of events are often the same."""
    title = found.title.line(40)
    return f"the whole series {title}" if found.is_series else f"{title} of {_begins(found)}"


def _begins(found: Occasion) -> str:
    if found.start is None:
        return "at a time that Google does not give"
    return f"{found.start:%Y-%m-%d}" if found.all_day else clock_words(found.start)
