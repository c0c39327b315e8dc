"""Indexes that nobody uses, how tables are read, and the planner's statistics (A:92-101, B:183)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from providers.postgres.amounts import (
    NOTHING,
    count,
    fraction,
    minute,
    percent,
    several,
    size,
    when,
)
from providers.postgres.parts import Ask, Found
from providers.postgres.rows import (
    Row,
    flag,
    foreign,
    integer,
    optional_integer,
    optional_number,
)
from providers.postgres.statements import Constant, statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_LARGE_ROWS: Final = 10_000
"""Reading a smaller table as a whole is what the planner rightly does."""

_READ_OVER: Final = 10
"""A table that was read whole this often is read so as a habit."""

_MOST_COLUMNS: Final = 200


class UnusedIndexes:
    """Indexes that were never scanned, and broken ones."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"unused_indexes": "Unused indexes"}
    UNITS: ClassVar[Mapping[str, str]] = {
        "unused_indexes": "count",
        "unused_index_bytes": "bytes",
        "invalid_indexes": "count",
    }

    def __init__(self, schemas: Sequence[str], most: int) -> None:
        self._sql = statement("unused_indexes", schemas=Constant.texts(schemas), most=most)

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(self._sql)
        unused = [row for row in rows if flag(row, "valid")]
        broken = len(rows) - len(unused)
        matching = integer(rows[0], "matching") if rows else 0
        total = sum(optional_integer(row, "bytes") or 0 for row in unused)
        return Found(
            sections=(
                Section(
                    key="unused_indexes",
                    title=self.SECTIONS["unused_indexes"],
                    records=tuple(map(_unused, rows)),
                    empty="every index was scanned since the statistics were reset",
                    more=matching - len(rows),
                ),
            ),
            numbers={
                "unused_indexes": (float(matching - broken), ""),
                "unused_index_bytes": (float(total), ""),
                "invalid_indexes": (float(broken), ""),
            },
            words=several(broken, "invalid index", "invalid indexes") if broken else "",
            condition=Condition.NOTABLE if broken else Condition.FINE,
        )


def _unused(row: Row) -> Record:
    valid = flag(row, "valid")
    return Record(
        id=str(integer(row, "id")),
        title=_dotted(row, "schema", "name"),
        condition=Condition.FINE if valid else Condition.NOTABLE,
        state=Foreign("never scanned" if valid else "invalid: slows writes, serves no query"),
        details=(
            ("size", size(optional_integer(row, "bytes"))),
            ("table", foreign(row["table_name"])),
            ("scans", count(optional_integer(row, "scans"))),
        ),
    )


class IndexUse:
    """Whether tables are read through their indexes: what "index usage" means."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"index_use": "Index use"}
    UNITS: ClassVar[Mapping[str, str]] = {}

    def __init__(self, schemas: Sequence[str], most: int) -> None:
        self._sql = statement("index_use", schemas=Constant.texts(schemas), most=most)

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(self._sql)
        since = when(optional_number(rows[0], "stats_reset_s")) if rows else None
        return Found(
            sections=(
                Section(
                    key="index_use",
                    title=f"{self.SECTIONS['index_use']} since {minute(since)}"
                    if since
                    else self.SECTIONS["index_use"],
                    records=tuple(map(_use, rows)),
                    empty="no table was read",
                    more=integer(rows[0], "matching") - len(rows) if rows else 0,
                ),
            )
        )


def _use(row: Row) -> Record:
    whole = optional_integer(row, "whole_scans")
    through = optional_integer(row, "index_scans") or 0
    live = optional_integer(row, "live_rows") or 0
    read = optional_integer(row, "whole_rows")
    poor = live >= _LARGE_ROWS and (whole or 0) > through and (read or 0) > _READ_OVER * live
    return Record(
        id=str(integer(row, "id")),
        title=_dotted(row, "schema", "name"),
        condition=Condition.NOTABLE if poor else Condition.FINE,
        state=Foreign("mostly read whole" if poor else "ok"),
        details=(
            ("by index", percent(through, (whole or 0) + through)),
            ("index scans", count(through)),
            ("whole scans", count(whole)),
            ("rows read whole", count(read)),
            ("rows, about", count(live)),
        ),
    )


class ColumnStatistics:
    """The runbook's own query: the planner's statistics, which are not index use."""

    SECTIONS: ClassVar[Mapping[str, str]] = {
        "column_statistics": "Planner statistics of columns (not index use)"
    }
    UNITS: ClassVar[Mapping[str, str]] = {}

    def __init__(self, schemas: Sequence[str]) -> None:
        self._schemas = ", ".join(schemas)
        self._sql = statement(
            "column_statistics", schemas=Constant.texts(schemas), most=_MOST_COLUMNS
        )

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(self._sql)
        tables, readable = integer(rows[0], "tables"), integer(rows[0], "readable")
        found = tuple(row for row in rows if row["name"] is not None)
        if not found and readable < tables:
            blind = (
                f"the view shows only tables this role may SELECT from, and it may {readable} of "
                f"{tables}; GRANT SELECT on those worth knowing, or leave this list empty"
            )
            return Found(sections=(self._section((), blind=blind),))
        return Found(sections=(self._section(found),), notices=self._notices(tables, readable))

    def _section(self, rows: Sequence[Row], blind: str = "") -> Section:
        return Section(
            key="column_statistics",
            title=self.SECTIONS["column_statistics"],
            records=tuple(map(_column, rows)),
            empty=f"no table in {self._schemas} was analysed yet",
            blind=blind,
            more=(optional_integer(rows[0], "matching") or 0) - len(rows) if rows else 0,
        )

    @staticmethod
    def _notices(tables: int, readable: int) -> tuple[str, ...]:
        if readable >= tables:
            return ()
        return (
            f"planner statistics: of {readable} of {tables} tables, this role may not SELECT "
            "from the others",
        )


def _column(row: Row) -> Record:
    table = _dotted(row, "schema", "name")
    title = Foreign(f"{table.text}.{foreign(row['column_name']).text}")
    return Record(
        id=title.text,
        title=title,
        condition=Condition.FINE,
        details=(
            ("n_distinct", fraction(optional_number(row, "n_distinct"))),
            ("correlation", fraction(optional_number(row, "correlation"))),
            ("nulls", percent(optional_number(row, "nulls"), 1) or NOTHING),
        ),
    )


def _dotted(row: Row, schema: str, name: str) -> Foreign:
    return Foreign(f"{foreign(row[schema]).text}.{foreign(row[name]).text}")
