"""The product's scripts as actions, as the configuration says which is there for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from actions.scripts.family import ScriptFamily
from actions.scripts.places import AskIdentity, Onto, Production, ScriptPlace, Use
from actions.scripts.records import Records
from tui.config.paths import state_dir
from tui.config.production_databases import productions
from tui.wire_databases import reached
from tui.wire_names import database_id, system_id
from tui.wire_scripts import backup_options, script_options

if TYPE_CHECKING:
    from pathlib import Path

    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from providers.postgres.identity import Identity
    from providers.script_mapping import BackupOptions
    from tui.config.model import Config, Workspace
    from tui.config.model_actions_scripts import RestoreUse, ScriptUse
    from tui.config.model_databases import DatabaseEnvironment
    from tui.wire_clients import Clients


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """The one family; empty where no script is there for anything."""
    del apis
    places = tuple(_places(config, shared))
    return [ScriptFamily(places, Records(records_folder()), clock)] if places else []


def records_folder() -> Path:
    """Where runs of scripts are written down."""
    return state_dir() / "scripts"


def _places(config: Config, shared: Clients) -> Iterator[ScriptPlace]:
    for name, workspace in config.workspaces.items():
        told = workspace.actions.scripts
        uses = {
            Use.BACKUP: told.backup,
            Use.VERIFY: told.verify_backup,
            Use.DUMP: told.dump,
        }
        for use, given in uses.items():
            if given is not None:
                yield _place(name, workspace, use, given)
        if told.restore_staging is not None:
            yield _restore(name, config, told.restore_staging, shared)


def _place(
    name: str,
    workspace: Workspace,
    use: Use,
    given: ScriptUse,
    environment: str | None = None,
    onto: Onto | None = None,
) -> ScriptPlace:
    systems = workspace.systems.scripts
    system_name = given.system or next(iter(systems))
    system = systems[system_name]
    spec = next(one.spec for one in script_options(system) if one.spec.name == given.script)
    where = (system.environment or "") if environment is None else environment
    told = workspace.environments.get(where)
    return ScriptPlace(
        workspace=name,
        environment=where,
        # What belongs to no environment is held to the strictest.
        production=told.production if told is not None else True,
        use=use,
        system=system_name,
        title=system.scripts[given.script].title,
        spec=spec,
        backups=_backups(workspace, system_name, given),
        with_file=given.file,
        onto=onto,
        source=str(system_id(name, system.environment, "scripts", system_name)),
    )


def _backups(workspace: Workspace, system: str, given: ScriptUse) -> BackupOptions | None:
    folders = {one.key: one for one in backup_options(workspace.systems.scripts[system])}
    if given.backups is not None:
        return folders[f"backups-{given.backups}"]
    return next(iter(folders.values())) if len(folders) == 1 else None


def _restore(name: str, config: Config, given: RestoreUse, shared: Clients) -> ScriptPlace:
    workspace = config.workspaces[name]
    if given.onto is not None:
        # Described for this alone.
        title, place, source = f"{given.environment} database", given.onto, ""
    else:
        database = workspace.databases[given.database or ""]
        title, place = database.title, database.environments[given.environment]
        source = str(database_id(name, given.environment, given.database or ""))
    onto = Onto(
        environment=given.environment,
        production=workspace.environments[given.environment].production,
        database=title,
        ask=_asker(place, shared),
        productions=tuple(
            Production(title=other, ask=_asker(one, shared), essential=other.startswith(f"{name}/"))
            for other, one in productions(config)
        ),
        source=source,
    )
    return _place(name, workspace, Use.RESTORE, given, given.environment, onto)


def _asker(place: DatabaseEnvironment, shared: Clients) -> AskIdentity:
    options = reached(place, shared)

    async def ask() -> Identity:
        from providers.postgres.identity import identity_of

        return await identity_of(options)

    return ask
