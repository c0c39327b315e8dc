"""Single values of the rules changed on the command line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml

from tui.config.load import Loaded, parse
from tui.config.model_kpis import LIMITS
from tui.config.nodes import Data, data
from tui.config.suggest import listed, nearest

if TYPE_CHECKING:
    from tui.config.model import Config

_BANDS: Final = ("target", "review", "warning", "critical")

Tree = dict[str, object]


class _Quoting(yaml.SafeDumper):
    """Texts stand in quotes: left bare, `09:00` is refused as what some read as a number."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style='"')


_Quoting.add_representer(str, _Quoting.represent_str)


class NoSuchSetting(ValueError):
    """The text names nothing that can be changed; the message says what was perhaps meant."""


def edited(loaded: Loaded, sets: tuple[str, ...], only: str | None) -> Config:
    """The configuration with some values changed, judged as any configuration.

    Args:
        loaded: As it stands in the file.
        sets: Such as `error-rate.critical.above=3`, `api/health.failures_to_fire=2`, each with
            `workspace:` before it where several have such a KPI or check.
        only: The one workspace that is meant; None: all.

    Raises:
        NoSuchSetting: There is no such KPI, check or band.
        ConfigError: What came of it is not sound.
    """
    tree = _plain(data(loaded.document.root))
    if not isinstance(tree, dict):
        raise NoSuchSetting("the configuration has no workspaces")
    for one in sets:
        _change(tree, one, only)
    text = yaml.dump(tree, Dumper=_Quoting, sort_keys=False, allow_unicode=True)
    return parse(text.encode(), "--set").config


def _plain(found: Data) -> object:
    if isinstance(found, dict):
        return {key: _plain(value) for key, value in found.items()}
    if isinstance(found, tuple | list):
        return [_plain(one) for one in found]
    return found


def _change(tree: Tree, text: str, only: str | None) -> None:
    path, sign, raw = text.partition("=")
    workspace, colon, rest = path.rpartition(":")
    subject, dot, names = rest.partition(".")
    if not sign or not dot:
        example = "error-rate.critical.above=3 or api/health.failures_to_fire=2"
        raise NoSuchSetting(f"--set {text}: write it as {example}")
    place = _place(tree, subject, workspace if colon else only, text)
    *parents, name = names.split(".")
    for parent in _bands_before(parents, place):
        inner = place.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise NoSuchSetting(f"--set {text}: {parent} has no parts")
        place = inner
    if name in LIMITS:
        # A band has one limit: the new one takes the place of the other.
        for other in LIMITS:
            place.pop(other, None)
    place[name] = _value(raw, text)


def _bands_before(parents: list[str], place: Tree) -> list[str]:
    """`critical` is meant as `bands.critical`, as nobody would write it out."""
    if parents and parents[0] in _BANDS and "from" in place:
        return ["bands", *parents]
    return parents


def _value(raw: str, text: str) -> object:
    try:
        return yaml.safe_load(raw)
    except yaml.YAMLError:
        raise NoSuchSetting(f"--set {text}: {raw!r} is no value") from None


def _place(tree: Tree, subject: str, only: str | None, text: str) -> Tree:
    """The KPI or check of that name; there must be one."""
    known: dict[str, list[tuple[str, Tree]]] = {}
    for name, workspace in _mapping(tree, "workspaces").items():
        if only in {None, name} and isinstance(workspace, dict):
            for key, found in _subjects(workspace):
                known.setdefault(key, []).append((name, found))
    if subject not in known:
        hint = nearest(subject, known)
        meant = f"did you mean {hint}?" if hint else f"there are: {listed(known)}"
        raise NoSuchSetting(f"--set {text}: no KPI or check {subject!r}; {meant}")
    if len(known[subject]) > 1:
        names = " and ".join(name for name, _ in known[subject])
        first = known[subject][0][0]
        raise NoSuchSetting(f"--set {text}: {names} have it; write {first}:{text}")
    return known[subject][0][1]


def _subjects(workspace: Tree) -> list[tuple[str, Tree]]:
    kpis = [(key, one) for key, one in _mapping(workspace, "kpis").items() if isinstance(one, dict)]
    checks = [
        (f"{service}/{name}", check)
        for service, found in _mapping(workspace, "services").items()
        if isinstance(found, dict)
        for name, check in _mapping(found, "checks").items()
        if isinstance(check, dict)
    ]
    return [*kpis, *checks]


def _mapping(tree: Tree, key: str) -> Tree:
    found = tree.get(key)
    return found if isinstance(found, dict) else {}
