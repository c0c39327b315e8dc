"""Which keys were meant for a dialog, and which were on their way to something else. Pure.

A key counts only after the dialog has stood on the screen for a while, and not when it follows
the one before it faster than fingers are: that is a paste, or what was typed ahead. A key that is
held down does not count either until it was let go once.

Of what is typed on a slow line several keys come at once. Of a text as many count as fingers can
have typed since: a reason with holes in it would stand in the audit for good. Of the name that
confirms two do, which is never all of it.
"""

import math
from typing import Final

DEAF_S: Final = 0.5
"""What stands on the screen for less than this was not seen (promise P2)."""

HELD_S: Final = 0.8
"""A key that is held down comes again within this: terminals begin after 0.25 to 0.66 s."""

BURST_S: Final = 0.015
"""Fingers are slower than this; a paste that is not marked as one is not."""

QUIET_S: Final = 0.3
"""After keys that came too fast it has to be quiet for so long."""

FASTEST_S: Final = 0.04
"""Between two keys of somebody who types fast."""

AT_ONCE: Final = 12
"""Keys that may come at once in a text: half a second of them."""

AT_ONCE_OF_NAME: Final = 2
"""The same in the name that confirms; less than the whole of it."""


EARLY: Final = "too early: read it first"
FAST: Final = "too fast, as a paste is: type it by hand"
HELD: Final = "held down: let it go first"


class KeyGate:
    """Judges every key of one dialog, in their order. Times are those of the keys themselves."""

    def __init__(self) -> None:
        self._hears_from_s = math.inf
        self._last_s = -math.inf
        self._last_key = ""
        self._room = float(AT_ONCE)
        self.why = EARLY
        """Why the last key that did not count did not."""

    def covered(self) -> None:
        """It is written, and nobody can have seen it so far: nothing counts until `shown`."""
        self._hears_from_s, self.why = math.inf, EARLY

    def shown(self, at_s: float, deaf_s: float = DEAF_S) -> None:
        """Something that has to be read first stands on the screen from now on."""
        self._hears_from_s, self.why = max(at_s, self._last_s) + deaf_s, EARLY

    def hears(self, key: str, at_s: float, *, at_once: int = 1) -> bool:
        """Whether a key counts.

        Args:
            key: Which.
            at_s: When it came.
            at_once: How many like it may come at once: several only of letters.
        """
        since_s, again = at_s - self._last_s, key == self._last_key
        self._last_s, self._last_key = at_s, key
        most = at_once if at_once > 1 else AT_ONCE
        self._room = min(most, self._room + since_s / FASTEST_S)
        if at_s >= self._hears_from_s:
            if self._room < 1.0 if at_once > 1 else since_s < BURST_S:
                # The rest of a paste comes in pieces, with gaps as long as those of fingers.
                self._hears_from_s, self.why = at_s + QUIET_S, FAST
                return False
            self._room -= 1.0 if at_once > 1 else 0.0
            return True
        if since_s < BURST_S:
            self._hears_from_s, self.why = max(self._hears_from_s, at_s + QUIET_S), FAST
        if again and since_s < DEAF_S:
            # Held down since before: it has to be let go before anything counts.
            self._hears_from_s, self.why = max(self._hears_from_s, at_s + DEAF_S), HELD
        return False

    def hears_click(self, at_s: float) -> bool:
        """Whether a click counts."""
        return at_s >= self._hears_from_s
