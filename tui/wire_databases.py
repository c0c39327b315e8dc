"""The sources of databases: the quick look, and the thorough one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from providers.base import Area, Source, SourceKind, SourceSpec
from providers.clock import Clock
from tui.late_source import LateSource
from tui.wire_clients import Clients, local_file
from tui.wire_names import database_id, depth_id

if TYPE_CHECKING:
    from providers.postgres.options import DatabaseOptions
    from tui.config.model import Database, DatabaseDepth, DatabaseEnvironment, Workspace

SYSTEM: Final = "PostgreSQL"


def database_sources(
    name: str, workspace: Workspace, shared: Clients, clock: Clock
) -> Iterator[Source]:
    """Every source of every database of one workspace; asks nobody."""
    for database_name, database in workspace.databases.items():
        for environment, place in database.environments.items():
            spec = SourceSpec(
                id=database_id(name, environment, database_name),
                workspace=name,
                environment=environment,
                kind=SourceKind.DATABASE,
                title=database.title,
                system=SYSTEM,
                interval_s=place.every_s,
                timeout_s=place.timeout_s,
            )
            make = partial(_database, spec, database, place, shared, clock)
            yield LateSource(spec, "providers.postgres.source", make)
            if database.depth.enabled:
                deep = _depth_spec(name, environment, database_name, database)
                deeper = partial(_depth, deep, database, place, shared, clock)
                yield LateSource(deep, "providers.postgres.depth", deeper)


def _depth_spec(workspace: str, environment: str, name: str, database: Database) -> SourceSpec:
    return SourceSpec(
        id=depth_id(workspace, environment, name),
        workspace=workspace,
        environment=environment,
        kind=SourceKind.SYSTEM,
        title=f"{database.title} in depth",
        system=SYSTEM,
        interval_s=database.depth.every_s,
        timeout_s=database.depth.timeout_s,
        area=Area.DATABASE,
        unseen_interval_s=max(database.depth.every_s, database.depth.unseen_every_s),
    )


def database_options(
    database: Database, place: DatabaseEnvironment, shared: Clients
) -> DatabaseOptions:
    """How a database is reached in one environment, and what is asked of it."""
    return replace(reached(place, shared), long_query_s=database.long_query_s, basis=database.basis)


def reached(place: DatabaseEnvironment, shared: Clients) -> DatabaseOptions:
    """How a database is reached in one environment."""
    from providers.postgres.options import DatabaseOptions

    return DatabaseOptions(
        host=place.host or "",
        port=place.port,
        database=place.database,
        user=place.user or "",
        password=shared.secrets[place.password] if place.password else None,
        dsn=shared.secrets[place.dsn] if place.dsn else None,
        tls=place.tls,
        ca_file=local_file(place.ca_file),
        pooler=place.pooler,
        statement_timeout_s=place.statement_timeout_s,
        row_limit=place.row_limit,
    )


def _database(
    spec: SourceSpec,
    database: Database,
    place: DatabaseEnvironment,
    shared: Clients,
    clock: Clock,
) -> Source:
    from providers.postgres.source import DatabaseSource

    return DatabaseSource(spec, database_options(database, place, shared), clock)


def _depth(
    spec: SourceSpec,
    database: Database,
    place: DatabaseEnvironment,
    shared: Clients,
    clock: Clock,
) -> Source:
    from providers.postgres.depth import DepthOptions, depth_source

    wanted: DatabaseDepth = database.depth
    options = DepthOptions(
        schemas=wanted.schemas,
        tables=wanted.tables,
        statements=wanted.statements,
        indexes=wanted.indexes,
        capacity_bytes=None if wanted.capacity_gib is None else wanted.capacity_gib * 1024**3,
    )
    of_database = str(spec.id).removesuffix(".depth")
    return depth_source(
        spec,
        database_options(database, place, shared),
        options,
        clock,
        shared.turn(of_database),
        shared.past,
    )
