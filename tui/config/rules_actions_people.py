"""Rules for actions on databases and people: one login, and a database that is there."""

from collections.abc import Iterator

from tui.config.model_actions_database import ActionLogin
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, unknown


def people(scope: Scope) -> Iterator[Finding]:
    """The database of the users has to be one of the workspace's."""
    setting = scope.workspace.actions.people
    if setting is not None:
        path = (*scope.at, "actions", "people", "database")
        known = scope.workspace.databases
        about = (*scope.at, "databases")
        yield from unknown(path, "database", setting.database, known, about)


def action_login(
    scope: Scope, path: Path, login: ActionLogin, *, by_dsn: bool
) -> Iterator[Finding]:
    """What is wrong with the login that actions have for themselves.

    Args:
        scope: Where it stands.
        path: Of the login.
        login: It.
        by_dsn: Whether the database itself is given by a DSN.
    """
    yield from scope.secret((*path, "password"), login.password)
    yield from scope.secret((*path, "dsn"), login.dsn)
    if login.dsn is not None and (login.user is not None or login.password is not None):
        reason = "the dsn says it already: leave one of them out"
        yield Finding(path=(*path, "dsn"), reason=reason, at_key=True)
    elif login.dsn is None and by_dsn:
        reason = "the database is given by a dsn: give one for actions too"
        yield Finding(path=path, reason=reason, at_key=True)
    elif login.dsn is None and login.user is None:
        yield Finding(path=path, reason="user or dsn is missing", at_key=True)
