"""When the next snapshot is published."""

import math
from collections.abc import Iterable
from typing import Final

from monitor.snapshot import Snapshot
from monitor.tracks import SourceTrack

PUBLISH_S: Final = 1.0
"""A snapshot is published this often."""

REST_S: Final = 2.0
"""While nothing but numbers can change it is published this often: the screen draws them so."""

AFTER_S: Final = 0.25
"""Quick answers to what was asked at the full second are in the snapshot of that second."""

EAGER_S: Final = 0.1
"""First answers, and those asked for by hand, are published after this time at the latest."""

FIRST_S: Final = 0.0
"""The very first answers are published so long after the first of them, with those beside it."""


class Due:
    """When the next snapshot is due: at once in the beginning, and then as it is told."""

    def __init__(self) -> None:
        self._published_s = -math.inf
        self._first_s = math.inf
        self._heard = self._rests = False
        self._urgent = True

    def hurry(self) -> None:
        """Something is to be seen soon."""
        self._urgent = True

    def heard(self, now_s: float) -> None:
        """A source answered for the first time."""
        self._urgent = True
        if not self._heard:
            self._heard, self._first_s = True, now_s + FIRST_S

    def published(self, now_s: float) -> None:
        """A snapshot is out."""
        self._published_s, self._first_s, self._urgent = now_s, math.inf, False
        self._rests = False

    def rest_after(self, snapshot: Snapshot, tracks: Iterable[SourceTrack]) -> None:
        """Let the next one come later if nothing in this one has to be followed closely."""
        self._rests = at_rest(snapshot, tracks, self._following_s(REST_S))

    def stir(self) -> None:
        """Something stands otherwise than in the last one."""
        self._rests = False

    @property
    def tick_s(self) -> float:
        """Tick of the next publication: a little after the full second, when reads begin."""
        if self._urgent:
            return min(self._published_s + EAGER_S, self._first_s)
        return self._following_s(REST_S if self._rests else PUBLISH_S)

    def _following_s(self, every_s: float) -> float:
        return math.floor(self._published_s / every_s) * every_s + every_s + AFTER_S


def at_rest(snapshot: Snapshot, tracks: Iterable[SourceTrack], until_s: float) -> bool:
    """Whether nothing stands that has to be followed: no alert, and nothing that grows old.

    Args:
        snapshot: As it is now.
        tracks: All sources.
        until_s: Tick up to which none of them may grow old.
    """
    if any(view.alerts for view in snapshot.workspaces.values()):
        return False
    return all(track.stays(snapshot.at, until_s) for track in tracks)
