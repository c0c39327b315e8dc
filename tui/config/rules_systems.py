"""Rules for systems: environments and accounts that exist, and metrics that are really read."""

from collections.abc import Iterator, Mapping

from tui.config.model_auth_security import AuthSecuritySystem
from tui.config.model_kpis import Kpi, MetricSource
from tui.config.model_systems import SystemSetting
from tui.config.problems import Finding, Path
from tui.config.rules_outside import outside
from tui.config.rules_scope import Scope, unknown
from tui.config.suggest import listed, nearest
from tui.wire_systems import WIRES, metrics_of


def systems(scope: Scope) -> Iterator[Finding]:
    """What is wrong with the systems of a workspace, as far as it holds for all kinds.

    An `account` must be of an account kind that fits; a kind names those in `ACCOUNTS` of its
    model, and every further field whose name ends in `secret` names a secret.
    """
    for kind in WIRES:
        for name, setting in _of_kind(scope, kind).items():
            path = (*scope.at, "systems", kind, name)
            if setting.environment is not None:
                yield from scope.environment((*path, "environment"), setting.environment)
            yield from scope.citation(path, setting.runbook)
            yield from _account(scope, path, setting)
            if isinstance(setting, AuthSecuritySystem):
                yield from _database(scope, path, setting)
            yield from outside(scope, path, setting)
            for field in type(setting).model_fields:
                if field == "secret" or field.endswith("_secret"):
                    yield from scope.secret((*path, field), getattr(setting, field))


def _of_kind(scope: Scope, kind: str) -> Mapping[str, SystemSetting]:
    found: Mapping[str, SystemSetting] = getattr(scope.workspace.systems, kind)
    return found


def _account(scope: Scope, path: Path, setting: SystemSetting) -> Iterator[Finding]:
    word = getattr(setting, "account", None)
    if word is None:
        return
    accounts, kinds = scope.config.accounts, type(setting).ACCOUNTS
    fitting = [name for name, each in accounts.items() if each.kind in kinds]
    known = accounts.get(word)
    if known is None:
        yield from unknown((*path, "account"), "account", word, fitting, ("accounts",))
    elif known.kind not in kinds:
        reason = f"an account of {known.kind}; needed is one of {listed(kinds)}"
        yield Finding(path=(*path, "account"), reason=reason, suggestion=nearest(word, fitting))


def _database(scope: Scope, path: Path, setting: AuthSecuritySystem) -> Iterator[Finding]:
    """A system that reads one of the databases does so in an environment the database has."""
    word, known = setting.database, scope.workspace.databases
    about = (*scope.at, "databases")
    database = known.get(word)
    if database is None:
        yield from unknown((*path, "database"), "database", word, known, about)
    elif setting.environment is None and len(database.environments) > 1:
        reason = "environment is missing: this database is reached in several"
        yield Finding(path=path, reason=reason, at_key=True)
    elif setting.environment is not None and setting.environment not in database.environments:
        reason = f"this database is not in {setting.environment}"
        yield Finding(path=(*path, "environment"), reason=reason, about=((*about, word),))


def metric_of_system(scope: Scope, path: Path, source: MetricSource, kpi: Kpi) -> Iterator[Finding]:
    """A KPI's `system:` must lead to a system, one of its parts, and a number of that."""
    word = source.system or ""
    kind, _, tail = word.partition("/")
    name, _, part = tail.partition(".")
    at = (*path, "system")
    setting = _of_kind(scope, kind).get(name) if kind in WIRES else None
    parts = {} if setting is None else metrics_of(kind, setting, scope.workspace)
    if setting is None or part not in parts or word != _system_word(kind, name, part):
        known = tuple(_system_words(scope))
        reason = f"no such system, written kind/name; known: {listed(known)}"
        yield Finding(path=at, reason=reason, suggestion=nearest(word, known))
        return
    if setting.environment not in {None, kpi.environment}:
        yield Finding(path=at, reason=f"this system is in {setting.environment}")
    about = (*scope.at, "systems", kind, name)
    named = (*path, "metric")
    yield from unknown(named, "metric there", source.metric, parts[part], about, named=False)


def _system_words(scope: Scope) -> Iterator[str]:
    """What a KPI may name."""
    for kind in WIRES:
        for name, setting in _of_kind(scope, kind).items():
            for part in metrics_of(kind, setting, scope.workspace):
                yield _system_word(kind, name, part)


def _system_word(kind: str, name: str, part: str) -> str:
    return f"{kind}/{name}.{part}" if part else f"{kind}/{name}"
