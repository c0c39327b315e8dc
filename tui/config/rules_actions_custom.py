"""What has to agree for actions of one's own: places, names, statements, programs, the inverse."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tui.config.model_actions_custom import (
    MEANS,
    CustomAction,
    CustomHttp,
    CustomParameter,
    CustomScript,
    CustomSql,
    CustomVerify,
    VerifyHttp,
    VerifySql,
)
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, absolute, one_of, unknown

_GIVEN: Final = ("environment", "workspace")
_LATER: Final = ("operator", "reason", "request", "incident")
"""Known once it is confirmed: values of statements alone."""

_NUMBERED: Final = re.compile(r"\$(\d+)")


def custom_actions(scope: Scope) -> Iterator[Finding]:
    """All that is wrong with the actions that a workspace describes itself."""
    actions = scope.workspace.actions.custom
    for name, action in actions.items():
        path = (*scope.at, "actions", "custom", name)
        for place, environment in enumerate(action.environments):
            yield from scope.environment((*path, "environments", place), environment)
        given = tuple(key for key in MEANS if getattr(action, key) is not None)
        yield from one_of(path, given, MEANS)
        for parameter_name, parameter in action.parameters.items():
            where = (*path, "parameters", parameter_name)
            yield from _parameter(where, parameter_name, parameter, action)
        yield from _means(scope, path, action)
        if action.verify is not None:
            yield from _verify(scope, (*path, "verify"), action, action.verify)
        yield from _undo(scope, path, name, action)


def _undo(scope: Scope, path: Path, name: str, action: CustomAction) -> Iterator[Finding]:
    actions = scope.workspace.actions.custom
    if action.undo is None:
        return
    where, about = (*path, "undo"), (*scope.at, "actions", "custom")
    other = actions.get(action.undo)
    if other is None:
        yield from unknown(where, "action of your own", action.undo, actions, about)
    elif action.undo == name:
        yield Finding(path=where, reason="an action is not its own inverse")
    elif other.target != action.target:
        yield Finding(
            path=where, reason=f"it is done on {other.target}, this one on {action.target}"
        )
    elif missing := set(action.environments) - set(other.environments):
        reason = f"it is not done in {', '.join(sorted(missing))}"
        yield Finding(path=where, reason=reason)
    if action.no_undo:
        yield Finding(path=(*path, "no_undo"), reason="there is an undo", at_key=True)


def _parameter(
    path: Path, name: str, parameter: CustomParameter, action: CustomAction
) -> Iterator[Finding]:
    from actions.custom.values import checked
    from actions.verbs import Unplannable
    from tui.wire_custom_values import wanted

    if name in {*_GIVEN, *_LATER, action.target}:
        yield Finding(path=path, reason="this name says something else already", at_key=True)
    if parameter.pattern is not None:
        try:
            re.compile(parameter.pattern)
        except re.error as error:
            yield Finding(path=(*path, "pattern"), reason=f"no regular expression: {error}")
            return
    if (parameter.type == "choice") != bool(parameter.choices):
        reason = "a choice needs choices, and only a choice has them"
        yield Finding(path=path, reason=reason, at_key=True)
        return
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and low > high:
        yield Finding(path=(*path, "minimum"), reason="more than maximum")
    if parameter.default:
        try:
            checked((wanted(name, parameter),), {name: parameter.default})
        except Unplannable as error:
            yield Finding(path=(*path, "default"), reason=str(error))


def _means(scope: Scope, path: Path, action: CustomAction) -> Iterator[Finding]:
    if action.http is not None:
        yield from _http(scope, (*path, "http"), action, action.http)
    if action.sql is not None:
        yield from _sql(scope, (*path, "sql"), action, action.sql)
    if action.script is not None:
        yield from _script((*path, "script"), action, action.script)


def _known(action: CustomAction) -> set[str]:
    row = set() if action.target == "none" else {action.target}
    return {*action.parameters, *_GIVEN, *row}


def _places(path: Path, text: str, known: set[str]) -> Iterator[Finding]:
    """Places of a text that no value is for."""
    from actions.custom.templates import names_in

    for name in names_in(text):
        if name not in known:
            there = ", ".join(sorted(known))
            yield Finding(path=path, reason=f"{{{name}}} is no value; there is {there}")


def _http(scope: Scope, path: Path, action: CustomAction, http: CustomHttp) -> Iterator[Finding]:
    from actions.custom.templates import BadTemplate, body_of

    yield from _asked(scope, path, action, http)
    if http.json_body is None:
        return
    yield from _places((*path, "json"), http.json_body, _known(action))
    try:
        body_of(http.json_body)
    except BadTemplate as error:
        yield Finding(path=(*path, "json"), reason=str(error))


def _asked(
    scope: Scope, path: Path, action: CustomAction, http: CustomHttp | VerifyHttp
) -> Iterator[Finding]:
    accounts = scope.config.accounts
    if http.account not in accounts:
        where = (*path, "account")
        yield from unknown(where, "account", http.account, accounts, ("accounts",))
    yield from _places((*path, "path"), http.path, _known(action))
    if "?" in http.path:
        yield Finding(path=(*path, "path"), reason="what follows ? belongs into query")
    for name, text in http.query.items():
        yield from _places((*path, "query", name), text, _known(action))


def _sql(scope: Scope, path: Path, action: CustomAction, sql: CustomSql) -> Iterator[Finding]:
    yield from _database(scope, path, action, sql.database)
    known = {*_known(action), *_LATER}
    for place, one in enumerate(sql.statements):
        where = (*path, "statements", place)
        yield from _statement(where, one.sql, one.values, known)


def _database(scope: Scope, path: Path, action: CustomAction, name: str) -> Iterator[Finding]:
    databases, about = scope.workspace.databases, (*scope.at, "databases")
    where = (*path, "database")
    if name not in databases:
        yield from unknown(where, "database", name, databases, about)
        return
    for environment in action.environments:
        if environment not in databases[name].environments:
            reason = f"it is not described in {environment}"
            yield Finding(path=where, reason=reason, about=((*about, name, "environments"),))


def _statement(
    path: Path, sql: str, values: Iterable[str], known: set[str], *, only_read: bool = False
) -> Iterator[Finding]:
    from actions.database.deeds import refusal_of

    refused = refusal_of(sql)
    word = sql.split(maxsplit=1)[0].lower() if sql.split() else ""
    if not refused and only_read and word not in {"select", "with", "values"}:
        refused = "what is read back is a SELECT"
    if refused:
        yield Finding(path=(*path, "sql"), reason=refused)
    if "{" in sql and any(f"{{{name}}}" in sql for name in known):
        reason = "a statement takes values as $1, $2 alone, and names them in values"
        yield Finding(path=(*path, "sql"), reason=reason)
    given = tuple(values)
    numbers = {int(number) for number in _NUMBERED.findall(sql)}
    if numbers != set(range(1, len(given) + 1)):
        reason = f"it has {_listed(numbers)}, and there are {len(given)} values"
        yield Finding(path=(*path, "values"), reason=reason, at_key=True)
    for place, name in enumerate(given):
        if name not in known:
            there = ", ".join(sorted(known))
            reason = f"no value of this name; there is {there}"
            yield Finding(path=(*path, "values", place), reason=reason)


def _listed(numbers: set[int]) -> str:
    return ", ".join(f"${number}" for number in sorted(numbers)[:20]) or "no $1"


def _script(path: Path, action: CustomAction, script: CustomScript) -> Iterator[Finding]:
    from actions.custom.templates import names_in

    program = script.argv[0]
    yield from absolute((*path, "argv", 0), program)
    yield from absolute((*path, "folder"), script.folder)
    if any(names_in(program)):
        yield Finding(path=(*path, "argv", 0), reason="the program itself takes no value")
    for place, word in enumerate(script.argv[1:], start=1):
        yield from _places((*path, "argv", place), word, _known(action))


def _verify(
    scope: Scope, path: Path, action: CustomAction, verify: CustomVerify
) -> Iterator[Finding]:
    given = tuple(key for key in ("http", "sql") if getattr(verify, key) is not None)
    yield from one_of(path, given, ("http", "sql"))
    if verify.http is not None:
        yield from _asked(scope, (*path, "http"), action, verify.http)
    if verify.sql is not None:
        yield from _verify_sql(scope, (*path, "sql"), action, verify.sql)


def _verify_sql(
    scope: Scope, path: Path, action: CustomAction, sql: VerifySql
) -> Iterator[Finding]:
    yield from _database(scope, path, action, sql.database)
    yield from _statement(path, sql.sql, sql.values, _known(action), only_read=True)
