"""Which alert follows from which, by what depends on what; pure.

An alert that follows from another is shown under it and told to nobody; it is never left out.

| the one that may be the cause                           | the other follows from it             |
|---------------------------------------------------------|---------------------------------------|
| is of a service or database that the other's service    | yes                                   |
| depends on, directly or through others                  |                                       |
| is of the same service, and speaks of a more basic      | yes: no answer at all, before not     |
| thing                                                   | alive, not ready, page, deep, numbers |
| is of the same service, and just as basic               | no                                    |
| is of a service that depends on the other's in turn     | no: a ring explains nothing           |
| is in another environment, or of no one service         | no                                    |
| is pending                                              | no: it may be nothing                 |
| fires, recovers, flaps, or fired when last seen         | yes                                   |
| has cleared                                             | no: the other stands for itself again |
| is milder than the other                                | no: what is worse is never hidden     |
| began before the other, or up to 2 minutes after it     | yes: not all are asked at one time    |
| began later                                             | no                                    |
| is a number or a query, and began over an hour before   | no: what has long been poor explains  |
| the other                                               | nothing new                           |
| is a check of numbers that does not answer              | only that there is no data            |
| is an uptime, an error budget, missing data, one of     | no: it tells of what was, or of       |
| several groups, or a certificate                        | something else                        |

One of several groups and a certificate do not follow from anything either. A vendor's incident is
no alert: it is a hint beside one (`monitor.suspects`), and hides nothing. Of several causes the
worst counts, then the one that began first; whoever follows from a follower is shown under the
same root.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.verdicts import Level, Phase
from monitor.workspace import Statistic, WorkspaceSpec
from providers.probe_readings import Role
from providers.readings import SourceId

TOLERANCE: Final = timedelta(minutes=2)
"""So much later than the other a cause may be noticed."""

EXPLAINS: Final = timedelta(hours=1)
"""For so long a number that is poor explains what is new."""

_ROLES: Final = {Role.LIVENESS: 1, Role.READINESS: 2, Role.SITE: 3, Role.DEEP: 4, Role.METRICS: 5}
_NO_ANSWER: Final = 0
_CHECK: Final = 3
"""Of a check whose role is not known."""

_NUMBER: Final = 6
_METRICS: Final = _ROLES[Role.METRICS]

_Place = tuple[str, str]
"""Environment and service."""


class Topology(Struct, frozen=True, kw_only=True):
    """What depends on what in a workspace."""

    needs: Mapping[str, frozenset[str]]
    """By service: all that it depends on, without what depends on it in turn."""

    ranks: Mapping[SourceId, int]
    """How basic the thing is that a check speaks of; 1 is the most basic."""

    lasting: frozenset[str]
    """KPIs that tell of a long time: they stay bad when all is well again."""

    grouped: frozenset[str]
    """KPIs with a number for each of several."""


def topology_of(spec: WorkspaceSpec) -> Topology:
    """What the configuration says of it."""
    direct = {one.name: one.depends_on for one in spec.services}
    reached = {name: _reached(direct, name) for name in direct}
    return Topology(
        needs={
            name: frozenset(
                one for one in found if name not in reached.get(one, ()) and one != name
            )
            for name, found in reached.items()
        },
        ranks={
            check.source: _ROLES[check.role] for row in spec.rows for check in row.checks.values()
        },
        lasting=frozenset(one.key for one in spec.kpis if one.statistic is Statistic.UPTIME),
        grouped=frozenset(one.key for one in spec.kpis if one.grouped),
    )


class Links:
    """What follows from what in a workspace; thinks anew only when something has changed.

    Args:
        topology: What depends on what.
    """

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._seen: list[object] = []
        self._parents: dict[int, int] = {}

    def of(self, alerts: Sequence[AlertView]) -> tuple[AlertView, ...]:
        """As `linked`."""
        seen: list[object] = [(one.key, one.phase, one.level, one.began) for one in alerts]
        if seen != self._seen:
            self._parents, self._seen = _parents(self._topology, alerts), seen
        return _told(alerts, self._parents)


def linked(topology: Topology, alerts: Sequence[AlertView]) -> tuple[AlertView, ...]:
    """All alerts with their causes and followers: each root, and behind it what follows from it.

    A root keeps its place among the roots. What follows from a root in a maintenance window is in
    that window as well.

    Args:
        topology: What depends on what.
        alerts: The most urgent first.
    """
    return _told(alerts, _parents(topology, alerts))


def _told(alerts: Sequence[AlertView], parents: Mapping[int, int]) -> tuple[AlertView, ...]:
    if not parents:
        return tuple(alerts)
    followers: dict[int, list[AlertView]] = {}
    for place, alert in enumerate(alerts):
        if place in parents:
            root = _root(parents, place)
            window = alert.maintenance or alerts[root].maintenance
            told = replace(alert, cause=alerts[root].key, maintenance=window)
            followers.setdefault(root, []).append(told)
    return tuple(_folded(alerts, parents, followers))


def together(alerts: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """The same order of the roots, and behind each what follows from it."""
    every = tuple(alerts)
    behind: dict[str, list[AlertView]] = {}
    for alert in every:
        if alert.cause:
            behind.setdefault(alert.cause, []).append(alert)
    if not behind:
        return every
    return tuple(
        one for root in every if not root.cause for one in (root, *behind.get(root.key, ()))
    )


def _folded(
    alerts: Sequence[AlertView],
    parents: Mapping[int, int],
    followers: Mapping[int, list[AlertView]],
) -> Iterator[AlertView]:
    for place, alert in enumerate(alerts):
        if place in parents:
            continue
        mine = followers.get(place, ())
        yield replace(alert, followers=tuple(one.key for one in mine)) if mine else alert
        yield from mine


class _Found(Struct, frozen=True, kw_only=True):
    """An alert that may be a cause."""

    place: int
    level: Level
    began: datetime
    key: str

    @property
    def preference(self) -> tuple[int, datetime, str, int]:
        """Of several causes the first by this one counts."""
        return -self.level, self.began, self.key, self.place


class _Causes:
    """What fires in each place."""

    def __init__(self) -> None:
        self.gone: dict[_Place, dict[tuple[int, Level], _Found]] = {}
        """Checks by how basic they are and by level: of the alike the first one is enough."""

        self.poor: dict[_Place, list[_Found]] = {}

    def add(self, where: _Place, rank: int, found: _Found) -> None:
        """Take one in."""
        if rank == _NUMBER:
            self.poor.setdefault(where, []).append(found)
            return
        known = self.gone.setdefault(where, {})
        before = known.get((rank, found.level))
        if before is None or found.preference < before.preference:
            known[rank, found.level] = found


def _parents(topology: Topology, alerts: Sequence[AlertView]) -> dict[int, int]:
    """For each alert that follows from another one, by its place: the place of that one."""
    ranks = [_rank(topology, alert) for alert in alerts]
    causes = _Causes()
    for place, alert in enumerate(alerts):
        if ranks[place] is not None and _explains(topology, alert):
            found = _Found(place=place, level=alert.level, began=alert.began, key=alert.key)
            causes.add((alert.environment, alert.service), ranks[place] or 0, found)
    parents: dict[int, int] = {}
    for place, alert in enumerate(alerts):
        rank = ranks[place]
        if rank is not None:
            fitting = _candidates(topology, causes, alert, rank)
            best = min(fitting, key=lambda one: one.preference, default=None)
            if best is not None:
                parents[place] = best.place
    return parents


def _candidates(
    topology: Topology, causes: _Causes, alert: AlertView, rank: int
) -> Iterator[_Found]:
    own = causes.gone.get((alert.environment, alert.service), {})
    for (more_basic, _), cause in own.items():
        numbers = more_basic == _METRICS and not _is_silence(alert)
        if more_basic < rank and not numbers and _in_time(cause, alert):
            yield cause
    for service in topology.needs.get(alert.service, ()):
        where = (alert.environment, service)
        for (basic, _), cause in causes.gone.get(where, {}).items():
            if basic != _METRICS and _in_time(cause, alert):
                yield cause
        for cause in causes.poor.get(where, ()):
            if _in_time(cause, alert) and cause.began >= alert.began - EXPLAINS:
                yield cause


def _in_time(cause: _Found, alert: AlertView) -> bool:
    return cause.level >= alert.level and cause.began <= alert.began + TOLERANCE


def _rank(topology: Topology, alert: AlertView) -> int | None:
    """How basic the thing is that it speaks of; None for what only ever stands for itself."""
    kind = alert.key.partition("/")[0]
    if not alert.service or kind == "certificate" or alert.kpi in topology.grouped:
        return None
    if kind == "unreachable":
        return _NO_ANSWER
    if kind == "check" and alert.source is not None:
        return topology.ranks.get(alert.source, _CHECK)
    return _NUMBER


def _explains(topology: Topology, alert: AlertView) -> bool:
    """Whether others can follow from it."""
    if alert.phase in {Phase.PENDING, Phase.OK} or alert.kpi in topology.lasting:
        return False
    return not _is_silence(alert)


def _is_silence(alert: AlertView) -> bool:
    return bool(alert.kpi) and alert.key.endswith("/no-data")


def _root(parents: Mapping[int, int], place: int) -> int:
    while place in parents:
        place = parents[place]
    return place


def _reached(direct: Mapping[str, Sequence[str]], name: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(direct.get(name, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += direct.get(one, ())
    return frozenset(found)
