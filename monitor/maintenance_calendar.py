"""The windows of one workspace as time goes by; thinks anew only now and then."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.kpis import KpiTrack
from monitor.maintenance import Span, Window, coming, running, spans
from monitor.workspace import KpiSpec

_AHEAD: Final = timedelta(hours=2)
_KEEP: Final = timedelta(hours=1)


class Calendar:
    """Knows which windows are now, which begin soon, and what is left out of uptime.

    Args:
        windows: Those of the configuration.
    """

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        self._given = tuple(windows)
        self._by_hand: tuple[Window, ...] = ()
        self._known: tuple[Span, ...] = ()
        self._from: datetime | None = None
        self._excusing = tuple(one for one in self._given if not one.counts_for_uptime)
        self._days: dict[int, tuple[Span, ...]] = {}

    @property
    def by_hand(self) -> tuple[Window, ...]:
        """Those that operators started."""
        return self._by_hand

    @by_hand.setter
    def by_hand(self, windows: tuple[Window, ...]) -> None:
        if windows != self._by_hand:
            self._by_hand, self._from = windows, None

    def now(self, at: datetime) -> tuple[Span, ...]:
        """The windows that are."""
        return running(self._around(at), at)

    def soon(self, at: datetime) -> tuple[Span, ...]:
        """The windows that begin within a quarter of an hour."""
        return coming(self._around(at), at)

    def tell(self, kpis: Iterable[KpiTrack]) -> None:
        """Tell uptimes which times do not count for them."""
        for track in kpis:
            if track.uptime is not None:
                track.uptime.slots.left_out = self.left_out(track.spec)

    def left_out(self, kpi: KpiSpec) -> Callable[[float], bool] | None:
        """Whether a time, in seconds since 1970, does not count for an uptime; None: all does."""
        about = (kpi.environment, kpi.service, "", kpi.key)
        mine = tuple(one for one in self._excusing if one.about.covers(*about))
        if not mine:
            return None
        return lambda at_s: self._excused(mine, datetime.fromtimestamp(at_s, UTC))

    def _excused(self, windows: tuple[Window, ...], at: datetime) -> bool:
        day = at.toordinal()
        if day not in self._days:
            begins = at.replace(hour=0, minute=0, second=0, microsecond=0)
            self._days[day] = spans(self._excusing, begins, begins + timedelta(days=1))
        return any(one.window in windows for one in running(self._days[day], at))

    def _around(self, at: datetime) -> tuple[Span, ...]:
        if self._from is None or not self._from <= at < self._from + _KEEP:
            self._known = spans((*self._given, *self._by_hand), at - _KEEP, at + _AHEAD)
            self._from = at
        return self._known
