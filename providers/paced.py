"""One question of a read that is asked less often than the others."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from providers.clock import Clock, Moment

Value = TypeVar("Value")


class Paced(Generic[Value]):
    """Asks when what it was told is too old, and gives what it was told in between.

    A failure is not kept: it is told, and the next read asks again.

    Args:
        every_s: How old an answer may grow.
        clock: Tells how old.
        ask: The question.
    """

    def __init__(self, every_s: float, clock: Clock, ask: Callable[[], Awaitable[Value]]) -> None:
        self._every_s = every_s
        self._clock = clock
        self._ask = ask
        self._told: tuple[Value, Moment] | None = None
        self.asked = False
        """Whether the last read asked. What is only remembered proves nothing of the present."""

    async def read(self) -> Value:
        """The answer.

        Raises:
            ProviderError: It was asked for and did not come.
        """
        now = self._clock.now()
        self.asked = self._told is None or self._told[1].age_s(now) >= self._every_s
        if self._told is not None and not self.asked:
            return self._told[0]
        self._told = None
        value = await self._ask()
        self._told = (value, now)
        return value
