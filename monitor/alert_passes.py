"""What becomes of alerts between the rules and the screen, step by step; pure.

Rules say what is wrong; the steps here say what that means to people: which alert follows from
which, what falls into a maintenance window, who is at it, and what comes first.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from monitor.alert_view import AlertView
from monitor.care import NOTHING_SAID, Said, cared, snoozed_last
from monitor.response import clocked
from monitor.verdicts import Phase
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment


class Context(Struct, frozen=True, kw_only=True):
    """What the steps know besides the alerts."""

    said: Said = NOTHING_SAID
    """What people said of them."""

    seen: Mapping[str, datetime] = {}
    """Since when each has been there, as `monitor.care_episodes` saw it."""

    fired: Mapping[str, datetime] = {}
    """When each began to fire."""


def finished(
    spec: WorkspaceSpec, alerts: Iterable[AlertView], context: Context, now: Moment
) -> tuple[AlertView, ...]:
    """All steps, one after the other."""
    found = ordered(spec, alerts)
    found = cared(found, context.said, now.at, context.seen)
    found = clocked(spec, found, context.said, now.at, seen=context.seen, fired=context.fired)
    return snoozed_last(found)


def ordered(spec: WorkspaceSpec, alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """Worst first, production first, firing before pending, then oldest."""
    production = {one.name for one in spec.environments if one.production}

    def urgency(alert: AlertView) -> tuple[int, bool, bool, float, str]:
        return (
            -alert.level,
            alert.environment not in production,
            alert.phase is Phase.PENDING,
            alert.since.tick_s,
            alert.key,
        )

    return tuple(sorted(alerts, key=urgency))
