"""What the door for actions shows of itself: frozen, made in the engine's loop, read by screens."""

from datetime import datetime

from msgspec import Struct

from actions.audit_entries import AuditEntry
from actions.lease import Lease
from actions.plan import Plan, Remaining, Undo
from actions.running import Running


class UndoCard(Struct, frozen=True, kw_only=True):
    """Something done this shift that can be taken back."""

    request: str
    title: str
    """`Roll back API production 7d20b5e → 51b9a02`."""

    workspace: str
    environment: str
    at: datetime
    who: str
    undo: Undo


class Left(Struct, frozen=True, kw_only=True):
    """Something that an action left behind, until it is put right."""

    request: str
    workspace: str
    environment: str
    since: datetime
    who: str
    remaining: Remaining


class Residual(Struct, frozen=True, kw_only=True):
    """What was taken away and still works for a while."""

    request: str
    workspace: str
    title: str
    words: str
    until: datetime


class Unsettled(Struct, frozen=True, kw_only=True):
    """An action nobody knows the outcome of."""

    request: str
    workspace: str
    environment: str
    title: str
    target_name: str
    since: datetime
    who: str
    words: str
    """Where to look."""


class Followed(Struct, frozen=True, kw_only=True):
    """An action of a program that is gone, which is seen under way at the other side."""

    request: str
    words: str
    """How far it has come."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A plan that waits for a second person to agree."""

    fingerprint: str
    plan: Plan
    at: datetime
    who: str
    login: str
    """Of whoever asks: the second person is of another account."""

    reason: str = ""


class DoorState(Struct, frozen=True, kw_only=True):
    """Everything at one moment."""

    leases: tuple[Lease, ...] = ()
    """Those that hold, or held when this was made: ask `left_s` with the present."""

    running: tuple[Running, ...] = ()
    """Of this program, oldest first; also the last that are over."""

    undos: tuple[UndoCard, ...] = ()
    """Newest first, of the last 12 hours and of every operator on this host."""

    left: tuple[Left, ...] = ()
    residuals: tuple[Residual, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    followed: tuple[Followed, ...] = ()
    """Of `unsettled`: what is not lost, only not over."""

    wanted: tuple[Wanted, ...] = ()
    """Plans that wait for a second person, of anybody on this host."""

    found: tuple[AuditEntry, ...] = ()
    """What this start found out about actions of programs that are gone, in their order."""

    login: str = ""
    """Account of whoever sits here: nobody agrees to what they asked for themselves."""

    trouble: str = ""
    """Why nothing can be done at all, such as an audit that was damaged."""

    def seen(self, request: str) -> str:
        """How far an unsettled action has come at the other side; empty: nobody knows."""
        return next((one.words for one in self.followed if one.request == request), "")


NOTHING_YET = DoorState()
