"""Notices that the machine slept, or that its clock was set."""

from typing import Final

from providers.clock import Moment

PAUSE_S: Final = 5.0
"""Who turns this much too late was asleep: machine suspended or clock set."""


class Pauses:
    """Compares the present with what was expected when it was last looked at."""

    def __init__(self) -> None:
        self._expected_s: float | None = None
        self._seen: Moment | None = None
        self.count = 0
        """How often one was noticed."""

    def expect(self, tick_s: float) -> None:
        """The next look is meant to come at this tick, or earlier."""
        self._expected_s = tick_s

    def noticed(self, now: Moment) -> bool:
        """Whether there was one since the last look."""
        seen, expected_s = self._seen, self._expected_s
        self._seen, self._expected_s = now, None
        if seen is None:
            return False
        late = expected_s is not None and now.tick_s - expected_s > PAUSE_S
        by_wall = (now.at - seen.at).total_seconds()
        found = late or abs(by_wall - (now.tick_s - seen.tick_s)) > PAUSE_S
        self.count += found
        return found
