"""The past that a chart of the details is made of, kept fresh."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from textual.screen import Screen

from monitor.events import Event
from monitor.workspace import KpiSpec, SeriesRef
from providers.clock import Moment
from tui.engine_link import EngineCalls, EngineLink, HistoryPoint
from tui.screens.feed import Feed, pause_s
from tui.series import WINDOWS, step_s


class ChartPast(Struct, frozen=True, kw_only=True):
    """What a chart of the details is made of."""

    points: tuple[HistoryPoint, ...]
    events: tuple[Event, ...]
    """Of its window, newest first."""


NO_PAST: Final = ChartPast(points=(), events=())


class ChartFeed:
    """The past of a metric, or of a KPI as it is judged, with what happened meanwhile."""

    def __init__(
        self,
        screen: Screen[None],
        engine: EngineLink,
        on_points: Callable[[], None],
        group: str = "chart past",
    ) -> None:
        self._feed: Feed[ChartPast] = Feed(screen, engine, on_points, group)

    @property
    def past(self) -> ChartPast:
        """What is known; nothing before the first answer."""
        return self._feed.answer or NO_PAST

    @property
    def answered(self) -> bool:
        """Whether an answer to the last question has come."""
        return self._feed.answered

    def follow(self, what: SeriesRef | KpiSpec, window_place: int, now: Moment) -> None:
        """See to it that the past of this is there, over this window, and fresh."""
        window_s = WINDOWS[window_place][0]
        step = step_s(window_s)
        since = now.at.timestamp() - window_s

        async def question(calls: EngineCalls) -> ChartPast:
            history = calls.history
            points: Sequence[HistoryPoint]
            if isinstance(what, KpiSpec):
                points = await history.past(what, window_s, step)
            else:
                points = await history.series(what, window_s, step)
            events = await history.events(now.at.fromtimestamp(since, now.at.tzinfo))
            return ChartPast(points=tuple(points), events=events)

        self._feed.follow((what, window_place), question, pause_s(window_place), now)
