"""An action from proposal to outcome, as screens and the command line see it: frozen values."""

import enum

from msgspec import Struct

from actions.guard_values import Because, Confirmation, Decision, Precondition
from actions.plan import Plan, Undo
from actions.verbs import Outcome
from actions.watch import Watched
from providers.clock import Moment


class Proposal(Struct, frozen=True, kw_only=True):
    """A plan that was looked at, and what the guard says of it."""

    id: str
    """Of the request that may follow; used once."""

    plan: Plan
    decision: Decision
    preconditions: tuple[Precondition, ...] = ()
    at: Moment

    def confirmed(self, *, reason: str, typed: str = "", incident: str = "") -> Confirmation:
        """What a person who was shown this gives."""
        return Confirmation(
            proposal=self.id,
            fingerprint=self.plan.fingerprint,
            at=self.at,
            reason=reason,
            typed=typed,
            incident=incident,
            seen=frozenset(one.code for one in self.decision.warnings),
        )


class Phase(enum.Enum):
    """How far an action has come."""

    CHECKING = "checking"
    """The target is read afresh, the guard is asked again, the intent is written."""

    SENDING = "sending"
    FOLLOWING = "following"
    """The other side took it; its state is read until it is settled."""

    RECONCILING = "reconciling"
    """The answer was lost; what became of it is read back."""

    OVER = "over"


class Happened(Struct, frozen=True, kw_only=True):
    """One line of what was done, for the screen that follows it."""

    at: Moment
    words: str


class Running(Struct, frozen=True, kw_only=True):
    """One action under way, or over."""

    id: str
    plan: Plan
    reason: str
    phase: Phase
    began: Moment
    intent: int = 0
    """Number of its intent in the audit; 0 before it is written."""

    outcome: Outcome | None = None
    """Known once it is over; `UNKNOWN` also while the lost answer is still being looked for."""

    words: str = ""
    """Why, or what was read back."""

    because: tuple[Because, ...] = ()
    """Reasons of the guard, when it refused."""

    undo: Undo | None = None
    """Prepared; only once it is done."""

    recorded: bool = True
    """False: the outcome could not be written to the audit, and `words` says so."""

    goes_on: bool = False
    """The other side had taken it, and it was followed when the program ended: nobody follows it
    until the next start."""

    log: tuple[Happened, ...] = ()
    watch: Watched | None = None
    """How what should recover goes on, once it is done; None: nothing is followed."""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.phase is Phase.OVER
