"""Who tries to get in, who gets in oddly, and who uses or gains power, as one source."""

import asyncio
from collections.abc import Mapping
from typing import Final

from providers.base import SourceSpec
from providers.clock import Clock
from providers.postgres.auth_accounts import Sessions, Suspended
from providers.postgres.auth_elevated import Elevated, NewAdministrators
from providers.postgres.auth_failed import FailedByAddress
from providers.postgres.auth_options import AuthOptions
from providers.postgres.auth_patterns import AdminEntries, SignInPatterns
from providers.postgres.options import DatabaseOptions
from providers.postgres.parts import Part
from providers.postgres.thorough import ThoroughSource
from providers.system_readings import Condition

_PARTS: Final = (
    FailedByAddress,
    SignInPatterns,
    Elevated,
    NewAdministrators,
    AdminEntries,
    Sessions,
    Suspended,
)


def auth_security_source(
    spec: SourceSpec,
    database: DatabaseOptions,
    options: AuthOptions,
    clock: Clock,
    turn: asyncio.Lock,
) -> ThoroughSource:
    """A source over all parts; see `ThoroughSource`. What it can not see makes it unknown."""
    parts: list[Part] = [
        FailedByAddress(options.failed, options.failed_per_address),
        SignInPatterns(options),
        AdminEntries(options),
        Sessions(options),
        Suspended(options),
    ]
    if options.administrators is not None:
        parts.insert(2, NewAdministrators(options.administrators))
    if options.elevated is not None:
        parts.insert(2, Elevated(options.elevated))
    return ThoroughSource(spec, database, clock, parts, turn, blind=Condition.UNKNOWN)


def auth_units() -> Mapping[str, str]:
    """Unit of every number by name."""
    return {name: unit for part in _PARTS for name, unit in part.UNITS.items()}
