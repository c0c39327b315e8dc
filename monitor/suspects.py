"""What may be behind an alert: changes shortly before its onset, by how close they are; pure.

A correlation and no proof, and worded so. What came after the onset is no suspect, however near:
it is told as a note, for a change made in answer to an incident is a change as well.

    score = nearness × relation
    nearness: 1 at the onset, 0 one hour before it, in a straight line
    relation: how much a change of this kind, there, has to do with what is wrong (`RELATIONS`)
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.words import duration_words
from monitor.workspace import WorkspaceSpec

WINDOW_S: Final = 3_600.0
"""What precedes the onset by more than this is no suspect."""

NOTED_S: Final = 900.0
"""Changes so long after the onset are noted."""

BATCH_S: Final = 120.0
"""The same commit in several places within about this time is one change."""

MOST: Final = 5


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
    USER = "what depends on it"
    WIDE = "no service named"
    OTHER = "another service"


RELATIONS: Final[Mapping[Relation, float]] = {
    Relation.SAME: 1.0,
    Relation.NEEDED: 0.8,
    # A new version may take more of a database than there is.
    Relation.USER: 0.7,
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
    batch: str = ""
    """What goes live in several places at once has one name, such as its commit."""


class Trouble(Struct, frozen=True, kw_only=True):
    """What is wrong, since when, and what it stands on."""

    onset: datetime
    environment: str = ""
    service: str = ""
    needs: frozenset[str] = frozenset()
    """Services and databases that it depends on, directly or not."""

    users: frozenset[str] = frozenset()
    """Services that depend on it, directly or not."""


class Suspect(Struct, frozen=True, kw_only=True):
    """A change that came shortly before."""

    change: Change
    before_s: float
    """Seconds from the change to the onset; never negative."""

    relation: Relation
    score: float
    """0 to 1."""

    also: int = 0
    """In how many more places the same went live at about that time."""

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
    for change in {(one.kind, one.words, one.at): one for one in changes}.values():
        if not _same_place(change.environment, trouble.environment):
            continue
        before_s = (trouble.onset - change.at).total_seconds()
        if 0 <= before_s <= WINDOW_S:
            suspects.append(_suspect(trouble, change, before_s))
        elif -NOTED_S <= before_s < 0:
            later.append(change)
    suspects.sort(key=lambda one: (-one.score, one.before_s, one.change.key))
    suspects = list(_folded(suspects))
    later.sort(key=lambda one: (one.at, one.key))
    return Suspicion(suspects=tuple(suspects[:most]), later=tuple(later[:most]))


def _folded(suspects: Iterable[Suspect]) -> Iterator[Suspect]:
    """Of what went live in several places at once the likeliest, with the number of the others."""
    found: dict[tuple[str, int], list[Suspect]] = {}
    for one in suspects:
        batch = (one.change.batch or one.change.key, int(one.before_s // BATCH_S))
        near = (batch[0], batch[1] - 1), batch, (batch[0], batch[1] + 1)
        found[next((known for known in near if known in found), batch)] = [
            *next((found[known] for known in near if known in found), []),
            one,
        ]
    for first, *others in found.values():
        yield replace(first, also=len(others)) if others else first


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
    if change.service in trouble.needs:
        return Relation.NEEDED
    return Relation.USER if change.service in trouble.users else Relation.OTHER


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


def users_of(spec: WorkspaceSpec, service: str) -> frozenset[str]:
    """Every service that depends on this one, directly or through others."""
    if not service:
        return frozenset()
    names = (one.name for one in spec.services if one.name != service)
    return frozenset(name for name in names if service in needs_of(spec, name))
