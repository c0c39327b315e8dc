"""What is acted upon, at the places that the configuration names; and names it does not have."""

from collections.abc import Iterable
from typing import Final, Protocol

from actions.audit_entries import AuditEntry
from actions.plan import Target, typable
from actions.verbs import Unplannable
from providers.text import Foreign

_MOST_NAMED: Final = 8

_WIDE_KINDS: Final = frozenset({"service", "project", "build", "workflow", "run"})
"""Their identity is the vendor's own: it is the same thing, whatever somebody else's configuration
calls the place it is in. A user may have one id in two databases."""


class Located(Protocol):
    """Where a family acts."""

    @property
    def workspace(self) -> str:
        """Its name in the configuration."""
        ...

    @property
    def environment(self) -> str:
        """Empty: it belongs to no single one."""
        ...

    @property
    def production(self) -> bool:
        """Whether the rules of production hold there."""
        ...


def target_at(place: Located, kind: str, *, identity: str, name: Foreign, typed: str) -> Target:
    """Something at a place, frozen by its identity.

    Args:
        place: Where.
        kind: `service`, `session`, `payment`, …
        identity: Its id, with everything that makes it this one.
        name: As it is shown.
        typed: What is typed to confirm, where anybody can type it; else the end of the identity.
    """
    return Target(
        kind=kind,
        identity=identity,
        name=name,
        workspace=place.workspace,
        environment=place.environment,
        production=place.production,
        short_name=typable(typed, identity),
    )


def is_of(entry: AuditEntry, key: str, place: str) -> bool:
    """Whether an entry of the audit is about this very target.

    Args:
        entry: Of anybody on this host.
        key: As `Target.key` and `AuditEntry.target`.
        place: As `Target.place`.
    """
    kind, _, _ = key.partition(":")
    return entry.target == key and (entry.place == place or kind in _WIDE_KINDS)


def not_known(what: str, words: str, known: Iterable[str]) -> Unplannable:
    """Nothing of that name, and what there is.

    Args:
        what: `database`, `project`, …
        words: What somebody said.
        known: What they could have said.
    """
    there = sorted(known)
    more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
    listed = f"{', '.join(there[:_MOST_NAMED])}{more}" or "none"
    return Unplannable(f"there is no {what} {Foreign(words).line(80)}; known: {listed}")
