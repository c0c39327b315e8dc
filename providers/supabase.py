"""Supabase: whether a project runs, is well, takes writes, and has room on its disk.

Four requests at once a read, at most one of them for something that is not there: a project that
is paused is asked nothing more. Its own token may do up to 120 requests a minute and project.
"""

import asyncio
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.errors import ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.numbers import Number
from providers.parts import tried
from providers.reach import Target, unreachable
from providers.supabase_mapping import (
    Disk,
    Insight,
    Project,
    ReadOnly,
    Service,
    disk_of,
    project_of,
    read_only_of,
    service_of,
)
from providers.supabase_parts import SYSTEM, Part, blindness
from providers.supabase_records import (
    disk_record,
    project_record,
    read_only_record,
    service_record,
)
from providers.supabase_upgrade import Upgrade, upgrade_of, upgrade_record
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.vendor import Sorted, entries, sort_out

SERVICES: Final = ("db", "pooler", "auth", "rest", "realtime", "storage")
METRICS: Final = (
    "disk_used_percent",
    "disk_used_bytes",
    "disk_size_bytes",
    "services_unhealthy",
    "read_only",
    "paused",
    "reachable",
    "api_budget_used_percent",
)
_REACH_S: Final = 5.0
_NOT_TRIED: Final = "no address to try is configured"


class SupabaseOptions(Struct, frozen=True, kw_only=True):
    """Which project, and how to look at it."""

    ref: str
    """Its reference, twenty letters."""

    services: tuple[str, ...] = SERVICES
    """Whose health is asked for."""

    reach: tuple[Target, ...] = ()
    """Host and port by which our own products reach the database; one that answers is enough."""


class Asked(Struct, frozen=True, kw_only=True):
    """The answers behind the project's own: each one, or the error in its place."""

    health: Sorted[Service] | ProviderError
    read_only: ReadOnly | ProviderError
    disk: Disk | ProviderError
    upgrade: Upgrade | ProviderError | None
    unreachable: str | None


