"""How far an upgrade or the setup of a project is; pure.

Source: `GET /v1/projects/{ref}/upgrade/status`.
"""

from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.system_readings import Condition, Record
from providers.text import EMPTY, Foreign

_UNDER_WAY: Final = 0
_FAILED: Final = 1
_DONE: Final = 2
_CONDITIONS: Final = {
    _UNDER_WAY: Condition.DEGRADED,
    _FAILED: Condition.BROKEN,
    _DONE: Condition.FINE,
}


class Upgrade(Struct, frozen=True, kw_only=True):
    """The newest upgrade of PostgreSQL, as far as there was one."""

    status: int | None
    """The vendor's number; None when no upgrade is known."""

    target: Foreign = EMPTY
    progress: Foreign = EMPTY
    error: Foreign = EMPTY
    began: Foreign = EMPTY


def upgrade_of(fields: Fields) -> Upgrade:
    """What the vendor tells of the upgrade.

    Raises:
        BadAnswer: It is something else.
    """
    told = fields.optional_fields("databaseUpgradeStatus")
    if told is None:
        return Upgrade(status=None)
    return Upgrade(
        status=told.integer("status"),
        target=Foreign(f"PostgreSQL {told.number('target_version'):g}"),
        progress=told.text("progress", EMPTY),
        error=told.text("error", EMPTY),
        began=told.text("initiated_at", EMPTY),
    )


def upgrade_record(upgrade: Upgrade) -> Record:
    """The upgrade as a row."""
    failed = bool(upgrade.error)
    known = (
        _CONDITIONS.get(upgrade.status, Condition.UNKNOWN)
        if upgrade.status is not None
        else (Condition.FINE)
    )
    return Record(
        id="upgrade",
        title=upgrade.target or Foreign("no upgrade is known"),
        condition=Condition.BROKEN if failed else known,
        state=upgrade.error or upgrade.progress,
        details=(("began", upgrade.began),),
    )
