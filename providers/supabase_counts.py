"""Supabase: how many requests the APIs of a project took in the last hour.

One request every few minutes. Counting is the vendor's, and late by minutes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.harvest import Harvest
from providers.numbers import Number
from providers.supabase_analytics import analytics_rows
from providers.supabase_parts import SYSTEM, Part
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.vendor import clock_words, sort_out

SERVICES: Final = ("auth", "rest", "realtime", "storage")
METRICS: Final = ("api_requests", *(f"{name}_requests" for name in SERVICES))
INTERVAL: Final = "1hr"
MOST_SHOWN: Final = 12
"""More would push what comes after it off the screen; the sum is in the numbers."""


class Bucket(Struct, frozen=True, kw_only=True):
    """What came in within a few minutes, by service."""

    at: datetime
    requests: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """Of all services."""
        return sum(count for _, count in self.requests)


def bucket_of(fields: Fields) -> Bucket:
    """One bucket.

    Raises:
        BadAnswer: A count or its time is missing.
    """
    return Bucket(
        at=fields.moment_iso("timestamp"),
        requests=tuple((name, fields.number(f"total_{name}_requests")) for name in SERVICES),
    )


class SupabaseCounts(Part):
    """Requests of one project by service."""

    async def read(self) -> Harvest:
        """Ask for the last hour.

        Raises:
            ProviderError: Supabase did not tell.
        """
        operation = "read API counts"
        params = [("interval", INTERVAL)]
        answer = await self._get(operation, "/analytics/endpoints/usage.api-counts", params)
        rows = analytics_rows(answer.value, operation)
        found = sort_out(rows, bucket_of, "count")
        buckets = sorted(found.readable(), key=lambda one: one.at, reverse=True)
        figures = tuple(_figures(buckets))
        payload = SystemReading(
            system=SYSTEM,
            condition=Condition.FINE if buckets else Condition.UNKNOWN,
            summary=_summary(buckets),
            sections=(_section(buckets),),
            notices=(found.notice,) if found.notice else (),
        )
        return Harvest(payload=payload, numbers=self._readings(figures, answer.at), at=answer.at)


def _sums(buckets: Sequence[Bucket]) -> dict[str, float]:
    return {
        name: sum(dict(bucket.requests)[name] for bucket in buckets)
        for name in (SERVICES if buckets else ())
    }


def _figures(buckets: Sequence[Bucket]) -> list[Number]:
    sums = _sums(buckets)
    why = "the vendor counted nothing for the last hour"
    total = sum(sums.values()) if sums else None
    return [
        Number(metric="api_requests", value=total, unit="count", reason=why),
        *(
            Number(metric=f"{name}_requests", value=sums.get(name), unit="count", reason=why)
            for name in SERVICES
        ),
    ]


def _summary(buckets: Sequence[Bucket]) -> Foreign:
    if not buckets:
        return Foreign("nothing was counted for the last hour")
    parts = (f"{name} {count:,.0f}" for name, count in _sums(buckets).items())
    return Foreign(f"requests in the last hour: {', '.join(parts)}")


def _section(buckets: Sequence[Bucket]) -> Section:
    shown = tuple(map(_record, buckets[:MOST_SHOWN]))
    return Section(
        key="requests",
        title="Requests by time",
        records=shown,
        empty="nothing was counted",
        more=len(buckets) - len(shown),
    )


def _record(bucket: Bucket) -> Record:
    return Record(
        id=bucket.at.isoformat(),
        title=Foreign(clock_words(bucket.at)),
        condition=Condition.FINE,
        state=Foreign(f"{bucket.total:,.0f}"),
        at=bucket.at,
        details=tuple((name, Foreign(f"{count:,.0f}")) for name, count in bucket.requests),
    )
