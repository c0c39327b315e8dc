"""Whether what should recover after an action did. Pure.

Endpoints and KPIs are followed on the snapshots. A look counts when its reading is newer than the
outcome, and once.

| at the end | verdict |
| --- | --- |
| each was well in `LOOKS` readings in a row; ends at once | verified |
| one was well before, and is not now | worse than before |
| otherwise, after the time is over | not yet healthy |
| the program ended first | not known |
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from actions.plan import Danger, Plan, Target
from monitor.snapshot import EndpointCell, EndpointRow, KpiView, WorkspaceView
from monitor.verdicts import Level
from monitor.words import number_words
from providers.clock import Moment

LOOKS: Final = 3
"""Good readings in a row."""

SHORTEST_S: Final = 300.0
LONGEST_S: Final = 1_800.0
"""A KPI over a window of five minutes needs more than those to be well again."""

_SETTLING_S: Final = 120.0
_TIMES: Final = ("not well", "once", "twice", "three times")


class WatchVerdict(enum.Enum):
    """How it went on after an action."""

    VERIFIED = "verified"
    NOT_YET = "not yet healthy"
    WORSE = "worse than before"
    UNKNOWN = "not known"
    """The program ended before it could be told."""


class Look(Struct, frozen=True, kw_only=True):
    """One endpoint or KPI in one snapshot."""

    key: str
    title: str
    good: bool | None
    """None: there is no reading to judge."""

    at: Moment | None
    """When the reading was taken."""

    words: str
    """`200`, `503`, `2.4 %`."""

    is_number: bool = False
    """A KPI: told as before → after."""


class Watched(Struct, frozen=True, kw_only=True):
    """How far a watch has come."""

    words: str
    """`API /health 200 twice · error rate 2.4 % → 1.1 %`."""

    until: datetime
    """When it ends at the latest."""

    verdict: WatchVerdict | None = None
    """None while it goes on."""


class Watch:
    """Follows what should be well after one action.

    Args:
        before: How it was when the action was confirmed; what is not in it is not followed.
        since: The outcome; readings that are older say nothing.
        lasts_s: How long it is followed at most.
    """

    def __init__(self, before: Sequence[Look], since: Moment, lasts_s: float) -> None:
        self._before = {one.key: one for one in before}
        self._since = since
        self._lasts_s = lasts_s
        self._latest: dict[str, Look] = dict(self._before)
        self._good: dict[str, int] = dict.fromkeys(self._before, 0)
        self._seen: dict[str, Moment] = {}

    @property
    def until(self) -> datetime:
        """When it ends at the latest."""
        return self._since.at + timedelta(seconds=self._lasts_s)

    def take(self, looks: Sequence[Look], now: Moment) -> Watched:
        """Take in how everything stands now."""
        for look in looks:
            if look.key in self._before and self._is_news(look):
                self._latest[look.key] = look
                self._good[look.key] = self._good[look.key] + 1 if look.good else 0
        verdict = None
        if all(count >= LOOKS for count in self._good.values()):
            verdict = WatchVerdict.VERIFIED
        elif self._since.age_s(now) >= self._lasts_s:
            verdict = WatchVerdict.WORSE if any(self._worse()) else WatchVerdict.NOT_YET
        return Watched(words=self.words, until=self.until, verdict=verdict)

    @property
    def words(self) -> str:
        """How they stand, what is not well first; those that stand alike together."""
        alike: dict[str, list[str]] = {}
        for key in sorted(self._before, key=lambda key: self._good[key] >= LOOKS):
            alike.setdefault(self._told(key), []).append(self._latest[key].title)
        return " · ".join(f"{', '.join(titles)} {words}" for words, titles in alike.items())

    def _is_news(self, look: Look) -> bool:
        if look.at is None or look.good is None or self._since.age_s(look.at) <= 0:
            return False
        seen = self._seen.get(look.key)
        if seen is not None and seen.age_s(look.at) <= 0:
            return False
        self._seen[look.key] = look.at
        return True

    def _worse(self) -> Iterator[bool]:
        for key, before in self._before.items():
            yield before.good is True and key in self._seen and not self._latest[key].good

    def _told(self, key: str) -> str:
        before, after, count = self._before[key], self._latest[key], self._good[key]
        if key not in self._seen:
            return "no reading since"
        if after.is_number and before.words != after.words:
            return f"{before.words} → {after.words}"
        return f"{after.words} {_TIMES[min(count, LOOKS)]}"


def lasting_s(plan: Plan, view: WorkspaceView, keys: Sequence[str]) -> float:
    """How long a watch goes on at most."""
    windows = [one.spec.window_s for one in view.kpis if one.spec.key in keys]
    asked = max(windows, default=0.0) + _SETTLING_S + (plan.takes_s or 0.0)
    return min(max(asked, SHORTEST_S), LONGEST_S)


def subjects(plan: Plan, view: WorkspaceView) -> tuple[str, ...]:
    """Ids of endpoint sources and keys of KPIs to follow.

    Those the plan names; else the checks of the service it is about and the KPIs of that
    environment that are not well now; nothing for what no service is behind.
    """
    known = {*_cells(view), *(one.spec.key for one in view.kpis)}
    if plan.watches:
        return tuple(name for name in dict.fromkeys(plan.watches) if name in known)
    services = _services(plan, view)
    if plan.danger is Danger.LIGHT or not services:
        return ()
    environment = plan.target.environment
    checks = (
        str(row.cells[environment].source)
        for row in view.endpoints
        if row.spec.service in services and environment in row.cells
    )
    unwell = (
        one.spec.key
        for one in view.kpis
        if one.spec.environment == environment and one.verdict.level >= Level.WARNING
    )
    return (*checks, *unwell)


def looks(keys: Sequence[str], view: WorkspaceView) -> tuple[Look, ...]:
    """How these stand in a snapshot."""
    cells = _cells(view)
    kpis = {one.spec.key: one for one in view.kpis}
    found = (
        _of_cell(key, *cells[key]) if key in cells else _of_kpi(kpis[key]) if key in kpis else None
        for key in keys
    )
    return tuple(one for one in found if one is not None)


def _cells(view: WorkspaceView) -> Mapping[str, tuple[EndpointRow, EndpointCell]]:
    return {str(cell.source): (row, cell) for row in view.endpoints for cell in row.cells.values()}


def _services(plan: Plan, view: WorkspaceView) -> frozenset[str]:
    target: Target = plan.target
    return frozenset(
        one.name
        for one in view.spec.services
        if one.deploys.get(target.environment) in plan.sources
        or (target.kind == "service" and one.name == target.short_name)
    )


def _of_cell(key: str, row: EndpointRow, cell: EndpointCell) -> Look:
    status = cell.probe.status if cell.probe is not None else None
    answer = "no answer" if status is None else str(status)
    level = cell.verdict.level
    return Look(
        key=key,
        title=row.spec.title,
        good=None if level is Level.UNKNOWN else level is Level.OK,
        at=cell.at,
        words=answer if level is Level.OK else f"{answer}, {cell.state.value}",
    )


def _of_kpi(kpi: KpiView) -> Look:
    level = kpi.verdict.level
    return Look(
        key=kpi.spec.key,
        title=kpi.spec.title,
        good=None if kpi.value is None or level is Level.UNKNOWN else level is Level.OK,
        at=kpi.at,
        words=number_words(kpi.value, kpi.spec.unit),
        is_number=True,
    )
