"""When the next data frame may be drawn: acknowledged frames, pure and without a clock."""

import math
from typing import Final

from msgspec import Struct

ASK_AGAIN_S: Final = 10.0
"""An answer this late is asked for again, in case it was lost on the way."""

EARLY_S: Final = 0.2
"""News come a little early as often as late, and a look without any comes a little late."""

_LONGEST_LINK_S: Final = 0.5
"""What is put off for the sake of a slow link is put off by this much at most."""


class FramePace(Struct):
    """Holds data frames back while the terminal has not yet drawn the one before.

    Answers are only waited for once the terminal has shown that it gives them; until then, and
    for ever with a terminal that never does, the interval is the only limit. All times are
    seconds of one clock that never goes back.

    Args:
        interval_s: Shortest time between two data frames.
    """

    interval_s: float
    link_ms: float | None = None
    """Round trip of the last question; None before the first answer."""

    _drawn_s: float | None = None
    _open_s: list[float] = []
    """When the questions that have no answer yet were written, the oldest first."""

    _given_up_s: float | None = None
    """When the first question was written that was given up, and nothing was answered since."""

    answers: bool = False
    """Whether the terminal has ever answered."""

    @property
    def waiting(self) -> bool:
        """Whether a question is open."""
        return bool(self._open_s)

    @property
    def owed(self) -> bool:
        """Whether a terminal that answers has not yet drawn all that was written."""
        return self.answers and self.waiting

    @property
    def link_s(self) -> float:
        """How long the terminal takes to show a frame; 0 before it is known."""
        return 0.0 if self.link_ms is None else min(self.link_ms / 1000.0, _LONGEST_LINK_S)

    def may_draw(self, now_s: float) -> bool:
        """Whether a data frame may be drawn now."""
        return not self.rest_s(now_s) and not self.owed

    def rest_s(self, now_s: float) -> float:
        """Seconds that are left of the interval since the last data frame; 0 when it is over."""
        least_s = self.interval_s - EARLY_S
        return 0.0 if self._drawn_s is None else max(0.0, self._drawn_s + least_s - now_s)

    def drawn(self, now_s: float) -> None:
        """A data frame was drawn."""
        self._drawn_s = now_s

    def asked(self, now_s: float) -> None:
        """The question behind a frame was written; each is answered, in their order."""
        if self.answers or not self._open_s:
            self._open_s.append(now_s)

    def answered(self, now_s: float, count: int = 1) -> None:
        """The terminal answered; may be called in another thread than all else."""
        self.answers = True
        self._given_up_s = None
        for _ in range(min(count, len(self._open_s))):
            self.link_ms = (now_s - self._open_s.pop(0)) * 1000.0

    def should_ask_again(self, now_s: float) -> bool:
        """Whether an answer is so late that it may be lost; True at most every `ASK_AGAIN_S`.

        Then all that is open is given up: the next answer stands for everything before it.
        """
        if not self.answers or not self._open_s or now_s - self._open_s[0] < ASK_AGAIN_S:
            return False
        if self._given_up_s is None:
            self._given_up_s = self._open_s[0]
        self._open_s.clear()
        return True

    def has_drawn(self, since_s: float) -> bool:
        """Whether all that was written until then stands on the screen, as far as one can know."""
        oldest = (*self._open_s[:1], *(() if self._given_up_s is None else (self._given_up_s,)))
        return not self.answers or min(oldest, default=math.inf) > since_s

    def stalled_s(self, now_s: float) -> float:
        """How long the terminal has owed an answer; 0 when it owes none."""
        return now_s - self._open_s[0] if self.answers and self._open_s else 0.0

    def reset(self) -> None:
        """Another terminal may be on the line, as after a resize: believe nothing of the old."""
        self.answers = False
        self._given_up_s = None
        self._open_s.clear()
