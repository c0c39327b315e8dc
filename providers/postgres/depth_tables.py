"""Sizes of the schema's tables and how they grow (A:75-82, A:266)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import quote

from msgspec import Struct

from providers.postgres.amounts import count, growth, seconds, several, size
from providers.postgres.counters import FIRST_LOOK, Figure
from providers.postgres.parts import Ask, Found
from providers.postgres.past import Past, Sample
from providers.postgres.rows import Row, foreign, integer, optional_integer
from providers.postgres.statements import Constant, statement
from providers.readings import SourceId
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

REACH_S: Final = 7 * 86_400.0
"""Growth is told against last week (A:75-82), or what is kept since."""

_SHORTEST_S: Final = 3_600.0
"""Nothing is said of a day from less than this."""

_ASK_AGAIN_S: Final = 3_600.0
_DAY_S: Final = 86_400.0


class Table(Struct, frozen=True, kw_only=True):
    """One table as it is now."""

    id: str
    name: Foreign
    bytes: int | None
    index_bytes: int | None
    rows: int | None

    @property
    def metric(self) -> str:
        """What its size is called in the past; plain ASCII whatever the table's name."""
        return f"table_bytes:{quote(self.name.text, safe='._$')[:200]}"


class _Before(Struct, frozen=True, kw_only=True):
    asked: datetime
    sample: Sample | None


class TableSizes:
    """The largest tables.

    Args:
        source: Whose past is asked for.
        schemas: Where they are.
        most: How many are measured.
        past: Where their sizes of last week are.
    """

    SECTIONS: ClassVar[Mapping[str, str]] = {"tables": "Table sizes"}
    UNITS: ClassVar[Mapping[str, str]] = {
        "tables_bytes": "bytes",
        "tables_growth_bytes_per_day": "bytes",
    }

    def __init__(self, source: SourceId, schemas: Sequence[str], most: int, past: Past) -> None:
        self._source = source
        self._past = past
        self._schemas = tuple(schemas)
        self._sql = statement("table_sizes", schemas=Constant.texts(schemas), most=most)
        self._before: dict[str, _Before] = {}
        self._last: dict[str, Sample] = {}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(self._sql)
        tables = [_table(row) for row in rows]
        now = ask.at.at
        earlier = {table.id: await self._earlier(table, now) for table in tables}
        last, self._last = self._last, _samples(tables, now)
        since = {key: sample or last.get(key) for key, sample in earlier.items()}
        more = integer(rows[0], "matching") - len(rows) if rows else 0
        total = sum(table.bytes or 0 for table in tables)
        return Found(
            sections=(self._section(tables, since, now, max(0, more)),),
            numbers={
                "tables_bytes": (float(total), ""),
                "tables_growth_bytes_per_day": _per_day(tables, since, now),
                **{table.metric: _bytes(table) for table in tables},
            },
            words=f"{several(len(tables), 'table')} {size(total)}" if tables else "",
        )

    async def _earlier(self, table: Table, now: datetime) -> Sample | None:
        known = self._before.get(table.id)
        if known is None or (now - known.asked).total_seconds() >= _ASK_AGAIN_S:
            sample = await self._past.earlier(self._source, table.metric, REACH_S)
            known = self._before[table.id] = _Before(asked=now, sample=sample)
        return known.sample

    def _section(
        self,
        tables: Sequence[Table],
        since: Mapping[str, Sample | None],
        now: datetime,
        more: int,
    ) -> Section:
        return Section(
            key="tables",
            title=self.SECTIONS["tables"],
            records=tuple(_record(table, since[table.id], now) for table in tables),
            empty=f"no table in {', '.join(self._schemas)}",
            more=more,
        )


def _table(row: Row) -> Table:
    schema, name = foreign(row["schema"]), foreign(row["name"])
    return Table(
        id=str(integer(row, "id")),
        name=Foreign(f"{schema.text}.{name.text}"),
        bytes=optional_integer(row, "bytes"),
        index_bytes=optional_integer(row, "index_bytes"),
        rows=optional_integer(row, "estimated_rows"),
    )


def _samples(tables: Sequence[Table], now: datetime) -> dict[str, Sample]:
    return {
        table.id: Sample(at=now, value=float(table.bytes))
        for table in tables
        if table.bytes is not None
    }


def _bytes(table: Table) -> Figure:
    if table.bytes is None:
        return None, "the table was dropped while we looked"
    return float(table.bytes), ""


def _record(table: Table, before: Sample | None, now: datetime) -> Record:
    grown = None if before is None or table.bytes is None else table.bytes - before.value
    return Record(
        id=table.id,
        title=table.name,
        condition=Condition.FINE,
        state=size(table.bytes),
        details=(
            ("growth", growth(grown)),
            ("since", Foreign(FIRST_LOOK) if before is None else _since(before.at, now)),
            ("rows, about", count(table.rows)),
            ("indexes", size(table.index_bytes)),
        ),
    )


def _since(at: datetime, now: datetime) -> Foreign:
    return Foreign(f"{at:%Y-%m-%d %H:%MZ}, {seconds((now - at).total_seconds())} ago")


def _per_day(tables: Sequence[Table], since: Mapping[str, Sample | None], now: datetime) -> Figure:
    """Growth of all tables that have a past of an hour at least."""
    grown, known = 0.0, False
    for table in tables:
        before = since[table.id]
        if before is None or table.bytes is None:
            continue
        passed_s = (now - before.at).total_seconds()
        if passed_s >= _SHORTEST_S:
            grown += (table.bytes - before.value) * _DAY_S / passed_s
            known = True
    return (grown, "") if known else (None, "needs sizes that are an hour old")
