"""What providers may ask of the past."""

from __future__ import annotations

from typing import Final

from monitor.history import History
from monitor.workspace import SeriesRef
from providers.clock import Clock
from providers.postgres.past import Sample
from providers.readings import SourceId

_STEP_S: Final = 600.0
"""An average of ten minutes is exact enough to tell growth by."""


class HistoryPast:
    """The numbers that history keeps.

    Args:
        history: Where they are.
        clock: The time.
    """

    def __init__(self, history: History, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    async def earlier(self, source: SourceId, metric: str, reach_s: float) -> Sample | None:
        """The oldest number of the last `reach_s` seconds that is older than ten minutes."""
        ref = SeriesRef(source=source, metric=metric)
        now = self._clock.now().at
        for point in await self._history.series(ref, reach_s, _STEP_S):
            if point.value is not None and (now - point.at).total_seconds() > 2 * _STEP_S:
                return Sample(at=point.at, value=point.value)
        return None
