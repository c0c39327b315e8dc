"""Keeps one answer of the engine fresh for a screen, asked again when it may be another."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Generic, TypeVar

from textual.screen import Screen

from providers.clock import Moment
from tui.engine_link import EngineCalls, EngineLink, asked
from tui.series import WINDOWS, step_s

T = TypeVar("T")

_SELDOMEST_S: Final = 60.0
_OFTENEST_S: Final = 5.0
"""A chart is drawn again for new points, but no oftener than this."""

_LATE: Final = 0.95
"""A screen that is shown a hair before the time asks then, and not a second later."""


def pause_s(window_place: int) -> float:
    """How long the points of a window are fresh: until the next may be there."""
    return min(max(step_s(WINDOWS[window_place][0]), _OFTENEST_S), _SELDOMEST_S)


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
        fresh_s: float,
        now: Moment,
    ) -> None:
        """See to it that the answer is there and fresh.

        Args:
            key: Names the question; another one forgets the answer.
            question: What to ask.
            fresh_s: It is asked again after so long.
            now: The time.
        """
        if key == self._key and self._asked_at is not None:
            if self._asked_at.age_s(now) < fresh_s * _LATE:
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
