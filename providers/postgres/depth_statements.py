"""The slowest statements by mean and by total time, where pg_stat_statements is (A:107)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from providers.errors import ProviderError
from providers.postgres.amounts import NOTHING, count, milliseconds, percent
from providers.postgres.extension import Extension, extension_from
from providers.postgres.parts import Ask, Found, refused
from providers.postgres.rows import Row, foreign, integer, optional_integer, optional_number
from providers.postgres.statements import statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

LEAST_CALLS: Final = 5
"""A mean of fewer calls says little: such statements come last."""

HIDDEN: Final = "<insufficient privilege>"
_QUERY_BYTES: Final = 2_000
NOT_INSTALLED: Final = (
    "pg_stat_statements is not installed in this database; CREATE EXTENSION pg_stat_statements "
    "SCHEMA extensions (Supabase: Database, Extensions), with the library in "
    "shared_preload_libraries"
)
_GRANT: Final = "GRANT pg_read_all_stats to the role, and USAGE on the extension's schema"


class SlowStatements:
    """What takes the database's time.

    Args:
        most: How many, by mean and by total each.
    """

    SECTIONS: ClassVar[Mapping[str, str]] = {
        "slow_mean": "Slow statements by mean time",
        "slow_total": "Slow statements by total time",
    }
    UNITS: ClassVar[Mapping[str, str]] = {"slowest_mean_ms": "ms", "statements_known": "count"}

    def __init__(self, most: int) -> None:
        self._most = most

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        extension = extension_from(await ask.rows(statement("statements_extension")))
        if extension is None:
            return self._blind(NOT_INSTALLED, "pg_stat_statements is not installed")
        try:
            rows = await ask.rows(self._sql(extension))
        except ProviderError as error:
            return self._blind(refused(error, _GRANT), error.reason)
        return self._found(rows)

    def _sql(self, extension: Extension) -> str:
        return statement(
            "slow_statements",
            schema=extension.schema,
            total_time=extension.total_time,
            mean_time=extension.mean_time,
            least_calls=LEAST_CALLS,
            query_bytes=_QUERY_BYTES,
            most=self._most,
        )

    def _blind(self, blind: str, reason: str) -> Found:
        return Found(
            sections=tuple(
                Section(key=key, title=title, blind=blind) for key, title in self.SECTIONS.items()
            ),
            numbers=dict.fromkeys(self.UNITS, (None, reason)),
        )

    def _found(self, rows: Sequence[Row]) -> Found:
        by_mean = [row for row in rows if integer(row, "by_mean") <= self._most]
        by_total = sorted(
            (row for row in rows if integer(row, "by_total") <= self._most),
            key=lambda row: integer(row, "by_total"),
        )
        known = integer(rows[0], "known") if rows else 0
        settled = [row for row in by_mean if integer(row, "calls") >= LEAST_CALLS]
        slowest = optional_number(settled[0], "mean_ms") if settled else None
        return Found(
            sections=(self._section("slow_mean", by_mean), self._section("slow_total", by_total)),
            numbers={
                "slowest_mean_ms": (slowest, "" if slowest is not None else "too few calls yet"),
                "statements_known": (float(known), ""),
            },
            words=f"slowest mean {milliseconds(slowest)}" if slowest is not None else "",
            notices=_notices(rows),
        )

    def _section(self, key: str, rows: Sequence[Row]) -> Section:
        return Section(
            key=key,
            title=self.SECTIONS[key],
            records=tuple(_record(row, by_total=key == "slow_total") for row in rows),
            empty="no statement was counted since the statistics were reset",
        )


def _record(row: Row, *, by_total: bool) -> Record:
    mean, total = optional_number(row, "mean_ms"), optional_number(row, "total_ms")
    everything = optional_number(row, "all_ms")
    first, second = (total, mean) if by_total else (mean, total)
    return Record(
        id=f"{integer(row, 'user_id')}/{optional_integer(row, 'query_id')}",
        title=Foreign(foreign(row["query"]).line(_QUERY_BYTES)) or NOTHING,
        condition=Condition.FINE,
        state=milliseconds(first),
        details=(
            ("mean" if by_total else "total", milliseconds(second)),
            ("calls", count(integer(row, "calls"))),
            ("rows", count(optional_integer(row, "returned"))),
            ("share of all time", percent(total, everything)),
            ("role", foreign(row["role"]) or NOTHING),
        ),
    )


def _notices(rows: Sequence[Row]) -> tuple[str, ...]:
    hidden = sum(foreign(row["query"]).text == HIDDEN for row in rows)
    if not hidden:
        return ()
    return (f"{hidden} statements of other roles are hidden: GRANT pg_read_all_stats to the role",)
