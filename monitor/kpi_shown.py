"""How a KPI stands as a whole: by its number, or by a budget that burns; pure."""

from monitor.group_view import GroupView
from monitor.snapshot import KpiView
from monitor.verdicts import Level, Verdict


def burning(view: KpiView) -> GroupView | None:
    """The rule about its budget that is worse than its number; None: the number decides.

    An uptime is a goal and alarms nobody: without this its row would be green while it burns.
    """
    known = max(view.verdict.level, Level.UNKNOWN)
    worse = [one for one in view.burns if one.verdict.level > known]
    return max(worse, key=lambda one: one.verdict.level, default=None)


def shown(view: KpiView) -> Verdict:
    """The verdict that its row is coloured, counted and printed by."""
    burn = burning(view)
    return view.verdict if burn is None else burn.verdict
