"""What can wait until the first answers are on the screen waits for them, and not for ever."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

PATIENCE_S: Final = 0.3
"""How long whoever waits is patient; answers that take longer are not held up by an import."""


class FirstAnswers:
    """Whether the first answers are still awaited; nobody waits unless `expect` was called."""

    def __init__(self) -> None:
        self._shown = threading.Event()
        self._shown.set()
        self._then: list[Callable[[], object]] = []

    def expect(self) -> None:
        """A screen is opening: its first answers come before anything else."""
        self._shown.clear()

    def shown(self) -> None:
        """They are on the screen."""
        self._shown.set()
        # Whoever comes last may come from another thread: each is done once all the same.
        with suppress(IndexError):
            while True:
                self._then.pop()()

    def expect_none(self) -> None:
        """Nothing is asked ahead of the rest: nobody waits for it."""
        self._shown.set()

    def then(self, act: Callable[[], object]) -> None:
        """Do this once they are, in the thread of the screen; at once if they are already."""
        self._then.append(act)
        if self._shown.is_set():
            self.shown()

    def wait(self) -> None:
        """Block until they are, for `PATIENCE_S` at most."""
        self._shown.wait(PATIENCE_S)


FIRST_ANSWERS: Final = FirstAnswers()
"""Of this process, which has one screen."""
