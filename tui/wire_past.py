"""The past: where it is kept, and what providers may ask of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.history import History, Keep
from monitor.workspace import SeriesRef
from providers.clock import Clock
from providers.postgres.past import Sample
from providers.readings import SourceId

if TYPE_CHECKING:
    from tui.config.model import Config

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


def open_history(config: Config, path: Path | None, clock: Clock) -> History:
    """The history with the configured spans; the file is opened in the background."""
    spans = config.settings.history
    keep = Keep(
        readings_s=spans.keep_raw_s,
        minutes_s=spans.keep_minutes_s,
        hours_s=spans.keep_hours_s,
    )
    return History.open(path, clock, keep)
