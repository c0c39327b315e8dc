"""What has to agree for scripts as actions; above all that nothing is restored to production."""

from collections.abc import Generator, Iterator

from tui.config.model_actions_scripts import RestoreUse, ScriptUse
from tui.config.model_databases import DatabaseEnvironment
from tui.config.problems import Finding, Path
from tui.config.production_databases import productions
from tui.config.rules_databases import way_in
from tui.config.rules_scope import Scope, one_of, unknown

_NEVER = "nothing is ever restored to production"


def script_actions(scope: Scope) -> Iterator[Finding]:
    """Scripts, folders, environments and databases that are not there, or are production's."""
    told = scope.workspace.actions.scripts
    at = (*scope.at, "actions", "scripts")
    for key in ("backup", "verify_backup", "dump", "restore_staging"):
        use = getattr(told, key)
        if use is not None:
            yield from _use(scope, (*at, key), use)
    if told.restore_staging is not None:
        yield from _restore(scope, (*at, "restore_staging"), told.restore_staging)


def _use(scope: Scope, path: Path, use: ScriptUse) -> Iterator[Finding]:
    systems = scope.workspace.systems.scripts
    about = (*scope.at, "systems", "scripts")
    if use.system is None and len(systems) != 1:
        known = ", ".join(systems) or "none"
        reason = f"say which system the script belongs to; there is {known}"
        yield Finding(path=path, reason=reason, at_key=True, about=(about,))
        return
    name = use.system or next(iter(systems))
    if name not in systems:
        yield from unknown((*path, "system"), "scripts system", name, systems, about)
        return
    system, there = systems[name], (*about, name)
    scripts, folders = (*there, "scripts"), (*there, "backups")
    if use.script not in system.scripts:
        yield from unknown((*path, "script"), "script", use.script, system.scripts, scripts)
    if use.backups is not None and use.backups not in system.backups:
        where = (*path, "backups")
        yield from unknown(where, "folder of backups", use.backups, system.backups, folders)
    elif use.backups is None and use.file and len(system.backups) != 1:
        reason = "say in which folder the file lies: backups"
        yield Finding(path=path, reason=reason, at_key=True, about=(folders,))


def _restore(scope: Scope, path: Path, use: RestoreUse) -> Iterator[Finding]:
    workspace = scope.workspace
    yield from scope.environment((*path, "environment"), use.environment)
    environment = workspace.environments.get(use.environment)
    if environment is not None and environment.production:
        yield Finding(path=(*path, "environment"), reason=_NEVER)
    given = tuple(key for key in ("database", "onto") if getattr(use, key) is not None)
    yield from one_of(path, given, ("database", "onto"))
    place = use.onto
    if place is not None:
        yield from way_in(scope, (*path, "onto"), place, production=False)
    elif use.database is not None:
        place = yield from _named(scope, (*path, "database"), use)
    if place is None:
        return
    for title, other in productions(scope.config):
        if other is not place and _same(place, other):
            reason = f"this is the database of {title}: {_NEVER}"
            yield Finding(path=(*path, *given[:1]), reason=reason)


def _named(
    scope: Scope, path: Path, use: RestoreUse
) -> Generator[Finding, None, DatabaseEnvironment | None]:
    """The database that is named, where there is one."""
    databases, about = scope.workspace.databases, (*scope.at, "databases")
    name = use.database or ""
    if name not in databases:
        yield from unknown(path, "database", name, databases, about)
        return None
    place = databases[name].environments.get(use.environment)
    if place is None:
        reason = f"{name} is not described in {use.environment}: give onto"
        yield Finding(path=path, reason=reason, about=((*about, name, "environments"),))
    return place


def _same(one: DatabaseEnvironment, other: DatabaseEnvironment) -> bool:
    """Whether both lead to one database, as far as the file tells."""
    if one.dsn is not None or other.dsn is not None:
        return one.dsn is not None and one.dsn == other.dsn
    hosts = ((one.host or "").lower().rstrip("."), (other.host or "").lower().rstrip("."))
    return hosts[0] == hosts[1] and one.database == other.database
