"""Who is connected, and who waits for whom (A:264, B:157-177)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from providers.postgres.amounts import NOTHING, count, seconds, several
from providers.postgres.parts import Ask, Found
from providers.postgres.rows import (
    Row,
    flag,
    foreign,
    integer,
    items,
    moment,
    optional_age,
)
from providers.postgres.statements import statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_MOST_GROUPS: Final = 50
_MOST_WAITS: Final = 30
_QUERY_BYTES: Final = 1_000
_LONG_S: Final = 30.0
"""A wait or an open transaction that is longer than this is worth a colour."""

_BLIND: Final = (
    "this role sees its own sessions only; GRANT pg_read_all_stats (part of pg_monitor) to it"
)


class Connections:
    """Client connections by application, role and state."""

    SECTIONS: ClassVar[Mapping[str, str]] = {
        "connections": "Connections by application, role and state"
    }
    UNITS: ClassVar[Mapping[str, str]] = {"applications": "count"}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("session_groups", most=_MOST_GROUPS))
        if not rows or not flag(rows[0], "sees_all"):
            section = Section(key="connections", title=self.SECTIONS["connections"], blind=_BLIND)
            numbers = {"applications": (None, "needs pg_read_all_stats")}
            return Found(sections=(section,), numbers=numbers, condition=Condition.NOTABLE)
        total = sum(integer(row, "sessions") for row in rows)
        applications = {foreign(row["application"]).text for row in rows}
        return Found(
            sections=(
                Section(
                    key="connections",
                    title=self.SECTIONS["connections"],
                    records=tuple(map(_group, rows)),
                    more=integer(rows[0], "matching") - len(rows),
                ),
            ),
            numbers={"applications": (float(len(applications)), "")},
            words=f"{several(total, 'connection')} of {several(len(applications), 'application')}",
        )


def _group(row: Row) -> Record:
    application, role = foreign(row["application"]), foreign(row["role"])
    state, oldest_s = foreign(row["state"]), optional_age(row, "oldest_s")
    forgotten = state.text.startswith("idle in transaction") and (oldest_s or 0.0) > _LONG_S
    return Record(
        id=f"{application.text}/{role.text}/{state.text}",
        title=application or Foreign("(no name)"),
        condition=Condition.NOTABLE if forgotten else Condition.FINE,
        state=state,
        details=(
            ("connections", count(integer(row, "sessions"))),
            ("role", role or NOTHING),
            ("longest in this state", seconds(oldest_s)),
        ),
    )


class LockWaits:
    """Sessions that wait for a lock, each with whom it waits for."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"locks": "Waiting for a lock"}
    UNITS: ClassVar[Mapping[str, str]] = {"lock_waits": "count", "longest_lock_wait_s": "s"}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("lock_waits", most=_MOST_WAITS, query_bytes=_QUERY_BYTES))
        matching = integer(rows[0], "matching") if rows else 0
        longest_s = max((optional_age(row, "waited_s") or 0.0 for row in rows), default=0.0)
        return Found(
            sections=(
                Section(
                    key="locks",
                    title=self.SECTIONS["locks"],
                    records=tuple(map(_wait, rows)),
                    empty="nobody waits for a lock",
                    more=matching - len(rows),
                ),
            ),
            numbers={
                "lock_waits": (float(matching), ""),
                "longest_lock_wait_s": (longest_s, ""),
            },
            words=f"{several(matching, 'waits', 'wait')} for a lock, up to {seconds(longest_s)}"
            if matching
            else "",
            condition=_judged(longest_s, present=bool(rows)),
        )


def _judged(waited_s: float, *, present: bool) -> Condition:
    if waited_s > _LONG_S:
        return Condition.DEGRADED
    return Condition.NOTABLE if present else Condition.FINE


def _wait(row: Row) -> Record:
    waited_s = optional_age(row, "waited_s")
    kind = Foreign(f"{foreign(row['lock_type']).text} {foreign(row['mode']).text}")
    return Record(
        id=f"{integer(row, 'pid')}@{moment(row, 'backend_start').isoformat()}/{kind.text}",
        title=Foreign(
            f"{foreign(row['application']).line(60) or '(no name)'} pid {integer(row, 'pid')}"
        ),
        condition=_judged(waited_s or 0.0, present=True),
        state=Foreign(f"waits {seconds(waited_s)}"),
        details=(
            ("lock", kind),
            ("on", foreign(row["relation"]) or NOTHING),
            ("blocked by", _blocker(row, items(row, "blockers"))),
            ("role", foreign(row["role"]) or NOTHING),
            ("statement", Foreign(foreign(row["query"]).line(400)) or NOTHING),
        ),
    )


def _blocker(row: Row, pids: Sequence[object]) -> Foreign:
    if not pids:
        return Foreign("already free")
    if pids[0] == 0:
        return Foreign("a prepared transaction")
    named = foreign(row["blocker_application"]).line(60) or "(no name)"
    state = foreign(row["blocker_state"]).line(40)
    others = f" and {len(pids) - 1} more" if len(pids) > 1 else ""
    open_s = optional_age(row, "blocker_transaction_s")
    opened = f", open {seconds(open_s)}" if open_s is not None else ""
    return Foreign(f"pid {pids[0]} {named}{f', {state}' if state else ''}{opened}{others}")
