"""When the next data frame may be drawn: acknowledged frames, pure and without a clock."""

from typing import Final

from msgspec import Struct

ASK_AGAIN_S: Final = 10.0
"""An answer this late is asked for again, in case it was lost on the way."""


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
    _asked_s: float | None = None
    _answers: bool = False

    @property
    def waiting(self) -> bool:
        """Whether a question is open."""
        return self._asked_s is not None

    def may_draw(self, now_s: float) -> bool:
        """Whether a data frame may be drawn now."""
        return not self.rest_s(now_s) and not (self._answers and self.waiting)

    def rest_s(self, now_s: float) -> float:
        """Seconds that are left of the interval since the last data frame; 0 when it is over."""
        # News come a little early as often as late.
        least_s = 0.95 * self.interval_s
        return 0.0 if self._drawn_s is None else max(0.0, self._drawn_s + least_s - now_s)

    def drawn(self, now_s: float) -> None:
        """A data frame was drawn."""
        self._drawn_s = now_s

    def asked(self, now_s: float) -> None:
        """The question behind a frame was written."""
        if self._asked_s is None:
            self._asked_s = now_s

    def answered(self, now_s: float) -> None:
        """The terminal answered; may be called in another thread than all else."""
        self._answers = True
        asked_s, self._asked_s = self._asked_s, None
        if asked_s is not None:
            self.link_ms = (now_s - asked_s) * 1000.0

    def should_ask_again(self, now_s: float) -> bool:
        """Whether an answer is so late that it may be lost; True at most every `ASK_AGAIN_S`."""
        if not self._answers or self._asked_s is None or now_s - self._asked_s < ASK_AGAIN_S:
            return False
        self._asked_s = now_s
        return True

    def stalled_s(self, now_s: float) -> float:
        """How long the terminal has owed an answer; 0 when it owes none."""
        return now_s - self._asked_s if self._answers and self._asked_s is not None else 0.0

    def reset(self) -> None:
        """Another terminal may be on the line, as after a resize: believe nothing of the old."""
        self._answers = False
        self._asked_s = None
