"""What every action has to be able to do: the one shape that the runner knows.

A verb speaks to one vendor, database or program. It decides nothing: whether it may is the guard's
business, when it is called is the runner's.
"""

import enum
from collections.abc import Mapping
from typing import Final, Protocol

from msgspec import Struct

from actions.guard_values import Because, Precondition
from actions.plan import Plan, Target, Undo

TOLD_S: Final = 30.0
"""An answer that has not come by then is told as unknown (promise P5)."""

RECONCILED_S: Final = 60.0
"""From sending on, what is unknown is read back for so long."""

FOLLOWED_S: Final = 3_600.0
"""What is seen under way is followed for so long, whatever its verb's usual time is."""


class Outcome(enum.Enum):
    """What became of an action."""

    DONE = "done"
    FAILED = "failed"
    """Certainly not carried out, or the vendor says that it failed."""

    REFUSED = "refused"
    """Never sent: the guard, or the audit, said no."""

    UNKNOWN = "unknown"
    """It may have been carried out; nobody knows. Never sent again."""


class Sent(Struct, frozen=True, kw_only=True):
    """The other side took it."""

    answer: str = ""
    """Its own id of the request, for its support."""

    words: str = ""
    """`202 accepted, deploy dep-…`."""

    marks: tuple[tuple[str, str], ...] = ()
    """What is needed to follow it, such as the id of the new deployment."""


class State(enum.Enum):
    """How far it has come, read back from where it was sent."""

    PENDING = "pending"
    """Nothing of it is seen so far."""

    UNDER_WAY = "under way"
    """It is seen there, and not over: followed for longer than its verb's usual time."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """What is read tells neither."""


class Settled(Struct, frozen=True, kw_only=True):
    """What reading back gave."""

    state: State
    words: str
    """`server restarted at 03:10:04Z`."""

    left: bool = True
    """Whether it left behind what the plan says (`Plan.remains`); not so when only the first of
    several requests was carried out."""


class Pinned(Struct, frozen=True, kw_only=True):
    """The target as it is now."""

    plan: Plan
    """The same action, planned anew: its fingerprint says whether anything differs."""

    preconditions: tuple[Precondition, ...] = ()
    warnings: tuple[Because, ...] = ()


class Verb(Protocol):
    """One action; stateless between calls, used in the engine's loop."""

    name: str
    """In the registry, the audit and on the command line: `restart-api`."""

    settle_s: float
    """After the other side took it, it is looked for so long."""

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """What it would do, exactly, with the blast radius measured now; changes nothing.

        Raises:
            ProviderError: What has to be known first could not be read.
            Unplannable: It makes no sense for this target or with these parameters.
        """
        ...

    async def pin(self, plan: Plan) -> Pinned:
        """Read the target afresh and look at the preconditions; changes nothing.

        Raises:
            ProviderError: It could not be read.
            Unplannable: It is not there any more, or makes no sense any more.
        """
        ...

    async def send(self, plan: Plan, key: str) -> Sent:
        """Send it, once, exactly as planned.

        Args:
            plan: What was confirmed.
            key: Different for each confirmation: the idempotency key, where there is one.

        Raises:
            ProviderError: It was not taken; `after_sending` where it may have been all the same.
        """
        ...

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """Read back how far it has come; changes nothing.

        Args:
            plan: What was sent. After a crash it comes from the audit, with secrets masked.
            sent: What the other side answered; None when the answer was lost.

        Raises:
            ProviderError: It could not be read.
        """
        ...

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        """The inverse of what was done, with what only the answer told; None: there is none."""
        ...


class UndoneAsPlanned:
    """Of verbs whose inverse is known before they are sent, or that have none."""

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        """As `Verb.undo`: what the plan says."""
        del sent
        return plan.undo


class Unplannable(Exception):
    """There is nothing to plan: why, in words for the operator."""
