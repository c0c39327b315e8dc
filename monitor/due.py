"""When the next snapshot is published."""

import math
from typing import Final

PUBLISH_S: Final = 1.0
"""A snapshot is published this often."""

AFTER_S: Final = 0.25
"""Quick answers to what was asked at the full second are in the snapshot of that second."""

EAGER_S: Final = 0.1
"""First answers, and those asked for by hand, are published after this time at the latest."""

FIRST_S: Final = 0.0
"""The very first answers are published so long after the first of them, with those beside it."""


class Due:
    """When the next snapshot is due: at once in the beginning, and then as it is told."""

    def __init__(self) -> None:
        self._published_s = -math.inf
        self._first_s = math.inf
        self._heard = False
        self._urgent = True

    def hurry(self) -> None:
        """Something is to be seen soon."""
        self._urgent = True

    def heard(self, now_s: float) -> None:
        """A source answered for the first time."""
        self._urgent = True
        if not self._heard:
            self._heard, self._first_s = True, now_s + FIRST_S

    def published(self, now_s: float) -> None:
        """A snapshot is out."""
        self._published_s, self._first_s, self._urgent = now_s, math.inf, False

    @property
    def tick_s(self) -> float:
        """Tick of the next publication: a little after the full second, when reads begin."""
        if self._urgent:
            return min(self._published_s + EAGER_S, self._first_s)
        return math.floor(self._published_s / PUBLISH_S) * PUBLISH_S + PUBLISH_S + AFTER_S
