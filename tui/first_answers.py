"""What can wait until the first answers are on the screen waits for them, and not for ever."""

import threading
from typing import Final

PATIENCE_S: Final = 0.3
"""How long whoever waits is patient; answers that take longer are not held up by an import."""


class FirstAnswers:
    """Whether the first answers are still awaited; nobody waits unless `expect` was called."""

    def __init__(self) -> None:
        self._shown = threading.Event()
        self._shown.set()

    def expect(self) -> None:
        """A screen is opening: its first answers come before anything else."""
        self._shown.clear()

    def shown(self) -> None:
        """They are on the screen."""
        self._shown.set()

    def wait(self) -> None:
        """Block until they are, for `PATIENCE_S` at most."""
        self._shown.wait(PATIENCE_S)


FIRST_ANSWERS: Final = FirstAnswers()
"""Of this process, which has one screen."""
