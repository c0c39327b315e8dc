"""Everything that is worth knowing of a database and changes slowly, as one source."""

import asyncio
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock
from providers.postgres.depth_growth import DatabaseGrowth
from providers.postgres.depth_indexes import ColumnStatistics, IndexUse, UnusedIndexes
from providers.postgres.depth_replication import Slots, Standbys, WriteAheadLog
from providers.postgres.depth_role import OwnRole
from providers.postgres.depth_sessions import Connections, LockWaits
from providers.postgres.depth_statements import SlowStatements
from providers.postgres.depth_tables import TableSizes
from providers.postgres.depth_upkeep import DeadTuples, Limits, TransactionAges
from providers.postgres.options import DatabaseOptions
from providers.postgres.parts import Part
from providers.postgres.past import Past
from providers.postgres.thorough import ThoroughSource


class DepthOptions(Struct, frozen=True, kw_only=True):
    """What to look at."""

    schemas: tuple[str, ...] = ("public",)
    """Whose tables and indexes are listed (A:75-82)."""

    tables: int = 20
    statements: int = 10
    indexes: int = 20
    capacity_bytes: float | None = None
    """The space the database has, which SQL does not tell."""


def depth_source(
    spec: SourceSpec,
    database: DatabaseOptions,
    options: DepthOptions,
    clock: Clock,
    turn: asyncio.Lock,
    past: Past,
) -> ThoroughSource:
    """A source over all parts; see `ThoroughSource`."""
    parts: tuple[Part, ...] = (
        LockWaits(),
        Connections(),
        DatabaseGrowth(spec.id, options.capacity_bytes, past),
        TableSizes(spec.id, options.schemas, options.tables, past),
        SlowStatements(options.statements),
        UnusedIndexes(options.schemas, options.indexes),
        IndexUse(options.schemas, options.indexes),
        Slots(),
        Standbys(),
        WriteAheadLog(),
        DeadTuples(),
        TransactionAges(),
        Limits(),
        ColumnStatistics(options.schemas),
        OwnRole(),
    )
    return ThoroughSource(spec, database, clock, parts, turn)


_PARTS: Final = (
    LockWaits,
    Connections,
    DatabaseGrowth,
    TableSizes,
    SlowStatements,
    UnusedIndexes,
    IndexUse,
    Slots,
    Standbys,
    WriteAheadLog,
    DeadTuples,
    TransactionAges,
    Limits,
    ColumnStatistics,
    OwnRole,
)


def depth_units() -> Mapping[str, str]:
    """Unit of every number by name, but for the sizes of single tables."""
    return {name: unit for part in _PARTS for name, unit in part.UNITS.items()}
