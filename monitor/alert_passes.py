"""What becomes of alerts between the rules and the screen, step by step; pure.

Rules say what is wrong; the steps here say what that means to people: which alert follows from
which, what falls into a maintenance window, who is at it, and what comes first.
"""

from collections.abc import Iterable

from monitor.alert_view import AlertView
from monitor.verdicts import Phase
from monitor.workspace import WorkspaceSpec


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
