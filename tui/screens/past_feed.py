"""Keeps one answer of the engine fresh for a screen, asked again when it may be another."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Generic, TypeVar

from msgspec import Struct
from textual.screen import Screen

from monitor.events import Event
from monitor.workspace import KpiSpec, SeriesRef
from providers.clock import Moment
from tui.engine_link import EngineCalls, EngineLink, HistoryPoint, asked
from tui.screens.series_feed import OFTENEST_S, SELDOMEST_S
from tui.series import WINDOWS, step_s

T = TypeVar("T")

_LATE: Final = 0.95
"""A screen that is shown a hair before the time asks then, and not a second later."""


class Feed(Generic[T]):
    """One question to the engine, asked without holding up the screen.

    Args:
        screen: Dies with it: a question still open is forgotten when the screen closes.
        engine: Asked without waiting.
        on_answer: Called when another answer than before has come, or none could be had.
        group: A new question of a group takes the place of the one before it.
    """

    def __init__(
        self,
        screen: Screen[None],
        engine: EngineLink,
        on_answer: Callable[[], None],
        group: str,
    ) -> None:
        self._screen = screen
        self._engine = engine
        self._on_answer = on_answer
        self._group = group
        self._key: object = None
        self._asked_at: Moment | None = None
        self.answer: T | None = None
        """None before the first answer to this question, and when there was none."""

        self.answered = False

    def follow(
        self,
        key: object,
        question: Callable[[EngineCalls], Awaitable[T]],
        pause_s: float,
        now: Moment,
    ) -> None:
        """See to it that the answer is there and fresh.

        Args:
            key: Names the question; another one forgets the answer.
            question: What to ask.
            pause_s: It is asked again after so long.
            now: The time.
        """
        if key == self._key and self._asked_at is not None:
            if self._asked_at.age_s(now) < pause_s * _LATE:
                return
        else:
            self.answer, self.answered = None, False
        self._key, self._asked_at = key, now
        self._screen.run_worker(
            # A coroutine made here would be left over when the screen closes at once.
            partial(self._ask, key, question),  # type: ignore[arg-type]  # its type fits none
            name=self._group,
            group=self._group,
            exclusive=True,
        )

    async def _ask(self, key: object, question: Callable[[EngineCalls], Awaitable[T]]) -> None:
        answer = await asked(self._engine, question)
        if key != self._key:
            return
        changed = answer != self.answer or not self.answered
        self.answer, self.answered = answer, True
        if changed and self._screen.is_mounted:
            self._on_answer()


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
        pause_s = min(max(step, OFTENEST_S), SELDOMEST_S)
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

        self._feed.follow((what, window_place), question, pause_s, now)
