"""What the rules of a workspace have in common."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from tui.config.model import Config, ServiceEnvironment, Workspace
from tui.config.problems import Finding, Path
from tui.config.suggest import listed, nearest


class Scope(Struct, frozen=True, kw_only=True):
    """A workspace in its configuration."""

    config: Config
    name: str
    workspace: Workspace

    @property
    def at(self) -> Path:
        """Where the workspace stands."""
        return ("workspaces", self.name)

    def environment(self, path: Path, word: str, *, at_key: bool = False) -> Iterator[Finding]:
        """An environment must be one of the workspace's."""
        about = (*self.at, "environments")
        known = self.workspace.environments
        return unknown(path, "environment", word, known, about, at_key=at_key)

    def severity(self, path: Path, word: str | None) -> Iterator[Finding]:
        """A severity must be a label of the workspace's scheme."""
        if word is not None:
            labels = [severity.label for severity in self.workspace.severities]
            about = (*self.at, "severities")
            yield from unknown((*path, "severity"), "severity", word, labels, about, named=False)

    def citation(self, path: Path, cited: str | None) -> Iterator[Finding]:
        """A citation must name a runbook that some workspace has."""
        books = {name: each.runbook for name, each in self.config.workspaces.items()}
        ids = [book.id for book in books.values() if book is not None]
        if cited is not None and ids and cited.partition(":")[0] not in ids:
            reason = f"no workspace has a runbook of this id; known: {listed(ids)}"
            yield Finding(path=(*path, "runbook"), reason=reason, about=((*self.at, "runbook"),))

    def secret(self, path: Path, word: str | None) -> Iterator[Finding]:
        """A secret must be declared."""
        yield from secret(self.config, path, word)

    def service_environments(self) -> Iterator[tuple[Path, str, str, ServiceEnvironment]]:
        """Every service in every environment: path, service, environment, settings."""
        for service_name, service in self.workspace.services.items():
            for name, environment in service.environments.items():
                path = (*self.at, "services", service_name, "environments", name)
                yield path, service_name, name, environment


def unknown(
    path: Path,
    what: str,
    word: str,
    known: Iterable[str],
    about: Path,
    *,
    named: bool = True,
    at_key: bool = False,
) -> Iterator[Finding]:
    """A finding when `word` is not among the known ones.

    Args:
        path: The setting.
        what: What it names, such as `account`.
        word: The name that is looked for.
        known: All that there are.
        about: Where they are declared.
        named: Whether they are declared as keys of a mapping, so that a broken one can be told
            from a missing one.
        at_key: Whether the name stands as a key.
    """
    names = list(known)
    if word not in names:
        reason = f"no such {what}; known: {listed(names)}"
        meant = nearest(word, names)
        target = (*about, word) if named else about
        yield Finding(path=path, reason=reason, suggestion=meant, about=(target,), at_key=at_key)


def secret(config: Config, path: Path, word: str | None) -> Iterator[Finding]:
    """A finding when a secret is not declared; its name is not repeated, it may be the secret."""
    if word is not None and word not in config.secrets:
        yield Finding(
            path=path,
            reason="no secret of this name is declared under secrets",
            suggestion=nearest(word, config.secrets),
            about=(("secrets", word),),
        )


def absolute(path: Path, text: str | None) -> Iterator[Finding]:
    """A finding when a file is named relative to nobody knows what."""
    if text is not None and not (PurePosixPath(text).is_absolute() or text.startswith("~/")):
        yield Finding(path=path, reason="name the whole path, from / or ~/ on")


def one_of(path: Path, given: tuple[str, ...], choices: Iterable[str]) -> Iterator[Finding]:
    """A finding unless exactly one of several keys is given."""
    if not given:
        yield Finding(path=path, reason=f"one of {', '.join(choices)} is needed", at_key=True)
    for extra in given[1:]:
        reason = f"{given[0]} is given as well: leave one of them out"
        yield Finding(path=(*path, extra), reason=reason, at_key=True)
