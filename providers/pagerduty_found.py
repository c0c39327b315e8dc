"""What one read of PagerDuty found, with the questions that its sections and numbers ask of it."""

from datetime import datetime

from msgspec import Struct

from providers.clock import Moment
from providers.errors import ProviderError
from providers.pagerduty_mapping import (
    HIGH,
    TRIGGERED,
    Incident,
    OnCall,
    Policy,
    Service,
    Window,
    end_of_turn,
)
from providers.parts import blindness
from providers.readings import NO_NUMBER, Reading, SourceId


class Found(Struct, frozen=True, kw_only=True):
    """The five answers of one read, each the error in its place when there was none."""

    incidents: tuple[Incident, ...] | ProviderError
    """Not resolved."""

    shifts: tuple[OnCall, ...] | ProviderError
    """Of now and the coming days."""

    policies: tuple[Policy, ...] | ProviderError
    """Those of the services, or those that are named."""

    services: tuple[Service, ...] | ProviderError
    windows: tuple[Window, ...] | ProviderError
    """Under way and to come."""

    at: datetime
    unread: str = ""
    """Why incidents can not be counted: there are some that could not be read."""

    notices: tuple[str, ...] = ()

    def now_on_call(self) -> tuple[OnCall, ...]:
        """Whose turn it is, the first level first; empty also when that is not known."""
        if isinstance(self.shifts, ProviderError):
            return ()
        current = [shift for shift in self.shifts if shift.covers(self.at)]
        return tuple(sorted(current, key=lambda one: (one.policy.text, one.level, one.person.text)))

    def handover_at(self) -> datetime | None:
        """When the first level next changes hands; None when it does not or nobody knows."""
        if isinstance(self.shifts, ProviderError):
            return None
        first = [shift for shift in self.now_on_call() if shift.level == 1]
        ends = [end_of_turn(shift, self.shifts) for shift in first]
        return min((end for end in ends if end is not None), default=None)

    def gaps(self) -> tuple[tuple[Policy, int], ...]:
        """Levels of policies that have nobody now; empty also when that is not known."""
        if isinstance(self.shifts, ProviderError) or isinstance(self.policies, ProviderError):
            return ()
        taken = {(shift.policy_id, shift.level) for shift in self.now_on_call()}
        return tuple(
            (policy, level)
            for policy in self.policies
            for level in range(1, policy.levels + 1)
            if (policy.id, level) not in taken
        )

    @property
    def nobody(self) -> bool:
        """Whether it is known that no first level has anybody on call."""
        known = not isinstance(self.shifts, ProviderError)
        return known and not any(shift.level == 1 for shift in self.now_on_call())


def numbers_of(found: Found, source: SourceId, at: Moment) -> tuple[Reading, ...]:
    """The numbers of `providers.pagerduty.METRICS`; one that could not be read says why."""
    why = blindness(found.incidents) or found.unread
    known = None if isinstance(found.incidents, ProviderError) else found.incidents
    incidents = None if found.unread else known
    triggered = None if incidents is None else [o for o in incidents if o.status == TRIGGERED]
    urgent = None if incidents is None else [o for o in incidents if o.urgency == HIGH]
    oldest = min((one.created_at for one in triggered or ()), default=None)
    handover = found.handover_at()
    no_handover = "nobody is on call" if found.nobody else "no hand-over within 7 days"
    people = {one.user_id for one in found.now_on_call()}
    blind = blindness(found.shifts)
    numbers: tuple[tuple[str, float | None, str, str], ...] = (
        ("open_incidents", None if incidents is None else len(incidents), "count", why),
        ("triggered_unacknowledged", None if triggered is None else len(triggered), "count", why),
        ("high_urgency_incidents", None if urgent is None else len(urgent), "count", why),
        ("oldest_triggered_s", _since(oldest, found.at), "s", why or "none is triggered"),
        ("seconds_to_handover", _until(handover, found.at), "s", blind or no_handover),
        ("people_on_call", None if blind else len(people), "count", blind),
    )
    return tuple(
        Reading(
            source=source,
            metric=metric,
            value=value,
            unit=unit,
            at=at,
            reason="" if value is not None else reason or NO_NUMBER,
        )
        for metric, value, unit, reason in numbers
    )


def _since(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max(0.0, (now - then).total_seconds())


def _until(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max(0.0, (then - now).total_seconds())
