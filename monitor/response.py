"""The response clock: how soon somebody must be at an alert, by its severity; pure.

The clock starts when the alert fires, not while it is only about to, and stops when somebody
acknowledges it. A snooze does not stop it: nobody is at it. In a maintenance window there is none.
When an alert gets worse the clock starts anew, with the rule that decides now: a warning of
yesterday leaves its critical one all its time. The severity is the alert's own, in the scheme of
its workspace; without one the workspace's rule for the level holds (A:271, A:288).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from monitor.alert_view import AlertView, ResponseClock
from monitor.business import ResponseRule, due
from monitor.care import Said, answered_at, is_snoozed
from monitor.words import short_duration
from monitor.workspace import WorkspaceSpec


def rules_of(spec: WorkspaceSpec) -> dict[str, ResponseRule]:
    """How soon somebody must be at an alert, by its severity."""
    return {one.label: _rule(one.response_s, one.business_hours) for one in spec.severities}


def clocked(
    spec: WorkspaceSpec,
    alerts: Iterable[AlertView],
    said: Said,
    now: datetime,
    *,
    seen: Mapping[str, datetime],
    fired: Mapping[str, datetime],
) -> tuple[AlertView, ...]:
    """The alerts with their clocks, in the same order.

    Args:
        spec: With the scheme of severities and the business hours.
        alerts: What fires or is about to.
        said: What people said of them.
        now: The instant.
        seen: As in `monitor.care.cared`.
        fired: When each began to fire.
    """
    rules = rules_of(spec)
    found: list[AlertView] = []
    for alert in alerts:
        rule = rules.get(alert.severity) or spec.response_by_level.get(alert.level)
        since = fired.get(alert.key)
        if rule is None or since is None or alert.maintenance:
            found.append(alert)
            continue
        met_at = answered_at(alert, said, now, seen)
        clock = ResponseClock(
            since=since,
            due=due(rule, since, spec.business_hours),
            words=rule.words,
            met_at=met_at,
        )
        found.append(replace(alert, clock=clock))
    return tuple(found)


def overdue_s(alert: AlertView, now: datetime) -> float:
    """Seconds over the time to respond; 0 while there is time, and once somebody is at it."""
    clock = alert.clock
    if clock is None or clock.met_at is not None:
        return 0.0
    return max(0.0, (now - clock.due).total_seconds())


def most_overdue_s(alerts: Iterable[AlertView], now: datetime) -> float:
    """The longest of them, of what is not snoozed."""
    return max((overdue_s(one, now) for one in alerts if not is_snoozed(one)), default=0.0)


def response_words(clock: ResponseClock, now: datetime) -> str:
    """How the clock stands: `respond in 11m`, `4m over`, `answered after 3m`."""
    if clock.met_at is not None:
        late = ", late" if clock.met_at > clock.due else ""
        return f"answered after {_span((clock.met_at - clock.since).total_seconds())}{late}"
    left_s = (clock.due - now).total_seconds()
    return f"respond in {_span(left_s)}" if left_s >= 0 else f"{_span(-left_s)} over"


def overdue_words(seconds: float) -> str:
    """Such as `response 4m over`."""
    return f"response {_span(seconds)} over"


def _span(seconds: float) -> str:
    """In its largest unit, and never by the second: `<1m`, `11m`, `3h`."""
    return "<1m" if seconds < 60 else short_duration(seconds).strip()


def _rule(within_s: float | None, business_hours: bool) -> ResponseRule:
    return ResponseRule(within_s=within_s, business_hours=business_hours)
