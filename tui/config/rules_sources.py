"""Rules for where deploys and workflow runs are read."""

from collections.abc import Iterator

from tui.config.model import Deploys, Runs
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, unknown

_NEEDED = {"vercel": "project", "render": "service_id"}
_BELONGING = {
    "project": "vercel",
    "target": "vercel",
    "branch": "vercel",
    "service_id": "render",
}


def sources(scope: Scope) -> Iterator[Finding]:
    """All that is wrong with the deploys and runs of a workspace."""
    first: dict[tuple[str | None, ...], str] = {}
    for path, service, name, environment in scope.service_environments():
        if environment.deploys is not None:
            at = (*path, "deploys")
            yield from _deploys(scope, at, environment.deploys)
            identity = _identity(environment.deploys, name)
            yield from _again(at, first, identity, f"{service}.{name}")
        if environment.runs is not None:
            at = (*path, "runs")
            yield from _runs(scope, at, environment.runs)
            runs = environment.runs
            identity = (runs.account, runs.repo, runs.workflow, runs.branch)
            yield from _again(at, first, identity, f"{service}.{name}")


def _identity(deploys: Deploys, environment: str) -> tuple[str | None, ...]:
    """What is read: a Vercel project serves several environments, a Render service one."""
    if deploys.project is not None:
        target = deploys.target or ("production" if environment == "production" else "preview")
        return (deploys.account, deploys.project, target, deploys.branch)
    return (deploys.account, deploys.service_id)


def _again(
    path: Path, first: dict[tuple[str | None, ...], str], identity: tuple[str | None, ...], who: str
) -> Iterator[Finding]:
    if identity in first:
        reason = f"the same as in {first[identity]}: each deploy would be listed twice"
        yield Finding(path=path, reason=reason, at_key=True)
    first.setdefault(identity, who)


def _deploys(scope: Scope, path: Path, deploys: Deploys) -> Iterator[Finding]:
    accounts = scope.config.accounts
    fitting = [name for name, each in accounts.items() if each.kind in _NEEDED]
    account = accounts.get(deploys.account)
    at = (*path, "account")
    if account is None:
        yield from unknown(at, "account", deploys.account, fitting, ("accounts",))
    elif account.kind not in _NEEDED:
        reason = f"{account.kind} knows workflow runs, not deploys: name it under runs"
        yield Finding(path=at, reason=reason)
    else:
        yield from _fitting(path, deploys, account.kind)


def _fitting(path: Path, deploys: Deploys, kind: str) -> Iterator[Finding]:
    if getattr(deploys, _NEEDED[kind]) is None:
        yield Finding(path=path, reason=f"{kind} needs {_NEEDED[kind]}", at_key=True)
    for key, owner in _BELONGING.items():
        if owner != kind and getattr(deploys, key) is not None:
            reason = f"{key} belongs to {owner}; the account is of {kind}"
            yield Finding(path=(*path, key), reason=reason, at_key=True)


def _runs(scope: Scope, path: Path, runs: Runs) -> Iterator[Finding]:
    accounts = scope.config.accounts
    fitting = [name for name, each in accounts.items() if each.kind == "github"]
    account = accounts.get(runs.account)
    at = (*path, "account")
    if account is None:
        yield from unknown(at, "account", runs.account, fitting, ("accounts",))
    elif account.kind != "github":
        reason = f"{account.kind} knows deploys, not workflow runs: name it under deploys"
        yield Finding(path=at, reason=reason)
