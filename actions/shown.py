"""What the door shows of itself: one value, replaced whole, with what the audit says taken in."""

import logging
from collections.abc import Callable, Sequence

from msgspec.structs import asdict, replace

from actions.audit_entries import AuditEntry, Author
from actions.audit_events import events_of
from actions.door_state import DoorState, Followed
from actions.reconcile import may_be_at_it
from actions.running import Phase
from actions.undo import Aftermath, aftermath
from monitor.contained import Contained
from monitor.events import Event
from providers.clock import Clock

_LOG = logging.getLogger("quarterdeck.actions")


class Shown:
    """Used in the engine's loop; `state` by any thread.

    Args:
        author: Who sits here.
        clock: The time.
        note: Puts an event on the timeline.
    """

    def __init__(self, author: Author, clock: Clock, note: Callable[[Event], None]) -> None:
        self.state = DoorState(login=author.login)
        self.on_state: Callable[[DoorState], None] | None = None
        self._author = author
        self._clock = clock
        self._note = note
        self._noted = 0
        """Number of the last entry that is on the timeline."""

    def digest(self, entries: Sequence[AuditEntry]) -> Aftermath:
        """What follows from the audit; takes its time, so it is asked for in another thread."""
        at = self._clock.now().at
        return aftermath(entries, at, lambda one: may_be_at_it(one, self._author, at))

    def read(self, entries: Sequence[AuditEntry], found: Aftermath) -> None:
        """Take in what stands in the audit now, and what follows from it."""
        at = self._clock.now().at
        last = entries[-1].seq if entries else 0
        known = self._noted if last >= self._noted else 0
        for event in events_of((one for one in entries if one.seq > known), at):
            self._note(event)
        self._noted = last
        self.tell(**asdict(found))

    def found(self, outcome: AuditEntry) -> None:
        """Take in what became of an action whose program is gone."""
        others = tuple(one for one in self.state.followed if one.request != outcome.request)
        self.tell(found=(*self.state.found, outcome), followed=others)

    def followed(self, request: str, phase: Phase, words: str) -> None:
        """Take in how far an action has come whose program is gone."""
        others = tuple(one for one in self.state.followed if one.request != request)
        seen = (Followed(request=request, words=words),) if phase is Phase.FOLLOWING else ()
        self.tell(followed=(*others, *seen))

    def troubled(self, words: str) -> None:
        """Take in why nothing can be sent; empty: something can again."""
        self.tell(trouble=words)

    def tell(self, **changes: object) -> None:
        """Change something, and say so to whoever listens."""
        self.state = replace(self.state, **changes)
        if self.on_state is not None:
            with Contained() as contained:
                self.on_state(self.state)
            if contained.error is not None:
                _LOG.error("how actions stand could not be told", exc_info=contained.error)