class SupabaseSource(Part):
    """The state of one project.

    Args:
        spec: Name and cadence.
        options: What to ask for.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: SupabaseOptions, api: Api) -> None:
        super().__init__(spec, options.ref, api)
        self._services = options.services
        self._reach = options.reach

    async def read(self) -> Harvest:
        """Ask for the project, then for all that stands behind it at once.

        Raises:
            ProviderError: Supabase did not tell of the project; what fails besides is a list that
                says why it is blind.
        """
        operation = "read project"
        answer = await self._get(operation, "")
        project = project_of(Fields(answer.value, SYSTEM, operation))
        asked = None if project.asleep else await self._ask(project)
        insight = _insight(project, asked)
        payload = SystemReading(
            system=SYSTEM,
            condition=insight.condition,
            summary=insight.summary,
            sections=tuple(self._sections(project, asked)),
            notices=_notices(asked),
        )
        numbers = self._readings(self._figures(insight, asked), answer.at)
        return Harvest(payload=payload, numbers=numbers, at=answer.at)

    async def _ask(self, project: Project) -> Asked:
        moving = project.status.text == "UPGRADING"
        health, read_only, disk, upgrade, out_of_reach = await asyncio.gather(
            tried(self._health()),
            tried(self._read_only()),
            tried(self._disk()),
            tried(self._upgrade()) if moving else _nothing(),
            self._try_address(),
        )
        return Asked(
            health=health,
            read_only=read_only,
            disk=disk,
            upgrade=upgrade,
            unreachable=out_of_reach,
        )

    async def _health(self) -> Sorted[Service]:
        operation = "read health"
        wanted = [("services", name) for name in self._services]
        answer = await self._get(operation, "/health", wanted)
        found = sort_out(entries(answer.value, "", SYSTEM, operation), service_of, "service")
        found.readable()
        return found

    async def _read_only(self) -> ReadOnly:
        operation = "read read-only mode"
        answer = await self._get(operation, "/readonly")
        return read_only_of(Fields(answer.value, SYSTEM, operation))

    async def _disk(self) -> Disk:
        operation = "read disk"
        answer = await self._get(operation, "/config/disk/util")
        return disk_of(Fields(answer.value, SYSTEM, operation))

    async def _upgrade(self) -> Upgrade:
        operation = "read upgrade"
        answer = await self._get(operation, "/upgrade/status")
        return upgrade_of(Fields(answer.value, SYSTEM, operation))

    async def _try_address(self) -> str | None:
        """Empty when it answers, why not when it does not, None when there is none to try."""
        return await unreachable(self._reach, _REACH_S) if self._reach else None

    def _sections(self, project: Project, asked: Asked | None) -> Iterator[Section]:
        yield Section(
            key="project", title="Project", records=(project_record(project, self._console),)
        )
        if asked is None:
            yield Section(key="services", title="Services", blind=f"{project.asleep}: not asked")
            return
        yield _services_section(asked.health)
        yield _single("writes", "Writes", asked.read_only, "database_readonly_config_read")
        yield _single("disk", "Disk", asked.disk, "infra_disk_config_read")
        if asked.upgrade is not None:
            yield _single("upgrade", "Upgrade", asked.upgrade, "project_admin_read, database_read")
        if asked.unreachable is not None:
            yield _reach_section(asked.unreachable)

    def _figures(self, insight: Insight, asked: Asked | None) -> Iterator[Number]:
        why = insight.project.asleep
        disk, mode = insight.disk, insight.read_only
        blind = why or "" if asked is None else _why(asked.disk)
        percent = disk.used_percent if disk else None
        yield Number(metric="disk_used_percent", value=percent, unit="%", reason=blind)
        used, size = (disk.used_bytes, disk.size_bytes) if disk else (None, None)
        yield Number(metric="disk_used_bytes", value=used, unit="bytes", reason=blind)
        yield Number(metric="disk_size_bytes", value=size, unit="bytes", reason=blind)
        yield Number(
            metric="services_unhealthy",
            value=_unhealthy(insight),
            unit="count",
            reason=why if asked is None else _why(asked.health),
        )
        yield Number(
            metric="read_only",
            value=None if mode is None else float(mode.enabled and not mode.lifted),
            unit="",
            reason=why if asked is None else _why(asked.read_only),
        )
        yield Number(metric="paused", value=_paused(insight.project), unit="")
        reached = None if insight.unreachable is None else float(not insight.unreachable)
        yield Number(metric="reachable", value=reached, unit="", reason=why or _NOT_TRIED)
        budget = self._api.budget
        if budget is not None and budget.used_percent is not None:
            yield Number(metric="api_budget_used_percent", value=budget.used_percent, unit="%")


async def _nothing() -> None:
    return None


def _insight(project: Project, asked: Asked | None) -> Insight:
    if asked is None:
        return Insight(project=project)
    return Insight(
        project=project,
        services=asked.health.kept if isinstance(asked.health, Sorted) else None,
        read_only=asked.read_only if isinstance(asked.read_only, ReadOnly) else None,
        disk=asked.disk if isinstance(asked.disk, Disk) else None,
        unreachable=asked.unreachable,
    )


def _notices(asked: Asked | None) -> tuple[str, ...]:
    left_out = asked.health.notice if asked and isinstance(asked.health, Sorted) else ""
    return (left_out,) if left_out else ()


def _services_section(health: Sorted[Service] | ProviderError) -> Section:
    if isinstance(health, ProviderError):
        blind = blindness(health, "project_admin_read")
        return Section(key="services", title="Services", blind=blind)
    records = tuple(service_record(each) for each in health.kept)
    return Section(key="services", title="Services", records=records, empty="none was told of")


def _single(
    key: str, title: str, found: ReadOnly | Disk | Upgrade | ProviderError, permission: str
) -> Section:
    if isinstance(found, ProviderError):
        return Section(key=key, title=title, blind=blindness(found, permission))
    return Section(key=key, title=title, records=(_record(found),))


def _record(found: ReadOnly | Disk | Upgrade) -> Record:
    if isinstance(found, ReadOnly):
        return read_only_record(found)
    return disk_record(found) if isinstance(found, Disk) else upgrade_record(found)


def _reach_section(why: str) -> Section:
    record = Record(
        id="reach",
        title=Foreign("database, from here"),
        condition=Condition.BROKEN if why else Condition.FINE,
        state=Foreign(why or "takes connections"),
    )
    return Section(key="reach", title="Reached from here", records=(record,))


def _unhealthy(insight: Insight) -> int | None:
    if not insight.services:
        return None
    return sum(each.own is Condition.BROKEN for each in insight.services)


def _paused(project: Project) -> float:
    return float(project.status.text in {"INACTIVE", "PAUSING"})


def _why(found: object) -> str:
    return found.reason if isinstance(found, ProviderError) else ""
