"""The worst of several conditions; pure."""

from collections.abc import Iterable
from typing import Final

from providers.system_readings import Condition

ORDER: Final = (
    Condition.FINE,
    Condition.NOTABLE,
    Condition.UNKNOWN,
    Condition.PAUSED,
    Condition.DEGRADED,
    Condition.BROKEN,
)
"""From harmless to worst; what nobody knows is worse than fine."""


def worst(conditions: Iterable[Condition]) -> Condition:
    """The worst of some; unknown for none at all."""
    return max(conditions, key=ORDER.index, default=Condition.UNKNOWN)
