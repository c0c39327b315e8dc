"""What may be behind an alert: changes shortly before its onset, by how close they are; pure.

A correlation and no proof, and worded so. What came after the onset is no suspect, however near:
it is told as a note, for a change made in answer to an incident is a change as well.

    score = nearness × relation
    nearness: 1 at the onset, 0 one hour before it, in a straight line
    relation: how much a change of this kind, there, has to do with what is wrong (`RELATIONS`)
"""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from monitor.changes import subject_of_commit
from monitor.deploys import short_version
from monitor.events import Event, EventKind
from monitor.snapshot import AlertView, DeployView, WorkspaceView
from monitor.system_view import SystemView
from monitor.words import duration_words
from monitor.workspace import WorkspaceSpec
from providers.base import Area
from providers.deploy_readings import DeployState
from providers.system_readings import Condition, Record

WINDOW_S: Final = 3_600.0
"""What precedes the onset by more than this is no suspect."""

NOTED_S: Final = 900.0
"""Changes so long after the onset are noted."""

MOST: Final = 5

_CAUSING: Final = frozenset({Area.PLATFORM, Area.DATABASE, Area.NETWORK})
"""Systems whose changes break things; a new error or a refund is what follows."""

_WENT_LIVE: Final = frozenset({DeployState.LIVE, DeployState.PREVIOUS, DeployState.SUCCEEDED})


class Kind(enum.Enum):
    """What kind of change it is."""

    DEPLOY = "deploy"
    VENDOR = "vendor incident"
    CONFIG = "configuration"
    OPERATOR = "operator"
    SYSTEM = "change"
    """What a system's own list marks as a change, such as an environment variable."""


class Relation(enum.Enum):
    """How a change stands to what is wrong."""

    SAME = "same service"
    NEEDED = "what it depends on"
    WIDE = "no service named"
    OTHER = "another service"


RELATIONS: Final[Mapping[Relation, float]] = {
    Relation.SAME: 1.0,
    Relation.NEEDED: 0.8,
    Relation.WIDE: 0.6,
    Relation.OTHER: 0.3,
}

_KINDS: Final[Mapping[Kind, float]] = {
    Kind.DEPLOY: 1.0,
    Kind.SYSTEM: 0.9,
    Kind.VENDOR: 0.9,
    Kind.OPERATOR: 0.7,
    # A changed limit may raise an alert, and breaks nothing.
    Kind.CONFIG: 0.5,
}


class Change(Struct, frozen=True, kw_only=True):
    """Something that was changed, or happened, outside of what is wrong."""

    key: str
    at: datetime
    kind: Kind
    words: str
    """What, safe to draw: `API 7d20b5e by maria: pool: raise max to 40`."""

    did: str = "happened"
    """What it did at that time, for a sentence: `went live`, `began`."""

    environment: str = ""
    """Empty: no one alone."""

    service: str = ""


class Trouble(Struct, frozen=True, kw_only=True):
    """What is wrong, since when, and what it stands on."""

    onset: datetime
    environment: str = ""
    service: str = ""
    needs: frozenset[str] = frozenset()
    """Services and databases that it depends on, directly or not."""


class Suspect(Struct, frozen=True, kw_only=True):
    """A change that came shortly before."""

    change: Change
    before_s: float
    """Seconds from the change to the onset; never negative."""

    relation: Relation
    score: float
    """0 to 1."""

    @property
    def words(self) -> str:
        """When, in a sentence: `went live 40s before the onset`."""
        return f"{self.change.did} {duration_words(self.before_s)} before the onset"

    @property
    def reason(self) -> str:
        """What the score is made of."""
        near = nearness(self.before_s)
        weight = RELATIONS[self.relation] * _KINDS[self.change.kind]
        return f"{self.score:.2f} = near {near:.2f} × {self.relation.value} {weight:.2f}"


class Suspicion(Struct, frozen=True, kw_only=True):
    """Who may have done it, the likeliest first; and what came too late to have."""

    suspects: tuple[Suspect, ...]
    later: tuple[Change, ...]
    """Changes after the onset, oldest first: notes, not suspects."""


def nearness(before_s: float) -> float:
    """1 at the onset, 0 an hour before it and earlier."""
    return min(1.0, max(0.0, 1.0 - before_s / WINDOW_S))


