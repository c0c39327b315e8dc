"""What the types alone cannot say: names that lead somewhere, settings that agree."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from tui.config.model import Account, Config, SecretSource, Workspace
from tui.config.problems import Finding, Path
from tui.config.rules_actions import approvals
from tui.config.rules_actions_custom import custom_actions
from tui.config.rules_actions_scripts import script_actions
from tui.config.rules_actions_workflows import workflow_actions
from tui.config.rules_databases import databases
from tui.config.rules_kpis import kpis
from tui.config.rules_maintenance import global_maintenance, maintenance
from tui.config.rules_notices import notices
from tui.config.rules_scope import Scope, absolute, one_of, secret, unknown
from tui.config.rules_services import services
from tui.config.rules_sources import sources
from tui.config.rules_systems import systems
from tui.config.values import is_local, split_url
from tui.keymap import key_problems

_PRINTERS = frozenset({"echo", "printf"})


def findings(config: Config) -> Iterator[Finding]:
    """All that is wrong with settings that are each well-formed."""
    yield from _settings(config)
    yield from global_maintenance(config)
    for found in key_problems(config.keys):
        yield Finding(path=("keys", found.command), reason=found.message, at_key=True)
    for name, source in config.secrets.items():
        yield from _secret_source(("secrets", name), source)
    for name, account in config.accounts.items():
        yield from _account(config, ("accounts", name), account)
    for name, workspace in config.workspaces.items():
        yield from _workspace(Scope(config=config, name=name, workspace=workspace))
        yield from approvals(config, name, workspace)


def _settings(config: Config) -> Iterator[Finding]:
    settings, at = config.settings, ("settings",)
    if settings.default_workspace is not None:
        path = (*at, "default_workspace")
        known = config.workspaces
        yield from unknown(path, "workspace", settings.default_workspace, known, ("workspaces",))
    if settings.default_environment is not None:
        names = {name for each in config.workspaces.values() for name in each.environments}
        path = (*at, "default_environment")
        about = ("workspaces",)
        word = settings.default_environment
        yield from unknown(path, "environment", word, sorted(names), about, named=False)
    yield from absolute((*at, "shared_folder"), settings.shared_folder)
    history = settings.history
    if not history.keep_raw_s <= history.keep_minutes_s <= history.keep_hours_s:
        reason = "the coarser grain is kept longer: keep_raw, then keep_minutes, then keep_hours"
        yield Finding(path=(*at, "history"), reason=reason, at_key=True)


def _secret_source(path: Path, source: SecretSource) -> Iterator[Finding]:
    choices = ("env", "file", "command", "keyring", "credential")
    yield from one_of(path, source.given, choices)
    yield from absolute((*path, "file"), source.file)
    if source.command is None:
        return
    program = source.command[0]
    if not program or ("/" in program and not program.startswith(("/", "~/"))):
        reason = "name the program alone, or its whole path from / or ~/ on"
        yield Finding(path=(*path, "command", 0), reason=reason)
    if program.rpartition("/")[2] in _PRINTERS:
        reason = "a command that prints what is written here hides no secret"
        yield Finding(path=(*path, "command"), reason=reason)


def _account(config: Config, path: Path, account: Account) -> Iterator[Finding]:
    yield from secret(config, (*path, "secret"), account.secret)
    yield from secret(config, (*path, "action_secret"), account.action_secret)
    yield from absolute((*path, "ca_file"), account.ca_file)
    if account.team is not None and account.kind != "vercel":
        yield Finding(path=(*path, "team"), reason="only Vercel has teams", at_key=True)
    if not account.url:
        reason = "needs base_url: each account of this kind has its own address"
        yield Finding(path=path, reason=reason, at_key=True)
    yield from _encrypted((*path, "base_url"), account.base_url)


def _encrypted(path: Path, url: str | None) -> Iterator[Finding]:
    """A finding when a credential would go out in clear."""
    parts = split_url(url) if url is not None else None
    if parts is not None and parts.scheme != "https" and not is_local(parts.hostname or ""):
        yield Finding(path=path, reason="a credential goes out in clear: write https://")


def _workspace(scope: Scope) -> Iterator[Finding]:
    yield from services(scope)
    yield from sources(scope)
    yield from databases(scope)
    yield from systems(scope)
    yield from kpis(scope)
    yield from maintenance(scope)
    yield from notices(scope)
    yield from script_actions(scope)
    yield from custom_actions(scope)
    yield from workflow_actions(scope)
    yield from _pages(scope)
    yield from _people(scope)
    yield from _references(scope)


def _pages(scope: Scope) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, page in scope.workspace.status_pages.items():
        path = (*scope.at, "status_pages", name, "url")
        if page.url in first:
            yield Finding(path=path, reason=f"the same page as {first[page.url]}")
        first.setdefault(page.url, name)


def _people(scope: Scope) -> Iterator[Finding]:
    workspace = scope.workspace
    labels = [severity.label for severity in workspace.severities]
    yield from _twice((*scope.at, "severities"), "label", labels)
    levels = [step.level for step in workspace.escalation]
    yield from _twice((*scope.at, "escalation"), "level", levels)


def _twice(path: Path, key: str, words: list[str]) -> Iterator[Finding]:
    counts = Counter(words)
    for index, word in enumerate(words):
        if counts[word] > 1 and index != words.index(word):
            yield Finding(path=(*path, index, key), reason="given twice")


def _references(scope: Scope) -> Iterator[Finding]:
    """Every citation of the lists, and documents that lie nowhere."""
    for key, entries in _lists(scope.workspace).items():
        for index, entry in enumerate(entries):
            yield from scope.citation((*scope.at, key, index), entry.runbook)
    for index, document in enumerate(scope.workspace.documents):
        given = tuple(key for key in ("path", "url") if getattr(document, key) is not None)
        yield from one_of((*scope.at, "documents", index), given, ("path", "url"))


class _Cited(Protocol):
    @property
    def runbook(self) -> str | None: ...


def _lists(workspace: Workspace) -> Mapping[str, Sequence[_Cited]]:
    return {
        "severities": workspace.severities,
        "contacts": workspace.contacts,
        "escalation": workspace.escalation,
        "dashboards": workspace.dashboards,
        "links": workspace.links,
        "documents": workspace.documents,
    }
