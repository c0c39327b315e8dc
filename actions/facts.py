"""What the newest snapshot says of a plan's target: how old it is, and whether we are online. Pure.

| the plan names | its data is as old as | and may be as old as |
| --- | --- | --- |
| sources | the oldest last success of them; not known if one has none | the strictest |
| none | the snapshot itself | `UNNAMED_S` |

A source may be two of its intervals and its time-out old, as everywhere (`monitor.freshness`), and
never older than `OLDEST_S`: what is asked once an hour is no ground for acting now.
"""

from typing import Final

from actions.guard_values import Facts
from actions.plan import Plan
from monitor.freshness import stale_after_s
from monitor.snapshot import Snapshot, SourceView
from providers.clock import Moment
from providers.readings import SourceId

UNNAMED_S: Final = 15.0
OLDEST_S: Final = 300.0


def facts(plan: Plan, snapshot: Snapshot | None, now: Moment) -> Facts:
    """What the guard is told; preconditions are the verb's to add.

    Args:
        plan: Names the sources it was read from.
        snapshot: The newest; None before the first.
        now: The present.
    """
    if snapshot is None:
        return Facts(now=now, data_age_s=None, fresh_s=0.0)
    offline = ""
    if snapshot.offline_since is not None:
        offline = snapshot.offline_reason or "none of the addresses it tries takes a connection"
    views = [snapshot.sources.get(SourceId(name)) for name in plan.sources]
    fresh_s = [min(stale_after_s(one.spec), OLDEST_S) for one in views if one is not None]
    return Facts(
        now=now,
        data_age_s=_age_s(views, now) if views else snapshot.at.age_s(now),
        fresh_s=min(fresh_s, default=UNNAMED_S),
        offline=offline,
    )


def _age_s(views: list[SourceView | None], now: Moment) -> float | None:
    """Of the oldest; None when one of them never answered."""
    ages: list[float] = []
    for view in views:
        if view is None or view.last_success is None:
            return None
        ages.append(view.last_success.age_s(now))
    return max(ages)