def suspicion(trouble: Trouble, changes: Iterable[Change], most: int = MOST) -> Suspicion:
    """Rank changes by how closely they precede the onset and how they stand to it.

    A change in another environment is none; of those that score alike the nearer comes first.
    """
    suspects: list[Suspect] = []
    later: list[Change] = []
    for change in {one.key: one for one in changes}.values():
        if not _same_place(change.environment, trouble.environment):
            continue
        before_s = (trouble.onset - change.at).total_seconds()
        if 0 <= before_s <= WINDOW_S:
            suspects.append(_suspect(trouble, change, before_s))
        elif -NOTED_S <= before_s < 0:
            later.append(change)
    suspects.sort(key=lambda one: (-one.score, one.before_s, one.change.key))
    later.sort(key=lambda one: (one.at, one.key))
    return Suspicion(suspects=tuple(suspects[:most]), later=tuple(later[:most]))


def _suspect(trouble: Trouble, change: Change, before_s: float) -> Suspect:
    relation = _relation(trouble, change)
    score = nearness(before_s) * RELATIONS[relation] * _KINDS[change.kind]
    return Suspect(change=change, before_s=before_s, relation=relation, score=score)


def _same_place(one: str, other: str) -> bool:
    return not one or not other or one == other


def _relation(trouble: Trouble, change: Change) -> Relation:
    if not change.service or not trouble.service:
        return Relation.WIDE
    if change.service == trouble.service:
        return Relation.SAME
    return Relation.NEEDED if change.service in trouble.needs else Relation.OTHER


def needs_of(spec: WorkspaceSpec, service: str) -> frozenset[str]:
    """Everything a service depends on, directly or through others; a ring ends where it began."""
    direct = {one.name: one.depends_on for one in spec.services}
    found: set[str] = set()
    waiting = list(direct.get(service, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += direct.get(name, ())
    return frozenset(found - {service})


def suspicion_of(alert: AlertView, view: WorkspaceView, events: Sequence[Event] = ()) -> Suspicion:
    """Who may be behind an alert, of all that is known now.

    Args:
        alert: What is wrong.
        view: The workspace: its deploys, its timeline, its systems' own lists.
        events: What history knows besides.
    """
    trouble = Trouble(
        onset=alert.began,
        environment=alert.environment,
        service=alert.service,
        needs=needs_of(view.spec, alert.service),
    )
    return suspicion(trouble, changes_of(view, events))


def changes_of(view: WorkspaceView, events: Sequence[Event] = ()) -> Iterator[Change]:
    """Everything that may be suspected; alerts are not: they follow."""
    for deploy in view.deploys:
        if deploy.deploy.live_at is not None and deploy.deploy.state in _WENT_LIVE:
            yield _deploy(deploy, deploy.deploy.live_at)
    for event in (*view.timeline, *events):
        kind = _EVENTS.get(event.kind)
        if kind is not None:
            yield _event(event, kind)
    for system in view.systems:
        yield from _recorded(system)


_EVENTS: Final[Mapping[EventKind, Kind]] = {
    EventKind.VENDOR: Kind.VENDOR,
    EventKind.CONFIG: Kind.CONFIG,
    EventKind.OPERATOR: Kind.OPERATOR,
}
"""Deploys are told by their own list, with what service they are of."""

_DID: Final[Mapping[Kind, str]] = {
    Kind.VENDOR: "began",
    Kind.CONFIG: "was loaded",
    Kind.OPERATOR: "was done",
}


def _deploy(view: DeployView, live_at: datetime) -> Change:
    deploy = view.deploy
    title = view.service.title if view.service is not None else deploy.target
    author = f" by {deploy.author.line(40)}" if deploy.author else ""
    message = subject_of_commit(deploy.message)
    commit = short_version(deploy.commit.line(64))
    return Change(
        key=f"deploy/{view.key}",
        at=live_at,
        kind=Kind.DEPLOY,
        words=f"{title} {commit}{author}{f': {message}' if message else ''}",
        did="went live",
        environment=deploy.environment,
        service=view.service.name if view.service is not None else deploy.target,
    )


def _event(event: Event, kind: Kind) -> Change:
    return Change(
        key=f"event/{event.key or event.text}/{event.at.isoformat()}",
        at=event.at,
        kind=kind,
        words=event.text,
        did=_DID[kind],
        environment=event.environment,
    )


def _recorded(system: SystemView) -> Iterator[Change]:
    reading = system.reading
    told = reading is not None and system.condition is not Condition.UNKNOWN
    if reading is None or not told or system.spec.area not in _CAUSING:
        return
    for section in reading.sections:
        for record in section.records:
            if record.change and record.at is not None:
                yield _record(system, section.title, record, record.at)


def _record(system: SystemView, section: str, record: Record, at: datetime) -> Change:
    return Change(
        key=f"record/{system.spec.id}/{record.id}",
        at=at,
        kind=Kind.SYSTEM,
        words=f"{system.spec.system} {section}: {record.title.line(80)}",
        did="changed",
        environment=system.spec.environment,
    )
