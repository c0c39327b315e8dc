"""Good and bad checks in slots of some minutes, kept for a month and a little more."""

from collections.abc import Callable
from typing import Final

from monitor.budget import Tally

DAY_S: Final = 86_400
_WIDTHS_S: Final = (300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, DAY_S)
_SLACK: Final = 1.25
"""A check speaks for a little more than its interval: starts are jittered."""

_Slot = tuple[float, float]
"""How many checks, and how many of them were good."""


class UptimeSlots:
    """What checks made of a time, seen or not, up or down.

    Args:
        interval_s: How often each check is made.
        checks: How many of them are taken together.
    """

    def __init__(self, interval_s: float, checks: int) -> None:
        self.slot_s = next((one for one in _WIDTHS_S if one >= interval_s * _SLACK), DAY_S)
        self._reach_s = interval_s * _SLACK / max(1, checks)
        self._days: dict[int, dict[int, _Slot]] = {}
        self._tallies: dict[int, Tally] = {}
        self.left_out: Callable[[float], bool] | None = None
        """Times that are as if nobody had looked, such as maintenance; None: there are none."""

    def put(self, at_s: float, count: float, good: float) -> None:
        """Take checks of one time in, in seconds since 1970."""
        if self.left_out is not None and self.left_out(at_s):
            return
        day, second = divmod(int(at_s), DAY_S)
        slots = self._days.setdefault(day, {})
        known, was_good = slots.get(second // self.slot_s, (0.0, 0.0))
        slots[second // self.slot_s] = (known + count, was_good + good)
        self._tallies.pop(day, None)

    def preload(self, at_s: float, width_s: float, count: float, good: float) -> None:
        """Take in what history added up over a longer time, evenly."""
        pieces = max(1, round(width_s / self.slot_s))
        for piece in range(pieces):
            self.put(at_s + piece * self.slot_s, count / pieces, good / pieces)

    def forget(self, before_s: float) -> None:
        """Let go of days that are over."""
        for day in [day for day in self._days if (day + 1) * DAY_S < before_s]:
            del self._days[day]
            self._tallies.pop(day, None)

    def tally(self, start_s: float, end_s: float) -> Tally:
        """What was seen between two times; a slot that lies across one counts by its share."""
        seen_s = down_s = 0.0
        for day in range(int(start_s // DAY_S), int(end_s // DAY_S) + 1):
            if day in self._days:
                found = self._tally_of(day, start_s, end_s)
                seen_s, down_s = seen_s + found.seen_s, down_s + found.down_s
        return Tally(seen_s, down_s)

    def _tally_of(self, day: int, start_s: float, end_s: float) -> Tally:
        whole = start_s <= day * DAY_S and (day + 1) * DAY_S <= end_s
        if whole and day in self._tallies:
            return self._tallies[day]
        seen_s = down_s = 0.0
        for index, (count, good) in self._days[day].items():
            begins_s = float(day * DAY_S + index * self.slot_s)
            inside_s = min(begins_s + self.slot_s, end_s) - max(begins_s, start_s)
            if inside_s <= 0 or not count:
                continue
            # Of the slot under way all checks lie in the part that has passed.
            passed_s = min(self.slot_s, end_s - begins_s)
            watched_s = min(passed_s, count * self._reach_s) * inside_s / passed_s
            seen_s += watched_s
            down_s += watched_s * (count - good) / count
        found = Tally(seen_s, down_s)
        if whole:
            self._tallies[day] = found
        return found
