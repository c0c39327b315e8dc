"""What becomes of alerts between the rules and the screen, step by step; pure.

Rules say what is wrong; the steps here say what that means to people: which alert follows from
which, what falls into a maintenance window, who is at it, and what comes first.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.care import NOTHING_SAID, Said, cared, snoozed_last
from monitor.dependencies import Links, together, topology_of
from monitor.maintenance import Span, muted, quiet_last
from monitor.response import clocked, rules_of
from monitor.verdicts import Phase
from monitor.workspace import WorkspaceSpec
from providers.clock import Moment
from providers.readings import SourceId

_LATER: Final = {Phase.UNKNOWN: 1, Phase.PENDING: 2}
"""Of the same level what was firing when last seen comes after what fires."""


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
    found = soonest(spec, standing(spec, found))
    found = cared(found, context.said, now.at, context.seen)
    found = clocked(spec, found, context.said, now.at, seen=context.seen, fired=context.fired)
    return together(quiet_last(snoozed_last(_unhurried(found))))


def standing(spec: WorkspaceSpec, alerts: Sequence[AlertView]) -> tuple[AlertView, ...]:
    """Roots with the severity of the most urgent one that they stand for, in the same order.

    People are told of the root alone: what follows from it may have to be answered sooner. What
    only waits for its time does not count.
    """
    by_key = {one.key: one for one in alerts}
    return tuple(_standing(spec, one, by_key) if one.followers else one for one in alerts)


def _standing(spec: WorkspaceSpec, root: AlertView, by_key: Mapping[str, AlertView]) -> AlertView:
    firing = (by_key[key] for key in root.followers)
    most = min(
        (root, *(one for one in firing if one.phase is not Phase.PENDING)), key=_urgency(spec)
    )
    return root if most is root else replace(root, severity=most.severity)


def soonest(spec: WorkspaceSpec, alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """Of what is equally bad first what somebody must be at the soonest; else as it was.

    After dependencies: which of several causes counts is no matter of its severity.
    """
    place, urgency = _place(spec), _urgency(spec)
    return tuple(sorted(alerts, key=lambda one: (place(one), urgency(one))))


def _urgency(spec: WorkspaceSpec) -> Callable[[AlertView], tuple[float, int]]:
    """How soon an alert must be answered, and where its severity stands in the scheme."""
    labels = {one.label: place for place, one in enumerate(spec.severities)}
    rules = rules_of(spec)

    def urgency(alert: AlertView) -> tuple[float, int]:
        rule = rules.get(alert.severity) or spec.response_by_level.get(alert.level)
        within_s = math.inf if rule is None or rule.within_s is None else rule.within_s
        return within_s, labels.get(alert.severity, len(labels))

    return urgency


def _unhurried(alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """Nobody has to be at what is expected, or follows from another: that one's clock runs."""
    return tuple(
        replace(one, clock=None)
        if one.clock is not None and (one.cause or one.maintenance)
        else one
        for one in alerts
    )


def ordered(spec: WorkspaceSpec, alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """Worst first, production first, what fires before what is not seen or waits, then oldest."""
    place = _place(spec)
    return tuple(sorted(alerts, key=lambda one: (place(one), one.since.tick_s, one.key)))


def _place(spec: WorkspaceSpec) -> Callable[[AlertView], tuple[int, bool, int]]:
    production = {one.name for one in spec.environments if one.production}
    return lambda one: (
        -one.level,
        one.environment not in production,
        _LATER.get(one.phase, 0),
    )
