"""What becomes of alerts between the rules and the screen, step by step; pure.

Rules say what is wrong; the steps here say what that means to people: which alert follows from
which, what falls into a maintenance window, who is at it, and what comes first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.care import NOTHING_SAID, Said, cared, snoozed_last
from monitor.dependencies import Links, together, topology_of
from monitor.maintenance import Span, muted, quiet_last
from monitor.response import clocked
from monitor.verdicts import Phase
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment
from providers.readings import SourceId


class Context(Struct, frozen=True, kw_only=True):
    """What the steps know besides the alerts."""

    said: Said = NOTHING_SAID
    """What people said of them."""

    seen: Mapping[str, datetime] = {}
    """Since when each has been there, as `monitor.care_episodes` saw it."""

    fired: Mapping[str, datetime] = {}
    """When each began to fire."""

    windows: Sequence[Span] = ()
    """The maintenance windows that are now."""

    rows: Mapping[SourceId, str] = {}
    """By source of a check: as `service/check`."""

    links: Links | None = None
    """What follows from what; None: to be made of the workspace."""


def finished(
    spec: WorkspaceSpec, alerts: Iterable[AlertView], context: Context, now: Moment
) -> tuple[AlertView, ...]:
    """All steps, one after the other."""
    found = muted(ordered(spec, alerts), context.windows, context.rows)
    found = (context.links or Links(topology_of(spec))).of(found)
    found = cared(found, context.said, now.at, context.seen)
    found = clocked(spec, found, context.said, now.at, seen=context.seen, fired=context.fired)
    return together(quiet_last(snoozed_last(_unhurried(found))))


def _unhurried(alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """Nobody has to be at what is expected, or follows from another: that one's clock runs."""
    return tuple(
        replace(one, clock=None)
        if one.clock is not None and (one.cause or one.maintenance)
        else one
        for one in alerts
    )


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
