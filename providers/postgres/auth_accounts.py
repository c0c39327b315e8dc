"""Sessions and suspended accounts of Supabase Auth. Numbers and ids: no names, no tokens."""

from collections.abc import Mapping
from typing import ClassVar, Final

from providers.postgres.amounts import count, minute
from providers.postgres.amounts import when as moment_of
from providers.postgres.auth_options import AuthOptions, Relation
from providers.postgres.auth_sight import SCHEMA, UNSEEN, blind, quoted, sight_of
from providers.postgres.parts import Ask, Found
from providers.postgres.rows import Row, flag, foreign, integer, optional_number
from providers.postgres.statements import statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_MOST: Final = 50
_TITLES: Final = {
    "active": "active sessions",
    "accounts": "accounts with one",
    "used": "used in 24 h",
    "begun": "begun in the last hour",
}


class Sessions:
    """How many sessions there are."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"sessions": "Sessions of users"}
    UNITS: ClassVar[Mapping[str, str]] = {"active_sessions": "count", "sessions_begun_1h": "count"}

    def __init__(self, options: AuthOptions) -> None:
        self._sessions = Relation(schema=options.schema, name="sessions")

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        columns = ("user_id", "created_at", "refreshed_at", "not_after")
        sight = await sight_of(ask, self._sessions, columns, SCHEMA)
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        (row,) = await ask.rows(statement("auth_sessions", sessions=quoted(self._sessions)))
        if not integer(row, "sessions") and (hidden := sight.none_seen(self._sessions)):
            return blind(self, hidden, UNSEEN)
        active = integer(row, "active")
        return Found(
            sections=(
                Section(
                    key="sessions",
                    title=self.SECTIONS["sessions"],
                    records=tuple(_line(key, title, row) for key, title in _TITLES.items()),
                ),
            ),
            numbers={
                "active_sessions": (float(active), ""),
                "sessions_begun_1h": (float(integer(row, "begun")), ""),
            },
            words=f"{count(active)} active sessions",
            notices=(sight.notice,) if sight.notice else (),
        )


def _line(key: str, title: str, row: Row) -> Record:
    return Record(
        id=key, title=Foreign(title), condition=Condition.FINE, state=count(integer(row, key))
    )


class Suspended:
    """Accounts that may not sign in for now."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"suspended": "Suspended accounts"}
    UNITS: ClassVar[Mapping[str, str]] = {"banned_users": "count"}

    def __init__(self, options: AuthOptions) -> None:
        self._users = Relation(schema=options.schema, name="users")

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        columns = ("id", "banned_until", "last_sign_in_at")
        sight = await sight_of(ask, self._users, columns, SCHEMA)
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        rows = await ask.rows(statement("auth_banned", users=quoted(self._users), most=_MOST))
        if not flag(rows[0], "ever") and (hidden := sight.none_seen(self._users)):
            return blind(self, hidden, UNSEEN)
        listed = [row for row in rows if row["id"] is not None]
        banned = integer(listed[0], "matching") if listed else 0
        return Found(
            sections=(
                Section(
                    key="suspended",
                    title=self.SECTIONS["suspended"],
                    records=tuple(map(_suspended, listed)),
                    empty="no account is suspended",
                    more=banned - len(listed),
                ),
            ),
            numbers={"banned_users": (float(banned), "")},
            words=f"{banned} suspended" if banned else "",
            notices=(sight.notice,) if sight.notice else (),
        )


def _suspended(row: Row) -> Record:
    until = moment_of(optional_number(row, "until_s"))
    return Record(
        id=foreign(row["id"]).text,
        title=foreign(row["id"]),
        condition=Condition.NOTABLE,
        state=Foreign(f"until {minute(until)}" if until else "for good"),
        details=(("last sign-in", minute(moment_of(optional_number(row, "last_s")))),),
    )
