"""Recorded readings in the order in which they were judged, and the times of nothing; pure.

The live engine looks at its readings once a second. A replay looks where that can change anything:
at each second in which readings came, when something counted leaves its window, when the last
reading is too old, and now and then in a silence that has a rule of its own.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec import Struct

from monitor.history_blocks import Bucket
from monitor.workspace import SeriesRef
from providers.clock import Moment

SECOND_MS: Final = 1_000

Came = tuple[SeriesRef, Bucket]


class Period(Struct, frozen=True, kw_only=True):
    """Which past is replayed, in milliseconds since 1970."""

    begin_ms: int
    """Where the replay begins: before what is told, so that windows and clocks are full."""

    from_ms: int
    to_ms: int

    def moment(self, at_ms: int) -> Moment:
        """A time on the clock of the replay, whose ticks count from its begin."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        return Moment(at=at, tick_s=(at_ms - self.begin_ms) / 1000)


class Batch(NamedTuple):
    """What was judged together."""

    at_ms: int
    """When: the last of the readings, or the end of the sums."""

    start_ms: int
    grain_ms: int
    """0: single readings; else the width of the sums."""

    came: tuple[Came, ...]


class Awake:
    """When anything was recorded at all: in between the program did not run, slept or was offline.

    Args:
        spans: From and to in milliseconds, ascending, apart from each other.
    """

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans = tuple(spans)
        self._starts = [start_ms for start_ms, _ in self.spans]

    def at(self, at_ms: int) -> bool:
        """Whether somebody judged at that time."""
        place = bisect_right(self._starts, at_ms) - 1
        return place >= 0 and at_ms <= self.spans[place][1]

    def seen_ms(self, start_ms: int, end_ms: int) -> int:
        """How much of a time was recorded."""
        return sum(max(0, min(b, end_ms) - max(a, start_ms)) for a, b in self.spans)

    def gaps(self, start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
        """What lies between, inside of a time."""
        reached_ms = start_ms
        for a, b in self.spans:
            if reached_ms < min(a, end_ms):
                yield reached_ms, min(a, end_ms)
            reached_ms = max(reached_ms, b)
        if reached_ms < end_ms:
            yield reached_ms, end_ms


def awake(buckets: Iterable[Bucket], reach_ms: int) -> Awake:
    """The times in which readings came, none further apart than `reach_ms` or twice its width."""
    spans: list[tuple[int, int]] = []
    for one in sorted(buckets, key=lambda each: each.at_ms):
        end_ms = one.at_ms + one.width_ms
        if spans and one.at_ms - spans[-1][1] <= max(reach_ms, 2 * one.width_ms):
            spans[-1] = (spans[-1][0], max(spans[-1][1], end_ms))
        else:
            spans.append((one.at_ms, end_ms))
    return Awake(spans)


def batches(kept: Mapping[SeriesRef, Sequence[Bucket]], end_ms: int) -> Iterator[Batch]:
    """What was recorded, oldest first, readings of one second together."""
    every = [
        (one.at_ms, one.width_ms, place, ref, one)
        for place, (ref, part) in enumerate(kept.items())
        for one in part
        if one.at_ms + one.width_ms <= end_ms
    ]
    every.sort(key=lambda each: each[:3])
    came: list[Came] = []
    known = (-1, -1)
    last_ms = 0
    for at_ms, width_ms, _, ref, one in every:
        key = (width_ms, at_ms // (width_ms or SECOND_MS))
        if key != known and came:
            yield _batch(known, last_ms, came)
            came = []
        known, last_ms = key, at_ms + width_ms
        came.append((ref, one))
    if came:
        yield _batch(known, last_ms, came)


def _batch(key: tuple[int, int], last_ms: int, came: list[Came]) -> Batch:
    width_ms, index = key
    start_ms = index * (width_ms or SECOND_MS)
    return Batch(at_ms=last_ms, start_ms=start_ms, grain_ms=width_ms, came=tuple(came))
