"""Keeps the points of one chart fresh: asks the history again when a new point may be there."""

from collections.abc import Callable, Collection, Mapping

from textual.screen import Screen

from monitor.workspace import SeriesRef
from providers.clock import Moment
from tui.engine_link import EngineCalls, EngineLink, HistoryPoint
from tui.screens.feed import Feed, pause_s
from tui.series import WINDOWS, series_of, step_s

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
        self._feed: Feed[Points] = Feed(screen, engine, on_points, group)

    @property
    def points(self) -> Points | None:
        """None before the first answer, and when there was none."""
        return self._feed.answer

    @property
    def answered(self) -> bool:
        """Whether an answer to the last question has come."""
        return self._feed.answered

    def follow(self, refs: Collection[SeriesRef], window_place: int, now: Moment) -> None:
        """See to it that the points of these metrics are there and fresh."""
        wanted = tuple(refs)
        window_s = WINDOWS[window_place][0]

        async def question(calls: EngineCalls) -> Points:
            return await series_of(calls, wanted, window_s, step_s(window_s))

        self._feed.follow((wanted, window_place), question, pause_s(window_place), now)

    def of(self, ref: SeriesRef) -> tuple[HistoryPoint, ...]:
        """The points of one metric; none while there is no answer."""
        return (self.points or {}).get(ref, ())
