"""How the database as a whole grows, and when that fills the space it has (A:266)."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from providers.postgres.amounts import NOTHING, growth, minute, seconds, size
from providers.postgres.counters import FIRST_LOOK, Figure
from providers.postgres.parts import Ask, Found
from providers.postgres.past import Past, Sample
from providers.postgres.rows import optional_integer
from providers.postgres.statements import statement
from providers.readings import SourceId
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

REACH_S: Final = 30 * 86_400.0
"""The runbook wants monthly trends."""

_SHORTEST_S: Final = 3_600.0
"""Nothing is said of a day from less than this."""

_DAY_S: Final = 86_400.0
_SOON_DAYS: Final = 14.0
_METRIC: Final = "database_bytes"


class DatabaseGrowth:
    """Size of the database against what our history keeps of the last month.

    Args:
        source: Whose past is asked for.
        capacity_bytes: The space it has; None: nobody knows, for SQL does not tell.
        past: Where its earlier sizes are.
    """

    SECTIONS: ClassVar[Mapping[str, str]] = {"growth": "Growth of the database"}
    UNITS: ClassVar[Mapping[str, str]] = {
        _METRIC: "bytes",
        "database_growth_bytes_per_day": "bytes",
        "days_to_full": "days",
    }

    def __init__(self, source: SourceId, capacity_bytes: float | None, past: Past) -> None:
        self._source = source
        self._capacity = capacity_bytes
        self._past = past
        self._last: Sample | None = None

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("database_size"))
        total = optional_integer(rows[0], "bytes") if rows else None
        if total is None:
            return self._found(None, None, ask.at.at)
        before = await self._past.earlier(self._source, _METRIC, REACH_S) or self._last
        self._last = Sample(at=ask.at.at, value=float(total))
        return self._found(float(total), before, ask.at.at)

    def _found(self, total: float | None, before: Sample | None, now: datetime) -> Found:
        per_day = _per_day(total, before, now)
        days = self._days(total, per_day)
        soon = days[0] is not None and days[0] < _SOON_DAYS
        return Found(
            sections=(
                Section(
                    key="growth",
                    title=self.SECTIONS["growth"],
                    records=(self._record(total, before, now, per_day, days),),
                ),
            ),
            numbers={
                _METRIC: (total, "" if total is not None else "the server does not say"),
                "database_growth_bytes_per_day": per_day,
                "days_to_full": days,
            },
            words=f"full in {days[0]:.0f} d" if soon else "",
            condition=Condition.DEGRADED if soon else Condition.FINE,
        )

    def _days(self, total: float | None, per_day: Figure) -> Figure:
        if self._capacity is None:
            return None, "depth: capacity_gib is not configured"
        if total is None or per_day[0] is None:
            return None, per_day[1]
        if total >= self._capacity:
            return 0.0, ""
        if per_day[0] <= 0:
            return None, "it does not grow"
        return (self._capacity - total) / per_day[0], ""

    def _record(
        self,
        total: float | None,
        before: Sample | None,
        now: datetime,
        per_day: Figure,
        days: Figure,
    ) -> Record:
        grown = None if before is None or total is None else total - before.value
        since = Foreign(FIRST_LOOK)
        if before is not None:
            ago = seconds((now - before.at).total_seconds())
            since = Foreign(f"{minute(before.at)}, {ago} ago")
        full = Foreign(f"{days[0]:.0f} d") if days[0] is not None else Foreign(days[1])
        return Record(
            id="database",
            title=Foreign("this database"),
            condition=Condition.FINE,
            state=size(total),
            details=(
                ("growth", growth(grown)),
                ("since", since),
                ("a day", growth(per_day[0])),
                ("space", size(self._capacity) if self._capacity else NOTHING),
                ("full in", full),
            ),
        )


def _per_day(total: float | None, before: Sample | None, now: datetime) -> Figure:
    if total is None:
        return None, "the server does not say"
    passed_s = 0.0 if before is None else (now - before.at).total_seconds()
    if before is None or passed_s < _SHORTEST_S:
        return None, "needs a size that is an hour old"
    return (total - before.value) * _DAY_S / passed_s, ""
