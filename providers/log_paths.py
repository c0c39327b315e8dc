"""What the newest log lines say of the paths that are asked for; pure but for its memory.

Runbook A wants the busiest endpoints reviewed (A:108) and odd patterns of use noticed (A:112).
Platforms do not count for us, but their request logs tell enough.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from providers.log_readings import LogLine
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign

MOST_REQUESTS: Final = 2_000
MOST_PATHS: Final = 10
LONGEST_PATH: Final = 200
_MOST_SHARED: Final = 256
"""Paths with their statuses that are kept once for all requests; strangers choose the paths."""

REFUSED_FROM: Final = 20
"""Requests of a path from which a share of refusals means anything."""


class PathUse(Struct, frozen=True, kw_only=True):
    """How one path was used."""

    path: Foreign
    requests: int
    failed: int
    """Answered with 5xx."""

    refused: int
    """Answered with 401, 403, 404 or 429: nobody with good intentions is refused for long."""

    @property
    def odd(self) -> bool:
        """Whether at least half of many requests were refused."""
        return self.requests >= REFUSED_FROM and 2 * self.refused >= self.requests


_REFUSED: Final = frozenset({401, 403, 404, 429})


class RecentRequests:
    """The newest requests that the logs of one system told of.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self._kept: deque[tuple[Foreign, int]] = deque(maxlen=most)
        self._shared: dict[tuple[str, int], tuple[Foreign, int]] = {}

    def note(self, lines: Iterable[LogLine]) -> None:
        """Keep path and status of those lines that tell of a request."""
        for line in lines:
            if line.status is not None and line.path:
                bare = line.path.text.partition("?")[0][:LONGEST_PATH]
                self._kept.append(self._one(bare, line.status))

    def _one(self, bare: str, status: int) -> tuple[Foreign, int]:
        found = self._shared.get((bare, status))
        if found is None:
            if len(self._shared) >= _MOST_SHARED:
                self._shared.clear()
            found = self._shared[bare, status] = (Foreign(bare), status)
        return found

    def uses(self) -> tuple[PathUse, ...]:
        """Each path, the busiest first."""
        found: dict[Foreign, list[int]] = {}
        for path, status in self._kept:
            found.setdefault(path, []).append(status)
        uses = (_use(path, statuses) for path, statuses in found.items())
        return tuple(sorted(uses, key=lambda use: (-use.requests, use.path)))

    def section(self) -> Section:
        """The busiest paths, those used oddly before the others."""
        uses = self.uses()
        shown = sorted(uses[:MOST_PATHS] + _odd(uses[MOST_PATHS:]), key=lambda use: not use.odd)
        return Section(
            key="paths",
            title=f"Busiest paths of the last {len(self._kept):,} logged requests",
            records=tuple(_record(use) for use in shown),
            empty="no request in the logs read so far",
            more=len(uses) - len(shown),
        )


def _use(path: Foreign, statuses: list[int]) -> PathUse:
    return PathUse(
        path=path,
        requests=len(statuses),
        failed=sum(status >= 500 for status in statuses),
        refused=sum(status in _REFUSED for status in statuses),
    )


def _odd(uses: tuple[PathUse, ...]) -> tuple[PathUse, ...]:
    return tuple(use for use in uses if use.odd)[:MOST_PATHS]


def _record(use: PathUse) -> Record:
    state, condition = EMPTY, Condition.FINE
    if use.odd:
        state, condition = Foreign("mostly refused"), Condition.NOTABLE
    elif 2 * use.failed >= use.requests:
        state, condition = Foreign("mostly failing"), Condition.DEGRADED
    elif use.failed:
        state, condition = Foreign("failing at times"), Condition.NOTABLE
    return Record(
        id=use.path.text or "/",
        title=use.path,
        condition=condition,
        state=state,
        details=(
            ("requests", Foreign(f"{use.requests:,}")),
            ("5xx", Foreign(_share(use.failed, use.requests))),
            ("refused", Foreign(_share(use.refused, use.requests))),
        ),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"
