"""Keeps the points of one chart fresh: asks the history again when a new point may be there."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from textual.screen import Screen

from monitor.workspace import SeriesRef
from providers.clock import Moment
from tui.engine_link import EngineLink, HistoryPoint
from tui.series import WINDOWS, read_series, step_s

SELDOMEST_S: Final = 60.0
OFTENEST_S: Final = 5.0
"""A chart is drawn again for new points, but no oftener than this."""

Points = Mapping[SeriesRef, tuple[HistoryPoint, ...]]


class SeriesFeed:
    """The past of some metrics over the window of a screen.

    Args:
        screen: Dies with it: a question still open is forgotten when the screen closes.
        engine: Asked without waiting.
        on_points: Called when other points than before have come, or none could be had.
        group: A new question of a group takes the place of the one before it.
    """

    def __init__(
        self,
        screen: Screen[None],
        engine: EngineLink,
        on_points: Callable[[], None],
        group: str = "series",
    ) -> None:
        self._screen = screen
        self._engine = engine
        self._on_points = on_points
        self._group = group
        self._asked: tuple[tuple[SeriesRef, ...], int] | None = None
        self._asked_at: Moment | None = None
        self.points: Points | None = None
        """None before the first answer, and when there was none."""

        self.answered = False

    def follow(self, refs: Collection[SeriesRef], window_place: int, now: Moment) -> None:
        """See to it that the points of these metrics are there and fresh."""
        wanted = (tuple(refs), window_place)
        window_s = WINDOWS[window_place][0]
        pause_s = min(max(step_s(window_s), OFTENEST_S), SELDOMEST_S)
        if wanted == self._asked and self._asked_at is not None:
            if self._asked_at.age_s(now) < pause_s * 0.95:
                return
        else:
            self.points, self.answered = None, False
        self._asked, self._asked_at = wanted, now
        self._screen.run_worker(
            # A coroutine made here would be left over when the screen closes at once.
            partial(self._ask, wanted[0], window_s),  # type: ignore[arg-type]  # its type fits none
            name="series",
            group=self._group,
            exclusive=True,
        )

    async def _ask(self, refs: tuple[SeriesRef, ...], window_s: float) -> None:
        points = await read_series(self._engine, refs, window_s, step_s(window_s))
        changed = points != self.points or not self.answered
        self.points, self.answered = points, True
        if changed and self._screen.is_mounted:
            self._on_points()

    def of(self, ref: SeriesRef) -> tuple[HistoryPoint, ...]:
        """The points of one metric; none while there is no answer."""
        return (self.points or {}).get(ref, ())
