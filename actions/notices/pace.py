"""When a channel may send: what belongs together waits, and there is a limit. Pure."""

from typing import Final

GROUP_S: Final = 30.0
"""What begins within so long of each other goes into one message."""

CAUSE_S: Final = 10.0
"""Where each alert is a message of its own it still waits so long: its cause may show."""

PER_MINUTE: Final = 6
"""Messages that one channel sends at most; what is more waits and is summed up."""

FIRST_BACK_OFF_S: Final = 15.0
LONGEST_BACK_OFF_S: Final = 300.0


class Pace:
    """Of one channel of one program.

    Args:
        group_s: How long the first of a group waits for others.
        per_minute: Messages a minute, at most; so many at once after a quiet minute.
    """

    def __init__(self, group_s: float = GROUP_S, per_minute: int = PER_MINUTE) -> None:
        self._group_s = group_s
        self._most = float(per_minute)
        self._tokens = self._most
        self._filled_s: float | None = None
        self._waiting_since_s: float | None = None
        self._not_before_s = float("-inf")
        self._failures = 0

    def ready(self, now_s: float, *, waiting: bool) -> bool:
        """Whether what waits may go now; takes note of since when something waits."""
        if not waiting:
            self._waiting_since_s = None
            return False
        if self._waiting_since_s is None:
            self._waiting_since_s = now_s
        together = now_s - self._waiting_since_s >= self._group_s
        return together and now_s >= self._not_before_s and self.room(now_s) >= 1

    def room(self, now_s: float) -> int:
        """How many messages may go now."""
        if self._filled_s is not None:
            passed_s = max(0.0, now_s - self._filled_s)
            self._tokens = min(self._most, self._tokens + passed_s * self._most / 60)
        self._filled_s = now_s
        return int(self._tokens + 1e-9)

    def sent(self, now_s: float) -> None:
        """A message leaves, whatever becomes of it."""
        self.room(now_s)
        self._tokens = max(0.0, self._tokens - 1)
        self._waiting_since_s = None

    def failed(self, now_s: float, wait_s: float = 0.0) -> float:
        """It did not arrive: nothing goes for a while; how long, in seconds.

        Args:
            now_s: The instant.
            wait_s: What the other side asked for.
        """
        back_off_s = min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        pause_s = max(back_off_s, wait_s)
        self._not_before_s = now_s + pause_s
        # What is sent again has waited for others already.
        self._waiting_since_s = float("-inf")
        return pause_s

    def arrived(self) -> None:
        """The other side is well."""
        self._failures = 0
        self._not_before_s = float("-inf")
