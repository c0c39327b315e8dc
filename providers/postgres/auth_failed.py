"""Failed sign-ins by address (A:111, A:284)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from providers.postgres.amounts import count, several
from providers.postgres.amounts import when as moment_of
from providers.postgres.auth_options import FailedSignIns
from providers.postgres.auth_sight import UNSEEN, blind, quoted, sight_of
from providers.postgres.parts import Ask, Found
from providers.postgres.rows import Row, flag, foreign, integer, optional_integer, optional_number
from providers.postgres.statements import Constant, Identifier, statement
from providers.system_readings import Condition, Record, Section

_MOST: Final = 50
BY_ADDRESS: Final = "failed_sign_ins_5m_by_address"
"""Of each of the worst addresses; one that is not among them counts as having none."""

NOT_RECORDED: Final = (
    "Supabase's audit table has no entry for a failed sign-in; look into the Auth logs (system "
    "supabase), or have the product record them in a table and name it under failed_sign_ins:"
)
_FEW: Final = 10
"""Failed sign-ins from one address in five minutes that people make by mistake."""


class FailedByAddress:
    """Failed sign-ins of five minutes and of an hour, an address each."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"failed_sign_ins": "Failed sign-ins by address"}
    UNITS: ClassVar[Mapping[str, str]] = {
        "failed_sign_ins_5m": "count",
        "failed_sign_ins_5m_worst_ip": "count",
        "failed_sign_ins_1h": "count",
        BY_ADDRESS: "count",
    }

    def __init__(self, options: FailedSignIns | None, limit: int) -> None:
        self._options = options
        self._limit = limit

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        options = self._options
        if options is None:
            # Nothing is wrong with the role: this database simply does not know.
            return blind(self, NOT_RECORDED, "not recorded in the database", Condition.NOTABLE)
        columns = [options.at, options.ip, *filter(None, [options.account])]
        columns += [options.only[0]] if options.only else []
        sight = await sight_of(ask, options.relation, columns, "failed_sign_ins:")
        if sight.blind:
            return blind(self, sight.blind, UNSEEN)
        rows = await ask.rows(_sql(options))
        if not flag(rows[0], "ever") and (hidden := sight.none_seen(options.relation)):
            return blind(self, hidden, UNSEEN)
        return self._found(rows, sight.notice)

    def _found(self, rows: Sequence[Row], notice: str) -> Found:
        listed = [row for row in rows if row["ip"] is not None]
        worst = integer(rows[0], "worst")
        five, hour = integer(rows[0], "all_five_minutes"), integer(rows[0], "all_hour")
        ever = flag(rows[0], "ever")
        return Found(
            sections=(
                Section(
                    key="failed_sign_ins",
                    title=self.SECTIONS["failed_sign_ins"],
                    records=tuple(map(self._record, listed)),
                    empty="none in the last hour"
                    if ever
                    else "none was ever recorded there: check that the product does",
                    more=integer(rows[0], "matching") - len(listed),
                ),
            ),
            numbers={
                "failed_sign_ins_5m": (float(five), ""),
                "failed_sign_ins_5m_worst_ip": (float(worst), ""),
                "failed_sign_ins_1h": (float(hour), ""),
            },
            groups={BY_ADDRESS: tuple(map(_group, listed))},
            words=f"{several(five, 'failed sign-in')} in 5 min" if five else "",
            condition=self._judged(worst),
            notices=(notice,) if notice else (),
        )

    def _judged(self, five_minutes: int) -> Condition:
        if five_minutes > self._limit:
            return Condition.DEGRADED
        return Condition.NOTABLE if five_minutes > _FEW else Condition.FINE

    def _record(self, row: Row) -> Record:
        five = integer(row, "five_minutes")
        address = foreign(row["ip"])
        return Record(
            id=address.text,
            title=address,
            condition=self._judged(five),
            state=count(five),
            at=moment_of(optional_number(row, "last_s")),
            details=(
                ("in 5 min", count(five)),
                ("in 1 h", count(integer(row, "hour"))),
                ("accounts", count(optional_integer(row, "accounts"))),
            ),
        )


def _group(row: Row) -> tuple[str, float]:
    return foreign(row["ip"]).text, float(integer(row, "five_minutes"))


def column(name: str) -> Identifier:
    """A column of the product's table; NULL for one that it does not have."""
    return Identifier(f"f.{Identifier.quoted(name)}" if name else "NULL")


def _sql(options: FailedSignIns) -> str:
    only = Identifier("")
    if options.only is not None:
        name, value = options.only
        only = Identifier(f"AND {column(name)}::text = {Constant.text(value)}")
    return statement(
        "failed_sign_ins",
        relation=quoted(options.relation),
        at=column(options.at),
        ip=column(options.ip),
        account=column(options.account),
        only=only,
        most=_MOST,
    )
