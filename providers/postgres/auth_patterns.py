"""What the auth server's audit log tells: unusual sign-ins, and what admins did (A:436-450).

The log may be switched off: then the table is empty, or ends on some day. That is told apart from
an hour in which nobody signed in, by the sessions that were begun since.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from providers.postgres.amounts import NOTHING, count, minute, several
from providers.postgres.amounts import when as moment_of
from providers.postgres.auth_options import AuthOptions, Relation
from providers.postgres.auth_sight import SCHEMA, UNSEEN, Sight, blind, quoted, sight_of
from providers.postgres.parts import Ask, Found
from providers.postgres.rows import Row, foreign, integer, optional_integer, optional_number
from providers.postgres.statements import Constant, statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_MOST: Final = 50
_SILENT_S: Final = 3_600.0
_LATE_S: Final = 900.0
"""A session that was begun this long after the last entry would have left one."""

_SWITCH: Final = "Supabase: Authentication, Audit Logs, write to the database"
_ADMIN_ACTIONS: Final = ("user_invited", "user_deleted", "user_modified", "factor_deleted")


class SignInPatterns:
    """Accounts that sign in, or refresh their tokens, more than people do, or from everywhere."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"patterns": "Unusual sign-ins, last hour"}
    UNITS: ClassVar[Mapping[str, str]] = {"suspicious_accounts": "count", "sign_ins_1h": "count"}

    def __init__(self, options: AuthOptions) -> None:
        self._options = options
        self._audit = Relation(schema=options.schema, name="audit_log_entries")
        self._sessions = Relation(schema=options.schema, name="sessions")

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        columns = ("payload", "created_at", "ip_address")
        sight = await sight_of(ask, self._audit, columns, SCHEMA)
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        rows = await ask.rows(
            statement(
                "auth_patterns",
                audit=quoted(self._audit),
                per_hour=self._options.per_hour,
                addresses=self._options.addresses,
                most=_MOST,
            )
        )
        unrecorded = await self._unrecorded(ask, rows[0], sight)
        if unrecorded:
            return blind(self, unrecorded, "not recorded in the database")
        return self._found(rows, sight.notice)

    async def _unrecorded(self, ask: Ask, row: Row, sight: Sight) -> str:
        """Why no entries say nothing; empty when they say that nobody signed in."""
        newest_s, at_s = optional_number(row, "newest_s"), optional_number(row, "at_s")
        if newest_s is None or at_s is None:
            return sight.none_seen(self._audit) or (
                f"{self._audit.dotted} is empty: its project keeps audit entries elsewhere, so no "
                f"rows mean nothing; {_SWITCH}"
            )
        if at_s - newest_s < _SILENT_S:
            return ""
        seen = await sight_of(ask, self._sessions, ("created_at",), SCHEMA)
        if seen.blind:
            return ""
        (newest,) = await ask.rows(
            statement("auth_newest_session", sessions=quoted(self._sessions))
        )
        session_s = optional_number(newest, "newest_s")
        if session_s is None or session_s - newest_s < _LATE_S:
            return ""
        return (
            f"the last entry is of {minute(moment_of(newest_s))}, and sessions were begun until "
            f"{minute(moment_of(session_s))}: entries are no longer written here; {_SWITCH}"
        )

    def _found(self, rows: Sequence[Row], notice: str) -> Found:
        unusual = [row for row in rows if row["actor"] is not None]
        matching = (optional_integer(unusual[0], "matching") or 0) if unusual else 0
        newest = moment_of(optional_number(rows[0], "newest_s"))
        return Found(
            sections=(
                Section(
                    key="patterns",
                    title=self.SECTIONS["patterns"],
                    records=tuple(map(self._record, unusual)),
                    empty=f"no account over {self._options.per_hour} an hour or "
                    f"{self._options.addresses} addresses; last entry {minute(newest)}",
                    more=matching - len(unusual),
                ),
            ),
            numbers={
                "suspicious_accounts": (float(matching), ""),
                "sign_ins_1h": (float(integer(rows[0], "hour_logins")), ""),
            },
            words=f"{several(matching, 'account signs', 'accounts sign')} in unusually"
            if matching
            else "",
            condition=Condition.DEGRADED if matching else Condition.FINE,
            notices=(notice,) if notice else (),
        )

    def _record(self, row: Row) -> Record:
        logins, refreshes = integer(row, "logins"), integer(row, "refreshes")
        addresses = integer(row, "addresses")
        limits = self._options
        said = [
            words
            for words, over in (
                (f"{logins} sign-ins", logins > limits.per_hour),
                (f"{refreshes} refreshes", refreshes > limits.per_hour),
                (f"{addresses} addresses", addresses > limits.addresses),
            )
            if over
        ]
        return Record(
            id=foreign(row["actor"]).text,
            title=foreign(row["actor"]),
            condition=Condition.DEGRADED,
            state=Foreign(", ".join(said)),
            at=moment_of(optional_number(row, "last_s")),
            details=(
                ("sign-ins", count(logins)),
                ("refreshes", count(refreshes)),
                ("addresses", count(addresses)),
                ("first", minute(moment_of(optional_number(row, "first_s")))),
            ),
        )


class AdminEntries:
    """What administrators did to accounts, by the auth server's log."""

    SECTIONS: ClassVar[Mapping[str, str]] = {
        "auth_admin": "Account changes by administrators, 24 h"
    }
    UNITS: ClassVar[Mapping[str, str]] = {"auth_admin_actions_24h": "count"}

    def __init__(self, options: AuthOptions) -> None:
        self._audit = Relation(schema=options.schema, name="audit_log_entries")

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        columns = ("id", "payload", "created_at", "ip_address")
        sight = await sight_of(ask, self._audit, columns, SCHEMA)
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        actions = Constant.texts(_ADMIN_ACTIONS)
        rows = await ask.rows(
            statement("auth_admin_entries", audit=quoted(self._audit), actions=actions, most=_MOST)
        )
        matching = integer(rows[0], "matching") if rows else 0
        return Found(
            sections=(
                Section(
                    key="auth_admin",
                    title=self.SECTIONS["auth_admin"],
                    records=tuple(map(_entry, rows)),
                    empty="no entry in 24 h",
                    more=matching - len(rows),
                ),
            ),
            numbers={"auth_admin_actions_24h": (float(matching), "")},
        )


def _entry(row: Row) -> Record:
    about = foreign(row["about"])
    return Record(
        id=foreign(row["id"]).text,
        title=about or foreign(row["action"]),
        condition=Condition.NOTABLE,
        state=foreign(row["action"]),
        at=moment_of(optional_number(row, "at_s")),
        details=(
            ("by", foreign(row["actor"]) or NOTHING),
            ("from", foreign(row["ip"]) or NOTHING),
        ),
        change=True,
    )
