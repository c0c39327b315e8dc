"""Which keys were meant for a dialog, and which were on their way to something else. Pure.

A key counts only after the dialog has stood on the screen for a while, and not when it follows
the one before it faster than fingers are: that is a paste, or what was typed ahead. A key that is
held down does not count either until it was let go once.
"""

import math
from typing import Final

DEAF_S: Final = 0.5
"""What stands on the screen for less than this was not seen (promise P2)."""

HELD_S: Final = 0.8
"""A key that is held down comes again within this: terminals begin after 0.25 to 0.66 s."""

BURST_S: Final = 0.015
"""Fingers are slower than this; a paste that is not marked as one is not."""


class KeyGate:
    """Judges every key of one dialog, in their order. Times are those of the keys themselves."""

    def __init__(self) -> None:
        self._hears_from_s = math.inf
        self._last_s = -math.inf
        self._last_key = ""

    def shown(self, at_s: float, deaf_s: float = DEAF_S) -> None:
        """Something that has to be read first stands on the screen from now on."""
        self._hears_from_s = max(at_s, self._last_s) + deaf_s

    def hears(self, key: str, at_s: float) -> bool:
        """Whether a key counts."""
        since_s, again = at_s - self._last_s, key == self._last_key
        self._last_s, self._last_key = at_s, key
        if at_s >= self._hears_from_s:
            return since_s >= BURST_S
        if again and since_s < DEAF_S:
            # Held down since before: it has to be let go before anything counts.
            self._hears_from_s = max(self._hears_from_s, at_s + DEAF_S)
        return False

    def hears_click(self, at_s: float) -> bool:
        """Whether a click counts."""
        return at_s >= self._hears_from_s
