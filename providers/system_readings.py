"""What a system says of itself through its own API, in one shape for all of them. Values only.

A system (Stripe, Supabase, PagerDuty, a domain, a script …) is a handful of lists of records: its
webhooks, its backups, its open incidents. One shape serves the panes, `status --json` and the
"what changed" list; the provider maps the vendor's words to a `Condition`, the monitor judges it.
"""

import enum
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import force_setattr

from providers.text import EMPTY, Foreign

UNREAD: Final = "could not be read"
"""In each notice of something that came and was not understood."""


class Condition(enum.Enum):
    """How a system, or one thing in it, stands, in words that hold for every vendor."""

    FINE = "fine"
    NOTABLE = "notable"
    """Nothing is wrong, a person should know: autodeploy off, test mode, a due hand-over."""
    DEGRADED = "degraded"
    """It works in part, or soon will not."""
    BROKEN = "broken"
    """It does not do what it is there for."""
    PAUSED = "paused"
    """Switched off on purpose or by the vendor, such as a paused project."""
    UNKNOWN = "unknown"
    """The vendor says something we have no word for, or says nothing."""


_WELL: Final = frozenset({Condition.FINE, Condition.NOTABLE})


class Record(Struct, frozen=True, kw_only=True):
    """One thing in a list: a webhook, a backup, an issue, a person on call."""

    id: str
    """The vendor's own identity of it; stable, it is the row's key."""

    title: Foreign
    condition: Condition
    state: Foreign = EMPTY
    """The vendor's own word for how it stands."""

    at: datetime | None = None
    """When it happened, or when it last changed."""

    details: tuple[tuple[str, Foreign], ...] = ()
    """More columns, each with our name for it; the same names in the same order in a section."""

    url: str = ""
    """Where a person can look at it; https only (`vendor.https_url`)."""

    change: bool = False
    """It tells that something changed at `at`, and belongs into "what changed lately"."""


class Section(Struct, frozen=True, kw_only=True):
    """One list of a system."""

    key: str
    """Ours, unique in the system: `webhooks`, `backups`."""

    title: str
    records: tuple[Record, ...] = ()
    """In the order to show, the most telling first."""

    empty: str = "none"
    """What no records mean, when the list was read: `no dispute in 24 h`."""

    blind: str = ""
    """Why the list could not be read, with what to do; then no records mean nothing."""

    more: int = 0
    """How many records there are besides these, as far as the vendor tells."""


class SystemReading(Struct, frozen=True, kw_only=True):
    """A system as it describes itself; never proof that it works for our users."""

    system: str
    """The vendor or the thing in the operator's words: `Stripe`."""

    condition: Condition
    """The worst that matters, as the provider documents it; unknown instead of fine where a part
    of the answer was not understood, for that part may have been what is wrong."""

    summary: Foreign
    """One line: `live mode, 2 webhooks, 1 disabled`."""

    sections: tuple[Section, ...] = ()
    notices: tuple[str, ...] = ()
    """What a person should know besides, such as a list that was cut or items left out."""

    def __post_init__(self) -> None:
        if self.condition in _WELL and self._misread:
            force_setattr(self, "condition", Condition.UNKNOWN)

    @property
    def _misread(self) -> bool:
        """Whether something came and was no answer; what may not be read is no such thing."""
        return any(UNREAD in notice for notice in self.notices) or any(
            # As `providers.fields` says what breaks the contract.
            section.blind.startswith("$") or UNREAD in section.blind
            for section in self.sections
        )
