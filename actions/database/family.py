"""Which sessions can be ended, from a row of the queries pane or from the command line."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Final

from actions.database.ground import Grounds
from actions.database.sessions import PLATFORM
from actions.database.signal_verbs import CancelQuery, EndSession
from actions.families import Card, Offer, Row
from actions.plan import Danger, Target
from actions.verbs import Unplannable, Verb
from monitor.snapshot import DatabaseView, QueryRow, WorkspaceView
from providers.clock import Clock
from providers.database_readings import SessionReading, SessionState
from providers.text import Foreign

_GROUP: Final = "Database"
_WORDS: Final = "WORKSPACE/ENVIRONMENT/DATABASE/PID"
_CANCEL: Final = Card(
    name=CancelQuery.name,
    title="Cancel the statement",
    key="C",
    group=_GROUP,
    danger=Danger.CHANGE,
    target_words=_WORDS,
)
_END: Final = Card(
    name=EndSession.name,
    title="End the session",
    key="K",
    group=_GROUP,
    danger=Danger.CHANGE,
    target_words=_WORDS,
)
_PID: Final = re.compile(r"[0-9]{1,9}")
_HOLDING: Final = frozenset(
    {SessionState.IDLE_IN_TRANSACTION, SessionState.IDLE_IN_TRANSACTION_ABORTED}
)


class SessionFamily:
    """Cancelling statements and ending sessions.

    Args:
        grounds: All databases.
        clock: The time.
    """

    def __init__(self, grounds: Grounds, clock: Clock) -> None:
        self._grounds = grounds
        self._cancel = CancelQuery(grounds, clock)
        self._end = EndSession(grounds, clock)

    @property
    def verbs(self) -> Sequence[Verb]:
        """As `Family.verbs`."""
        found: tuple[Verb, ...] = (self._cancel, self._end)
        return found if self._grounds.all else ()

    @property
    def cards(self) -> Sequence[Card]:
        """As `Family.cards`."""
        return (_CANCEL, _END) if self._grounds.all else ()

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """As `Family.offers`."""
        thing = row.thing
        if not isinstance(thing, QueryRow):
            return
        view = _view_of(pane, row, thing)
        ground = None if view is None else self._grounds.of_source(str(view.spec.source))
        if ground is None:
            return
        one = thing.session
        who = one.application.line(40) or one.user.line(40)
        name = Foreign(f"pid {one.pid} {who}".strip())
        started = one.backend_start.astimezone(UTC).isoformat(timespec="microseconds")
        protected = _protected(one, ground.protected)
        for verb, card in ((self._cancel, _CANCEL), (self._end, _END)):
            yield Offer(
                card=card,
                target=verb.target_of(ground, one.pid, started, one.query, name),
                refused=protected or (_idle(one) if verb is self._cancel else ""),
            )

    async def target(self, verb: str, words: str) -> Target:
        """As `Family.target`."""
        place, _, pid = words.rpartition("/")
        if not _PID.fullmatch(pid):
            raise Unplannable(f"no session: it is written {_WORDS}")
        ground = self._grounds.of(place)
        found = self._cancel if verb == self._cancel.name else self._end
        return await found.frozen(ground, pid)


def _view_of(pane: WorkspaceView, row: Row, thing: QueryRow) -> DatabaseView | None:
    """The database whose row it is; of several, the one that lists this very session."""
    for view in pane.databases:
        if row.source is not None and view.spec.source != row.source:
            continue
        if any(one.session.key == thing.session.key for one in view.rows):
            return view
    return None


def _protected(one: SessionReading, more: Sequence[str]) -> str:
    if one.backend_type != "client backend":
        return f"it is a {one.backend_type}, no client"
    if one.user.text in PLATFORM or one.user.text in more:
        return f"{one.user.line(40)} belongs to the platform"
    return ""


def _idle(one: SessionReading) -> str:
    if one.state in _HOLDING:
        return "end the session instead: it runs nothing and holds its transaction"
    return "" if one.state is SessionState.ACTIVE else "it runs nothing"
