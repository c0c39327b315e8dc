"""Who used elevated privileges and who got them, from the product's own tables (A:452-481)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from msgspec.structs import replace

from providers.postgres.amounts import NOTHING, several
from providers.postgres.amounts import when as moment_of
from providers.postgres.auth_failed import column
from providers.postgres.auth_options import Administrators, ElevatedActions
from providers.postgres.auth_sight import UNSEEN, Sight, blind, quoted, sight_of
from providers.postgres.parts import Ask, Found
from providers.postgres.rows import Row, flag, foreign, integer, optional_integer, optional_number
from providers.postgres.statements import Constant, statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_MOST: Final = 50


class Elevated:
    """Actions with elevated privileges."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"elevated": "Elevated-privilege actions, 24 h"}
    UNITS: ClassVar[Mapping[str, str]] = {"elevated_actions_24h": "count"}

    def __init__(self, options: ElevatedActions) -> None:
        self._options = options

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        given = self._options
        columns = [given.at, given.action, given.actor, *filter(None, [given.details])]
        sight = await sight_of(ask, given.relation, columns, "elevated:")
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        rows = await ask.rows(
            statement(
                "elevated_actions",
                relation=quoted(given.relation),
                at=column(given.at),
                action=column(given.action),
                actor=column(given.actor),
                details=column(given.details),
                actions=Constant.texts(given.actions),
                most=_MOST,
            )
        )
        if not flag(rows[0], "ever") and (hidden := sight.none_seen(given.relation)):
            return blind(self, hidden, UNSEEN)
        return self._found([row for row in rows if row["action"] is not None], sight)

    def _found(self, rows: Sequence[Row], sight: Sight) -> Found:
        matching = integer(rows[0], "matching") if rows else 0
        return Found(
            sections=(
                Section(
                    key="elevated",
                    title=self.SECTIONS["elevated"],
                    records=_actions(rows),
                    empty=f"none of {', '.join(self._options.actions)}",
                    more=matching - len(rows),
                ),
            ),
            numbers={"elevated_actions_24h": (float(matching), "")},
            words=f"{several(matching, 'elevated action')} in 24 h" if matching else "",
            condition=Condition.NOTABLE if matching else Condition.FINE,
            notices=(sight.notice,) if sight.notice else (),
        )


def _actions(rows: Sequence[Row]) -> tuple[Record, ...]:
    """Newest first; what is alike to the microsecond is numbered from the oldest."""
    alike: Counter[str] = Counter()
    records = []
    for row in reversed(rows):
        record = _action(row)
        alike[record.id] += 1
        again = alike[record.id]
        records.append(replace(record, id=f"{record.id}/{again}") if again > 1 else record)
    return tuple(reversed(records))


def _action(row: Row) -> Record:
    action, actor = foreign(row["action"]), foreign(row["actor"])
    at_s = optional_number(row, "at_s")
    return Record(
        id=f"{at_s}/{action.text}/{actor.text}",
        title=action,
        condition=Condition.NOTABLE,
        at=moment_of(at_s),
        details=(
            ("by", actor or NOTHING),
            ("details", Foreign(foreign(row["details"]).line(400)) or NOTHING),
        ),
        change=True,
    )


class NewAdministrators:
    """Who became an administrator."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"new_admins": "New administrators, 24 h"}
    UNITS: ClassVar[Mapping[str, str]] = {"new_admins_24h": "count", "admins": "count"}

    def __init__(self, options: Administrators) -> None:
        self._options = options

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        given = self._options
        columns = [given.at, given.account, given.role, *filter(None, [given.by])]
        sight = await sight_of(ask, given.relation, columns, "admins:")
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        rows = await ask.rows(
            statement(
                "new_admins",
                relation=quoted(given.relation),
                at=column(given.at),
                account=column(given.account),
                role=column(given.role),
                by=column(given.by),
                roles=Constant.texts(given.roles),
                most=_MOST,
            )
        )
        if not flag(rows[0], "ever") and (hidden := sight.none_seen(given.relation)):
            return blind(self, hidden, UNSEEN)
        return self._found(rows, sight)

    def _found(self, rows: Sequence[Row], sight: Sight) -> Found:
        fresh = [row for row in rows if row["account"] is not None]
        matching = (optional_integer(fresh[0], "matching") or 0) if fresh else 0
        admins = integer(rows[0], "admins")
        return Found(
            sections=(
                Section(
                    key="new_admins",
                    title=self.SECTIONS["new_admins"],
                    records=tuple(map(_administrator, fresh)),
                    empty=f"nobody; {admins} in all",
                    more=matching - len(fresh),
                ),
            ),
            numbers={"new_admins_24h": (float(matching), ""), "admins": (float(admins), "")},
            words=several(matching, "new administrator") if matching else "",
            condition=Condition.NOTABLE if matching else Condition.FINE,
            notices=(sight.notice,) if sight.notice else (),
        )


def _administrator(row: Row) -> Record:
    account = foreign(row["account"])
    return Record(
        id=account.text,
        title=account,
        condition=Condition.NOTABLE,
        state=foreign(row["role"]),
        at=moment_of(optional_number(row, "at_s")),
        details=(("granted by", foreign(row["granted_by"]) or NOTHING),),
        change=True,
    )
