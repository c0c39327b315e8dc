"""What autovacuum still has to do, transaction numbers, and settings near their limits."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from providers.errors import ProviderError
from providers.postgres.amounts import count, minute, percent, when
from providers.postgres.parts import Ask, Found, why, worst
from providers.postgres.rows import Row, flag, foreign, integer, optional_integer, optional_number
from providers.postgres.statements import statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_MOST: Final = 20
_MOST_DATABASES: Final = 10
_LEAST_DEAD: Final = 10_000
_OVERDUE: Final = 2.0
"""Times its own threshold that a table may have dead rows before it is worth a colour."""

_ALL_NUMBERS: Final = 2_147_483_647
_WORRYING: Final = 1_000_000_000
_GRAVE: Final = 1_600_000_000
"""At this age PostgreSQL 14 and later drop all cost limits to save themselves."""

_NEAR: Final = 0.8


class DeadTuples:
    """Rows that wait for vacuum."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"vacuum": "Dead rows and autovacuum"}
    UNITS: ClassVar[Mapping[str, str]] = {"dead_tuples": "count", "dead_tuples_percent": "%"}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("dead_tuples", most=_MOST))
        dead = (optional_integer(rows[0], "all_dead") or 0) if rows else 0
        live = (optional_integer(rows[0], "all_live") or 0) if rows else 0
        listed = [row for row in rows if (optional_integer(row, "dead") or 0) > 0]
        records = tuple(map(_table, listed))
        off = bool(rows) and not flag(rows[0], "autovacuum")
        share = (100.0 * dead / (dead + live), "") if dead + live else (None, "there are no rows")
        return Found(
            sections=(
                Section(
                    key="vacuum",
                    title=self.SECTIONS["vacuum"],
                    records=records,
                    empty="no table has dead rows",
                ),
            ),
            numbers={"dead_tuples": (float(dead), ""), "dead_tuples_percent": share},
            words="autovacuum is off" if off else "",
            condition=Condition.DEGRADED if off else worst([one.condition for one in records]),
            notices=("autovacuum is switched off for the whole server",) if off else (),
        )


def _table(row: Row) -> Record:
    dead, live = optional_integer(row, "dead") or 0, optional_integer(row, "live") or 0
    threshold = optional_number(row, "threshold") or 0.0
    overdue = dead >= _LEAST_DEAD and dead > _OVERDUE * threshold
    off = row["switched_off"] is True
    state = "autovacuum off for it" if off else "overdue" if overdue else "ok"
    return Record(
        id=str(integer(row, "id")),
        title=Foreign(f"{foreign(row['schema']).text}.{foreign(row['name']).text}"),
        condition=Condition.NOTABLE if overdue or off else Condition.FINE,
        state=Foreign(state),
        at=when(optional_number(row, "vacuumed_s")),
        details=(
            ("dead rows", count(dead)),
            ("share", percent(dead, dead + live)),
            ("due at", count(threshold)),
            ("last vacuum", minute(when(optional_number(row, "vacuumed_s")))),
            ("last analyze", minute(when(optional_number(row, "analyzed_s")))),
        ),
    )


class TransactionAges:
    """How far each database is from the end of its transaction numbers."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"transaction_ages": "Age of transaction numbers"}
    UNITS: ClassVar[Mapping[str, str]] = {"xid_age": "count", "xid_percent": "%"}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("transaction_ages", most=_MOST_DATABASES))
        oldest = max((_age(row) for row in rows), default=0)
        records = tuple(map(_database, rows))
        near = oldest >= _WORRYING
        return Found(
            sections=(
                Section(
                    key="transaction_ages",
                    title=self.SECTIONS["transaction_ages"],
                    records=records,
                ),
            ),
            numbers={
                "xid_age": (float(oldest), ""),
                "xid_percent": (100.0 * oldest / _ALL_NUMBERS, ""),
            },
            words=f"transaction numbers {percent(oldest, _ALL_NUMBERS)} used" if near else "",
            condition=worst([record.condition for record in records]),
        )


def _age(row: Row) -> int:
    return max(integer(row, "transactions"), integer(row, "multixacts"))


def _database(row: Row) -> Record:
    age, freeze_at = _age(row), integer(row, "freeze_at")
    condition, state = Condition.FINE, "ok"
    if age >= _GRAVE:
        condition, state = Condition.BROKEN, "about to refuse writes"
    elif age >= _WORRYING:
        condition, state = Condition.DEGRADED, "autovacuum does not keep up"
    elif age > 2 * freeze_at:
        condition, state = Condition.NOTABLE, "waits to be frozen"
    return Record(
        id=foreign(row["name"]).text,
        title=foreign(row["name"]),
        condition=condition,
        state=Foreign(state),
        details=(
            ("transactions", count(integer(row, "transactions"))),
            ("multixacts", count(integer(row, "multixacts"))),
            ("of all numbers", percent(age, _ALL_NUMBERS)),
            ("frozen from", count(freeze_at)),
        ),
    )


class Limits:
    """How much of what the settings allow is in use, and sequences that end."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"limits": "Settings near their limits"}
    UNITS: ClassVar[Mapping[str, str]] = {"limits_worst_percent": "%"}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("limits"))
        sequences, notices = await _sequences(ask)
        usable = [row for row in rows if (optional_integer(row, "allowed") or 0) > 0]
        records = tuple(_limit(row, "") for row in usable) + tuple(
            _limit(row, "sequence ") for row in sequences
        )
        full = max((_share(row) for row in (*usable, *sequences)), default=None)
        near = [record.title.text for record in records if record.condition is not Condition.FINE]
        return Found(
            sections=(
                Section(
                    key="limits",
                    title=self.SECTIONS["limits"],
                    records=tuple(sorted(records, key=lambda one: one.condition is Condition.FINE)),
                ),
            ),
            numbers={
                "limits_worst_percent": (None, "the server does not say")
                if full is None
                else (100.0 * full, "")
            },
            words=f"near its limit: {', '.join(near)}" if near else "",
            condition=worst([record.condition for record in records]),
            notices=notices,
        )


async def _sequences(ask: Ask) -> tuple[Sequence[Row], tuple[str, ...]]:
    try:
        return await ask.rows(statement("sequences", most=_MOST)), ()
    except ProviderError as error:
        return (), (f"sequences: {why(error)}",)


def _share(row: Row) -> float:
    return (optional_integer(row, "used") or 0) / max(1, integer(row, "allowed"))


def _limit(row: Row, prefix: str) -> Record:
    used, allowed = optional_integer(row, "used"), integer(row, "allowed")
    name = foreign(row["name"])
    near = _share(row) >= _NEAR
    # All workers busy is what a large table does; it ends by itself.
    grave = near and name.text != "autovacuum_max_workers"
    condition = Condition.DEGRADED if grave else Condition.NOTABLE if near else Condition.FINE
    return Record(
        id=f"{prefix}{name.text}",
        title=Foreign(f"{prefix}{name.text}"),
        condition=condition,
        state=percent(used, allowed),
        details=(("used", count(used)), ("allowed", count(allowed))),
    )
