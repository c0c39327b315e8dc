"""Rules for what systems name besides accounts: databases, secrets, paths."""

from collections.abc import Iterator

from tui.config.model_api_budget import ApiBudgetSystem
from tui.config.model_business import BusinessSystem
from tui.config.model_domains import DomainsSystem
from tui.config.model_scripts import ScriptsSystem
from tui.config.model_system import SystemSetting
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, unknown


def outside(scope: Scope, path: Path, setting: SystemSetting) -> Iterator[Finding]:
    """What is wrong with one system, by its kind."""
    if isinstance(setting, BusinessSystem):
        yield from _business(scope, path, setting)
    elif isinstance(setting, ScriptsSystem):
        yield from _scripts(path, setting)
    elif isinstance(setting, ApiBudgetSystem):
        known = scope.config.accounts
        for place, name in enumerate(setting.accounts):
            yield from unknown((*path, "accounts", place), "account", name, known, ("accounts",))
    elif isinstance(setting, DomainsSystem) and not (setting.hosts or setting.mail):
        yield Finding(path=path, reason="nothing to look at: name hosts or mail", at_key=True)


def _business(scope: Scope, path: Path, setting: BusinessSystem) -> Iterator[Finding]:
    yield from _database(scope, path, setting)
    if setting.endpoint is not None:
        yield from scope.secret((*path, "endpoint", "secret"), setting.endpoint.secret)
    for name, each in setting.numbers.items():
        at = (*path, "numbers", name)
        if (each.sql is None) is (each.path is None):
            yield Finding(path=at, reason="a number has sql or path, one of them", at_key=True)
        elif each.sql is not None and setting.database is None:
            yield Finding(path=(*at, "sql"), reason="the system names no database", at_key=True)
        elif each.path is not None and setting.endpoint is None:
            yield Finding(path=(*at, "path"), reason="the system has no endpoint", at_key=True)
    if setting.lists and setting.database is None:
        yield Finding(path=(*path, "lists"), reason="the system names no database", at_key=True)


def _database(scope: Scope, path: Path, setting: BusinessSystem) -> Iterator[Finding]:
    if setting.database is None:
        return
    databases = scope.workspace.databases
    about = (*scope.at, "databases")
    at = (*path, "database")
    yield from unknown(at, "database", setting.database, databases, about)
    found = databases.get(setting.database)
    if setting.environment is None:
        yield Finding(path=at, reason="environment: says in which environment", at_key=True)
    elif found is not None and setting.environment not in found.environments:
        yield Finding(path=at, reason=f"this database is not in {setting.environment}")


def _scripts(path: Path, setting: ScriptsSystem) -> Iterator[Finding]:
    for name, each in setting.scripts.items():
        if not each.argv[0].startswith(("/", "~/")):
            reason = "write the whole path of the program, or one from ~/ on"
            yield Finding(path=(*path, "scripts", name, "argv", 0), reason=reason)
    folders = {("folder",): setting.folder} | {
        ("backups", name, "folder"): each.folder for name, each in setting.backups.items()
    }
    for tail, folder in folders.items():
        if not folder.startswith(("/", "~/")):
            yield Finding(path=(*path, *tail), reason="write a whole path, or one from ~/ on")
    for name, kept in setting.backups.items():
        if kept.critical_s < kept.warning_s:
            reason = "critical comes after warning: give it the longer time"
            yield Finding(path=(*path, "backups", name, "critical"), reason=reason, at_key=True)
