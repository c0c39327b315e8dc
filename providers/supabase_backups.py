"""Supabase: the backups of a project, and how old the last good one is.

One request an hour: daily backups are made once a day, and physical ones every few minutes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.harvest import Harvest
from providers.numbers import Number
from providers.supabase_parts import SYSTEM, Part
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.vendor import clock_words, entries, sort_out

METRICS: Final = ("backup_age_s", "backups_failed", "backups_completed")
MOST_SHOWN: Final = 30

CONDITIONS: Final = {
    "COMPLETED": Condition.FINE,
    "FAILED": Condition.BROKEN,
    "PENDING": Condition.NOTABLE,
    "REMOVED": Condition.FINE,
    "ARCHIVED": Condition.FINE,
    "CANCELLED": Condition.NOTABLE,
}
_RESTORABLE: Final = frozenset({"COMPLETED"})
"""What could be gone back to; an archived or removed one is out of reach."""


class Backup(Struct, frozen=True, kw_only=True):
    """One backup."""

    id: str
    status: Foreign
    physical: bool
    made_at: datetime


class Physical(Struct, frozen=True, kw_only=True):
    """How far back and how near to now one can go to any instant (PITR)."""

    enabled: bool
    earliest: datetime | None
    latest: datetime | None


def backup_of(fields: Fields) -> Backup:
    """A backup.

    Raises:
        BadAnswer: It lacks its state or its time.
    """
    return Backup(
        id=fields.word("id"),
        status=fields.text("status"),
        physical=fields.optional_flag("is_physical_backup") or False,
        made_at=fields.moment_iso("inserted_at"),
    )


def physical_of(fields: Fields) -> Physical:
    """The reach of PITR.

    Raises:
        BadAnswer: It does not say whether it is on.
    """
    data = fields.optional_fields("physical_backup_data")
    return Physical(
        enabled=fields.flag("pitr_enabled"),
        earliest=_epoch(data, "earliest_physical_backup_date_unix"),
        latest=_epoch(data, "latest_physical_backup_date_unix"),
    )


def _epoch(data: Fields | None, name: str) -> datetime | None:
    seconds = data.optional_integer(name) if data is not None else None
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadAnswer(SYSTEM, "list backups", f"$..{name}: not a time in seconds") from None


def last_good(backups: Sequence[Backup], physical: Physical) -> datetime | None:
    """The newest instant one could go back to; None when there is none."""
    found = [each.made_at for each in backups if each.status.text in _RESTORABLE]
    if physical.enabled and physical.latest is not None:
        found.append(physical.latest)
    return max(found, default=None)


def condition_of(newest_first: Sequence[Backup], good: datetime | None) -> Condition:
    """Nothing to go back to, or a newest backup that failed, is trouble to come.

    How old is too old is a matter of rules over `backup_age_s`.
    """
    if good is None:
        return Condition.DEGRADED
    if not newest_first:
        return Condition.FINE
    newest = CONDITIONS.get(newest_first[0].status.text, Condition.UNKNOWN)
    return Condition.DEGRADED if newest is Condition.BROKEN else newest


class SupabaseBackups(Part):
    """The backups of one project."""

    async def read(self) -> Harvest:
        """Ask for the list.

        Raises:
            ProviderError: Supabase did not give it.
        """
        operation = "list backups"
        answer = await self._get(operation, "/database/backups")
        listed = entries(answer.value, "backups", SYSTEM, operation)
        found = sort_out(listed, backup_of, "backup")
        backups = sorted(found.readable(), key=lambda one: one.made_at, reverse=True)
        physical = physical_of(Fields(answer.value, SYSTEM, operation))
        good = last_good(backups, physical)
        payload = SystemReading(
            system=SYSTEM,
            condition=condition_of(backups, good),
            summary=_summary(good, physical, answer.at.at),
            sections=_sections(backups, physical),
            notices=(found.notice,) if found.notice else (),
        )
        figures = (
            Number(
                metric="backup_age_s",
                value=None if good is None else max(0.0, (answer.at.at - good).total_seconds()),
                unit="s",
                reason="there is no completed backup",
            ),
            Number(metric="backups_failed", value=_counted(backups, "FAILED"), unit="count"),
            Number(metric="backups_completed", value=_counted(backups, "COMPLETED"), unit="count"),
        )
        return Harvest(payload=payload, numbers=self._readings(figures, answer.at), at=answer.at)


def _counted(backups: Sequence[Backup], status: str) -> int:
    return sum(each.status.text == status for each in backups)


def _summary(good: datetime | None, physical: Physical, now: datetime) -> Foreign:
    if good is None:
        return Foreign("no completed backup: there is nothing to go back to")
    hours = max(0.0, (now - good).total_seconds()) / 3600
    age = f"{hours:.0f} h" if hours >= 1 else f"{hours * 60:.0f} min"
    kind = "point in time" if physical.enabled else "daily"
    return Foreign(f"last good one {age} old ({clock_words(good)}), {kind}")


def _sections(backups: Sequence[Backup], physical: Physical) -> tuple[Section, ...]:
    shown = tuple(map(_record, backups[:MOST_SHOWN]))
    listed = Section(
        key="backups",
        title="Backups",
        records=shown,
        empty="none is listed; free projects have none",
        more=len(backups) - len(shown),
    )
    return (listed, _pitr_section(physical))


def _pitr_section(physical: Physical) -> Section:
    def shown(at: datetime | None) -> Foreign:
        return Foreign("" if at is None else clock_words(at))

    records = (
        Record(
            id="pitr",
            title=Foreign("any instant"),
            condition=Condition.FINE,
            state=Foreign("on"),
            at=physical.latest,
            details=(("from", shown(physical.earliest)), ("to", shown(physical.latest))),
        ),
    )
    return Section(
        key="pitr",
        title="Point-in-time recovery",
        records=records if physical.enabled else (),
        empty="off: only whole backups can be gone back to",
    )


def _record(backup: Backup) -> Record:
    return Record(
        id=backup.id,
        title=Foreign("physical backup" if backup.physical else "daily backup"),
        condition=CONDITIONS.get(backup.status.text, Condition.UNKNOWN),
        state=backup.status,
        at=backup.made_at,
    )
