"""Sessions of a database as the tree of who blocks whom; pure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from monitor.snapshot import QueryRow
from monitor.verdicts import Level
from monitor.workspace import DatabaseSpec
from providers.database_readings import DatabaseReading, SessionReading, SessionState
from providers.readings import SourceId

BLOCKING_GRACE_S: Final = 10.0
"""A transaction that idles and blocks for less than this may only be between two statements."""

_IDLE_IN_TRANSACTION: Final = frozenset(
    {SessionState.IDLE_IN_TRANSACTION, SessionState.IDLE_IN_TRANSACTION_ABORTED}
)


def age_s(session: SessionReading) -> float | None:
    """The age that counts: of the statement while it runs, of the transaction while it idles."""
    if session.state in _IDLE_IN_TRANSACTION:
        return session.transaction_age_s
    return session.query_age_s


def level_of(spec: DatabaseSpec, session: SessionReading, waiters: int) -> Level:
    """How bad one session is.

    Old beyond the limits is a warning, then critical. A session that idles in a transaction and
    keeps others waiting does no work that could end by itself: critical after some seconds.
    """
    age = age_s(session)
    if session.state is SessionState.IDLE:
        return Level.OK
    if age is not None and age >= spec.long_query_critical_s:
        return Level.CRITICAL
    if waiters and session.state in _IDLE_IN_TRANSACTION:
        brief = age is not None and age < BLOCKING_GRACE_S
        return Level.WARNING if brief else Level.CRITICAL
    return Level.WARNING if age is not None and age >= spec.long_query_s else Level.OK


class Ordered:
    """Remembers the rows of each database's newest reading: it is published several times."""

    def __init__(self) -> None:
        self._known: dict[SourceId, tuple[DatabaseReading, tuple[QueryRow, ...]]] = {}

    def rows(self, spec: DatabaseSpec, reading: DatabaseReading) -> tuple[QueryRow, ...]:
        """The rows in order, as `order` gives them."""
        known = self._known.get(spec.source)
        if known is None or known[0] is not reading:
            known = self._known[spec.source] = (reading, order(spec, reading))
        return known[1]


def order(spec: DatabaseSpec, reading: DatabaseReading) -> tuple[QueryRow, ...]:
    """The rows of the queries pane: worst root first, each with those that wait for it beneath.

    Of two that are equally bad the one that keeps others waiting comes first.

    A session that waits for several is drawn under the first of them that is there; one that
    waits for a prepared transaction (pid 0) or for a session not listed is a root. In a cycle,
    as short-lived as a deadlock is, the oldest session is taken as the root.
    """
    sessions = {session.pid: session for session in reading.sessions}
    blockers = _blockers(sessions)
    waiters = _waiters(blockers)
    children: defaultdict[int, list[int]] = defaultdict(list)
    parents = _parents(sessions, blockers)
    for pid, parent in parents.items():
        if parent is not None:
            children[parent].append(pid)
    levels = {pid: level_of(spec, session, len(waiters[pid])) for pid, session in sessions.items()}
    roots = [pid for pid, parent in parents.items() if parent is None]

    def urgency(pid: int) -> tuple[int, bool, float, int]:
        worst, age = _worst(pid, children, levels), age_s(sessions[pid]) or 0.0
        return (-worst, not waiters[pid], -age, pid)

    rows: list[QueryRow] = []
    stack = [(pid, 0) for pid in sorted(roots, key=urgency, reverse=True)]
    while stack:
        pid, depth = stack.pop()
        rows.append(
            QueryRow(
                session=sessions[pid],
                level=levels[pid],
                depth=depth,
                waiters=len(waiters[pid]),
            )
        )
        beneath = sorted(children[pid], key=lambda one: (-(age_s(sessions[one]) or 0.0), one))
        stack.extend((one, depth + 1) for one in reversed(beneath))
    return tuple(rows)


def _worst(pid: int, children: dict[int, list[int]], levels: dict[int, Level]) -> int:
    """The worst level in the tree under a session, itself included."""
    worst, stack = int(levels[pid]), list(children.get(pid, ()))
    while stack:
        one = stack.pop()
        worst = max(worst, int(levels[one]))
        stack.extend(children.get(one, ()))
    return worst


def _blockers(sessions: dict[int, SessionReading]) -> dict[int, tuple[int, ...]]:
    """Who keeps each session waiting, of those that are listed."""
    return {
        pid: tuple(one for one in session.blocked_by if one in sessions and one != pid)
        for pid, session in sessions.items()
    }


def _waiters(blockers: dict[int, tuple[int, ...]]) -> dict[int, set[int]]:
    """Who waits for each session, directly or through others; never itself."""
    direct: defaultdict[int, list[int]] = defaultdict(list)
    for pid, held_by in blockers.items():
        for blocker in held_by:
            direct[blocker].append(pid)
    found: dict[int, set[int]] = {}
    for pid in blockers:
        seen: set[int] = set()
        stack = list(direct[pid])
        while stack:
            one = stack.pop()
            if one != pid and one not in seen:
                seen.add(one)
                stack.extend(direct[one])
        found[pid] = seen
    return found


def _parents(
    sessions: dict[int, SessionReading], blockers: dict[int, tuple[int, ...]]
) -> dict[int, int | None]:
    """For each session the one it is drawn under; None for a root. Free of cycles."""
    parents: dict[int, int | None] = {
        pid: (held_by[0] if held_by else None) for pid, held_by in blockers.items()
    }
    for pid in parents:
        path: list[int] = []
        at: int | None = pid
        while at is not None and at not in path:
            path.append(at)
            at = parents[at]
        if at is not None:
            cycle: Sequence[int] = path[path.index(at) :]
            parents[max(cycle, key=lambda one: (age_s(sessions[one]) or 0.0, -one))] = None
    return parents
