"""Rules for databases: one way in, encrypted and to the right host."""

from collections.abc import Iterator

from tui.config.model import Database, DatabaseEnvironment
from tui.config.problems import Finding, Path
from tui.config.rules_actions_people import action_login, people
from tui.config.rules_scope import Scope, absolute
from tui.config.values import is_local

_NOT_WITH_DSN = ("host", "port", "database", "user", "password")


def databases(scope: Scope) -> Iterator[Finding]:
    """All that is wrong with the databases of a workspace, and with actions on its users."""
    yield from people(scope)
    for name, database in scope.workspace.databases.items():
        path = (*scope.at, "databases", name)
        yield from scope.severity(path, database.severity)
        yield from scope.citation(path, database.runbook)
        yield from _limits(path, database)
        for environment, settings in database.environments.items():
            at = (*path, "environments", environment)
            yield from scope.environment(at, environment, at_key=True)
            known = scope.workspace.environments.get(environment)
            production = known is not None and known.production
            yield from way_in(scope, at, settings, production=production)
            if settings.actions is not None:
                by_dsn = settings.dsn is not None
                yield from action_login(scope, (*at, "actions"), settings.actions, by_dsn=by_dsn)


def way_in(
    scope: Scope, path: Path, settings: DatabaseEnvironment, *, production: bool
) -> Iterator[Finding]:
    """What is wrong with how one database is reached."""
    yield from _reached(scope, path, settings)
    yield from _encrypted(path, settings, production=production)


def _limits(path: Path, database: Database) -> Iterator[Finding]:
    if database.long_query_critical_s < database.long_query_s:
        reason = "shorter than long_query"
        yield Finding(path=(*path, "long_query_critical"), reason=reason)


def _reached(scope: Scope, path: Path, settings: DatabaseEnvironment) -> Iterator[Finding]:
    yield from scope.secret((*path, "password"), settings.password)
    yield from scope.secret((*path, "dsn"), settings.dsn)
    yield from absolute((*path, "ca_file"), settings.ca_file)
    if settings.statement_timeout_s > settings.timeout_s:
        reason = "longer than timeout: the server would work for nobody"
        yield Finding(path=(*path, "statement_timeout"), reason=reason)
    if settings.dsn is not None:
        for key in _NOT_WITH_DSN:
            if key in settings.model_fields_set:
                reason = "the dsn says it already: leave one of them out"
                yield Finding(path=(*path, key), reason=reason, at_key=True)
        return
    if settings.host is None:
        yield Finding(path=path, reason="host or dsn is missing", at_key=True)
        return
    if settings.user is None:
        yield Finding(path=path, reason="user is missing", at_key=True)
    if settings.password is None and not is_local(settings.host):
        yield Finding(path=path, reason="password is missing: name a secret", at_key=True)


def _encrypted(path: Path, settings: DatabaseEnvironment, *, production: bool) -> Iterator[Finding]:
    """TLS that knows whom it talks to, wherever a cable leads (promise P17)."""
    local = settings.dsn is None and settings.host is not None and is_local(settings.host)
    if local or (settings.dsn is None and settings.host is None):
        return
    if settings.tls == "disable":
        reason = "the password would go out in clear: only localhost goes without TLS"
        yield Finding(path=(*path, "tls"), reason=reason)
    elif production and settings.tls != "verify-full":
        reason = "production takes verify-full alone: give ca_file if its authority is private"
        yield Finding(path=(*path, "tls"), reason=reason)
