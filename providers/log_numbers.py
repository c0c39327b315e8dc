"""Numbers of one read of a log, and which lines of it are new."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from providers.clock import Moment
from providers.log_readings import LogLevel, LogLine
from providers.readings import Reading, SourceId

MOST_REMEMBERED: Final = 4_000

METRICS: Final = ("lines", "errors", "requests", "http_5xx_percent")


_DIGEST: Final = (1 << 60) - 1
"""A number of 60 bits is the smallest object that tells 4,000 ids apart for certain enough."""


class Seen:
    """Which lines were read before, so that each is handed down once.

    Only digests are remembered: an id is 90 bytes, and there are thousands for each log.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._digests: dict[int, None] = {}

    def new(self, lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
        """The lines not seen before, oldest first."""
        fresh = [line for line in lines if not self._known(line.id)]
        return tuple(sorted(fresh, key=lambda line: line.at))

    def _known(self, line_id: str) -> bool:
        digest = hash(line_id) & _DIGEST
        known = self._digests.pop(digest, self) is None
        self._digests[digest] = None
        if len(self._digests) > self._most:
            del self._digests[next(iter(self._digests))]
        return known


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
