"""What the guard is asked, and what it answers: frozen values."""

import enum
from collections.abc import Sequence

from msgspec import Struct

from actions.audit_entries import AuditEntry
from actions.lease import Lease
from actions.plan import Plan
from actions.policy import Policy
from providers.clock import Moment


class Standing(enum.Enum):
    """How a precondition stands."""

    MET = "met"
    WARN = "warn"
    BLOCK = "block"
    UNKNOWN = "unknown"
    """Blocks as well: what is not known is not taken for granted."""


class Precondition(Struct, frozen=True, kw_only=True):
    """Something that should hold before it is sent, looked at live."""

    name: str
    """Stable: what is compared between the two looks."""

    standing: Standing
    words: str
    """`no deploy running`; why it blocks or warns."""

    checked: Moment

    def age_s(self, now: Moment) -> float:
        """Seconds since it was looked at."""
        return self.checked.age_s(now)


class Verdict(enum.Enum):
    """What the guard says."""

    REFUSE = "refuse"
    CHALLENGE = "challenge"
    ALLOW = "allow"


class Ask(enum.Enum):
    """What a challenge asks for."""

    LEASE = "lease"
    REASON = "reason"
    NAME = "name"
    APPROVAL = "approval"


class Because(Struct, frozen=True, kw_only=True):
    """One reason to refuse, or one warning."""

    code: str
    """Stable, for tests, JSON and comparing."""

    words: str


class Decision(Struct, frozen=True, kw_only=True):
    """What the guard says, and why."""

    verdict: Verdict
    reasons: tuple[Because, ...] = ()
    """Of a refusal; at least one."""

    asks: tuple[Ask, ...] = ()
    """Of a challenge."""

    warnings: tuple[Because, ...] = ()

    @property
    def words(self) -> str:
        """The reasons in one line."""
        return "; ".join(one.words for one in self.reasons)


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of the world at this moment."""

    now: Moment
    data_age_s: float | None
    """Age of what the plan was made from; None: the provider never answered."""

    fresh_s: float
    """How old that may be."""

    offline: str = ""
    """Why our own network is taken to be down; empty when it is not."""

    preconditions: tuple[Precondition, ...] = ()
    warnings: tuple[Because, ...] = ()
    """What else a person should know first, such as that the vendor reports trouble."""


class Confirmation(Struct, frozen=True, kw_only=True):
    """What a person gave on purpose."""

    proposal: str
    """Id of what was shown; becomes the id of the request. Used once."""

    fingerprint: str
    """Of the plan that was shown."""

    at: Moment
    """When what it answers was shown."""

    reason: str
    typed: str = ""
    incident: str = ""
    seen: frozenset[str] = frozenset()
    """Codes of the warnings that were shown."""


class Question(Struct, frozen=True, kw_only=True):
    """Everything the decision depends on."""

    plan: Plan
    """As it would be made now."""

    policy: Policy
    lease: Lease | None
    facts: Facts
    entries: Sequence[AuditEntry]
    """The last of the audit, oldest first."""

    operator: str
    login: str
    confirmation: Confirmation | None = None
    busy: str = ""
    """What this program itself is doing to the target; empty: nothing."""

    alive: frozenset[str] = frozenset()
    """Of the entries, the open requests of other programs of this host that are there still."""
