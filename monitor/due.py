"""When the next snapshot is published."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from monitor.schedule import AFTER_S
from monitor.snapshot import AlertView, Snapshot, WorkspaceView
from monitor.tracks import SourceTrack
from monitor.verdicts import Phase

PUBLISH_S: Final = 1.0
"""A snapshot is published this often."""

REST_S: Final = 2.0
"""While nothing but numbers can change it is published this often: the screen draws them so."""

_STEADY: Final = frozenset({Phase.FIRING, Phase.UNKNOWN})
"""What stands so stays so until a source says otherwise; in the other phases a time runs."""

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

    def rest_after(
        self, snapshot: Snapshot, tracks: Iterable[SourceTrack], *, telling: bool
    ) -> None:
        """Let the next one come later if nothing in this one has to be followed closely.

        Args:
            snapshot: As it is now.
            tracks: All sources.
            telling: Whether people are told of alerts: what to tell is looked for in each.
        """
        alerts = any(view.alerts for view in snapshot.workspaces.values())
        until_s = self._following_s(REST_S)
        self._rests = not (telling and alerts) and at_rest(snapshot, tracks, until_s)

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
    """Whether nothing stands that has to be followed: no time that runs out, and nothing grows old.

    An alert that merely goes on needs no following: how long it lasts is drawn from its beginning.

    Args:
        snapshot: As it is now.
        tracks: All sources.
        until_s: Tick up to which nothing of that may happen.
    """
    now = snapshot.at
    until = now.at + timedelta(seconds=until_s - now.tick_s)
    for view in snapshot.workspaces.values():
        if any(alert.phase not in _STEADY for alert in view.alerts):
            return False
        if any(now.at < end <= until for end in _ends(view)):
            return False
    return all(track.stays(now, until_s) for track in tracks)


def _ends(view: WorkspaceView) -> Iterator[datetime]:
    """The times at which something in it becomes otherwise without any news."""
    yield from (span.ends for span in view.maintenance)
    yield from (span.begins for span in view.coming)
    for alert in view.alerts:
        yield from _ends_of(alert)


def _ends_of(alert: AlertView) -> Iterator[datetime]:
    if alert.care is not None:
        yield alert.care.until
    if alert.clock is not None and alert.clock.met_at is None:
        yield alert.clock.due
