"""Numbers of one read of a log, and which lines of it are new."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from providers.clock import Moment
from providers.log_readings import LogLevel, LogLine
from providers.readings import Reading, SourceId

FEWEST_REMEMBERED: Final = 4_000

METRICS: Final = ("lines", "errors", "requests", "http_5xx_percent")


_DIGEST: Final = (1 << 64) - 1


class Seen:
    """Which lines were read before, so that each is handed down once.

    Only digests are remembered, eight bytes each: an id is 90, and there are thousands for each
    log. They lie in order, and what was not seen again is forgotten with all of its time.

    Args:
        fewest: At least so many of the newest are remembered, at most twice as many.
    """

    def __init__(self, fewest: int = FEWEST_REMEMBERED) -> None:
        self._fewest = fewest
        self._newer = array("Q")
        self._older = array("Q")

    def new(self, lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
        """The lines not seen before, oldest first."""
        fresh = [line for line in lines if not self._known(line.id)]
        return tuple(sorted(fresh, key=lambda line: line.at))

    def _known(self, line_id: str) -> bool:
        digest = hash(line_id) & _DIGEST
        if _holds(self._newer, digest):
            return True
        known = _holds(self._older, digest)
        insort(self._newer, digest)
        if len(self._newer) >= self._fewest:
            self._newer, self._older = array("Q"), self._newer
        return known


def _holds(ordered: "array[int]", digest: int) -> bool:
    place = bisect_left(ordered, digest)
    return place < len(ordered) and ordered[place] == digest


def numbers_of(source: SourceId, lines: Sequence[LogLine], at: Moment) -> Iterator[Reading]:
    """How many lines one read brought, and how bad they are.

    The share of 5xx is one of the requests in these lines; without requests there is none.
    """
    statuses = [line.status for line in lines if line.status is not None]
    failed = sum(status >= 500 for status in statuses)
    share = 100 * failed / len(statuses) if statuses else None
    errors = sum(line.level is LogLevel.ERROR for line in lines)
    yield Reading.of(source, "lines", len(lines), "count", at)
    yield Reading.of(source, "errors", errors, "count", at)
    yield Reading.of(source, "requests", len(statuses), "count", at)
    yield Reading.of(source, "http_5xx_percent", share, "%", at)
