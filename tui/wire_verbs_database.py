"""The verbs on sessions of databases, and the databases that other verbs write to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from actions.database.family import SessionFamily
from actions.database.ground import Ground, Grounds
from tui.wire_databases import database_options
from tui.wire_names import database_id
from tui.wire_watches import checks_of

if TYPE_CHECKING:
    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from providers.postgres.options import DatabaseOptions
    from tui.config.model import Config, Database, DatabaseEnvironment, Workspace
    from tui.wire_clients import Clients


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """One family; none where there is no database."""
    del apis
    found = grounds(config, shared)
    return [SessionFamily(found, clock)] if found.all else []


def grounds(config: Config, shared: Clients) -> Grounds:
    """Every database in every environment, as the actions' login reaches it."""
    return Grounds(_grounds(config, shared))


def _grounds(config: Config, shared: Clients) -> Iterator[Ground]:
    for name, workspace in config.workspaces.items():
        for key, database in workspace.databases.items():
            for environment, place in database.environments.items():
                yield Ground(
                    workspace=name,
                    environment=environment,
                    production=workspace.environments[environment].production,
                    database=key,
                    title=database.title,
                    options=action_options(database, place, shared),
                    source=database_id(name, environment, key),
                    own_login=place.actions is not None,
                    watchers=(place.user,) if place.user else (),
                    protected=workspace.actions.database.protected_roles,
                    watches=tuple(_watches(name, workspace, environment, key)),
                )


def action_options(
    database: Database, place: DatabaseEnvironment, shared: Clients
) -> DatabaseOptions:
    """How a database is reached for an action: as its own login, where there is one."""
    options = database_options(database, place, shared)
    login = place.actions
    if login is None:
        return options
    if login.dsn is not None:
        return replace(options, dsn=shared.secrets[login.dsn], password=None)
    password = shared.secrets[login.password] if login.password else None
    return replace(options, user=login.user or "", password=password, dsn=None)


def _watches(name: str, workspace: Workspace, environment: str, database: str) -> Iterator[str]:
    """The checks of what depends on it."""
    for service, setting in workspace.services.items():
        if database in setting.depends_on:
            yield from checks_of(name, workspace, environment, service)
