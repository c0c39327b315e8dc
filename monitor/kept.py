"""Views of sources that are made anew only when there is something new in them."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from monitor.states import Freshness
from monitor.tracks import SourceTrack
from providers.clock import Moment

View = TypeVar("View")


class KeptViews(Generic[View]):
    """One view a source, in their order; the same tuple for as long as all are the same.

    Args:
        tracks: The sources.
        make: Makes one of what the source last said and how far that is believed, and of nothing
            else.
    """

    def __init__(
        self, tracks: Sequence[SourceTrack], make: Callable[[SourceTrack, Moment], View]
    ) -> None:
        self._tracks = tuple(tracks)
        self._make = make
        self._marks: list[tuple[int, Freshness]] = []
        self._views: tuple[View, ...] = ()

    def at(self, now: Moment) -> tuple[View, ...]:
        """The views at this instant."""
        marks = [(track.revision, track.freshness(now)) for track in self._tracks]
        if marks != self._marks:
            self._views = tuple(self._view(place, mark, now) for place, mark in enumerate(marks))
            self._marks = marks
        return self._views

    def _view(self, place: int, mark: tuple[int, Freshness], now: Moment) -> View:
        if self._views and self._marks[place] == mark:
            return self._views[place]
        return self._make(self._tracks[place], now)
