"""Supabase: sign-ins that were refused in the last five minutes, by address.

The database's audit table knows no failed sign-in (it has no action for one); only the log of the
auth server does: `auth_logs` with a status from 400 on. One question a minute. A refused renewal of
a session counts too: it goes to the same path.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock
from providers.fields import Fields
from providers.group_numbers import grouped_readings
from providers.harvest import Harvest
from providers.http import Api
from providers.numbers import Number
from providers.parts import worst
from providers.supabase_analytics import LOGS, analytics_rows, bounds
from providers.supabase_parts import SYSTEM, Part
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import sort_out

BY_ADDRESS: Final = "failed_sign_ins_by_address"
METRICS: Final = ("failed_sign_ins", "failed_sign_ins_worst_ip", BY_ADDRESS)
WINDOW: Final = timedelta(minutes=5)
LIMIT: Final = 50
"""Addresses of one answer; the question below ends with it."""

MANY: Final = 100
"""More refusals than this of one address in the window are an attack (runbook A:284)."""

SQL: Final = (
    "select metadata.remote_addr as ip, count(*) as attempts from auth_logs "
    "cross join unnest(metadata) as metadata where metadata.path = '/token' "
    "and safe_cast(metadata.status as int64) >= 400 "
    "group by ip order by attempts desc limit 50"
)


class Attempts(Struct, frozen=True, kw_only=True):
    """How often one address was refused."""

    address: Foreign
    count: int

    @property
    def condition(self) -> Condition:
        """Whether that is more than people mistype."""
        return Condition.DEGRADED if self.count > MANY else Condition.FINE


def attempts_of(row: Fields) -> Attempts:
    """One row.

    Raises:
        BadAnswer: It has no count.
    """
    return Attempts(address=row.text("ip", EMPTY), count=row.integer("attempts"))


class SupabaseSignIns(Part):
    """Refused sign-ins of one project.

    Args:
        spec: Name and cadence.
        ref: The project's reference.
        api: The account's client; shared, and closed by whoever made it.
        clock: Tells until when to ask.
    """

    def __init__(self, spec: SourceSpec, ref: str, api: Api, clock: Clock) -> None:
        super().__init__(spec, ref, api)
        self._clock = clock

    async def read(self) -> Harvest:
        """Ask for the last five minutes.

        Raises:
            ProviderError: Supabase did not tell.
        """
        operation = "count refused sign-ins"
        end = self._clock.now().at
        params = (("sql", SQL), *bounds(end - WINDOW, end))
        answer = await self._get(operation, LOGS, params)
        rows = analytics_rows(answer.value, operation)
        found = sort_out(rows[:LIMIT], attempts_of, "address")
        worst_first = sorted(found.readable(), key=lambda one: -one.count)
        cut = f"only the {LIMIT} worst addresses are counted" if len(rows) >= LIMIT else ""
        payload = SystemReading(
            system=SYSTEM,
            condition=worst([one.condition for one in worst_first]),
            summary=_summary(worst_first),
            sections=(_section(worst_first),),
            notices=tuple(filter(None, (found.notice, cut))),
        )
        figures = (
            Number(metric="failed_sign_ins", value=_total(worst_first), unit="count"),
            Number(
                metric="failed_sign_ins_worst_ip",
                value=max((one.count for one in worst_first if one.address), default=0),
                unit="count",
            ),
        )
        named = [(one.address.text, float(one.count)) for one in worst_first if one.address]
        groups = grouped_readings(self._spec.id, BY_ADDRESS, "count", answer.at, named)
        numbers = (*self._readings(figures, answer.at), *groups)
        return Harvest(payload=payload, numbers=numbers, at=answer.at)


def _total(attempts: Sequence[Attempts]) -> int:
    return sum(one.count for one in attempts)


def _summary(worst_first: Sequence[Attempts]) -> Foreign:
    if not worst_first:
        return Foreign("no sign-in was refused in 5 minutes")
    first = worst_first[0]
    address = first.address.line(45) or "an unknown address"
    return Foreign(f"{_total(worst_first)} refused in 5 minutes, {first.count} from {address}")


def _section(worst_first: Sequence[Attempts]) -> Section:
    records = tuple(
        Record(
            id=one.address.line(60) or "unknown",
            title=one.address or Foreign("address unknown"),
            condition=one.condition,
            state=Foreign(f"{one.count} refused"),
        )
        for one in worst_first
    )
    return Section(
        key="addresses",
        title="Refused sign-ins by address, 5 minutes",
        records=records,
        empty="no sign-in was refused in 5 minutes",
    )
